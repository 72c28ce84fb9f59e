//! Any dump of a cluster is refused at a place in it, or drafted; a draft without gaps is a scenario
//! that is read without an error, and it runs.

use std::fs;

use scenarios::Scenario;
use scenarios::file::ProviderName;
use scenarios::init::{Files, from_files};

use super::{checked, folder_with};
use crate::brief;

const DUMP: &str = "cluster.yaml";
const SCENARIO: &str = "scenario.yaml";
const SPOT: &str = "scenario-spot.yaml";

pub(crate) fn run(data: &[u8]) -> bool {
    let folder = folder_with(DUMP, data);
    let path = |name: &str| folder.path().join(name);
    let from = [DUMP.to_owned()];
    let shown = |name: &str| path(name).display().to_string();
    let (scenario, spot) = (shown(SCENARIO), shown(SPOT));
    let files = Files { from: &from, scenario: &scenario, spot: &spot };
    let Ok(draft) = checked(from_files(&[path(DUMP)], files, ProviderName::default())) else {
        return false;
    };
    let mut runs = true;
    for (name, text) in [(SCENARIO, Some(draft.scenario)), (SPOT, draft.spot)] {
        let Some(text) = text else { continue };
        fs::write(path(name), text).expect("a temporary file");
        match checked(Scenario::load(&path(name))) {
            Ok(scenario) => runs &= brief::run(&scenario, brief::BRIEF),
            Err(found) => {
                assert!(!draft.gaps.is_empty(), "{name} has no gaps, and is refused:\n{found}");
                runs = false;
            }
        }
    }
    runs
}

//! Any dump of a cluster is refused, or drafted; a draft without gaps is a scenario, and it runs.

use std::fs;

use scenarios::Scenario;
use scenarios::file::ProviderName;
use scenarios::init::{Files, from_files};

use super::{checked, folder_with};
use crate::brief;

const DUMP: &str = "cluster.yaml";

pub(crate) fn run(data: &[u8]) -> bool {
    let folder = folder_with(DUMP, data);
    let path = |name: &str| folder.path().join(name);
    let from = [DUMP.to_owned()];
    let files = Files { from: &from, scenario: "scenario.yaml", spot: "scenario-spot.yaml" };
    let Ok(draft) = checked(from_files(&[path(DUMP)], files, ProviderName::Aws)) else {
        return false;
    };
    let mut runs = true;
    let both = [(files.scenario, Some(draft.scenario)), (files.spot, draft.spot)];
    for (name, text) in both {
        let Some(text) = text else { continue };
        fs::write(path(name), text).expect("a temporary file");
        match checked(Scenario::load(&path(name))) {
            Ok(scenario) => runs &= brief::run(&scenario, brief::BRIEF),
            Err(found) => {
                // A run looks closer at the dump than a draft of it; what is wrong there is said there.
                let of_the_dump = found.iter().any(|it| {
                    it.code.starts_with('E')
                        && it.place.as_ref().is_some_and(|place| place.file.ends_with(DUMP))
                });
                assert!(
                    of_the_dump || !draft.gaps.is_empty(),
                    "{name} has no gaps, and is refused:\n{found}"
                );
                runs = false;
            }
        }
    }
    runs
}

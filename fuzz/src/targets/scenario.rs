//! Any text is a scenario that runs to its end and is summarized, or it is refused with a reason.

use scenarios::Scenario;

use super::{checked, source};
use crate::brief;

pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    // Files that a scenario names are not there: what is read is the scenario alone.
    let Ok(scenario) = checked(Scenario::parse(&source(text), None)) else { return false };
    assert!(!scenario.warnings.has_errors(), "accepted with an error");
    brief::run(&scenario, brief::BRIEF)
}

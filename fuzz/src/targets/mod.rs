//! The targets, and what several of them need.

pub(crate) mod calibrate;
pub(crate) mod cron;
pub(crate) mod dump;
pub(crate) mod objects;
pub(crate) mod prices;
pub(crate) mod quantity;
pub(crate) mod run_folder;
pub(crate) mod scenario;
pub(crate) mod scheduler;
pub(crate) mod traces;
pub(crate) mod usage;

use std::fs;
use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use tempfile::TempDir;

/// A folder with one file of these bytes.
fn folder_with(name: &str, data: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), data).expect("a temporary file");
    folder
}

/// A scenario that names the file `name` beside it, which has these bytes.
fn beside(scenario: &str, name: &str, data: &[u8]) -> Result<Scenario, Diagnostics> {
    let folder = folder_with(name, data);
    let result = Scenario::parse(&source(scenario), Some(folder.path()));
    checked(result)
}

/// What was accepted has no errors; what was refused has, and they can be shown.
fn checked<T>(result: Result<T, Diagnostics>) -> Result<T, Diagnostics> {
    if let Err(found) = &result {
        assert!(found.has_errors(), "refused without an error");
        let shown = found.render(false);
        assert!(!shown.trim().is_empty(), "refused without a word");
    }
    result
}

pub(crate) fn source(text: &str) -> Source {
    Source { file: "fuzz.yaml".into(), text: Arc::from(text) }
}

//! What a scenario was read from, kept so that it can be read again with changes.

use std::path::{Path, PathBuf};

use crate::diagnostic::Source;

/// A text, where its files are looked for, and what was changed since.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) source: Source,
    pub(crate) folder: Option<PathBuf>,
    /// Paths and values, in the order in which they were set.
    pub(crate) changes: Vec<(String, String)>,
}

impl Origin {
    pub(crate) fn new(source: &Source, folder: Option<&Path>) -> Origin {
        Origin { source: source.clone(), folder: folder.map(Path::to_owned), changes: Vec::new() }
    }
}

//! Why a scenario could not be read, or a run not be kept or made again.

use std::fmt;

use scenarios::Diagnostics;

/// Why something failed, and who has to mend it.
#[derive(Debug)]
pub enum Error {
    /// A scenario is wrong: its author mends it.
    Input(Diagnostics),
    /// What was asked for cannot be done as it was asked, and nothing was done.
    Refused(anyhow::Error),
    /// The machine failed: a disk is full, a folder not writable.
    Failed(anyhow::Error),
    /// A stop was wanted before the first replication was finished.
    Stopped,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Input(diagnostics) => write!(f, "{}", diagnostics.render(false)),
            Error::Refused(error) | Error::Failed(error) => write!(f, "{error:#}"),
            Error::Stopped => f.write_str("stopped before the first replication was finished"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Error {
        Error::Input(diagnostics)
    }
}

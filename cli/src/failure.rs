//! The ways in which a command can fail, each with its exit code, decided here and nowhere else.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::terminal;
use scenarios::Diagnostics;

/// What shells give a program that SIGPIPE ends: 128 and its number.
const BROKEN_PIPE: u8 = 141;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is wrong: exit code 2.
    Input {
        /// What is wrong with it.
        diagnostics: Diagnostics,
        /// Whether a program reads our errors.
        json: bool,
    },
    /// Something is wrong with what was reviewed, which has been printed: exit code 2.
    Wrong,
    /// There are warnings, which were not to be: exit code 99.
    Strict,
    /// What was asked for cannot be done as it was asked: exit code 2.
    Usage(anyhow::Error),
    /// The program, or the machine under it, failed: exit code 1.
    Internal(anyhow::Error),
    /// The figures of a run could not be printed: exit code 1, or if their reader has closed the pipe
    /// what shells give SIGPIPE.
    Unprinted(anyhow::Error),
    /// A run that was made again is another one, which has been said: exit code 1.
    Differs,
    /// What the scenario states does not hold, which has been said: exit code 99.
    Broken,
    /// Ctrl-C or its like, after the results that were finished have been printed: exit code 130, or
    /// what shells give the signal that it was.
    Interrupted(u8),
}

impl Failure {
    /// The same failure where it is the printing of a run's figures that failed, with what became
    /// of the run.
    pub(crate) fn unprinted(self, run: &str) -> Failure {
        match self {
            Failure::Internal(error) => {
                Failure::Unprinted(error.context(format!("cannot print the figures; {run}")))
            }
            other => other,
        }
    }

    /// What the library could not do, where a program may read our errors.
    pub(crate) fn of(error: spotsim::Error, json: bool) -> Failure {
        match error.into() {
            Failure::Input { diagnostics, .. } => Failure::Input { diagnostics, json },
            other => other,
        }
    }

    /// Says what went wrong, on stderr, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        // A stderr that cannot be written to leaves no place to say so.
        let _ = match &self {
            Failure::Input { diagnostics, json: true } => {
                let mut errors = serde_json::json!({ "errors": diagnostics });
                if diagnostics.left_out() > 0 {
                    errors["more"] = diagnostics.left_out().into();
                }
                writeln!(terminal::stderr(), "{errors}")
            }
            Failure::Input { diagnostics, json: false } => {
                write!(terminal::styled_stderr(), "{}", diagnostics.render(true))
            }
            Failure::Usage(error) => writeln!(terminal::stderr(), "error: {error:#}"),
            // `spotsim ... | head` closing the pipe is how it is meant to end.
            Failure::Internal(error) if is_broken_pipe(error) => return ExitCode::SUCCESS,
            Failure::Internal(error) | Failure::Unprinted(error) => {
                writeln!(terminal::stderr(), "error: {error:#}")
            }
            Failure::Differs
            | Failure::Wrong
            | Failure::Strict
            | Failure::Broken
            | Failure::Interrupted(_) => Ok(()),
        };
        ExitCode::from(match self {
            Failure::Input { .. } | Failure::Wrong | Failure::Usage(_) => 2,
            Failure::Strict | Failure::Broken => 99,
            Failure::Unprinted(error) if is_broken_pipe(&error) => BROKEN_PIPE,
            Failure::Internal(_) | Failure::Unprinted(_) | Failure::Differs => 1,
            Failure::Interrupted(code) => code,
        })
    }
}

impl From<spotsim::Error> for Failure {
    fn from(error: spotsim::Error) -> Failure {
        match error {
            spotsim::Error::Input(diagnostics) => Failure::Input { diagnostics, json: false },
            spotsim::Error::Refused(error) => Failure::Usage(error),
            spotsim::Error::Failed(error) => Failure::Internal(error),
            stopped @ spotsim::Error::Stopped => Failure::Internal(stopped.into()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Internal(error.into())
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

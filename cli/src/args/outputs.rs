//! Files for other programs that a command writes beside what it prints.

use std::path::PathBuf;

use clap::Args;

/// Files for other programs.
#[derive(Args, Debug)]
pub(crate) struct Outputs {
    /// Write what was checked as JUnit XML, too; a file that was written before is replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write a comment for a pull request, too; a file that was written before is replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
}

//! Files that a command writes beside what it prints: for other programs, and for people to pass on.

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

/// The report as a page.
#[derive(Args, Debug)]
pub(crate) struct Paged {
    /// Write the report as one HTML file that needs nothing else, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Replace a report that is already there.
    #[arg(long, requires = "report")]
    pub(crate) force: bool,
}

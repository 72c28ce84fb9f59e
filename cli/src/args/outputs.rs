//! Files that a command writes beside what it prints: for other programs, and for people to pass on.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

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

/// The report as a page, and its charts as pictures.
#[derive(Args, Debug)]
#[command(groups = [
    ArgGroup::new("paged").args(["report", "svg", "png"]).multiple(true),
    ArgGroup::new("drawn").args(["svg", "png"]).multiple(true),
])]
pub(crate) struct Paged {
    /// Write the report as one HTML file that needs nothing else, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write one chart of it as SVG, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Write one chart of it as PNG, at twice its size, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
    /// Which chart; the first of the page if not given.
    #[arg(long, value_name = "NAME", requires = "drawn")]
    pub(crate) chart: Option<String>,
    /// Replace files of these that are already there.
    #[arg(long, requires = "paged")]
    pub(crate) force: bool,
}

//! Arguments of `spotsim compare`.

use std::path::PathBuf;

use clap::Args;

use super::{MOST_REPLICATIONS, Output, Outputs, Paged};

/// Arguments of `spotsim compare`.
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// Scenario files, names of bundled scenarios, and run folders; all others are compared with the
    /// first.
    #[arg(required = true, num_args = 2.., value_name = "PLAN")]
    pub(crate) plans: Vec<PathBuf>,
    /// How many replications of each plan; those of the run folders if there are any, else 400.
    #[arg(short = 'n', long, value_parser = clap::value_parser!(u32).range(1..=MOST_REPLICATIONS))]
    pub(crate) replications: Option<u32>,
    /// The seed of all of them, instead of that of the run folders, or else of the first scenario.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// What to write for other programs.
    #[command(flatten)]
    pub(crate) outputs: Outputs,
    /// The report as a page, and its charts as pictures.
    #[command(flatten)]
    pub(crate) paged: Paged,
    /// End with 99 if a plan is worse than the first in what it costs or risks, and with 0 if it is the
    /// same or better.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// How many threads; all cores if not given. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Begin although it is estimated to take more than 8 GiB of memory or 12 hours of CPU time.
    #[arg(long)]
    pub(crate) large: bool,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

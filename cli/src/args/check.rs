//! Arguments of `spotsim check`.

use std::path::PathBuf;

use clap::Args;

use super::{MOST_REPLICATIONS, Output, Outputs};

/// Arguments of `spotsim check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The scenario file, YAML or JSON; or the name of a bundled scenario.
    #[arg(required_unless_present = "between")]
    pub(crate) scenario: Option<PathBuf>,
    /// How many replications: the more, the rarer the breaks that are found.
    #[arg(short = 'n', long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=MOST_REPLICATIONS))]
    pub(crate) replications: u32,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Search for faults that break a rule or an expectation, too, in as many trials, and shrink what is
    /// found.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) search: Option<u32>,
    /// Search for the faults in which two scenarios differ most, instead, in the trials of --search.
    #[arg(
        long, value_names = ["A", "B"], num_args = 2, requires = "search",
        conflicts_with_all = ["scenario", "junit", "markdown"]
    )]
    pub(crate) between: Option<Vec<PathBuf>>,
    /// By which metric they are to differ, as often as needed; by cost and disruption if none is given.
    #[arg(long, value_name = "METRIC", requires = "between")]
    pub(crate) by: Vec<String>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// What to write for other programs.
    #[command(flatten)]
    pub(crate) outputs: Outputs,
    /// Begin although it is estimated to take more than 8 GiB of memory or 12 hours of CPU time.
    #[arg(long)]
    pub(crate) large: bool,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

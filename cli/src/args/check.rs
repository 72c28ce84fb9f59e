//! Arguments of `spotsim check`.

use std::path::PathBuf;

use clap::Args;

use super::{MOST_REPLICATIONS, Output, Outputs};

/// Arguments of `spotsim check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The scenario file, YAML or JSON; or the name of a bundled scenario.
    pub(crate) scenario: PathBuf,
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

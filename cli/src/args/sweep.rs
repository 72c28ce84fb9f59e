//! Arguments of `spotsim sweep` and `spotsim optimize`.

use std::path::PathBuf;

use clap::Args;
use spotsim::Axis;

use super::{MOST_REPLICATIONS, Output, Paged, assignment};

/// What is varied, and how it is simulated.
#[derive(Args, Debug)]
pub(crate) struct Varied {
    /// The scenario file, YAML or JSON; or the name of a bundled scenario.
    pub(crate) scenario: PathBuf,
    /// Values of a path, as often as needed: `pools.spot.count=4..12:2`, `pools.spot.allocation=a,b`.
    #[arg(long, required = true, value_name = "PATH=VALUES")]
    pub(crate) vary: Vec<Axis>,
    /// Change a value of the scenario at all settings.
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,
    /// Try as many settings, spread evenly (a Latin hypercube), instead of all combinations.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) samples: Option<u16>,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// The report as a page, and its charts as pictures.
    #[command(flatten)]
    pub(crate) paged: Paged,
    /// Write a comment for a pull request, too; a file that was written before is replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// How many threads; all cores if not given. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Write each setting down in this file once it is finished, and go on from there when the same command
    /// runs again; the file is removed in the end.
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    /// Begin although it is estimated to take more than 8 GiB of memory or 12 hours of CPU time.
    #[arg(long)]
    pub(crate) large: bool,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Arguments of `spotsim sweep`.
#[derive(Args, Debug)]
pub(crate) struct SweepArgs {
    /// What is varied.
    #[command(flatten)]
    pub(crate) varied: Varied,
    /// How many replications of each setting.
    #[arg(short = 'n', long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=MOST_REPLICATIONS))]
    pub(crate) replications: u32,
}

/// Arguments of `spotsim optimize`.
#[derive(Args, Debug)]
pub(crate) struct OptimizeArgs {
    /// What is varied.
    #[command(flatten)]
    pub(crate) varied: Varied,
    /// How many replications confirm a setting in the end.
    #[arg(short = 'n', long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=MOST_REPLICATIONS))]
    pub(crate) replications: u32,
    /// How many simulations the search may take.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) budget: u64,
}

//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What moving a Kubernetes cluster to spot nodes saves, and what it breaks.
#[derive(Parser, Debug)]
#[command(name = "spotsim", version, propagate_version = true)]
#[command(after_help = "Examples:
  spotsim demo                             a bundled cluster, no file needed
  spotsim demo batch-on-spot --print       the scenario itself, to start your own from
  spotsim run scenario.yaml -n 100         your own, with a narrower interval")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Simulate a bundled scenario.
    #[command(after_help = "Examples:
  spotsim demo
  spotsim demo mixed-critical-and-spot -n 200
  spotsim demo web-on-spot --print > scenario.yaml")]
    Demo(DemoArgs),
    /// Simulate a scenario file, and keep what came out in a run folder.
    ///
    /// The folder is runs/<scenario>-<hash>, where the hash covers the files that were read, the
    /// seed, the number of replications and the version. It is written whole or not at all.
    #[command(after_help = "Examples:
  spotsim run scenario.yaml
  spotsim run scenario.yaml -n 200 --seed 7 --out shop-200
  spotsim run --verify shop-200            make it again, and name what differs
  spotsim run scenario.yaml -o json | jq .saving")]
    Run(RunArgs),
    /// Print the JSON Schema of scenario files, or of summaries.
    #[command(after_help = "Examples:
  spotsim schema > scenario.schema.json
  spotsim schema summary
  spotsim schema | jq '.properties | keys'")]
    Schema(SchemaArgs),
}

/// Arguments of `spotsim demo`.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Which bundled scenario.
    #[arg(default_value = "web-on-spot", value_parser = bundled())]
    pub(crate) scenario: String,
    /// Print the scenario instead of simulating it.
    #[arg(long)]
    pub(crate) print: bool,
    /// How to simulate.
    #[command(flatten)]
    pub(crate) how: How,
}

/// Arguments of `spotsim run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The scenario file, YAML or JSON.
    #[arg(required_unless_present = "verify")]
    pub(crate) scenario: Option<PathBuf>,
    /// Make the run in this folder again, and name the first fact that differs, with exit code 1.
    /// SCENARIO, if given, is read in the place of the file that the run was made from.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["replications", "seed", "output", "out", "force"])]
    pub(crate) verify: Option<PathBuf>,
    /// How to simulate.
    #[command(flatten)]
    pub(crate) how: How,
}

/// How to simulate, and what to print.
#[derive(Args, Debug)]
pub(crate) struct How {
    /// How many replications: the more, the narrower the intervals.
    #[arg(short = 'n', long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) replications: u32,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// Where to write the run folder; `run` makes one under runs/ if not given, `demo` none.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace another run that is already there.
    #[arg(long)]
    pub(crate) force: bool,
    /// How many threads; all cores if not given. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Arguments of `spotsim schema`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

/// Which schema.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// `summary.json` and `-o json`.
    Summary,
}

/// What to print on stdout.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Output {
    /// The verdict, then a table.
    Table,
    /// The summary as JSON.
    Json,
}

/// Whether to use colour.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Makes the choice for the whole program.
    pub(crate) fn apply(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

fn bundled() -> clap::builder::PossibleValuesParser {
    scenarios::LIBRARY.iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}

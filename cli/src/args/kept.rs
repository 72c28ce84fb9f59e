//! What is kept of replications: to go on with a run, to make it in parts, to make as many as it takes.

use std::path::PathBuf;

use clap::Args;
use spotsim::{Precision, Shard};

use super::How;

/// What is kept of replications.
#[derive(Args, Debug)]
pub(crate) struct KeepArgs {
    /// Keep each finished replication beside the run folder until that is written, and go on from those
    /// that are there: a run that was interrupted or killed loses none of them.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Simulate one part of the replications alone and write it to the file --out, for `spotsim merge`.
    #[arg(long, value_name = "I/K", requires = "out", conflicts_with_all = ["verify", "resume", "report", "junit", "markdown"])]
    pub(crate) shard: Option<Shard>,
    /// Make as many replications as it takes until half of the 95 % interval of the cost is at most this
    /// share of it: looks are taken at 30, 60, 120 and so on.
    #[arg(long, value_name = "PERCENT", conflicts_with_all = ["verify", "replications", "shard"])]
    pub(crate) precision: Option<Precision>,
}

/// Arguments of `spotsim merge`.
#[derive(Args, Debug)]
pub(crate) struct MergeArgs {
    /// All shards of a run, in any order.
    #[arg(required = true, value_name = "SHARD")]
    pub(crate) shards: Vec<PathBuf>,
    /// The scenario file, where it is not where it was when the shards were made.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// What to print and to write; seed and replications are those of the shards.
    #[command(flatten)]
    pub(crate) how: How,
}

//! `spotsim merge`: the shards of a run, put together as one run.

use anyhow::anyhow;
use spotsim::Shards;

use super::run::{Kept, simulate};
use crate::Outcome;
use crate::args::{How, MergeArgs};
use crate::failure::Failure;

/// Reads all shards, and makes of them what one run would have made.
pub(crate) fn run(args: &MergeArgs) -> Outcome {
    let json = args.how.is_json();
    let shards = Shards::read(&args.shards)?;
    if args.how.seed.is_some_and(|seed| seed != shards.seed()) {
        let what = anyhow!("the seed of the shards is {}", shards.seed());
        return Err(Failure::Usage(what.context("leave --seed out")));
    }
    let scenario = shards.scenario(args.scenario.as_deref());
    let scenario = scenario.map_err(|error| Failure::of(error, json))?;
    let how =
        How { replications: shards.replications(), seed: Some(shards.seed()), ..args.how.clone() };
    simulate(&scenario, shards.origin().clone(), &how, Kept::Shards(&shards)).map(drop)
}

//! Programs: autoscalers that keep several pools, and that the simulator does not know. A setup carries
//! them; a run starts each.

use super::Autoscaler;
use crate::model::pool::PoolId;
use crate::rng::Root;
use crate::world::World;

/// A program that keeps pools, as it is configured: what every run of a setup starts from.
pub trait Program: Send + Sync {
    /// What it is called in reports.
    fn name(&self) -> &'static str;

    /// The pools that it keeps, which are those that no other keeps.
    fn pools(&self) -> &[PoolId];

    /// Starts it for one run, in the world as it is at `T+0`: with the nodes that were found and those
    /// with which its pools begin. What it leaves to chance it draws from `root`, keyed as
    /// [`rng`](crate::rng) says.
    fn start(&self, world: &World, root: Root) -> Box<dyn Autoscaler>;
}

//! Allocation strategies: which of the offerings that a pool may buy it asks for first.
// EC2 Fleet, SpotOptions AllocationStrategy: lowestPrice, diversified, capacityOptimized,
// priceCapacityOptimized

use std::cmp::Ordering;

use crate::world::World;
use crate::world::catalog::{Capacity, OfferingId};
use crate::world::pool::Allocation;

/// How much more often than the best of them an offering may be reclaimed, and there is still taken
/// to be much of it.
pub const AS_DEEP: f64 = 2.0;

/// One of the templates that a pool may launch now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Which one.
    pub template: usize,
    /// What is bought.
    pub offering: OfferingId,
    /// How many nodes of it the pool has, or has asked for.
    pub held: u32,
}

/// The candidate that a strategy prefers; among equals, the first.
#[must_use]
pub fn first(world: &World, allocation: Allocation, candidates: &[Candidate]) -> Option<usize> {
    let price = |it: &Candidate| world.price(it.offering);
    let all = candidates.iter();
    let best = match allocation {
        Allocation::Diversified => all.min_by_key(|it| it.held),
        Allocation::LowestPrice => all.min_by_key(|it| price(it)),
        Allocation::CapacityOptimized => all.min_by(|a, b| by_depth(world, a, b)),
        Allocation::PriceCapacityOptimized => {
            let deepest = candidates.iter().min_by(|a, b| by_depth(world, a, b))?;
            all.filter(|it| is_as_deep(world, it, deepest)).min_by_key(|it| price(it))
        }
    };
    best.map(|it| it.template)
}

/// The deeper first: by how much capacity there is now, then by how seldom it is reclaimed.
fn by_depth(world: &World, a: &Candidate, b: &Candidate) -> Ordering {
    let state = |it: &Candidate| shortage(world, it.offering);
    let rate = |it: &Candidate| reclaims(world, it);
    state(a).cmp(&state(b)).then(rate(a).total_cmp(&rate(b)))
}

fn is_as_deep(world: &World, it: &Candidate, deepest: &Candidate) -> bool {
    shortage(world, it.offering) == shortage(world, deepest.offering)
        && reclaims(world, it) <= AS_DEEP * reclaims(world, deepest)
}

fn reclaims(world: &World, it: &Candidate) -> f64 {
    world.model().catalog.offerings[it.offering].reclaims_per_hour
}

/// How short of capacity an offering is, in three steps.
fn shortage(world: &World, offering: OfferingId) -> u8 {
    match world.capacity(offering) {
        Capacity::Ample => 0,
        _ if world.grants(offering) => 1,
        _ => 2,
    }
}

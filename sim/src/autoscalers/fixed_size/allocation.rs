//! Allocation strategies: which of the offerings that a pool may buy it asks for first.
// EC2 Fleet, SpotOptions AllocationStrategy: lowestPrice, diversified, capacityOptimized,
// priceCapacityOptimized

use std::cmp::Ordering;

use crate::model::catalog::{Capacity, OfferingId};
use crate::model::pool::Allocation;
use crate::world::World;

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
    /// How many in its zone, of any type.
    pub held_in_zone: u32,
    /// How many of its type, in any zone.
    pub held_of_type: u32,
}

/// The candidates of the zone that is next where zones are balanced: those with the fewest nodes.
#[must_use]
pub fn in_emptiest_zones(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let fewest = candidates.iter().map(|it| it.held_in_zone).min();
    candidates.retain(|it| Some(it.held_in_zone) == fewest);
    candidates
}

/// The candidate that a strategy prefers; among equals, the first.
#[must_use]
pub fn first(world: &World, allocation: Allocation, candidates: &[Candidate]) -> Option<usize> {
    let price = |it: &Candidate| world.price(it.offering);
    let all = candidates.iter();
    let best = match allocation {
        // Of two of which there are as many, the one of the rarer type: no type is passed over.
        Allocation::Diversified => all.min_by_key(|it| (it.held, it.held_of_type)),
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

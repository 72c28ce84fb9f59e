//! Pools of fixed size: born full, and every loss is replaced in kind.

use crate::action::Action;
use crate::world::node::NodeId;
use crate::world::pool::PoolId;
use crate::world::{Model, World};

/// What a cluster is born with: each pool's templates take turns.
pub fn births(model: &Model) -> impl Iterator<Item = (PoolId, usize)> + '_ {
    model.pools.iter().flat_map(|(id, pool)| {
        let templates = pool.templates.len();
        (0..pool.size as usize).map(move |index| (id, index % templates))
    })
}

/// An instance of the pool is gone: another of the same offering, if the pool is short.
#[must_use]
pub fn replace(world: &World, lost: NodeId) -> Option<Action> {
    let pool = world.nodes().pool(lost);
    let spec = &world.model().pools[pool];
    if world.pool_size(pool) >= spec.size {
        return None;
    }
    let offering = world.nodes().offering(lost);
    let template = spec.templates.iter().position(|t| t.offering == offering)?;
    Some(Action::Launch { pool, template })
}

//! Pools of fixed size: born full, and every loss is replaced in kind.

use crate::action::Action;
use crate::world::World;
use crate::world::node::NodeId;
use crate::world::pool::PoolId;

/// What pools lack at `T+0`: each pool's templates take turns.
#[must_use]
pub fn births(world: &World) -> Vec<(PoolId, usize)> {
    let births = world.model().pools.iter().flat_map(|(id, pool)| {
        let templates = pool.templates.len();
        let there = world.pool_size(id) as usize;
        (there..pool.size as usize).map(move |index| (id, index % templates))
    });
    births.collect()
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

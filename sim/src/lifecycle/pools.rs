//! Pools of fixed size: born full, and every loss is replaced in kind, as soon as there is capacity.

use crate::action::Action;
use crate::table::Table;
use crate::time::Span;
use crate::world::World;
use crate::world::catalog::OfferingId;
use crate::world::node::NodeId;
use crate::world::pool::PoolId;

/// How long a pool waits before it asks again for what it was refused.
pub const RETRY_AFTER: Span = Span::from_secs(60);

/// The memory of the pools.
#[derive(Clone, Debug)]
pub struct Pools {
    /// The templates of which each pool was refused an instance.
    refused: Table<PoolId, Vec<usize>>,
}

impl Pools {
    /// Pools that have not been refused anything.
    #[must_use]
    pub fn new(world: &World) -> Pools {
        Pools { refused: world.model().pools.rows().map(|_| Vec::new()).collect() }
    }

    /// An instance of a pool is gone: another of the same offering, if the pool is short.
    #[must_use]
    pub fn lost(&self, world: &World, lost: NodeId) -> Option<Action> {
        let pool = world.nodes().pool(lost);
        let spec = &world.model().pools[pool];
        let waiting = u32::try_from(self.refused[pool].len()).unwrap_or(u32::MAX);
        if world.pool_size(pool) + waiting >= spec.size {
            return None;
        }
        let offering = world.nodes().offering(lost);
        let template = spec.templates.iter().position(|t| t.offering == offering)?;
        Some(Action::Launch { pool, template })
    }

    /// The provider had no instance to give.
    pub fn refused(&mut self, pool: PoolId, template: usize) {
        self.refused[pool].push(template);
    }

    /// What a pool asks for again.
    pub fn retry(&mut self, pool: PoolId) -> Vec<Action> {
        let refused = std::mem::take(&mut self.refused[pool]);
        refused.into_iter().map(|template| Action::Launch { pool, template }).collect()
    }

    /// Pools that were refused an instance of an offering.
    #[must_use]
    pub fn waiting_for(&self, offering: OfferingId, world: &World) -> Vec<PoolId> {
        let waits = |(pool, refused): &(PoolId, &Vec<usize>)| {
            let templates = &world.model().pools[*pool].templates;
            refused.iter().any(|template| templates[*template].offering == offering)
        };
        self.refused.iter().filter(waits).map(|(pool, _)| pool).collect()
    }
}

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

//! Pools of fixed size: born full, and every loss is replaced in kind.
//!
//! A request for an instance stays open until there is capacity, as an Auto Scaling group's or a
//! managed instance group's does.

use crate::action::Action;
use crate::table::Table;
use crate::world::World;
use crate::world::catalog::OfferingId;
use crate::world::node::NodeId;
use crate::world::pool::PoolId;

/// The memory of the pools.
#[derive(Clone, Debug)]
pub struct Pools {
    /// The templates of which each pool was refused an instance, in the order of its requests.
    open: Table<PoolId, Vec<usize>>,
}

impl Pools {
    /// Pools that have not been refused anything.
    #[must_use]
    pub fn new(world: &World) -> Pools {
        Pools { open: world.model().pools.rows().map(|_| Vec::new()).collect() }
    }

    /// An instance of a pool is gone: another of the same offering, if the pool is short.
    #[must_use]
    pub fn lost(&self, world: &World, lost: NodeId) -> Option<Action> {
        let pool = world.nodes().pool(lost);
        let spec = &world.model().pools[pool];
        let waiting = u32::try_from(self.open[pool].len()).unwrap_or(u32::MAX);
        if world.pool_size(pool) + waiting >= spec.size {
            return None;
        }
        let offering = world.nodes().offering(lost);
        let template = spec.templates.iter().position(|t| t.offering == offering)?;
        Some(Action::Launch { pool, template })
    }

    /// The provider had no instance to give.
    pub fn refused(&mut self, pool: PoolId, template: usize) {
        self.open[pool].push(template);
    }

    /// Open requests of pools that pay enough for an offering of which there are some again, at most
    /// `most`: they are not open any more.
    pub fn granted(&mut self, offering: OfferingId, most: usize, world: &World) -> Vec<Action> {
        let mut granted = Vec::new();
        for pool in self.open.ids() {
            if !world.pays(pool, offering) {
                continue;
            }
            let templates = &world.model().pools[pool].templates;
            self.open[pool].retain(|template| {
                let wanted = granted.len() < most && templates[*template].offering == offering;
                if wanted {
                    granted.push(Action::Launch { pool, template: *template });
                }
                !wanted
            });
        }
        granted
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

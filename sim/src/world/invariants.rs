//! What must hold at every moment, checked the slow and obvious way.

use super::World;
use super::node::NodeState;
use super::pod::Phase;
use super::resources::Resources;
use crate::table::Table;

impl World {
    /// Recounts everything that is kept as a sum or an index.
    ///
    /// # Errors
    /// The first thing that does not hold, as a sentence.
    pub fn check(&self) -> Result<(), String> {
        let mut requested: Table<_, Resources> =
            (0..self.nodes.len()).map(|_| Resources::ZERO).collect();
        let mut bound: Table<_, usize> = (0..self.nodes.len()).map(|_| 0).collect();
        for pod in self.pods.ids() {
            let phase = self.pods.phase(pod);
            if self.pods.available(pod) && !matches!(phase, Phase::Running { .. }) {
                return Err(format!("{pod:?} is {phase:?} and yet available"));
            }
            let Some(node) = phase.node() else { continue };
            if !matches!(self.nodes.state(node), NodeState::Ready { .. }) {
                return Err(format!("{pod:?} is on {node:?}, which is not a registered node"));
            }
            if !self.placement.pods_on(node).contains(&pod) {
                return Err(format!("{pod:?} is on {node:?}, which does not know it"));
            }
            bound[node] += 1;
            requested[node] += &self.spec_of(pod).requests;
        }
        for (node, sum) in requested.iter() {
            if self.placement.pods_on(node).len() != bound[node] {
                return Err(format!("{node:?} knows pods that are elsewhere"));
            }
            if self.placement.requested(node) != sum {
                return Err(format!("the requests on {node:?} do not add up"));
            }
            let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
            if bound[node] > 0 && !sum.fits(&Resources::ZERO, allocatable) {
                return Err(format!("{node:?} is over-committed"));
            }
        }
        for (pool, size) in self.pool_sizes.iter() {
            let alive = self.nodes.alive().iter().filter(|n| self.nodes.pool(**n) == pool).count();
            if alive != *size as usize {
                return Err(format!("{pool:?} counts {size} nodes and has {alive}"));
            }
        }
        Ok(())
    }
}

//! What must hold at every moment, checked the slow and obvious way.

use std::collections::BTreeMap;

use super::World;
use super::load::NodeLoad;
use super::nodes::NodeState;
use super::pods::Phase;
use crate::model::node::NodeId;
use crate::model::resources::Resources;
use crate::table::{Id, Table};

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
        // Nodes that were found with pods on them may have been over-committed before.
        let found = self.model.start.nodes.len();
        for (node, sum) in requested.iter() {
            // Asked before its place, for which the order is made.
            let is_registered = self.is_registered(node);
            if is_registered != self.registered().contains(&node) {
                return Err(format!("{node:?} is registered and in no order, or the reverse"));
            }
            if self.placement.pods_on(node).len() != bound[node] {
                return Err(format!("{node:?} knows pods that are elsewhere"));
            }
            if *self.placement.load(node) != self.recounted(node) {
                return Err(format!("what {node:?} counts is not what a recount gives"));
            }
            if self.placement.load(node).requested() != sum {
                return Err(format!("the requests on {node:?} do not add up"));
            }
            let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
            if node.index() >= found && bound[node] > 0 && !sum.fits(&Resources::ZERO, allocatable)
            {
                return Err(format!("{node:?} is over-committed"));
            }
        }
        let mut priorities = BTreeMap::new();
        for pod in self.pods.ids().filter(|pod| self.pods.phase(*pod).node().is_some()) {
            *priorities.entry(self.spec_of(pod).priority).or_insert(0) += 1;
        }
        if priorities != *self.placement.priorities() {
            return Err("the pods of each priority are not what a recount gives".into());
        }
        if *self.health() != self.health_recounted() {
            return Err("the healthy pods of budgets are not what a recount gives".into());
        }
        self.usage.check()?;
        if self.quota_use != self.quota_use_recounted() {
            return Err("what quotas count is not what a recount gives".into());
        }
        let has = |node: &NodeId, image| self.images.on(*node).contains(&image);
        for image in self.model.images.ids() {
            let nodes = self.registered().iter().filter(|node| has(node, image)).count();
            if self.holders(image) != nodes {
                return Err(format!("{nodes} nodes have {image:?}, which is not what is counted"));
            }
        }
        for (pool, size) in self.pool_sizes.iter() {
            let alive = self.nodes.alive().iter().filter(|n| self.nodes.pool(**n) == pool).count();
            if alive != *size as usize {
                return Err(format!("{pool:?} counts {size} nodes and has {alive}"));
            }
        }
        for (offering, running) in self.running.iter() {
            let own = |node: &&NodeId| self.nodes.offering(**node) == offering;
            let alive = self.nodes.alive().iter().filter(own).count();
            if alive != *running as usize {
                return Err(format!("{offering:?} counts {running} instances and has {alive}"));
            }
        }
        Ok(())
    }

    /// What is on a node, put together anew. Host ports are a set, so that a port which two pods
    /// list is lost with the first of them; they are taken as they are.
    fn recounted(&self, node: NodeId) -> NodeLoad {
        let mut load = NodeLoad::default();
        for pod in self.placement.pods_on(node) {
            let terminating = matches!(self.pods.phase(*pod), Phase::Terminating { .. });
            load.add(*pod, self.pods.spec(*pod), terminating, &self.specs);
        }
        load.set_ports(self.placement.load(node).host_ports().to_vec());
        load
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Model;
    use crate::model::pool::PoolId;

    #[test]
    fn a_sum_that_is_off_is_found() {
        let mut world = World::new(Arc::new(Model::default()));
        assert_eq!(world.check(), Ok(()));
        world.pool_sizes.push(1);
        let wrong = world.check().expect_err("a pool of one node has none");
        assert!(wrong.contains(&format!("{:?} counts 1 nodes", PoolId::from_index(0))), "{wrong}");
    }
}

//! Nodes that were there before the run: how old they are, and whether they are still what their NodePools would
//! launch.
//!
//! NodePools do not change during a run, so that what a run launches never drifts; what it finds may have, because
//! the NodePool was changed, in the cluster or in the scenario.

use sim::model::node::NodeId;
use sim::table::Id;
use sim::world::World;

use super::Keeper;
use super::view::View;
use crate::karpenter::disruption::drift;
use crate::karpenter::input::Instant;

/// The label that every node of the simulator has for its pool, and none of a cluster.
const OWN_LABEL: &str = "spotsim/pool";

impl Keeper {
    /// When the NodeClaim of a node was created.
    pub(super) fn created(&self, node: NodeId, world: &World) -> Instant {
        let launched = self.instant(world.nodes().launched_at(node).as_ms());
        launched - self.settings.found.get(&node).map_or(0, |found| found.age_ms)
    }

    /// Whether a node is annotated so that it is not disrupted: one that was there before by itself, others as the
    /// template of their NodePool.
    // Karpenter: statenode.go ValidateNodeDisruptable
    pub(super) fn is_not_to_be_disrupted(&self, node: NodeId, world: &World) -> bool {
        let pool = self.pool_number(world.nodes().pool(node));
        let by_template = || pool.is_some_and(|pool| self.pools[pool].do_not_disrupt);
        self.settings.found.get(&node).map_or_else(by_template, |found| found.do_not_disrupt)
    }

    /// Whether a node has drifted that is not on its way out.
    pub(super) fn any_drifted(&self, world: &World) -> bool {
        let found = world.model().start.nodes.len();
        let mut were_there = self.nodes.iter().take_while(|(node, _)| node.index() < found);
        were_there.any(|(_, kept)| kept.drifted.is_some() && !kept.deleting)
    }

    /// Finds out which nodes have drifted of those that were there before the run. It is looked at once a NodePool
    /// changes, and so it is known at `T+0`.
    // Karpenter: pkg/controllers/nodeclaim/disruption/drift.go
    pub(super) fn find_drifted(&mut self, world: &World) {
        let found = world.model().start.nodes.len();
        if found == 0 {
            return;
        }
        let now = self.instant(world.now().as_ms());
        self.catalogue.refresh(world, &mut self.unavailable);
        let view = View::of(self, world);
        let mut drifted = Vec::new();
        for (node, _) in self.nodes.iter().filter(|(node, _)| node.index() < found) {
            let known = self.settings.found.get(&node).and_then(|found| found.drifted_ms);
            let number = view.number_of(node);
            let is_other = || {
                number.is_some_and(|number| drift(number, &view.cluster(self)).is_some())
                    || self.is_of_another_template(node, world)
            };
            let since = known.map(|before| now - before).or_else(|| is_other().then_some(now));
            drifted.extend(since.map(|since| (node, since)));
        }
        for (node, since) in drifted {
            self.nodes.update(node, |kept| kept.drifted = Some(since));
        }
    }

    /// Whether the template of a NodePool gives its nodes labels or taints that one of them does not have. In a
    /// cluster, a hash of the template is compared.
    // Karpenter: pkg/controllers/nodeclaim/disruption/drift.go areStaticFieldsDrifted
    fn is_of_another_template(&self, node: NodeId, world: &World) -> bool {
        let Some(number) = self.pool_number(world.nodes().pool(node)) else { return false };
        let (pool, shape) = (&self.node_pools[number], world.view(node).shape());
        if shape.labels.get(self.keys.node_pool) != Some(pool.name) {
            return false;
        }
        let mut labels = pool.labels.iter().filter(|(key, _)| self.names.text(*key) != OWN_LABEL);
        labels.any(|(key, value)| shape.labels.get(key) != Some(value))
            || pool.taints.iter().any(|taint| !shape.taints.contains(taint))
    }
}

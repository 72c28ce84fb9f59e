//! DaemonSets: which nodes run a pod of which set, and how a rollout goes from node to node.

use std::collections::{BTreeMap, BTreeSet};

use super::deletion::{delete, is_deleted};
use crate::action::Action;
use crate::controllers::daemon_set::{Node, Pod, Update, roll};
use crate::fact::Cause;
use crate::model::node::NodeId;
use crate::model::planned::Strategy;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::time::Span;
use crate::world::World;
use crate::world::pods::Phase;

/// The DaemonSets that have been created.
#[derive(Clone, Debug, Default)]
pub(super) struct DaemonSets {
    sets: Vec<WorkloadId>,
    /// The pods of sets that are rolling out, by their node, until their objects are gone.
    rolling: BTreeMap<WorkloadId, BTreeMap<NodeId, BTreeSet<PodId>>>,
}

/// What a rollout does next.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Next {
    /// The nodes that get a pod.
    pub(super) create: Vec<NodeId>,
    /// The pods that go.
    pub(super) delete: Vec<Action>,
    /// Whether every node has a new pod that is available.
    pub(super) complete: bool,
}

impl DaemonSets {
    /// A set was created: the nodes that are to run its pods and have none.
    pub(super) fn created(&mut self, world: &World, set: WorkloadId) -> Vec<NodeId> {
        self.sets.push(set);
        let here = |node: &NodeId| {
            let pods = world.placement().pods_on(*node).iter();
            world.view(*node).is_lost()
                || pods.copied().any(|pod| world.pods().workload(pod) == set)
        };
        let nodes = world.registered().iter().copied().filter(|node| !here(node));
        nodes.filter(|node| runs_on(world, set, *node)).collect()
    }

    /// The sets of which a node runs a pod.
    pub(super) fn on_node(&self, world: &World, node: NodeId) -> Vec<WorkloadId> {
        self.sets.iter().copied().filter(|set| runs_on(world, *set, node)).collect()
    }

    /// The sets that are rolling out.
    pub(super) fn rolling(&self) -> Vec<WorkloadId> {
        self.rolling.keys().copied().collect()
    }

    pub(super) fn rollout_begins(&mut self, world: &World, set: WorkloadId) {
        let pods = world.pods();
        let own = pods.ids().filter(|pod| pods.workload(*pod) == set);
        let stands = |pod: &PodId| !matches!(pods.phase(*pod), Phase::Ended(_) | Phase::Withdrawn);
        self.rolling.insert(set, BTreeMap::new());
        own.filter(stands).for_each(|pod| self.pod_created(world, pod));
    }

    pub(super) fn rollout_ends(&mut self, set: WorkloadId) {
        self.rolling.remove(&set);
    }

    pub(super) fn pod_created(&mut self, world: &World, pod: PodId) {
        if let Some((nodes, node)) = self.place(world, pod) {
            nodes.entry(node).or_default().insert(pod);
        }
    }

    pub(super) fn pod_is_gone(&mut self, world: &World, pod: PodId) {
        if let Some((nodes, node)) = self.place(world, pod)
            && let Some(pods) = nodes.get_mut(&node)
        {
            pods.remove(&pod);
        }
    }

    fn place(
        &mut self,
        world: &World,
        pod: PodId,
    ) -> Option<(&mut BTreeMap<NodeId, BTreeSet<PodId>>, NodeId)> {
        let nodes = self.rolling.get_mut(&world.pods().workload(pod))?;
        let node = world.pods().meant_for(pod).or(world.pods().phase(pod).node())?;
        Some((nodes, node))
    }

    /// One sync of a set that is rolling out.
    // DaemonSet controller: pkg/controller/daemon/daemon_controller.go updateDaemonSet
    pub(super) fn roll(&self, world: &World, set: WorkloadId) -> Next {
        let Some(pods) = self.rolling.get(&set) else { return Next::default() };
        let revision = world.revision(set);
        let strategy = world.rollout(set).map(|rollout| rollout.strategy);
        let (update, min_ready) = match strategy {
            Some(Strategy::Nodes { max_surge, max_unavailable, min_ready }) => {
                (Some(Update { max_surge, max_unavailable }), min_ready)
            }
            _ => (None, Span::ZERO),
        };
        let mut next = Next { complete: true, ..Next::default() };
        let (mut nodes, mut numbered) = (Vec::new(), Vec::new());
        for id in world.registered() {
            let mut node = Node { eligible: runs_on(world, set, *id), ..Node::default() };
            // A pod that is lost with its node is not available, and no other can be there.
            let there = pods.get(id).filter(|pods| !pods.is_empty());
            for pod in there.into_iter().flatten() {
                let terminating = matches!(world.pods().phase(*pod), Phase::Terminating { .. });
                if terminating && is_deleted(world, *pod) {
                    continue;
                }
                let running = matches!(world.pods().phase(*pod), Phase::Running { .. });
                let available = running && world.ran(*pod) >= min_ready;
                let seen = Pod { number: numbered.len(), available };
                numbered.push(*pod);
                let is_new = world.pods().revision(*pod) == revision;
                if is_new { node.new.push(seen) } else { node.old.push(seen) }
            }
            let takes_pods = !world.view(*id).is_lost() && !world.view(*id).is_not_ready();
            if node.eligible && there.is_none() && takes_pods {
                next.create.push(*id);
            }
            let is_new = node.new.iter().any(|pod| pod.available) && node.old.is_empty();
            next.complete &= is_new || !node.eligible;
            nodes.push(node);
        }
        if let Some(update) = update {
            let sync = roll(&update, &nodes);
            let pods = sync.delete.chosen().map(|number| numbered[number]);
            next.delete = pods.filter_map(|pod| delete(world, pod, Cause::RolledOut)).collect();
            next.create.extend(sync.create.chosen().map(|number| world.registered()[number]));
        }
        next
    }
}

/// Whether a node runs a pod of a set: its node selector, affinity and tolerations do not rule the node
/// out.
// DaemonSet controller: daemon_controller.go NodeShouldRunDaemonPod
fn runs_on(world: &World, set: WorkloadId, node: NodeId) -> bool {
    let (spec, _) = world.model().template(set, world.revision(set));
    crate::scheduler::plugins::runs_daemon(&world.model().specs[spec], world.view(node))
}

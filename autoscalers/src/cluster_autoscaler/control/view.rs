//! The cluster as one round sees it: nodes that are there, and those on their way as if they were.
// Cluster Autoscaler: core/static_autoscaler.go addUpcomingNodesToClusterSnapshot

use sim::model::node::NodeId;
use sim::model::pod::SpecId;
use sim::model::workload::{Controller, WorkloadId};
use sim::scheduler::plugins::runs_daemon;
use sim::world::World;
use sim::world::trial::Trial;

use super::cluster_state::ClusterState;
use crate::cluster_autoscaler::node_group::NodeGroup;
use crate::cluster_autoscaler::snapshot::NodeList;

pub(super) struct ClusterView {
    /// The nodes that are there, then those on their way.
    pub(super) list: NodeList,
    /// How many of them are there.
    there: usize,
    /// How many of them are there and ready.
    pub(super) ready: u32,
}

impl ClusterView {
    /// Adds the nodes that are on their way.
    pub(super) fn of(
        groups: &[NodeGroup],
        state: &ClusterState,
        last: usize,
        trial: &mut Trial<'_>,
    ) -> ClusterView {
        let mut nodes = trial.registered().to_vec();
        nodes.sort_unstable();
        let is_ready =
            |node: &&NodeId| !trial.view(**node).is_not_ready() && !trial.view(**node).is_lost();
        let ready = nodes.iter().filter(is_ready).count();
        let there = nodes.len();
        for group in groups {
            for _ in 0..state.upcoming(group, trial) {
                nodes.push(group.imagine(trial));
            }
        }
        let mut list = NodeList::of(nodes);
        list.last = last;
        ClusterView { list, there, ready: u32::try_from(ready).unwrap_or(u32::MAX) }
    }

    /// The nodes that are there, before any is removed.
    pub(super) fn there(&self) -> &[NodeId] {
        &self.list.nodes[..self.there]
    }

    /// Whether no node is on its way.
    pub(super) fn is_whole(&self) -> bool {
        self.list.nodes.len() == self.there
    }

    /// How many nodes there are, those on their way included.
    pub(super) fn nodes(&self) -> u32 {
        u32::try_from(self.list.nodes.len()).unwrap_or(u32::MAX)
    }
}

/// The pods that DaemonSets put on a new node of a group.
// Cluster Autoscaler: utils/daemonset/daemonset.go GetDaemonSetPodsForNode
pub(super) fn daemons(group: &NodeGroup, trial: &mut Trial<'_>) -> Vec<(WorkloadId, SpecId)> {
    let mut fork = trial.fork();
    let node = fork.imagine_node(group.pool, group.template);
    let world: &World = &fork;
    let workloads = world.model().workloads.iter();
    workloads
        .filter(|(_, it)| it.controller == Controller::DaemonSet)
        .map(|(id, it)| (id, it.spec))
        .filter(|(_, spec)| runs_daemon(world.spec(*spec), world.view(node)))
        .collect()
}

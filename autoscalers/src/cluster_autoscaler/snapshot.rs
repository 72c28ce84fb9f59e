//! The cluster snapshot: nodes in the Cluster Autoscaler's own order, and the scheduler's filters.
//!
//! Filters are kube-scheduler's, asked of a [`World`] in which things are tried out. Scores have no say:
//! what a node is preferred for does not decide whether a pod fits.

use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain;
use sim::scheduler::prepared_cycle::{PreparedCycle, Rejection};
use sim::scheduler::profile::Profile;
use sim::scheduler::sums::Standing;
use sim::world::World;

/// The nodes, in the order in which any of them is looked for.
#[derive(Clone, Debug, Default)]
pub struct NodeList {
    /// In order.
    pub nodes: Vec<NodeId>,
    /// The place at which the last search ended: the next begins behind it. It outlives what is tried
    /// out, and nodes that are no more.
    // Cluster Autoscaler: simulator/clustersnapshot NewLastIndexOrderMapping(1)
    pub last: usize,
}

impl NodeList {
    /// These nodes. The first search begins behind the first of them, too.
    #[must_use]
    pub fn of(nodes: Vec<NodeId>) -> NodeList {
        NodeList { nodes, last: 0 }
    }

    /// The places of the nodes, in the order in which they are searched now.
    fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let (nodes, last) = (self.nodes.len(), self.last);
        (0..nodes).map(move |step| (last + 1 + step) % nodes)
    }
}

/// The filters of the default profile.
pub struct Filters {
    profile: Profile,
}

impl Default for Filters {
    fn default() -> Self {
        let mut profile = Profile::default();
        profile.scores.clear();
        Filters { profile }
    }
}

/// What a pod asks of every node, as the cluster stands.
pub struct Asked<'w> {
    world: &'w World,
    pod: PodView<'w>,
    cycle: PreparedCycle,
    standings: Vec<Standing>,
}

impl Filters {
    /// Asks on behalf of a pod.
    ///
    /// # Errors
    /// What keeps it off every node.
    pub fn ask<'w>(&self, pod: PodId, world: &'w World) -> Result<Asked<'w>, Rejection> {
        let pod = PodView::of(pod, world);
        let cycle = PreparedCycle::of(&self.profile, pod, world)?;
        let standings = plain::standings(&cycle, pod, world);
        Ok(Asked { world, pod, cycle, standings })
    }

    /// Why a node does not take a pod, if it does not.
    // Cluster Autoscaler: plugin_runner.go RunFiltersOnNode
    #[must_use]
    pub fn rejection(&self, pod: PodId, node: NodeId, world: &World) -> Option<Rejection> {
        match self.ask(pod, world) {
            Ok(asked) => asked.rejection(node),
            Err(rejection) => Some(rejection),
        }
    }

    /// The next node that takes a pod, of those that are accepted.
    // Cluster Autoscaler: plugin_runner.go RunFiltersUntilPassingNode
    pub fn any_node(
        &self,
        pod: PodId,
        world: &World,
        list: &mut NodeList,
        accepts: impl Fn(NodeId) -> bool,
    ) -> Option<NodeId> {
        let asked = self.ask(pod, world).ok()?;
        let takes = |node: NodeId| {
            !world.view(node).cordoned() && accepts(node) && asked.rejection(node).is_none()
        };
        let place = list.places().find(|place| takes(list.nodes[*place]))?;
        list.last = place;
        Some(list.nodes[place])
    }
}

impl Asked<'_> {
    /// Why a node does not take the pod, if it does not.
    #[must_use]
    pub fn rejection(&self, node: NodeId) -> Option<Rejection> {
        plain::rejection(&self.cycle, self.pod, self.world.view(node), &self.standings)
    }
}

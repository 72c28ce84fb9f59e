//! How nodes end: their NodeClaim is deleted, they are drained, and once `terminationGracePeriod` is over nothing
//! keeps them.
// Karpenter: pkg/controllers/node/termination/controller.go, terminator/terminator.go

use sim::action::Action;
use sim::fact::Cause;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::pods::Phase;

use super::Keeper;
use super::batcher::Trigger;
use crate::karpenter::input::DoNotDisrupt;

/// The least time that a pod is given to stop.
// Karpenter: terminator.go DeleteExpiringPods
const LEAST_GRACE: Span = Span::from_secs(1);

impl Keeper {
    /// A NodeClaim is deleted: from now on its NodePool's `terminationGracePeriod` runs.
    // Karpenter: pkg/controllers/nodeclaim/lifecycle/termination.go annotateTerminationGracePeriodTerminationTime
    pub(super) fn delete_claim(&mut self, node: NodeId, world: &World) {
        let pool = self.pool_number(world.nodes().pool(node));
        let within = pool.and_then(|pool| self.pools[pool].termination_grace_period);
        self.nodes.update(node, |kept| {
            kept.deleting = true;
            kept.terminates_by = kept.terminates_by.or(within.map(|span| world.now() + span));
        });
    }

    /// Deletes the NodeClaim of a node, empties the node, and gives it back.
    pub(super) fn drain(&mut self, node: NodeId, world: &World) -> Action {
        self.delete_claim(node, world);
        self.batcher.trigger(Trigger::Node(node), world.now());
        Action::Drain { node, cause: Cause::Released }
    }

    /// Whether a pod asks to be left where it is.
    // Karpenter: pkg/utils/pod/scheduling.go IsDisruptable
    pub(super) fn keeps_its_node(&self, pod: PodId, world: &World) -> bool {
        let pods = world.pods();
        match self.settings.do_not_disrupt.get(&pods.workload(pod)) {
            None => false,
            Some(DoNotDisrupt::Always) => true,
            Some(DoNotDisrupt::For(duration)) => pods.started_ms(pod).is_none_or(|started| {
                let now = i64::try_from(world.now().as_ms()).unwrap_or(i64::MAX);
                now - started < *duration
            }),
        }
    }

    /// Deletes pods whose node is terminated as soon as their own grace period is over, whatever budgets and
    /// annotations say. Those that would like more time get what is left.
    // Karpenter: terminator.go DeleteExpiringPods
    pub(super) fn delete_pods(&self, world: &World) -> Vec<Action> {
        let now = world.now();
        let due = self.deletions(world).filter(|(_, _, at)| *at <= now);
        let delete = |(pod, by, _): (PodId, SimTime, SimTime)| {
            let left = if by > now { by.since(now) } else { Span::ZERO };
            Action::Delete { pod, why: Cause::Released, within: left.max(LEAST_GRACE) }
        };
        due.map(delete).collect()
    }

    /// When a pod is deleted next that way.
    pub(super) fn next_deletion(&self, world: &World) -> Option<SimTime> {
        self.deletions(world).map(|(_, _, at)| at).min()
    }

    /// The pods of nodes that are terminated by a time, each with that time, and when it is deleted.
    fn deletions(&self, world: &World) -> impl Iterator<Item = (PodId, SimTime, SimTime)> {
        let any = self.pools.iter().any(|pool| pool.termination_grace_period.is_some());
        let nodes = any.then_some(&self.nodes).into_iter().flat_map(|nodes| nodes.iter());
        let ending = nodes.filter_map(|(node, kept)| Some((node, kept.terminates_by?)));
        ending.flat_map(move |(node, by)| {
            let pods = world.placement().pods_on(node).iter().copied();
            let runs = move |pod: &PodId| {
                matches!(world.pods().phase(*pod), Phase::Starting { .. } | Phase::Running { .. })
            };
            pods.filter(runs).map(move |pod| (pod, by, by.back(world.spec_of(pod).grace)))
        })
    }
}

//! Preemption: which pods of lower priority would have to go so that a pod fits.
// kube-scheduler: plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go

use std::collections::BTreeMap;

use super::framework::{Code, PodView, Reasons};
use super::nominated::with_nominated;
use super::prepared_cycle::{PreparedCycle, Rejection};
use super::sums::Standing;
use crate::action::Action;
use crate::fact::refusal::{NoRoom, UnschedulableReason};
use crate::model::disruption;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::rng::{Root, Stream};
use crate::world::World;
use crate::world::load::NodeLoad;
use crate::world::pods::Phase;

/// Status for a node without lower-priority pods.
pub const NO_VICTIMS: UnschedulableReason =
    UnschedulableReason::Text("No preemption victims found for incoming pod");
/// Status for a node on which, in the end, every pod could stay.
const NO_VICTIM: UnschedulableReason =
    UnschedulableReason::Text("expected at least one victim pod on node");
/// Status for a node that no removal of pods could help.
pub const NOT_HELPFUL: UnschedulableReason =
    UnschedulableReason::Text("Preemption is not helpful for scheduling");

/// Status for a pod that preempts no other.
const NEVER: &str = "not eligible due to preemptionPolicy=Never.";

/// What came of the attempt to make room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Preemption {
    /// The pod may not push others away, for this reason.
    NotEligible(&'static str),
    /// There are nodes on which room can be made; the first of `candidates` that is `chosen`.
    Possible {
        /// Every node on which room can be made, in the order in which they were tried.
        candidates: Vec<Candidate>,
        /// The number of the best of them.
        chosen: usize,
        /// What the nodes say on which preemption would not help.
        refused: Vec<(NodeId, Rejection)>,
    },
    /// On no node.
    Impossible {
        /// What the nodes say that were tried.
        refused: Vec<(NodeId, Rejection)>,
    },
}

/// A node on which room can be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Which node.
    pub node: NodeId,
    /// The pods that would have to go, the most important first.
    pub victims: Vec<PodId>,
    /// How many of them a PodDisruptionBudget would have kept.
    pub violations: usize,
}

impl Preemption {
    /// What comes of it for a pod that no node takes whichever pods leave.
    #[must_use]
    pub fn in_vain(pod: PodView<'_>) -> Preemption {
        if pod.spec.preempts {
            Preemption::Impossible { refused: Vec::new() }
        } else {
            Preemption::NotEligible(NEVER)
        }
    }

    /// Whether every pod of its spec would hear the same until the world changes. A chosen node is a
    /// change; and in which order pods are let back depends on budgets and on time.
    pub(super) fn lasts(&self) -> bool {
        match self {
            Preemption::NotEligible(_) => true,
            Preemption::Possible { .. } => false,
            Preemption::Impossible { refused } => {
                refused.iter().all(|(_, rejection)| rejection.reasons != own(NO_VICTIM).reasons)
            }
        }
    }

    /// Why there is no room; none if room is being made.
    #[must_use]
    pub fn no_room(&self, world: &World) -> Option<NoRoom> {
        match self {
            Preemption::NotEligible(why) => Some(NoRoom::NotEligible(why)),
            Preemption::Possible { .. } => None,
            Preemption::Impossible { refused } => {
                let mut reasons = BTreeMap::new();
                let mut count = |reason, nodes| *reasons.entry(reason).or_default() += nodes;
                for alike in refused.chunk_by(|a, b| a.1.reasons == b.1.reasons) {
                    let reasons = alike[0].1.reasons.as_slice();
                    reasons.iter().for_each(|reason| count(*reason, alike.len()));
                }
                let others = world.registered().len() - refused.len();
                if others > 0 {
                    count(NOT_HELPFUL, others);
                }
                Some(NoRoom::Refused(reasons))
            }
        }
    }

    /// What is to be done about it.
    #[must_use]
    pub fn action(self, pod: PodId, world: &World) -> Option<Action> {
        match self {
            Preemption::NotEligible(_) => None,
            Preemption::Impossible { .. } => {
                let nominated = world.pods().nominated(pod).is_some();
                nominated.then_some(Action::Preempt { pod, node: None, victims: Vec::new() })
            }
            Preemption::Possible { mut candidates, chosen, .. } => {
                let Candidate { node, victims, .. } = candidates.swap_remove(chosen);
                Some(Action::Preempt { pod, node: Some(node), victims })
            }
        }
    }
}

/// Why there is no room for a pod although the removal of pods could make some on `open` nodes: on
/// none of all the nodes has anything that runs a lower priority. None where something has.
#[must_use]
pub fn without_victims(pod: PodView<'_>, open: usize, world: &World) -> Option<NoRoom> {
    let lowest = world.placement().lowest_priority();
    if !pod.spec.preempts || lowest.is_some_and(|lowest| lowest < pod.spec.priority) {
        return None;
    }
    let others = world.registered().len() - open;
    let counts = [(NO_VICTIMS, open), (NOT_HELPFUL, others)];
    Some(NoRoom::Refused(counts.into_iter().filter(|(_, nodes)| *nodes > 0).collect()))
}

/// The pods of lower priority that were nominated to a node and give way when `pod` is.
// kube-scheduler: framework/preemption getLowerPriorityNominatedPods
#[must_use]
pub fn outbid(pod: PodId, node: NodeId, world: &World) -> Vec<PodId> {
    let priority = world.spec_of(pod).priority;
    let others = world.placement().nominated_to(node).iter().copied();
    others.filter(|other| world.spec_of(*other).priority < priority).collect()
}

/// What the attempt needs to know.
pub(super) struct Attempt<'a> {
    cycle: &'a PreparedCycle,
    pod: PodView<'a>,
    world: &'a World,
    /// How the sums stand that the pod reads.
    standings: &'a [Standing],
    /// The nodes that refused in a way that the removal of pods may change.
    potential: Vec<NodeId>,
    /// Whether the nominated node refused in another way.
    nominated_is_unresolvable: bool,
    /// The chance that says where the search begins.
    root: Root,
}

impl<'a> Attempt<'a> {
    /// Tries to make room, given how each node refused.
    pub(super) fn of(
        cycle: &'a PreparedCycle,
        pod: PodView<'a>,
        world: &'a World,
        standings: &'a [Standing],
        verdicts: impl Iterator<Item = (NodeId, Code)>,
        root: Root,
    ) -> Preemption {
        let nominated = pod.id.and_then(|pod| world.pods().nominated(pod));
        let mut potential = Vec::new();
        let mut nominated_is_unresolvable = false;
        for (node, code) in verdicts {
            match code {
                Code::Unschedulable => potential.push(node),
                Code::UnschedulableAndUnresolvable => {
                    nominated_is_unresolvable |= nominated == Some(node);
                }
            }
        }
        let attempt =
            Attempt { cycle, pod, world, standings, potential, nominated_is_unresolvable, root };
        attempt.make()
    }

    /// Tries every node on which it could help, until there are enough candidates.
    // kube-scheduler: framework/preemption Evaluator.Preempt, DryRunPreemption
    fn make(&self) -> Preemption {
        if let Some(reason) = self.not_eligible() {
            return Preemption::NotEligible(reason);
        }
        let budgets = self.world.model().budgets.ids();
        let allowed: Vec<i64> = budgets.map(|id| self.world.disruptions_allowed(id)).collect();
        let nodes = self.potential.len();
        let enough = (nodes / 10).max(100).min(nodes);
        let offset = if nodes > enough { self.offset(nodes) } else { 0 };
        let (mut candidates, mut refused): (Vec<Candidate>, _) = (Vec::new(), Vec::new());
        for step in 0..nodes {
            let node = self.potential[(offset + step) % nodes];
            match self.try_node(node, &allowed) {
                Ok(candidate) => candidates.push(candidate),
                Err(rejection) => refused.push((node, rejection)),
            }
            let harmless = candidates.iter().any(|candidate| candidate.violations == 0);
            if harmless && candidates.len() >= enough {
                break;
            }
        }
        match best(&candidates, self.world) {
            Some(chosen) => Preemption::Possible { candidates, chosen, refused },
            None => Preemption::Impossible { refused },
        }
    }

    /// Where the search begins: anywhere, so that it is not always the same nodes that are tried.
    fn offset(&self, nodes: usize) -> usize {
        let Some(pod) = self.pod.id else { return 0 };
        self.root.choice(Stream::PreemptionOffset, &self.world.draw_key(pod), nodes)
    }

    // kube-scheduler: default_preemption.go PodEligibleToPreemptOthers
    fn not_eligible(&self) -> Option<&'static str> {
        if !self.pod.spec.preempts {
            return Some(NEVER);
        }
        let nominated = self.pod.id.and_then(|pod| self.world.pods().nominated(pod))?;
        let on_its_way_out = |pod: &PodId| {
            self.world.spec_of(*pod).priority < self.pod.spec.priority
                && matches!(self.world.pods().phase(*pod), Phase::Terminating { .. })
                && self.world.pods().reason(*pod)
                    == Some(disruption::DisruptionReason::PreemptionByScheduler)
        };
        let waits = !self.nominated_is_unresolvable
            && self.world.placement().pods_on(nominated).iter().any(on_its_way_out);
        waits.then_some("not eligible due to a terminating pod on the nominated node.")
    }

    /// Removes all pods of lower priority, then lets back as many as fit beside the pod, the most
    /// important first, those whose budget would be violated before the others.
    // kube-scheduler: default_preemption.go SelectVictimsOnNode
    fn try_node(&self, node: NodeId, allowed: &[i64]) -> Result<Candidate, Rejection> {
        let view = self.world.view(node);
        let pods = view.load().pods().iter().copied();
        let mut lower: Vec<PodId> =
            pods.filter(|pod| self.world.spec_of(*pod).priority < self.pod.spec.priority).collect();
        if lower.is_empty() {
            return Err(own(NO_VICTIMS));
        }
        let mut load = view.load().clone();
        lower.iter().for_each(|pod| self.remove(*pod, &mut load));
        if let Some(rejection) = self.rejection(node, &load) {
            return Err(rejection);
        }
        lower.sort_by_key(|pod| importance(*pod, self.world));
        let (violating, others) = self.split_by_budgets(&lower, allowed);
        let mut candidate = Candidate { node, victims: Vec::new(), violations: 0 };
        for (pod, violates) in
            violating.iter().map(|pod| (*pod, true)).chain(others.iter().map(|pod| (*pod, false)))
        {
            self.put_back(pod, &mut load);
            if self.rejection(node, &load).is_some() {
                self.remove(pod, &mut load);
                candidate.victims.push(pod);
                candidate.violations += usize::from(violates);
            }
        }
        if candidate.victims.is_empty() {
            return Err(own(NO_VICTIM));
        }
        candidate.victims.sort_by_key(|pod| importance(*pod, self.world));
        Ok(candidate)
    }

    fn rejection(&self, node: NodeId, load: &NodeLoad) -> Option<Rejection> {
        let view = self.world.view(node);
        let refused =
            |load: &NodeLoad| self.cycle.rejection_with_load(self.pod, view, load, self.standings);
        with_nominated(self.pod, view, load)
            .and_then(|load| refused(&load))
            .or_else(|| refused(load))
    }

    fn remove(&self, pod: PodId, load: &mut NodeLoad) {
        let pods = self.world.pods();
        load.remove(pod, pods.spec(pod), self.terminating(pod), self.world.specs());
    }

    fn put_back(&self, pod: PodId, load: &mut NodeLoad) {
        let pods = self.world.pods();
        load.add(pod, pods.spec(pod), self.terminating(pod), self.world.specs());
    }

    fn terminating(&self, pod: PodId) -> bool {
        matches!(self.world.pods().phase(pod), Phase::Terminating { .. })
    }

    /// Those of `pods` whose eviction a budget does not allow, and the others; both in order. Each
    /// pod uses up every budget that covers it, in order.
    // kube-scheduler: default_preemption.go filterPodsWithPDBViolation
    fn split_by_budgets(&self, pods: &[PodId], allowed: &[i64]) -> (Vec<PodId>, Vec<PodId>) {
        let mut left = allowed.to_vec();
        pods.iter().copied().partition(|pod| {
            let budgets = self.world.model().budgets.rows().zip(&mut left);
            let mut violates = false;
            for (budget, left) in budgets {
                let processed = budget.disrupted.contains(&(pod.number() as usize));
                if self.world.budget_covers(budget, *pod) && !processed {
                    *left -= 1;
                    violates |= *left < 0;
                }
            }
            violates
        })
    }
}

/// A refusal by preemption itself.
fn own(reason: UnschedulableReason) -> Rejection {
    Rejection {
        place: 0,
        plugin: None,
        code: Code::UnschedulableAndUnresolvable,
        reasons: Reasons::One(reason),
    }
}

/// The most important first: by priority, then who has run longest.
// kube-scheduler: util/utils.go MoreImportantPod
fn importance(pod: PodId, world: &World) -> (std::cmp::Reverse<i32>, i64) {
    (std::cmp::Reverse(world.spec_of(pod).priority), started(pod, world))
}

fn started(pod: PodId, world: &World) -> i64 {
    let now = i64::try_from(world.now().as_ms()).unwrap_or(i64::MAX);
    world.pods().started_ms(pod).unwrap_or(now)
}

/// The number of the candidate that does the least harm.
// kube-scheduler: framework/preemption pickOneNodeForPreemption
fn best(candidates: &[Candidate], world: &World) -> Option<usize> {
    let priority = |pod: &PodId| i64::from(world.spec_of(*pod).priority);
    let harm = |candidate: &Candidate| {
        let victims = &candidate.victims;
        let highest = victims.first().map_or(i64::MIN, priority);
        let sum: i64 = victims.iter().map(|pod| priority(pod) + (1 << 31)).sum();
        // The latest of the earliest starts among the most important victims does the least harm.
        let earliest = victims.iter().filter(|pod| priority(pod) == highest);
        let earliest = earliest.map(|pod| started(*pod, world)).min().unwrap_or(i64::MIN);
        (candidate.violations, highest, sum, victims.len(), std::cmp::Reverse(earliest))
    };
    (0..candidates.len()).min_by_key(|at| harm(&candidates[*at]))
}

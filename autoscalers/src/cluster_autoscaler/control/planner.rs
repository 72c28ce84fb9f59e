//! The planner of scale-down: which nodes are not needed, since when, and which of them go now.
// Cluster Autoscaler: core/scaledown/planner/planner.go, unneeded/nodes.go, unremovable/nodes.go

use std::collections::BTreeMap;

use sim::action::{Action, Reason};
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::resources::Lane;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;
use sim::world::trial::Trial;

use super::actuator::{Actuator, Chosen};
use super::cluster_state::ClusterState;
use super::residents;
use super::view::ClusterView;
use crate::cluster_autoscaler::config::Flags;
use crate::cluster_autoscaler::node_group::{GroupId, NodeGroup};
use crate::cluster_autoscaler::program::ClusterAutoscaler;
use crate::cluster_autoscaler::scale_down::budgets::RemainingBudgets;
use crate::cluster_autoscaler::scale_down::drain::PodTraits;
use crate::cluster_autoscaler::scale_down::eligibility::{self, NodeTraits};
use crate::cluster_autoscaler::scale_down::removal::{Removable, RemovalSimulator, Unremovable};
use crate::cluster_autoscaler::scale_down::utilization::{Ignored, Utilization};
use crate::cluster_autoscaler::snapshot::{Filters, NodeList};

#[derive(Clone, Debug)]
pub(super) struct Planner {
    unneeded: BTreeMap<NodeId, Unneeded>,
    /// Nodes that are not looked at before a time.
    unremovable: BTreeMap<NodeId, SimTime>,
    /// Why each node was last left.
    reported: BTreeMap<NodeId, (&'static str, Option<PodId>)>,
    hints: BTreeMap<PodId, NodeId>,
    /// How many nodes the last round tried to remove.
    examined: usize,
    updated_at: Option<SimTime>,
    /// The shortest time between two rounds.
    interval: Span,
    /// When a removal last failed.
    pub(super) failed_at: Option<SimTime>,
    /// When one last began.
    pub(super) deleted_at: Option<SimTime>,
}

#[derive(Clone, Debug)]
struct Unneeded {
    since: SimTime,
    removable: Removable,
}

/// What a round plans by.
#[derive(Clone, Copy)]
pub(super) struct Round<'r> {
    pub(super) program: &'r ClusterAutoscaler,
    pub(super) groups: &'r [NodeGroup],
    pub(super) state: &'r ClusterState,
    pub(super) actuator: &'r Actuator,
    pub(super) filters: &'r Filters,
}

/// A node that may be removed, as far as it is concerned itself.
struct Candidate {
    node: NodeId,
    pods: Vec<PodTraits>,
}

impl Round<'_> {
    fn flags(&self) -> &Flags {
        &self.program.flags
    }

    fn group_of(&self, node: NodeId, world: &World) -> Option<GroupId> {
        let pool = world.nodes().pool(node);
        self.groups.iter().position(|group| group.pool == pool).map(GroupId)
    }

    /// How many nodes a group has left once those are gone that are being deleted.
    fn size_left(&self, group: GroupId) -> u32 {
        self.state.target(group).saturating_sub(self.actuator.in_progress(group))
    }
}

impl Planner {
    pub(super) fn new(flags: &Flags) -> Planner {
        Planner {
            unneeded: BTreeMap::new(),
            unremovable: BTreeMap::new(),
            reported: BTreeMap::new(),
            hints: BTreeMap::new(),
            examined: 0,
            updated_at: None,
            interval: flags.scale_down_unneeded_time.max(Span::from_ms(1)),
            failed_at: None,
            deleted_at: None,
        }
    }

    /// There is a round, whatever comes of it.
    pub(super) fn is_round(&mut self, now: SimTime) {
        if let Some(before) = self.updated_at.replace(now) {
            self.interval = self.interval.min(now.since(before)).max(Span::from_ms(1));
        }
    }

    /// Until when it finds what it found, which is no node that could go; nothing if it did find some.
    pub(super) fn rests_until(&self) -> Option<Option<SimTime>> {
        let finds_none = self.unneeded.is_empty() && self.examined == 0;
        finds_none.then(|| self.unremovable.values().min().copied())
    }

    /// The nodes that are not needed.
    pub(super) fn unneeded(&self) -> Vec<NodeId> {
        self.unneeded.keys().copied().collect()
    }

    /// Finds out which nodes are not needed. Why others are, where that is news.
    // UpdateClusterState, categorizeNodes
    pub(super) fn update(
        &mut self,
        round: Round<'_>,
        view: &mut ClusterView,
        trial: &mut Trial<'_>,
    ) -> Vec<Action> {
        let now = trial.now();
        self.is_round(now);
        self.unremovable.retain(|_, until| *until > now);
        let mut news = Vec::new();
        let candidates = self.candidates(round, view.there(), trial, &mut news);
        self.examined = candidates.len();
        let limit = self.limit(round.flags());
        let list = std::mem::take(&mut view.list);
        let mut simulator = self.simulator(round, list, trial);
        let mut removable = Vec::new();
        for candidate in candidates {
            if removable.len() >= limit {
                break;
            }
            match simulator.remove(candidate.node, &candidate.pods, trial) {
                Ok(found) => removable.push(found),
                Err(why) => {
                    let until = now + round.flags().unremovable_node_recheck_timeout;
                    self.unremovable.insert(candidate.node, until);
                    let (why, pod) = match why {
                        Unremovable::BlockedByPod(pod, reason) => (reason.name(), Some(pod)),
                        Unremovable::NoPlaceToMovePods => ("NoPlaceToMovePods", None),
                    };
                    news.push((candidate.node, why, pod, Some(until)));
                }
            }
        }
        view.list = simulator.list;
        self.hints = simulator.hints;
        let is_over = |pod: PodId| matches!(trial.pods().phase(pod), Phase::Ended(_));
        self.hints.retain(|pod, _| !is_over(*pod));
        self.confirm(removable, now);
        self.tell(news, trial)
    }

    fn simulator<'r>(
        &mut self,
        round: Round<'r>,
        list: NodeList,
        trial: &Trial<'_>,
    ) -> RemovalSimulator<'r> {
        let taint = round.program.taints.to_be_deleted.clone();
        let budgets = RemainingBudgets::of(trial);
        let drain = &round.program.flags.drain;
        let mut simulator = RemovalSimulator::new(drain, round.filters, taint, list, budgets);
        simulator.destinations.retain(|node| !round.actuator.is_deleting(*node));
        simulator.hints = std::mem::take(&mut self.hints);
        simulator
    }

    /// The nodes that are looked at: empty ones first, then those that were not needed before.
    // processors/scaledowncandidates, eligibility.go FilterOutUnremovable
    fn candidates(
        &self,
        round: Round<'_>,
        there: &[NodeId],
        trial: &Trial<'_>,
        news: &mut Vec<(NodeId, &'static str, Option<PodId>, Option<SimTime>)>,
    ) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for node in there {
            let is_node = matches!(trial.nodes().state(*node), NodeState::Ready { .. });
            let Some(group) = round.group_of(*node, trial).filter(|_| is_node) else { continue };
            if round.actuator.is_deleting(*node) {
                continue;
            }
            if round.size_left(group) <= round.groups[group.0].min_size {
                news.push((*node, "NodeGroupMinSizeReached", None, None));
                continue;
            }
            if self.unremovable.contains_key(node) {
                continue;
            }
            match check(round, (*node, group), trial) {
                Ok(()) => {
                    let pods = residents::of(*node, round.program, trial);
                    candidates.push(Candidate { node: *node, pods });
                }
                Err(why) => news.push((*node, why.name(), None, None)),
            }
        }
        candidates.sort_by_key(|it| {
            let is_empty = it.pods.iter().all(|pod| pod.is_of_daemon_set);
            (!is_empty, !self.unneeded.contains_key(&it.node))
        });
        candidates
    }

    /// After how many removable nodes no more are looked for.
    // unneededNodesLimit
    fn limit(&self, flags: &Flags) -> usize {
        let parallel = flags.max_scale_down_parallelism;
        let unneeded_time = flags.scale_down_unneeded_time.max(self.interval);
        let rounds = unneeded_time.as_ms() / self.interval.as_ms().max(1);
        let rounds = usize::try_from(rounds).unwrap_or(usize::MAX);
        let most = parallel.saturating_mul(rounds).saturating_add(parallel);
        most.min(self.unneeded.len() + 2 * parallel)
    }

    /// These nodes are not needed, and all others are.
    fn confirm(&mut self, removable: Vec<Removable>, now: SimTime) {
        let before = std::mem::take(&mut self.unneeded);
        for removable in removable {
            let since = before.get(&removable.node).map_or(now, |it| it.since);
            self.unneeded.insert(removable.node, Unneeded { since, removable });
        }
    }

    /// Why nodes are left, where that is news.
    fn tell(
        &mut self,
        news: Vec<(NodeId, &'static str, Option<PodId>, Option<SimTime>)>,
        world: &World,
    ) -> Vec<Action> {
        let alive = |node: &NodeId| world.nodes().state(*node) != NodeState::Gone;
        self.reported.retain(|node, _| alive(node));
        let mut reasons = Vec::new();
        for (node, why, pod, until) in news {
            if self.reported.insert(node, (why, pod)) != Some((why, pod)) {
                let budget = pod
                    .filter(|_| why == "NotEnoughPdb")
                    .and_then(|pod| RemainingBudgets::matching(pod, world).next());
                reasons.push(Action::Reason(Reason::Refusal { node, why, pod, budget, until }));
            }
        }
        reasons
    }

    /// The nodes that go now: empty ones, then those that are drained, those first whose budgets allow it.
    // NodesToDelete, actuation/budgets.go CropNodes
    pub(super) fn take_doomed(&mut self, round: Round<'_>, world: &World) -> Vec<Chosen> {
        let (flags, now) = (round.flags(), world.now());
        let mut left: BTreeMap<GroupId, u32> = BTreeMap::new();
        let mut resources = Minimum::of(flags, world);
        let (mut empty, mut drained) = (Vec::new(), Vec::new());
        for (node, unneeded) in &self.unneeded {
            let Some(group) = round.group_of(*node, world) else { continue };
            let options = &round.groups[group.0].options;
            let takes = if world.view(*node).is_not_ready() {
                options.scale_down_unready_time.unwrap_or(flags.scale_down_unready_time)
            } else {
                options.scale_down_unneeded_time.unwrap_or(flags.scale_down_unneeded_time)
            };
            if unneeded.since + takes >= now || !unneeded.removable.awaited.is_empty() {
                continue;
            }
            let size = left.entry(group).or_insert_with(|| round.size_left(group));
            if *size <= round.groups[group.0].min_size || !resources.allow(*node, world) {
                continue;
            }
            *size -= 1;
            let is_empty = unneeded.removable.to_reschedule.is_empty();
            let list = if is_empty { &mut empty } else { &mut drained };
            list.push((unneeded.removable.is_risky, Chosen { node: *node, group, is_empty }));
        }
        drained.sort_by_key(|(is_risky, _)| *is_risky);
        let (empties, drains) = round.actuator.counts();
        let budget = flags.max_scale_down_parallelism.saturating_sub(empties + drains);
        let chosen: Vec<Chosen> = empty.into_iter().map(|(_, it)| it).take(budget).collect();
        let budget = budget - chosen.len();
        let drains = flags.max_drain_parallelism.saturating_sub(drains).min(budget);
        let drained = drained.into_iter().map(|(_, it)| it).take(drains);
        let chosen: Vec<Chosen> = chosen.into_iter().chain(drained).collect();
        for it in &chosen {
            self.unneeded.remove(&it.node);
        }
        chosen
    }
}

/// Whether a node may be removed, as far as it is concerned itself.
fn check(
    round: Round<'_>,
    (node, group): (NodeId, GroupId),
    world: &World,
) -> Result<(), eligibility::Ineligible> {
    let (flags, options) = (round.flags(), &round.groups[group.0].options);
    let own = options.ignore_daemonsets_utilization;
    let ignored = Ignored {
        daemon_sets: own.unwrap_or(flags.ignore_daemonsets_utilization),
        mirrors: flags.ignore_mirror_pods_utilization,
    };
    // No pod mirrors another here, and none terminates for longer than it may.
    let utilization = if ignored.daemon_sets {
        let pods = residents::of(node, round.program, world);
        Utilization::of(node, &pods, ignored, world)
    } else {
        Utilization::of_load(node, world)
    };
    let traits = NodeTraits {
        tainted_ago: None,
        scale_down_disabled: false,
        group: Some(options),
        is_ready: !world.view(node).is_not_ready(),
        utilization,
    };
    eligibility::check(&traits, flags)
}

/// What the cluster keeps at least.
// Cluster Autoscaler: core/scaledown/resource/limits.go
struct Minimum {
    /// Cores in thousandths, and bytes, that may go.
    left: [u64; 2],
}

impl Minimum {
    fn of(flags: &Flags, world: &World) -> Minimum {
        let mut there = [0_u64; 2];
        for node in world.nodes().alive() {
            let size = size(*node, world);
            there[0] += size[0];
            there[1] += size[1];
        }
        let least = [
            flags.cores_total.0.saturating_mul(1_000),
            flags.memory_total.0.saturating_mul(1 << 30),
        ];
        Minimum { left: [there[0].saturating_sub(least[0]), there[1].saturating_sub(least[1])] }
    }

    /// Whether a node may go, which is then taken to.
    fn allow(&mut self, node: NodeId, world: &World) -> bool {
        let size = size(node, world);
        let allowed = size[0] <= self.left[0] && size[1] <= self.left[1];
        if allowed {
            self.left[0] -= size[0];
            self.left[1] -= size[1];
        }
        allowed
    }
}

fn size(node: NodeId, world: &World) -> [u64; 2] {
    let capacity = world.model().catalog.instance_type(world.nodes().offering(node)).capacity;
    [capacity[Lane::CPU], capacity[Lane::MEMORY]]
}

//! The actuator: nodes that are being removed, from the taint to the deletion of the instance.
// Cluster Autoscaler: core/scaledown/actuation/actuator.go, drain.go

use std::collections::BTreeMap;

use sim::action::{Action, Reason};
use sim::fact::{Cause, Fact};
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;

use super::cluster_state::ClusterState;
use super::residents;
use crate::cluster_autoscaler::node_group::GroupId;
use crate::cluster_autoscaler::program::ClusterAutoscaler;
use crate::cluster_autoscaler::scale_down::budgets::RemainingBudgets;
use crate::cluster_autoscaler::scale_down::drain::{Context, Drainability, drainability};

/// How long an eviction that was refused waits.
// drain.go DefaultEvictionRetryTime
const EVICTION_RETRY: Span = Span::from_secs(10);
/// How much longer than their grace period pods are waited for.
// drain.go DefaultPodEvictionHeadroom
const HEADROOM: Span = Span::from_secs(30);
/// How often it is looked whether they are gone.
const POLL: Span = Span::from_secs(5);

/// A node that is chosen to be removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Chosen {
    pub(super) node: NodeId,
    pub(super) group: GroupId,
    /// Whether no pod has to move.
    pub(super) is_empty: bool,
}

/// The nodes that are being removed.
#[derive(Clone, Debug, Default)]
pub(super) struct Actuator {
    deletions: BTreeMap<NodeId, Deletion>,
    /// How many removals there have been.
    decisions: u32,
}

#[derive(Clone, Copy, Debug)]
struct Deletion {
    group: GroupId,
    is_empty: bool,
    stage: Stage,
    next: SimTime,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// It takes no more pods, and nothing has been evicted.
    Tainted,
    /// Its pods are evicted.
    Evicting { until: SimTime },
    /// Its pods stop.
    Waiting { until: SimTime },
    /// Its instance is deleted.
    Released,
}

/// What comes of a step.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) actions: Vec<Action>,
    /// Whether a removal has failed.
    pub(super) has_failed: bool,
}

impl Actuator {
    /// Takes note of nodes that are gone.
    pub(super) fn sees(&mut self, fact: &Fact) {
        if let Fact::NodeGone { node, .. } = fact {
            self.deletions.remove(node);
        }
    }

    /// Whether no node is being removed.
    pub(super) fn is_idle(&self) -> bool {
        self.deletions.is_empty()
    }

    /// Whether a node is being removed.
    pub(super) fn is_deleting(&self, node: NodeId) -> bool {
        self.deletions.contains_key(&node)
    }

    /// The nodes that are being drained.
    pub(super) fn drained(&self) -> impl Iterator<Item = NodeId> {
        self.deletions.iter().filter(|(_, it)| !it.is_empty).map(|(node, _)| *node)
    }

    /// How many empty nodes are being removed, and how many others.
    pub(super) fn counts(&self) -> (usize, usize) {
        let empty = self.deletions.values().filter(|it| it.is_empty).count();
        (empty, self.deletions.len() - empty)
    }

    /// How many nodes of a group are being removed, and still count as its own.
    pub(super) fn in_progress(&self, group: GroupId) -> u32 {
        self.count(|it| it.group == group && it.stage != Stage::Released)
    }

    /// How many instances of a group are being deleted.
    pub(super) fn released(&self, group: GroupId) -> u32 {
        self.count(|it| it.group == group && it.stage == Stage::Released)
    }

    fn count(&self, wanted: impl Fn(&Deletion) -> bool) -> u32 {
        let count = self.deletions.values().filter(|it| wanted(it)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// When there is something to do next.
    pub(super) fn next(&self) -> Option<SimTime> {
        let waits = self.deletions.values().filter(|it| it.stage != Stage::Released);
        waits.map(|it| it.next).min()
    }

    /// Begins to remove nodes.
    pub(super) fn begin(
        &mut self,
        chosen: &[Chosen],
        program: &ClusterAutoscaler,
        world: &World,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        for Chosen { node, group, is_empty } in chosen.iter().copied() {
            let why = if is_empty { "ScaleDownEmpty" } else { "ScaleDown" };
            let decision = self.decisions;
            let removal = Reason::Removal { node, why, replacements: 0, decision };
            actions.push(Action::Reason(removal));
            let view = world.view(node);
            let mut taints = view.shape().taints.clone();
            taints.push(program.taints.to_be_deleted.clone());
            actions.push(Action::Taint { node, taints });
            if program.flags.cordon_node_before_terminating && !view.cordoned() {
                actions.push(Action::Cordon { node });
            }
            let next = world.now() + program.flags.node_delete_delay_after_taint;
            let stage = Stage::Tainted;
            self.deletions.insert(node, Deletion { group, is_empty, stage, next });
        }
        self.decisions += u32::from(!chosen.is_empty());
        actions
    }

    /// Goes on with all nodes that are being removed and whose time has come.
    pub(super) fn go_on(
        &mut self,
        program: &ClusterAutoscaler,
        state: &mut ClusterState,
        world: &World,
    ) -> Steps {
        let now = world.now();
        let mut steps = Steps::default();
        let mut cancelled = Vec::new();
        for (node, deletion) in &mut self.deletions {
            if deletion.next > now || deletion.stage == Stage::Released {
                continue;
            }
            let goes_on = deletion.go_on(*node, program, world, &mut steps.actions);
            if deletion.stage == Stage::Released {
                state.shrink(deletion.group);
            }
            if !goes_on {
                cancelled.push(*node);
            }
        }
        for node in cancelled {
            self.deletions.remove(&node);
            steps.has_failed = true;
            steps.actions.extend(cancel(node, program, world));
        }
        steps
    }
}

impl Deletion {
    /// The next step. Whether the removal goes on.
    fn go_on(
        &mut self,
        node: NodeId,
        program: &ClusterAutoscaler,
        world: &World,
        actions: &mut Vec<Action>,
    ) -> bool {
        let (flags, now) = (&program.flags, world.now());
        if self.stage == Stage::Tainted {
            match drained(node, program, world) {
                None => return false,
                Some(pods) if self.is_empty && !pods.is_empty() => return false,
                Some(pods) if pods.is_empty() => self.stage = Stage::Waiting { until: now },
                Some(_) => {
                    self.stage = Stage::Evicting { until: now + flags.max_pod_eviction_time };
                }
            }
        }
        let left = running(node, world);
        if let Stage::Evicting { until } = self.stage {
            if left.is_empty() {
                let until = now + flags.max_graceful_termination + HEADROOM;
                self.stage = Stage::Waiting { until };
            } else if now >= until {
                return false;
            } else {
                let why = Cause::Released;
                actions.extend(left.into_iter().map(|pod| Action::Evict { pod, why }));
                self.next = now + EVICTION_RETRY;
                return true;
            }
        }
        if let Stage::Waiting { until } = self.stage {
            if now < until && !is_empty(node, world) {
                self.next = now + POLL;
                return true;
            }
            // What is left, pods of DaemonSets above all, goes with the instance.
            actions.push(Action::Drain { node, cause: Cause::Released });
            self.stage = Stage::Released;
        }
        true
    }
}

/// The pods of a node that have to move; none if one of them keeps it by now.
fn drained(node: NodeId, program: &ClusterAutoscaler, world: &World) -> Option<Vec<PodId>> {
    let budgets = RemainingBudgets::of(world);
    let context = Context { flags: &program.flags.drain, budgets: &budgets, world };
    let mut moves = Vec::new();
    for pod in residents::of(node, program, world) {
        match drainability(&pod, &context) {
            Drainability::Moves if !pod.is_of_daemon_set => moves.push(pod.pod),
            Drainability::Moves | Drainability::Skipped => {}
            Drainability::Awaited | Drainability::Blocks(_) => return None,
        }
    }
    Some(moves)
}

/// The pods on a node that are not terminating.
fn running(node: NodeId, world: &World) -> Vec<PodId> {
    let runs = |pod: &PodId| {
        matches!(world.pods().phase(*pod), Phase::Starting { .. } | Phase::Running { .. })
    };
    others(node, world).filter(runs).collect()
}

fn is_empty(node: NodeId, world: &World) -> bool {
    others(node, world).next().is_none()
}

/// The pods on a node that no DaemonSet made.
fn others(node: NodeId, world: &World) -> impl Iterator<Item = PodId> {
    let pods = world.placement().pods_on(node).iter().copied();
    pods.filter(|pod| {
        let workload = &world.model().workloads[world.pods().workload(*pod)];
        workload.controller != Controller::DaemonSet
    })
}

/// A node stays after all, and takes pods again.
fn cancel(node: NodeId, program: &ClusterAutoscaler, world: &World) -> Vec<Action> {
    let mut actions = vec![Action::Reason(Reason::Cancellation { node, why: "ScaleDownFailed" })];
    if !matches!(world.nodes().state(node), NodeState::Ready { .. }) {
        return actions;
    }
    let view = world.view(node);
    let mut taints = view.shape().taints.clone();
    let cordons = program.flags.cordon_node_before_terminating;
    let is_announced = world.nodes().announced(node);
    if cordons && view.cordoned() && !is_announced {
        taints.retain(|taint| taint.key != world.model().unschedulable_key);
        actions.push(Action::Uncordon { node });
    }
    taints.retain(|taint| *taint != program.taints.to_be_deleted);
    actions.push(Action::Taint { node, taints });
    actions
}

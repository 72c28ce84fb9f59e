//! The rules of scheduling, plainly: every node, every plugin, nothing remembered.
//!
//! This is the documentation of a scheduling cycle and the oracle for anything faster. `explain`,
//! preemption and policies that imagine nodes ask here.

use super::framework::{Candidates, PodView};
use super::nominated::with_nominated;
use super::preemption::{Attempt, Preemption};
use super::prepared_cycle::{Kind, PreparedCycle, Rejection};
use super::profile::Profile;
use super::sums::{Share, Standing};
use crate::fact::refusal::Refusal;
use crate::model::node::NodeId;
use crate::rng::Root;
use crate::world::{NodeView, World};

/// Everything there is to know about one cycle of one pod.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Evaluation {
    /// How many nodes there are.
    pub nodes: usize,
    /// A refusal that holds for every node.
    pub outright: Option<Rejection>,
    /// The nodes to which the pod was restricted from the outset.
    pub only: Option<Candidates>,
    /// Whether the pod got the node it was nominated to, and no other was looked at.
    pub as_nominated: bool,
    /// What each node said, in the order in which they were asked.
    pub verdicts: Vec<(NodeId, Option<Rejection>)>,
    /// The scores of the feasible ones, in that order.
    pub scores: Vec<Scored>,
}

/// The score of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scored {
    /// Which node.
    pub node: NodeId,
    /// The sum.
    pub total: i64,
    /// What each plugin gave it, times its weight.
    pub by_plugin: Vec<(&'static str, i64)>,
}

/// Where the search for feasible nodes begins and after how many it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Walk {
    /// The place in the order of nodes.
    pub start: usize,
    /// How many feasible nodes are enough.
    pub enough: usize,
}

impl Walk {
    /// Every node, from the first.
    pub const WHOLE: Walk = Walk { start: 0, enough: usize::MAX };
}

/// One cycle for one pod: prepare, filter, score.
// kube-scheduler: schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes
#[must_use]
pub fn evaluate(profile: &Profile, pod: PodView<'_>, world: &World, walk: Walk) -> Evaluation {
    let nodes = world.registered().len();
    let cycle = match PreparedCycle::of(profile, pod, world) {
        Ok(cycle) => cycle,
        Err(rejection) => {
            return Evaluation { nodes, outright: Some(rejection), ..Evaluation::default() };
        }
    };
    let standings = standings(&cycle, pod, world);
    if let Some(verdict) = nominated(&cycle, pod, world, &standings) {
        let verdicts = vec![verdict];
        let scores = scores(&cycle, pod, world, &standings, &verdicts);
        return Evaluation { nodes, as_nominated: true, verdicts, scores, ..Evaluation::default() };
    }
    let verdicts = verdicts(&cycle, pod, world, &standings, walk);
    let scores = scores(&cycle, pod, world, &standings, &verdicts);
    let only = cycle.only().map(|only| only.candidates.clone());
    Evaluation { nodes, outright: None, only, as_nominated: false, verdicts, scores }
}

/// The attempt to make room for a pod that no node takes. None when it was refused outright.
#[must_use]
pub fn preempt(
    profile: &Profile,
    pod: PodView<'_>,
    world: &World,
    evaluation: &Evaluation,
    root: Root,
) -> Option<Preemption> {
    let cycle = PreparedCycle::of(profile, pod, world).ok()?;
    let standings = standings(&cycle, pod, world);
    let code = |(node, verdict): &(NodeId, Option<Rejection>)| {
        verdict.as_ref().map(|rejection| (*node, rejection.code))
    };
    let mut verdicts: Vec<_> = evaluation.verdicts.iter().filter_map(code).collect();
    // Wherever the search for a node began, that for victims goes by the order of all nodes.
    // kube-scheduler: framework/preemption NodesForStatusCode
    verdicts.sort_by_key(|(node, _)| world.place_of(*node));
    Some(Attempt::of(&cycle, pod, world, &standings, verdicts.into_iter(), root))
}

/// How every sum stands, over all nodes.
#[must_use]
pub fn standings(cycle: &PreparedCycle, pod: PodView<'_>, world: &World) -> Vec<Standing> {
    let mut standings = cycle.standings(world);
    if !standings.is_empty() {
        for node in world.registered() {
            for (standing, share) in standings.iter_mut().zip(cycle.shares(pod, world.view(*node)))
            {
                standing.add(share);
            }
        }
    }
    standings
}

/// The node that the pod is nominated to, if it takes the pod: then no other is looked at.
// kube-scheduler: schedule_one.go evaluateNominatedNode
fn nominated(
    cycle: &PreparedCycle,
    pod: PodView<'_>,
    world: &World,
    standings: &[Standing],
) -> Option<(NodeId, Option<Rejection>)> {
    let node = world.pods().nominated(pod.id?)?;
    let there = world.registered().contains(&node);
    let fits = || rejection(cycle, pod, world.view(node), standings).is_none();
    (there && fits()).then_some((node, None))
}

/// What each node says, until one more is feasible than is enough.
// kube-scheduler: schedule_one.go findNodesThatPassFilters
fn verdicts(
    cycle: &PreparedCycle,
    pod: PodView<'_>,
    world: &World,
    standings: &[Standing],
    walk: Walk,
) -> Vec<(NodeId, Option<Rejection>)> {
    let order = world.registered();
    let mut verdicts = Vec::with_capacity(order.len());
    let mut feasible = 0;
    for step in 0..order.len() {
        let node = order[(walk.start + step) % order.len()];
        let verdict = rejection(cycle, pod, world.view(node), standings);
        // Upstream notices that it has enough when it finds one too many.
        if verdict.is_none() && feasible == walk.enough {
            break;
        }
        feasible += usize::from(verdict.is_none());
        verdicts.push((node, verdict));
    }
    verdicts
}

/// The first refusal of one node, with the pods that are nominated to it and then without.
// kube-scheduler: framework/runtime/framework.go RunFilterPluginsWithNominatedPods
#[must_use]
pub fn rejection(
    cycle: &PreparedCycle,
    pod: PodView<'_>,
    node: NodeView<'_>,
    standings: &[Standing],
) -> Option<Rejection> {
    let alone = cycle.first_rejection(pod, node, standings);
    if alone.as_ref().is_some_and(|rejection| rejection.plugin.is_none()) {
        return alone;
    }
    with_nominated(pod, node, node.load())
        .and_then(|load| cycle.rejection_with_load(pod, node, &load, standings))
        .or(alone)
}

/// The scores of the feasible nodes: normalised, weighted, summed.
fn scores(
    cycle: &PreparedCycle,
    pod: PodView<'_>,
    world: &World,
    standings: &[Standing],
    verdicts: &[(NodeId, Option<Rejection>)],
) -> Vec<Scored> {
    let feasible = verdicts.iter().filter(|(_, verdict)| verdict.is_none()).map(|(node, _)| *node);
    let mut scores: Vec<Scored> = feasible
        .map(|node| {
            let by_plugin: Vec<_> = cycle.own_scores(pod, world.view(node)).collect();
            Scored { node, total: by_plugin.iter().map(|(_, score)| score).sum(), by_plugin }
        })
        .collect();
    let known: Vec<(Vec<i64>, Vec<Share>)> = scores
        .iter()
        .map(|scored| world.view(scored.node))
        .map(|node| (cycle.grades(pod, node).collect(), cycle.shares(pod, node).collect()))
        .collect();
    let kinds: Vec<Kind<'_>> =
        known.iter().map(|(grades, shares)| Kind { nodes: 1, grades, shares }).collect();
    for (plugin, relative) in cycle.relative_scores(pod, standings, &kinds) {
        for (scored, score) in scores.iter_mut().zip(relative) {
            scored.total += score;
            scored.by_plugin.push((plugin, score));
        }
    }
    scores
}

impl Evaluation {
    /// The nodes with the highest total score, in the order in which they were asked.
    #[must_use]
    pub fn best(&self) -> Vec<NodeId> {
        let top = self.scores.iter().map(|scored| scored.total).max();
        self.scores.iter().filter(|s| Some(s.total) == top).map(|s| s.node).collect()
    }

    /// All refusals together, for the message.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let mut refusal = Refusal { nodes: self.nodes, ..Refusal::default() };
        match &self.outright {
            Some(rejection) => refusal.outright = rejection.reasons.as_slice().to_vec(),
            None => {
                for (_, verdict) in &self.verdicts {
                    verdict.iter().for_each(|rejection| {
                        refusal.add(rejection.reasons.as_slice(), 1);
                    });
                }
            }
        }
        refusal
    }

    /// Every refusal, of the pod or of a node.
    pub fn rejections(&self) -> impl Iterator<Item = &Rejection> {
        self.outright.iter().chain(self.verdicts.iter().filter_map(|(_, verdict)| verdict.as_ref()))
    }
}

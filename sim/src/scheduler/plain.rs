//! The rules of scheduling, plainly: every node, every plugin, nothing remembered.
//!
//! This is the documentation of a scheduling cycle and the oracle for anything faster.

use super::framework::{Changes, Code, PodView, Prepared, Reasons, Verdict};
use super::profile::Profile;
use crate::world::node::NodeId;
use crate::world::refusal::{Reason, Refusal};
use crate::world::{NodeView, World};

/// The outcome of looking at every node.
#[derive(Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// The nodes with the highest total score, in node order; never empty.
    Best(Vec<NodeId>),
    /// No node will do.
    Nowhere {
        /// What the nodes said.
        refusal: Refusal,
        /// What could change their minds.
        woken_by: Changes,
    },
}

/// One cycle for one pod: prepare, filter, score, and name the best nodes.
// kube-scheduler: schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes
#[must_use]
pub fn evaluate(profile: &Profile, pod: PodView<'_>, world: &World) -> Evaluation {
    let prepared = Preparation::of(profile, pod, world);
    let mut feasible = Vec::new();
    let mut refusal = Refusal::default();
    let mut woken_by = Changes::NONE;
    for node in world.registered().iter().copied() {
        refusal.nodes += 1;
        match prepared.first_rejection(pod, world.view(node)) {
            None => feasible.push(node),
            Some(rejection) => {
                refusal.add(rejection.reasons.as_slice());
                woken_by = woken_by.or(rejection.woken_by);
            }
        }
    }
    match feasible.len() {
        0 if refusal.nodes == 0 => Evaluation::Nowhere { refusal, woken_by: Changes::NODE_ADDED },
        0 => Evaluation::Nowhere { refusal, woken_by },
        1 => Evaluation::Best(feasible),
        _ => Evaluation::Best(best(profile, pod, &feasible, world)),
    }
}

/// The filters that concern one pod, and the nodes to which they restrict it from the outset.
pub struct Preparation {
    filters: Vec<(&'static str, &'static dyn super::framework::Filter)>,
    only: Option<(Vec<NodeId>, Changes)>,
}

/// The first refusal of a node.
pub struct Rejection {
    /// The plugin that refused; none when the node was ruled out before filtering.
    pub plugin: Option<&'static str>,
    /// Whether removing pods could help.
    pub code: Code,
    /// Why.
    pub reasons: Reasons,
    /// What could change its mind.
    pub woken_by: Changes,
}

/// What a node hears that was ruled out by a pod's own list of nodes.
const OUTSIDE: Reason = Reason::Text("node(s) didn't satisfy plugin(s) [NodeAffinity]");

impl Preparation {
    /// Asks every filter about the pod alone.
    // kube-scheduler: framework/runtime/framework.go RunPreFilterPlugins
    #[must_use]
    pub fn of(profile: &Profile, pod: PodView<'_>, world: &World) -> Preparation {
        let mut filters = Vec::with_capacity(profile.filters.len());
        let mut only: Option<(Vec<NodeId>, Changes)> = None;
        for (name, filter) in &profile.filters {
            match filter.prepare(pod, world) {
                Prepared::Skip => continue,
                Prepared::Run => {}
                Prepared::Only(nodes) => {
                    let (kept, woken_by) = only.take().unwrap_or((nodes.clone(), Changes::NONE));
                    let both = kept.into_iter().filter(|node| nodes.contains(node)).collect();
                    only = Some((both, woken_by.or(filter.woken_by())));
                }
            }
            filters.push((*name, *filter));
        }
        Preparation { filters, only }
    }

    /// The first refusal of one node, if any: the one truth about whether a pod fits.
    #[must_use]
    pub fn first_rejection(&self, pod: PodView<'_>, node: NodeView<'_>) -> Option<Rejection> {
        if let Some((only, woken_by)) = &self.only
            && !only.contains(&node.id())
        {
            return Some(Rejection {
                plugin: None,
                code: Code::UnschedulableAndUnresolvable,
                reasons: Reasons::One(OUTSIDE),
                woken_by: *woken_by,
            });
        }
        self.filters.iter().find_map(|(name, filter)| match filter.check(pod, node) {
            Verdict::Pass => None,
            Verdict::Reject(code, reasons) => {
                Some(Rejection { plugin: Some(name), code, reasons, woken_by: filter.woken_by() })
            }
        })
    }
}

/// The nodes of `feasible` with the highest total score.
fn best(profile: &Profile, pod: PodView<'_>, feasible: &[NodeId], world: &World) -> Vec<NodeId> {
    let totals = totals(profile, pod, feasible, world);
    let top = totals.iter().max().expect("several nodes are feasible");
    feasible.iter().zip(&totals).filter(|(_, total)| *total == top).map(|(n, _)| *n).collect()
}

/// The total score of each of `feasible`: normalised, weighted, summed.
#[must_use]
pub fn totals(profile: &Profile, pod: PodView<'_>, feasible: &[NodeId], world: &World) -> Vec<i64> {
    let mut totals = vec![0; feasible.len()];
    let mut raw = Vec::with_capacity(feasible.len());
    for (_, score, weight) in &profile.scores {
        if !score.applies(pod.spec) {
            continue;
        }
        raw.clear();
        raw.extend(feasible.iter().map(|node| score.raw(pod.spec, world.view(*node))));
        let min = raw.iter().copied().min().unwrap_or(0);
        let max = raw.iter().copied().max().unwrap_or(0);
        for (total, raw) in totals.iter_mut().zip(&raw) {
            *total += weight * score.normalize(*raw, min, max);
        }
    }
    totals
}

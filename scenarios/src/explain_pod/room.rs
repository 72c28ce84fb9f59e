//! Preemption in words: which pods would be preempted where, or what stands in the way.

use std::collections::BTreeMap;

use serde::Serialize;
use sim::fact::refusal::UnschedulableReason;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::framework::{Code, PodView};
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::preemption::{Candidate, NO_VICTIMS, Preemption};
use sim::world::World;

use super::Context;

/// What came of the attempt to make room.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// The pod's own priority.
    pub priority: i32,
    /// The nodes on which room can be made; the one that is taken first.
    pub places: Vec<Place>,
    /// What stands in the way elsewhere, or everywhere.
    pub obstacles: Vec<String>,
}

/// A node on which room can be made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The node.
    pub node: String,
    /// The pods that would have to go, the most important first.
    pub victims: Vec<Victim>,
    /// How many of them a PodDisruptionBudget would have kept.
    pub violations: usize,
}

/// A pod that would have to go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Victim {
    /// Its namespace and name.
    pub pod: String,
    /// Its priority.
    pub priority: i32,
    /// The PodDisruptionBudgets it is in, with how many disruptions each still allows.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub budgets: BTreeMap<String, i64>,
}

/// Tells what came of the attempt.
pub(super) fn describe(
    context: &Context<'_>,
    pod: PodView<'_>,
    world: &World,
    preemption: &Preemption,
) -> Room {
    let priority = pod.spec.priority;
    let (mut places, mut obstacles) = (Vec::new(), Vec::new());
    match preemption {
        Preemption::NotEligible(why) => {
            obstacles.push(format!("it is {}", why.trim_end_matches('.')))
        }
        Preemption::Possible { candidates, chosen, refused } => {
            let first = candidates.iter().skip(*chosen).take(1);
            let others = candidates.iter().enumerate().filter(|(at, _)| at != chosen);
            let all = first.chain(others.map(|(_, candidate)| candidate));
            places = all.map(|candidate| place(context, candidate, world)).collect();
            obstacles.extend(in_the_way(
                pod,
                world,
                refused.iter().map(|(node, said)| (*node, said.reasons.as_slice())),
            ));
        }
        Preemption::Impossible { refused } => {
            obstacles.extend(in_the_way(
                pod,
                world,
                refused.iter().map(|(node, said)| (*node, said.reasons.as_slice())),
            ));
            obstacles.extend(not_helpful(context, pod, world));
        }
    }
    Room { priority, places, obstacles }
}

fn place(context: &Context<'_>, candidate: &Candidate, world: &World) -> Place {
    Place {
        node: world.node_name(candidate.node),
        victims: candidate.victims.iter().map(|pod| victim(context, *pod, world)).collect(),
        violations: candidate.violations,
    }
}

fn victim(context: &Context<'_>, pod: PodId, world: &World) -> Victim {
    let names = &world.model().names;
    let budgets =
        world.model().budgets.iter().filter(|(_, budget)| world.budget_covers(budget, pod));
    let budgets = budgets.map(|(id, budget)| {
        let name = format!("{}/{}", names.text(budget.namespace), names.text(budget.name));
        (name, world.disruptions_allowed(id))
    });
    Victim {
        pod: (context.pod_name)(pod),
        priority: world.spec_of(pod).priority,
        budgets: budgets.collect(),
    }
}

/// Why nodes that could be relieved cannot be, counted.
fn in_the_way<'r>(
    pod: PodView<'_>,
    world: &World,
    refused: impl Iterator<Item = (NodeId, &'r [UnschedulableReason])>,
) -> Vec<String> {
    let mut least: Option<i32> = None;
    let (mut all_more_important, mut still) = (0, BTreeMap::<String, usize>::new());
    for (node, reasons) in refused {
        if reasons == [NO_VICTIMS] {
            all_more_important += 1;
            let there = world.placement().pods_on(node).iter();
            let there = there.map(|pod| world.spec_of(*pod).priority).min();
            least = match (least, there) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            continue;
        }
        let reasons: Vec<String> =
            reasons.iter().map(|reason| reason.text(world.model())).collect();
        *still.entry(reasons.join(", ")).or_default() += 1;
    }
    let mut obstacles = Vec::new();
    if all_more_important > 0 {
        let least = least.map_or_else(String::new, |least| {
            format!("; the lowest is {least}, and its own is {}", pod.spec.priority)
        });
        let nodes = counted(all_more_important);
        obstacles.push(format!("on {nodes} every pod is at least as important{least}"));
    }
    for (reasons, count) in still {
        let nodes = counted(count);
        obstacles.push(format!(
            "on {nodes} pushing all less important pods away would leave: {reasons}"
        ));
    }
    obstacles
}

/// Nodes whose refusal has nothing to do with the pods there.
fn not_helpful(context: &Context<'_>, pod: PodView<'_>, world: &World) -> Option<String> {
    let evaluation = plain::evaluate(context.profile, pod, world, Walk::WHOLE);
    if evaluation.outright.is_some() {
        return Some("it is refused before any node is asked; preemption would not help".into());
    }
    let verdicts = evaluation.verdicts.iter().filter_map(|(_, said)| said.as_ref());
    let count = verdicts.filter(|said| said.code == Code::UnschedulableAndUnresolvable).count();
    (count > 0).then(|| {
        let nodes = counted(count);
        format!("on {nodes} it would not help to preempt any pod")
    })
}

fn counted(nodes: usize) -> String {
    if nodes == 1 { "1 node".into() } else { format!("{nodes} nodes") }
}

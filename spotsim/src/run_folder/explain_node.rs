//! A node of a run that was kept, as it stood at an instant: what it is, why its autoscaler has left it, and
//! what would let it go.

use std::fmt;

use anyhow::anyhow;
use reports::Recording;
use reports::names::Namer;
use reports::words;
use scenarios::diagnostic::did_you_mean;
use scenarios::explain_pod::Moment;
use serde::Serialize;
use sim::model::node::NodeId;
use sim::{Fact, Legend, Root, SimTime};

use super::KeptRun;
use crate::comparison::RECORDED;
use crate::{Error, Scenario};

/// Show at most this many facts, the latest: they explain the most.
const MOST: usize = 14;

/// A node at an instant of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeExplanation {
    /// Its name.
    pub node: String,
    /// The instant.
    pub at: String,
    /// What it is, and since when.
    pub notes: Vec<String>,
    /// Why it stays, in the words of its autoscaler; none if that has not looked, or it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<String>,
    /// The smallest change that would let it go, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// What happened to it before.
    pub history: Vec<Moment>,
}

impl fmt::Display for NodeExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "node {} at {}", self.node, self.at)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "  {note}"))?;
        if let Some(stays) = &self.stays {
            writeln!(f, "\nWhy it stays\n  {stays}")?;
        }
        if let Some(change) = &self.change {
            writeln!(f, "\nWhat would let it go\n  {change}")?;
        }
        if !self.history.is_empty() {
            writeln!(f, "\nWhat happened before")?;
        }
        let width = self.history.iter().map(|it| it.at.len()).max().unwrap_or(0);
        self.history.iter().try_for_each(|it| writeln!(f, "  {:width$}  {}", it.at, it.what))
    }
}

pub(super) fn explained(
    kept: &KeptRun,
    scenario: &Scenario,
    name: &str,
    at: Option<SimTime>,
) -> Result<NodeExplanation, Error> {
    let setup = &scenario.setup;
    let at = at.unwrap_or(setup.horizon);
    let root = Root { seed: kept.manifest().seed, replication: RECORDED };
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    let run = sim::run(setup, root, &mut facts);
    let legend = Legend::of(setup);
    let recording = Recording { legend: &legend, facts: &facts, refusals: &run.refusals };
    kept.is_recorded(scenario, recording)?;
    let before = &facts[..facts.partition_point(|(time, _)| *time <= at)];
    let mut namer = Namer::new(&legend);
    before.iter().for_each(|(_, fact)| namer.learn(fact));
    let node = named(name, at, before, &namer)?;
    let mut history: Vec<Moment> = Vec::new();
    for (time, fact) in before.iter().filter(|(_, fact)| fact.subjects().node == Some(node)) {
        let is_of_pod = fact.subjects().pod.is_some()
            && !matches!(fact, Fact::RemovalRefused { .. } | Fact::PodScheduled { .. });
        if !is_of_pod {
            let what = words::of(fact, &namer, &run.refusals);
            history.push(Moment { at: time.to_string(), what });
        }
    }
    let history = history.split_off(history.len().saturating_sub(MOST));
    let last = stays(node, before);
    Ok(NodeExplanation {
        node: namer.node(node).to_owned(),
        at: at.to_string(),
        notes: notes(node, before, &namer, &legend),
        stays: last.map(|fact| words::of(fact, &namer, &run.refusals)),
        change: last.and_then(|fact| change(fact, &namer)),
        history,
    })
}

fn named(
    name: &str,
    at: SimTime,
    before: &[(SimTime, Fact)],
    namer: &Namer<'_>,
) -> Result<NodeId, Error> {
    let launched = before.iter().filter_map(|(_, fact)| match *fact {
        Fact::NodeLaunched { node, .. } => Some(node),
        _ => None,
    });
    let all: Vec<NodeId> = launched.collect();
    all.iter().copied().find(|node| namer.node(*node) == name).ok_or_else(|| {
        let near = did_you_mean(name, all.iter().map(|node| namer.node(*node)));
        let advice = near.map_or_else(
            || "nodes.csv lists those of the run".to_owned(),
            |near| format!("did you mean node/{near}?"),
        );
        Error::Refused(anyhow!("there is no node {name} at {at}: {advice}"))
    })
}

/// What a node is, and how many pods are on it.
fn notes(
    node: NodeId,
    before: &[(SimTime, Fact)],
    namer: &Namer<'_>,
    legend: &Legend,
) -> Vec<String> {
    let mut notes = Vec::new();
    let mut pods = 0_usize;
    for (at, fact) in before {
        match *fact {
            Fact::NodeLaunched { node: it, pool, offering, price } if it == node => {
                let what = namer.offering(offering).join(", ");
                let usd = price.0 as f64 / 1e6;
                notes.push(format!(
                    "{what}, of pool {}, launched at {at} for ${usd}/h",
                    namer.pool(pool)
                ));
                let weight = legend.model.pools[pool].autoscaled().map_or(0, |it| it.weight);
                if weight > 0 {
                    notes.push(format!("the weight of its pool is {weight}"));
                }
            }
            Fact::PodScheduled { node: it, .. } | Fact::PodFound { node: it, .. } if it == node => {
                pods += 1;
            }
            Fact::PodEnded { node: it, .. } if it == node => pods = pods.saturating_sub(1),
            _ => {}
        }
    }
    notes.push(format!("{pods} {} on it", if pods == 1 { "pod is" } else { "pods are" }));
    notes
}

/// Why its autoscaler has left it, unless it has decided otherwise since.
fn stays(node: NodeId, before: &[(SimTime, Fact)]) -> Option<&Fact> {
    let mut last = None;
    for (_, fact) in before {
        match *fact {
            Fact::RemovalRefused { node: it, .. } if it == node => last = Some(fact),
            Fact::RemovalDecided { node: it, .. } | Fact::NodeGone { node: it, .. }
                if it == node =>
            {
                last = None;
            }
            _ => {}
        }
    }
    last
}

/// What would let it go.
fn change(fact: &Fact, namer: &Namer<'_>) -> Option<String> {
    let Fact::RemovalRefused { reason, pod, budget, until, .. } = *fact else { return None };
    if let Some(budget) = budget {
        return Some(format!(
            "let PodDisruptionBudget {} allow one disruption more, or give its workload one replica more",
            namer.budget(budget)
        ));
    }
    if let Some(pod) = pod {
        return Some(format!("let pod {} move", namer.pod(pod)));
    }
    let spot_to_spot = "`featureGates: {spotToSpotConsolidation: true}`";
    Some(match reason {
        _ if reason.contains("SpotToSpotConsolidation") => {
            format!("{spot_to_spot}, or smaller requests of its pods")
        }
        _ if reason.contains("consolidateAfter is Never") => "a `consolidateAfter`".to_owned(),
        _ if reason.contains("consolidateAfter") => match until {
            Some(until) => format!("a shorter `consolidateAfter`; it is over at {until}"),
            None => "a shorter `consolidateAfter`".to_owned(),
        },
        _ if reason.contains("the node is annotated") => {
            "the node without its annotation `karpenter.sh/do-not-disrupt`".to_owned()
        }
        _ if reason.contains("empty nodes only") => {
            "`consolidationPolicy: WhenEmptyOrUnderutilized`".to_owned()
        }
        _ if reason.contains("budget") => "a larger `nodes` in `disruption.budgets`".to_owned(),
        _ if reason.contains("fit nowhere else") => {
            "smaller requests of its pods, or room for them on other nodes".to_owned()
        }
        _ => until.map(|until| format!("time: it is looked at again from {until} on"))?,
    })
}

//! Rules as people and programs read them: what each says, how it fared, and how it was broken.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;
use sim::fact::refusal::Refusals;
use sim::model::Model;
use sim::model::labels::{Operator, Requirement};
use sim::names::NameId;
use sim::terms::rules::{Amount, Domain, Kind, Pods, Rule};
use sim::{Legend, SimTime};

use super::{Break, Chain, Outcome};
use crate::names::Namer;

/// How one rule fared in all replications.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSummary {
    /// What it is called.
    pub rule: String,
    /// What it says.
    pub says: String,
    /// In how many replications it was broken.
    pub broken_replications: usize,
    /// How often it was newly broken, over all replications.
    pub breaks: u64,
    /// Share of simulated time in which it was broken somewhere, in percent.
    pub broken_percent: f64,
    /// The first time in the first replication in which it was broken.
    pub first: Option<BreakSummary>,
}

/// How a rule was broken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BreakSummary {
    /// In which replication.
    pub replication: usize,
    /// The same as seed/replication.
    pub run: String,
    /// When, in milliseconds since `T+0`.
    pub ms: u64,
    /// When, as reports show it.
    pub at: String,
    /// The violation in words.
    pub what: String,
    /// The pod that came or went last.
    pub pod: Option<String>,
    /// The node that it came to or left.
    pub node: Option<String>,
    /// What happened before: the last facts about the pod, its node and its workload.
    pub chain: Vec<Event>,
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When, in milliseconds since `T+0`.
    pub ms: u64,
    /// When, as reports show it.
    pub at: String,
    /// What.
    pub what: String,
}

/// What the outcomes of all replications say together. `replay` makes one of them once more, for
/// a listener, unless it is stopped.
#[must_use]
pub fn summarize(
    legend: &Legend,
    seed: u64,
    runs: &[Vec<Outcome>],
    replay: impl Fn(usize, &mut Chain<'_>) -> Option<Refusals>,
) -> Vec<RuleSummary> {
    let rules = legend.terms.rules.iter().enumerate();
    let summary = |(index, rule): (usize, &Rule)| {
        let each = || runs.iter().map(|outcomes| &outcomes[index]);
        let broken = each().enumerate().find_map(|(run, outcome)| Some((run, outcome.first?)));
        let first = broken.map(|(replication, found)| {
            let mut chain = Chain::new(rule, found, legend);
            let refusals = replay(replication, &mut chain);
            let mut first = BreakSummary {
                replication,
                run: format!("{seed}/{replication}"),
                ms: found.at.as_ms(),
                at: found.at.to_string(),
                what: "stopped before it could be made again to see how".into(),
                pod: None,
                node: None,
                chain: Vec::new(),
            };
            if let Some(refusals) = refusals {
                let namer = chain.namer();
                first.what = in_words(rule, found, namer, &legend.model);
                first.pod = found.by.map(|by| namer.pod(by.pod).to_owned());
                first.node = found.by.map(|by| namer.node(by.node).to_owned());
                first.chain = chain.events(&refusals);
            }
            first
        });
        let time = legend.to.since(SimTime::ZERO).as_ms() as f64 * runs.len() as f64;
        let broken_ms: f64 = each().map(|outcome| outcome.broken_for.as_ms() as f64).sum();
        RuleSummary {
            rule: rule.name.clone(),
            says: says(rule, &legend.model),
            broken_replications: each().filter(|outcome| outcome.first.is_some()).count(),
            breaks: each().map(|outcome| outcome.breaks).sum(),
            broken_percent: 100.0 * broken_ms / time,
            first,
        }
    };
    rules.map(summary).collect()
}

/// What a rule says, in one sentence.
fn says(rule: &Rule, model: &Model) -> String {
    let pods = pods(&rule.pods, model);
    let text = |name: &NameId| model.names.text(*name);
    match &rule.kind {
        Kind::Never { nodes } => {
            format!("no {pods} are ever on nodes with {}", selector(nodes, model))
        }
        Kind::AtLeast { amount, key } => {
            format!("each {} holds at least {}", text(key), amount_of(*amount, &pods))
        }
        Kind::AtMost { amount, key } => {
            format!("no {} holds more than {}", text(key), amount_of(*amount, &pods))
        }
        Kind::Apart { key } => format!("no {} holds two {pods}", text(key)),
        Kind::Together { key } => format!("one {} holds all {pods}", text(key)),
    }
}

fn amount_of(amount: Amount, pods: &str) -> String {
    match amount {
        Amount::Pods(1) => format!("1 {}", pods.replacen("pods", "pod", 1)),
        Amount::Pods(number) => format!("{number} {pods}"),
        Amount::Percent(percent) => format!("{percent} % of the {pods}"),
    }
}

fn pods(pods: &Pods, model: &Model) -> String {
    let mut text = String::from("pods");
    if !pods.labels.is_empty() {
        let _ = write!(text, " with {}", selector(&pods.labels, model));
    }
    if let Some(namespace) = pods.namespace {
        let _ = write!(text, " in namespace {}", model.names.text(namespace));
    }
    text
}

/// Requirements as `kubectl get -l` takes them.
fn selector(requirements: &[Requirement], model: &Model) -> String {
    let text = |name: &NameId| model.names.text(*name);
    let list = |values: &[NameId]| values.iter().map(text).collect::<Vec<_>>().join(", ");
    let each = requirements.iter().map(|Requirement { key, operator }| {
        let key = text(key);
        match operator {
            Operator::In(values) if values.len() == 1 => format!("{key}={}", list(values)),
            Operator::In(values) => format!("{key} in ({})", list(values)),
            Operator::NotIn(values) if values.len() == 1 => format!("{key}!={}", list(values)),
            Operator::NotIn(values) => format!("{key} notin ({})", list(values)),
            Operator::Exists => key.to_owned(),
            Operator::DoesNotExist => format!("!{key}"),
            Operator::Gt(bound) => format!("{key}>{bound}"),
            Operator::Lt(bound) => format!("{key}<{bound}"),
        }
    });
    each.collect::<Vec<_>>().join(",")
}

/// The violation of a rule in words.
fn in_words(rule: &Rule, found: Break, namer: &Namer<'_>, model: &Model) -> String {
    let place = match found.domain {
        Domain::Label(value) => model.names.text(value).to_owned(),
        Domain::Node(node) => namer.node(node).to_owned(),
        Domain::Outside => "nodes without the label".into(),
    };
    let Break { pods, placed, wanted, by, .. } = found;
    match (&rule.kind, by) {
        (Kind::Never { .. }, Some(by)) => format!("{} is on {place}", namer.pod(by.pod)),
        (Kind::Never { .. }, None) => format!("{place} holds {pods} of them"),
        (Kind::Apart { .. }, _) => format!("{place} holds {pods} of them"),
        (Kind::AtLeast { .. } | Kind::AtMost { .. }, _) => {
            format!("{place} holds {pods} of {wanted} that are wanted")
        }
        (Kind::Together { .. }, _) => format!("{place} holds {pods} of {placed} that are placed"),
    }
}

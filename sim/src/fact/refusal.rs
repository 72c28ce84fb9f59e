//! Why no node would take a pod, counted as Kubernetes counts it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Index;

use indexmap::IndexSet;

use crate::model::Model;
use crate::model::pod::SpecId;
use crate::model::resources::Lane;
use crate::names::NameId;
use crate::table::{Id, id};

id! {
    /// A distinct summary of refusals.
    RefusalId
}

/// One reason for which a plugin refuses a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnschedulableReason {
    /// A plugin's own fixed sentence.
    Text(&'static str),
    /// Too little of a resource is left.
    Insufficient(Lane),
    /// A sentence that names something of the scenario.
    Said(NameId),
    /// Pods of this spec have scheduling gates.
    Gated(SpecId),
}

impl UnschedulableReason {
    /// The sentence that kube-scheduler prints.
    #[must_use]
    pub fn text(self, model: &Model) -> String {
        match self {
            UnschedulableReason::Text(text) => text.to_owned(),
            UnschedulableReason::Insufficient(lane) => {
                format!("Insufficient {}", model.lane_name(lane))
            }
            UnschedulableReason::Said(sentence) => model.names.text(sentence).to_owned(),
            // kube-scheduler: plugins/schedulinggates PreEnqueue
            UnschedulableReason::Gated(spec) => {
                let gates = model.specs[spec].gates.iter().map(|gate| model.names.text(*gate));
                let gates: Vec<&str> = gates.collect();
                format!("waiting for scheduling gates: [{}]", gates.join(" "))
            }
        }
    }
}

/// What all nodes together said to one pod.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Refusal {
    /// How many nodes there were.
    pub nodes: usize,
    /// Why none of them was asked, if that is so.
    pub outright: Vec<UnschedulableReason>,
    /// How many of them gave each reason; a node that gives two counts twice.
    pub reasons: BTreeMap<UnschedulableReason, usize>,
    /// What came of the attempt to make room, if there was one.
    pub room: Option<NoRoom>,
}

/// Why preemption makes no room.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NoRoom {
    /// The pod may not push others away.
    NotEligible(&'static str),
    /// What the nodes said to that.
    Refused(BTreeMap<UnschedulableReason, usize>),
}

impl Refusal {
    /// Counts the reasons of some nodes that give the same ones.
    pub fn add(&mut self, reasons: &[UnschedulableReason], nodes: usize) {
        for reason in reasons {
            *self.reasons.entry(*reason).or_default() += nodes;
        }
    }

    /// The message of the pod's `PodScheduled` condition.
    // kube-scheduler: framework/types.go FitError.Error (lines sorted as strings)
    #[must_use]
    pub fn message(&self, model: &Model) -> String {
        if self.nodes == 0 {
            return "no nodes available to schedule pods".into();
        }
        let mut message = if self.outright.is_empty() {
            available(self.nodes, &self.reasons, model)
        } else {
            let why: Vec<String> = self.outright.iter().map(|reason| reason.text(model)).collect();
            format!("0/{} nodes are available: {}.", self.nodes, why.join(", "))
        };
        if let Some(room) = &self.room {
            // The plugin for resource claims has its say before preemption.
            let _ = write!(
                message,
                " no new claims to deallocate, preemption: {}",
                room.text(self.nodes, model)
            );
        }
        message
    }
}

impl NoRoom {
    fn text(&self, nodes: usize, model: &Model) -> String {
        match self {
            NoRoom::NotEligible(why) => (*why).to_owned(),
            NoRoom::Refused(reasons) => available(nodes, reasons, model),
        }
    }
}

/// How many nodes gave each reason; the lines are sorted as strings, as upstream.
fn available(
    nodes: usize,
    reasons: &BTreeMap<UnschedulableReason, usize>,
    model: &Model,
) -> String {
    let line =
        |(reason, count): (&UnschedulableReason, &usize)| format!("{count} {}", reason.text(model));
    let mut lines: Vec<String> = reasons.iter().map(line).collect();
    lines.sort();
    let colon = if lines.is_empty() { "" } else { ": " };
    format!("0/{nodes} nodes are available{colon}{}.", lines.join(", "))
}

/// A refusal as a scheduler hands it over: worked out for this pod, or the same as one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefusalRef {
    /// Worked out for this pod.
    New(Refusal),
    /// One that has occurred before.
    Known(RefusalId),
}

/// Every summary that has occurred, once.
#[derive(Clone, Debug, Default)]
pub struct Refusals(IndexSet<Refusal>);

impl Refusals {
    /// The id of `refusal`, new or known.
    pub(crate) fn intern(&mut self, refusal: Refusal) -> RefusalId {
        RefusalId::from_index(self.0.insert_full(refusal).0)
    }

    /// The id of a refusal that has occurred.
    pub fn id_of(&self, refusal: &Refusal) -> Option<RefusalId> {
        self.0.get_index_of(refusal).map(RefusalId::from_index)
    }

    /// All summaries, in order of first occurrence.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }
}

impl FromIterator<Refusal> for Refusals {
    fn from_iter<I: IntoIterator<Item = Refusal>>(refusals: I) -> Refusals {
        Refusals(refusals.into_iter().collect())
    }
}

impl Index<RefusalId> for Refusals {
    type Output = Refusal;

    fn index(&self, id: RefusalId) -> &Refusal {
        &self.0[id.index()]
    }
}

//! Placement rules: whether what is to hold of who is where did hold, at every moment of a run.
//!
//! Facts of one instant belong together: a pod that begins to terminate and its replacement are of the
//! same millisecond, and no observer could have seen one without the other. So a rule is judged when an
//! instant is over.

mod chain;
mod describe;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim::fact::{Fact, Sink};
use sim::model::node::NodeId;
use sim::model::pod::{PodId, SpecId};
use sim::model::workload::WorkloadId;
use sim::table::{Id, Table};
use sim::terms::rules::{Census, Domain, Place, Rule};
use sim::{Legend, SimTime, Span};

pub use chain::Chain;
pub use describe::{BreakSummary, Event, RuleSummary, summarize};

/// How one rule fared in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// At how many instants it was newly broken somewhere.
    pub breaks: u64,
    /// For how long it was broken anywhere.
    pub broken_for: Span,
    /// The first time.
    pub first: Option<Break>,
}

/// A rule that did hold and does no longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// When.
    pub at: SimTime,
    /// Where.
    pub domain: Domain,
    /// How many pods that domain holds now.
    pub pods: u32,
    /// How many pods are on nodes at all, as far as the rule counts them.
    pub placed: u32,
    /// How many are wanted.
    pub wanted: u32,
    /// The pod that came or went last, if it was one that did it.
    pub by: Option<Culprit>,
}

/// A pod that broke a rule by coming or by going.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Culprit {
    /// Which pod.
    pub pod: PodId,
    /// Its workload.
    pub workload: WorkloadId,
    /// The node that it came to or left.
    pub node: NodeId,
}

/// Folds facts into the outcome of every rule of the scenario.
#[derive(Clone)]
pub struct Watch {
    legend: Legend,
    now: SimTime,
    rules: Vec<Watched>,
    pods: BTreeMap<PodId, Pod>,
}

/// A pod that counts.
#[derive(Clone, Copy)]
struct Pod {
    workload: WorkloadId,
    spec: SpecId,
    node: Option<NodeId>,
}

/// A rule, and how things stand with it.
#[derive(Clone)]
struct Watched {
    rule: Rule,
    /// Whether it is about pods of a spec.
    means: Table<SpecId, bool>,
    /// How many pods are wanted of a workload, where that is a number of its own.
    replicas: Table<WorkloadId, Option<u32>>,
    /// The nodes that it looks at: where their pods count, and whether they are ready.
    nodes: BTreeMap<NodeId, (Domain, bool)>,
    census: Census,
    /// Where something changed in this instant, and the pod that came or went last.
    touched: BTreeMap<Domain, Option<Culprit>>,
    /// Whether every domain may be affected.
    all: bool,
    broken: BTreeSet<Domain>,
    outcome: Outcome,
}

impl Watch {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Watch {
        let rules = legend.terms.rules.iter().map(|rule| Watched::new(rule, legend)).collect();
        Watch { legend: legend.clone(), now: SimTime::ZERO, rules, pods: BTreeMap::new() }
    }

    /// The outcome of every rule, in the order of the scenario.
    #[must_use]
    pub fn finish(mut self) -> Vec<Outcome> {
        self.instant_ends(self.legend.to);
        self.rules.into_iter().map(|watched| watched.outcome).collect()
    }

    /// Judges what the facts of the present instant have come to; then it is `next`.
    fn instant_ends(&mut self, next: SimTime) {
        let lasts = next.since(self.now);
        for watched in &mut self.rules {
            watched.judge(self.now, lasts);
        }
        self.now = next;
    }

    fn pod_created(&mut self, id: PodId, workload: WorkloadId) {
        let model = &self.legend.model;
        let found = model.start.pods.get(id.index());
        let spec = found.map_or(model.workloads[workload].spec, |found| found.spec);
        self.pods.insert(id, Pod { workload, spec, node: None });
        for watched in &mut self.rules {
            watched.exists(workload, spec, true);
        }
    }

    fn pod_placed(&mut self, id: PodId, spec: SpecId, node: NodeId) {
        let Some(pod) = self.pods.get_mut(&id) else { return };
        let workload = pod.workload;
        *pod = Pod { workload, spec, node: Some(node) };
        let by = Culprit { pod: id, workload, node };
        for watched in self.rules.iter_mut().filter(|watched| watched.means[spec]) {
            watched.pod_comes(by);
        }
    }

    /// A node was launched that is not ready yet, or is found to have other labels than it was taken to have.
    fn node_launched(&mut self, place: Place<'_>) {
        let model = &self.legend.model;
        for watched in &mut self.rules {
            match watched.rule.domain(place, model) {
                Some(domain) => drop(watched.nodes.insert(place.node, (domain, false))),
                None => drop(watched.nodes.remove(&place.node)),
            }
        }
    }

    /// A pod counts no longer: it is terminating, or it ended without.
    fn pod_goes(&mut self, id: PodId) {
        let Some(Pod { workload, spec, node }) = self.pods.remove(&id) else { return };
        for watched in &mut self.rules {
            watched.exists(workload, spec, false);
            if let Some(node) = node.filter(|_| watched.means[spec]) {
                watched.pod_goes(Culprit { pod: id, workload, node });
            }
        }
    }
}

impl Sink for Watch {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        if self.rules.is_empty() {
            return;
        }
        if at > self.now {
            self.instant_ends(at);
        }
        match *fact {
            Fact::WorkloadCreated { workload } => {
                for watched in &mut self.rules {
                    watched.want(watched.replicas[workload].unwrap_or(0));
                }
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                let scaled = (workload, self.legend.model.workloads[workload].spec);
                self.rules.iter_mut().for_each(|watched| watched.scaled(scaled, replicas));
            }
            Fact::PodCreated { pod, workload, .. } => self.pod_created(pod, workload),
            Fact::PodScheduled { pod, spec, node, .. } | Fact::PodFound { pod, spec, node, .. } => {
                self.pod_placed(pod, spec, node);
            }
            Fact::PodTerminating { pod, .. }
            | Fact::PodEnded { pod, .. }
            | Fact::PodWithdrawn { pod, .. } => self.pod_goes(pod),
            Fact::NodeLaunched { node, pool, offering, .. } => {
                let model = Arc::clone(&self.legend.model);
                self.node_launched(Place::launched(node, pool, offering, &model));
            }
            Fact::NodeLabelled { node, pool, template } => {
                let model = Arc::clone(&self.legend.model);
                let template = usize::try_from(template).unwrap_or(usize::MAX);
                self.node_launched(Place::labelled(node, pool, template, &model));
            }
            Fact::NodeReady { node } => {
                self.rules.iter_mut().for_each(|watched| watched.node_ready(node));
            }
            Fact::NodeGone { node, .. } => {
                self.rules.iter_mut().for_each(|watched| watched.node_gone(node));
            }
            _ => {}
        }
    }
}

impl Watched {
    fn new(rule: &Rule, legend: &Legend) -> Watched {
        let model = &legend.model;
        let specs = (0..model.specs.iter().len()).map(SpecId::from_index);
        Watched {
            means: specs.map(|spec| rule.means(spec, model)).collect(),
            replicas: model.workloads.ids().map(|id| rule.replicas(id, model)).collect(),
            nodes: BTreeMap::new(),
            census: Census::new(rule, model),
            touched: BTreeMap::new(),
            all: true,
            broken: BTreeSet::new(),
            outcome: Outcome::default(),
            rule: rule.clone(),
        }
    }

    /// A number of pods more is wanted.
    fn want(&mut self, more: u32) {
        self.census.wanted += more;
        self.all |= more > 0;
    }

    /// A workload is to have another number of replicas; that counts if the rule is about its pods.
    fn scaled(&mut self, (workload, spec): (WorkloadId, SpecId), replicas: u32) {
        if let Some(before) = self.replicas[workload].filter(|_| self.means[spec]) {
            self.replicas[workload] = Some(replicas);
            self.census.wanted = self.census.wanted - before + replicas;
            self.all = true;
        }
    }

    /// A pod was created, or counts no longer. Where replicas are wanted, their number counts.
    fn exists(&mut self, workload: WorkloadId, spec: SpecId, now: bool) {
        if self.means[spec] && self.replicas[workload].is_none() {
            if now {
                self.census.wanted += 1;
            } else {
                self.census.wanted -= 1;
            }
            self.all = true;
        }
    }

    fn touch(&mut self, domain: Domain, by: Option<Culprit>) {
        let culprit = self.touched.entry(domain).or_default();
        *culprit = by.or(*culprit);
        self.all |= self.rule.compares_domains();
    }

    fn pod_comes(&mut self, by: Culprit) {
        if let Some((domain, _)) = self.nodes.get(&by.node).copied() {
            self.census.pod_comes(domain);
            self.touch(domain, Some(by));
        }
    }

    fn pod_goes(&mut self, by: Culprit) {
        if let Some((domain, _)) = self.nodes.get(&by.node).copied() {
            self.census.pod_goes(domain);
            // Going breaks only what asks for a least; elsewhere the pod that came last is named.
            let by = self.rule.asks_for_a_least().then_some(by);
            self.touch(domain, by);
        }
    }

    fn node_ready(&mut self, node: NodeId) {
        if let Some((domain, ready)) = self.nodes.get_mut(&node)
            && !std::mem::replace(ready, true)
        {
            let domain = *domain;
            self.census.node_joins(domain);
            self.touch(domain, None);
        }
    }

    fn node_gone(&mut self, node: NodeId) {
        if let Some((domain, true)) = self.nodes.remove(&node) {
            self.census.node_leaves(domain);
            self.touch(domain, None);
        }
    }

    /// Judges the instant that is over, after which nothing changes for `lasts`.
    fn judge(&mut self, at: SimTime, lasts: Span) {
        let touched = std::mem::take(&mut self.touched);
        let mut newly: Vec<Domain> = Vec::new();
        let changed: Vec<Domain> = if std::mem::take(&mut self.all) {
            let broken: BTreeSet<Domain> = self.rule.broken_in(&self.census).collect();
            let before = std::mem::replace(&mut self.broken, broken);
            newly.extend(self.broken.difference(&before));
            Vec::new()
        } else {
            touched.keys().copied().collect()
        };
        for domain in changed {
            if self.rule.allows(&self.census, domain) {
                self.broken.remove(&domain);
            } else if self.broken.insert(domain) {
                newly.push(domain);
            }
        }
        let culprit = |domain: &Domain| touched.get(domain).copied().flatten();
        // The one that a pod was seen to break says more than the others.
        let shown = newly.iter().find(|domain| culprit(domain).is_some()).or(newly.first());
        if let Some(domain) = shown.copied() {
            self.outcome.breaks += 1;
            self.outcome.first.get_or_insert(Break {
                at,
                domain,
                pods: self.census.pods(domain),
                placed: self.census.placed(),
                wanted: self.census.wanted,
                by: culprit(&domain),
            });
        }
        if !self.broken.is_empty() {
            self.outcome.broken_for += lasts;
        }
    }
}

//! Rules are watched as facts come; a recount from nothing after every instant says the same.

use crate::common;
use crate::common::half;

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use reports::rules::{Outcome, Watch};
use sim::fact::Cause;
use sim::fact::{Fact, Sink};
use sim::model::Model;
use sim::model::labels::{Operator, Requirement};
use sim::model::node::{NodeId, NodeShape};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::model::workload::{Controller, WorkloadId};
use sim::names::NameId;
use sim::table::Id;
use sim::terms::Terms;
use sim::terms::rules::{Amount, Domain, Kind, Pods, Rule};
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Legend, SimTime, Span};
use testing::cluster::{ClusterPlan, DISK, RACK, clusters};
use testing::steps::{Step, steps};

/// A rule before there is a model to name its labels in.
#[derive(Clone, Debug)]
struct RulePlan {
    app: Option<u8>,
    kind: u8,
    key: u8,
    number: u32,
    percent: bool,
}

fn rules() -> impl Strategy<Value = Vec<RulePlan>> {
    let rule = (prop::option::of(0_u8..3), 0_u8..5, 0_u8..3, 0_u32..4, any::<bool>())
        .prop_map(|(app, kind, key, number, percent)| RulePlan { app, kind, key, number, percent });
    prop::collection::vec(rule, 1..4)
}

impl RulePlan {
    fn rule(&self, model: &mut Model) -> Rule {
        let names = &mut model.names;
        let mut equal = |key: &str, value: String| Requirement {
            key: names.intern(key),
            operator: Operator::In(vec![names.intern(&value)]),
        };
        let app = self.app.map(|app| equal("app", format!("app-{app}")));
        let nodes = vec![equal(DISK, format!("{DISK}-{}", self.number % 2))];
        let key = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", RACK];
        let key = names.intern(key[usize::from(self.key)]);
        let amount = if self.percent {
            Amount::Percent(self.number * 30)
        } else {
            Amount::Pods(self.number)
        };
        let kind = match self.kind {
            0 => Kind::Never { nodes },
            1 => Kind::AtLeast { amount, key },
            2 => Kind::AtMost { amount, key },
            3 => Kind::Apart { key },
            _ => Kind::Together { key },
        };
        let pods = Pods { namespace: None, labels: app.into_iter().collect() };
        Rule { name: "rule".into(), pods, kind }
    }
}

/// The oracle: where a rule is broken, counted from nothing, as its definition says.
fn broken(rule: &Rule, world: &World) -> BTreeSet<Domain> {
    let model = world.model();
    let meant = |spec| rule.pods.mean(&model.specs[spec], &model.names);
    let mut on = Vec::new();
    let mut wanted = 0;
    for pod in world.pods().ids().filter(|pod| meant(world.pods().spec(*pod))) {
        let phase = world.pods().phase(pod);
        let controller = model.workloads[world.pods().workload(pod)].controller;
        match phase {
            Phase::Terminating { .. } | Phase::Ended(_) | Phase::Withdrawn => continue,
            Phase::Starting { on: node } | Phase::Running { on: node, .. } => on.push(node),
            Phase::Pending => {}
        }
        wanted += u32::from(controller.desired_replicas().is_none());
    }
    for workload in model.workloads.rows().filter(|workload| meant(workload.spec)) {
        wanted += workload.controller.desired_replicas().unwrap_or(0);
    }
    let label = |node: NodeId, key: NameId| world.view(node).label(key);
    let domain = |node: NodeId, key: NameId| match label(node, key)? {
        name if name == model.unmentioned_host => Some(Domain::Node(node)),
        name => Some(Domain::Label(name)),
    };
    let held = |place: Domain, key| {
        let here = on.iter().filter(|node| domain(**node, key) == Some(place));
        u32::try_from(here.count()).expect("few pods")
    };
    let is = |held: u32, amount: Amount| match amount {
        Amount::Pods(pods) => held.cmp(&pods),
        Amount::Percent(percent) => (100 * held).cmp(&(percent * wanted)),
    };
    let domains = |key: NameId| -> BTreeSet<Domain> {
        // What is left of a node whose instance is gone holds nothing.
        let there = world.registered().iter().filter(|node| !world.view(**node).is_lost());
        let there = there.filter_map(|node| domain(*node, key));
        let possible = model.node_labels().filter_map(|labels| labels.get(key));
        there.chain(possible.map(Domain::Label)).collect()
    };
    match &rule.kind {
        Kind::Never { nodes } => on
            .iter()
            .filter(|node| nodes.iter().all(|r| r.allows(label(**node, r.key), &model.names)))
            .map(|node| Domain::Node(*node))
            .collect(),
        Kind::AtLeast { amount, key } => domains(*key)
            .into_iter()
            .filter(|place| wanted > 0 && is(held(*place, *key), *amount).is_lt())
            .collect(),
        Kind::AtMost { amount, key } => domains(*key)
            .into_iter()
            .filter(|place| is(held(*place, *key), *amount).is_gt())
            .collect(),
        Kind::Apart { key } => {
            domains(*key).into_iter().filter(|place| held(*place, *key) > 1).collect()
        }
        Kind::Together { key } => {
            let places = on.iter().map(|node| domain(*node, *key).unwrap_or(Domain::Outside));
            let places: BTreeSet<Domain> = places.collect();
            if places.len() > 1 { places } else { BTreeSet::new() }
        }
    }
}

/// What the oracle has seen of one rule.
#[derive(Default)]
struct Seen {
    broken: BTreeSet<Domain>,
    breaks: u64,
    broken_for: Span,
    first: Option<SimTime>,
}

impl Seen {
    fn instant_ends(&mut self, rule: &Rule, world: &World, lasts: Span) {
        let now = broken(rule, world);
        if now.difference(&self.broken).next().is_some() {
            self.breaks += 1;
            self.first.get_or_insert(world.now());
        }
        if !now.is_empty() {
            self.broken_for += lasts;
        }
        self.broken = now;
    }
}

/// A cluster whose first kinds of pods are Deployments of these sizes, and rules for it.
fn cluster(plan: &ClusterPlan, rules: &[RulePlan], replicas: &[u32]) -> (Model, Terms) {
    let mut model = plan.model();
    for (id, replicas) in model.workloads.ids().zip(replicas).collect::<Vec<_>>() {
        let (replicas, min_ready) = (*replicas, Span::ZERO);
        model.workloads[id].controller = Controller::Deployment { replicas, min_ready };
    }
    let rules = rules.iter().map(|rule| rule.rule(&mut model)).collect();
    (model, Terms { rules, ..Terms::default() })
}

proptest! {
    #![proptest_config(testing::cases(512))]

    #[test]
    fn watched_is_recounted(
        plan in clusters(),
        rules in rules(),
        replicas in prop::collection::vec(0_u32..6, 0..3),
        steps in steps(40),
        gaps in prop::collection::vec(0_u64..3, 40),
    ) {
        let (model, terms) = cluster(&plan, &rules, &replicas);
        let (model, terms) = (Arc::new(model), Arc::new(terms));
        let provider = sim::providers::named("aws").expect("aws is modelled");
        let to = SimTime::from_ms(100);
        let (model_of, from) = (model.clone(), SimTime::ZERO);
        let legend = Legend { model: model_of, terms: terms.clone(), provider, from, to };
        let mut watch = Watch::new(&legend);
        let mut seen: Vec<Seen> = rules.iter().map(|_| Seen::default()).collect();
        let mut world = World::new(model.clone());
        let mut facts: Vec<Fact> =
            model.workloads.ids().map(|workload| Fact::WorkloadCreated { workload }).collect();
        for index in 0..plan.present {
            let (node, fact) = world.adopt_node(index);
            facts.extend([fact, world.register(node)]);
        }
        let nothing: Option<&Step> = None;
        for (step, gap) in steps.iter().map(Some).zip(&gaps).chain([(nothing, &100)]) {
            facts.drain(..).for_each(|fact| watch.fact(world.now(), &fact));
            let next = (world.now() + Span::from_ms(*gap)).min(to);
            if next > world.now() {
                for (seen, rule) in seen.iter_mut().zip(&terms.rules) {
                    seen.instant_ends(rule, &world, next.since(world.now()));
                }
                world.advance_to(next);
            }
            facts = step.map_or_else(Vec::new, |step| step.apply(&mut world));
        }
        for (outcome, seen) in watch.finish().into_iter().zip(seen) {
            prop_assert_eq!(outcome.breaks, seen.breaks);
            prop_assert_eq!(outcome.broken_for, seen.broken_for);
            prop_assert_eq!(outcome.first.map(|first| first.at), seen.first);
        }
    }
}

/// Six pods in a Deployment, two zones with a node each, and one rule about it all.
struct Hand {
    watch: Watch,
}

const ZONE: &str = "topology.kubernetes.io/zone";

impl Hand {
    fn new(kind: impl Fn(NameId) -> Kind) -> Hand {
        let mut legend = common::legend(Span::ZERO, Span::from_secs(100));
        let mut model = Model::clone(&legend.model);
        let key = model.names.intern(ZONE);
        for zone in ["a", "b"] {
            let name = model.names.intern(zone);
            let mut template = NodeTemplate {
                offering: Id::from_index(0),
                shape: NodeShape::plain(Resources::ZERO),
            };
            template.shape.labels.set(key, name);
            model.pools.push(Pool {
                name,

                templates: vec![template],
                limits: Limits::default(),
                keeper: Keeper::of_size(1),
            });
        }
        // The first pool may also launch nodes with the other label.
        let other = model.pools[Id::from_index(1)].templates[0].clone();
        model.pools[Id::from_index(0)].templates.push(other);
        let workload = WorkloadId::from_index(0);
        let (replicas, min_ready) = (6, Span::ZERO);
        model.workloads[workload].controller = Controller::Deployment { replicas, min_ready };
        let rule = Rule { name: "rule".into(), pods: Pods::default(), kind: kind(key) };
        legend.terms = Arc::new(Terms { rules: vec![rule], ..Terms::default() });
        legend.model = Arc::new(model);
        let mut hand = Hand { watch: Watch::new(&legend) };
        hand.tell(0, Fact::WorkloadCreated { workload });
        for node in 0..2 {
            let pool = Id::from_index(node);
            let (node, price) = (NodeId::from_index(node), common::LIST);
            let offering = Id::from_index(0);
            hand.tell(0, Fact::NodeLaunched { node, pool, offering, price });
            hand.tell(0, Fact::NodeReady { node });
        }
        hand
    }

    fn tell(&mut self, at: u64, fact: Fact) {
        self.watch.fact(common::s(at), &fact);
    }

    /// A pod is created and bound.
    fn comes(&mut self, at: u64, pod: usize, node: usize) {
        let (pod, node) = (Id::from_index(pod), NodeId::from_index(node));
        let workload = Id::from_index(0);
        self.tell(at, Fact::PodCreated { pod, workload, replica: 0, attempt: 0 });
        let (spec, waited) = (Id::from_index(0), Span::ZERO);
        self.tell(at, Fact::PodScheduled { pod, workload, spec, requests: half(), node, waited });
    }

    /// A pod begins to terminate.
    fn goes(&mut self, at: u64, pod: usize) {
        let (pod, workload) = (Id::from_index(pod), Id::from_index(0));
        let why = Cause::Reclaimed;
        let (was_ready, was_available, reason) = (true, true, None);
        let terminating =
            Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason };
        self.tell(at, terminating);
    }

    fn outcome(self) -> Outcome {
        self.watch.finish().remove(0)
    }
}

#[test]
fn what_is_wanted_is_what_a_percentage_is_of() {
    let most = |key| Kind::AtMost { amount: Amount::Percent(50), key };
    let mut three = Hand::new(most);
    (0..3).for_each(|pod| three.comes(1, pod, 0));
    assert_eq!(three.outcome(), Outcome::default(), "3 of 6 that are wanted, though no other is");
    let mut four = Hand::new(most);
    (0..4).for_each(|pod| four.comes(1, pod, 0));
    four.goes(11, 2);
    let outcome = four.outcome();
    let first = outcome.first.expect("4 of 6 are more than half");
    assert_eq!((outcome.breaks, outcome.broken_for), (1, Span::from_secs(10)));
    assert_eq!((first.at, first.pods, first.wanted), (common::s(1), 4, 6));
    assert_eq!(first.by.expect("the last to come").pod, Id::from_index(3));
}

#[test]
fn one_instant_is_one_moment() {
    let mut hand = Hand::new(|key| Kind::AtLeast { amount: Amount::Pods(1), key });
    hand.comes(0, 0, 0);
    hand.comes(0, 1, 1);
    hand.goes(10, 1);
    hand.comes(10, 2, 1);
    assert_eq!(hand.outcome(), Outcome::default(), "no moment had the zone without its pod");
}

#[test]
fn a_zone_without_nodes_is_a_zone_without_pods() {
    let mut hand = Hand::new(|key| Kind::AtLeast { amount: Amount::Pods(1), key });
    hand.comes(0, 0, 0);
    hand.comes(0, 1, 1);
    hand.goes(10, 1);
    let (why, announced) = (Cause::Reclaimed, true);
    hand.tell(20, Fact::NodeGone { node: NodeId::from_index(1), why, announced });
    let outcome = hand.outcome();
    assert_eq!((outcome.breaks, outcome.broken_for), (1, Span::from_secs(90)));
    let first = outcome.first.expect("zone b is empty");
    assert_eq!((first.at, first.pods), (common::s(10), 0));
    assert_eq!(first.by.expect("the one that left").pod, Id::from_index(1));
}

/// Two pods on two nodes of one pool and offering: whether their domain is one, their labels say.
#[test]
fn a_node_counts_where_its_labels_say() {
    let breaks = |labelled: bool| {
        let mut hand = Hand::new(|key| Kind::AtMost { amount: Amount::Pods(1), key });
        let (node, pool, offering) = (NodeId::from_index(2), Id::from_index(0), Id::from_index(0));
        hand.tell(1, Fact::NodeLaunched { node, pool, offering, price: common::LIST });
        if labelled {
            hand.tell(1, Fact::NodeLabelled { node, pool, template: 1 });
        }
        hand.tell(1, Fact::NodeReady { node });
        hand.comes(2, 0, 0);
        hand.comes(3, 1, 2);
        hand.outcome().breaks
    };
    assert_eq!((breaks(true), breaks(false)), (0, 1));
}

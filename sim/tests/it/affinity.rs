//! Required node affinity by hand: one term of several has to hold, and one without conditions never does.

use std::sync::Arc;

use sim::model::Model;
use sim::model::labels::{NodeSelectorTerm, Operator, Requirement};
use sim::model::workload::WorkloadId;
use sim::names::NameId;
use sim::table::Id;
use sim::{Fact, Root, Setup, Span};

use crate::common::{facts, service, setup, simple};

const ROOT: Root = Root { seed: 3, replication: 0 };

/// Two nodes, one in each of two zones, either of which has room for three pods that require these terms.
fn three_pods(terms: impl FnOnce(NameId, [NameId; 2]) -> Vec<NodeSelectorTerm>) -> Setup {
    let mut plan = simple(0.0, 2, Span::from_hours(1));
    plan.pools[0].zones = 2;
    plan.workloads = vec![service("web", 3)];
    let mut setup = setup(&plan);
    let mut model = Model::clone(&setup.model);
    let zones: Vec<_> = model.catalog.offerings.rows().map(|offering| offering.zone).collect();
    let key = model.names.intern("topology.kubernetes.io/zone");
    let web = WorkloadId::from_index(0);
    let mut spec = model.specs[model.workloads[web].spec].clone();
    spec.required_affinity = Some(terms(key, [zones[0], zones[1]]));
    model.workloads[web].spec = model.specs.intern(spec);
    setup.change(|draft| draft.model = Arc::new(model)).expect("a sound plan");
    setup
}

fn term(labels: Vec<Requirement>) -> NodeSelectorTerm {
    NodeSelectorTerm { labels, name: Vec::new() }
}

/// How many pods each node gets.
fn placed(setup: &Setup) -> [usize; 2] {
    let (facts, _) = facts(setup, ROOT);
    let on = |index: usize| {
        let is_it =
            |fact: &Fact| matches!(fact, Fact::PodScheduled { node, .. } if node.index() == index);
        facts.iter().filter(|(_, fact)| is_it(fact)).count()
    };
    [on(0), on(1)]
}

#[test]
fn pods_go_where_one_term_holds() {
    let is = |key, zone| Requirement { key, operator: Operator::In(vec![zone]) };
    let is_not = |key, zone| Requirement { key, operator: Operator::NotIn(vec![zone]) };
    let second = three_pods(|key, [_, second]| vec![term(vec![is(key, second)])]);
    assert_eq!(placed(&second), [0, 3]);
    let one_of_two = three_pods(|key, [first, second]| {
        let never = term(vec![is(key, first), is_not(key, first)]);
        vec![never, term(vec![is(key, second)])]
    });
    assert_eq!(placed(&one_of_two), [0, 3]);
    let either = three_pods(|key, zones| zones.map(|zone| term(vec![is(key, zone)])).to_vec());
    let [first, second] = placed(&either);
    assert!(first > 0 && second > 0, "{first} and {second}");
}

#[test]
fn terms_without_conditions_select_no_node() {
    assert_eq!(placed(&three_pods(|_, _| vec![term(Vec::new())])), [0, 0]);
    assert_eq!(placed(&three_pods(|_, _| Vec::new())), [0, 0]);
}

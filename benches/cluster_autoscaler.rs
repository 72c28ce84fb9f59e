//! The Cluster Autoscaler's estimator: how many nodes of 16 cores and 64 GiB pending pods need, of one node
//! group that may grow by 3 000, with pods in 20 equivalence groups.
//!
//! `apart` pods keep others of their own group off their host, so that a node takes 20 at most. `plain` asks
//! the scheduler's filters about every pod, as the program does; the other workloads count, which a property
//! test holds to be the same.

use std::sync::Arc;

use autoscalers::cluster_autoscaler::equivalence::PodGroup;
use autoscalers::cluster_autoscaler::estimator::{NodeLimit, Question, estimate};
use autoscalers::cluster_autoscaler::node_group::{GroupOptions, NodeGroup};
use autoscalers::cluster_autoscaler::snapshot::{Filters, NodeList};
use benches::{least_cpu, print};
use serde_json::json;
use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering};
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::node::NodeShape;
use sim::model::pod::{AffinityTerm, PodAffinity, PodTraits};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool, PoolId};
use sim::model::resources::{Lane, Resources};
use sim::model::selectors::{BorneTerm, Namespaces, PodSelector, TermKind, TopologyKeyId};
use sim::model::workload::{Controller, Workload, WorkloadId};
use sim::table::Id;
use sim::world::World;
use sim::{MicroUsdPerHour, SimTime};

const GROUPS: usize = 20;
const LIMIT: u32 = 3_000;

fn main() {
    for pods in [1_000, 5_000, 51_000] {
        measure("alike", pods, false, false);
        measure("apart", pods, true, false);
    }
    measure("alike", 1_000, false, true);
    measure("apart", 1_000, true, true);
}

fn measure(workload: &str, pods: usize, apart: bool, plain: bool) {
    let mut world = World::new(Arc::new(model(apart)));
    let each = u32::try_from(pods / GROUPS).expect("a few pods");
    let groups: Vec<PodGroup> = (0..GROUPS)
        .map(|kind| {
            let workload = WorkloadId::from_index(kind);
            let pod = |replica| world.create_pod(workload, replica, 0, None).0;
            PodGroup { pods: (0..each).map(pod).collect() }
        })
        .collect();
    let asked: Vec<&PodGroup> = groups.iter().collect();
    let group = NodeGroup {
        name: "group".to_owned(),
        pool: PoolId::from_index(0),
        template: 0,
        min_size: 0,
        max_size: LIMIT,
        daemons: Vec::new(),
        options: GroupOptions::default(),
    };
    let limit = NodeLimit::of(LIMIT, LIMIT, 0, 0);
    let question = Question { pods: &asked, group: &group, limit, fastpath: false, plain };
    let filters = Filters::default();
    let times = if plain { 1 } else { 5 };
    let (cpu, estimate) = least_cpu(times, || {
        estimate(question, &filters, &mut world.trial(), &mut NodeList::default())
    });
    print(&json!({
        "workload": workload,
        "way": if plain { "plain" } else { "counted" },
        "pods": pods,
        "nodes": estimate.nodes,
        "placed": estimate.pods.len(),
        "pods_per_cpu_s": cpu.map(|cpu| (pods as f64 / cpu).round()),
        "cpu_s": cpu,
    }));
}

/// One pool of 16 cores and 64 GiB, and kinds of pods of 20 sizes.
fn model(apart: bool) -> Model {
    let mut model = Model::default();
    let name = model.names.intern("pool");
    let mut size = Resources::one_pod(16_000, 64 << 30);
    size[Lane::PODS] = 110;
    let price = MicroUsdPerHour(0);
    let machine = InstanceType::plain(name, size, price);
    let machine = model.catalog.instance_types.push(machine);
    let offering = Offering::on_demand(machine, name, price);
    let offering = model.catalog.offerings.push(offering);
    model.pools.push(Pool {
        name,
        templates: vec![NodeTemplate { offering, shape: NodeShape::plain(size) }],
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    });
    let (namespace, app) = (model.names.intern("default"), model.names.intern("app"));
    for kind in 0..GROUPS {
        let name = model.names.intern(&format!("kind-{kind}"));
        let mut traits = PodTraits {
            namespace: Some(namespace),
            labels: LabelSet::from_iter([(app, name)]),
            ..PodTraits::default()
        };
        if apart {
            let namespaces = Namespaces::Only(vec![namespace]);
            let labels = vec![Requirement { key: app, operator: Operator::In(vec![name]) }];
            let selector = model.selectors.intern(PodSelector::Pods { namespaces, labels });
            let (kind, key) = (TermKind::KeepsAway, TopologyKeyId::HOSTNAME);
            let borne = model.selectors.intern_term(BorneTerm { kind, selector, key });
            traits.pod_affinity = PodAffinity {
                required_anti: vec![AffinityTerm { selector, key }],
                borne: vec![borne],
                ..PodAffinity::default()
            };
        }
        let step = kind as u64 + 1;
        let requests = Resources::one_pod(step * 50, step * (192 << 20));
        let spec = model.specs.intern(traits.requesting(requests));
        model.workloads.push(Workload {
            namespace,
            name,
            controller: Controller::Pod { duration: None },
            spec,
            volumes: None,
            created_at: SimTime::ZERO,
            key: kind as u64,
        });
    }
    model
}

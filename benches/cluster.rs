//! The clusters that benches of the scheduler and of trials share: every fifth node is spot, tainted and
//! tolerated; ten pods a node are there beforehand.

use std::sync::Arc;

use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering};
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::node::{NodeId, NodeShape};
use sim::model::pod::{AffinityTerm, PodAffinity, PodTraits, SpecId, SpreadConstraint};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool, PoolId};
use sim::model::resources::{Lane, Resources};
use sim::model::selectors::{
    BorneTerm, Namespaces, PodSelector, SelectorId, TermKind, TopologyKeyId,
};
use sim::model::start::{StartNode, StartPod};
use sim::model::taints::{Effect, Taint, Toleration, TolerationOperator};
use sim::model::workload::{Controller, Workload, WorkloadId};
use sim::scheduler::profile::Profile;
use sim::scheduler::{Placed, Scheduler};
use sim::table::Id;
use sim::world::World;
use sim::{MicroUsdPerHour, Root, SimTime};

/// How many workloads there are.
pub const APPS: usize = 50;
const BOUND_PER_NODE: usize = 10;

/// What pods ask of the scheduler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nothing but room.
    Basic,
    /// They are of ReplicaSets, which the default constraints spread.
    Rs,
    /// A zone and a host constraint of their own, and required anti-affinity between hosts.
    Spread,
}

/// The cluster with the pods that are there beforehand.
///
/// # Panics
/// If a pod of the start is on no node.
#[must_use]
pub fn world(model: &Arc<Model>) -> World {
    let mut world = World::new(Arc::clone(model));
    for index in 0..model.start.nodes.len() {
        let (node, _) = world.adopt_node(index);
        let _ = world.register(node);
    }
    for (index, start) in model.start.pods.iter().enumerate() {
        let (pod, _) = world.adopt_pod(index, 0);
        let node = NodeId::from_index(start.node.expect("every pod is on a node"));
        let _ = world.settle(pod, node, None);
    }
    world
}

/// A cluster of this many nodes, and the workloads whose pods are of a kind.
#[must_use]
pub fn model(kind: Kind, nodes: usize) -> Model {
    let mut model = Model::default();
    let namespace = model.names.intern("default");
    let apps: Vec<SelectorId> = (0..APPS).map(|app| selector(&mut model, app)).collect();
    for (app, selector) in apps.iter().enumerate() {
        let spec = spec(kind, &mut model, app, *selector, (250, 512));
        let name = model.names.intern(&format!("app-{app}"));
        model.workloads.push(Workload {
            namespace,
            name,
            controller: Controller::Pod { duration: None },
            spec,
            volumes: None,
            created_at: SimTime::ZERO,
            key: app as u64,
        });
    }
    let mut bound = 0;
    for node in 0..nodes {
        add_node(&mut model, node);
        for pod in 0..BOUND_PER_NODE {
            let app = (7 * node + 5 * pod) % APPS;
            let size = (200 + 100 * (bound % 7), 256 + 256 * (bound % 5));
            let spec = spec(kind, &mut model, app, apps[app], size);
            model.start.pods.push(StartPod {
                name: namespace,
                workload: WorkloadId::from_index(app),
                spec,
                node: Some(node),
                nominated: None,
                terminating: false,
                preempted: false,
                started_ms: None,
                restarts: std::collections::BTreeMap::new(),
            });
            bound += 1;
        }
    }
    model
}

fn add_node(model: &mut Model, index: usize) {
    let spot = index.is_multiple_of(5);
    let mut size = Resources::one_pod(32_000, 128 << 30);
    size[Lane::PODS] = 110;
    size[Lane::EPHEMERAL_STORAGE] = 100 << 30;
    let labels = [
        ("kubernetes.io/os", "linux".to_owned()),
        ("kubernetes.io/arch", "amd64".to_owned()),
        ("topology.kubernetes.io/zone", format!("zone-{}", index % 3)),
        ("topology.kubernetes.io/region", "region".to_owned()),
        ("node.kubernetes.io/instance-type", "m6i.8xlarge".to_owned()),
        ("karpenter.sh/capacity-type", if spot { "spot" } else { "on-demand" }.to_owned()),
    ];
    let labels: LabelSet = labels
        .iter()
        .map(|(key, value)| (model.names.intern(key), model.names.intern(value)))
        .collect();
    let key = model.names.intern("spot");
    let value = model.names.intern("true");
    let taint = Taint { key, value, effect: Effect::NoSchedule };
    let taints = if spot { vec![taint] } else { Vec::new() };
    let shape = NodeShape { labels, taints, ..NodeShape::plain(size) };
    let name = model.names.intern(&format!("node-{index}"));
    if model.pools.is_empty() {
        let instance_type =
            model.catalog.instance_types.push(InstanceType::plain(name, size, MicroUsdPerHour(0)));
        let offering = model.catalog.offerings.push(Offering::on_demand(
            instance_type,
            name,
            MicroUsdPerHour(0),
        ));
        let templates = vec![NodeTemplate { offering, shape: shape.clone() }];
        model.pools.push(Pool {
            name,

            templates,
            limits: Limits::default(),
            keeper: Keeper::of_size(0),
        });
    }
    let pool = PoolId::from_index(0);
    let offering = model.pools[pool].templates[0].offering;
    model.start.nodes.push(StartNode::named(name, pool, offering, shape));
}

fn selector(model: &mut Model, app: usize) -> SelectorId {
    let namespace = model.names.intern("default");
    let key = model.names.intern("app");
    let value = model.names.intern(&format!("app-{app}"));
    model.selectors.intern(PodSelector::Pods {
        namespaces: Namespaces::Only(vec![namespace]),
        labels: vec![Requirement { key, operator: Operator::In(vec![value]) }],
    })
}

fn spec(
    kind: Kind,
    model: &mut Model,
    app: usize,
    selector: SelectorId,
    (cpu_milli, memory_mib): (usize, usize),
) -> SpecId {
    let requests = Resources::one_pod(cpu_milli as u64, (memory_mib as u64) << 20);
    let names = &mut model.names;
    let labels = [("app", format!("app-{app}")), ("pod-template-hash", format!("hash-{app}"))];
    let labels =
        labels.iter().map(|(key, value)| (names.intern(key), names.intern(value))).collect();
    let spot = Toleration {
        key: Some(names.intern("spot")),
        operator: TolerationOperator::Equal(names.intern("true")),
        effect: Some(Effect::NoSchedule),
        seconds: None,
    };
    let unwell = |key| Toleration {
        key: Some(key),
        operator: TolerationOperator::Exists,
        effect: Some(Effect::NoExecute),
        seconds: Some(sim::Span::from_secs(300)),
    };
    let not_ready = unwell(names.intern("node.kubernetes.io/not-ready"));
    let unreachable = unwell(names.intern("node.kubernetes.io/unreachable"));
    let namespace = Some(names.intern("default"));
    let tolerations = vec![spot, not_ready, unreachable];
    let traits = PodTraits { namespace, labels, tolerations, ..PodTraits::default() };
    let mut spec = traits.requesting(requests);
    match kind {
        Kind::Basic => {}
        Kind::Rs => spec.default_spread = Some(selector),
        Kind::Spread => {
            let constraint = |key, required| SpreadConstraint {
                key,
                max_skew: 1,
                required,
                min_domains: 1,
                counted: Some(selector),
                counts_itself: true,
                honors_affinity: true,
                honors_taints: false,
            };
            let (host, zone) = (TopologyKeyId::HOSTNAME, TopologyKeyId::ZONE);
            spec.spread = vec![constraint(zone, true), constraint(host, false)];
            let term = BorneTerm { kind: TermKind::KeepsAway, selector, key: host };
            spec.pod_affinity = PodAffinity {
                required_anti: vec![AffinityTerm { selector, key: host }],
                borne: vec![model.selectors.intern_term(term)],
                ..PodAffinity::default()
            };
        }
    }
    model.specs.intern(spec)
}

/// Schedules this many pods one after the other, of each workload in turn; how many found a node, and
/// how many rows and answers of nodes were worked out.
pub fn schedule(world: &mut World, pods: u32, percentage: u8) -> (u32, (u64, u64)) {
    let profile = Profile { percentage_of_nodes_to_score: percentage, ..Profile::default() };
    let mut scheduler = Scheduler::new(profile, Root { seed: 42, replication: 0 });
    let mut placed = 0;
    for index in 0..pods {
        let workload = WorkloadId::from_index(index as usize % APPS);
        let (pod, _) = world.create_pod(workload, index, 0, None);
        if let Placed::On(node) = scheduler.place(pod, world) {
            let _ = world.bind(pod, node);
            placed += 1;
        }
    }
    (placed, scheduler.rows_recomputed())
}

//! Random clusters: types, NodePools with limits and budgets, nodes with pods, and pods that wait.

use std::sync::Arc;

use autoscalers::karpenter::disruption::Reason;
use autoscalers::karpenter::input::{
    Budget, Claim, Cluster, ConsolidationPolicy, Disruption, DoNotDisrupt, Inclusion, InstanceType,
    Node, NodePool, NodesAllowed, Offering, Options, Owner, Pod, PodAffinity, PodSpec, PodTerm,
    Spread, StateNode, Volumes, WhenUnsatisfiable,
};
use autoscalers::karpenter::keys::Keys;
use autoscalers::karpenter::requirement::{Expression, Operator, Requirement};
use autoscalers::karpenter::requirements::Requirements;
use autoscalers::karpenter::resources::{Limits, Resource, Resources};
use proptest::prelude::*;
use sim::model::labels::{self, LabelSet};
use sim::names::{NameId, Names};

pub(super) const ZONES: [&str; 3] = ["a", "b", "c"];
/// The time of every cluster: the 15th of January 2026, 10:30.
const NOW: i64 = 1_768_473_000_000;

/// What a random cluster is made of, by numbers.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    types: Vec<TypePlan>,
    pools: Vec<PoolPlan>,
    /// The type, the zone, whether on spot, the NodePool, whether it is ready, and its pods.
    nodes: Vec<(usize, usize, bool, usize, bool, Vec<PodPlan>)>,
    pending: Vec<PodPlan>,
    spot_to_spot: bool,
}

#[derive(Clone, Debug)]
struct TypePlan {
    cores: i64,
    /// For each zone the price of spot and of on-demand in cents; nothing is not available.
    prices: Vec<(Option<u32>, Option<u32>)>,
}

#[derive(Clone, Debug)]
struct PoolPlan {
    weight: i32,
    /// Only spot, only on-demand, or either.
    capacity_type: Option<bool>,
    without_zone: Option<usize>,
    cores: Option<i64>,
    budget: NodesAllowed,
    budget_of: Vec<Reason>,
}

#[derive(Clone, Debug)]
struct PodPlan {
    millicores: i64,
    app: usize,
    zone: Option<usize>,
    wish: usize,
    stays: bool,
}

/// All that a pass looks at.
#[derive(Debug)]
pub(super) struct World {
    pub(super) names: Names,
    pub(super) keys: Keys,
    options: Options,
    pub(super) instance_types: Vec<Arc<InstanceType>>,
    pub(super) node_pools: Vec<Arc<NodePool>>,
    pub(super) nodes: Vec<StateNode>,
    pub(super) pods: Vec<Pod>,
    volumes: Volumes,
}

impl World {
    pub(super) fn cluster(&self) -> Cluster<'_> {
        Cluster {
            names: &self.names,
            keys: &self.keys,
            options: &self.options,
            now: NOW,
            instance_types: &self.instance_types,
            node_pools: &self.node_pools,
            nodes: &self.nodes,
            pods: &self.pods,
            daemon_sets: &[],
            budgets: &[],
            volumes: &self.volumes,
            namespaces: &[],
        }
    }
}

pub(super) fn worlds() -> impl Strategy<Value = World> {
    plans().prop_map(|plan| world(&plan))
}

fn plans() -> impl Strategy<Value = Plan> {
    let price = || prop::option::weighted(0.8, 1_u32..200);
    let zones = prop::collection::vec((price(), price()), ZONES.len());
    let types = (1_i64..17, zones).prop_map(|(cores, prices)| TypePlan { cores, prices });
    let types = prop::collection::vec(types, 2..8);
    let pools = prop::collection::vec(pool_plans(), 1..4);
    let pods = |most| prop::collection::vec(pod_plans(), 0..most);
    let nodes = (0_usize..8, 0..ZONES.len(), any::<bool>(), 0_usize..4, prop::bool::weighted(0.9));
    let nodes = (nodes, pods(4)).prop_map(|(node, pods)| {
        let (of_type, zone, spot, pool, ready) = node;
        (of_type, zone, spot, pool, ready, pods)
    });
    let nodes = prop::collection::vec(nodes, 0..7);
    (types, pools, nodes, pods(12), any::<bool>()).prop_map(
        |(types, pools, nodes, pending, spot_to_spot)| Plan {
            types,
            pools,
            nodes,
            pending,
            spot_to_spot,
        },
    )
}

fn pool_plans() -> impl Strategy<Value = PoolPlan> {
    let budget = prop_oneof![
        (0_u32..4).prop_map(NodesAllowed::Count),
        (0_u32..101).prop_map(NodesAllowed::Percent),
    ];
    let reasons = prop::sample::subsequence(
        vec![Reason::Underutilized, Reason::Empty, Reason::Drifted],
        0..3,
    );
    let cores = prop::option::weighted(0.5, 1_i64..64);
    let zone = prop::option::weighted(0.3, 0..ZONES.len());
    (0..3, prop::option::of(any::<bool>()), zone, cores, budget, reasons).prop_map(
        |(weight, capacity_type, without_zone, cores, budget, budget_of)| PoolPlan {
            weight,
            capacity_type,
            without_zone,
            cores,
            budget,
            budget_of,
        },
    )
}

fn pod_plans() -> impl Strategy<Value = PodPlan> {
    let zone = prop::option::weighted(0.2, 0..ZONES.len());
    (1_i64..40, 0_usize..3, zone, 0_usize..6, prop::bool::weighted(0.05)).prop_map(
        |(size, app, zone, wish, stays)| PodPlan { millicores: size * 100, app, zone, wish, stays },
    )
}

fn world(plan: &Plan) -> World {
    let mut names = Names::default();
    let keys = Keys::aws(&mut names);
    let instance_types: Vec<_> = plan
        .types
        .iter()
        .enumerate()
        .map(|(number, of)| Arc::new(instance_type(number, of, &keys, &mut names)))
        .collect();
    let pools = plan.pools.iter().enumerate();
    let node_pools: Vec<_> = pools
        .map(|(number, plan)| {
            Arc::new(node_pool(number, plan, instance_types.len(), &keys, &mut names))
        })
        .collect();
    let mut nodes = Vec::new();
    let mut pods = Vec::new();
    for (number, (of_type, zone, spot, pool, ready, on_it)) in plan.nodes.iter().enumerate() {
        let instance_type = &instance_types[of_type % instance_types.len()];
        let pool = &node_pools[pool % node_pools.len()];
        nodes.push(node(
            number,
            instance_type,
            ZONES[*zone],
            *spot,
            (pool, *ready),
            &keys,
            &mut names,
        ));
        let mut left = instance_type.allocatable.clone();
        for plan in on_it {
            let spec = spec(plan, &keys, &mut names);
            if spec.requests.fits(&left) {
                left.subtract(&spec.requests);
                pods.push(pod(spec, Some(number), pods.len()));
            }
        }
    }
    for plan in &plan.pending {
        let spec = spec(plan, &keys, &mut names);
        pods.push(pod(spec, None, pods.len()));
    }
    World {
        options: Options { spot_to_spot: plan.spot_to_spot, ..Options::default() },
        keys,
        instance_types,
        node_pools,
        nodes,
        pods,
        volumes: Volumes::default(),
        names,
    }
}

fn amounts(millicores: i64) -> Resources {
    let mut amounts = Resources::default();
    amounts.set(Resource::Cpu, millicores);
    amounts.set(Resource::Pods, 20_000);
    amounts
}

fn instance_type(
    number: usize,
    TypePlan { cores, prices }: &TypePlan,
    keys: &Keys,
    names: &mut Names,
) -> InstanceType {
    let name = names.intern(&format!("type-{number}"));
    let mut offerings = Vec::new();
    for (zone, (spot, on_demand)) in ZONES.iter().zip(prices) {
        let zone = names.intern(zone);
        for (capacity_type, price) in [(keys.spot, spot), (keys.on_demand, on_demand)] {
            offerings.push(Offering {
                zone,
                capacity_type,
                price: f64::from(price.unwrap_or(100)) / 100.0,
                available: price.is_some(),
                reservation: None,
            });
        }
    }
    let mut requirements = Requirements::default();
    let zones = ZONES.map(|zone| names.intern(zone)).to_vec();
    for (key, values) in [
        (keys.instance_type, vec![name]),
        (keys.zone, zones),
        (keys.capacity_type, vec![keys.spot, keys.on_demand]),
    ] {
        requirements.add(key, &Arc::new(Requirement::one_of(values)), names);
    }
    InstanceType {
        name,
        requirements,
        capacity: amounts(cores * 1_000),
        allocatable: amounts(cores * 1_000 - 100),
        offerings,
    }
}

fn node_pool(
    number: usize,
    plan: &PoolPlan,
    types: usize,
    keys: &Keys,
    names: &mut Names,
) -> NodePool {
    let expression =
        |key, operator, value| Expression { key, operator, values: vec![value], min_values: None };
    let of_spot = |spot| if spot { keys.spot } else { keys.on_demand };
    let capacity_type =
        plan.capacity_type.map(|spot| expression(keys.capacity_type, Operator::In, of_spot(spot)));
    let zone = plan
        .without_zone
        .map(|zone| expression(keys.zone, Operator::NotIn, names.intern(ZONES[zone])));
    let cores = plan.cores.map(|cores| (Resource::Cpu, cores * 1_000));
    NodePool {
        name: names.intern(&format!("pool-{number}")),
        weight: plan.weight,
        requirements: capacity_type.into_iter().chain(zone).collect(),
        labels: LabelSet::default(),
        node_class: (names.intern("class"), names.intern("default")),
        taints: Vec::new(),
        limits: Limits { resources: cores.into_iter().collect(), nodes: None },
        instance_types: (0..types).collect(),
        is_static: false,
        disruption: Disruption {
            policy: ConsolidationPolicy::WhenEmptyOrUnderutilized,
            consolidate_after: Some(0),
            budgets: vec![Budget {
                nodes: plan.budget,
                reasons: plan.budget_of.clone(),
                schedule: None,
                duration: None,
            }],
        },
    }
}

fn node(
    number: usize,
    instance_type: &InstanceType,
    zone: &str,
    spot: bool,
    (pool, ready): (&NodePool, bool),
    keys: &Keys,
    names: &mut Names,
) -> StateNode {
    let name = names.intern(&format!("node-{number}"));
    let labels: LabelSet = [
        (keys.hostname, name),
        (keys.node_pool, pool.name),
        (keys.instance_type, instance_type.name),
        (keys.zone, names.intern(zone)),
        (keys.capacity_type, if spot { keys.spot } else { keys.on_demand }),
    ]
    .into_iter()
    .collect();
    let node = Node {
        name,
        labels: labels.clone(),
        registered: true,
        initialized: true,
        taints: Vec::new(),
        capacity: instance_type.capacity.clone(),
        allocatable: instance_type.allocatable.clone(),
        ready,
        do_not_disrupt: false,
        deleting: false,
        attachable: Vec::new(),
    };
    let claim = Claim {
        name,
        labels,
        taints: Vec::new(),
        startup_taints: Vec::new(),
        capacity: instance_type.capacity.clone(),
        allocatable: instance_type.allocatable.clone(),
        created: NOW - 3_600_000,
        expire_after: None,
        has_termination_grace_period: false,
        do_not_disrupt: false,
        deleting: false,
        terminating: false,
        initialized: true,
        consolidatable: true,
        drifted: None,
    };
    StateNode { node: Some(node), claim: Some(claim), ..StateNode::default() }
}

fn pod(spec: PodSpec, node: Option<usize>, number: usize) -> Pod {
    Pod {
        spec: Arc::new(spec),
        node,
        created: NOW,
        uid: number as u64,
        provisionable: node.is_none(),
        terminal: false,
        terminating: false,
        ready: true,
        started: node.map(|_| NOW),
    }
}

fn spec(plan: &PodPlan, keys: &Keys, names: &mut Names) -> PodSpec {
    let label = names.intern("app");
    let app = names.intern(["web", "db", "batch"][plan.app]);
    let own = labels::Requirement { key: label, operator: labels::Operator::In(vec![app]) };
    let spread = |key| Spread {
        key,
        max_skew: 1,
        min_domains: None,
        when_unsatisfiable: WhenUnsatisfiable::DoNotSchedule,
        selector: Some(vec![own.clone()]),
        match_label_keys: Vec::new(),
        node_affinity: Inclusion::Honor,
        node_taints: Inclusion::Ignore,
    };
    let term = |key: NameId| PodTerm {
        key,
        selector: Some(vec![own.clone()]),
        namespaces: Vec::new(),
        namespace_selector: None,
    };
    let near = |key| PodAffinity { required: vec![term(key)], preferred: Vec::new() };
    let selector = plan.zone.map(|zone| (keys.zone, names.intern(ZONES[zone])));
    let mut requests = Resources::default();
    requests.set(Resource::Cpu, plan.millicores);
    PodSpec {
        namespace: names.intern("default"),
        labels: std::iter::once((label, app)).collect(),
        requests,
        node_selector: selector.into_iter().collect(),
        required_node_affinity: Vec::new(),
        preferred_node_affinity: Vec::new(),
        affinity: if plan.wish == 1 { near(keys.zone) } else { PodAffinity::default() },
        anti_affinity: if plan.wish == 2 { near(keys.hostname) } else { PodAffinity::default() },
        spread: match plan.wish {
            3 => vec![spread(keys.zone)],
            4 => vec![spread(keys.hostname)],
            _ => Vec::new(),
        },
        tolerations: Vec::new(),
        host_ports: Vec::new(),
        claims: Vec::new(),
        priority: 0,
        deletion_cost: 0,
        do_not_disrupt: plan.stays.then_some(DoNotDisrupt::Always),
        owner: Owner::Other,
    }
}

//! Karpenter's own benchmark mix: 400 instance types, and pods in fifths that want each other near or far.

use std::collections::BTreeMap;
use std::sync::Arc;

use autoscalers::karpenter::input::{
    Claim, Cluster, ConsolidationPolicy, Disruption, Inclusion, InstanceType, Node, NodePool,
    Offering, Options, Owner, Pod, PodAffinity, PodSpec, PodTerm, Selector, Spread, StateNode,
    Volumes, WhenUnsatisfiable,
};
use autoscalers::karpenter::keys::Keys;
use autoscalers::karpenter::requirement::Requirement;
use autoscalers::karpenter::requirements::Requirements;
use autoscalers::karpenter::resources::{Limits, Resource, Resources};
use sim::digest::Digest;
use sim::model::labels::{self, LabelSet};
use sim::names::{NameId, Names};

const TYPES: u32 = 400;
const MEBIBYTE: i64 = 1 << 20;
/// Millicores and MiB that pods request.
const CPU: [i64; 5] = [100, 250, 500, 1_000, 1_500];
const MEMORY: [i64; 6] = [100, 256, 512, 1_024, 2_048, 4_096];
/// Values of the label by which pods mean each other.
const APPS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// What pods want of each other; each is a fifth of all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    None,
    ZoneSpread,
    HostSpread,
    ZoneAffinity,
    HostAntiAffinity,
}

const WISHES: [Wish; 5] =
    [Wish::None, Wish::ZoneSpread, Wish::HostSpread, Wish::ZoneAffinity, Wish::HostAntiAffinity];

/// All that a pass looks at.
pub struct World {
    names: Names,
    keys: Keys,
    options: Options,
    instance_types: Vec<Arc<InstanceType>>,
    node_pools: Vec<Arc<NodePool>>,
    /// The nodes, by number.
    pub nodes: Vec<StateNode>,
    /// The pods, by number.
    pub pods: Vec<Pod>,
    volumes: Volumes,
}

impl World {
    /// Pods that wait, and no node.
    #[must_use]
    pub fn new(number: usize) -> World {
        let mut names = Names::default();
        let keys = Keys::aws(&mut names);
        let instance_types: Vec<_> =
            (0..TYPES).map(|number| Arc::new(instance_type(number, &keys, &mut names))).collect();
        let pool = NodePool {
            name: names.intern("default"),
            weight: 0,
            requirements: Vec::new(),
            labels: LabelSet::default(),
            node_class: (names.intern("karpenter.test.sh/testnodeclass"), names.intern("default")),
            taints: Vec::new(),
            limits: Limits::default(),
            instance_types: (0..instance_types.len()).collect(),
            is_static: false,
            disruption: Disruption {
                policy: ConsolidationPolicy::WhenEmptyOrUnderutilized,
                consolidate_after: Some(0),
                budgets: Vec::new(),
            },
        };
        let pods = pods(number, &keys, &mut names);
        World {
            keys,
            options: Options::default(),
            instance_types,
            node_pools: vec![Arc::new(pool)],
            nodes: Vec::new(),
            pods,
            volumes: Volumes::default(),
            names,
        }
    }

    /// Nodes of eight cores, with ten pods each that leave no room.
    #[must_use]
    pub fn full(nodes: usize) -> World {
        let mut world = World::new(0);
        // With larger types, many nodes would be one that is a little cheaper.
        Arc::make_mut(&mut world.node_pools[0]).instance_types.truncate(8);
        let instance_type = Arc::clone(&world.instance_types[7]);
        let (keys, names) = (&world.keys, &mut world.names);
        let spec = Arc::new(spec(Wish::None, amounts(780, 1_024, 0), APPS[0], keys, names));
        for number in 0..nodes {
            world.nodes.push(node(number, &instance_type, &world.keys, &mut world.names));
            for place in 0..10 {
                let pod = pod(&spec, number * 10 + place);
                world.pods.push(Pod { node: Some(number), provisionable: false, ..pod });
            }
        }
        world
    }

    /// What a pass sees.
    #[must_use]
    pub fn cluster(&self) -> Cluster<'_> {
        Cluster {
            names: &self.names,
            keys: &self.keys,
            options: &self.options,
            now: 0,
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

/// Type `i` has `i + 1` vCPU, twice as many GiB and ten times as many pods.
// Karpenter: pkg/cloudprovider/fake/instancetype.go InstanceTypes
fn instance_type(number: u32, keys: &Keys, names: &mut Names) -> InstanceType {
    let size = i64::from(number) + 1;
    let name = names.intern(&format!("fake-it-{number}"));
    let mut zone = |number: u32| names.intern(&format!("test-zone-{number}"));
    let zones = [zone(1), zone(2), zone(3)];
    let price = 0.1 * f64::from(number + 1) + 0.1 * f64::from(2 * (number + 1));
    let sold = [(0, keys.spot), (1, keys.spot)]
        .into_iter()
        .chain((0..3).map(|zone| (zone, keys.on_demand)));
    let offerings = sold.map(|(zone, capacity_type)| Offering {
        zone: zones[zone],
        capacity_type,
        price,
        available: true,
        reservation: None,
    });
    let mut requirements = Requirements::default();
    for (key, values) in [
        (keys.instance_type, vec![name]),
        (keys.zone, zones.to_vec()),
        (keys.capacity_type, vec![keys.spot, keys.on_demand]),
        (names.intern("kubernetes.io/arch"), vec![names.intern("amd64")]),
        (names.intern("kubernetes.io/os"), vec![names.intern("linux")]),
        (names.intern("karpenter.k8s.aws/instance-cpu"), vec![names.intern(&size.to_string())]),
    ] {
        requirements.add(key, &Arc::new(Requirement::one_of(values)), names);
    }
    let capacity = amounts(size * 1_000, size * 2 * 1_024, size * 10);
    let mut allocatable = capacity.clone();
    allocatable.subtract(&amounts(100, 10, 0));
    InstanceType { name, requirements, capacity, allocatable, offerings: offerings.collect() }
}

fn amounts(millicores: i64, mebibytes: i64, pods: i64) -> Resources {
    let mut amounts = Resources::default();
    amounts.set(Resource::Cpu, millicores);
    amounts.set(Resource::Memory, mebibytes * MEBIBYTE * 1_000);
    amounts.set(Resource::Pods, pods * 1_000);
    amounts
}

/// Pods in fifths, of random sizes. Those with the same specification share it, as replicas do.
fn pods(number: usize, keys: &Keys, names: &mut Names) -> Vec<Pod> {
    let mut words = Digest::EMPTY;
    words.mix(42);
    let mut draw = |most: usize| {
        words.mix(0);
        usize::try_from(words.value() % most as u64).expect("a small number")
    };
    let mut specs: BTreeMap<(Wish, usize, usize, usize), Arc<PodSpec>> = BTreeMap::new();
    (0..number)
        .map(|place| {
            let wish = WISHES[place * WISHES.len() / number];
            let drawn = (draw(CPU.len()), draw(MEMORY.len()), draw(APPS.len()));
            // Pods that keep apart are of one app, so that each has a node of its own.
            let app = if wish == Wish::HostAntiAffinity { 0 } else { drawn.2 };
            let spec = specs.entry((wish, drawn.0, drawn.1, app)).or_insert_with(|| {
                let requests = amounts(CPU[drawn.0], MEMORY[drawn.1], 0);
                Arc::new(spec(wish, requests, APPS[app], keys, names))
            });
            pod(spec, place)
        })
        .collect()
}

fn pod(spec: &Arc<PodSpec>, number: usize) -> Pod {
    Pod {
        spec: Arc::clone(spec),
        node: None,
        created: 0,
        uid: number as u64,
        provisionable: true,
        terminal: false,
        terminating: false,
        ready: true,
        started: None,
    }
}

fn node(number: usize, of: &InstanceType, keys: &Keys, names: &mut Names) -> StateNode {
    let name = names.intern(&format!("node-{number}"));
    let labels: LabelSet = [
        (keys.hostname, name),
        (keys.node_pool, names.intern("default")),
        (keys.instance_type, of.name),
        (keys.zone, of.offerings[number % 3 + 2].zone),
        (keys.capacity_type, keys.on_demand),
        (names.intern("karpenter.test.sh/testnodeclass"), names.intern("default")),
        (names.intern("kubernetes.io/arch"), names.intern("amd64")),
        (names.intern("kubernetes.io/os"), names.intern("linux")),
    ]
    .into_iter()
    .collect();
    let node = Node {
        name,
        labels: labels.clone(),
        registered: true,
        initialized: true,
        taints: Vec::new(),
        capacity: of.capacity.clone(),
        allocatable: of.allocatable.clone(),
        ready: true,
        do_not_disrupt: false,
        deleting: false,
        attachable: Vec::new(),
    };
    let claim = Claim {
        name,
        labels,
        taints: Vec::new(),
        startup_taints: Vec::new(),
        capacity: of.capacity.clone(),
        allocatable: of.allocatable.clone(),
        created: 0,
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

fn spec(wish: Wish, requests: Resources, app: &str, keys: &Keys, names: &mut Names) -> PodSpec {
    let kind = match wish {
        Wish::None => "generic",
        Wish::ZoneSpread => "zone-spread",
        Wish::HostSpread => "host-spread",
        Wish::ZoneAffinity => "zone-affinity",
        Wish::HostAntiAffinity => "host-anti-affinity",
    };
    let label = names.intern(kind);
    let app = names.intern(app);
    let own = labels::Requirement { key: label, operator: labels::Operator::In(vec![app]) };
    let own: Selector = Some(vec![own]);
    let spread = |key| Spread {
        key,
        max_skew: 1,
        min_domains: None,
        when_unsatisfiable: WhenUnsatisfiable::DoNotSchedule,
        selector: own.clone(),
        match_label_keys: Vec::new(),
        node_affinity: Inclusion::Honor,
        node_taints: Inclusion::Ignore,
    };
    let near = |key: NameId| PodAffinity {
        required: vec![PodTerm {
            key,
            selector: own.clone(),
            namespaces: Vec::new(),
            namespace_selector: None,
        }],
        preferred: Vec::new(),
    };
    PodSpec {
        namespace: names.intern("default"),
        labels: std::iter::once((label, app)).collect(),
        requests,
        node_selector: LabelSet::default(),
        required_node_affinity: Vec::new(),
        preferred_node_affinity: Vec::new(),
        affinity: match wish {
            Wish::ZoneAffinity => near(keys.zone),
            Wish::None | Wish::ZoneSpread | Wish::HostSpread | Wish::HostAntiAffinity => {
                PodAffinity::default()
            }
        },
        anti_affinity: match wish {
            Wish::HostAntiAffinity => near(keys.hostname),
            Wish::None | Wish::ZoneSpread | Wish::HostSpread | Wish::ZoneAffinity => {
                PodAffinity::default()
            }
        },
        spread: match wish {
            Wish::ZoneSpread => vec![spread(keys.zone)],
            Wish::HostSpread => vec![spread(keys.hostname)],
            Wish::None | Wish::ZoneAffinity | Wish::HostAntiAffinity => Vec::new(),
        },
        tolerations: Vec::new(),
        host_ports: Vec::new(),
        claims: Vec::new(),
        priority: 0,
        deletion_cost: 0,
        do_not_disrupt: None,
        owner: Owner::Other,
    }
}

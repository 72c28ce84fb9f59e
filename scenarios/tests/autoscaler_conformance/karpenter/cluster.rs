//! The cluster of a case.

use std::sync::Arc;

use autoscalers::karpenter::disruption::Reason;
use autoscalers::karpenter::input::{
    Budget, Claim, Cluster, ConsolidationPolicy, Disruption, InstanceType, Node, NodePool,
    NodesAllowed, Offering, Options, PersistentVolume, PersistentVolumeClaim, Pod,
    PodDisruptionBudget, PodSpec, Reservation, StateNode, StorageClass, Volumes,
};
use autoscalers::karpenter::keys::Keys;
use autoscalers::karpenter::requirement::{Expression, Operator, Requirement};
use autoscalers::karpenter::requirements::Requirements;
use autoscalers::karpenter::resources::Limits;
use serde_json::{Value as Json, json};
use sim::names::Names;

use super::pods;
use super::read::{
    condition, duration, entries, expressions, instant, label_set, list, milli, name, resource,
    resources, selector, taints, text,
};

/// All that a cluster is made of.
pub struct World {
    pub names: Names,
    keys: Keys,
    options: Options,
    now: i64,
    pub instance_types: Vec<Arc<InstanceType>>,
    pub node_pools: Vec<Arc<NodePool>>,
    nodes: Vec<StateNode>,
    pods: Vec<Pod>,
    daemon_sets: Vec<Arc<PodSpec>>,
    budgets: Vec<PodDisruptionBudget>,
    volumes: Volumes,
    /// `namespace/name` of each pod.
    pub pod_names: Vec<String>,
    /// The name under which results speak of each node.
    pub node_names: Vec<String>,
}

impl World {
    pub fn cluster(&self) -> Cluster<'_> {
        Cluster {
            names: &self.names,
            keys: &self.keys,
            options: &self.options,
            now: self.now,
            instance_types: &self.instance_types,
            node_pools: &self.node_pools,
            nodes: &self.nodes,
            pods: &self.pods,
            daemon_sets: &self.daemon_sets,
            budgets: &self.budgets,
            volumes: &self.volumes,
            namespaces: &[],
        }
    }

    pub fn read(case: &Json) -> World {
        let mut names = Names::default();
        let keys = Keys::aws(&mut names);
        let instance_types: Vec<_> = list(&case["instanceTypes"])
            .iter()
            .map(|value| Arc::new(instance_type(value, &keys, &mut names)))
            .collect();
        let all: Vec<usize> = (0..instance_types.len()).collect();
        let pool = |value| Arc::new(node_pool(value, &all, &mut names));
        let node_pools = list(&case["nodePools"]).iter().map(pool).collect();
        let (nodes, node_names) = nodes(case, &mut names);
        let (pods, pod_names) = bound_pods(case, &nodes, &mut names);
        let daemon_sets = list(&case["daemonSets"]).iter().map(|value| {
            let template = &value["spec"]["template"];
            let mut metadata = template["metadata"].clone();
            metadata["namespace"] = value["metadata"]["namespace"].clone();
            metadata["ownerReferences"] = json!([{"kind": "DaemonSet"}]);
            Arc::new(pods::spec(&metadata, &template["spec"], &mut names))
        });
        let daemon_sets = daemon_sets.collect();
        let budgets = list(&case["podDisruptionBudgets"])
            .iter()
            .map(|value| budget(value, &mut names))
            .collect();
        let volumes = volumes(case, &mut names);
        World {
            keys,
            options: options(&case["options"]),
            now: instant(&case["now"]).expect("a time"),
            instance_types,
            node_pools,
            nodes,
            pods,
            daemon_sets,
            budgets,
            volumes,
            pod_names,
            node_names,
            names,
        }
    }
}

fn options(value: &Json) -> Options {
    let is = |key: &str| value[key] == true;
    let most = value["maxInstanceTypes"].as_u64().and_then(|most| usize::try_from(most).ok());
    Options {
        respect_preferences: value["preferencePolicy"] != "Ignore",
        relax_min_values: value["minValuesPolicy"] == "BestEffort",
        reserved_capacity: is("reservedCapacity"),
        spot_to_spot: is("spotToSpotConsolidation"),
        max_instance_types: most.unwrap_or(600),
    }
}

fn instance_type(value: &Json, keys: &Keys, names: &mut Names) -> InstanceType {
    let mut requirements = Requirements::default();
    for (key, values) in value["labels"].as_object().into_iter().flatten() {
        let values: Vec<_> = list(values).iter().map(|value| names.intern(text(value))).collect();
        let key = names.intern(key);
        requirements.add(key, &Arc::new(Requirement::one_of(values)), names);
    }
    let capacity = resources(&value["capacity"], names);
    let mut allocatable = capacity.clone();
    for (_, overhead) in value["overhead"].as_object().into_iter().flatten() {
        allocatable.subtract(&resources(overhead, names));
    }
    let offering = |value: &Json| Offering {
        zone: names.intern(text(&value["zone"])),
        capacity_type: names.intern(text(&value["capacityType"])),
        price: value["price"].as_f64().expect("a price"),
        available: value["available"] == true,
        reservation: name(&value["reservationId"], names).map(|id| Reservation {
            id,
            capacity: value["reservationCapacity"]
                .as_u64()
                .and_then(|capacity| u32::try_from(capacity).ok())
                .unwrap_or_default(),
        }),
    };
    let offerings = list(&value["offerings"]).iter().map(offering).collect();
    let name = names.intern(text(&value["name"]));
    assert!(requirements.get(keys.zone).is_some(), "a type of no zone");
    InstanceType { name, requirements, capacity, allocatable, offerings }
}

fn node_pool(value: &Json, types: &[usize], names: &mut Names) -> NodePool {
    let spec = &value["spec"];
    let template = &spec["template"]["spec"];
    let class = &template["nodeClassRef"];
    let class_label = format!("{}/{}", text(&class["group"]), text(&class["kind"]).to_lowercase());
    let mut limits = Limits::default();
    for (key, value) in spec["limits"].as_object().into_iter().flatten() {
        let amount = milli(value);
        if key == "nodes" {
            limits.nodes = Some(amount / 1_000);
        } else {
            limits.resources.push((resource(key, names), amount));
        }
    }
    let disruption = &spec["disruption"];
    let policy = match text(&disruption["consolidationPolicy"]) {
        "WhenEmpty" => ConsolidationPolicy::WhenEmpty,
        _ => ConsolidationPolicy::WhenEmptyOrUnderutilized,
    };
    NodePool {
        name: names.intern(text(&value["metadata"]["name"])),
        weight: spec["weight"].as_i64().map_or(0, |weight| weight.try_into().expect("a weight")),
        requirements: expressions(&template["requirements"], names),
        labels: label_set(&spec["template"]["metadata"]["labels"], names),
        node_class: (names.intern(&class_label), names.intern(text(&class["name"]))),
        taints: taints(&template["taints"], names),
        limits,
        instance_types: types.to_vec(),
        is_static: spec["replicas"].is_number(),
        disruption: Disruption {
            policy,
            consolidate_after: duration(text(&disruption["consolidateAfter"])),
            budgets: disruption["budgets"].as_array().map_or_else(
                || vec![node_budget(&json!({"nodes": "10%"}))],
                |budgets| budgets.iter().map(node_budget).collect(),
            ),
        },
    }
}

pub fn node_budget(value: &Json) -> Budget {
    let nodes = text(&value["nodes"]);
    let nodes = match nodes.strip_suffix('%') {
        Some(percent) => percent.parse().map(NodesAllowed::Percent),
        None => nodes.parse().map(NodesAllowed::Count),
    };
    let reason = |value: &Json| match text(value) {
        "Empty" => Reason::Empty,
        "Drifted" => Reason::Drifted,
        _ => Reason::Underutilized,
    };
    Budget {
        nodes: nodes.unwrap_or(NodesAllowed::Unreadable),
        reasons: list(&value["reasons"]).iter().map(reason).collect(),
        schedule: value["schedule"].as_str().map(str::to_owned),
        duration: value["duration"].as_str().and_then(duration),
    }
}

/// Nodes and NodeClaims, matched by what their provider calls them.
fn nodes(case: &Json, names: &mut Names) -> (Vec<StateNode>, Vec<String>) {
    let mut states: Vec<(String, StateNode, String)> = Vec::new();
    for value in list(&case["nodes"]) {
        let id = text(&value["spec"]["providerID"]).to_owned();
        let node = node(value, &case["csiNodes"], names);
        let state = StateNode { node: Some(node), ..StateNode::default() };
        states.push((id, state, text(&value["metadata"]["name"]).to_owned()));
    }
    for value in list(&case["nodeClaims"]) {
        let id = text(&value["status"]["providerID"]);
        let claim = Some(claim(value, names));
        match states.iter_mut().find(|(other, _, _)| other == id) {
            Some((_, state, name)) => {
                if state.node.as_ref().is_some_and(|node| !node.registered) {
                    text(&value["metadata"]["name"]).clone_into(name);
                }
                state.claim = claim;
            }
            None => {
                let state = StateNode { claim, ..StateNode::default() };
                states.push((id.to_owned(), state, text(&value["metadata"]["name"]).to_owned()));
            }
        }
    }
    states.into_iter().map(|(_, state, name)| (state, name)).unzip()
}

fn node(value: &Json, csi_nodes: &Json, names: &mut Names) -> Node {
    let metadata = &value["metadata"];
    let is_true = |key: &str| metadata["labels"][key] == "true";
    let attachable = list(csi_nodes)
        .iter()
        .filter(|csi| csi["metadata"]["name"] == metadata["name"])
        .flat_map(|csi| list(&csi["spec"]["drivers"]))
        .filter_map(|driver| {
            let count = driver["allocatable"]["count"].as_u64()?;
            Some((names.intern(text(&driver["name"])), usize::try_from(count).ok()?))
        })
        .collect();
    Node {
        attachable,
        name: names.intern(text(&metadata["name"])),
        labels: label_set(&metadata["labels"], names),
        registered: is_true("karpenter.sh/registered"),
        initialized: is_true("karpenter.sh/initialized"),
        taints: taints(&value["spec"]["taints"], names),
        capacity: resources(&value["status"]["capacity"], names),
        allocatable: resources(&value["status"]["allocatable"], names),
        ready: condition(value, "Ready").is_some(),
        do_not_disrupt: metadata["annotations"]["karpenter.sh/do-not-disrupt"] == "true",
        deleting: metadata["deletionTimestamp"].is_string(),
    }
}

fn claim(value: &Json, names: &mut Names) -> Claim {
    let (metadata, spec, status) = (&value["metadata"], &value["spec"], &value["status"]);
    Claim {
        name: names.intern(text(&metadata["name"])),
        labels: label_set(&metadata["labels"], names),
        taints: taints(&spec["taints"], names),
        startup_taints: taints(&spec["startupTaints"], names),
        capacity: resources(&status["capacity"], names),
        allocatable: resources(&status["allocatable"], names),
        created: instant(&metadata["creationTimestamp"]).unwrap_or_default(),
        expire_after: duration(text(&spec["expireAfter"])),
        has_termination_grace_period: spec["terminationGracePeriod"].is_string(),
        do_not_disrupt: metadata["annotations"]["karpenter.sh/do-not-disrupt"] == "true",
        deleting: metadata["deletionTimestamp"].is_string(),
        terminating: condition(value, "InstanceTerminating").is_some(),
        initialized: condition(value, "Initialized").is_some(),
        consolidatable: condition(value, "Consolidatable").is_some(),
        drifted: condition(value, "Drifted"),
    }
}

fn bound_pods(case: &Json, nodes: &[StateNode], names: &mut Names) -> (Vec<Pod>, Vec<String>) {
    let values = list(&case["pods"]);
    let mut uids: Vec<&str> = values.iter().map(|pod| text(&pod["metadata"]["uid"])).collect();
    uids.sort_unstable();
    let mut read = |value: &Json| {
        let metadata = &value["metadata"];
        let uid = uids.partition_point(|uid| *uid < text(&metadata["uid"])) as u64;
        let on = name(&value["spec"]["nodeName"], names);
        let is_it =
            |state: &StateNode| state.node.as_ref().is_some_and(|node| Some(node.name) == on);
        let node = on.and_then(|_| nodes.iter().position(is_it));
        let namespace = metadata["namespace"].as_str().unwrap_or("default");
        let called = format!("{namespace}/{}", text(&metadata["name"]));
        (pods::pod(value, node, uid, names), called)
    };
    values.iter().map(&mut read).unzip()
}

fn budget(value: &Json, names: &mut Names) -> PodDisruptionBudget {
    let (metadata, spec) = (&value["metadata"], &value["spec"]);
    let allowed = value["status"]["disruptionsAllowed"].as_u64().unwrap_or_default();
    PodDisruptionBudget {
        namespace: names.intern(metadata["namespace"].as_str().unwrap_or("default")),
        selector: selector(&spec["selector"], names),
        disruptions_allowed: u32::try_from(allowed).expect("a small number"),
        blocks_always: spec["maxUnavailable"] == 0
            || spec["maxUnavailable"] == "0"
            || spec["maxUnavailable"] == "0%"
            || spec["minAvailable"] == "100%",
        lets_unhealthy_go: spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow",
    }
}

fn volumes(case: &Json, names: &mut Names) -> Volumes {
    let mut volumes = Volumes::default();
    for value in list(&case["persistentVolumeClaims"]) {
        let (metadata, spec) = (&value["metadata"], &value["spec"]);
        let namespace = names.intern(metadata["namespace"].as_str().unwrap_or("default"));
        let completed = entries(&metadata["annotations"])
            .any(|(key, _)| key == "pv.kubernetes.io/bind-completed");
        let claim = PersistentVolumeClaim {
            volume: name(&spec["volumeName"], names).filter(|_| spec["volumeName"] != ""),
            class: name(&spec["storageClassName"], names),
            bind_completed: completed,
            lost: value["status"]["phase"] == "Lost",
            deleting: metadata["deletionTimestamp"].is_string(),
        };
        volumes.claims.insert((namespace, names.intern(text(&metadata["name"]))), claim);
    }
    for value in list(&case["persistentVolumes"]) {
        let spec = &value["spec"];
        let volume = PersistentVolume {
            node_affinity: list(&spec["nodeAffinity"]["required"]["nodeSelectorTerms"])
                .iter()
                .map(|term| expressions(&term["matchExpressions"], names))
                .collect(),
            driver: name(&spec["csi"]["driver"], names),
            deleting: value["metadata"]["deletionTimestamp"].is_string(),
        };
        volumes.volumes.insert(names.intern(text(&value["metadata"]["name"])), volume);
    }
    for value in list(&case["storageClasses"]) {
        let wanted = |wanted: &Json, names: &mut Names| Expression {
            key: names.intern(text(&wanted["key"])),
            operator: Operator::In,
            values: list(&wanted["values"]).iter().map(|it| names.intern(text(it))).collect(),
            min_values: None,
        };
        let topologies = list(&value["allowedTopologies"]).iter().map(|term| {
            let all = list(&term["matchLabelExpressions"]).iter();
            all.map(|it| wanted(it, names)).collect()
        });
        let class = StorageClass {
            allowed_topologies: topologies.collect(),
            provisioner: names.intern(text(&value["provisioner"])),
            binds_immediately: value["volumeBindingMode"] != "WaitForFirstConsumer",
        };
        volumes.classes.insert(names.intern(text(&value["metadata"]["name"])), class);
    }
    volumes
}

//! Node pools recognised by the labels that EKS, GKE, AKS and Karpenter put on their nodes.

use std::collections::{BTreeMap, BTreeSet};

use sim::providers::generic::GENERIC;

use crate::file::{Capacity, ProviderName};
use crate::kube::{Node, Taint};
use crate::node_labels::is_of_the_machine;

/// Labels that name a node's pool, and whose they are. The first that a node has counts.
const POOL_LABELS: [(&str, &str); 8] = [
    ("karpenter.sh/nodepool", "Karpenter NodePool"),
    ("karpenter.sh/provisioner-name", "Karpenter Provisioner"),
    ("eks.amazonaws.com/nodegroup", "EKS node group"),
    ("alpha.eksctl.io/nodegroup-name", "eksctl node group"),
    ("cloud.google.com/gke-nodepool", "GKE node pool"),
    ("kubernetes.azure.com/agentpool", "AKS node pool"),
    ("agentpool", "AKS node pool"),
    ("kops.k8s.io/instancegroup", "kOps instance group"),
];

/// Labels that say how a node was bought, with the values that mean spot.
const SPOT_LABELS: [(&str, &[&str]); 6] = [
    ("karpenter.sh/capacity-type", &["spot"]),
    ("eks.amazonaws.com/capacityType", &["SPOT"]),
    ("cloud.google.com/gke-spot", &["true"]),
    ("cloud.google.com/gke-provisioning", &["spot", "preemptible"]),
    (PREEMPTIBLE, &["true"]),
    ("kubernetes.azure.com/scalesetpriority", &["spot"]),
];

/// The label of preemptible VMs, the older kind of Google Cloud's Spot VMs.
const PREEMPTIBLE: &str = "cloud.google.com/gke-preemptible";

/// Labels that are a node's own, or that the simulator gives every node.
const NODE_LABELS: [&str; 7] = [
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "spotsim/pool",
];

/// Beginnings of labels that older versions of others are known by.
const OLD_LABELS: [&str; 2] = ["beta.kubernetes.io/", "failure-domain.beta.kubernetes.io/"];

/// The older spelling of `node.kubernetes.io/instance-type`, and the present one.
const TYPE_LABELS: [&str; 2] =
    ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
const ZONE_LABELS: [&str; 2] =
    ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];
const REGION_LABELS: [&str; 2] =
    ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"];

/// Nodes that belong together.
#[derive(Clone, Debug)]
pub struct RecognisedPool {
    /// What it is called.
    pub name: String,
    /// What it is: `EKS node group`.
    pub platform: &'static str,
    /// How its nodes are bought.
    pub capacity: Capacity,
    /// The labels that only its nodes have.
    pub match_labels: BTreeMap<String, String>,
    /// Its nodes, by index.
    pub nodes: Vec<usize>,
    /// Its instance types, with how many nodes of each.
    pub types: BTreeMap<String, usize>,
    /// Its zones.
    pub zones: BTreeSet<String>,
    /// Labels that all its nodes have, besides those that every node has.
    pub labels: BTreeMap<String, String>,
    /// Taints that all its nodes have.
    pub taints: Vec<Taint>,
}

/// The pools of a cluster, in order of name. Nodes without any known label are one pool.
#[must_use]
pub fn recognise(nodes: &[&Node]) -> Vec<RecognisedPool> {
    let mut groups: BTreeMap<(String, bool), Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let name = pool_label(node).map_or("nodes", |(_, _, name)| name).to_owned();
        groups.entry((name, is_spot(node))).or_default().push(index);
    }
    let mixed = |name: &str| {
        [true, false].iter().all(|spot| groups.contains_key(&(name.to_owned(), *spot)))
    };
    let pools = groups.iter().map(|((name, spot), members)| {
        let members = members.clone();
        pool(nodes, name, *spot, mixed(name), members)
    });
    pools.collect()
}

fn pool(
    nodes: &[&Node],
    name: &str,
    spot: bool,
    mixed: bool,
    members: Vec<usize>,
) -> RecognisedPool {
    let first = nodes[members[0]];
    let own = || members.iter().map(|index| nodes[*index]);
    let labels = first.metadata.labels.iter().filter(|(key, value)| {
        let known = NODE_LABELS.contains(&key.as_str())
            || is_of_the_machine(key)
            || OLD_LABELS.iter().any(|old| key.starts_with(old))
            || SPOT_LABELS.iter().any(|(label, _)| label == key);
        !known && own().all(|node| node.metadata.labels.get(*key) == Some(*value))
    });
    let labels: BTreeMap<String, String> = labels.map(|(k, v)| (k.clone(), v.clone())).collect();
    let taints = first.spec.taints.iter().filter(|taint| {
        // What Kubernetes itself puts on nodes comes and goes.
        !taint.key.starts_with("node.kubernetes.io/")
            && own().all(|node| node.spec.taints.contains(taint))
    });
    let mut match_labels = BTreeMap::new();
    let label = pool_label(first);
    if let Some((key, _, value)) = label {
        match_labels.insert(key.to_owned(), value.to_owned());
    }
    if mixed && let Some((key, value)) = capacity_label(first) {
        match_labels.insert(key.to_owned(), value.to_owned());
    }
    let mut types = BTreeMap::new();
    for node in own() {
        if let Some(name) = instance_type(node) {
            *types.entry(name.to_owned()).or_default() += 1;
        }
    }
    RecognisedPool {
        name: match (mixed, spot) {
            (false, _) => name.to_owned(),
            (true, true) => format!("{name}-spot"),
            (true, false) => format!("{name}-on-demand"),
        },
        platform: label.map_or("nodes without a pool label", |(_, platform, _)| platform),
        capacity: if spot { Capacity::Spot } else { Capacity::OnDemand },
        match_labels,
        types,
        zones: own().filter_map(zone).map(str::to_owned).collect(),
        taints: taints.cloned().collect(),
        labels,
        nodes: members,
    }
}

fn pool_label(node: &Node) -> Option<(&'static str, &'static str, &str)> {
    POOL_LABELS.iter().find_map(|(key, platform)| {
        let value = node.metadata.labels.get(*key)?;
        Some((*key, *platform, value.as_str()))
    })
}

fn capacity_label(node: &Node) -> Option<(&'static str, &str)> {
    SPOT_LABELS.iter().find_map(|(key, _)| Some((*key, node.metadata.labels.get(*key)?.as_str())))
}

/// Whether a node says that it is a spot node.
#[must_use]
pub fn is_spot(node: &Node) -> bool {
    SPOT_LABELS.iter().any(|(key, spot)| {
        node.metadata.labels.get(*key).is_some_and(|value| spot.contains(&value.as_str()))
    })
}

/// Whether a label says how a node was bought.
#[must_use]
pub fn says_how_bought(label: &str) -> bool {
    SPOT_LABELS.iter().any(|(key, _)| *key == label)
}

fn first_of<'n>(node: &'n Node, labels: &[&str]) -> Option<&'n str> {
    labels.iter().find_map(|label| node.metadata.labels.get(*label)).map(String::as_str)
}

/// A node's instance type.
#[must_use]
pub fn instance_type(node: &Node) -> Option<&str> {
    first_of(node, &TYPE_LABELS)
}

/// A node's zone.
#[must_use]
pub fn zone(node: &Node) -> Option<&str> {
    first_of(node, &ZONE_LABELS)
}

/// A node's region.
#[must_use]
pub fn region(node: &Node) -> Option<&str> {
    first_of(node, &REGION_LABELS)
}

/// The cloud behind a node, by the name of its instance or by its labels.
#[must_use]
pub fn provider(node: &Node) -> ProviderName {
    let named = |it: &ProviderName| it.known_by.names(&node.spec.provider_id);
    let labelled =
        |it: &ProviderName| node.metadata.labels.keys().any(|key| it.known_by.labels(key));
    let known = ProviderName::all().find(named).or_else(|| ProviderName::all().find(labelled));
    known.unwrap_or_else(|| ProviderName::from(&GENERIC))
}

/// Of the providers whose types are in the same catalogue the one whose own label most spot nodes
/// have, if any has.
#[must_use]
pub fn variant(provider: ProviderName, nodes: &[&Node]) -> ProviderName {
    let spot = nodes.iter().filter(|node| is_spot(node)).count();
    let with = |label| nodes.iter().filter(|it| it.metadata.labels.contains_key(label)).count();
    let is_it = |it: &ProviderName| {
        let label = it.known_by.spot_label.filter(|_| it.catalogue == provider.catalogue);
        label.is_some_and(|label| 2 * with(label) > spot)
    };
    ProviderName::all().find(is_it).unwrap_or(provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(labels: &[(&str, &str)]) -> Node {
        let mut node = Node::default();
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        node.metadata.labels = labels.collect();
        node
    }

    fn names(nodes: &[Node]) -> Vec<(String, &'static str, Capacity, usize)> {
        let nodes: Vec<&Node> = nodes.iter().collect();
        let row = |it: RecognisedPool| (it.name, it.platform, it.capacity, it.nodes.len());
        recognise(&nodes).into_iter().map(row).collect()
    }

    #[test]
    fn every_platform_is_known_by_its_labels() {
        let nodes = [
            node(&[
                ("eks.amazonaws.com/nodegroup", "a"),
                ("eks.amazonaws.com/capacityType", "SPOT"),
            ]),
            node(&[("cloud.google.com/gke-nodepool", "b"), ("cloud.google.com/gke-spot", "true")]),
            node(&[("kubernetes.azure.com/agentpool", "c"), ("agentpool", "c")]),
            node(&[("agentpool", "d"), ("kubernetes.azure.com/scalesetpriority", "spot")]),
            node(&[]),
        ];
        assert_eq!(
            names(&nodes),
            [
                ("a".into(), "EKS node group", Capacity::Spot, 1),
                ("b".into(), "GKE node pool", Capacity::Spot, 1),
                ("c".into(), "AKS node pool", Capacity::OnDemand, 1),
                ("d".into(), "AKS node pool", Capacity::Spot, 1),
                ("nodes".into(), "nodes without a pool label", Capacity::OnDemand, 1),
            ]
        );
    }

    #[test]
    fn preemptible_nodes_are_told_from_spot_vms() {
        let of = |label: &str| node(&[(label, "true")]);
        let (old, new, kept) =
            (of(PREEMPTIBLE), of("cloud.google.com/gke-spot"), of("cloud.google.com/gke-nodepool"));
        let among = |nodes: &[&Node]| variant(provider(&kept), nodes).name;
        assert_eq!(among(&[&old, &kept, &kept]), "gcp-preemptible");
        assert_eq!(among(&[&old, &new, &kept]), "gcp");
        assert_eq!(among(&[&kept]), "gcp");
    }

    #[test]
    fn a_pool_that_buys_both_ways_is_two() {
        let both = |capacity| {
            node(&[("karpenter.sh/nodepool", "all"), ("karpenter.sh/capacity-type", capacity)])
        };
        let nodes = [both("spot"), both("on-demand"), both("spot")];
        assert_eq!(
            names(&nodes),
            [
                ("all-on-demand".into(), "Karpenter NodePool", Capacity::OnDemand, 1),
                ("all-spot".into(), "Karpenter NodePool", Capacity::Spot, 2),
            ]
        );
        let nodes: Vec<&Node> = nodes.iter().collect();
        let pools = recognise(&nodes);
        assert_eq!(pools[1].match_labels["karpenter.sh/capacity-type"], "spot");
        assert!(pools[1].labels.keys().eq(["karpenter.sh/nodepool"]), "shared, not how bought");
    }

    #[test]
    fn labels_and_taints_of_a_pool_are_those_that_all_its_nodes_have() {
        let mut one = node(&[("agentpool", "a"), ("team", "x"), ("rack", "1")]);
        let mut two = node(&[("agentpool", "a"), ("team", "x"), ("rack", "2")]);
        let taint = |key: &str| Taint {
            key: key.into(),
            value: String::new(),
            effect: crate::kube::Effect::NoSchedule,
        };
        one.spec.taints = vec![taint("gpu"), taint("node.kubernetes.io/not-ready")];
        two.spec.taints = vec![taint("node.kubernetes.io/not-ready"), taint("gpu")];
        let pools = recognise(&[&one, &two]);
        assert!(pools[0].labels.keys().eq(["agentpool", "team"]));
        assert_eq!(pools[0].taints, [taint("gpu")]);
    }
}

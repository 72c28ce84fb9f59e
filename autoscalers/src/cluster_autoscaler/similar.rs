//! Similar node groups: whether a new node of one is as good as a new node of the other.
// Cluster Autoscaler: processors/nodegroupset/compare_nodegroups.go IsCloudProviderNodeInfoSimilar

use std::collections::BTreeMap;

use sim::model::resources::{Lane, Resources};
use sim::world::World;

use super::config::DifferenceRatios;
use super::node_group::NodeGroup;

/// Labels in which nodes of similar groups may differ, with every provider.
pub const BASIC_IGNORED_LABELS: [&str; 7] = [
    "kubernetes.io/hostname",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "beta.kubernetes.io/fluentd-ds-ready",
    "kops.k8s.io/instancegroup",
];

/// Labels in which nodes of similar groups may differ, by cloud provider.
// Cluster Autoscaler: processors/nodegroupset/{aws,azure,gce}_nodegroups.go
pub const PROVIDER_IGNORED_LABELS: [(&str, &[&str]); 3] = [
    (
        "aws",
        &[
            "alpha.eksctl.io/instance-id",
            "alpha.eksctl.io/nodegroup-name",
            "eks.amazonaws.com/nodegroup",
            "k8s.amazonaws.com/eniConfig",
            "lifecycle",
            "topology.ebs.csi.aws.com/zone",
            "eks.amazonaws.com/nodegroup-image",
            "eks.amazonaws.com/sourceLaunchTemplateId",
            "eks.amazonaws.com/sourceLaunchTemplateVersion",
        ],
    ),
    (
        "azure",
        &[
            "agentpool",
            "kubernetes.azure.com/agentpool",
            "topology.disk.csi.azure.com/zone",
            "kubernetes.azure.com/nodepool-type",
            "kubernetes.azure.com/consolidated-additional-properties",
            "kubernetes.azure.com/node-image-version",
        ],
    ),
    ("gcp", &["topology.gke.io/zone"]),
];

/// A node as it is compared: amounts in thousandths, by resource.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NodeTraits {
    /// What the machine has.
    pub capacity: BTreeMap<String, i128>,
    /// What pods can ask for.
    pub allocatable: BTreeMap<String, i128>,
    /// What of that the pods of DaemonSets leave.
    pub free: BTreeMap<String, i128>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

impl NodeTraits {
    /// A new node of a group.
    #[must_use]
    pub fn of(group: &NodeGroup, world: &World) -> NodeTraits {
        let (model, shape) = (world.model(), group.shape(world));
        let mut taken = Resources::ZERO;
        for (_, spec) in &group.daemons {
            taken += &world.spec(*spec).requests;
        }
        // Of how many pods there are, no request says anything.
        taken[Lane::PODS] = 0;
        let amounts = |of: &Resources, taken: &Resources| {
            let lanes = Lane::all().filter(|lane| of[*lane] > 0);
            let amount = |lane: Lane| i128::from(of[lane]) - i128::from(taken[lane]);
            let scale = |lane| if lane == Lane::CPU { 1 } else { 1_000 };
            lanes
                .map(|lane| (model.lane_name(lane).to_owned(), amount(lane) * scale(lane)))
                .collect()
        };
        let text = |name| model.names.text(name).to_owned();
        NodeTraits {
            capacity: amounts(&group.capacity(world), &Resources::ZERO),
            allocatable: amounts(&shape.allocatable, &Resources::ZERO),
            free: amounts(&shape.allocatable, &taken),
            labels: shape.labels.iter().map(|(key, value)| (text(key), text(value))).collect(),
        }
    }
}

/// Whether two nodes are similar, whatever the labels are for which `ignored` is true.
#[must_use]
pub fn are_similar(
    one: &NodeTraits,
    other: &NodeTraits,
    ratios: &DifferenceRatios,
    ignored: impl Fn(&str) -> bool,
) -> bool {
    let exactly = |name: &str| name != "memory";
    pairs(&one.capacity, &other.capacity, |name, a, b| {
        if exactly(name) {
            a == b
        } else {
            are_close(a, b, ratios.max_capacity_memory_difference_ratio)
        }
    }) && pairs(&one.allocatable, &other.allocatable, |_, a, b| {
        are_close(a, b, ratios.max_allocatable_difference_ratio)
    }) && pairs(&one.free, &other.free, |_, a, b| are_close(a, b, ratios.max_free_difference_ratio))
        && have_same_labels(&one.labels, &other.labels, ignored)
}

/// Whether both name the same resources, and amounts agree.
fn pairs(
    one: &BTreeMap<String, i128>,
    other: &BTreeMap<String, i128>,
    agree: impl Fn(&str, i128, i128) -> bool,
) -> bool {
    one.len() == other.len()
        && one.iter().all(|(name, a)| other.get(name).is_some_and(|b| agree(name, *a, *b)))
}

fn are_close(a: i128, b: i128, ratio: f64) -> bool {
    let (larger, smaller) = (a.max(b) as f64, a.min(b) as f64);
    larger - smaller <= larger * ratio
}

fn have_same_labels(
    one: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    ignored: impl Fn(&str) -> bool,
) -> bool {
    let compared = |labels: &BTreeMap<String, String>| -> Vec<(String, String)> {
        let kept = labels.iter().filter(|(key, _)| !ignored(key));
        kept.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    compared(one) == compared(other)
}

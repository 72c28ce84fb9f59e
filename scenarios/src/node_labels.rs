//! The labels that kubelets, clouds and Karpenter put on its nodes, one row each.
//!
//! A row is given to a pool by its provider and by what launches its nodes; labels that the scenario itself
//! writes win. What depends on the account (a cluster's name, an image's version, a subnet) is not
//! here, and neither is what the catalogue cannot tell of a type.

use std::collections::BTreeMap;

use sim::providers::Provider;

use crate::bought::Bought;
use crate::file::refill::Like;
use crate::file::{Keeper, Pool};

/// A label that a node gets without being written down.
pub struct Row {
    /// Its key.
    pub key: &'static str,
    /// On whose machines: the provider's name in the catalogue, or any.
    on: Option<&'static str>,
    /// Launched by what.
    by: By,
    /// Its value; none where the node does not have it, or where it is not known.
    value: fn(&Node<'_>) -> Option<String>,
    /// Who says so, and when that was read.
    pub source: &'static str,
}

/// What launches nodes, as far as their labels differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    /// Whatever it is.
    Any,
    /// The platform's own groups: node groups of EKS, node pools of GKE and AKS.
    Groups,
    /// Karpenter's NodePools.
    Karpenter,
}

/// A node before it is there.
#[derive(Clone, Copy)]
pub(crate) struct Node<'n> {
    pub(crate) pool: &'n Pool,
    pub(crate) bought: &'n Bought,
    pub(crate) spot: bool,
    pub(crate) region: &'n str,
    pub(crate) zone: &'n str,
}

const KUBERNETES: &str = "Kubernetes documentation, \"Well-Known Labels, Annotations and Taints\"; \
                          kubelet: pkg/kubelet/kubelet_node_status.go initialNode (read 2026-11-28)";
const EBS: &str = "kubernetes-sigs/aws-ebs-csi-driver, pkg/driver/constants.go TopologyKey; its node \
                   plugin is on every node of EKS (read 2026-11-28)";
const EKS: &str = "EKS User Guide, \"Managed node groups\" (read 2026-11-28)";
const KARPENTER: &str = "Karpenter documentation, \"Scheduling\", well-known labels; \
                         kubernetes-sigs/karpenter pkg/apis/v1/labels.go (read 2026-11-28)";
const KARPENTER_AWS: &str = "Karpenter documentation, \"Instance Types\"; \
                             karpenter-provider-aws pkg/providers/instancetype/types.go \
                             computeRequirements (read 2026-11-28)";
const KARPENTER_AZURE: &str = "AKS documentation, \"Node auto-provisioning node pools\", SKU \
                               selectors (read 2026-11-28)";
const GKE: &str = "GKE documentation, \"About node labels\" and \"Spot VMs\" (read 2026-11-28)";
const GKE_DISKS: &str = "kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, pkg/common \
                         TopologyKeyZone (read 2026-11-28)";
const GKE_GPUS: &str =
    "GKE documentation, \"Run GPUs in GKE Standard node pools\" (read 2026-11-28)";
const AKS: &str = "AKS documentation, \"Use labels in an AKS cluster\", reserved system labels \
                   (read 2026-11-28)";
const AKS_DISKS: &str = "kubernetes-sigs/azuredisk-csi-driver, pkg/azuredisk topologyKey (read \
                         2026-11-28)";
const SPOTSIM: &str =
    "spotsim, 2026-11: every pool has them, so that a manifest can be tried on any";

/// Every label, in the order in which they are given; `spotsim/pool` is our own.
pub static ROWS: &[Row] = &[
    row("kubernetes.io/os", None, By::Any, |_| text("linux"), KUBERNETES),
    row("kubernetes.io/arch", None, By::Any, |it| text(&it.bought.arch), KUBERNETES),
    row("node.kubernetes.io/instance-type", None, By::Any, |it| text(&it.bought.name), KUBERNETES),
    row("topology.kubernetes.io/zone", None, By::Any, |it| text(it.zone), KUBERNETES),
    row("topology.kubernetes.io/region", None, By::Any, |it| text(it.region), KUBERNETES),
    // Deprecated since 1.14 and 1.17, and set to this day.
    row("beta.kubernetes.io/os", None, By::Any, |_| text("linux"), KUBERNETES),
    row("beta.kubernetes.io/arch", None, By::Any, |it| text(&it.bought.arch), KUBERNETES),
    row("beta.kubernetes.io/instance-type", None, By::Any, |it| text(&it.bought.name), KUBERNETES),
    row("failure-domain.beta.kubernetes.io/zone", None, By::Any, |it| text(it.zone), KUBERNETES),
    row(
        "failure-domain.beta.kubernetes.io/region",
        None,
        By::Any,
        |it| text(it.region),
        KUBERNETES,
    ),
    row("spotsim/pool", None, By::Any, |it| text(&it.pool.name), SPOTSIM),
    row("karpenter.sh/capacity-type", None, By::Any, |it| text(how_bought(it.spot)), SPOTSIM),
    row("karpenter.sh/nodepool", None, By::Karpenter, |it| text(&it.pool.name), KARPENTER),
    row("karpenter.sh/registered", None, By::Karpenter, |_| text("true"), KARPENTER),
    row("karpenter.sh/initialized", None, By::Karpenter, |_| text("true"), KARPENTER),
    row("topology.ebs.csi.aws.com/zone", AWS, By::Any, |it| text(it.zone), EBS),
    row("eks.amazonaws.com/nodegroup", AWS, By::Groups, |it| text(&it.pool.name), EKS),
    aws("karpenter.k8s.aws/instance-category", |it| AwsName::of(it)?.category()),
    aws("karpenter.k8s.aws/instance-generation", |it| AwsName::of(it)?.generation()),
    aws("karpenter.k8s.aws/instance-family", |it| text(AwsName::of(it)?.family)),
    aws("karpenter.k8s.aws/instance-size", |it| text(AwsName::of(it)?.size)),
    aws("karpenter.k8s.aws/instance-cpu", |it| Some(cpus(it.bought).to_string())),
    aws("karpenter.k8s.aws/instance-cpu-manufacturer", |it| {
        text(AwsName::of(it)?.maker(it.bought)?)
    }),
    aws("karpenter.k8s.aws/instance-memory", |it| Some(mib(it.bought).to_string())),
    aws("karpenter.k8s.aws/instance-network-bandwidth", |it| megabits(it.bought)),
    aws("karpenter.k8s.aws/instance-local-nvme", |it| gigabytes(it.bought)),
    aws("karpenter.k8s.aws/instance-gpu-name", |it| text(gpu(it.bought)?)),
    aws("karpenter.k8s.aws/instance-gpu-manufacturer", |it| gpu(it.bought).and(text("nvidia"))),
    aws("karpenter.k8s.aws/instance-gpu-count", |it| gpu(it.bought).and(count(it.bought))),
    aws("karpenter.k8s.aws/instance-accelerator-name", |it| text(own_chip(it.bought)?)),
    aws("karpenter.k8s.aws/instance-accelerator-manufacturer", |it| {
        own_chip(it.bought).and(text("aws"))
    }),
    aws("karpenter.k8s.aws/instance-accelerator-count", |it| {
        own_chip(it.bought).and(count(it.bought))
    }),
    row("topology.gke.io/zone", GCP, By::Any, |it| text(it.zone), GKE_DISKS),
    row("cloud.google.com/gke-nodepool", GCP, By::Groups, |it| text(&it.pool.name), GKE),
    row("cloud.google.com/machine-family", GCP, By::Any, |it| text(&it.bought.family), GKE),
    row("cloud.google.com/gke-os-distribution", GCP, By::Any, |_| text("cos"), GKE),
    row("cloud.google.com/gke-container-runtime", GCP, By::Any, |_| text("containerd"), GKE),
    row("cloud.google.com/gke-accelerator", GCP, By::Any, |it| text(gke_gpu(it.bought)?), GKE_GPUS),
    row("topology.disk.csi.azure.com/zone", AZURE, By::Any, |it| text(it.zone), AKS_DISKS),
    row("kubernetes.azure.com/agentpool", AZURE, By::Groups, |it| text(&it.pool.name), AKS),
    row("agentpool", AZURE, By::Groups, |it| text(&it.pool.name), AKS),
    row("kubernetes.azure.com/role", AZURE, By::Any, |_| text("agent"), AKS),
    // A pool of system pods cannot be on spot; which of the others is one is not known.
    row("kubernetes.azure.com/mode", AZURE, By::Any, |it| it.spot.then(|| "user".into()), AKS),
    row("kubernetes.azure.com/storageprofile", AZURE, By::Groups, |_| text("managed"), AKS),
    row(
        "kubernetes.azure.com/accelerator",
        AZURE,
        By::Any,
        |it| gpu(it.bought).and(text("nvidia")),
        AKS,
    ),
    azure("karpenter.azure.com/sku-name", |it| text(&it.bought.name)),
    azure("karpenter.azure.com/sku-family", |it| azure_family(&it.bought.name)),
    azure("karpenter.azure.com/sku-version", |it| text(azure_version(&it.bought.name))),
    azure("karpenter.azure.com/sku-cpu", |it| Some(cpus(it.bought).to_string())),
    azure("karpenter.azure.com/sku-memory", |it| Some(mib(it.bought).to_string())),
    azure("karpenter.azure.com/sku-gpu-name", |it| Some(gpu(it.bought)?.to_uppercase())),
    azure("karpenter.azure.com/sku-gpu-manufacturer", |it| gpu(it.bought).and(text("nvidia"))),
    azure("karpenter.azure.com/sku-gpu-count", |it| gpu(it.bought).and(count(it.bought))),
];

const AWS: Option<&str> = Some("aws");
const GCP: Option<&str> = Some("gcp");
const AZURE: Option<&str> = Some("azure");

type Value = fn(&Node<'_>) -> Option<String>;

const fn row(
    key: &'static str,
    on: Option<&'static str>,
    by: By,
    value: Value,
    source: &'static str,
) -> Row {
    Row { key, on, by, value, source }
}

const fn aws(key: &'static str, value: Value) -> Row {
    row(key, AWS, By::Karpenter, value, KARPENTER_AWS)
}

const fn azure(key: &'static str, value: Value) -> Row {
    row(key, AZURE, By::Karpenter, value, KARPENTER_AZURE)
}

/// All labels of a node: the table's, how its provider says it was bought, and the pool's own.
pub(crate) fn of(node: Node<'_>, provider: &Provider) -> BTreeMap<String, String> {
    let launcher = launcher(node.pool);
    let given = ROWS.iter().filter(|row| {
        row.on.is_none_or(|on| on == provider.catalogue)
            && (row.by == By::Any || row.by == launcher)
    });
    let given = given.filter_map(|row| Some((row.key.to_owned(), (row.value)(&node)?)));
    let bought =
        provider.labels_of(node.spot).map(|(key, value)| (key.to_owned(), value.to_owned()));
    given.chain(bought).chain(node.pool.labels.clone()).collect()
}

/// The labels of every kind of node that a pool may launch; types that are not known are left out.
pub(crate) fn of_pool(
    pool: &Pool,
    provider: &Provider,
    region: &str,
) -> Vec<BTreeMap<String, String>> {
    let spot = pool.buys_spot();
    let ways = if pool.buys_both() { &[true, false][..] } else { &[spot] };
    let zones = zones(pool, provider, region);
    let mut all = Vec::new();
    for bought in pool.instance_types.iter().filter_map(|it| Bought::of(it, provider, region).ok())
    {
        for zone in &zones {
            let node = |spot: &bool| Node { pool, bought: &bought, spot: *spot, region, zone };
            all.extend(ways.iter().map(|spot| of(node(spot), provider)));
        }
    }
    all
}

/// The zones of a pool; by default the region's first.
pub(crate) fn zones(pool: &Pool, provider: &Provider, region: &str) -> Vec<String> {
    if pool.zones.is_empty() {
        return vec![format!("{region}{}", provider.first_zone)];
    }
    pool.zones.clone()
}

/// Whether a label says what or where a single node is, so that it is not a pool's as a whole.
pub(crate) fn is_of_the_machine(key: &str) -> bool {
    const STARTS: [&str; 5] = [
        "karpenter.k8s.aws/instance-",
        "karpenter.azure.com/sku-",
        "topology.",
        "cloud.google.com/machine-family",
        "cloud.google.com/gke-accelerator",
    ];
    STARTS.iter().any(|start| key.starts_with(start)) && ROWS.iter().any(|row| row.key == key)
}

/// What launches a pool's nodes: what the scenario says, or what its labels show.
fn launcher(pool: &Pool) -> By {
    let known = |key: &str| {
        pool.labels.contains_key(key)
            || pool.match_labels.as_ref().is_some_and(|labels| labels.contains_key(key))
    };
    if pool.keeper == Keeper::Karpenter {
        return By::Karpenter;
    }
    match pool.refill.as_ref().map(|it| it.like) {
        Some(Like::Karpenter) => By::Karpenter,
        None if known("karpenter.sh/nodepool") => By::Karpenter,
        _ => By::Groups,
    }
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn how_bought(spot: bool) -> &'static str {
    if spot { "spot" } else { "on-demand" }
}

fn cpus(bought: &Bought) -> u64 {
    bought.capacity.0 / 1_000
}

fn mib(bought: &Bought) -> u64 {
    bought.capacity.1 >> 20
}

/// The bandwidth that the catalogue lists, in Mbit/s.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some 100 Gbit/s")]
fn megabits(bought: &Bought) -> Option<String> {
    Some(((bought.network_gbps? * 1_000.0).round() as u64).to_string())
}

/// Its local disks in GB, as EC2 counts them and as the label has them; the catalogue has GiB.
fn gigabytes(bought: &Bought) -> Option<String> {
    const GB: u64 = 1_000_000_000;
    Some((((bought.nvme_gib? << 30) + GB / 2) / GB).to_string())
}

/// The model of its GPUs, if they are GPUs.
fn gpu(bought: &Bought) -> Option<&str> {
    bought.gpu.as_deref().filter(|_| bought.gpu_resource == "nvidia.com/gpu")
}

/// The model of its accelerators, if they are AWS's own.
fn own_chip(bought: &Bought) -> Option<&str> {
    bought.gpu.as_deref().filter(|_| bought.gpu_resource != "nvidia.com/gpu")
}

fn count(bought: &Bought) -> Option<String> {
    Some(bought.gpus.to_string())
}

/// As GKE spells the models that the catalogue has.
fn gke_gpu(bought: &Bought) -> Option<&'static str> {
    Some(match gpu(bought)? {
        "a100-40gb" => "nvidia-tesla-a100",
        "a100-80gb" => "nvidia-a100-80gb",
        "h100-80gb" => "nvidia-h100-80gb",
        "l4" => "nvidia-l4",
        _ => return None,
    })
}

/// The parts of a name such as `m6id.2xlarge`.
struct AwsName<'n> {
    family: &'n str,
    size: &'n str,
    /// `m` of `m6id`, and what comes after it.
    category: &'n str,
    rest: &'n str,
}

impl<'n> AwsName<'n> {
    // karpenter-provider-aws: pkg/providers/instancetype/types.go instanceTypeScheme
    fn of(node: &Node<'n>) -> Option<AwsName<'n>> {
        let (family, size) = node.bought.name.split_once('.')?;
        let letters = family.find(|letter: char| !letter.is_ascii_lowercase())?;
        let (category, rest) = family.split_at(letters);
        (!category.is_empty()).then_some(AwsName { family, size, category, rest })
    }

    fn category(&self) -> Option<String> {
        text(self.category)
    }

    fn generation(&self) -> Option<String> {
        let digits = self.rest.find(|digit: char| !digit.is_ascii_digit());
        let digits = digits.map_or(self.rest, |end| &self.rest[..end]);
        (!digits.is_empty()).then(|| digits.to_owned())
    }

    /// Who makes its processors. The names of accelerated types do not say.
    // Amazon EC2 documentation, "Instance type naming conventions" (read 2026-11-28)
    fn maker(&self, bought: &Bought) -> Option<&'static str> {
        let attributes = self.rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let attributes = attributes.split('-').next().unwrap_or_default();
        match bought.arch.as_str() {
            "arm64" => Some("aws"),
            _ if bought.gpus > 0 => None,
            _ => Some(if attributes.contains('a') { "amd" } else { "intel" }),
        }
    }
}

/// `D` of `Standard_D4s_v5`, `N` of `Standard_NC24ads_A100_v4`.
fn azure_family(name: &str) -> Option<String> {
    let size = name.strip_prefix("Standard_")?;
    size.chars().next().filter(char::is_ascii_uppercase).map(String::from)
}

/// `5` of `Standard_D4s_v5`; the first version has no suffix.
fn azure_version(name: &str) -> &str {
    let version = name.rsplit_once("_v").map(|(_, version)| version);
    version.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or("1")
}

impl Row {
    /// Which nodes have it, in words.
    #[must_use]
    pub fn nodes(&self) -> String {
        let on = match self.on {
            Some("aws") => "AWS",
            Some("gcp") => "Google Cloud",
            Some("azure") => "Azure",
            _ => "all",
        };
        let by = match self.by {
            By::Any => "",
            By::Groups => ", pools of the platform",
            By::Karpenter => ", pools of Karpenter",
        };
        format!("{on}{by}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sim::providers;

    use super::*;
    use crate::file::Instance;

    /// The labels of the first node of a pool.
    fn labels(provider: &str, region: &str, pool: &str) -> BTreeMap<String, String> {
        let tree = crate::tree::parse(pool).unwrap().remove(0);
        let pool: Pool = serde_json::from_value(tree.to_json()).unwrap();
        assert!(matches!(pool.instance_types[0], Instance::Named(_)));
        of_pool(&pool, providers::named(provider).unwrap(), region).remove(0)
    }

    fn has(labels: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        for (key, value) in expected {
            assert_eq!(labels.get(*key).map(String::as_str), Some(*value), "{key}");
        }
    }

    #[test]
    fn every_label_has_a_source_and_is_there_once() {
        let keys: BTreeSet<&str> = ROWS.iter().map(|row| row.key).collect();
        assert_eq!(keys.len(), ROWS.len());
        assert!(ROWS.iter().all(|row| row.source.contains("2026-11")));
        let of_capacity = providers::PROVIDERS.iter().flat_map(|provider| provider.labels);
        assert!(of_capacity.into_iter().all(|label| !keys.contains(label.key)));
    }

    /// The list in the documentation.
    fn page() -> String {
        let mut page = String::from(
            "# Labels of nodes\n\nWhat a pool's nodes are labelled with besides the `labels` that the \
             scenario gives it, which win.\nHow a node was bought is said in the platform's own words \
             as well: `spotsim explain aws-labels`,\n`gcp-labels`, `azure-labels`. A pool is Karpenter's \
             if it is refilled `like: karpenter`, or like nothing and\nits `labels` or `matchLabels` have \
             `karpenter.sh/nodepool`. A node of a dump keeps the labels that it has.\n\n\
             | label | nodes | source |\n|---|---|---|\n",
        );
        for row in ROWS {
            page += &format!("| `{}` | {} | {} |\n", row.key, row.nodes(), row.source);
        }
        page
    }

    /// `just bless` writes it afresh.
    #[test]
    fn the_list_of_labels_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/labels.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, page(), "stale: run `just bless`");
    }

    #[test]
    fn a_node_group_of_eks() {
        let labels = labels(
            "aws",
            "us-east-1",
            "{name: web, count: 1, capacityType: spot, instanceTypes: [m6i.large], \
             zones: [us-east-1b], labels: {team: a, beta.kubernetes.io/os: mine}}",
        );
        has(
            &labels,
            &[
                ("beta.kubernetes.io/os", "mine"),
                ("beta.kubernetes.io/arch", "amd64"),
                ("beta.kubernetes.io/instance-type", "m6i.large"),
                ("failure-domain.beta.kubernetes.io/zone", "us-east-1b"),
                ("failure-domain.beta.kubernetes.io/region", "us-east-1"),
                ("topology.ebs.csi.aws.com/zone", "us-east-1b"),
                ("eks.amazonaws.com/nodegroup", "web"),
                ("eks.amazonaws.com/capacityType", "SPOT"),
                ("team", "a"),
            ],
        );
        assert!(
            labels.keys().all(|key| !key.contains("karpenter.k8s.aws") && !key.contains("gke"))
        );
        assert!(!labels.contains_key("karpenter.sh/nodepool"));
    }

    #[test]
    fn a_node_pool_of_karpenter() {
        let pool = "{name: all, count: 1, capacityType: spot, refill: {like: karpenter}, \
                    instanceTypes: [c6gd.2xlarge]}";
        let own = labels("aws", "us-east-1", pool);
        has(
            &own,
            &[
                ("karpenter.sh/nodepool", "all"),
                ("karpenter.sh/capacity-type", "spot"),
                ("karpenter.sh/initialized", "true"),
                ("karpenter.k8s.aws/instance-category", "c"),
                ("karpenter.k8s.aws/instance-generation", "6"),
                ("karpenter.k8s.aws/instance-family", "c6gd"),
                ("karpenter.k8s.aws/instance-size", "2xlarge"),
                ("karpenter.k8s.aws/instance-cpu", "8"),
                ("karpenter.k8s.aws/instance-cpu-manufacturer", "aws"),
                ("karpenter.k8s.aws/instance-memory", "16384"),
                ("karpenter.k8s.aws/instance-local-nvme", "474"),
            ],
        );
        assert!(!own.contains_key("eks.amazonaws.com/nodegroup"));
        assert!(!own.contains_key("karpenter.k8s.aws/instance-gpu-name"));
        let shown = "{name: x, count: 1, capacityType: on-demand, instanceTypes: [g4dn.xlarge], \
                     labels: {karpenter.sh/nodepool: gpus}}";
        has(
            &labels("aws", "us-east-1", shown),
            &[
                ("karpenter.sh/nodepool", "gpus"),
                ("karpenter.k8s.aws/instance-gpu-name", "t4"),
                ("karpenter.k8s.aws/instance-gpu-count", "1"),
            ],
        );
    }

    #[test]
    fn node_pools_of_gke_and_aks() {
        let gke = "{name: web, count: 1, capacityType: spot, instanceTypes: [e2-standard-4]}";
        has(
            &labels("gcp", "us-central1", gke),
            &[
                ("topology.gke.io/zone", "us-central1-a"),
                ("cloud.google.com/gke-nodepool", "web"),
                ("cloud.google.com/gke-spot", "true"),
                ("cloud.google.com/gke-provisioning", "spot"),
                ("cloud.google.com/machine-family", "e2"),
            ],
        );
        let aks = "{name: web, count: 1, capacityType: spot, instanceTypes: [Standard_D4s_v5], \
                   refill: {like: karpenter}}";
        has(
            &labels("azure", "eastus", aks),
            &[
                ("topology.disk.csi.azure.com/zone", "eastus-1"),
                ("kubernetes.azure.com/scalesetpriority", "spot"),
                ("kubernetes.azure.com/mode", "user"),
                ("karpenter.azure.com/sku-family", "D"),
                ("karpenter.azure.com/sku-version", "5"),
                ("karpenter.azure.com/sku-cpu", "4"),
            ],
        );
        let group = aks.replace(", refill: {like: karpenter}", "");
        has(&labels("azure", "eastus", &group), &[("kubernetes.azure.com/agentpool", "web")]);
    }
}

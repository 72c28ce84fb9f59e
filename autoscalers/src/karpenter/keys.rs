//! The labels that Karpenter itself gives a meaning, and what a cluster's provider adds to them.

use sim::names::{NameId, Names};

/// Labels with a meaning, interned, and which labels may be undefined on a node that does not exist yet.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `karpenter.sh/nodepool`.
    pub node_pool: NameId,
    /// `karpenter.sh/capacity-type`.
    pub capacity_type: NameId,
    /// `topology.kubernetes.io/zone`.
    pub zone: NameId,
    /// `node.kubernetes.io/instance-type`.
    pub instance_type: NameId,
    /// `kubernetes.io/hostname`.
    pub hostname: NameId,
    /// The provider's label of a capacity reservation: on AWS,
    /// `karpenter.k8s.aws/capacity-reservation-id`.
    pub reservation_id: NameId,
    /// The value `spot` of the capacity type.
    pub spot: NameId,
    /// The value `on-demand` of the capacity type.
    pub on_demand: NameId,
    /// The value `reserved` of the capacity type.
    pub reserved: NameId,
    /// `karpenter.sh/disrupted`, the taint of nodes that are being removed.
    pub disrupted: NameId,
    /// `karpenter.sh/unregistered`, the taint of nodes that have not joined yet.
    pub unregistered: NameId,
    /// The empty value.
    pub nothing: NameId,
    /// Taints that every node has while it starts: key and effect.
    pub(crate) ephemeral: Vec<(NameId, sim::model::taints::Effect)>,
    /// Sorted; see [`Keys::is_well_known`].
    well_known: Vec<NameId>,
    /// Labels that have been renamed, and what they are called now.
    aliases: Vec<(NameId, NameId)>,
}

/// Well-known wherever Karpenter runs.
// Karpenter: pkg/apis/v1/labels.go WellKnownLabels
const WELL_KNOWN: [&str; 8] = [
    "karpenter.sh/nodepool",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "node.kubernetes.io/instance-type",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "karpenter.sh/capacity-type",
    "node.kubernetes.io/windows-build",
];

// Karpenter: pkg/apis/v1/labels.go NormalizedLabels
const ALIASES: [(&str, &str); 5] = [
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
];

impl Keys {
    /// The keys of a provider that adds these labels to the well-known ones, and has reservations under
    /// one of them.
    pub fn new(names: &mut Names, of_provider: &[&str], reservation_id: &str) -> Keys {
        use sim::model::taints::Effect::{NoExecute, NoSchedule};
        let well_known = WELL_KNOWN.iter().chain(of_provider).copied();
        let mut well_known: Vec<NameId> =
            well_known.chain([reservation_id]).map(|label| names.intern(label)).collect();
        well_known.sort_unstable();
        well_known.dedup();
        let unregistered = names.intern("karpenter.sh/unregistered");
        // Karpenter: pkg/scheduling/taints.go KnownEphemeralTaints
        let ephemeral = vec![
            (names.intern("node.kubernetes.io/not-ready"), NoSchedule),
            (names.intern("node.kubernetes.io/not-ready"), NoExecute),
            (names.intern("node.kubernetes.io/unreachable"), NoSchedule),
            (names.intern("node.cloudprovider.kubernetes.io/uninitialized"), NoSchedule),
            (unregistered, NoExecute),
        ];
        Keys {
            node_pool: names.intern("karpenter.sh/nodepool"),
            capacity_type: names.intern("karpenter.sh/capacity-type"),
            zone: names.intern("topology.kubernetes.io/zone"),
            instance_type: names.intern("node.kubernetes.io/instance-type"),
            hostname: names.intern("kubernetes.io/hostname"),
            reservation_id: names.intern(reservation_id),
            spot: names.intern("spot"),
            on_demand: names.intern("on-demand"),
            reserved: names.intern("reserved"),
            disrupted: names.intern("karpenter.sh/disrupted"),
            unregistered,
            nothing: names.intern(""),
            ephemeral,
            well_known,
            aliases: ALIASES.map(|(old, new)| (names.intern(old), names.intern(new))).to_vec(),
        }
    }

    /// The same, where a provider's disks name their zone by another label than nodes do.
    // aws:pkg/operator/operator.go NormalizedLabels; azure:pkg/operator/operator.go
    #[must_use]
    pub fn with_zone_label(mut self, names: &mut Names, label: &str) -> Keys {
        self.aliases.push((names.intern(label), self.zone));
        self
    }

    /// The keys on AWS.
    // Karpenter: aws:pkg/apis/v1/labels.go
    pub fn aws(names: &mut Names) -> Keys {
        const SUFFIXES: [&str; 9] = [
            "instance-category",
            "instance-family",
            "instance-generation",
            "instance-size",
            "instance-cpu",
            "instance-memory",
            "instance-gpu-count",
            "instance-gpu-name",
            "instance-cpu-manufacturer",
        ];
        let labels = SUFFIXES.map(|suffix| format!("karpenter.k8s.aws/{suffix}"));
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        Keys::new(names, &labels, "karpenter.k8s.aws/capacity-reservation-id")
    }

    /// Whether a node that does not exist yet may leave the label undefined.
    #[must_use]
    pub fn is_well_known(&self, key: NameId) -> bool {
        self.well_known.binary_search(&key).is_ok()
    }

    /// What a label is called now.
    #[must_use]
    pub fn normalized(&self, key: NameId) -> NameId {
        self.aliases.iter().find(|(old, _)| *old == key).map_or(key, |(_, new)| *new)
    }
}

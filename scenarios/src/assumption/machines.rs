//! What is assumed of machines: of types that the catalogue knows in part, and of nodes that were bought before.

use super::Kind;

pub(crate) const UNKNOWN_BAND: Kind = Kind {
    id: "unknown-band",
    text: "interruption band unknown: {}; taken as {} reclaims per instance and hour",
    source: "the catalogue, 2026-11, has AWS's bands only; the rate is the provider's default: \
             `spotsim explain aws-reclaims`, `gcp-reclaims`, `azure-reclaims`",
};

pub(crate) const DRIFTED_NODES: Kind = Kind {
    id: "drifted-nodes",
    text: "{} would not be launched like that today: Karpenter replaces them as drifted, within its budgets",
    source: "Karpenter documentation, \"Disruption\", Drift; kubernetes-sigs/karpenter \
             pkg/controllers/nodeclaim/disruption/drift.go (1.13)",
};

pub(crate) const COMPUTED_ALLOCATABLE: Kind = Kind {
    id: "computed-allocatable",
    text: "what pods can ask for of {} is computed from what the platform says it reserves",
    source: "GKE documentation, \"Plan GKE Standard node sizes\", 110 pods a node; AKS \
             documentation, \"Node resource reservations\", 250 pods a node as with Azure CNI \
             Overlay (both read 2026-11-25); `pods` of a type in place says otherwise",
};

//! Google Cloud's preemptible VMs, the older kind of Spot VMs: as those, but none gets older than a
//! day. With their sources.

use super::citations::{Citation, Figure};
use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{KnownBy, Recorded};
use super::reserved::gke;
use super::{Billing, BootTime, CapacityLabel, LOSS_SOURCE, Provider, gcp};
use crate::time::Span;

/// Google Cloud's preemptible VMs in GKE node pools.
pub static GCP_PREEMPTIBLE: Provider = Provider {
    name: "gcp-preemptible",
    brief: "Google Cloud's preemptible VMs, with GKE: as Spot VMs, but for 24 h at most.",
    about: "Google Cloud's preemptible VMs in GKE node pools: as Spot VMs, for 24 h at most.",
    notice: Span::from_secs(30),
    boot: BootTime { median: Span::from_secs(75), p95: Span::from_secs(150) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::from_secs(60),
        free_if_reclaimed_before: Span::from_secs(60),
    },
    interruption: Interruption {
        drained_by: DrainedBy::Kubelet,
        shutdown_signal: Span::from_secs(30),
        shutdown: Shutdown { total: Span::from_secs(30), critical: Span::from_secs(15) },
        loss: Loss::CLEANED_UP,
    },
    max_life: Some(Span::from_hours(24)),
    takes_max_price: false,
    // Of the rates by age of 2019 up to 24 h: the share 0.387 is taken in 16.7 h on average.
    reclaims_per_hour: 0.0232,
    labels: &[
        CapacityLabel {
            key: "cloud.google.com/gke-preemptible",
            on_demand: None,
            spot: Some("true"),
        },
        CapacityLabel {
            key: "cloud.google.com/gke-provisioning",
            on_demand: Some("standard"),
            spot: Some("preemptible"),
        },
    ],
    catalogue: "gcp",
    first_zone: "-a",
    zones: gcp::ZONES,
    known_by: KnownBy {
        instances: "gce",
        label: "cloud.google.com",
        spot_label: Some("cloud.google.com/gke-preemptible"),
    },
    recommends: false,
    bands: None,
    recorded: Some(Recorded::Gcp),
    reserve: gke,
    max_pods: 110,
    drafts: gcp::DRAFTS,
    citations: &[
        Citation {
            id: "gcp-preemptible-notice",
            figure: Figure::Notice,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" (read 2026-11-24)",
            listed: true,
        },
        Citation {
            id: "gcp-preemptible-max-life",
            figure: Figure::MaxLife,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" (read 2026-11-26). Of 1,442 of them in \
                     2019 those that lasted were taken at 24.0 to 24.8 h. How old the nodes of a \
                     running cluster are is not read",
            listed: true,
        },
        Citation {
            id: "gcp-preemptible-boot",
            figure: Figure::Boot,
            note: "",
            source: "as for gcp, an assumption of 2026-11-24: no measured source was found",
            listed: true,
        },
        Citation {
            id: "gcp-preemptible-drain",
            figure: Figure::Drain,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" (read 2026-11-24); Kubernetes \
                     documentation, \"Node Shutdowns\"",
            listed: true,
        },
        Citation {
            id: "gcp-preemptible-shutdown",
            figure: Figure::Shutdown,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" (read 2026-11-24); unlike on Spot VMs \
                     it cannot be made longer",
            listed: false,
        },
        Citation {
            id: "gcp-preemptible-loss",
            figure: Figure::Loss,
            note: "",
            source: LOSS_SOURCE,
            listed: true,
        },
        Citation {
            id: "gcp-preemptible-billing",
            figure: Figure::Billing,
            note: "",
            source: "Compute Engine documentation, \"Spot VMs\", 2026-03-19: preemptible VMs have \
                     the same prices",
            listed: false,
        },
        Citation {
            id: "gcp-preemptible-reclaims",
            figure: Figure::Reclaims,
            note: "with a model that asks for one rate, a preemptible VM meets {} reclaims per \
                   hour before its cap",
            source: "lifetimes of 1,442 preemptible VMs of 2019: their rates by age, averaged over \
                     a fleet that replaces what it loses",
            listed: false,
        },
        Citation {
            id: "gcp-preemptible-labels",
            figure: Figure::Labels,
            note: ", and no taint",
            source: "GKE documentation, \"Preemptible VMs\", and a node of 2024 as kubectl \
                     describes it (read 2026-11-26)",
            listed: false,
        },
    ],
};

//! Google Cloud: Spot VMs as GKE nodes, with their sources.

use super::citations::{Citation, Figure};
use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, Recorded, ZoneNames, is_letter};
use super::reserved::gke;
use super::{Billing, BootTime, CapacityLabel, LOSS_SOURCE, Provider};
use crate::time::Span;

/// Zones of Google Cloud.
pub(super) const ZONES: ZoneNames = ZoneNames {
    // "Available regions and zones" (read 2026-11-28): us-central1 has no d and e
    known: &[("us-central1", &["-a", "-b", "-c", "-f"])],
    anywhere: |_, _| false,
    form: Some(|rest| rest.strip_prefix('-').is_some_and(is_letter)),
};

/// What drafts for GKE begin with.
pub(super) const DRAFTS: Drafts = Drafts {
    region: "us-central1",
    zones: ["us-central1-a", "us-central1-b", "us-central1-c"],
    on_demand: "[n2-standard-2]",
    spot: "[n2-standard-2, e2-standard-2, n1-standard-2]",
    taint: "capacity",
    grace: "15",
    common: Some("n2-standard-4"),
};

/// Google Cloud's Spot VMs in GKE node pools.
pub static GCP: Provider = Provider {
    name: "gcp",
    brief: "Google Cloud's Spot VMs, with GKE.",
    about: "Google Cloud's Spot VMs in GKE node pools (Standard, not Autopilot).",
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
    max_life: None,
    takes_max_price: false,
    reclaims_per_hour: 0.008,
    labels: &[
        CapacityLabel { key: "cloud.google.com/gke-spot", on_demand: None, spot: Some("true") },
        CapacityLabel {
            key: "cloud.google.com/gke-provisioning",
            on_demand: Some("standard"),
            spot: Some("spot"),
        },
    ],
    catalogue: "gcp",
    first_zone: "-a",
    zones: ZONES,
    known_by: KnownBy { instances: "gce", label: "cloud.google.com", spot_label: None },
    recommends: false,
    bands: None,
    recorded: Some(Recorded::Gcp),
    reserve: gke,
    max_pods: 110,
    drafts: DRAFTS,
    citations: &[
        Citation {
            id: "gcp-notice",
            figure: Figure::Notice,
            note: "",
            source: "Compute Engine documentation, \"Spot VMs\", 2026-03-19: up to 30 s, best \
                     effort",
            listed: true,
        },
        Citation {
            id: "gcp-boot",
            figure: Figure::Boot,
            note: "",
            source: "an assumption of 2026-11-24: no measured source was found",
            listed: true,
        },
        Citation {
            id: "gcp-drain",
            figure: Figure::Drain,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" and \"Spot VMs\" (read 2026-11-24); \
                     Kubernetes documentation, \"Node Shutdowns\"",
            listed: true,
        },
        Citation {
            id: "gcp-shutdown",
            figure: Figure::Shutdown,
            note: "",
            source: "GKE documentation, \"Preemptible VMs\" (read 2026-11-24); 120 s can be asked \
                     for from GKE 1.35 on, in preview",
            listed: false,
        },
        Citation {
            id: "gcp-loss",
            figure: Figure::Loss,
            note: "",
            source: LOSS_SOURCE,
            listed: true,
        },
        Citation {
            id: "gcp-billing",
            figure: Figure::Billing,
            note: "",
            source: "Compute Engine documentation, \"Spot VMs\", 2026-03-19",
            listed: false,
        },
        Citation {
            id: "gcp-reclaims",
            figure: Figure::Reclaims,
            note: "a Spot VM meets {} reclaims per hour, whatever its type and age",
            source: "lifetimes of 1,442 preemptible VMs of 2019: the plateau after their first \
                     hours, held for Spot VMs, which is an assumption; young VMs die faster",
            listed: false,
        },
        Citation {
            id: "gcp-labels",
            figure: Figure::Labels,
            note: ", and no taint",
            source: "GKE documentation, \"Spot VMs\" (read 2026-11-24)",
            listed: false,
        },
    ],
};

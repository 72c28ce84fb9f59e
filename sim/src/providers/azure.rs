//! Microsoft Azure: Spot VMs as AKS nodes, with their sources.

use super::citations::{Citation, Figure};
use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, ZoneNames};
use super::reserved::aks;
use super::{Billing, BootTime, CapacityLabel, LOSS_SOURCE, Provider};
use crate::time::Span;

/// Azure's Spot VMs in AKS node pools, with the eviction policy Delete.
pub static AZURE: Provider = Provider {
    name: "azure",
    brief: "Microsoft Azure, with AKS.",
    about: "Azure's Spot VMs in AKS node pools, with the eviction policy Delete.",
    notice: Span::from_secs(30),
    boot: BootTime { median: Span::from_secs(120), p95: Span::from_secs(240) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::ZERO,
        free_if_reclaimed_before: Span::ZERO,
    },
    interruption: Interruption {
        drained_by: DrainedBy::Nothing,
        shutdown_signal: Span::from_secs(0),
        shutdown: Shutdown { total: Span::from_secs(30), critical: Span::from_secs(15) },
        loss: Loss::CLEANED_UP,
    },
    max_life: None,
    // Azure documentation, spot-vms.md: a maximum price, or -1 for whatever spot costs
    takes_max_price: true,
    // -ln(1 - 0.125) / 672: Azure's bands are of 28 days.
    reclaims_per_hour: 1.99e-4,
    labels: &[CapacityLabel {
        key: "kubernetes.azure.com/scalesetpriority",
        on_demand: None,
        spot: Some("spot"),
    }],
    catalogue: "azure",
    first_zone: "-1",
    zones: ZoneNames {
        // "List of Azure regions" (read 2026-11-28)
        known: &[("eastus", &["-1", "-2", "-3"])],
        // Nodes of AKS that are in no zone have the number of their fault domain.
        anywhere: |zone, rest| rest.is_none() && matches!(zone, "0" | "1" | "2" | "3"),
        form: Some(|rest| matches!(rest, "-1" | "-2" | "-3")),
    },
    known_by: KnownBy { instances: "azure", label: "kubernetes.azure.com", spot_label: None },
    recommends: false,
    bands: None,
    recorded: None,
    reserve: aks,
    // The default of Azure CNI Overlay.
    max_pods: 250,
    drafts: Drafts {
        region: "eastus",
        zones: ["eastus-1", "eastus-2", "eastus-3"],
        on_demand: "[Standard_D8s_v5]",
        spot: "[Standard_D8s_v5, Standard_D8ds_v5, Standard_D8s_v3]",
        // AKS sets this one itself.
        taint: "kubernetes.azure.com/scalesetpriority",
        grace: "30",
        common: Some("Standard_D8s_v5"),
    },
    citations: &[
        Citation {
            id: "azure-notice",
            figure: Figure::Notice,
            note: "",
            source: "Azure documentation, \"Scheduled Events\": Preempt, at least 30 s (read \
                     2026-11-24)",
            listed: true,
        },
        Citation {
            id: "azure-boot",
            figure: Figure::Boot,
            note: "",
            source: "an assumption of 2026-11-24: no measured source was found",
            listed: true,
        },
        Citation {
            id: "azure-drain",
            figure: Figure::Drain,
            note: "",
            source: "AKS brings no handler of Scheduled Events along, and its kubelets have no \
                     graceful shutdown: a survey of platforms, 2026-07-22; AKS documentation, \
                     \"Add a Spot node pool\", 2025-04-06",
            listed: true,
        },
        Citation {
            id: "azure-shutdown",
            figure: Figure::Shutdown,
            note: "",
            source: "assumptions of 2026-11-26: AKS does not switch it on, and whether the machine \
                     is asked to shut down is not documented",
            listed: false,
        },
        Citation {
            id: "azure-loss",
            figure: Figure::Loss,
            note: "",
            source: LOSS_SOURCE,
            listed: true,
        },
        Citation {
            id: "azure-billing",
            figure: Figure::Billing,
            note: "",
            source: "an assumption of 2026-11-24: by the second from memory, no other rule found",
            listed: true,
        },
        Citation {
            id: "azure-reclaims",
            figure: Figure::Reclaims,
            note: "a type without an eviction band: {} reclaims per instance and hour, the band \
                   of 10-15 % in 28 days",
            source: "Azure documentation, \"Spot VMs\" (read 2026-11-24): the middle one of five \
                     bands; which one is an assumption",
            listed: false,
        },
        Citation {
            id: "azure-labels",
            figure: Figure::Labels,
            note: "; AKS taints them with the same, NoSchedule, which a pool's `taints` must say",
            source: "AKS documentation, \"Add a Spot node pool\", 2025-04-06",
            listed: false,
        },
    ],
};

//! Microsoft Azure: Spot VMs as AKS nodes, with their sources.

use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, ZoneNames};
use super::reserved::aks;
use super::{Billing, BootTime, CapacityLabel, LOSS, LOSS_SOURCE, Provider, Sourced};
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
        drained_by: DrainedBy::Nobody,
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
    defaults: &[
        Sourced {
            id: "azure-notice",
            text: "reclaim notice: 30 s (azure)",
            source: "Azure documentation, \"Scheduled Events\": Preempt, at least 30 s (read \
                     2026-11-24)",
            listed: true,
        },
        Sourced {
            id: "azure-boot",
            text: "boot: log-normal, median 120 s, 95 % within 240 s (azure)",
            source: "an assumption of 2026-11-24: no measured source was found",
            listed: true,
        },
        Sourced {
            id: "azure-drain",
            text: "nobody acts on the notice: pods run until the instance is gone (azure)",
            source: "AKS brings no handler of Scheduled Events along, and its kubelets have no \
                     graceful shutdown: a survey of platforms, 2026-07-22; AKS documentation, \
                     \"Add a Spot node pool\", 2025-04-06",
            listed: true,
        },
        Sourced {
            id: "azure-shutdown",
            text: "a kubelet that shuts its node down is told 0 s before the end and has 30 s, the \
                   last 15 s of them for critical pods (azure)",
            source: "assumptions of 2026-11-26: AKS does not switch it on, and whether the machine \
                     is told is not documented",
            listed: false,
        },
        Sourced { id: "azure-loss", text: LOSS, source: LOSS_SOURCE, listed: true },
        Sourced {
            id: "azure-billing",
            text: "billing: by the second, and no rule for instances that are taken back early \
                   (azure)",
            source: "an assumption of 2026-11-24: by the second from memory, no other rule found",
            listed: true,
        },
        Sourced {
            id: "azure-reclaims",
            text: "a type whose eviction band nobody knows: 0.000199 reclaims per instance and \
                   hour, the band of 10-15 % in 28 days (azure)",
            source: "Azure documentation, \"Spot VMs\" (read 2026-11-24): the middle one of five \
                     bands; which one is an assumption",
            listed: false,
        },
        Sourced {
            id: "azure-labels",
            text: "spot nodes carry kubernetes.azure.com/scalesetpriority: spot; AKS taints them \
                   with the same, NoSchedule, which a pool's `taints` must say",
            source: "AKS documentation, \"Add a Spot node pool\", 2025-04-06",
            listed: false,
        },
    ],
};

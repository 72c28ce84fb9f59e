//! No provider in particular: cautious figures for a private cloud or one that is not modelled.

use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, ZoneNames};
use super::reserved::nothing;
use super::{Billing, BootTime, LOSS, LOSS_SOURCE, Provider, Sourced};
use crate::time::Span;

/// A provider that gives the shortest notice and the fewest presents.
pub static GENERIC: Provider = Provider {
    name: "generic",
    brief: "None in particular: the shortest notice, no free time; types are described in place.",
    about: "No provider in particular: the shortest notice and no gifts. Describe types in place.",
    notice: Span::from_secs(30),
    boot: BootTime { median: Span::from_secs(120), p95: Span::from_secs(240) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::ZERO,
        free_if_reclaimed_before: Span::ZERO,
    },
    interruption: Interruption {
        drained_by: DrainedBy::Handler,
        shutdown_signal: Span::from_secs(0),
        shutdown: Shutdown { total: Span::from_secs(30), critical: Span::from_secs(15) },
        loss: Loss::CLEANED_UP,
    },
    max_life: None,
    takes_max_price: true,
    reclaims_per_hour: 1.83e-4,
    labels: &[],
    catalogue: "generic",
    first_zone: "-a",
    zones: ZoneNames {
        known: &[],
        // A cellar has the zones that it says it has.
        anywhere: |zone, _| !zone.trim().is_empty(),
        form: None,
    },
    known_by: KnownBy::NOTHING,
    recommends: false,
    bands: None,
    recorded: None,
    reserve: nothing,
    max_pods: 110,
    drafts: Drafts {
        region: "somewhere",
        zones: ["somewhere-a", "somewhere-b", "somewhere-c"],
        on_demand: "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04}]",
        spot: "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04},\n      \
               {name: chest, cpu: 4, memory: 16Gi, onDemandPrice: 0.2, spotPrice: 0.07}]",
        taint: "capacity",
        grace: "30",
        common: None,
    },
    defaults: &[
        Sourced {
            id: "generic-notice",
            text: "reclaim notice: 30 s (generic)",
            source: "the shortest notice of the clouds that are modelled, 2026-11-24",
            listed: true,
        },
        Sourced {
            id: "generic-boot",
            text: "boot: log-normal, median 120 s, 95 % within 240 s (generic)",
            source: "the slowest boot of the clouds that are modelled, 2026-11-24",
            listed: true,
        },
        Sourced {
            id: "generic-drain",
            text: "at the notice a termination handler evicts pods at once; PodDisruptionBudgets \
                   may hold them back, and then it asks every 5 s (generic)",
            source: "as for aws, 2026-11-24: the way of whoever prepares for notices",
            listed: true,
        },
        Sourced {
            id: "generic-shutdown",
            text: "a kubelet that shuts its node down is told 0 s before the end and has 30 s, the \
                   last 15 s of them for critical pods (generic)",
            source: "assumptions of 2026-11-26: Kubernetes does not switch it on, and every \
                     machine has its own way to end",
            listed: false,
        },
        Sourced { id: "generic-loss", text: LOSS, source: LOSS_SOURCE, listed: true },
        Sourced {
            id: "generic-billing",
            text: "billing: by the second, and no rule for instances that are taken back early \
                   (generic)",
            source: "an assumption of 2026-11-24: what costs most of the rules that are modelled",
            listed: true,
        },
        Sourced {
            id: "generic-reclaims",
            text: "a type whose reclaim rate nobody gives: 0.000183 reclaims per instance and \
                   hour, 10-15 % a month (generic)",
            source: "as for aws: the middle one of the AWS Spot Advisor's bands, 2025-06",
            listed: false,
        },
        Sourced {
            id: "generic-labels",
            text: "nodes carry no label of a platform's own",
            source: "spotsim, 2026-11: karpenter.sh/capacity-type is set for every provider",
            listed: false,
        },
    ],
};

//! No provider in particular: cautious figures for a private cloud or one that is not modelled.

use super::citations::{Citation, Figure};
use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, ZoneNames};
use super::reserved::nothing;
use super::{Billing, BootTime, LOSS_SOURCE, Provider};
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
    citations: &[
        Citation {
            id: "generic-notice",
            figure: Figure::Notice,
            note: "",
            source: "the shortest notice of the clouds that are modelled, 2026-11-24",
            listed: true,
        },
        Citation {
            id: "generic-boot",
            figure: Figure::Boot,
            note: "",
            source: "the slowest boot of the clouds that are modelled, 2026-11-24",
            listed: true,
        },
        Citation {
            id: "generic-drain",
            figure: Figure::Drain,
            note: "",
            source: "as for aws, 2026-11-24: the way of a cluster that prepares for notices",
            listed: true,
        },
        Citation {
            id: "generic-shutdown",
            figure: Figure::Shutdown,
            note: "",
            source: "assumptions of 2026-11-26: Kubernetes does not switch it on, and every \
                     machine has its own way to end",
            listed: false,
        },
        Citation {
            id: "generic-loss",
            figure: Figure::Loss,
            note: "",
            source: LOSS_SOURCE,
            listed: true,
        },
        Citation {
            id: "generic-billing",
            figure: Figure::Billing,
            note: "",
            source: "an assumption of 2026-11-24: what costs most of the rules that are modelled",
            listed: true,
        },
        Citation {
            id: "generic-reclaims",
            figure: Figure::Reclaims,
            note: "a type without a stated reclaim rate: {} reclaims per instance and hour, 10-15 \
                   % a month",
            source: "as for aws: the middle one of the AWS Spot Advisor's bands, 2025-06",
            listed: false,
        },
        Citation {
            id: "generic-labels",
            figure: Figure::Labels,
            note: "",
            source: "spotsim, 2026-11: karpenter.sh/capacity-type is set for every provider",
            listed: false,
        },
    ],
};

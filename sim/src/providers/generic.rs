//! No provider in particular: cautious figures for a private cloud or one that is not modelled.

use super::{Billing, BootTime, LOSS, LOSS_SOURCE, Provider, Sourced};
use crate::time::Span;

/// A provider that gives the shortest notice and the fewest presents.
pub static GENERIC: Provider = Provider {
    name: "generic",
    about: "No provider in particular: the shortest notice and no gifts. Describe types in place.",
    notice: Span::from_secs(30),
    boot: BootTime { median: Span::from_secs(120), p95: Span::from_secs(240) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::ZERO,
        free_if_reclaimed_before: Span::ZERO,
    },
    loss_noticed_after: Span::from_secs(100),
    reclaims_per_hour: 1.83e-4,
    labels: &[],
    first_zone: "-a",
    defaults: &[
        Sourced {
            id: "generic-notice",
            text: "reclaim notice: 30 s, and a termination handler drains the node at once \
                   (generic)",
            source: "the shortest notice of the clouds that are modelled, 2026-11-24",
            listed: true,
        },
        Sourced {
            id: "generic-boot",
            text: "boot: log-normal, median 120 s, 95 % within 240 s (generic)",
            source: "the slowest boot of the clouds that are modelled, 2026-11-24",
            listed: true,
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

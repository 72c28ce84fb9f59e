//! Amazon EC2: its notice, boot time, billing and labels, with their sources.

use super::citations::{Citation, Figure};
use super::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use super::platform::{Drafts, KnownBy, Recorded, ZoneNames, is_letter};
use super::reserved::nothing;
use super::{Billing, BootTime, CapacityLabel, LOSS_SOURCE, Provider};
use crate::time::Span;

/// Amazon EC2 with Linux nodes in Auto Scaling groups, drained by a termination handler.
pub static AWS: Provider = Provider {
    name: "aws",
    brief: "Amazon EC2.",
    about: "Amazon EC2 with Linux nodes in Auto Scaling groups, drained by a termination handler.",
    notice: Span::from_secs(120),
    boot: BootTime { median: Span::from_secs(120), p95: Span::from_secs(240) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::from_secs(60),
        free_if_reclaimed_before: Span::from_hours(1),
    },
    interruption: Interruption {
        drained_by: DrainedBy::Handler,
        shutdown_signal: Span::from_secs(0),
        shutdown: Shutdown { total: Span::from_secs(150), critical: Span::from_secs(30) },
        loss: Loss::CLEANED_UP,
    },
    max_life: None,
    // Amazon EC2 API reference, SpotMarketOptions: MaxPrice is optional, and advised against
    takes_max_price: true,
    // -ln(1 - 0.125) / 730: the middle of the advisor's band of 10-15 % a month.
    reclaims_per_hour: 1.83e-4,
    labels: &[CapacityLabel {
        key: "eks.amazonaws.com/capacityType",
        on_demand: Some("ON_DEMAND"),
        spot: Some("SPOT"),
    }],
    catalogue: "aws",
    first_zone: "a",
    zones: ZoneNames {
        // "AWS Regions and Availability Zones" (read 2026-11-28)
        known: &[("us-east-1", &["a", "b", "c", "d", "e", "f"])],
        // Local and Wavelength Zones: us-east-1-bos-1a, us-east-1-wl1-bos-wlz-1.
        anywhere: |_, rest| rest.is_some_and(|rest| rest.starts_with('-') && rest.len() > 4),
        form: Some(is_letter),
    },
    known_by: KnownBy { instances: "aws", label: "eks.amazonaws.com", spot_label: None },
    recommends: true,
    bands: Some("the interruption bands of the AWS Spot Advisor (2025-06)"),
    recorded: Some(Recorded::Aws),
    reserve: nothing,
    max_pods: 110,
    drafts: Drafts {
        region: "us-east-1",
        zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
        on_demand: "[m6i.large]",
        spot: "[m6i.large, m6a.large, m7i.large]",
        taint: "capacity",
        grace: "60",
        common: Some("m6i.xlarge"),
    },
    citations: &[
        Citation {
            id: "aws-notice",
            figure: Figure::Notice,
            note: "",
            source: "EC2 User Guide, \"Spot Instance interruption notices\": two minutes, best \
                     effort (read 2026-11-24)",
            listed: true,
        },
        Citation {
            id: "aws-boot",
            figure: Figure::Boot,
            note: ", as an Auto Scaling group takes",
            source: "published measurements of EKS Linux nodes, kube.fm 2026-02 and others: 45 s \
                     to 65 s of boot, 3 to 5 min with the cluster autoscaler (read 2026-11-24); \
                     the spread is an assumption",
            listed: true,
        },
        Citation {
            id: "aws-drain",
            figure: Figure::Drain,
            note: "",
            source: "aws-node-termination-handler, README and pkg/config, 2026-07, and Karpenter, \
                     website/content/en/docs/concepts/disruption.md: both use the eviction API; \
                     kubectl, pkg/drain (read 2026-11-24)",
            listed: true,
        },
        Citation {
            id: "aws-shutdown",
            figure: Figure::Shutdown,
            note: "",
            source: "awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go, of 2026: 150 s \
                     and 30 s from kubelet 1.34 on, off before. How long a machine runs on after \
                     the signal at the end of the notice is not documented; no time at all is the \
                     cautious reading",
            listed: false,
        },
        Citation {
            id: "aws-loss",
            figure: Figure::Loss,
            note: "",
            source: LOSS_SOURCE,
            listed: true,
        },
        Citation {
            id: "aws-billing",
            figure: Figure::Billing,
            note: "",
            source: "EC2 User Guide, \"Billing for interrupted Spot Instances\" (read \
                     2026-11-24); the minimum of 60 s from memory",
            listed: false,
        },
        Citation {
            id: "aws-reclaims",
            figure: Figure::Reclaims,
            note: "a type without an interruption band: {} reclaims per instance and hour, the \
                   band of 10-15 % a month",
            source: "AWS Spot Advisor 2025-06: the middle one of five bands; which one is an \
                     assumption",
            listed: false,
        },
        Citation {
            id: "aws-labels",
            figure: Figure::Labels,
            note: ", and no taint",
            source: "EKS User Guide, \"Managed node groups\" (read 2026-11-24)",
            listed: false,
        },
    ],
};

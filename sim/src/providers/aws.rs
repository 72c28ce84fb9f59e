//! Amazon EC2: its notice, boot time and billing, with their sources.
//!
//! Sources (read 2026-11-24): EC2 User Guide, "Spot Instance interruption notices" (two minutes,
//! best effort) and "Billing for interrupted Spot Instances" (free when EC2 interrupts in the first
//! hour, seconds used after that); Kubernetes documentation, "Nodes" (grace period, pod garbage
//! collection). Boot time: published measurements of Linux nodes at scale, 30 s to 90 s with
//! Karpenter; the figures below are those of an Auto Scaling group.

use super::{Billing, BootTime, Provider};
use crate::time::Span;

/// Amazon EC2 with Linux nodes in Auto Scaling groups, drained by a termination handler.
pub static AWS: Provider = Provider {
    name: "aws",
    notice: Span::from_secs(120),
    boot: BootTime { median: Span::from_secs(120), p95: Span::from_secs(240) },
    billing: Billing {
        granularity: Span::from_secs(1),
        minimum: Span::from_secs(60),
        free_if_reclaimed_before: Span::from_hours(1),
    },
    // Node monitor grace 50 s, cloud controller poll about 10 s, pod garbage collection 40 s.
    loss_noticed_after: Span::from_secs(100),
    capacity_type_label: ("eks.amazonaws.com/capacityType", "ON_DEMAND", "SPOT"),
    assumptions: &[
        "reclaim notice: 120 s, and a termination handler drains the node at once (aws)",
        "boot: log-normal, median 120 s, 95 % within 240 s, as an Auto Scaling group takes (aws)",
        "a lost instance is replaced by one of the same type and zone, requested at the loss",
        "a loss without notice is noticed after 100 s: node grace 50 s, poll 10 s, pod GC 40 s",
    ],
};

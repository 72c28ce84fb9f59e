//! How pools are refilled, as plain values with sources: how soon what is lost is launched again, and
//! what comes of a refusal.

use crate::model::pool::{Allocation, BackOff, Reaction, ReplaceAt, ZoneSpread};
use crate::time::Span;

/// How something goes about it that launches the nodes of pools.
#[derive(Clone, Debug)]
pub struct RefillProfile {
    /// Its name in scenario files.
    pub name: &'static str,
    /// When it asks again after a refusal; without it the request stays open.
    pub back_off: Option<BackOff>,
    /// Which offering it asks for first, unless its pool says otherwise.
    pub allocation: Allocation,
    /// How it spreads nodes over zones.
    pub zones: ZoneSpread,
    /// How long it does not ask for what the provider has just announced to take.
    pub avoids_taken_for: Option<Span>,
    /// Whether it terminates a node that is to be taken once it is drained.
    pub terminates_drained: bool,
    /// When it replaces a node that is taken, unless its pool says otherwise.
    pub replace_at: ReplaceAt,
    /// How long it takes to act on a loss, if that is documented.
    pub reaction: Option<Reaction>,
    /// What it does when it is refused, in words.
    pub when_refused: &'static str,
    /// When it replaces a node that is taken, in words.
    pub when_taken: &'static str,
    /// How long it takes to act on that, in words.
    pub acts: &'static str,
}

/// Every such profile.
pub static REFILLS: &[RefillProfile] =
    &[AUTO_SCALING_GROUP, MANAGED_INSTANCE_GROUP, KARPENTER, CLUSTER_AUTOSCALER];

/// An EC2 Auto Scaling group.
// Amazon EC2 Auto Scaling User Guide; without Capacity Rebalancing it replaces what is gone (read
// 2026-11-24)
const AUTO_SCALING_GROUP: RefillProfile = RefillProfile {
    name: "auto-scaling-group",
    back_off: None,
    allocation: Allocation::Diversified,
    zones: ZoneSpread::Balanced,
    avoids_taken_for: None,
    terminates_drained: false,
    replace_at: ReplaceAt::Loss,
    reaction: None,
    when_refused: WAITS,
    when_taken: WHEN_GONE,
    acts: "acts on a loss at once, as no source says how long it takes",
};

/// A Compute Engine managed instance group.
// Compute Engine documentation, "Spot VMs": it keeps trying to restore its target size (read
// 2026-11-24)
const MANAGED_INSTANCE_GROUP: RefillProfile =
    RefillProfile { name: "managed-instance-group", ..AUTO_SCALING_GROUP };

/// Karpenter.
// karpenter-provider-aws: pkg/cache/cache.go UnavailableOfferingsTTL;
// pkg/controllers/interruption/controller.go: what is interrupted is unavailable, too, and its
// NodeClaim is deleted, which drains and then terminates the instance;
// pkg/providers/instance/instance.go: spot is bought price-capacity-optimized; concepts/disruption.md
// (read 2026-11-24)
const KARPENTER: RefillProfile = RefillProfile {
    name: "karpenter",
    back_off: Some(BackOff {
        first: Span::from_secs(180),
        most: Span::from_secs(180),
        forgotten_after: Span::ZERO,
        of_the_pool: false,
    }),
    allocation: Allocation::PriceCapacityOptimized,
    zones: ZoneSpread::AsPods,
    avoids_taken_for: Some(Span::from_secs(180)),
    terminates_drained: true,
    replace_at: ReplaceAt::Notice,
    // karpenter: pkg/controllers/provisioning/batcher.go, BATCH_IDLE_DURATION, BATCH_MAX_DURATION
    reaction: Some(Reaction { idle: Span::from_secs(1), most: Span::from_secs(10) }),
    when_refused: "does not ask for what it was refused, or what is being taken, for 3 min",
    when_taken: "replaces a node at its notice, and terminates it when it is drained",
    acts: "acts on losses when there has been none for 1 s, and 10 s after the first at the latest",
};

/// Cluster Autoscaler.
// kubernetes/autoscaler: cluster-autoscaler/FAQ.md, --initial-node-group-backoff-duration,
// --max-node-group-backoff-duration, --node-group-backoff-reset-timeout (read 2026-11-24)
const CLUSTER_AUTOSCALER: RefillProfile = RefillProfile {
    name: "cluster-autoscaler",
    back_off: Some(BackOff {
        first: Span::from_secs(300),
        most: Span::from_secs(1_800),
        forgotten_after: Span::from_hours(3),
        of_the_pool: true,
    }),
    // It chooses a node group; which type and zone is up to the group.
    allocation: Allocation::Diversified,
    zones: ZoneSpread::Balanced,
    avoids_taken_for: None,
    terminates_drained: false,
    replace_at: ReplaceAt::Loss,
    // FAQ.md: it looks every 10 s (--scan-interval), and in clusters of less than 100 nodes asks 5 s
    // after a pod is unschedulable on average
    reaction: Some(Reaction { idle: Span::from_secs(5), most: Span::from_secs(5) }),
    when_refused: "asks for nothing for 5 min when it was refused, then twice as long each time, 30 min \
                   at most, and begins anew after 3 h without a refusal",
    when_taken: WHEN_GONE,
    acts: "acts on a loss and what follows it after 5 s, half of its scan interval",
};

const WAITS: &str = "keeps its request open until there is capacity";
const WHEN_GONE: &str = "replaces a node when it is gone";

/// The profile with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static RefillProfile> {
    REFILLS.iter().find(|profile| profile.name == name)
}

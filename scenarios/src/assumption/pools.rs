//! Assumptions about pools: what replaces a lost instance, when, and of what there is enough.

use super::Kind;

pub(crate) const POOL_REPLACEMENT: Kind = Kind {
    id: "pool-replacement",
    text: "a lost instance is replaced by one of the same type and zone, requested at the loss",
    source: "spotsim's pools, 2026-11: `allocation`, `refill` and `replaceAt` of a pool say \
             otherwise",
};

pub(crate) const DEPTH: Kind = Kind {
    id: "capacity-depth",
    text: "{}: there is most of what is ample now, then of what is contended and to be had, and among \
           equals of what is reclaimed least",
    source: "EC2 Fleet's capacity-optimized looks at how deep spot pools are, which AWS does not \
             publish; spotsim, 2026-11, takes what its own market knows",
};

pub(crate) const DEEP_POOLS: Kind = Kind {
    id: "deep-pools",
    text: "{}: there is much of what is as little short as anything it may buy, and reclaimed at most \
           twice as often as the best of that",
    source: "EC2 Fleet's price-capacity-optimized takes the cheapest of the deepest spot pools, and AWS \
             does not publish what it takes for deep; twice is an assumption of spotsim, 2026-11",
};

pub(crate) const WHEN_REFUSED: Kind = Kind {
    id: "when-refused",
    text: "{} {}",
    source: "karpenter-provider-aws, pkg/cache/cache.go: 3 min for each offering; Cluster Autoscaler, \
             FAQ.md: node groups back off; Compute Engine documentation, \"Spot VMs\": a managed \
             instance group keeps trying (read 2026-11-24)",
};

pub(crate) const REACTION: Kind = Kind {
    id: "provisioner-reaction",
    text: "{} {}",
    source: "Karpenter, pkg/controllers/provisioning/batcher.go: its batching window; Cluster \
             Autoscaler, FAQ.md: a scan every 10 s, 5 s on average below 100 nodes and 15 s below \
             1,000 (read 2026-11-24). No figure was found for groups of EC2 and Compute Engine",
};

pub(crate) const WHEN_TAKEN: Kind = Kind {
    id: "when-taken",
    text: "{} {}",
    source: "Karpenter, website/content/en/docs/concepts/disruption.md: a replacement is provisioned \
             while the node is drained (read 2026-11-24); `replaceAt` says otherwise",
};

pub(crate) const FALLBACK_TIMES: Kind = Kind {
    id: "fallback-times",
    text: "{} makes do with on-demand after {} without spot, and goes back when there has been some \
           for {}",
    source: "spotsim, 2026-11: no provider does so by itself, and these are round figures; `fallback` \
             says otherwise",
};

//! What a scenario says about how a pool goes back to its size.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of its types and zones a pool launches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// That of which it has the fewest nodes.
    Diversified,
    /// The cheapest.
    LowestPrice,
    /// That of which there is most.
    CapacityOptimized,
    /// The cheapest of those of which there is much.
    PriceCapacityOptimized,
}

/// How a pool is refilled.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refill {
    /// As what does it: what comes of a refusal, and when that replaces what is taken.
    pub like: Like,
}

/// What launches the nodes of pools. They differ in what they do when they are refused, and in when they
/// replace what is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Like {
    /// EC2's: its request stays open until there is capacity.
    AutoScalingGroup,
    /// Compute Engine's: its request stays open until there is capacity.
    ManagedInstanceGroup,
    /// It does not ask for what it was refused for 3 min, and replaces nodes at their notice.
    Karpenter,
    /// It asks for nothing for 5 min when it was refused, and then for longer.
    ClusterAutoscaler,
}

/// The part of a spot pool that is bought on-demand, as EC2 Auto Scaling counts it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnDemandPart {
    /// A number of nodes.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub base: u32,
    /// This share of those above the base, in percent, rounded up.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub percent_above: u32,
}

/// When a spot pool makes do with on-demand nodes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fallback {
    /// When it has been without spot for so long; by default 5 min.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub after: Option<String>,
    /// It goes back to spot when there has been some for so long; by default 30 min.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub hysteresis: Option<String>,
}

/// When a pool asks for a replacement for a node that is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReplaceAt {
    /// When it is gone.
    Loss,
    /// When the provider gives notice.
    Notice,
    /// When AWS recommends to rebalance: the other is launched first, then the node at risk is
    /// drained and given back. So do managed node groups of EKS.
    Recommendation,
}

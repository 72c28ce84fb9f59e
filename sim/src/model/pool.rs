//! Node pools: the groups in which a cluster buys its nodes, and who decides how many.

use std::ops::Range;

use super::catalog::OfferingId;
use super::node::NodeShape;
use super::resources::Resources;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::table::id;
use crate::time::Span;

id! {
    /// A node pool.
    PoolId
}

/// A group of nodes of one purpose: a NodePool, node group or scale set.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its name.
    pub name: NameId,
    /// What it launches and what the node then looks like; among equals the first comes first.
    pub templates: Vec<NodeTemplate>,
    /// What bounds what is bought for it.
    pub limits: Limits,
    /// Who decides how many nodes it has.
    pub keeper: Keeper,
}

/// What bounds what is bought for a pool, by any keeper.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// What it pays for spot at most. While the price is above, it is given none and loses what it
    /// has.
    pub max_price: Option<MicroUsdPerHour>,
}

/// Who decides how many nodes a pool has: which autoscaler, and how it is configured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeper {
    /// It has a fixed number of nodes, and what it loses is replaced.
    FixedSize {
        /// How many nodes it has at `T+0` and goes back to.
        size: u32,
        /// How it goes back to them.
        refill: Refill,
    },
    /// It has as many nodes as pods need: one of the run's programs keeps it, with others or alone.
    Autoscaled(Autoscaled),
}

/// What bounds a pool whose nodes follow demand, whichever program keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Autoscaled {
    /// How many nodes it has at `T+0`.
    pub initial: u32,
    /// How many it has at least.
    pub min_size: u32,
    /// How many it has at most, if that is bounded.
    pub max_size: Option<u32>,
    /// Of several pools that would do, the one of the greatest weight is asked first.
    pub weight: u32,
    /// What its nodes have at most in sum, resource by resource.
    pub most: Resources,
    /// Whether a node that is to be taken is terminated once it is drained.
    pub terminates_drained: bool,
}

/// One way for a pool to get a node.
#[derive(Clone, Debug)]
pub struct NodeTemplate {
    /// What is bought.
    pub offering: OfferingId,
    /// What the node is.
    pub shape: NodeShape,
}

/// How a pool of a fixed size goes back to it after a loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Refill {
    /// Which of its templates a pool launches.
    pub allocation: Allocation,
    /// When it asks again after a refusal; by default the request stays open until there is
    /// capacity.
    pub back_off: Option<BackOff>,
    /// The part of it that is bought on-demand, if it buys both.
    pub on_demand: Option<OnDemandPart>,
    /// When it makes do with on-demand instances instead of spot.
    pub fallback: Option<Fallback>,
    /// When it asks for a replacement for an instance that is taken.
    pub replace_at: ReplaceAt,
    /// How long it takes to act on that; by default no time.
    pub reaction: Option<Reaction>,
    /// How its nodes are spread over zones, before a strategy chooses within them.
    pub zones: ZoneSpread,
    /// How long it does not ask for what the provider has just announced to take.
    pub avoids_taken_for: Option<Span>,
    /// Whether a node that is to be taken is terminated once it is drained, and not only when the
    /// provider does.
    pub terminates_drained: bool,
}

/// How the nodes of a pool are spread over its zones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ZoneSpread {
    /// The zone with the fewest nodes comes first, as long as there is something to be had in it.
    // Amazon EC2 Auto Scaling User Guide, "Availability Zone distribution": balanced best effort is
    // the default; Compute Engine, "target distribution shape": even (read 2026-11-28)
    #[default]
    Balanced,
    /// As above if any pod spreads itself over zones, and not at all otherwise: nodes are launched for
    /// pods, in the zones in which those are to run.
    // karpenter: pkg/controllers/provisioning/scheduling/topology.go
    AsPods,
}

/// How long a pool takes to act on what it lacks: for all of it at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reaction {
    /// It acts when it has lacked nothing more for so long,
    pub idle: Span,
    /// and so long after the first at the latest.
    pub most: Span,
}

/// Which of its templates a pool launches: EC2's allocation strategies.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Allocation {
    /// The one of which it has the fewest nodes.
    #[default]
    Diversified,
    /// The cheapest.
    LowestPrice,
    /// The one of which there is most.
    CapacityOptimized,
    /// The cheapest of those of which there is much.
    PriceCapacityOptimized,
}

/// How long a pool that was refused an instance does not ask for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackOff {
    /// After the first refusal.
    pub first: Span,
    /// After several; each time twice as long as before.
    pub most: Span,
    /// After so long without a refusal, the next one is the first again.
    pub forgotten_after: Span,
    /// Whether a refusal of one offering keeps the whole pool from asking.
    pub of_the_pool: bool,
}

/// The part of a pool that is bought on-demand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnDemandPart {
    /// The templates from this one on are its own; those before are the pool's other part.
    pub templates_from: usize,
    /// A number of nodes, whatever the pool's size.
    pub base: u32,
    /// This share of the nodes above the base, in percent.
    pub percent_above: u32,
}

/// When a pool makes do with on-demand instances instead of spot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fallback {
    /// When it has been without spot for so long.
    pub after: Span,
    /// It goes back to spot when there has been some for so long.
    pub hysteresis: Span,
}

/// When a pool asks for a replacement for an instance that is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum ReplaceAt {
    /// When it is gone.
    #[default]
    Loss,
    /// When the provider announces it.
    Notice,
    /// When the provider says that it is at risk: the other is launched first, and when it is
    /// ready, the one at risk is drained and given back.
    Recommendation,
}

/// A part of a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All of it, or what is not bought on-demand.
    Main,
    /// What is bought on-demand, if the pool buys both.
    OnDemand,
}

impl Pool {
    /// How many nodes it is to have, whatever runs on them.
    #[must_use]
    pub fn size(&self) -> u32 {
        match &self.keeper {
            Keeper::FixedSize { size, .. } => *size,
            Keeper::Autoscaled(bounds) => bounds.min_size,
        }
    }

    /// How many nodes it has at `T+0`.
    #[must_use]
    pub fn initial_size(&self) -> u32 {
        match &self.keeper {
            Keeper::FixedSize { size, .. } => *size,
            Keeper::Autoscaled(bounds) => bounds.initial,
        }
    }

    /// What bounds it, if its nodes follow demand.
    #[must_use]
    pub fn autoscaled(&self) -> Option<&Autoscaled> {
        match &self.keeper {
            Keeper::FixedSize { .. } => None,
            Keeper::Autoscaled(bounds) => Some(bounds),
        }
    }

    /// How it goes back to its size; a pool whose nodes follow demand does not.
    #[must_use]
    pub fn refill(&self) -> &Refill {
        match &self.keeper {
            Keeper::FixedSize { refill, .. } => refill,
            Keeper::Autoscaled(_) => &Refill::NONE,
        }
    }

    /// Whether a node that is to be taken is terminated once it is drained.
    #[must_use]
    pub fn terminates_drained(&self) -> bool {
        match &self.keeper {
            Keeper::FixedSize { refill, .. } => refill.terminates_drained,
            Keeper::Autoscaled(bounds) => bounds.terminates_drained,
        }
    }

    /// The templates of a part.
    #[must_use]
    pub fn templates_of(&self, part: Part) -> Range<usize> {
        let all = self.templates.len();
        let from = self.refill().on_demand.map_or(all, |part| part.templates_from.min(all));
        match part {
            Part::Main => 0..from,
            Part::OnDemand => from..all,
        }
    }

    /// How many nodes it is to have on-demand, if it buys both.
    #[must_use]
    pub fn wanted_on_demand(&self) -> u32 {
        self.refill().on_demand.map_or(0, |part| part.of(self.size()))
    }

    /// The template by which it buys an offering.
    #[must_use]
    pub fn template_of(&self, offering: OfferingId) -> Option<usize> {
        self.templates.iter().position(|template| template.offering == offering)
    }
}

impl Refill {
    /// What a scenario means that says nothing of it.
    pub const NONE: Refill = Refill {
        allocation: Allocation::Diversified,
        back_off: None,
        on_demand: None,
        fallback: None,
        replace_at: ReplaceAt::Loss,
        reaction: None,
        zones: ZoneSpread::Balanced,
        avoids_taken_for: None,
        terminates_drained: false,
    };
}

impl Default for Autoscaled {
    /// From nothing to any number of nodes.
    fn default() -> Autoscaled {
        Autoscaled {
            initial: 0,
            min_size: 0,
            max_size: None,
            weight: 0,
            most: Resources::UNLIMITED,
            terminates_drained: false,
        }
    }
}

impl Keeper {
    /// A pool of this size, which is bought as a scenario says that says nothing else.
    #[must_use]
    pub fn of_size(size: u32) -> Keeper {
        Keeper::FixedSize { size, refill: Refill::default() }
    }
}

impl OnDemandPart {
    /// How many of a number of nodes are on-demand: a share that is no whole number is rounded up.
    #[must_use]
    pub fn of(&self, size: u32) -> u32 {
        let base = self.base.min(size);
        let above = u64::from(size - base) * u64::from(self.percent_above.min(100));
        base + u32::try_from(above.div_ceil(100)).expect("a part of the size")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two, and a quarter of what is above.
    #[test]
    fn a_base_and_a_share_above_it() {
        let part = OnDemandPart { templates_from: 0, base: 2, percent_above: 25 };
        let sizes = [0, 1, 2, 3, 6, 7, 10, 11];
        assert_eq!(sizes.map(|size| part.of(size)), [0, 1, 2, 3, 3, 4, 4, 5]);
    }
}

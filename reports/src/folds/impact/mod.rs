//! Impact: the workloads that reclaims disrupt, the offerings that cause it, the largest burst, and
//! the time to recovery.

mod burst;
mod replacement;
mod sources;

pub use burst::Burst;
pub use sources::{OfferingCounts, Sources};

use sim::fact::Fact;
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;
use crate::folds::roster::{Follow, Roster};
use burst::Bursts;
use replacement::Replacement;
use sources::Tracing;

/// Folds facts into the impact of reclaims.
#[derive(Clone)]
pub struct ImpactFold {
    sources: Tracing,
    bursts: Bursts,
    replacement: Replacement,
}

/// The impact of reclaims in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Impact {
    /// By workload and by offering.
    pub sources: Sources,
    /// The most instances taken at once.
    pub burst: Burst,
}

impl ImpactFold {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> ImpactFold {
        ImpactFold {
            sources: Tracing::new(legend),
            bursts: Bursts::new(legend),
            replacement: Replacement::new(legend),
        }
    }

    /// The impact at the end of the window, and how long it took from notice, or loss, to the ready
    /// replacement of each disrupted pod.
    #[must_use]
    pub fn finish(self) -> (Impact, Waits) {
        let impact = Impact { sources: self.sources.finish(), burst: self.bursts.finish() };
        (impact, self.replacement.finish())
    }
}

impl Follow for ImpactFold {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        self.sources.follow(roster, at, fact);
        self.bursts.follow(roster, at, fact);
        self.replacement.follow(roster, at, fact);
    }
}

//! Harm: whom reclaims hit and how badly, who caused it, how much came at once, and how long it was
//! until all was well again.

mod burst;
mod replacement;
mod sources;
mod summary;

pub use burst::Burst;
pub use sources::{Blow, Sources};
pub(crate) use summary::tables;
pub use summary::{HarmSummary, OfferingHarm, WorkloadHarm, WorstBurst, summarize};

use sim::world::fact::{Fact, Sink};
use sim::{Legend, SimTime};

use crate::pending::Waits;
use burst::Bursts;
use replacement::Replacement;
use sources::Tracing;

/// Folds facts into the harm that reclaims do.
#[derive(Clone)]
pub struct Harm {
    sources: Tracing,
    bursts: Bursts,
    replacement: Replacement,
}

/// The harm of one run.
#[derive(Clone, Debug)]
pub struct Harmed {
    /// By workload and by offering.
    pub sources: Sources,
    /// The most instances taken at once.
    pub burst: Burst,
    /// From notice, or loss, to the ready replacement of each disrupted pod.
    pub replacement: Waits,
}

impl Harm {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Harm {
        Harm {
            sources: Tracing::new(legend),
            bursts: Bursts::new(legend),
            replacement: Replacement::new(legend),
        }
    }

    /// The harm at the end of the window.
    #[must_use]
    pub fn finish(self) -> Harmed {
        Harmed {
            sources: self.sources.finish(),
            burst: self.bursts.finish(),
            replacement: self.replacement.finish(),
        }
    }
}

impl Sink for Harm {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.sources.fact(at, fact);
        self.bursts.fact(at, fact);
        self.replacement.fact(at, fact);
    }
}

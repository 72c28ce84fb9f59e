//! Arrivals: how many Jobs and pods each generator let arrive, and for how long they are to run.

use sim::fact::{Fact, Sink};
use sim::model::arrivals::GeneratorId;
use sim::table::Table;
use sim::{Legend, SimTime};

/// What one generator let arrive in the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Arrived {
    /// Jobs, or bare pods.
    pub arrivals: u64,
    /// Their pods.
    pub pods: u64,
    /// How long those are to run, in milliseconds.
    pub pod_ms: u128,
}

/// Folds facts into arrivals.
#[derive(Clone)]
pub struct Arrivals {
    legend: Legend,
    /// By generator.
    pub generators: Table<GeneratorId, Arrived>,
}

impl Arrivals {
    /// Nothing has arrived yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Arrivals {
        let generators = legend.model.generators.rows().map(|_| Arrived::default()).collect();
        Arrivals { legend: legend.clone(), generators }
    }
}

impl Sink for Arrivals {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        if let Fact::Arrived { workload, pods, lasts, .. } = *fact
            && at >= self.legend.from
            && let Some(id) = self.legend.model.workloads[workload].controller.generator()
        {
            let arrived = &mut self.generators[id];
            arrived.arrivals += 1;
            arrived.pods += u64::from(pods);
            arrived.pod_ms += u128::from(pods) * u128::from(lasts.as_ms());
        }
    }
}

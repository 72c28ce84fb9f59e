//! VerticalPodAutoscalers: how often they evict pods, resize them in place, and find no room for that.

use sim::fact::{Cause, Fact};
use sim::{Legend, SimTime};

use super::{Declaration, Declared, Maker, Measure, Place};
use crate::folds::roster::Roster;

pub(super) const MAKER: Maker = Maker {
    figures: &[
        Declaration {
            key: "vpaEvictionsPerDay",
            label: "VPA evictions /day",
            also: &["VPA evictions"],
            measure: Measure::PerDay,
            place: Place::Disruption,
            means: "pods that a VerticalPodAutoscaler evicts, so that they are created anew with what it \
                recommends; they are among the pods that are disrupted, too",
        },
        Declaration {
            key: "vpaResizesPerDay",
            label: "Resizes in place /day",
            also: &["resizes"],
            measure: Measure::PerDay,
            place: Place::Work,
            means: "pods whose requests a VerticalPodAutoscaler changes while they run",
        },
        Declaration {
            key: "vpaResizesPendingPerDay",
            label: "Resizes without room /day",
            also: &["PodResizePending"],
            measure: Measure::PerDay,
            place: Place::Waits,
            means: "resizes in place for which the pod's node has no room: deferred until it has, or \
                infeasible because it never will",
        },
    ],
    new: |legend| Box::new(Vpas { legend: legend.clone(), counts: [0; 3] }),
};

struct Vpas {
    legend: Legend,
    /// Evictions, resizes, and resizes without room.
    counts: [u64; 3],
}

impl Declared for Vpas {
    fn follow(&mut self, _: &Roster, at: SimTime, fact: &Fact) {
        let place = match *fact {
            Fact::PodTerminating { why: Cause::VpaUpdate, .. } => 0,
            Fact::PodResized { .. } => 1,
            Fact::PodResizePending { .. } => 2,
            _ => return,
        };
        self.counts[place] += u64::from(at >= self.legend.from);
    }

    fn finish(self: Box<Self>, _: &Roster) -> Vec<Option<f64>> {
        let acts = !self.legend.model.vpas.is_empty();
        let seen = |count: u64| (acts && count > 0).then_some(count as f64);
        self.counts.map(seen).to_vec()
    }
}

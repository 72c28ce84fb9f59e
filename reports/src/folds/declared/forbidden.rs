//! Forbidden: pods that admission did not let their controllers create.

use sim::fact::Fact;
use sim::{Legend, SimTime};

use super::{Declaration, Declared, Maker, Measure, Place};
use crate::folds::roster::Roster;

pub(super) const MAKER: Maker = Maker {
    figures: &[Declaration {
        key: "podsForbiddenPerDay",
        label: "Pods forbidden /day",
        also: &["forbidden"],
        measure: Measure::PerDay,
        place: Place::Waits,
        means: "attempts of controllers to create a pod that an admission plugin forbade, a quota say; \
            each tries again after a while",
    }],
    new: |legend| Box::new(Forbidden { legend: legend.clone(), attempts: 0 }),
};

struct Forbidden {
    legend: Legend,
    attempts: u64,
}

impl Declared for Forbidden {
    fn follow(&mut self, _: &Roster, at: SimTime, fact: &Fact) {
        let counts = matches!(fact, Fact::PodForbidden { .. }) && at >= self.legend.from;
        self.attempts += u64::from(counts);
    }

    fn finish(self: Box<Self>, _: &Roster) -> Vec<Option<f64>> {
        vec![(self.attempts > 0).then_some(self.attempts as f64)]
    }
}

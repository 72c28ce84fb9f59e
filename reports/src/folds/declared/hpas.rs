//! HorizontalPodAutoscalers: how often they change scales, and how many replicas they want and have.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use super::{Declaration, Declared, Maker, Measure, Place};
use crate::folds::roster::Roster;

pub(super) const MAKER: Maker = Maker {
    figures: &[
        Declaration {
            key: "hpaRescalesPerDay",
            label: "HPA rescales /day",
            also: &["rescales"],
            measure: Measure::PerDay,
            place: Place::Work,
            means: "how often HorizontalPodAutoscalers change how many replicas a workload is to have",
        },
        Declaration {
            key: "hpaReplicasWanted",
            label: "Replicas wanted by HPAs",
            also: &["replicas wanted"],
            measure: Measure::Number,
            place: Place::Work,
            means: "replicas that workloads under a HorizontalPodAutoscaler are to have, all together, on \
                average over the window",
        },
        Declaration {
            key: "hpaReplicasReady",
            label: "Replicas ready of those",
            also: &["replicas ready"],
            measure: Measure::Number,
            place: Place::Work,
            means: "how many of them are ready, on average over the window",
        },
        Declaration {
            key: "hpaBlindPercent",
            label: "HPAs without metrics",
            also: &["ScalingActive"],
            measure: Measure::Percent,
            place: Place::Work,
            means: "the share of time in which a HorizontalPodAutoscaler has no metric to go by and leaves \
                its workload as it is: condition ScalingActive is false",
        },
    ],
    new: |legend| Box::new(Hpas::new(legend)),
};

struct Hpas {
    legend: Legend,
    rescales: u64,
    of: BTreeMap<WorkloadId, Scaled>,
}

/// A workload that an autoscaler scales.
#[derive(Default)]
struct Scaled {
    wanted: Sum,
    ready: Sum,
    blind: Sum,
}

/// A number over time, and its sum over the milliseconds of the window.
#[derive(Default)]
struct Sum {
    now: u64,
    since: SimTime,
    sum: u128,
}

impl Sum {
    fn set(&mut self, legend: &Legend, at: SimTime, now: u64) {
        let ms = at.min(legend.to).since(self.since.max(legend.from)).as_ms();
        self.sum += u128::from(self.now) * u128::from(ms);
        (self.now, self.since) = (now, at);
    }
}

impl Hpas {
    fn new(legend: &Legend) -> Hpas {
        let of = legend.model.hpas.rows().map(|hpa| (hpa.workload, Scaled::default())).collect();
        Hpas { legend: legend.clone(), rescales: 0, of }
    }

    fn change(&mut self, of: WorkloadId, change: impl FnOnce(&mut Scaled, &Legend)) {
        if let Some(scaled) = self.of.get_mut(&of) {
            change(scaled, &self.legend);
        }
    }
}

impl Declared for Hpas {
    fn follow(&mut self, _: &Roster, at: SimTime, fact: &Fact) {
        if self.of.is_empty() {
            return;
        }
        match *fact {
            Fact::WorkloadCreated { workload } => {
                let controller = self.legend.model.workloads[workload].controller;
                let wanted = controller.desired_replicas().unwrap_or(0).into();
                self.change(workload, |it, legend| it.wanted.set(legend, at, wanted));
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                self.change(workload, |it, legend| it.wanted.set(legend, at, replicas.into()));
            }
            Fact::HpaRescaled { .. } => self.rescales += u64::from(at >= self.legend.from),
            Fact::HpaActive { workload, active, .. } => {
                self.change(workload, |it, legend| it.blind.set(legend, at, (!active).into()));
            }
            Fact::PodReady { workload, .. } => {
                self.change(workload, |it, legend| it.ready.set(legend, at, it.ready.now + 1));
            }
            Fact::PodUnready { workload, .. }
            | Fact::PodTerminating { workload, was_ready: true, .. }
            | Fact::PodEnded { workload, was_ready: true, .. } => {
                let less = |it: &Scaled| it.ready.now.saturating_sub(1);
                self.change(workload, |it, legend| it.ready.set(legend, at, less(it)));
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Roster) -> Vec<Option<f64>> {
        let Hpas { legend, rescales, mut of } = *self;
        if of.is_empty() {
            return vec![None; MAKER.figures.len()];
        }
        let window = legend.to.since(legend.from).as_ms() as f64;
        let mut sums = [0_u128; 3];
        for scaled in of.values_mut() {
            let Scaled { wanted, ready, blind } = scaled;
            for (sum, own) in sums.iter_mut().zip([wanted, ready, blind]) {
                own.set(&legend, legend.to, 0);
                *sum += own.sum;
            }
        }
        let [wanted, ready, blind] = sums.map(|sum| sum as f64 / window);
        let blind = 100.0 * blind / of.len() as f64;
        let seldom = (blind > 0.0).then_some(blind);
        vec![Some(rescales as f64), Some(wanted), Some(ready), seldom]
    }
}

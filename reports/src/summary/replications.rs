//! The replications of one plan, and what a figure of theirs comes to: a mean, a day, a month.

use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend, Run};

use super::exposure::Exposure;
use crate::figures::Figures;
use crate::stats::Estimate;

/// All replications of one plan.
#[derive(Clone, Copy)]
pub(super) struct Replications<'r> {
    /// Their figures, one run each.
    pub(super) runs: &'r [(Figures, Run)],
    /// The length of the window, in hours.
    pub(super) hours: f64,
    exposure: Exposure,
}

impl<'r> Replications<'r> {
    pub(super) fn new(
        runs: &'r [(Figures, Run)],
        legend: &Legend,
        exposure: Exposure,
    ) -> Replications<'r> {
        Replications { runs, hours: legend.to.since(legend.from).as_hours_f64(), exposure }
    }

    /// A figure of each.
    pub(super) fn values(self, of: impl Fn(&Figures) -> f64) -> Vec<f64> {
        self.runs.iter().map(|(figures, _)| of(figures)).collect()
    }

    /// A figure, on average over replications.
    pub(super) fn mean(self, of: impl Fn(&Figures) -> f64) -> Estimate {
        Estimate::of(&self.values(of))
    }

    /// An amount in the window as one of a day.
    pub(super) fn per_day(self, of: impl Fn(&Figures) -> f64) -> Estimate {
        self.mean(|figures| of(figures) * 24.0 / self.hours)
    }

    /// The same of what happens to pods, and may have been possible where it was never seen.
    pub(super) fn pod_events_per_day(self, of: impl Fn(&Figures) -> f64) -> Estimate {
        let most = self.exposure.pods.map(|pods| pods * 24.0 / self.hours);
        Estimate::of_events(&self.values(|figures| of(figures) * 24.0 / self.hours), most)
    }

    /// Money of the window as that of a month.
    pub(super) fn per_month(self, of: impl Fn(&Figures) -> Cost) -> Estimate {
        self.mean(|figures| of(figures).as_usd_f64() * HOURS_PER_MONTH / self.hours)
    }
}

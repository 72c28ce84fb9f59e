//! The runs of an experiment, by variant.

use reports::Figures;
use reports::Recording;
use reports::cost::breakdown::Breakdown;
use reports::folds::series::Series;
use reports::metrics::{Measured, Readings};
use reports::rules::Outcome;
use reports::stats::Estimate;
use reports::summary::{self, Change};
use sim::{Fact, Legend, Run, SimTime};

/// What came out of an experiment.
pub struct Runs {
    /// The seed of all replications.
    pub seed: u64,
    /// The runs of each variant, in the order of the experiment.
    pub variants: Vec<VariantRuns>,
}

impl Runs {
    /// The runs of the variant of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&VariantRuns> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Whether no replication was finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.variants.iter().all(|variant| variant.runs.is_empty())
    }
}

/// What came out of one variant.
pub struct VariantRuns {
    /// What it is called.
    pub name: String,
    /// What it changes in the scenario.
    pub changes: Vec<Change>,
    /// The names and prices behind its facts.
    pub legend: Legend,
    /// The figures of each replication, in order.
    pub runs: Vec<(Figures, Run)>,
    /// Money, nodes and waiting times over time, if they were to be kept. After a stop these are sums
    /// over some more replications than there are figures.
    pub series: Option<Series>,
    /// How each placement rule fared in each replication, if that was to be kept.
    pub outcomes: Vec<Vec<Outcome>>,
    /// What happened in the first replication, if that was to be kept.
    pub facts: Option<Vec<(SimTime, Fact)>>,
}

impl VariantRuns {
    /// What it cost, in dollars over the window of figures.
    #[must_use]
    pub fn cost(&self) -> Estimate {
        Estimate::of(&self.costs())
    }

    /// What it saves against a baseline of the same experiment, in percent: the paired differences.
    /// None where the baseline cost nothing.
    #[must_use]
    pub fn saving_percent(&self, baseline: &VariantRuns) -> Option<Estimate> {
        let (own, other) = (self.costs(), baseline.costs());
        let pairs = own.len().min(other.len());
        let saved: Vec<f64> = own.iter().zip(&other).map(|(own, other)| other - own).collect();
        Some(Estimate::of_ratio(&saved, &other[..pairs])?.times(100.0))
    }

    /// Its metrics, beside those of a baseline of the same experiment.
    #[must_use]
    pub fn measured(&self, baseline: Option<&VariantRuns>) -> Measured {
        self.readings(baseline).of(|_| true)
    }

    /// The same, each read when it is asked for.
    #[must_use]
    pub fn readings<'r>(&'r self, baseline: Option<&'r VariantRuns>) -> Readings<'r> {
        Readings::new(&self.runs, baseline.map(|it| &it.runs[..]), &self.legend)
    }

    /// How many events it took.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.runs.iter().map(|(_, run)| run.counters.events).sum()
    }

    /// What all replications cost, by who or what it was paid for.
    #[must_use]
    pub fn breakdown(&self) -> Breakdown {
        summary::breakdown(&self.runs)
    }

    /// The first replication, fact by fact; none if facts were not to be kept.
    #[must_use]
    pub fn recording(&self) -> Option<Recording<'_>> {
        let ((_, run), facts) = self.runs.first().zip(self.facts.as_ref())?;
        Some(Recording { legend: &self.legend, facts, refusals: &run.refusals })
    }

    fn costs(&self) -> Vec<f64> {
        self.runs.iter().map(|(figures, _)| figures.money.total().as_usd_f64()).collect()
    }
}

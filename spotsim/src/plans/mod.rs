//! Plans against each other: scenarios that are run in the same replications, and runs that were kept.

mod source;

use std::path::Path;

use anyhow::anyhow;
use reports::metrics::Measured;
use reports::paired::{Compared, Plan};
use scenarios::difference;
use sim::Stop;

use crate::Error;
use crate::check::{judged, needs_baseline, variants};
use crate::experiment::{Experiment, Progress, REPLICATIONS, Runs, Variant};

use source::Made;
pub use source::PlanSource;

/// Plans that are to be compared, the first with all others.
pub struct Plans {
    plans: Vec<PlanSource>,
    /// The seed of all replications.
    pub seed: u64,
    /// How many there are of each plan.
    pub replications: u32,
    /// How many threads; all cores if none is given. Results do not depend on it.
    pub threads: Option<usize>,
}

impl Plans {
    /// Reads scenario files and run folders. Seed and number of replications are those of the kept runs
    /// if there are any, else what is given, else the first scenario's seed and enough replications.
    ///
    /// # Errors
    /// Everything that is wrong with a scenario; kept runs that cannot be paired with what else there is.
    pub fn read(
        paths: &[impl AsRef<Path>],
        seed: Option<u64>,
        replications: Option<u32>,
    ) -> Result<Plans, Error> {
        let plans = paths.iter().map(|path| PlanSource::read(path.as_ref()));
        Plans::of(plans.collect::<Result<_, Error>>()?, seed, replications)
    }

    /// The same of plans that are there.
    ///
    /// # Errors
    /// If fewer than two are given, or kept runs cannot be paired with what else there is.
    pub fn of(
        mut plans: Vec<PlanSource>,
        seed: Option<u64>,
        replications: Option<u32>,
    ) -> Result<Plans, Error> {
        let Some(first) = plans.first().filter(|_| plans.len() > 1) else {
            return Err(Error::Refused(anyhow!("a comparison takes two plans or more")));
        };
        let kept = plans.iter().find_map(|plan| plan.kept());
        let seed = seed.or(kept.map(|it| it.seed)).unwrap_or_else(|| first.seed());
        let replications = replications.or(kept.map(|it| it.replications)).unwrap_or(REPLICATIONS);
        for plan in &plans {
            plan.is_of(seed, replications)?;
        }
        source::tell_apart(&mut plans);
        Ok(Plans { plans, seed, replications, threads: None })
    }

    /// The plans, in order.
    #[must_use]
    pub fn sources(&self) -> &[PlanSource] {
        &self.plans
    }

    /// Runs what has to be run, and compares what came out with the first plan; `seen` is called after
    /// each replication. If `stop` is wanted, the finished replications are compared.
    ///
    /// # Errors
    /// If threads cannot be started, or no replication was finished.
    pub fn compare(
        &self,
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
    ) -> Result<(Compared, u64), Error> {
        let scenarios = self.plans.iter().filter_map(|plan| Some((plan, plan.scenario()?)));
        let variants: Vec<Variant> =
            scenarios.flat_map(|(plan, scenario)| variants(&plan.name, scenario)).collect();
        let experiment = Experiment {
            variants,
            seed: self.seed,
            replications: 0..self.replications,
            threads: self.threads,
        };
        let Runs { variants, .. } = experiment.run(stop, seen)?;
        let events = variants.iter().map(|it| it.events()).sum();
        let pairs = variants.iter().map(|it| it.runs.len()).min();
        let pairs = pairs.unwrap_or(self.replications as usize);
        if pairs == 0 {
            return Err(Error::Stopped);
        }
        let mut run = variants.iter();
        let first = &self.plans[0];
        let mut plans: Vec<Plan> = Vec::new();
        for plan in &self.plans {
            // Limits that are multiples of the base are those of the first plan.
            let base = plans.first().map(|first| &first.measured);
            let (mut measured, judged) = match &plan.made {
                Made::Kept(kept) => (kept.measured.clone(), Vec::new()),
                Made::Scenario(scenario) => match run.next() {
                    Some(own) => {
                        let baseline = if needs_baseline(scenario) { run.next() } else { None };
                        let judged = judged(scenario, own, baseline, base, self.seed);
                        (own.measured(baseline), judged)
                    }
                    None => (Measured::default(), Vec::new()),
                },
            };
            measured.first(pairs);
            let changes = if base.is_none() { Vec::new() } else { changes(first, plan) };
            plans.push(Plan { name: plan.name.clone(), measured, changes, judged });
        }
        let compared = Compared {
            seed: self.seed,
            replications: pairs,
            version: env!("CARGO_PKG_VERSION").into(),
            plans,
        };
        Ok((compared, events))
    }
}

/// What a plan changes in another, in its scenario and in the files that it is made of.
fn changes(from: &PlanSource, to: &PlanSource) -> Vec<String> {
    let mut lines = difference::lines(&from.written, &to.written);
    let name = |file: &str| Path::new(file).file_name().map(|it| it.to_string_lossy().into_owned());
    // The first is the scenario itself.
    let own: Vec<_> = from.files.iter().skip(1).map(|it| (name(&it.0), &it.1)).collect();
    let other: Vec<_> = to.files.iter().skip(1).map(|it| (name(&it.0), &it.1)).collect();
    for (file, hash) in &own {
        let Some(shown) = file else { continue };
        match other.iter().find(|(name, _)| name == file) {
            Some((_, there)) if there == hash => {}
            Some(_) => lines.push(format!("~ file {shown}")),
            None => lines.push(format!("- file {shown}")),
        }
    }
    for (file, _) in &other {
        if let Some(shown) = file.as_ref().filter(|_| !own.iter().any(|(name, _)| name == file)) {
            lines.push(format!("+ file {shown}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use scenarios::Scenario;
    use sim::terms::metrics::{Figure, Metric};

    use super::*;

    fn variance(values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (values.len() - 1) as f64
    }

    /// Two spot plans of the library meet the same prices, so that their difference hardly varies.
    #[test]
    fn pairing_makes_a_difference_vary_a_fifth_at_most() {
        let quarter = Scenario::library("prices-for-a-quarter").unwrap();
        let plan = |count: &str| {
            let changes = [("horizon", "20d"), ("pools.spot.count", count)];
            PlanSource::of(count, quarter.with(&changes).unwrap())
        };
        let plans = Plans::of(vec![plan("6"), plan("7")], None, Some(30)).unwrap();
        let (compared, _) = plans.compare(Stop::NEVER, |_| {}).unwrap();
        let costs = |index: usize| -> Vec<f64> {
            let key = Metric::of(Figure::CostMonthly).key;
            let column = compared.plans[index].measured.named(key).unwrap();
            column.each().flatten().collect()
        };
        let (six, seven) = (costs(0), costs(1));
        let differences: Vec<f64> = six.iter().zip(&seven).map(|(a, b)| b - a).collect();
        let (apart, paired) = (variance(&six) + variance(&seven), variance(&differences));
        assert!(apart >= 5.0 * paired, "{apart} against {paired}");
    }
}

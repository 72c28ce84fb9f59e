//! A comparison: a scenario as it is against its baselines, which is what `spotsim run` makes.

use reports::Recording;
use reports::charts::Story;
use reports::charts::typical::{self, Choice};
use reports::cost::breakdown::Breakdown;
use reports::folds::series::Series;
use reports::rules::{self, Outcome, RuleSummary};
use reports::summary::sensitivity::{self, LeftOut};
use reports::{Figures, Input, Summary};
use scenarios::Scenario;
use sim::fact::refusal::Refusals;
use sim::market::Market;
use sim::model::catalog::CapacityType;
use sim::{Fact, Legend, Root, Run, Setup, SimTime, Stop, run_unless};

use crate::Error;
use crate::experiment::{Experiment, Keep, Progress, REPLICATIONS, Runs, Variant, VariantRuns};

/// The replication of the scenario as it is that is written out fact by fact.
pub const RECORDED: u32 = 0;

/// A scenario against the same workload on on-demand nodes only, against what is paid today if the
/// scenario names that, and against itself where reclaims are more or less frequent.
#[derive(Clone)]
pub struct Comparison<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// The seed of all replications.
    pub seed: u64,
    /// How many replications there are, from 0.
    pub replications: u32,
    /// How many threads; all cores if none is given. Results do not depend on it.
    pub threads: Option<usize>,
}

impl<'s> Comparison<'s> {
    /// With the scenario's own seed, and replications enough for most questions.
    #[must_use]
    pub fn of(scenario: &'s Scenario) -> Comparison<'s> {
        Comparison { scenario, seed: scenario.seed, replications: REPLICATIONS, threads: None }
    }

    /// How many simulations there are in each of the first replications, what is paid today left out.
    #[must_use]
    pub fn simulations(&self) -> u32 {
        2 + u32::try_from(scales(&self.scenario.setup).0.len()).unwrap_or(u32::MAX - 2)
    }

    /// Runs all replications, or those that are finished when `stop` is wanted; `seen` is called
    /// after each.
    ///
    /// # Errors
    /// If threads cannot be started, or if no replication was finished.
    pub fn run(
        &self,
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
    ) -> Result<Results<'s>, Error> {
        let Runs { seed, variants } = self.experiment().run(stop, seen)?;
        let (at_scales, left_out) = scales(&self.scenario.setup);
        let mut variants = variants.into_iter();
        let (Some(proposed), Some(on_demand)) = (variants.next(), variants.next()) else {
            return Err(Error::Stopped);
        };
        let scaled = at_scales.iter().map(|setup| setup.market.reclaim_scale);
        let scaled = scaled.zip(variants.by_ref()).collect();
        let results = Results {
            scenario: self.scenario,
            seed,
            proposed,
            on_demand,
            scaled,
            today: variants.next(),
            left_out,
        };
        if results.pairs() > 0 { Ok(results) } else { Err(Error::Stopped) }
    }

    /// The variants that are compared: the scenario as it is, its baseline, the scenario at other
    /// scales of reclaims, and what is paid today.
    #[must_use]
    pub fn experiment(&self) -> Experiment {
        let setup = &self.scenario.setup;
        let kept = |name: &str, setup: Setup, rules: bool| Variant {
            keep: Keep { series: true, rules, facts: true },
            ..Variant::new(name, setup)
        };
        let mut variants = vec![
            kept("proposed", setup.clone(), true),
            kept("on-demand", setup.on_demand(), false),
        ];
        let own = setup.market.reclaim_scale;
        for setup in scales(setup).0 {
            let scale = setup.market.reclaim_scale;
            let enough = u32::try_from(sensitivity::REPLICATIONS).ok().filter(|_| scale > own);
            let name = format!("proposed, reclaims ×{scale}");
            variants.push(Variant { limit: enough, ..Variant::new(name, setup) });
        }
        let today = self.scenario.today.as_ref();
        variants.extend(today.map(|today| Variant::new("today", today.setup.clone())));
        Experiment {
            variants,
            seed: self.seed,
            replications: 0..self.replications,
            threads: self.threads,
        }
    }
}

/// How many times the stated rates of reclaims a scenario has, if it buys spot and any are stated.
fn stated_scale(setup: &Setup) -> Option<f64> {
    let mut offerings = setup.model.catalog.offerings.rows();
    let spot = offerings.any(|it| it.capacity_type == CapacityType::Spot);
    (spot && setup.market.reclaims.has_rates()).then_some(setup.market.reclaim_scale)
}

/// The same at the scales of reclaims that are worth a look: all but its own, and none if nothing
/// that it buys is ever taken.
fn scales(setup: &Setup) -> (Vec<Setup>, Vec<LeftOut>) {
    let Some(own) = stated_scale(setup) else { return (Vec::new(), Vec::new()) };
    let (other, left_out) =
        sensitivity::multiples(own, setup.market.reclaims.per_hour(&setup.model));
    let at = |reclaim_scale| setup.with_market(Market { reclaim_scale, ..setup.market.clone() });
    (other.into_iter().map(at).collect(), left_out)
}

/// What came out of a comparison.
pub struct Results<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// The seed of all replications.
    pub seed: u64,
    /// The scenario as it is.
    pub proposed: VariantRuns,
    /// The same workload on on-demand nodes only.
    pub on_demand: VariantRuns,
    /// What is paid today, if the scenario names it.
    pub today: Option<VariantRuns>,
    /// The scenario as it is at other scales of reclaims, each with its first replications.
    scaled: Vec<(f64, VariantRuns)>,
    /// Scales of reclaims that are out of all proportion.
    left_out: Vec<LeftOut>,
}

/// The run that charts show event by event.
pub(crate) struct Shown {
    choice: Choice,
    facts: Vec<(SimTime, Fact)>,
    refusals: Refusals,
}

impl Results<'_> {
    /// How many replications there are of each variant.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.proposed.runs.len()
    }

    /// How many events it took, other scales of reclaims left out.
    #[must_use]
    pub fn events(&self) -> u64 {
        let variants = [&self.proposed, &self.on_demand].into_iter().chain(&self.today);
        variants.map(VariantRuns::events).sum()
    }

    /// What they say together. Once `stop` is wanted it does not say how a rule was broken.
    #[must_use]
    pub fn summary(&self, stop: Stop<'_>) -> Summary {
        let setup = &self.scenario.setup;
        reports::summarize(Input {
            scenario: &self.scenario.name,
            seed: self.seed,
            version: env!("CARGO_PKG_VERSION"),
            legend: &self.proposed.legend,
            proposed: &self.proposed.runs,
            on_demand: &self.on_demand.runs,
            today: self.today.as_ref().map(|today| (&today.runs[..], &today.legend)),
            scaled: self.scales(),
            left_out: self.left_out.clone(),
            reclaim_scale: stated_scale(setup),
            rules: rule_summaries(setup, self.seed, &self.proposed.outcomes, stop),
            assumptions: self.scenario.assumptions.iter().map(assumed).collect(),
            unmodelled: self.scenario.unmodelled.iter().map(ToString::to_string).collect(),
            warnings: self.scenario.warnings.iter().map(|it| it.message.clone()).collect(),
        })
    }

    /// The scenario at every scale of reclaims in order, its own being all of its replications, so
    /// that a row of the headline's rates shows the headline's figures.
    fn scales(&self) -> Vec<(f64, &[(Figures, Run)])> {
        if self.scaled.is_empty() {
            return Vec::new();
        }
        let own = self.scenario.setup.market.reclaim_scale;
        let others = self.scaled.iter().map(|(scale, variant)| (*scale, &variant.runs[..]));
        let mut scales: Vec<_> = others.chain([(own, &self.proposed.runs[..])]).collect();
        scales.sort_by(|a, b| a.0.total_cmp(&b.0));
        scales
    }

    /// What all replications cost, by who or what it was paid for: the scenario as it is, then its
    /// baseline.
    pub(crate) fn breakdowns(&self) -> [Breakdown; 2] {
        [self.proposed.breakdown(), self.on_demand.breakdown()]
    }

    /// Money, nodes and waiting times over time: the scenario as it is, then its baseline.
    pub(crate) fn series(&self) -> [&Series; 2] {
        [&self.proposed, &self.on_demand]
            .map(|variant| variant.series.as_ref().expect("both are made to keep their series"))
    }

    /// The facts of the recorded run: of the scenario as it is, then of its baseline.
    pub(crate) fn recordings(&self) -> [Recording<'_>; 2] {
        [&self.proposed, &self.on_demand]
            .map(|variant| variant.recording().expect("both are made to keep their facts"))
    }

    /// The run that charts show event by event, made again.
    pub(crate) fn shown(&self, stop: Stop<'_>) -> Option<Shown> {
        let choice = typical::choose(&self.proposed.runs);
        let mut facts = Vec::new();
        let root = Root { seed: self.seed, replication: choice.replication };
        let refusals = run_unless(stop, &self.scenario.setup, root, &mut facts)?.refusals;
        Some(Shown { choice, facts, refusals })
    }

    /// What charts are made from.
    pub(crate) fn story<'a>(&'a self, summary: &'a Summary, shown: &'a Shown) -> Story<'a> {
        let [proposed, on_demand] = self.series();
        let Shown { choice, facts, refusals } = shown;
        let recording = Recording { legend: &self.proposed.legend, facts, refusals };
        Story { summary, proposed, on_demand, recording, shown: *choice }
    }
}

/// An assumption as a summary lists it.
fn assumed(assumption: &scenarios::Assumption) -> reports::summary::Assumption {
    let (id, text) = (assumption.id.to_owned(), assumption.text.clone());
    reports::summary::Assumption { id, text }
}

/// How placement rules fared, with the story of the first break of each: the replication that broke it
/// is made again, unless `stop` is wanted.
pub(crate) fn rule_summaries(
    setup: &Setup,
    seed: u64,
    outcomes: &[Vec<Outcome>],
    stop: Stop<'_>,
) -> Vec<RuleSummary> {
    rules::summarize(&Legend::of(setup), seed, outcomes, |replication, chain| {
        let replication = u32::try_from(replication).expect("counted in 32 bits");
        Some(run_unless(stop, setup, Root { seed, replication }, chain)?.refusals)
    })
}

//! A comparison: a scenario as it is against its baselines, which is what `spotsim run` makes.

use reports::Recording;
use reports::charts::typical::{self, Choice};
use reports::charts::{Drawn, Story};
use reports::expect::{Judged, is_judged_by, judge};
use reports::folds::series::Series;
use reports::metrics::{Measured, Readings};
use reports::rules::{self, Outcome, RuleSummary};
use reports::summary::sensitivity::{self, LeftOut};
use reports::summary::{ON_DEMAND, Role, Simulated};
use reports::{Figures, Input, Summary};
use scenarios::Scenario;
use sim::fact::refusal::Refusals;
use sim::market::Market;
use sim::model::catalog::CapacityType;
use sim::{Fact, Legend, Root, Run, Setup, SimTime, Stop, run_unless};

use crate::Error;
use crate::experiment::{Experiment, Keep, Progress, REPLICATIONS, Runs, Variant, VariantRuns};
use crate::store::Store;

/// The replication of the scenario as it is that is written out fact by fact.
pub const RECORDED: u32 = 0;

/// The name of the scenario as it is.
pub const PROPOSED: &str = "proposed";
/// The name of what is paid today.
const TODAY: &str = "today";

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
        self.run_kept(None, stop, seen)
    }

    /// The same with a store of replications, which are not simulated again.
    ///
    /// # Errors
    /// If threads cannot be started, or if no replication was finished.
    pub fn run_kept(
        &self,
        store: Option<&dyn Store>,
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
    ) -> Result<Results<'s>, Error> {
        let Runs { seed, variants } = self.experiment().run_kept(store, stop, &seen)?;
        let (at_scales, left_out) = scales(&self.scenario.setup);
        let scale_of = |name: &str| {
            let scales = at_scales.iter().map(|setup| setup.market.reclaim_scale);
            scales.into_iter().find(|scale| at_scale(*scale) == name)
        };
        let mut results = Results {
            scenario: self.scenario,
            seed,
            variants: Vec::new(),
            scaled: Vec::new(),
            left_out,
        };
        for variant in variants {
            match (scale_of(&variant.name), role(&variant.name)) {
                (Some(scale), _) => results.scaled.push((scale, variant)),
                (None, role) => results.variants.push((role, variant)),
            }
        }
        if results.pairs() > 0 { Ok(results) } else { Err(Error::Stopped) }
    }

    /// The variants that are compared: the scenario as it is, its baseline, the scenario at other
    /// scales of reclaims, and what is paid today.
    #[must_use]
    pub fn experiment(&self) -> Experiment {
        let setup = &self.scenario.setup;
        let keep = |rules: bool| Keep { series: true, rules, facts: true };
        let mut variants = vec![
            Variant { keep: keep(true), ..Variant::of(PROPOSED, self.scenario) },
            Variant { keep: keep(false), ..Variant::new(ON_DEMAND, setup.on_demand()) },
        ];
        let own = setup.market.reclaim_scale;
        for setup in scales(setup).0 {
            let scale = setup.market.reclaim_scale;
            let enough = u32::try_from(sensitivity::REPLICATIONS).ok().filter(|_| scale > own);
            variants.push(Variant { limit: enough, ..Variant::new(at_scale(scale), setup) });
        }
        let today = self.scenario.today.as_ref();
        variants.extend(today.map(|today| Variant::new(TODAY, today.setup.clone())));
        Experiment {
            variants,
            seed: self.seed,
            replications: 0..self.replications,
            threads: self.threads,
        }
    }
}

/// The name of the scenario at a scale of reclaims.
fn at_scale(scale: f64) -> String {
    format!("{PROPOSED}, reclaims ×{scale}")
}

/// What a variant of a comparison is in its report.
fn role(name: &str) -> Role {
    match name {
        ON_DEMAND => Role::Baseline,
        TODAY => Role::Reference,
        _ => Role::Subject,
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
    /// The scenario as it is, the same workload on on-demand nodes only, and what is paid today if the
    /// scenario names it: each with what it is in the report.
    pub variants: Vec<(Role, VariantRuns)>,
    /// The scenario as it is at other scales of reclaims, each with its first replications.
    scaled: Vec<(f64, VariantRuns)>,
    /// Scales of reclaims that are out of all proportion.
    left_out: Vec<LeftOut>,
}

/// A run that is shown event by event.
pub(crate) struct Shown {
    pub(crate) choice: Choice,
    facts: Vec<(SimTime, Fact)>,
    refusals: Refusals,
}

impl Results<'_> {
    /// The scenario as it is.
    ///
    /// # Panics
    /// Never: a comparison has it.
    #[must_use]
    pub fn subject(&self) -> &VariantRuns {
        let subject = self.variants.iter().find(|(role, _)| *role == Role::Subject);
        &subject.expect("a comparison is about something").1
    }

    /// The variant of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&VariantRuns> {
        self.variants.iter().map(|(_, it)| it).find(|it| it.name == name)
    }

    /// How many replications there are of each variant.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.subject().runs.len()
    }

    /// How many events it took, other scales of reclaims left out.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.variants.iter().map(|(_, it)| it.events()).sum()
    }

    /// The metrics of the scenario as it is, in each replication.
    #[must_use]
    pub fn measured(&self) -> Measured {
        self.readings().of(|_| true)
    }

    /// The same, each read when it is asked for.
    pub(crate) fn readings(&self) -> Readings<'_> {
        self.subject().readings(self.named(ON_DEMAND))
    }

    /// How the expectations of the scenario fared.
    #[must_use]
    pub fn judged(&self) -> Vec<Judged> {
        let expect = &self.scenario.setup.terms.expect;
        if expect.is_empty() {
            return Vec::new();
        }
        let measured = self.readings().of(|metric| is_judged_by(expect, metric));
        judge(expect, &measured, None, self.seed, &self.subject().legend)
    }

    /// What they say together. Once `stop` is wanted it does not say how a rule was broken.
    #[must_use]
    pub fn summary(&self, stop: Stop<'_>) -> Summary {
        let setup = &self.scenario.setup;
        let stated = stated_scale(setup);
        let variants = self.variants.iter().map(|(role, it)| Simulated {
            name: &it.name,
            role: *role,
            changes: it.changes.clone(),
            // On on-demand nodes it is the same cluster, under the names of the scenario.
            legend: if *role == Role::Baseline { &self.subject().legend } else { &it.legend },
            runs: &it.runs,
            // Without stated rates there is nothing that could have happened and did not.
            has_rates: stated.is_some() && *role != Role::Baseline,
            rules: match role {
                Role::Subject => rule_summaries(setup, self.seed, &it.outcomes, stop),
                _ => Vec::new(),
            },
            expectations: match role {
                Role::Subject => self.judged(),
                _ => Vec::new(),
            },
        });
        reports::summarize(Input {
            scenario: &self.scenario.name,
            seed: self.seed,
            version: env!("CARGO_PKG_VERSION"),
            variants: variants.collect(),
            scaled: self.scales(),
            left_out: self.left_out.clone(),
            reclaim_scale: stated,
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
        let mut scales: Vec<_> = others.chain([(own, &self.subject().runs[..])]).collect();
        scales.sort_by(|a, b| a.0.total_cmp(&b.0));
        scales
    }

    /// The variants beside the scenario as it is of which facts and series are kept.
    pub(crate) fn others(&self) -> impl Iterator<Item = (&VariantRuns, &Series)> {
        let others = self.variants.iter().filter(|(role, _)| *role != Role::Subject);
        others.filter_map(|(_, it)| Some((it, it.series.as_ref()?)))
    }

    /// The scenario as it is over time.
    pub(crate) fn series(&self) -> &Series {
        self.subject().series.as_ref().expect("it is made to keep its series")
    }

    /// The recorded run of the scenario as it is, then those of other variants under their names.
    pub(crate) fn recordings(&self) -> impl Iterator<Item = (&str, Recording<'_>)> {
        let all = self.variants.iter().map(|(_, it)| it);
        all.filter_map(|it| Some((&it.name[..], it.recording()?)))
    }

    /// The run that charts show event by event, made again.
    pub(crate) fn shown(&self, stop: Stop<'_>) -> Option<Shown> {
        self.again(typical::choose(&self.subject().runs), stop)
    }

    /// One run of the scenario as it is, made again; none once `stop` is wanted.
    pub(crate) fn again(&self, choice: Choice, stop: Stop<'_>) -> Option<Shown> {
        let mut facts = Vec::new();
        let root = Root { seed: self.seed, replication: choice.replication };
        let refusals = run_unless(stop, &self.scenario.setup, root, &mut facts)?.refusals;
        Some(Shown { choice, facts, refusals })
    }

    /// Variants beside the scenario as it is, as charts draw them.
    pub(crate) fn drawn<'a>(&'a self, summary: &'a Summary) -> Vec<Drawn<'a>> {
        let variant = |name: &str| summary.variants.iter().find(|it| it.name == name);
        let drawn = |(it, series): (&VariantRuns, &'a Series)| {
            Some(Drawn { variant: variant(&it.name)?, series })
        };
        self.others().filter_map(drawn).collect()
    }

    /// What charts are made from.
    pub(crate) fn story<'a>(
        &'a self,
        summary: &'a Summary,
        others: &'a [Drawn<'a>],
        shown: &'a Shown,
    ) -> Story<'a> {
        let recording = self.recorded(shown);
        Story { summary, subject: self.series(), others, recording, shown: shown.choice }
    }

    /// What one run of the scenario as it is said.
    pub(crate) fn recorded<'a>(&'a self, shown: &'a Shown) -> Recording<'a> {
        let Shown { facts, refusals, .. } = shown;
        Recording { legend: &self.subject().legend, facts, refusals }
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

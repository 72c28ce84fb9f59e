//! A check: whether every pod of a scenario finds a node, and whether its placement rules and its
//! expectations hold.

use reports::expect::{Judged, judge};
use reports::folds::placed::Placements;
use reports::folds::roster::Alone;
use reports::metrics::Measured;
use reports::rules::{RuleSummary, Watch};
use reports::summary::{NeverPlaced, ON_DEMAND, never_placed};
use scenarios::Scenario;
use sim::{Legend, Run, Stop};

use crate::Error;
use crate::comparison::rule_summaries;
use crate::experiment::{Experiment, Keep, Progress, Variant, VariantRuns};

/// What a check found.
pub struct Checked {
    /// Over how many replications.
    pub replications: usize,
    /// How many events they took.
    pub events: u64,
    /// Which pods never run; none if every pod finds a node.
    pub never: Option<NeverPlaced>,
    /// How each placement rule fared.
    pub rules: Vec<RuleSummary>,
    /// How each expectation fared.
    pub judged: Vec<Judged>,
}

impl Checked {
    /// Whether every pod finds a node, no rule is ever broken, and every expectation that decides holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        let unbroken = self.rules.iter().all(|rule| rule.first.is_none());
        self.never.is_none() && unbroken && !self.judged.iter().any(Judged::fails)
    }
}

/// Runs replications of the scenario as it is, or those that are finished when `stop` is wanted; `seen`
/// is called after each.
///
/// # Errors
/// If threads cannot be started, or if no replication was finished.
pub fn check(
    scenario: &Scenario,
    seed: u64,
    replications: u32,
    stop: Stop<'_>,
    seen: impl Fn(Progress) + Sync,
) -> Result<Checked, Error> {
    let legend = Legend::of(&scenario.setup);
    let experiment = Experiment {
        variants: variants("proposed", scenario),
        seed,
        replications: 0..replications,
        threads: None,
    };
    if !scenario.setup.terms.expect.is_empty() {
        return with_expectations(scenario, &experiment, stop, seen);
    }
    let begin = |_, _| (Watch::new(&legend), Alone::new(&legend, Placements::new(&legend)));
    let end = |_, (watch, placements): (Watch, Alone<Placements>), run: Run| {
        (watch.finish(), (placements.fold.finish(&run), run.counters.events))
    };
    let runs = experiment.observe(stop, seen, begin, end)?.into_iter().flatten();
    let (outcomes, rest): (Vec<_>, Vec<_>) = runs.unzip();
    if outcomes.is_empty() {
        return Err(Error::Stopped);
    }
    let (placed, events): (Vec<_>, Vec<u64>) = rest.into_iter().unzip();
    Ok(Checked {
        replications: outcomes.len(),
        events: events.iter().sum(),
        never: never_placed(placed.iter().map(Vec::as_slice), &legend),
        rules: rule_summaries(&scenario.setup, seed, &outcomes, stop),
        judged: Vec::new(),
    })
}

/// The same of a scenario with expectations, which takes all figures of its runs.
fn with_expectations(
    scenario: &Scenario,
    experiment: &Experiment,
    stop: Stop<'_>,
    seen: impl Fn(Progress) + Sync,
) -> Result<Checked, Error> {
    let runs = experiment.run(stop, seen)?;
    let (own, baseline) = (&runs.variants[0], runs.variants.get(1));
    if own.runs.is_empty() {
        return Err(Error::Stopped);
    }
    let placed = own.runs.iter().map(|(figures, _)| &figures.placed[..]);
    Ok(Checked {
        replications: own.runs.len(),
        events: runs.variants.iter().map(VariantRuns::events).sum(),
        never: never_placed(placed, &own.legend),
        rules: rule_summaries(&scenario.setup, runs.seed, &own.outcomes, stop),
        judged: judged(scenario, own, baseline, None, runs.seed),
    })
}

/// A scenario as it is, and beside it the same workload on on-demand nodes if an expectation compares
/// with that.
pub(crate) fn variants(name: &str, scenario: &Scenario) -> Vec<Variant> {
    let own =
        Variant { keep: Keep { rules: true, ..Keep::default() }, ..Variant::of(name, scenario) };
    let setup = &scenario.setup;
    let baseline = needs_baseline(scenario).then(|| Variant::new(ON_DEMAND, setup.on_demand()));
    [own].into_iter().chain(baseline).collect()
}

/// Whether an expectation of a scenario compares with the same workload on on-demand nodes.
pub(crate) fn needs_baseline(scenario: &Scenario) -> bool {
    scenario.setup.terms.expect.iter().any(|it| it.term.metric.needs_baseline())
}

/// How the expectations of a scenario fared in runs of it, beside those of the plan that it is compared with.
pub(crate) fn judged(
    scenario: &Scenario,
    own: &VariantRuns,
    baseline: Option<&VariantRuns>,
    base: Option<&Measured>,
    seed: u64,
) -> Vec<Judged> {
    judge(&scenario.setup.terms.expect, &own.measured(baseline), base, seed, &own.legend)
}

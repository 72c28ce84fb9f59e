//! An experiment: both plans in every replication, and the facts of the one run that is written out.

use std::sync::{Mutex, PoisonError};

use reports::Recording;
use reports::charts::Story;
use reports::charts::typical::{self, Choice};
use reports::cost::breakdown::Breakdown;
use reports::folds::series::Series;
use reports::rules::{self, Outcome, RuleSummary, Watch};
use reports::summary::sensitivity::{self, LeftOut};
use reports::{Figures, Fold, Input, Summary};
use scenarios::Scenario;
use scenarios::experiment::replicate;
use sim::market::Market;
use sim::world::catalog::CapacityType;
use sim::world::refusal::Refusals;
use sim::{Fact, Legend, Root, Run, Setup, SimTime, Sink, Stop, run_unless};

/// Which replication of the scenario as it is is written out fact by fact.
pub const RECORDED: u32 = 0;

/// What came out of an experiment.
pub struct Results {
    /// The seed of all replications.
    pub seed: u64,
    /// The scenario as it is.
    pub proposed: Vec<(Figures, Run)>,
    /// The same workload on on-demand nodes only.
    pub on_demand: Vec<(Figures, Run)>,
    /// What is paid today, if the scenario names it.
    pub today: Option<Vec<(Figures, Run)>>,
    /// Money, nodes and waiting times of both plans over time: the scenario as it is, then on-demand
    /// nodes only. If the user wanted to stop, of some more replications than the figures are.
    pub series: [Series; 2],
    /// How the placement rules fared in the scenario as it is.
    pub outcomes: Vec<Vec<Outcome>>,
    /// The scenario as it is at other scales of reclaims, each with its first replications.
    scaled: Vec<(f64, Vec<(Figures, Run)>)>,
    /// Scales of reclaims that are out of all proportion.
    left_out: Vec<LeftOut>,
    legend: Legend,
    on_demand_legend: Legend,
    today_legend: Option<Legend>,
    /// What happened in the recorded replication of each plan.
    facts: [Vec<(SimTime, Fact)>; 2],
}

/// Runs `n` replications of both plans, or as many as there were until `stop` was wanted; none if that
/// was before the first was finished. Each that is finished is `seen`.
pub fn run(
    scenario: &Scenario,
    seed: u64,
    n: u32,
    stop: Stop<'_>,
    seen: impl Fn() + Sync,
) -> Option<Results> {
    let on_demand = scenario.setup.on_demand();
    let today = scenario.today.as_ref().map(|it| &it.setup);
    let legend = Legend::of(&scenario.setup);
    let (at_scales, left_out) = scales(&scenario.setup);
    let sums = [(); 2].map(|()| Mutex::new(Series::new(&legend)));
    let replications = replicate(n, stop, |replication| {
        let root = Root { seed, replication };
        let mut facts = [Vec::new(), Vec::new()];
        let mut watch = Watch::new(&legend);
        let proposed = if replication == RECORDED {
            figures(stop, &scenario.setup, root, (&mut watch, &mut facts[0]), &sums[0])?
        } else {
            figures(stop, &scenario.setup, root, &mut watch, &sums[0])?
        };
        let on_demand = if replication == RECORDED {
            figures(stop, &on_demand, root, &mut facts[1], &sums[1])?
        } else {
            figures(stop, &on_demand, root, (), &sums[1])?
        };
        let own = scenario.setup.market.reclaim_scale;
        let mut scaled: Vec<Option<(Figures, Run)>> = Vec::new();
        for setup in &at_scales {
            let enough = setup.market.reclaim_scale > own
                && (replication as usize) >= sensitivity::REPLICATIONS;
            scaled.push(if enough { None } else { Some(plain_figures(stop, setup, root)?) });
        }
        let today = match today {
            Some(setup) => Some(plain_figures(stop, setup, root)?),
            None => None,
        };
        seen();
        Some((proposed, on_demand, watch.finish(), facts, (scaled, today)))
    });
    let mut results = Results {
        seed,
        proposed: Vec::new(),
        on_demand: Vec::new(),
        today: today.map(|_| Vec::new()),
        series: sums.map(|sum| sum.into_inner().unwrap_or_else(PoisonError::into_inner)),
        outcomes: Vec::new(),
        left_out,
        scaled: at_scales.iter().map(|it| (it.market.reclaim_scale, Vec::new())).collect(),
        legend: legend.clone(),
        on_demand_legend: Legend::of(&on_demand),
        today_legend: today.map(Legend::of),
        facts: [Vec::new(), Vec::new()],
    };
    for (proposed, on_demand, outcomes, facts, (scaled, today)) in replications {
        if let Some((runs, run)) = results.today.as_mut().zip(today) {
            runs.push(run);
        }
        for ((_, runs), run) in results.scaled.iter_mut().zip(scaled) {
            runs.extend(run);
        }
        results.proposed.push(proposed);
        results.on_demand.push(on_demand);
        results.outcomes.push(outcomes);
        for (all, facts) in results.facts.iter_mut().zip(facts) {
            all.extend(facts);
        }
    }
    (!results.proposed.is_empty()).then_some(results)
}

/// The figures of one run, whose facts also go to `also`. Its series is added to `sum`, in whatever
/// order runs end: sums of integers do not tell.
fn figures(
    stop: Stop<'_>,
    setup: &Setup,
    root: Root,
    also: impl Sink,
    sum: &Mutex<Series>,
) -> Option<(Figures, Run)> {
    let mut sink = (Fold::new(&Legend::of(setup)), also);
    let run = run_unless(stop, setup, root, &mut sink)?;
    let (figures, series) = sink.0.finish(&run);
    sum.lock().unwrap_or_else(PoisonError::into_inner).add(&series);
    Some((figures, run))
}

/// How many simulations there are in each of the first replications, what is paid today left out.
pub fn simulations(scenario: &Scenario) -> u32 {
    2 + u32::try_from(scales(&scenario.setup).0.len()).unwrap_or(u32::MAX - 2)
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
    let at = |reclaim_scale| {
        let market = Market { reclaim_scale, ..setup.market.clone() };
        Setup { market, ..setup.clone() }
    };
    (other.into_iter().map(at).collect(), left_out)
}

fn plain_figures(stop: Stop<'_>, setup: &Setup, root: Root) -> Option<(Figures, Run)> {
    let mut fold = Fold::new(&Legend::of(setup));
    let run = run_unless(stop, setup, root, &mut fold)?;
    Some((fold.finish(&run).0, run))
}

/// The run that charts show event by event.
pub struct Shown {
    choice: Choice,
    facts: Vec<(SimTime, Fact)>,
    refusals: Refusals,
}

impl Results {
    /// How many replications there are of each plan.
    pub fn pairs(&self) -> usize {
        self.proposed.len()
    }

    /// How many events it took.
    pub fn events(&self) -> u64 {
        let today = self.today.iter().flatten();
        let runs = self.proposed.iter().chain(&self.on_demand).chain(today);
        runs.map(|(_, run)| run.counters.events).sum()
    }

    /// What they say together.
    pub fn summary(&self, scenario: &Scenario, stop: Stop<'_>) -> Summary {
        reports::summarize(Input {
            scenario: &scenario.name,
            seed: self.seed,
            version: env!("CARGO_PKG_VERSION"),
            legend: &self.legend,
            proposed: &self.proposed,
            on_demand: &self.on_demand,
            today: self.today.as_deref().zip(self.today_legend.as_ref()),
            scaled: self.scales(scenario.setup.market.reclaim_scale),
            left_out: self.left_out.clone(),
            reclaim_scale: stated_scale(&scenario.setup),
            rules: told_rules(scenario, self.seed, &self.outcomes, stop),
            assumptions: scenario.assumptions.iter().map(told).collect(),
            unmodelled: scenario.unmodelled.iter().map(ToString::to_string).collect(),
            warnings: scenario.warnings.iter().map(|warning| warning.message.clone()).collect(),
        })
    }

    /// The scenario at every scale of reclaims in order, its own being all of its replications, so
    /// that a row of the headline's rates shows the headline's figures.
    fn scales(&self, own: f64) -> Vec<(f64, &[(Figures, Run)])> {
        if self.scaled.is_empty() {
            return Vec::new();
        }
        let others = self.scaled.iter().map(|(scale, runs)| (*scale, &runs[..]));
        let mut scales: Vec<_> = others.chain([(own, &self.proposed[..])]).collect();
        scales.sort_by(|a, b| a.0.total_cmp(&b.0));
        scales
    }

    /// What all replications cost, by who or what it was paid for: the scenario as it is, then
    /// on-demand nodes only.
    pub fn breakdowns(&self) -> [Breakdown; 2] {
        [&self.proposed, &self.on_demand].map(|runs| reports::summary::breakdown(runs))
    }

    /// The run that charts show event by event, made again.
    pub fn shown(&self, setup: &Setup, stop: Stop<'_>) -> Option<Shown> {
        let choice = typical::choose(&self.proposed);
        let mut facts = Vec::new();
        let root = Root { seed: self.seed, replication: choice.replication };
        let refusals = run_unless(stop, setup, root, &mut facts)?.refusals;
        Some(Shown { choice, facts, refusals })
    }

    /// What charts are made from.
    pub fn story<'a>(&'a self, summary: &'a Summary, shown: &'a Shown) -> Story<'a> {
        let [proposed, on_demand] = &self.series;
        let Shown { choice, facts, refusals } = shown;
        let recording = Recording { legend: &self.legend, facts, refusals };
        Story { summary, proposed, on_demand, recording, shown: *choice }
    }

    /// The run that is written out.
    pub fn recording(&self) -> Recording<'_> {
        let (_, run) = &self.proposed[RECORDED as usize];
        Recording { legend: &self.legend, facts: &self.facts[0], refusals: &run.refusals }
    }

    /// The same replication of the on-demand plan.
    pub fn on_demand_recording(&self) -> Recording<'_> {
        let (_, run) = &self.on_demand[RECORDED as usize];
        let (legend, facts) = (&self.on_demand_legend, &self.facts[1]);
        Recording { legend, facts, refusals: &run.refusals }
    }
}

/// An assumption as a summary tells it.
fn told(assumption: &scenarios::Assumption) -> reports::summary::Assumption {
    let (id, text) = (assumption.id.to_owned(), assumption.text.clone());
    reports::summary::Assumption { id, text }
}

/// How the placement rules of a scenario fared, with the story of the first break of each.
pub fn told_rules(
    scenario: &Scenario,
    seed: u64,
    outcomes: &[Vec<Outcome>],
    stop: Stop<'_>,
) -> Vec<RuleSummary> {
    let legend = Legend::of(&scenario.setup);
    rules::summarize(&legend, seed, outcomes, |replication, chain| {
        let replication = u32::try_from(replication).expect("counted in 32 bits");
        let root = Root { seed, replication };
        Some(run_unless(stop, &scenario.setup, root, chain)?.refusals)
    })
}

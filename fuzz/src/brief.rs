//! A short run of whatever was accepted: bounded in time, size and events, with the world looked at
//! between events, and its figures printed at the end.

use reports::summary::{ON_DEMAND, Role, Simulated};
use reports::{Figures, Fold, Input, rules};
use scenarios::Scenario;
use sim::engine::Simulation;
use sim::model::workload::Controller;
use sim::setup::Draft;
use sim::{Legend, Root, Run, Setup, SimTime, Span};

/// Bounds of a run, whatever the scenario says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Where a run ends at the latest, in hours.
    pub(crate) hours: u64,
    /// Larger clusters are accepted and not run.
    pub(crate) nodes: u64,
    /// The same for pods that are wanted at a time.
    pub(crate) pods: u64,
    /// Longer runs are given up.
    pub(crate) events: u64,
    /// The number of events after which the world is recounted from nothing.
    pub(crate) check_every: u64,
}

/// An input of a fuzzer is to take milliseconds.
pub(crate) const BRIEF: Patience =
    Patience { hours: 6, nodes: 60, pods: 150, events: 6_000, check_every: 25 };

/// A draw takes that much less than an event.
const DRAWS_PER_EVENT: f64 = 20.0;

/// The number of digests after which a run is made again: a digest is as good as a draw.
const REPEATED_EVERY: u64 = 16;

/// Runs both plans of a scenario and tells their summary. Whether the scenario was run.
///
/// # Panics
/// If the world contradicts itself, or a second run differs from the first.
pub(crate) fn run(scenario: &Scenario, patience: Patience) -> bool {
    let setup = shortened(&scenario.setup, patience);
    if !is_small(&setup, patience) {
        return false;
    }
    let root = Root { seed: scenario.seed, replication: 0 };
    let on_demand = setup.on_demand();
    let (Some(proposed), Some(base)) =
        (figures(&setup, root, patience), figures(&on_demand, root, patience))
    else {
        return true;
    };
    if proposed.1.digest.is_multiple_of(REPEATED_EVERY) {
        let again = sim::run(&setup, root, ());
        assert_eq!(again.digest, proposed.1.digest, "a second run is another one");
    }
    let legend = Legend::of(&setup);
    let mut watch = rules::Watch::new(&legend);
    sim::run(&setup, root, &mut watch);
    let stories = |replication, chain: &mut rules::Chain<'_>| {
        let replication = u32::try_from(replication).expect("one replication");
        Some(sim::run(&setup, Root { replication, ..root }, chain).refusals)
    };
    let rules = rules::summarize(&legend, scenario.seed, &[watch.finish()], stories);
    let variant = |name, role, runs, rules| Simulated {
        name,
        role,
        changes: Vec::new(),
        legend: &legend,
        runs,
        has_rates: false,
        rules,
        expectations: Vec::new(),
    };
    let (proposed, base) = ([proposed], [base]);
    let summary = reports::summarize(Input {
        scenario: &scenario.name,
        seed: scenario.seed,
        version: env!("CARGO_PKG_VERSION"),
        variants: vec![
            variant("proposed", Role::Subject, &proposed, rules),
            variant(ON_DEMAND, Role::Baseline, &base, Vec::new()),
        ],
        scaled: Vec::new(),
        left_out: Vec::new(),
        reclaim_scale: None,
        assumptions: Vec::new(),
        unmodelled: scenario.unmodelled.iter().map(ToString::to_string).collect(),
        warnings: scenario.warnings.iter().map(|warning| warning.message.clone()).collect(),
    });
    let text = reports::table(&summary, 100) + &reports::verdict(&summary);
    assert!(!text.is_empty());
    let json: serde_json::Value =
        serde_json::from_str(&summary.to_json()).expect("a summary is JSON");
    assert_eq!(json["replications"], 1);
    true
}

fn shortened(setup: &Setup, patience: Patience) -> Setup {
    let horizon = setup.horizon.min(SimTime::ZERO + Span::from_hours(patience.hours));
    let half = Span::from_ms(horizon.since(SimTime::ZERO).as_ms() / 2);
    let mut shortened = setup.clone();
    let warm_up = setup.warm_up.min(half);
    let change = |it: &mut Draft| (it.warm_up, it.horizon) = (warm_up, horizon);
    shortened.change(change).expect("a shorter window");
    shortened
}

fn is_small(setup: &Setup, patience: Patience) -> bool {
    let model = &setup.model;
    let nodes: u64 = model.pools.rows().map(|pool| u64::from(pool.initial_size())).sum();
    let pods: u64 = model.workloads.rows().map(|it| pods(it.controller)).sum();
    let planned = model.planned.scales.iter().map(|scale| u64::from(scale.replicas)).max();
    // A whole batch arrives in one event, and a draw need not come to one.
    let arrive: f64 = setup.load.rows().map(|it| it.expected(setup.horizon)).sum();
    let drawn: f64 = setup.load.rows().map(|it| it.draws(setup.horizon)).sum();
    nodes + model.start.nodes.len() as u64 <= patience.nodes
        && pods.max(planned.unwrap_or(0)) <= patience.pods
        && arrive <= patience.events as f64
        && drawn <= DRAWS_PER_EVENT * patience.events as f64
}

/// How many pods a workload may want at a time.
fn pods(controller: Controller) -> u64 {
    let at_once = match controller {
        Controller::CronJob { job, .. } => job.parallelism.min(job.completions),
        other => other.at_once().unwrap_or(1),
    };
    u64::from(at_once)
}

/// One run with its figures; none if it has more events than there is patience for.
fn figures(setup: &Setup, root: Root, patience: Patience) -> Option<(Figures, Run)> {
    let mut fold = Fold::new(&Legend::of(setup));
    let mut simulation = Simulation::new(setup, root, &mut fold);
    let mut events = 0;
    while simulation.step() {
        events += 1;
        if events % patience.check_every == 0 {
            simulation.world().check().expect("the world agrees with itself");
        }
        if events > patience.events {
            return None;
        }
    }
    simulation.world().check().expect("the world agrees with itself at the end");
    let run = simulation.finish();
    Some((fold.finish(&run).0, run))
}

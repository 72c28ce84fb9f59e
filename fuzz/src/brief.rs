//! A short run of whatever was accepted: bounded in time, size and events, with the world looked at
//! between events, and its figures printed at the end.

use reports::{Figures, Fold, Input, rules};
use scenarios::Scenario;
use sim::engine::Simulation;
use sim::world::workload::Controller;
use sim::{Legend, Root, Run, Setup, SimTime, Span};

/// Where every run ends, whatever the scenario says.
const LONGEST: Span = Span::from_hours(6);
/// Larger clusters are accepted and not run: an input is to take milliseconds.
const MOST_NODES: u64 = 60;
const MOST_PODS: u64 = 150;
/// Longer runs are given up.
const MOST_EVENTS: u64 = 6_000;
/// The number of events after which the world is recounted from nothing.
const CHECKED_EVERY: u64 = 25;
/// The number of digests after which a run is made again: a digest is as good as a draw.
const REPEATED_EVERY: u64 = 16;

/// Runs both plans of a scenario and tells their summary. Whether the scenario was run.
///
/// # Panics
/// If the world contradicts itself, or a second run differs from the first.
pub(crate) fn run(scenario: &Scenario) -> bool {
    let setup = shortened(&scenario.setup);
    if !is_small(&setup) {
        return false;
    }
    let root = Root { seed: scenario.seed, replication: 0 };
    let on_demand = setup.on_demand();
    let (Some(proposed), Some(base)) = (figures(&setup, root), figures(&on_demand, root)) else {
        return true;
    };
    if proposed.1.digest.is_multiple_of(REPEATED_EVERY) {
        let again = sim::run(&setup, root, ());
        assert_eq!(again.digest, proposed.1.digest, "a second run is another one");
    }
    let legend = Legend::of(&setup);
    let mut watch = rules::Watch::new(&legend);
    sim::run(&setup, root, &mut watch);
    let summary = reports::summarize(Input {
        scenario: &scenario.name,
        seed: scenario.seed,
        version: env!("CARGO_PKG_VERSION"),
        legend: &legend,
        proposed: &[proposed],
        on_demand: &[base],
        today: None,
        scaled: Vec::new(),
        left_out: Vec::new(),
        reclaim_scale: None,
        rules: rules::summarize(&legend, scenario.seed, &[watch.finish()], |replication, chain| {
            let replication = u32::try_from(replication).expect("one replication");
            Some(sim::run(&setup, Root { replication, ..root }, chain).refusals)
        }),
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

fn shortened(setup: &Setup) -> Setup {
    let horizon = setup.horizon.min(SimTime::ZERO + LONGEST);
    let half = Span::from_ms(horizon.since(SimTime::ZERO).as_ms() / 2);
    Setup { horizon, warm_up: setup.warm_up.min(half), ..setup.clone() }
}

fn is_small(setup: &Setup) -> bool {
    let model = &setup.model;
    let nodes: u64 = model.pools.rows().map(|pool| u64::from(pool.size)).sum();
    let pods: u64 = model.workloads.rows().map(|it| pods(it.controller)).sum();
    nodes + model.start.nodes.len() as u64 <= MOST_NODES && pods <= MOST_PODS
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
fn figures(setup: &Setup, root: Root) -> Option<(Figures, Run)> {
    let mut fold = Fold::new(&Legend::of(setup));
    let mut simulation = Simulation::new(setup, root, &mut fold);
    let mut events = 0;
    while simulation.step() {
        events += 1;
        if events % CHECKED_EVERY == 0 {
            simulation.world().check().expect("the world agrees with itself");
        }
        if events > MOST_EVENTS {
            return None;
        }
    }
    simulation.world().check().expect("the world agrees with itself at the end");
    let run = simulation.finish();
    Some((fold.finish(&run).0, run))
}

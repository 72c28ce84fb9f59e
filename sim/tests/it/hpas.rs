//! HorizontalPodAutoscalers in runs: what they read, when they act, and what they leave alone.

use std::sync::Arc;

use proptest::prelude::*;
use sim::autoscalers::hpa::RescaleReason;
use sim::fact::Fact;
use sim::model::containers::{Amounts, Container, ContainerKind, Containers, Requirements};
use sim::model::hpa::{Hpa, HpaSpec, Measured, Metric, ResourceTarget, Target};
use sim::model::metrics::{Figure, RESOLUTION};
use sim::model::usage::{
    Constant, Curve, Demand, Diurnal, Rate, Replay, Series, Shape, Used, WorkloadUsage,
};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;
use sim::table::Id;
use sim::{Root, Setup, SimTime, Span};

use crate::common::{facts, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

fn steps(steps: &[(u64, u64)]) -> Curve<Rate> {
    let step =
        |(secs, rate): &(u64, u64)| (SimTime::from_ms(secs * 1_000), Some(Rate(rate * 1_000)));
    let series: Series<Rate> = steps.iter().map(step).collect();
    let replay = Replay { series: vec![series], period: None };
    Curve { shapes: vec![Shape::Replay(replay)], noise: None }
}

fn constant(rate: u64) -> Curve<Rate> {
    Curve { shapes: vec![Shape::Constant(Constant(Rate(rate * 1_000)))], noise: None }
}

/// Requests of 10 CPU-milliseconds each, of which a replica serves as many as come.
fn served(rate: Curve<Rate>) -> WorkloadUsage {
    let demand = Demand {
        container: 0,
        rate,
        cpu_micro: 10_000,
        memory: 0,
        takes: Span::from_ms(100),
        serves: None,
    };
    WorkloadUsage {
        containers: vec![Curve::<Used>::default()],
        demand: Some(demand),
        ..WorkloadUsage::default()
    }
}

fn cpu(percent: i64) -> Metric {
    Metric::Resource {
        resource: Measured::Cpu,
        container: None,
        target: ResourceTarget::Utilization(percent),
    }
}

/// A Deployment of 4 replicas on large nodes, before anything scales it.
fn plain(hours: u64) -> Setup {
    let mut plan = simple(0.0, 4, Span::from_hours(hours));
    plan.workloads[0].controller = Controller::Deployment { replicas: 4, min_ready: Span::ZERO };
    let mut setup = setup(&plan);
    let change = |draft: &mut Draft| {
        let model = Arc::make_mut(&mut draft.model);
        let mut spec = model.specs[model.workloads[web()].spec].clone();
        let requests = Amounts { cpu: Some(1_000), memory: Some(2 << 30), ephemeral_storage: None };
        let resources = Requirements { requests, limits: Amounts::default() };
        let name = model.names.intern("app");
        let list = vec![Container { name, kind: ContainerKind::Regular, resources }];
        spec.containers = Arc::new(Containers { list, ..Containers::default() });
        model.workloads[web()].spec = model.specs.intern(spec);
    };
    setup.change(change).expect("a sound plan");
    setup
}

/// The same with an autoscaler between two bounds.
fn scaled(
    setup: &Setup,
    (min_replicas, max_replicas): (u32, u32),
    metrics: Vec<Metric>,
    change: impl FnOnce(&mut Draft),
) -> Setup {
    let mut setup = setup.clone();
    let change = |draft: &mut Draft| {
        let model = Arc::make_mut(&mut draft.model);
        let spec = HpaSpec { min_replicas, max_replicas, metrics, behavior: None };
        let texts: Vec<String> =
            RescaleReason::every(&spec).map(|it| it.text(&spec, &model.names)).collect();
        let reasons = texts.iter().map(|text| model.names.intern(text)).collect();
        let name = model.names.intern("web");
        model.hpas.push(Hpa { name, workload: web(), spec, reasons, ambiguous: false });
        model.metrics.server = Some(RESOLUTION);
        change(draft);
    };
    setup.change(change).expect("a sound plan");
    setup
}

fn uses(usage: WorkloadUsage) -> impl FnOnce(&mut Draft) {
    move |draft| {
        Arc::make_mut(&mut draft.model).usage.insert(web(), usage);
    }
}

/// What the autoscaler sets, and when.
fn rescales(setup: &Setup) -> Vec<(SimTime, u32, String)> {
    let names = &setup.model.names;
    let (all, _) = facts(setup, ROOT);
    let of = |(at, fact): &(SimTime, Fact)| match fact {
        Fact::HpaRescaled { replicas, reason, .. } => {
            Some((*at, *replicas, names.text(*reason).to_owned()))
        }
        _ => None,
    };
    all.iter().filter_map(of).collect()
}

/// Its condition `ScalingActive`, and when it changes.
fn activity(setup: &Setup) -> Vec<(bool, &'static str)> {
    let (all, _) = facts(setup, ROOT);
    let of = |(_, fact): &(SimTime, Fact)| match *fact {
        Fact::HpaActive { active, reason, .. } => Some((active, reason)),
        _ => None,
    };
    all.iter().filter_map(of).collect()
}

#[test]
fn more_load_brings_more_replicas_and_less_load_fewer_after_the_window() {
    // 60 requests a second are 600 of the 1 000 milli-cores that a replica requests.
    let load = steps(&[(0, 60 * 4), (600, 60 * 10), (3_600, 60 * 2)]);
    let setup = scaled(&plain(2), (2, 20), vec![cpu(60)], uses(served(load)));
    let seen = rescales(&setup);
    let up: Vec<u32> =
        seen.iter().filter(|it| it.0 < SimTime::from_ms(3_600_000)).map(|it| it.1).collect();
    assert_eq!(up.last(), Some(&10), "{seen:?}");
    assert!(up.is_sorted(), "{seen:?}");
    let first = &seen[0];
    assert!(
        first.0 > SimTime::from_ms(600_000) && first.0 <= SimTime::from_ms(660_000),
        "{seen:?}"
    );
    assert_eq!(first.2, "cpu resource utilization (percentage of request) above target");
    let down: Vec<_> = seen.iter().filter(|it| it.0 >= SimTime::from_ms(3_600_000)).collect();
    assert_eq!(down.last().map(|it| it.1), Some(2), "{seen:?}");
    assert!(down[0].0 >= SimTime::from_ms(3_600_000 + 300_000), "the window of 5 min: {seen:?}");
    assert_eq!(down[0].2, "All metrics below target");
}

#[test]
fn a_figure_from_outside_is_divided_among_replicas() {
    let base = plain(1);
    let mut figure = None;
    let setup = scaled(&base, (1, 30), Vec::new(), |draft| {
        let model = Arc::make_mut(&mut draft.model);
        let name = model.names.intern("queue");
        figure = Some(name);
        let curve = steps(&[(0, 40), (900, 95)]);
        model.metrics.figures.insert(name, Figure { key: 5, curve });
        let target = Target::AverageValue(10_000);
        let hpas: Vec<_> = model.hpas.ids().collect();
        let hpa = &mut model.hpas[hpas[0]];
        hpa.spec.metrics = vec![Metric::External { name, target }];
        let texts: Vec<String> =
            RescaleReason::every(&hpa.spec).map(|it| it.text(&hpa.spec, &model.names)).collect();
        model.hpas[hpas[0]].reasons = texts.iter().map(|text| model.names.intern(text)).collect();
    });
    let seen = rescales(&setup);
    let last = seen.last().expect("it scales");
    assert_eq!((last.1, last.2.as_str()), (10, "external metric queue(nil) above target"));
}

#[test]
fn without_a_metrics_server_nothing_is_scaled_and_it_says_so() {
    let setup = scaled(&plain(1), (2, 20), vec![cpu(60)], |draft| {
        uses(served(constant(500)))(draft);
        Arc::make_mut(&mut draft.model).metrics.server = None;
    });
    assert_eq!(rescales(&setup), Vec::new());
    assert_eq!(activity(&setup), [(false, "FailedGetResourceMetric")]);
}

#[test]
fn bounds_hold_before_any_metric_is_read() {
    let setup = scaled(&plain(1), (6, 20), vec![cpu(60)], uses(served(constant(1))));
    let seen = rescales(&setup);
    assert_eq!(
        seen[0].0,
        SimTime::from_ms(15_000),
        "the first look is a period after its creation"
    );
    assert_eq!(
        (seen[0].1, seen[0].2.as_str()),
        (6, "Current number of replicas below Spec.MinReplicas")
    );
}

/// Facts, without those that only tell what an autoscaler reads.
fn without_activity(setup: &Setup) -> Vec<(SimTime, Fact)> {
    let (mut all, _) = facts(setup, ROOT);
    all.retain(|(_, fact)| !matches!(fact, Fact::HpaActive { .. }));
    all
}

proptest! {
    #![proptest_config(testing::cases(24))]

    #[test]
    fn equal_bounds_change_nothing(low in 1_u64..200, high in 1_u64..900, percent in 10_i64..150) {
        let base = plain(4);
        let load = Curve {
            shapes: vec![Shape::Diurnal(Diurnal {
                low: Rate(low * 1_000),
                high: Rate(high * 1_000),
                clock: Span::ZERO,
                peak: Span::from_hours(2),
                days: [1_000; 7],
                every: Span::from_secs(300),
            })],
            noise: None,
        };
        let mut without = base.clone();
        without.change(uses(served(load.clone()))).expect("a sound plan");
        let with = scaled(&base, (4, 4), vec![cpu(percent)], uses(served(load)));
        prop_assert_eq!(without_activity(&with), without_activity(&without));
    }

    #[test]
    fn constant_load_settles(rate in 1_u64..400, percent in 20_i64..120) {
        let setup = scaled(&plain(3), (1, 12), vec![cpu(percent)], uses(served(constant(rate))));
        let seen = rescales(&setup);
        let late = seen.iter().filter(|it| it.0 > SimTime::from_ms(3_600_000)).count();
        prop_assert_eq!(late, 0, "{:?}", seen);
    }
}

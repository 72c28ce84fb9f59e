//! V1: a job with a deadline on recorded spot capacity, under two policies.
//!
//! The job wants 48 h of one p3.2xlarge. It starts in each pool every 12 h of the recording, decides
//! whenever the recording looked, and pays for a changeover of 12 min whenever it moves.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use reports::cost::meter::Meter;
use sim::fact::Cause;
use sim::market::Market;
use sim::market::reclaims::replay::Replay;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering, OfferingId};
use sim::model::deadline::{DeadlineJob, DeadlinePolicy};
use sim::model::node::NodeShape;
use sim::model::pod::PodSpec;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::model::workload::{Controller, Workload};
use sim::providers::Provider;
use sim::{Cost, Fact, Legend, MicroUsdPerHour, Setup, SimTime, Span};

use crate::fleet::{ROOT, without_notice};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V1",
    about: "48 h of work with a deadline on recorded capacity: greedy and uniform progress",
    run,
};

/// The nine pools that were probed for 45 days from 2023-02-15.
const POOLS: &str = "sky-probe-aws-02-15-2023-";
const ON_DEMAND: MicroUsdPerHour = MicroUsdPerHour(3_060_000);
const SPOT: MicroUsdPerHour = MicroUsdPerHour(918_000);
const WORK: Span = Span::from_hours(48);
const CHANGEOVER: Span = Span::from_secs(720);
const STARTS_EVERY: Span = Span::from_hours(12);
/// The deadline under which pools are compared.
const OF_POOLS: Span = Span::from_hours(72);

const POLICIES: [(&str, DeadlinePolicy); 2] =
    [("greedy", DeadlinePolicy::Greedy), ("uniform", DeadlinePolicy::UniformProgress)];

/// By hours until the deadline and policy, over all pools: how many runs, the mean of what they cost
/// and its 90th percentile, relative to on-demand, and the means of reclaims and on-demand hours.
// Replayed tick by tick with numpy, 2026-11-24; no run was late.
const EXPECTED: [(u64, usize, [f64; 5]); 8] = [
    (52, 0, [783.0, 0.751, 1.004, 2.6, 30.6]),
    (52, 1, [783.0, 0.683, 1.001, 4.2, 25.6]),
    (60, 0, [774.0, 0.644, 1.004, 5.6, 23.0]),
    (60, 1, [774.0, 0.584, 0.968, 8.4, 18.4]),
    (72, 0, [765.0, 0.558, 0.983, 9.0, 16.8]),
    (72, 1, [765.0, 0.530, 0.940, 11.4, 14.4]),
    (96, 0, [747.0, 0.467, 0.928, 13.3, 10.2]),
    (96, 1, [747.0, 0.477, 0.884, 14.4, 10.6]),
];
/// By zone, 72 h until the deadline: the mean cost under each policy.
const EXPECTED_OF_POOLS: [(&str, [f64; 2]); 9] = [
    ("us-east-1a", [0.954, 0.928]),
    ("us-east-1c", [0.757, 0.688]),
    ("us-east-1d", [0.744, 0.689]),
    ("us-east-1f", [0.607, 0.553]),
    ("us-east-2a", [0.439, 0.413]),
    ("us-east-2b", [0.478, 0.446]),
    ("us-west-2a", [0.333, 0.346]),
    ("us-west-2b", [0.345, 0.340]),
    ("us-west-2c", [0.361, 0.361]),
];

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let pools: Vec<data::Pool> =
        data::pools(folder)?.into_iter().filter(|pool| pool.pool_id.starts_with(POOLS)).collect();
    let mut rows = Vec::new();
    let mut of_pools: BTreeMap<(String, usize), f64> = BTreeMap::new();
    for (hours, policy, [runs, mean_cost, p90, reclaims, on_demand]) in EXPECTED {
        let deadline = Span::from_hours(hours);
        let (name, rule) = POLICIES[policy];
        let mut all = Vec::new();
        for pool in &pools {
            let outcomes = outcomes(pool, deadline, rule);
            if deadline == OF_POOLS {
                of_pools.insert((pool.pool_id.clone(), policy), mean(&outcomes, |it| it.cost));
            }
            all.extend(outcomes);
        }
        let mut row = |what: &str, expected: f64, got: f64, within: f64, decimals: usize| {
            let what = format!("{hours} h, {name}: {what}");
            rows.push(Row { what, expected, got, bound: Bound::Within(within), decimals });
        };
        row("runs", runs, all.len() as f64, 0.0, 0);
        row("cost, mean", mean_cost, mean(&all, |it| it.cost), 0.002, 3);
        row("cost, 90th percentile", p90, quantile(&all, 0.9), 0.002, 3);
        row("reclaims, mean", reclaims, mean(&all, |it| it.reclaims), 0.1, 1);
        row("on-demand hours, mean", on_demand, mean(&all, |it| it.on_demand_hours), 0.1, 1);
        row("late", 0.0, all.iter().filter(|it| it.late).count() as f64, 0.0, 0);
    }
    for (zone, expected) in EXPECTED_OF_POOLS {
        for (policy, (name, _)) in POLICIES.iter().enumerate() {
            let of_zone = |(pool, by): &&(String, usize)| *by == policy && pool.contains(zone);
            let got = of_pools.keys().find(of_zone).map_or(f64::NAN, |key| of_pools[key]);
            rows.push(Row {
                what: format!("{zone}, 72 h, {name}: cost, mean"),
                expected: expected[policy],
                got,
                bound: Bound::Within(0.002),
                decimals: 3,
            });
        }
    }
    Ok(rows)
}

/// What became of one job.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    /// What it cost, relative to its work on-demand.
    cost: f64,
    reclaims: f64,
    on_demand_hours: f64,
    late: bool,
}

/// The same job, started again and again in one pool for as long as its deadline is in the recording.
fn outcomes(pool: &data::Pool, deadline: Span, policy: DeadlinePolicy) -> Vec<Outcome> {
    let tick = Span::from_secs(pool.sample_gap_s);
    let ticks = pool.duration_s / pool.sample_gap_s;
    let setup = setup(tick, deadline, policy);
    let last = (tick * ticks).as_ms().saturating_sub(deadline.as_ms()) / tick.as_ms();
    // The nearest number of ticks.
    let step = (STARTS_EVERY.as_ms() + tick.as_ms() / 2) / tick.as_ms();
    let stride = usize::try_from(step).expect("few ticks");
    let starts = (0..last).step_by(stride);
    starts.map(|start| outcome(&setup, pool, SimTime::ZERO + tick * start)).collect()
}

/// The job alone on one offering of each kind; the market is yet to be replaced.
fn setup(tick: Span, deadline: Span, policy: DeadlinePolicy) -> Setup {
    static SUDDEN: OnceLock<Provider> = OnceLock::new();
    let mut model = Model::default();
    let name = model.names.intern("p3.2xlarge");
    let size = Resources::one_pod(8_000, 61 << 30);
    let machine = InstanceType::plain(name, size, ON_DEMAND);
    let instance_type = model.catalog.instance_types.push(machine);
    let on_demand = Offering::on_demand(instance_type, name, ON_DEMAND);
    let spot = Offering { capacity_type: CapacityType::Spot, price: SPOT, ..on_demand.clone() };
    let templates = [spot, on_demand].map(|offering| NodeTemplate {
        offering: model.catalog.offerings.push(offering),
        shape: NodeShape::plain(size),
    });
    let pool = Pool {
        name,

        templates: templates.into(),
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    };
    let pool = model.pools.push(pool);
    let job = DeadlineJob { pool, work: WORK, deadline, changeover: CHANGEOVER, tick, policy };
    let spec = model.specs.intern(PodSpec::default());
    model.workloads.push(Workload {
        namespace: model.empty,
        name,
        controller: Controller::DeadlineJob(job),
        spec,
        volumes: None,
        created_at: SimTime::ZERO,
        key: 0,
    });
    // By the second, and nothing is free; capacity and instances go at one moment.
    let provider = SUDDEN.get_or_init(|| without_notice("generic"));
    Setup::new(model, Market::default(), provider, Span::ZERO, deadline + tick * 200)
        .expect("a job with a horizon")
}

fn outcome(setup: &Setup, pool: &data::Pool, start: SimTime) -> Outcome {
    let spot = setup.model.catalog.offerings.ids().next().expect("two offerings");
    let setup = setup.with_market(replayed(spot, &pool.trace, start));
    let Controller::DeadlineJob(job) = setup.model.workloads.rows().next().expect("one").controller
    else {
        return Outcome::default();
    };
    let mut facts = Vec::new();
    sim::run(&setup, ROOT, &mut facts);
    let mut meter = Meter::new(&Legend::of(&setup));
    let mut outcome = Outcome { late: true, ..Outcome::default() };
    let mut cost = Cost::ZERO;
    for (at, fact) in &facts {
        match fact {
            Fact::NodeGone { why: Cause::Reclaimed, .. } => outcome.reclaims += 1.0,
            Fact::DeadlineJobDone { .. } => {
                outcome.late = *at > SimTime::ZERO + job.deadline;
            }
            _ => {}
        }
        if let Some(bill) = meter.read(*at, fact) {
            cost += bill.cost();
            if bill.capacity_type == CapacityType::OnDemand {
                outcome.on_demand_hours += bill.held().as_hours_f64();
            }
        }
    }
    outcome.cost = cost.as_usd_f64() / (ON_DEMAND * WORK).as_usd_f64();
    outcome
}

/// The recording from `start` on.
fn replayed(spot: OfferingId, trace: &[(SimTime, u32)], start: SimTime) -> Market {
    let before = trace.partition_point(|(at, _)| *at <= start).saturating_sub(1);
    let from_then = |(at, count): &(SimTime, u32)| (SimTime::ZERO + at.since(start), *count);
    let trace = trace[before..].iter().map(from_then).collect();
    let replay = Replay { traces: BTreeMap::from([(spot, trace)]), notice: Span::ZERO };
    Market { reclaims: Arc::new(replay), ..Market::default() }
}

fn mean(outcomes: &[Outcome], of: fn(&Outcome) -> f64) -> f64 {
    outcomes.iter().map(of).sum::<f64>() / outcomes.len() as f64
}

/// A quantile of the costs, between the two nearest ones.
fn quantile(outcomes: &[Outcome], share: f64) -> f64 {
    let mut costs: Vec<f64> = outcomes.iter().map(|it| it.cost).collect();
    costs.sort_by(f64::total_cmp);
    let Some(most) = costs.len().checked_sub(1) else { return f64::NAN };
    let place = share * most as f64;
    // Between nothing and the number of costs.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let below = place as usize;
    let above = (below + 1).min(most);
    costs[below] + (costs[above] - costs[below]) * (place - below as f64)
}

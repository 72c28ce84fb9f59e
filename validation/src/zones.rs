//! Pairs of zones: how strongly the states of one type in two zones of a region correlate, and how much
//! of the time all zones are down at once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sim::market::Market;
use sim::market::reclaims::contention::Contention;
use sim::market::reclaims::kinship::Kinship;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Kin, Offering, OfferingId};
use sim::model::resources::Resources;
use sim::providers;
use sim::{Fact, MicroUsdPerHour, Setup, SimTime, Span};

use crate::fleet::ROOT;
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "zones",
    about: "one type in the zones of a region: correlation of states, and all down at once",
    run,
};

/// A recording of one type in several zones, and the rates of a two-regime fit to it: quiet times end,
/// then loss, grant and end of contention.
struct Case {
    name: &'static str,
    files: &'static str,
    of: fn(&data::Pool) -> bool,
    quiet_ends: f64,
    contention: [f64; 3],
    kinship: Kinship,
    /// Whether the correlation was fitted to it.
    fitted: bool,
}

const EAST: [f64; 3] = [1.545, 1.234, 0.356];
const WEST: [f64; 3] = [0.927, 1.506, 0.404];
/// Google Cloud was given no rates of its own; the correlation does not follow from them.
const CASES: [Case; 9] = [
    aws("p3.2xlarge, us-east-1, 2023-02", |it| probed(it, "us-east-1"), 0.234, EAST, true),
    aws("p3.2xlarge, us-west-2, 2023-02", |it| probed(it, "us-west-2"), 0.131, WEST, true),
    aws("p3.2xlarge, us-east-2, 2023-02", |it| probed(it, "us-east-2"), 0.131, WEST, true),
    aws(
        "p3.2xlarge held, us-west-2, 2023-04",
        |it| held(it, "04-22-2023-us-west-2"),
        0.246,
        HELD,
        false,
    ),
    aws(
        "r5.16xlarge held, us-east-1, 2023-04",
        |it| held(it, "04-19-2023-us-east-1"),
        0.127,
        R5,
        false,
    ),
    gcp("a3-highgpu-1g, us-central1, 2025-10", |it| h100(it, "us-central1")),
    gcp("a3-highgpu-1g, us-east4, 2025-10", |it| h100(it, "us-east4")),
    gcp("a3-highgpu-1g, us-west1, 2025-10", |it| h100(it, "us-west1")),
    gcp("a3-highgpu-1g, asia-southeast1, 2025-10", |it| h100(it, "asia-southeast1")),
];
const HELD: [f64; 3] = [1.337, 1.893, 0.423];
const R5: [f64; 3] = [3.475, 1.887, 0.324];

const fn aws(
    name: &'static str,
    of: fn(&data::Pool) -> bool,
    quiet_ends: f64,
    contention: [f64; 3],
    fitted: bool,
) -> Case {
    Case { name, files: "", of, quiet_ends, contention, kinship: Kinship::AWS, fitted }
}

const fn gcp(name: &'static str, of: fn(&data::Pool) -> bool) -> Case {
    let kinship = Kinship::GCP;
    Case {
        name,
        files: "skynomad_",
        of,
        quiet_ends: 0.131,
        contention: WEST,
        kinship,
        fitted: true,
    }
}

fn probed(pool: &data::Pool, region: &str) -> bool {
    pool.pool_id.starts_with("sky-probe-aws-02-15-2023") && pool.pool_id.contains(region)
}

fn held(pool: &data::Pool, of: &str) -> bool {
    pool.pool_id.contains("sky-held-aws") && pool.pool_id.contains(of)
}

fn h100(pool: &data::Pool, region: &str) -> bool {
    let probed = pool.pool_id.starts_with("skynomad-probe-gcp");
    probed && pool.pool_id.contains(&format!("{region}-"))
}

/// Pairs of one recording spread by 0.1 about their mean (six pairs of us-east-1: 0.25 to 0.53), and
/// regions about theirs.
const CORRELATION_WITHIN: f64 = 0.12;
const ALL_DOWN_WITHIN: f64 = 0.08;
const HOURS: u64 = 80_000;

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::new();
    let mut recordings = BTreeMap::new();
    for files in ["", "skynomad_"] {
        recordings.insert(files, data::pools_of(folder, files)?);
    }
    for case in &CASES {
        let recorded: Vec<States> = recordings[case.files]
            .iter()
            .filter(|pool| (case.of)(pool))
            .map(|pool| States {
                up: pool.trace.iter().map(|(at, count)| (*at, *count > 0)).collect(),
                end: SimTime::ZERO + pool.duration(),
            })
            .collect();
        let simulated = simulated(case, recorded.len());
        let fitted = if case.fitted { "" } else { ", not fitted" };
        let mut row = |what: &str, of: fn(&[States]) -> f64, within: f64| {
            rows.push(Row {
                what: format!("{}{fitted}: {what}", case.name),
                expected: of(&recorded),
                got: of(&simulated),
                bound: Bound::Within(within),
                decimals: 3,
            });
        };
        row("correlation of states", mean_correlation, CORRELATION_WITHIN);
        // Without rates of its own nothing is said of how often it is down.
        if case.kinship == Kinship::AWS {
            row("all down at once", all_down, ALL_DOWN_WITHIN);
        }
    }
    Ok(rows)
}

/// From which moment on capacity could be had, or not.
struct States {
    up: Vec<(SimTime, bool)>,
    end: SimTime,
}

/// Hours in which a condition holds on the states of several zones, as a share of the time that all
/// were watched.
fn share(zones: &[States], holds: impl Fn(&[bool]) -> bool) -> f64 {
    let end = zones.iter().map(|it| it.end).min().unwrap_or(SimTime::ZERO);
    let mut changes: Vec<(SimTime, usize, bool)> = Vec::new();
    for (zone, states) in zones.iter().enumerate() {
        let before = states.up.iter().filter(|(at, _)| *at < end);
        changes.extend(before.map(|(at, up)| (*at, zone, *up)));
    }
    changes.sort_by_key(|(at, zone, _)| (*at, *zone));
    let mut now = vec![true; zones.len()];
    let (mut since, mut ms) = (SimTime::ZERO, 0);
    for (at, zone, up) in changes.into_iter().chain([(end, 0, true)]) {
        if holds(&now) {
            ms += at.since(since).as_ms();
        }
        (now[zone], since) = (up, at);
    }
    ms as f64 / end.as_ms() as f64
}

fn all_down(zones: &[States]) -> f64 {
    share(zones, |up| !up.iter().any(|up| *up))
}

/// The mean of the correlations of all pairs.
fn mean_correlation(zones: &[States]) -> f64 {
    let mut all = Vec::new();
    for b in 1..zones.len() {
        for a in 0..b {
            let (one, other) = (share(zones, |up| up[a]), share(zones, |up| up[b]));
            let both = share(zones, |up| up[a] && up[b]);
            let variances = one * (1.0 - one) * other * (1.0 - other);
            all.push((both - one * other) / libm::sqrt(variances));
        }
    }
    all.iter().sum::<f64>() / all.len() as f64
}

/// A type of these rates in a number of zones.
fn simulated(case: &Case, zones: usize) -> Vec<States> {
    let [reclaim_rate, grant_rate, exit_rate] = case.contention;
    let reclaims = Contention {
        reclaim_rate,
        grant_rate,
        exit_rate,
        recovery_rate: case.quiet_ends,
        window_rate: Some(case.quiet_ends),
        kinship: case.kinship,
        ..Contention::default()
    };
    let mut model = Model::default();
    let name = model.names.intern("scarce");
    let plain = InstanceType::plain(name, Resources::one_pod(1_000, 1 << 30), MicroUsdPerHour(1));
    let scarce = model.catalog.instance_types.push(InstanceType { scarce: true, ..plain });
    let mut ids: Vec<OfferingId> = Vec::new();
    for zone in 0..zones {
        let kin = Kin::of("region", "m.large", "m", &format!("zone-{zone}"));
        let offering = Offering {
            capacity_type: CapacityType::Spot,
            key: zone as u64,
            kin,
            ..Offering::on_demand(scarce, name, MicroUsdPerHour(1))
        };
        ids.push(model.catalog.offerings.push(offering));
    }
    let market = Market { reclaims: Arc::new(reclaims), ..Market::default() };
    let provider = providers::named("aws").expect("aws is modelled");
    let setup = Setup::new(model, market, provider, Span::ZERO, Span::from_hours(HOURS))
        .expect("a horizon");
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&setup, ROOT, &mut facts);
    let end = setup.horizon;
    let mut all: Vec<States> = ids.iter().map(|_| States { up: Vec::new(), end }).collect();
    for (at, fact) in facts {
        let Fact::CapacityChanged { offering, capacity } = fact else { continue };
        if let Some(zone) = ids.iter().position(|id| *id == offering) {
            all[zone].up.push((at, capacity.grants(0)));
        }
    }
    all
}

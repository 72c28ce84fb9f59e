//! A stated rate is what comes out: reclaims per hour in which instances are held, in the long run and
//! successors included, whatever the pool's size, the scale, the model and the provider.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // hours and counts, far from 2^32

use crate::common;

use std::sync::Arc;

use common::{lives, spot_pool};
use sim::market::reclaims::Reclaims;
use sim::market::reclaims::by_age::{ByAge, Law};
use sim::market::reclaims::constant::Constant;
use sim::market::reclaims::contention::{Contention, afternoon};
use sim::model::catalog::OfferingId;
use sim::providers;
use sim::table::Id;
use sim::{Root, Setup, SimTime, Span};

/// Reclaims per hour held over replications, and the standard error of that.
fn measured(setup: &Setup, replications: u32) -> (f64, f64) {
    let horizon = setup.horizon;
    let runs: Vec<(f64, f64)> = (0..replications)
        .map(|replication| {
            let lives = lives(setup, Root { seed: 23, replication });
            let held = lives.iter().map(|(from, to)| to.unwrap_or(horizon).since(*from));
            let taken = lives.iter().filter(|(_, to)| to.is_some()).count();
            (taken as f64, held.map(Span::as_hours_f64).sum())
        })
        .collect();
    let taken: f64 = runs.iter().map(|(taken, _)| taken).sum();
    let held: f64 = runs.iter().map(|(_, held)| held).sum();
    let rate = taken / held;
    let n = f64::from(replications);
    let squares: f64 = runs.iter().map(|(taken, held)| (taken - rate * held).powi(2)).sum();
    (rate, libm::sqrt(squares * n / (n - 1.0)) / held)
}

/// Fails unless the pool's reclaims come as stated, within four standard errors, and unless those are
/// small enough to tell.
fn assert_as_stated(setup: &Setup, stated: f64, replications: u32, what: &str) {
    let (rate, error) = measured(setup, replications);
    let (times, error) = (rate / stated, error / stated);
    assert!(error < 0.04, "{what}: a standard error of {error}");
    assert!((times - 1.0).abs() < 4.0 * error, "{what}: {times} times, standard error {error}");
}

/// A pool of `size` whose provider decides as `model` does at `rate` times `scale`.
fn pool(model: impl Reclaims + 'static, size: u32, rate: f64, scale: f64, hours: u64) -> Setup {
    let mut setup = spot_pool(model, size, rate, hours);
    setup.change(|it| it.market.reclaim_scale = scale).expect("sound");
    setup
}

/// Hours for some hundreds of windows of contention.
fn long_enough(rate: f64) -> u64 {
    (40.0 / rate) as u64 + 2_000
}

#[test]
fn contention_takes_as_stated_whatever_runs() {
    for (scale, replications) in [(1.0, 120), (10.0, 40), (100.0, 10)] {
        for size in [1, 4, 8, 12, 40] {
            let setup = pool(Contention::default(), size, 0.01, scale, long_enough(0.01 * scale));
            let what = format!("{size} instances at scale {scale}");
            assert_as_stated(&setup, 0.01 * scale, replications, &what);
        }
    }
}

#[test]
fn other_models_take_as_stated() {
    for (size, scale) in [(1, 1.0), (8, 10.0), (40, 100.0)] {
        let rate = 0.01 * scale;
        let hours = (200.0 / rate) as u64 / u64::from(size) + 200;
        let what = format!("{size} instances at scale {scale}");
        let setup = pool(Constant, size, 0.01, scale, hours);
        assert_as_stated(&setup, rate, 40, &format!("constant, {what}"));
        let law = Law::Rates(vec![(Span::ZERO, 0.01)]);
        let setup = pool(ByAge::from(law), size, 0.0, scale, hours);
        assert_as_stated(&setup, rate, 40, &format!("by age, {what}"));
    }
}

/// Whatever notice a provider gives, in which an instance is still held.
#[test]
fn notices_are_no_time_at_risk_and_count_as_held() {
    for name in ["aws", "gcp", "azure"] {
        let provider = providers::named(name).expect("it is modelled");
        for (size, scale) in [(4, 100.0), (1, 30.0)] {
            let model = Contention { notice: provider.notice, ..Contention::default() };
            let mut setup = pool(model, size, 0.01, scale, long_enough(0.01 * scale));
            setup.change(|it| it.provider = provider).expect("sound");
            let what = format!("{name}, {size} instances at scale {scale}");
            assert_as_stated(&setup, 0.01 * scale, 20, &what);
        }
    }
}

/// A scarce type, three zones, and windows that begin more often in the afternoon.
#[test]
fn neither_scarcity_nor_zones_nor_the_hour_change_the_rate() {
    let hours = long_enough(0.05);
    let mut scarce = pool(Contention::default(), 6, 0.05, 1.0, hours);
    let mut model = (*scarce.model).clone();
    let ids: Vec<_> = model.catalog.instance_types.ids().collect();
    ids.into_iter().for_each(|id| model.catalog.instance_types[id].scarce = true);
    scarce.change(|it| it.model = Arc::new(model)).expect("sound");
    assert_as_stated(&scarce, 0.05, 60, "scarce");

    let swinging = Contention { by_hour: afternoon(0.5), ..Contention::default() };
    assert_as_stated(&pool(swinging.clone(), 6, 0.05, 1.0, hours), 0.05, 60, "by the hour");
    // Where a third of all hours are contended, a busy afternoon finds the pool busy: a few percent
    // fewer windows begin than the mean over the day says.
    let (rate, _) = measured(&pool(swinging, 6, 0.5, 1.0, hours), 20);
    assert!((0.95..1.0).contains(&(rate / 0.5)), "by the hour, often: {rate}");

    let mut zones = pool(Contention::default(), 8, 0.05, 1.0, hours);
    let mut model = (*zones.model).clone();
    let first = model.catalog.offerings[OfferingId::from_index(0)].clone();
    for key in [77, 78] {
        let mut other = first.clone();
        other.key = key;
        let offering = model.catalog.offerings.push(other);
        let pool = model.pools.ids().next().expect("a pool");
        let mut template = model.pools[pool].templates[0].clone();
        template.offering = offering;
        model.pools[pool].templates.push(template);
    }
    zones.change(|it| it.model = Arc::new(model)).expect("sound");
    assert_as_stated(&zones, 0.05, 60, "three zones");
}

/// A band of the Spot Advisor is a share of instances a month. By band: the chance a month that its
/// rate stands for, and of all instances that ran in a month the share that was taken, which lies
/// in the band. Both are printed in `docs/market.md`.
#[test]
fn of_the_instances_of_a_month_as_many_are_taken_as_the_band_says() {
    let month = Span::from_hours(730);
    let bands = [
        (0.025, 0.025, (0.0, 0.05)),
        (0.075, 0.072, (0.05, 0.10)),
        (0.125, 0.118, (0.10, 0.15)),
        (0.175, 0.161, (0.15, 0.20)),
        (0.30, 0.263, (0.20, 1.0)),
    ];
    for (chance, printed, (least, most)) in bands {
        let rate = -libm::log(1.0 - chance) / 730.0;
        let months: u64 = 100;
        let setup = pool(Contention::default(), 1, rate, 1.0, 730 * months);
        let runs = (300.0 / chance) as u32 / 5;
        let (mut ran, mut taken, mut there, mut lost) = (0.0, Vec::new(), 0.0, 0.0);
        for replication in 0..runs {
            let mut of_run = 0.0;
            for (from, to) in lives(&setup, Root { seed: 29, replication }) {
                let to_month = to.map_or(months - 1, |to| to.as_ms() / month.as_ms());
                let from_month = from.as_ms() / month.as_ms();
                ran += (to_month - from_month + 1) as f64;
                of_run += f64::from(to.is_some());
                // Those that were there when a month began, and did not see its end.
                there += (to_month - from_month) as f64 + f64::from(from == SimTime::ZERO);
                let was_there = to_month > from_month || from == SimTime::ZERO;
                lost += f64::from(to.is_some() && was_there);
            }
            taken.push(of_run);
        }
        let sum: f64 = taken.iter().sum();
        let share = sum / ran;
        let mean = sum / f64::from(runs);
        let squares: f64 = taken.iter().map(|it| (it - mean).powi(2)).sum();
        let error = libm::sqrt(squares) / ran;
        println!(
            "{chance}: {share:.4} of those that ran, standard error {error:.4}; {:.4} of those that \
             were there at the start of a month",
            lost / there
        );
        assert!(error < 0.05 * share, "{chance}: a standard error of {error}");
        assert!((share - printed).abs() < 4.0 * error, "{chance}: {share}, not {printed}");
        assert!((least..most).contains(&share), "{chance}: {share}");
    }
}

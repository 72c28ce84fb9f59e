//! A fit recovers the parameters of the simulator's own model from what it simulates.

use std::sync::Arc;

use sim::Span;
use sim::market::reclaims::by_age::{ByAge, Law};
use sim::market::reclaims::contention::Contention;
use validation::fit::{Fit, Slots};
use validation::fleet::{Fleet, ROOT, without_notice};

fn fleet(reclaims: impl sim::market::reclaims::Reclaims + 'static, rate: f64, hours: u64) -> Fleet {
    Fleet {
        size: 1,
        reclaims_per_hour: rate,
        scarce: true,
        provider: Box::leak(Box::new(without_notice("aws"))),
        reclaims: Arc::new(reclaims),
        horizon: Span::from_hours(hours),
    }
}

#[test]
fn contention_is_recovered_from_its_own_slots() {
    for (begins, loss, grant, ends) in [(0.25, 1.34, 1.9, 0.42), (0.05, 0.6, 3.0, 0.2)] {
        let model = Contention {
            reclaim_rate: loss,
            grant_rate: grant,
            exit_rate: ends,
            recovery_rate: begins,
            window_rate: Some(begins),
            ..Contention::default()
        };
        let fleet = fleet(model, 0.0, 40_000);
        let mut slots = Slots::default();
        slots.add(&fleet.held(ROOT), 1);
        let fit = Fit::of(slots).expect("losses");
        assert!(fit.gain > 100.0, "{}", fit.gain);
        let regimes = fit.regimes.as_ref().expect("two regimes");
        let found = [regimes.begins, regimes.ends, regimes.loss, regimes.grant];
        for (rate, real) in found.iter().zip([begins, ends, loss, grant]) {
            // Four intervals of 95 %: one in five such tests would miss one, so twice as wide.
            let width = rate.interval.1 / rate.value;
            let miss = (rate.value / real).max(real / rate.value);
            assert!(miss < width * width, "{} for {real}: {rate:?}", rate.value);
        }
        let block = fit.market();
        assert!(block.contains("model: contention"), "{block}");
        // What it says per hour is what was seen per hour held.
        let up = &fit.slots.up;
        let seen = up.len() as f64 / up.iter().map(|(hours, _)| hours).sum::<f64>();
        let line = block.lines().find_map(|line| line.trim().strip_prefix("perHour: "));
        let stated: f64 = line.expect("a rate").parse().expect("a number");
        assert!((stated / seen - 1.0).abs() < 0.1, "{stated}, and {seen} were seen");
    }
}

/// What has no memory is not taken for what has.
#[test]
fn lives_without_memory_are_told_apart() {
    let rate = 0.2;
    let fleet = fleet(ByAge::from(Law::Rates(vec![(Span::ZERO, rate)])), 0.0, 20_000);
    let mut slots = Slots::default();
    for instance in fleet.instances(ROOT) {
        slots.push(true, instance.held().as_hours_f64(), instance.taken.is_some());
    }
    let fit = Fit::of(slots).expect("losses");
    let (low, high) = fit.memoryless.0.interval;
    assert!(low < rate && rate < high, "{:?}", fit.memoryless);
    assert!(fit.market().contains("model: constant"));
}

//! The walk against a plain one: at each step everything is recomputed from the samples that are over.

use std::collections::BTreeMap;

use backtest::history::{Container, Lane, Sample};
use backtest::recommenders::{RECOMMENDERS, Recommender, rule};
use backtest::{Plan, Score, Walked, limits};
use proptest::prelude::*;
use sim::autoscalers::vpa::RecommenderConfig;
use sim::model::vpa::{CpuMemory, Stated};

use crate::common::{HOUR, MIB, container, plan, pod, requests, stated, walked};

/// When a sample was first seen, and the request of the container that it killed.
type Known<'c> = (i64, &'c Sample, Option<u64>);

/// What a recommender says of what is known, from nothing.
fn recommended(id: &str, container: &Container, known: &[Known<'_>], now_ms: i64) -> Stated {
    let day = 24 * HOUR;
    let within = |lane: Lane, days: i64| -> Vec<&Sample> {
        let samples = known.iter().map(|(_, sample, _)| *sample);
        samples.filter(|it| it.lane == lane && it.at_ms >= now_ms - days * day).collect()
    };
    let both = |of: &dyn Fn(Lane) -> Option<u64>| CpuMemory {
        cpu: of(Lane::Cpu),
        memory: of(Lane::Memory),
    };
    let nearest = |per_mille: usize| {
        both(&|lane| {
            let mut used: Vec<u64> = within(lane, 8).iter().map(|it| it.used).collect();
            used.sort_unstable();
            let rank = (used.len() * per_mille).div_ceil(1_000);
            let used = used.get(rank.checked_sub(1)?)?;
            Some(used + used * 15 / 100)
        })
    };
    match id {
        "as-they-are" => container.stated_at(now_ms).requests,
        "p95" => nearest(950),
        "p99" => nearest(990),
        "krr" => {
            let mut pods: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
            within(Lane::Cpu, 14)
                .iter()
                .for_each(|it| pods.entry(it.pod).or_default().push(it.used));
            let percentile = |used: &Vec<u64>| {
                let mut used = used.clone();
                used.sort_unstable();
                let place = 0.95 * (used.len() - 1) as f64;
                let low = place.floor();
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let (below, above) = (low as usize, (low as usize + 1).min(used.len() - 1));
                let between = (used[above] - used[below]) as f64 * (place - low);
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let up = (used[below] as f64 + between - 1e-6).ceil() as u64;
                up.max(10)
            };
            let peak = within(Lane::Memory, 14).iter().map(|it| it.used).max();
            let memory = peak
                .map(|peak| ((peak * 115).div_ceil(100)).div_ceil(1_000_000).max(100) * 1_000_000);
            CpuMemory { cpu: pods.values().map(percentile).max(), memory }
        }
        "vpa" => {
            let config = RecommenderConfig::default();
            let mut fresh = backtest::recommenders::vpa::Vpa::new(container, &config);
            for (_, sample, killed) in known {
                fresh.sees(sample);
                killed.iter().for_each(|request| fresh.killed(sample, *request));
            }
            fresh.recommend(now_ms)
        }
        other => panic!("no oracle for {other}"),
    }
}

/// The whole walk, without anything that is remembered but kills and what is in force.
fn plainly(id: &str, container: &Container, plan: &Plan) -> Walked {
    let (start, end) = container.span_ms().expect("samples");
    let step = i64::try_from(plan.step.as_ms()).expect("short");
    let of = |sample: &Sample| start + (sample.at_ms - start) / step * step;
    let mut steps: Vec<i64> = container.samples.iter().map(of).collect();
    steps.dedup();
    let mut kills: BTreeMap<&Sample, u64> = BTreeMap::new();
    let known_at = |now: i64, kills: &BTreeMap<&Sample, u64>| {
        let mut known: Vec<Known<'_>> = Vec::new();
        let seen = steps.iter().copied().filter(|it| *it <= now).chain([end]);
        let seen: Vec<i64> = seen.filter(|it| *it <= now).collect();
        for sample in container.samples.iter().filter(|it| it.at_ms < now) {
            let first = seen.iter().find(|it| **it >= sample.end_ms() && **it > sample.at_ms);
            known.extend(first.map(|first| (*first, sample, kills.get(sample).copied())));
        }
        known.sort_by_key(|(first, sample, _)| (*first, **sample));
        known
    };
    let mut score = Score::default();
    let mut before = None;
    let mut held = Stated::default();
    for now in steps.iter().copied() {
        if now < start + i64::try_from(plan.learn.as_ms()).expect("short") {
            continue;
        }
        let wanted = recommended(id, container, &known_at(now, &kills), now);
        held = wanted.zip(held).map(|(wanted, held)| wanted.or(held));
        score.changes += u64::from(before.is_some_and(|before| before != held));
        before = Some(held).filter(|held| *held != Stated::default());
        let limits = limits(&container.stated_at(now), &held);
        for sample in container.samples.iter().filter(|it| of(it) == now) {
            let Some(request) = *sample.lane.of(&held) else { continue };
            let lane = sample.lane.of_mut(&mut score.lanes);
            let amount = |amount: u64| u128::from(amount) * u128::from(sample.lasts_ms);
            lane.samples += 1;
            lane.judged_ms += sample.lasts_ms;
            lane.requested += amount(request);
            if sample.used <= request {
                lane.wasted += amount(request - sample.used);
            } else {
                lane.above_request.samples += 1;
                lane.above_request.ms += sample.lasts_ms;
                lane.above_request.amount += amount(sample.used - request);
            }
            let limit = *sample.lane.of(&limits);
            if let Some(limit) = limit.filter(|limit| sample.used > *limit) {
                lane.above_limit.samples += 1;
                lane.above_limit.ms += sample.lasts_ms;
                lane.above_limit.amount += amount(sample.used - limit);
                if sample.lane == Lane::Memory {
                    kills.insert(sample, request);
                }
            }
        }
    }
    let now = recommended(id, container, &known_at(end, &kills), end);
    Walked { score, now }
}

fn used() -> impl Strategy<Value = Vec<(u64, u64)>> {
    proptest::collection::vec((0..2_000_u64, 0..3_000_u64), 1..40)
}

/// Containers of one or two pods, some with gaps, of which some state what they request.
fn containers() -> impl Strategy<Value = Container> {
    let sizes = || (1..1_000_u64, 1..2_000_u64);
    let apart = prop_oneof![Just(HOUR / 12), Just(HOUR), Just(10 * HOUR), Just(30 * HOUR)];
    let second = proptest::option::of((0..50_i64, used()));
    (apart, used(), second, proptest::option::of((sizes(), proptest::option::of(sizes()))))
        .prop_map(|(apart, first, second, sizes)| {
            let mut it = container(apart, &first);
            if let Some((late, used)) = second {
                pod(&mut it, 1, (late * HOUR, apart + 7), &used);
            }
            if let Some(((cpu, memory), limits)) = sizes {
                let limits = limits.map_or(Stated::default(), |(more, extra)| {
                    stated(cpu + more, (memory + extra) * MIB)
                });
                requests(&mut it, stated(cpu, memory * MIB), limits);
            }
            it.sort();
            it
        })
}

proptest! {
    #![proptest_config(testing::cases(48))]

    #[test]
    fn walks_are_those_of_the_plain_way(it in containers(), step in 1..30_u64, learn in 0..40_u64) {
        let plan = plan(step, learn);
        for rule in &RECOMMENDERS {
            prop_assert_eq!(walked(&it, rule.id, &plan), plainly(rule.id, &it, &plan), "{}", rule.id);
        }
    }
}

#[test]
fn every_recommender_has_an_oracle() {
    for known in &RECOMMENDERS {
        assert!(rule(known.id).is_some_and(|it| it.name == known.name));
        let it = container(HOUR, &[(1, 1)]);
        let _ = recommended(known.id, &it, &[], 0);
    }
}

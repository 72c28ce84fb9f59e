//! Small histories, worked by hand.

use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::{CpuMemory, Stated};

use crate::common::{HOUR, MIB, MINUTE, container, plan, pod, requests, stated, walked};

/// Samples of an hour each, a step of two hours: recommended at 2 h from the first two samples, at 4 h
/// from the first four.
#[test]
fn what_followed_is_held_against_what_was_known() {
    let used = [(100, 200), (200, 400), (150, 500), (300, 100), (100, 100), (400, 620)];
    let mut container = container(HOUR, &used);
    requests(&mut container, stated(500, 600 * MIB), stated(1_000, 900 * MIB));
    let found = walked(&container, "p99", &plan(2, 2));
    let cpu = found.score.lanes.cpu;
    // p99 of two samples, and of four, is the largest: 200 and 15 %, then 300 and 15 %.
    assert_eq!((cpu.samples, cpu.judged_ms), (4, 4 * 3_600_000));
    assert_eq!(cpu.requested, u128::from(2_u64 * (230 + 345)) * 3_600_000);
    // 230 - 150 and, after the next step, 345 - 100; the others used more than they requested.
    assert_eq!(cpu.wasted, u128::from(80 + 245_u64) * 3_600_000);
    assert_eq!(cpu.above_request.samples, 2);
    assert_eq!(cpu.above_request.amount, u128::from(300 - 230 + 400 - 345_u64) * 3_600_000);
    // Limits stay twice the request: 460 and 690.
    assert_eq!(cpu.above_limit.samples, 0);
    let memory = found.score.lanes.memory;
    // 400 MiB and 15 % are 460 MiB with a limit of half as much again, 690; then 575 and 862.
    assert_eq!(memory.above_request.samples, 2);
    assert_eq!(found.score.kills(), 0);
    assert_eq!(memory.wasted, u128::from((460 - 100 + 575 - 100) * MIB) * 3_600_000);
    assert_eq!(found.score.changes, 1);
    // At the end all six are known.
    assert_eq!(found.now, stated(460, 713 * MIB));
}

/// Without a limit of memory the request is the limit; without one of CPU nothing is throttled.
#[test]
fn a_sample_above_the_limit_is_a_kill() {
    let used = [(100, 200), (100, 231), (100, 200), (900, 300)];
    let plain = container(HOUR, &used);
    let found = walked(&plain, "p95", &plan(1, 1));
    // 230 MiB are recommended of the first sample, and 231 are above; then 265, and 300 are above.
    assert_eq!(found.score.kills(), 2);
    let excess = found.score.lanes.memory.above_limit.amount / 3_600_000 / u128::from(MIB);
    assert_eq!(excess, 1 + (300 - 265) - 1, "0.65 MiB of the margin are beyond the whole ones");
    assert_eq!(found.score.lanes.cpu.above_limit.samples, 0);
    assert_eq!(found.score.lanes.cpu.above_request.samples, 1);

    let mut limited = container(HOUR, &used);
    requests(&mut limited, stated(200, 100 * MIB), stated(400, 200 * MIB));
    let found = walked(&limited, "p95", &plan(1, 1));
    // 115m with a limit of 230m.
    assert_eq!(found.score.lanes.cpu.above_limit.samples, 1);
    assert_eq!(found.score.lanes.cpu.above_limit.amount, u128::from(900 - 230_u64) * 3_600_000);
    assert_eq!(found.score.kills(), 0);
}

#[test]
fn requests_as_they_are_are_those_of_their_time() {
    let mut container = container(HOUR, &[(100, 50); 4]);
    let sizes = |cpu| Sizes { requests: stated(cpu, 100 * MIB), limits: Stated::default() };
    container.stated = vec![(0, sizes(150)), (2 * HOUR, sizes(90))];
    let found = walked(&container, "as-they-are", &plan(1, 0));
    assert_eq!(found.score.lanes.cpu.wasted, 100 * 3_600_000);
    assert_eq!(found.score.lanes.cpu.above_request.samples, 2);
    assert_eq!(found.score.changes, 1);
    assert_eq!(found.now, stated(90, 100 * MIB));
}

#[test]
fn nothing_is_recommended_where_nothing_is_stated() {
    let container = container(HOUR, &[(100, 50); 4]);
    let found = walked(&container, "as-they-are", &plan(1, 0));
    assert_eq!(found.score.lanes.cpu.samples, 0);
    assert_eq!(found.now, Stated::default());
}

/// krr takes the pod that uses most CPU, and the peak of all.
#[test]
fn krr_looks_at_each_pod() {
    let mut both = container(HOUR, &[(100, 300), (100, 300)]);
    pod(&mut both, 1, (0, HOUR), &[(10, 500), (200, 100)]);
    both.sort();
    let found = walked(&both, "krr", &plan(1, 0));
    // 95 % of the way from 10 to 200, rounded up; 575 MiB are 602.9 MB.
    assert_eq!(found.now, stated(191, 603_000_000));
    let small = container(HOUR, &[(1, 1)]);
    assert_eq!(walked(&small, "krr", &plan(1, 0)).now, stated(10, 100_000_000));
}

/// What uses as much at all times is recommended the end of the bucket of that, and 15 %.
#[test]
fn vpa_recommends_the_end_of_a_bucket() {
    let steady = container(5 * MINUTE, &[(100, 600); 300]);
    let found = walked(&steady, "vpa", &plan(1, 24));
    let CpuMemory { cpu: Some(cpu), memory: Some(memory) } = found.now else { panic!("both") };
    assert!((115..=126).contains(&cpu), "{cpu}");
    assert!((690..=740).contains(&(memory / MIB)), "{memory}");
    assert_eq!((found.score.kills(), found.score.changes), (0, 0));
    // The least of a pod is divided among its containers.
    let mut small = container(5 * MINUTE, &[(1, 1); 20]);
    assert_eq!(walked(&small, "vpa", &plan(1, 0)).now, stated(25, 250 * MIB));
    small.alongside = 2;
    assert_eq!(walked(&small, "vpa", &plan(1, 0)).now, stated(12, 125 * MIB));
    // Within the bounds of its autoscaler, of which the most wins.
    small.bounds = (stated(50, 300 * MIB), stated(40, 400 * MIB));
    assert_eq!(walked(&small, "vpa", &plan(1, 0)).now, stated(40, 300 * MIB));
}

/// After a kill VPA recommends a fifth more, or 100 MiB.
#[test]
fn vpa_learns_of_kills() {
    let mut used = vec![(100, 600); 24];
    used.extend([(100, 900), (100, 600), (100, 600)]);
    let found = walked(&container(HOUR, &used), "vpa", &plan(1, 24));
    assert_eq!(found.score.kills(), 1);
    let memory = found.now.memory.expect("memory") / MIB;
    // 900 MiB and a fifth are 1 080, in a bucket of 5 %, with 15 % more.
    assert!((1_240..=1_310).contains(&memory), "{memory}");
    let peak = walked(&container(HOUR, &used), "p99", &plan(1, 24)).now.memory.expect("memory");
    assert_eq!(peak / MIB, 1_035);
}

/// What is not over is not known: a step in the middle of a sample does not see it.
#[test]
fn a_sample_is_known_when_it_is_over() {
    let mut apart = container(2 * HOUR, &[(100, 100), (900, 900), (100, 100)]);
    let found = walked(&apart, "p99", &plan(3, 3));
    // The second sample begins at 2 h and is over at 4 h; at 3 h it is not known, and no sample
    // begins between 3 h and 4 h.
    assert_eq!(found.score.lanes.cpu.samples, 1);
    assert_eq!(found.score.lanes.cpu.requested, 115 * 2 * 3_600_000);
    apart.samples.truncate(0);
    assert_eq!(walked(&apart, "p99", &plan(3, 3)), backtest::Walked::default());
}

#[test]
fn small_changes_are_left_out_on_request() {
    let used: Vec<(u64, u64)> = (0..20).map(|n| (100 + n, 100)).collect();
    let rising = container(HOUR, &used);
    let every = walked(&rising, "p99", &plan(1, 1)).score;
    assert_eq!(every.changes, 18);
    let few = backtest::Plan { threshold_percent: 10, ..plan(1, 1) };
    // From 115 on, 10 % more is reached once, at 127.
    assert_eq!(walked(&rising, "p99", &few).score.changes, 1);
    assert!(walked(&rising, "p99", &few).score.lanes.cpu.above_request.samples == 0);
}

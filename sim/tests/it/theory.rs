//! Where the answer is known: exponential lifetimes, renewal counts, hand-worked interruptions.

use crate::common;

use common::{facts, service, setup, simple};
use sim::model::pod::{End, Limit};
use sim::model::workload::Controller;
use sim::rng::Stream;
use sim::{Fact, Root, SimTime, Span};

/// The mean and the distribution of lifetimes are exponential: Kolmogorov–Smirnov at n = 20 000.
#[test]
fn lifetimes_are_exponential() {
    const N: u32 = 20_000;
    let rate = 0.05;
    let mut hours: Vec<f64> = (0..N)
        .map(|replication| {
            let mut draws = Root { seed: 1, replication }.stream(Stream::Lifetime, &[7, 3]);
            draws.exponential(rate).expect("a positive rate").as_hours_f64()
        })
        .collect();
    let mean = hours.iter().sum::<f64>() / f64::from(N);
    assert!((mean * rate - 1.0).abs() < 3.0 / f64::from(N).sqrt(), "mean {mean}");
    hours.sort_by(f64::total_cmp);
    let distance = hours
        .iter()
        .zip(0_u32..)
        .map(|(x, i)| {
            let cdf = 1.0 - libm::exp(-rate * x);
            (cdf - f64::from(i) / f64::from(N))
                .abs()
                .max((cdf - f64::from(i + 1) / f64::from(N)).abs())
        })
        .fold(0.0, f64::max);
    // The 0.1 % critical value of the Kolmogorov distribution is 1.95.
    assert!(distance * f64::from(N).sqrt() < 1.95, "KS distance {distance}");
}

/// Boot times have the median and the 95th percentile that the provider states.
#[test]
fn boot_times_have_their_quantiles() {
    const N: u32 = 20_000;
    let (median, p95) = (Span::from_secs(120), Span::from_secs(240));
    let within = |limit: Span| {
        let count = (0..N)
            .filter(|replication| {
                let root = Root { seed: 2, replication: *replication };
                root.stream(Stream::Boot, &[1]).lognormal(median, p95) <= limit
            })
            .count();
        count as f64 / f64::from(N)
    };
    assert!((within(median) - 0.5).abs() < 0.012);
    assert!((within(p95) - 0.95).abs() < 0.006);
}

/// Each of `n` nodes is reclaimed as a renewal process: an exponential life, and a successor that
/// is launched at the loss. So reclaims are Poisson with rate n·λ exactly.
#[test]
fn reclaims_are_as_many_as_expected() {
    let (rate, nodes, hours, runs) = (0.02, 10, 168, 200);
    let setup = setup(&simple(rate, nodes, Span::from_hours(hours)));
    let total: usize = (0..runs)
        .map(|replication| {
            let (facts, _) = facts(&setup, Root { seed: 3, replication });
            facts.iter().filter(|(_, fact)| matches!(fact, Fact::NodeGone { .. })).count()
        })
        .sum();
    let expected = rate * f64::from(nodes) * hours as f64 * f64::from(runs);
    let error = (total as f64 - expected) / expected.sqrt();
    assert!(error.abs() < 3.3, "{total} reclaims, expected {expected}: {error} standard errors");
}

/// The ends of a reclaim, by hand: 120 s of notice against the time a pod needs and is allowed.
#[test]
fn the_notice_decides_how_a_pod_ends() {
    let cases = [
        // (grace, shutdown) in seconds
        ((30, 30), End::Clean),
        ((120, 120), End::Clean),
        ((121, 121), End::CutShort(Limit::Deadline)),
        ((300, 100), End::Clean),
        ((30, 60), End::CutShort(Limit::Grace)),
        ((150, 200), End::CutShort(Limit::Deadline)),
    ];
    for ((grace, shutdown), expected) in cases {
        let mut plan = simple(0.05, 3, Span::from_hours(2_000));
        plan.workloads = vec![service("web", 3)];
        plan.workloads[0].grace = Span::from_secs(grace);
        plan.workloads[0].shutdown = Span::from_secs(shutdown);
        let (facts, _) = facts(&setup(&plan), Root { seed: 4, replication: 0 });
        let ends: Vec<End> = facts
            .iter()
            .filter_map(|(_, fact)| match fact {
                // A pod that had barely been bound has the same rights as any other.
                Fact::PodEnded { end, .. } => Some(*end),
                _ => None,
            })
            .collect();
        assert!(ends.len() > 50, "a stormy market");
        assert!(ends.iter().all(|end| *end == expected), "grace {grace}, shutdown {shutdown}");
    }
}

/// Without a notice no pod terminates, and it takes 100 s until the loss is found.
#[test]
fn a_loss_without_notice_kills_and_is_noticed_late() {
    let mut plan = simple(0.05, 3, Span::from_hours(500));
    plan.workloads = vec![service("web", 3)];
    plan.missed_notices = 1.0;
    let (facts, _) = facts(&setup(&plan), Root { seed: 5, replication: 0 });
    let mut lost_at = Vec::new();
    let mut replaced_at = Vec::new();
    for (at, fact) in &facts {
        match fact {
            Fact::PodEnded { end, .. } => {
                assert_eq!(*end, End::KilledWithoutWarning);
                lost_at.push(*at + Span::from_secs(100));
            }
            Fact::PodCreated { attempt, .. } if *attempt > 0 => replaced_at.push(*at),
            Fact::NoticeGiven { .. } => panic!("no notice is ever given"),
            _ => {}
        }
    }
    lost_at.truncate(replaced_at.len());
    assert!(!replaced_at.is_empty());
    assert_eq!(lost_at, replaced_at);
}

/// A bare pod does not come back; a StatefulSet's pod comes back when its name is free.
#[test]
fn decisions_come_one_after_the_other_if_they_take_time() {
    let mut plan = simple(0.0, 2, Span::from_hours(1));
    plan.workloads = vec![service("web", 4)];
    let mut setup = setup(&plan);
    setup.change(|it| it.cycle_takes = Span::from_secs(3)).expect("sound");
    let (facts, _) = facts(&setup, Root { seed: 5, replication: 0 });
    let scheduled = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodScheduled { .. }));
    let at: Vec<u64> = scheduled.map(|(at, _)| at.as_ms()).collect();
    assert_eq!(at, [0, 3_000, 6_000, 9_000]);
}

#[test]
fn who_comes_back_and_when() {
    let mut plan = simple(0.2, 2, Span::from_hours(100));
    let bare = Controller::Pod { duration: None };
    let set = Controller::StatefulSet { replicas: 2, min_ready: Span::ZERO, ordered: false };
    plan.workloads = vec![service("bare", 1), service("set", 2)];
    plan.workloads[0].controller = bare;
    plan.workloads[1].controller = set;
    let setup = setup(&plan);
    let (facts, _) = facts(&setup, Root { seed: 6, replication: 0 });
    let controller = |workload| setup.model.workloads[workload].controller;
    let mut free_at = SimTime::ZERO;
    let mut came_back = 0;
    for (at, fact) in &facts {
        match fact {
            Fact::PodCreated { workload, attempt, .. } if *attempt > 0 => {
                assert_eq!(controller(*workload), set, "no controller recreates a bare pod");
                assert_eq!(*at, free_at, "the name was not free before");
                came_back += 1;
            }
            Fact::PodEnded { workload, .. } if controller(*workload) == set => free_at = *at,
            _ => {}
        }
    }
    assert!(came_back > 10);
}

//! The models of reclaims against theory: what they promise is what instances meet.

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{facts, lives, spot_pool as pool};
use sim::market::reclaims::by_age::{ByAge, Law};
use sim::market::reclaims::capped::Capped;
use sim::market::reclaims::contention::Contention;
use sim::market::reclaims::kinship::Kinship;
use sim::market::reclaims::replay::Replay;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::catalog::{Capacity, Kin, OfferingId};
use sim::providers::Provider;
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 11, replication: 0 };

/// The two-regime fit to p3.2xlarge in three zones, April 2023, as a model of pools: quiet times end
/// at 0.246 an hour, contended ones at 0.423.
fn fitted() -> Contention {
    Contention {
        reclaim_rate: 1.337,
        grant_rate: 1.893,
        exit_rate: 0.423,
        recovery_rate: 0.246,
        ends_ample: 0.0,
        ..Contention::default()
    }
}

/// One slot that is always wanted lives and waits as one slot of the fit does, simulated elsewhere
/// for 20 000 h: availability 0.60, and hazards by age of 1.24, 0.97, 0.33 and 0.18 an hour.
#[test]
fn a_lone_slot_is_the_two_regime_fit() {
    let model = fitted();
    let hours = 80_000;
    let rate = model.reclaims_of(0.246, true);
    assert!((model.window_rate_of(rate, true) - 0.246).abs() < 1e-12);
    // 0.49 reclaims per hour held in those 20 000 h.
    assert!((rate - 0.49).abs() < 0.005, "{rate}");
    let setup = pool(model, 1, rate, hours);
    let mut setup_scarce = setup.clone();
    make_scarce(&mut setup_scarce);
    let lives = lives(&setup_scarce, ROOT);
    let horizon = SimTime::ZERO + Span::from_hours(hours);
    let ages: Vec<(f64, bool)> = lives
        .iter()
        .map(|(from, to)| (to.unwrap_or(horizon).since(*from).as_hours_f64(), to.is_some()))
        .collect();
    let up: f64 = ages.iter().map(|(age, _)| age).sum();
    let availability = up / hours as f64;
    assert!((availability - 0.60).abs() < 0.02, "availability {availability}");
    let bins = [(0.0, 0.25, 1.24), (0.25, 1.0, 0.97), (1.0, 4.0, 0.33), (4.0, 1e9, 0.18)];
    for (low, high, expected) in bins {
        let taken = ages.iter().filter(|(age, taken)| *taken && *age > low && *age <= high).count();
        let at_risk: f64 = ages.iter().map(|(age, _)| (age.min(high) - low).max(0.0)).sum();
        let hazard = taken as f64 / at_risk;
        assert!((hazard / expected - 1.0).abs() < 0.10, "age {low} to {high} h: {hazard}");
    }
}

fn make_scarce(setup: &mut Setup) {
    let mut model = (*setup.model).clone();
    let ids: Vec<_> = model.catalog.instance_types.ids().collect();
    for id in ids {
        model.catalog.instance_types[id].scarce = true;
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
}

/// Whether one instance runs or a hundred do, each is taken as often while capacity is contended.
#[test]
fn each_instance_is_taken_at_the_one_rate_whatever_else_runs() {
    // Contended nearly always, and open nearly always.
    let model = Contention {
        exit_rate: 0.01,
        recovery_rate: 100.0,
        grant_rate: 1_000.0,
        window_rate: Some(100.0),
        ..Contention::default()
    };
    for (size, hours) in [(1, 40_000), (2, 30_000), (9, 10_000), (10, 10_000), (100, 3_000)] {
        let setup = pool(model.clone(), size, 0.0, hours);
        let lives = lives(&setup, ROOT);
        let horizon = SimTime::ZERO + Span::from_hours(hours);
        let held: f64 =
            lives.iter().map(|(from, to)| to.unwrap_or(horizon).since(*from).as_hours_f64()).sum();
        let taken = lives.iter().filter(|(_, to)| to.is_some()).count();
        let rate = taken as f64 / held;
        assert!((rate / 1.34 - 1.0).abs() < 0.04, "{size} instances: {rate} an hour");
    }
}

/// The correlation of the states, up or down, of an offering and another of these kin, over time.
fn correlation(model: &Contention, scarce: bool, [one, other]: [Kin; 2]) -> f64 {
    let hours = 80_000;
    let mut setup = pool(model.clone(), 0, 0.0, hours);
    if scarce {
        make_scarce(&mut setup);
    }
    let mut model = (*setup.model).clone();
    let first = OfferingId::from_index(0);
    model.catalog.offerings[first].kin = one;
    let mut second = model.catalog.offerings[first].clone();
    (second.key, second.kin) = (77, other);
    let second = model.catalog.offerings.push(second);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let (mut up, mut since) = ([true; 2], SimTime::ZERO);
    // Hours in which the first is up, the second, and both.
    let mut spent = [0.0; 3];
    let changes = facts(&setup, ROOT).0.into_iter().filter_map(|(at, fact)| match fact {
        Fact::CapacityChanged { offering, capacity } => Some((at, offering, capacity)),
        _ => None,
    });
    let end = (SimTime::ZERO + Span::from_hours(hours), second, Capacity::Ample);
    for (at, offering, capacity) in changes.chain([end]) {
        let held = at.since(since).as_hours_f64() / hours as f64;
        let counted = [up[0], up[1], up[0] && up[1]];
        spent.iter_mut().zip(counted).filter(|(_, it)| *it).for_each(|(spent, _)| *spent += held);
        up[usize::from(offering == second)] = capacity.grants(0);
        since = at;
    }
    let [a, b, both] = spent;
    (both - a * b) / libm::sqrt(a * (1.0 - a) * b * (1.0 - b))
}

/// Related pools are short together for as much of the time as pools of the same relation were seen
/// to be: their states correlate alike, whether windows are frequent or rare.
#[test]
fn kin_are_short_at_the_same_times() {
    let kin = |kind, family, zone| Kin::of("r", kind, family, zone);
    let [here, there] = ["ra", "rb"];
    let relations = [
        (kin("m.a", "m", there), 0.40, "the same type in another zone"),
        (kin("m.b", "m", here), 0.19, "another of the family in the same zone"),
        (kin("c.a", "c", here), 0.06, "anything else in the region"),
        (Kin::of("q", "m.a", "m", "qa"), 0.0, "another region"),
    ];
    let scarce = Contention { window_rate: Some(0.246), ..fitted() };
    let ordinary = Contention { window_rate: Some(0.05), ..Contention::default() };
    for (other, expected, what) in relations {
        for (model, is_scarce) in [(&scarce, true), (&ordinary, false)] {
            let phi = correlation(model, is_scarce, [kin("m.a", "m", here), other]);
            assert!((phi - expected).abs() < 0.06, "{what}, scarce {is_scarce}: {phi}");
        }
    }
    let alone = Contention { kinship: Kinship::AWS.with_zones(0.0), ..scarce };
    let phi = correlation(&alone, true, [kin("m.a", "m", here), kin("m.a", "m", there)]);
    assert!(phi.abs() < 0.04, "{phi}");
}

/// A request at a random moment is refused as often as the rates say: a pool of a scarce type is
/// shut for the share λ / (λ + μ) of all time, be it contended or quiet.
#[test]
fn launches_are_refused_as_often_as_the_rates_say() {
    let (loss, grant) = (1.337, 1.893);
    let hours = 80_000;
    let mut setup = pool(fitted(), 0, fitted().reclaims_of(0.246, true), hours);
    make_scarce(&mut setup);
    let changes = facts(&setup, ROOT).0.into_iter().filter_map(|(at, fact)| match fact {
        Fact::CapacityChanged { capacity, .. } => Some((at, capacity)),
        _ => None,
    });
    let end = (SimTime::ZERO + Span::from_hours(hours), Capacity::Ample);
    let (mut refusing, mut refused_since) = (0.0, None);
    for (at, capacity) in changes.chain([end]) {
        match (refused_since, capacity.grants(0)) {
            (None, false) => refused_since = Some(at),
            (Some(since), true) => {
                refusing += at.since(since).as_hours_f64();
                refused_since = None;
            }
            _ => {}
        }
    }
    let (share, expected) = (refusing / hours as f64, loss / (loss + grant));
    // Some 13,000 windows of contention: a standard error of half a point.
    assert!((share - expected).abs() < 0.02, "{share} instead of {expected}");
}

/// A rigid cap, and before it the law: the share taken by an age is the law's.
#[test]
fn lifetimes_follow_the_bathtub_up_to_its_cap() {
    let law = Law::Bathtub { a: 0.31, tau1: 1.63, tau2: 0.1, b: 23.92 };
    let day = Span::from_hours(24);
    let model = Capped { beneath: Arc::new(ByAge::from(law.clone())), max_life: day };
    let setup = pool(model, 4_000, 0.0, 25);
    let lives = lives(&setup, ROOT);
    let first: Vec<f64> = lives
        .iter()
        .filter(|(from, _)| *from == SimTime::ZERO)
        .map(|(_, to)| to.expect("none outlives a day").as_ms() as f64 / 3_600_000.0)
        .collect();
    assert_eq!(first.len(), 4_000);
    assert!(first.iter().all(|age| *age <= 24.0));
    // Kolmogorov and Smirnov, below the cap: 1.63 / sqrt(n) at one percent.
    let mut sorted = first.clone();
    sorted.sort_by(f64::total_cmp);
    let below = sorted.iter().enumerate().filter(|(_, age)| **age < 24.0);
    let distance = below
        .map(|(rank, age)| ((rank as f64 + 0.5) / 4_000.0 - law.taken_by(*age, 1.0)).abs())
        .fold(0.0, f64::max);
    assert!(distance < 1.63 / libm::sqrt(4_000.0), "{distance}");
}

/// Preemptible VMs for ten days: none gets older than a day, and of those born early enough as many
/// are taken before as the rates of 2019 say, on a machine of 4 CPUs in a zone of the mean.
#[test]
fn preemptible_instances_are_taken_by_age_and_at_a_day() {
    let law = Law::gcp_2019();
    let day = Span::from_hours(24);
    let times = 0.68;
    let by_age = ByAge { law: law.clone(), times: [(OfferingId::from_index(0), times)].into() };
    let setup = pool(Capped { beneath: Arc::new(by_age), max_life: day }, 500, 0.0, 240);
    let (mut early, mut old) = (Vec::new(), 0);
    for (from, to) in lives(&setup, ROOT) {
        let age = to.map(|to| to.since(from));
        assert!(age.is_none_or(|age| age <= day));
        if from < SimTime::ZERO + Span::from_hours(216) {
            let age = age.expect("none outlives a day");
            if age < day { early.push(age.as_hours_f64()) } else { old += 1 }
        }
    }
    let born = early.len() + old;
    early.sort_by(f64::total_cmp);
    let distance = early
        .iter()
        .enumerate()
        .map(|(rank, age)| ((rank as f64 + 0.5) / born as f64 - law.taken_by(*age, times)).abs());
    let distance = distance.fold(0.0, f64::max);
    // Kolmogorov and Smirnov at one percent; by hand 1 - exp(-0.68 * 0.489) = 0.283 are taken early.
    assert!(distance < 1.63 / libm::sqrt(born as f64), "{distance} of {born}");
    let share = early.len() as f64 / born as f64;
    assert!((share - 0.283).abs() < 0.02, "{share} of {born}");
}

/// A pool that wants four holds what the trace held, from each moment to the next.
#[test]
fn a_replay_gives_back_its_own_transitions() {
    let minutes = |m: u64| SimTime::ZERO + Span::from_secs(60 * m);
    let trace = vec![(0, 2), (5, 4), (30, 1), (31, 3), (32, 0), (100, 4), (101, 2), (150, 2)];
    let trace: Vec<(SimTime, u32)> = trace.into_iter().map(|(m, n)| (minutes(m), n)).collect();
    for notice in [Span::ZERO, Span::from_secs(120)] {
        let traces = BTreeMap::from([(OfferingId::from_index(0), trace.clone())]);
        let mut setup = pool(Replay { traces, notice }, 4, 0.0, 4);
        setup
            .change(|it| {
                it.provider = Box::leak(Box::new(Provider { notice, ..it.provider.clone() }))
            })
            .expect("sound");
        let (mut held, mut seen) = (0_u32, Vec::new());
        for (at, fact) in facts(&setup, ROOT).0 {
            match fact {
                Fact::NodeLaunched { .. } => held += 1,
                Fact::NodeGone { .. } => held -= 1,
                _ => continue,
            }
            if seen.last().is_some_and(|(last, _)| *last == at) {
                seen.pop();
            }
            seen.push((at, held));
        }
        let mut expected = trace.clone();
        expected.pop();
        assert_eq!(seen, expected, "with a notice of {notice}");
    }
}

/// A storm takes its share of what runs, and nothing can be had for as long as it lasts.
#[test]
fn a_scripted_storm_takes_its_share_and_lets_nothing_in() {
    let at = SimTime::ZERO + Span::from_hours(1);
    let outage = Span::from_hours(2);
    let storm = Event {
        at,
        offerings: vec![OfferingId::from_index(0)],
        share: 0.5,
        outage,
        announced: Some(false),
    };
    let beside = Arc::new(sim::market::reclaims::constant::Constant);
    let setup = pool(Scripted { beside, events: vec![storm] }, 400, 0.0, 5);
    let facts = facts(&setup, ROOT).0;
    let gone = facts.iter().filter(|(_, f)| matches!(f, Fact::NodeGone { .. }));
    let gone: Vec<SimTime> = gone.map(|(at, _)| *at).collect();
    assert!(gone.iter().all(|gone| *gone == at));
    assert!((160..240).contains(&gone.len()), "half of 400, give or take: {}", gone.len());
    let back = facts
        .iter()
        .filter(|(at, f)| matches!(f, Fact::NodeLaunched { .. }) && *at > SimTime::ZERO);
    let back: Vec<SimTime> = back.map(|(at, _)| *at).collect();
    assert_eq!(back.len(), gone.len());
    assert!(back.iter().all(|back| *back == at + outage));
    assert!(facts.iter().any(|(_, f)| matches!(f, Fact::LaunchRefused { .. })));
}

/// Two clusters on one market: capacity comes and goes for both at the same times, and which of their
/// instances are taken is drawn for each.
#[test]
fn clusters_share_a_market_and_not_the_fates_of_their_instances() {
    let alone = pool(fitted(), 20, fitted().reclaims_of(0.246, true), 24 * 5);
    let seen = |cluster: u64| {
        let mut setup = alone.clone();
        setup.change(|it| it.cluster = cluster).expect("sound");
        let (mut path, mut gone) = (Vec::new(), Vec::new());
        for (at, fact) in facts(&setup, ROOT).0 {
            match fact {
                Fact::CapacityChanged { capacity, .. } => path.push((at, capacity)),
                Fact::NodeGone { node, .. } => gone.push((at, node)),
                _ => {}
            }
        }
        (path, gone)
    };
    let [(path, gone), (path_of_seven, gone_of_seven), (path_of_eight, gone_of_eight)] =
        [0, 7, 8].map(seen);
    assert!(path.len() > 10 && gone.len() > 20, "{} {}", path.len(), gone.len());
    assert_eq!([&path_of_seven, &path_of_eight], [&path; 2]);
    assert!(gone != gone_of_seven && gone != gone_of_eight && gone_of_seven != gone_of_eight);
}

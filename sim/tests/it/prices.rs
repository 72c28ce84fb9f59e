//! Spot prices against the figures that their models are calibrated on, within sampling error; and
//! replayed ones step by step.

use std::sync::Arc;

use sim::market::Market;
use sim::market::prices::Prices;
use sim::market::prices::aws::Aws;
use sim::market::prices::azure::AZURE;
use sim::market::prices::gcp::GCP;
use sim::market::prices::replay::Replay;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Kin, Offering, OfferingId};
use sim::model::node::NodeShape;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span, providers};

const ON_DEMAND: MicroUsdPerHour = MicroUsdPerHour(10_000_000);
const LISTED: MicroUsdPerHour = MicroUsdPerHour(3_200_000);
const DAY: Span = Span::from_hours(24);

/// Spot offerings in one region, all listed at one price.
fn model(offerings: u64, listed: MicroUsdPerHour) -> Model {
    let mut model = Model::default();
    let name = model.names.intern("box");
    let machine = InstanceType::plain(name, Resources::one_pod(1_000, 1 << 30), ON_DEMAND);
    let instance_type = model.catalog.instance_types.push(machine);
    for key in 1..=offerings {
        let bought = Offering::on_demand(instance_type, name, listed);
        let kin = Kin { region: 7, ..Kin::alone(key) };
        let capacity_type = CapacityType::Spot;
        model.catalog.offerings.push(Offering { capacity_type, key, kin, ..bought });
    }
    model
}

/// The steps of an offering's price until an instant, as hours and dollars.
fn path(
    prices: &dyn Prices,
    model: &Model,
    seed: u64,
    offering: usize,
    until: Span,
) -> Vec<(f64, f64)> {
    let mut paths = prices.open(Root { seed, replication: 0 }, model);
    let mut now = SimTime::ZERO;
    let mut steps = Vec::new();
    while let Some((at, price)) = paths.next_price(OfferingId::from_index(offering), now) {
        if at > SimTime::ZERO + until {
            break;
        }
        assert!(at > now, "time goes forwards");
        now = at;
        steps.push((at.since(SimTime::ZERO).as_hours_f64(), price.as_usd_f64()));
    }
    steps
}

fn paths(prices: &dyn Prices, offerings: u64, until: Span) -> Vec<Vec<(f64, f64)>> {
    let model = model(offerings, LISTED);
    let one = |offering| path(prices, &model, 1, offering, until);
    (0..usize::try_from(offerings).expect("a few")).map(one).collect()
}

fn quantile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * percent / 100]
}

/// Whether a figure is as expected, up to a part of it.
fn near(got: f64, expected: f64, tolerance: f64) {
    assert!((got / expected - 1.0).abs() < tolerance, "{got}, expected {expected}");
}

#[test]
fn aws_prices_move_as_their_history_did() {
    let paths = paths(&Aws, 2_000, DAY * 90);
    let moving: Vec<_> = paths.iter().filter(|steps| !steps.is_empty()).collect();
    // Three standard errors of a share of 0.25 among 2,000.
    assert!((1.0 - moving.len() as f64 / 2_000.0 - 0.25).abs() < 0.03, "{}", moving.len());
    let (mut waits, mut deviations, mut next_days) = (Vec::new(), Vec::new(), Vec::new());
    for steps in &moving {
        waits.extend(steps.windows(2).map(|it| it[1].0 - it[0].0));
        let returns = daily_returns(steps, 90);
        let mean = returns.iter().sum::<f64>() / 90.0;
        let square: f64 = returns.iter().map(|it| (it - mean).powi(2)).sum();
        deviations.push((square / 90.0).sqrt());
        next_days.push(
            returns.windows(2).map(|it| (it[0] - mean) * (it[1] - mean)).sum::<f64>() / square,
        );
    }
    // At $3.20 nearly every revision shows; the history's quantiles 10 and 50 % are 4.8 and 6.1 h.
    near(quantile(&mut waits, 10), 4.9, 0.03);
    near(quantile(&mut waits, 50), 6.1, 0.03);
    // The history's quantiles of the daily standard deviation, in percent: 0.29, 0.68 and 1.98.
    for (percent, deviation, tolerance) in [(10, 0.29, 0.2), (50, 0.68, 0.15), (90, 1.98, 0.2)] {
        near(100.0 * quantile(&mut deviations, percent), deviation, tolerance);
    }
    near(quantile(&mut next_days, 50), 0.49, 0.15);
    let mut moves: Vec<f64> = paths.iter().map(|steps| net_move(steps)).collect();
    near(100.0 * quantile(&mut moves, 90), 19.6, 0.2);
}

/// Prices are published in ten-thousandths of a dollar, so that the cheap change less often.
#[test]
fn aws_prices_of_small_types_change_less_often() {
    let changes = |listed: u64| {
        let model = model(400, MicroUsdPerHour(listed));
        let each = (0..400).map(|offering| path(&Aws, &model, 1, offering, DAY * 90));
        let mut changes = Vec::new();
        for steps in each.filter(|steps| !steps.is_empty()) {
            for (_, price) in &steps {
                let ticks = price * 10_000.0;
                let at_the_edge = (price - 1.0).abs() < 1e-9 || (price - 10.0).abs() < 1e-9;
                assert!(at_the_edge || (ticks - ticks.round()).abs() < 1e-6, "{price}");
            }
            changes.push(steps.len() as f64);
        }
        quantile(&mut changes, 50)
    };
    // The history's medians of t3.medium at $0.0125, m5.large at $0.04 and r5.16xlarge at $1.60.
    let model_at = [12_500, 40_000, 1_600_000].map(changes);
    for (got, range) in model_at.iter().zip([41.0..85.0, 111.0..200.0, 320.0..352.0]) {
        assert!(range.contains(got), "{model_at:?}");
    }
    // What is listed below a tick is not a price that AWS publishes, and stays.
    let model = model(5, MicroUsdPerHour(40));
    for offering in 0..5 {
        assert_eq!(path(&Aws, &model, 1, offering, DAY * 365), []);
    }
}

/// How far a price is from where it began, as a part.
fn net_move(steps: &[(f64, f64)]) -> f64 {
    let last = steps.last().map_or(LISTED.as_usd_f64(), |(_, price)| *price);
    libm::expm1(libm::log(last / LISTED.as_usd_f64()).abs())
}

/// How the logarithm of a price changes from day to day.
fn daily_returns(steps: &[(f64, f64)], days: u32) -> Vec<f64> {
    let at_end_of = |day: u32| {
        let before = steps.iter().take_while(|(at, _)| *at <= 24.0 * f64::from(day)).last();
        libm::log(before.map_or(LISTED.as_usd_f64(), |(_, price)| *price))
    };
    let logs: Vec<f64> = (0..=days).map(at_end_of).collect();
    logs.windows(2).map(|it| it[1] - it[0]).collect()
}

/// How the daily changes of two prices correlate, on average over pairs that both move.
fn correlation(model: &Model, pairs: impl Iterator<Item = (usize, usize)>) -> f64 {
    let changes = |offering: usize| -> Option<Vec<f64>> {
        let steps = path(&Aws, model, 3, offering, DAY * 90);
        (!steps.is_empty()).then(|| daily_returns(&steps, 90))
    };
    let moment = |one: &[f64], other: &[f64]| -> f64 {
        let mean = |it: &[f64]| it.iter().sum::<f64>() / it.len() as f64;
        let (a, b) = (mean(one), mean(other));
        one.iter().zip(other).map(|(x, y)| (x - a) * (y - b)).sum()
    };
    let each = pairs.filter_map(|(one, other)| {
        let (one, other) = changes(one).zip(changes(other))?;
        Some(moment(&one, &other) / (moment(&one, &one) * moment(&other, &other)).sqrt())
    });
    let each: Vec<f64> = each.collect();
    assert!(each.len() > 300, "{}", each.len());
    each.iter().sum::<f64>() / each.len() as f64
}

/// 800 types in two zones each: they share 29 % of the variance of their jumps, which different lags
/// make 0.23 of daily changes, and 0.20 is recorded; types share nothing. The standard error of the
/// mean over some 600 pairs is 0.01.
#[test]
fn aws_prices_of_one_type_share_a_part() {
    let mut model = model(1_600, LISTED);
    for index in 0..1_600_usize {
        let offering = &mut model.catalog.offerings[OfferingId::from_index(index)];
        offering.kin.type_in_region = index as u64 / 2;
    }
    let zones = correlation(&model, (0..800).map(|of| (2 * of, 2 * of + 1)));
    assert!((zones - 0.22).abs() < 0.035, "{zones}");
    let strangers = correlation(&model, (0..799).map(|of| (2 * of, 2 * of + 2)));
    assert!(strangers.abs() < 0.035, "{strangers}");
}

/// The variance of the logarithm settles: after four years it is no more than after two, and of the
/// size that jumps with a half-life of 80 days give.
#[test]
fn aws_prices_are_drawn_back() {
    let paths = paths(&Aws, 600, DAY * 1_460);
    let spread = |hours: f64| {
        let last = |steps: &Vec<(f64, f64)>| {
            steps.iter().take_while(|(at, _)| *at < hours).last().map(|(_, price)| *price)
        };
        // Half of all prices in the middle: the bounds cut the tails.
        let mut logs: Vec<f64> =
            paths.iter().filter_map(last).map(|it| libm::log(it / 3.2).abs()).collect();
        quantile(&mut logs, 50)
    };
    let (month, two, four) = (spread(730.0), spread(17_520.0), spread(35_040.0));
    assert!(month < two, "{month} {two}");
    near(four, two, 0.2);
    // A jump of 0.71 % every 6 h, whose variance halves in 40 days; the median of a distance from
    // zero is 0.6745 standard deviations of a normal, and of one whose own is log-normal with
    // parameter 0.57 about 0.63 of the median's.
    let deviation = 0.0071 * (40.0 * 4.0 / std::f64::consts::LN_2).sqrt();
    near(two, 0.63 * deviation, 0.2);
}

#[test]
fn aws_prices_stay_between_a_tenth_and_all_of_on_demand() {
    for listed in [1_010_000, 9_990_000] {
        let model = model(40, MicroUsdPerHour(listed));
        let (mut lowest, mut highest) = (f64::MAX, 0.0_f64);
        for offering in 0..40 {
            for (_, price) in path(&Aws, &model, 2, offering, DAY * 365) {
                (lowest, highest) = (lowest.min(price), highest.max(price));
            }
        }
        assert!(lowest >= 1.0 && highest <= 10.0, "{lowest} {highest}");
        assert!(lowest < 1.001 || highest > 9.999, "the edge is reached");
    }
    // A price that is listed above on-demand may go back to where it began, and no further.
    let model = model(40, MicroUsdPerHour(11_000_000));
    let highest = (0..40).flat_map(|it| path(&Aws, &model, 2, it, DAY * 90)).map(|step| step.1);
    assert!(highest.fold(0.0, f64::max) <= 11.0);
}

#[test]
fn gcp_prices_change_in_waves() {
    let paths = paths(&GCP, 400, DAY * 365);
    let first = paths.iter().map(|steps| steps[0].0).fold(f64::MAX, f64::min);
    let (mut steps, mut same, mut pairs) = (0, 0, 0);
    for path in &paths {
        for (at, _) in path {
            let waves = (at - first) / (14.0 * 24.0);
            assert!((waves - waves.round()).abs() < 1e-6, "{at}: between two waves");
        }
        let ratios: Vec<f64> = path.windows(2).map(|it| it[1].1 / it[0].1).collect();
        let free = |it: &&f64| (**it - 1.05).abs() < 1e-6 || (**it - 0.95).abs() < 1e-6;
        // Only the cap at the on-demand price makes a step of another size.
        assert!(ratios.iter().filter(free).count() * 100 > ratios.len() * 95, "{ratios:?}");
        same += ratios.windows(2).filter(|it| (it[0] > 1.0) == (it[1] > 1.0)).count();
        pairs += ratios.len() - 1;
        steps += path.len();
    }
    let waves = ((365.0 * 24.0 - first) / (14.0 * 24.0)).floor() + 1.0;
    near(steps as f64 / (400.0 * waves), 0.77, 0.02);
    near(same as f64 / pairs as f64, 0.63, 0.03);
}

#[test]
fn azure_prices_change_from_month_to_month() {
    let paths = paths(&AZURE, 1_000, DAY * 730);
    let steps: usize = paths.iter().map(Vec::len).sum();
    // Two years have 24 months of 730 h.
    near(steps as f64 / (1_000.0 * 24.0), 0.16, 0.06);
    let first = paths.iter().flatten().map(|step| step.0).fold(f64::MAX, f64::min);
    let months = paths.iter().flatten().map(|step| (step.0 - first) / 730.0);
    assert!(months.into_iter().all(|it| (it - it.round()).abs() < 1e-6));
}

/// A price depends on its offering's key and the replication, and on nothing else in the scenario.
#[test]
fn a_price_is_the_same_whatever_else_is_for_sale() {
    let models: [&dyn Prices; 3] = [&Aws, &GCP, &AZURE];
    for prices in models {
        let (few, many) = (model(3, LISTED), model(30, LISTED));
        let all = |model: &Model, seed| {
            let one = |offering| path(prices, model, seed, offering, DAY * 365);
            [0, 1, 2].map(one)
        };
        assert_eq!(all(&few, 3), all(&many, 3), "{}", prices.name());
        assert_ne!(all(&few, 3), all(&few, 4), "{}", prices.name());
    }
}

#[test]
fn on_demand_has_no_way_of_its_own() {
    let mut model = model(1, LISTED);
    model.catalog.offerings[OfferingId::from_index(0)].capacity_type = CapacityType::OnDemand;
    for seed in 0..10 {
        assert_eq!(path(&Aws, &model, seed, 0, DAY * 90), []);
    }
}

#[test]
fn a_replay_takes_every_step_at_its_time() {
    let hours = |hours| SimTime::ZERO + Span::from_hours(hours);
    let usd = |micro| MicroUsdPerHour(micro);
    let mut replay = Replay::new();
    replay.record(1, vec![(hours(0), usd(5)), (hours(2), usd(6)), (hours(3), usd(6))]);
    replay.record(2, vec![(hours(4), usd(9)), (hours(5), usd(8))]);
    let model = model(3, LISTED);
    let mut paths = replay.open(Root { seed: 1, replication: 0 }, &model);
    let [first, second, third] = [0, 1, 2].map(OfferingId::from_index);
    let starts = [first, second, third].map(|it| paths.at_start(it, LISTED));
    assert_eq!(starts, [usd(5), LISTED, LISTED], "what is not recorded is as listed");
    assert_eq!(paths.next_price(first, hours(0)), Some((hours(2), usd(6))));
    assert_eq!(paths.next_price(first, hours(2)), None, "a repeat is no step");
    assert_eq!(paths.next_price(second, hours(0)), Some((hours(4), usd(9))));
    assert_eq!(paths.next_price(second, hours(4)), Some((hours(5), usd(8))));
    assert_eq!(paths.next_price(third, hours(0)), None);
}

/// Drawing prices disturbs nothing else: the same instances are taken at the same times.
#[test]
fn prices_carry_no_signal_about_reclaims() {
    let run = |prices| {
        let mut model = model(2, LISTED);
        let ids: Vec<OfferingId> = model.catalog.offerings.ids().collect();
        let size = Resources::one_pod(1_000, 1 << 30);
        let mut templates = Vec::new();
        for offering in ids {
            model.catalog.offerings[offering].reclaims_per_hour = 0.05;
            let shape = NodeShape::plain(size);
            templates.push(NodeTemplate { offering, shape });
        }
        let name = model.names.intern("pool");
        model.pools.push(Pool {
            name,

            templates,
            limits: Limits::default(),
            keeper: Keeper::of_size(4),
        });
        let market = Market { prices, ..Market::default() };
        let aws = providers::named("aws").expect("aws is modelled");
        let setup = Setup::new(model, market, aws, Span::ZERO, DAY * 30).expect("sound");
        let mut facts = Vec::new();
        sim::run(&setup, Root { seed: 9, replication: 0 }, &mut facts);
        let price = |fact: &Fact| matches!(fact, Fact::PriceChanged { .. });
        let changes = facts.iter().filter(|(_, fact)| price(fact)).count();
        let gone = facts.into_iter().filter(|(_, it)| matches!(it, Fact::NodeGone { .. }));
        (changes, gone.collect::<Vec<_>>())
    };
    let constant = run(Market::default().prices);
    let waves = run(Arc::new(GCP));
    assert!(constant.0 == 0 && waves.0 > 0 && !waves.1.is_empty());
    assert_eq!(constant.1, waves.1);
}

/// One instance whose pool pays 0.30, over a price that goes 0.20, 0.40, 0.25 and 0.35.
#[test]
fn a_pool_that_pays_too_little_loses_its_nodes() {
    let hours = |hours| SimTime::ZERO + Span::from_hours(hours);
    let notice = Span::from_secs(120);
    let story = |steps: &[(u64, u64)], max_price| {
        let mut replay = Replay::new();
        replay.record(1, steps.iter().map(|(at, p)| (hours(*at), MicroUsdPerHour(*p))).collect());
        let mut model = model(1, LISTED);
        let shape = NodeShape::plain(Resources::one_pod(1_000, 1 << 30));
        let offering = OfferingId::from_index(0);
        let templates = vec![NodeTemplate { offering, shape }];
        let name = model.names.intern("pool");
        let max_price = Some(MicroUsdPerHour(max_price));
        model.pools.push(Pool {
            name,
            templates,
            limits: Limits { max_price },
            keeper: Keeper::of_size(1),
        });
        let market = Market { prices: Arc::new(replay), ..Market::default() };
        let aws = providers::named("aws").expect("aws is modelled");
        let setup = Setup::new(model, market, aws, Span::ZERO, DAY).expect("sound");
        let mut facts = Vec::new();
        sim::run(&setup, Root { seed: 9, replication: 0 }, &mut facts);
        let each = facts.into_iter().filter_map(|(at, fact)| match fact {
            Fact::NodeLaunched { price, .. } => Some((at, format!("launched at {}", price.0))),
            Fact::NoticeGiven { lead, .. } => Some((at, format!("gone in {lead}"))),
            Fact::NodeGone { why, .. } => Some((at, format!("{why:?}"))),
            Fact::LaunchRefused { outbid, .. } => Some((at, format!("refused, outbid {outbid}"))),
            _ => None,
        });
        each.collect::<Vec<_>>()
    };
    let named = |events: &[(SimTime, &str)]| -> Vec<(SimTime, String)> {
        events.iter().map(|(at, what)| (*at, (*what).to_owned())).collect()
    };
    let steps = [(0, 200_000), (2, 400_000), (5, 250_000), (6, 300_000), (7, 350_000)];
    let expected = named(&[
        (hours(0), "launched at 200000"),
        (hours(2), "gone in 2m"),
        (hours(2) + notice, "Outbid"),
        (hours(2) + notice, "refused, outbid true"),
        (hours(5), "launched at 250000"),
        (hours(7), "gone in 2m"),
        (hours(7) + notice, "Outbid"),
        (hours(7) + notice, "refused, outbid true"),
    ]);
    assert_eq!(story(&steps, 300_000), expected, "as much as the maximum is not above it");
    // Dear from the start: nothing is there until it may be.
    let expected = [(hours(0), "refused, outbid true"), (hours(5), "launched at 250000")];
    let steps = [(0, 400_000), (5, 250_000)];
    assert_eq!(story(&steps, 300_000), named(&expected));
    assert_eq!(story(&steps, 400_000), named(&[(hours(0), "launched at 400000")]));
}

//! Series against the figures they must sum to, on any sequence of launches, prices and losses.

use crate::common;

use proptest::prelude::*;
use reports::folds::pending::Waits;
use reports::folds::series::{STEPS, Series};
use reports::{Figures, Fold};
use sim::fact::Cause;
use sim::fact::refusal::Refusals;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::pool::PoolId;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::{Cost, Fact, MicroUsdPerHour, Run, SimTime, Sink, Span};

use common::{LIST, legend};

/// The life of an instance: offering, launch, boot, and how long it is held.
type Life = (usize, u64, u64, u64);

fn run(window: (u64, u64), lives: &[Life], prices: &[(u64, u64)]) -> (Figures, Series) {
    let node = NodeId::from_index;
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    let mut at = |ms: u64, fact| facts.push((SimTime::from_ms(ms), fact));
    for (index, (offering, launch, boot, held)) in lives.iter().copied().enumerate() {
        let (node, pool) = (node(index), PoolId::from_index(0));
        let offering = OfferingId::from_index(offering);
        at(launch, Fact::NodeLaunched { node, pool, offering, price: LIST });
        if boot < held {
            at(launch + boot, Fact::NodeReady { node });
        }
        at(launch + held, Fact::NodeGone { node, why: Cause::Reclaimed, announced: true });
    }
    for (ms, price) in prices.iter().copied() {
        let (offering, price) = (OfferingId::from_index(1), MicroUsdPerHour(price));
        at(ms, Fact::PriceChanged { offering, price });
    }
    facts.sort_by_key(|(at, _)| *at);
    let (from, to) = (Span::from_ms(window.0), Span::from_ms(window.1));
    let mut fold = Fold::new(&legend(from, to));
    let before_the_end = facts.iter().filter(|(at, _)| *at < SimTime::ZERO + to);
    before_the_end.for_each(|(at, fact)| fold.fact(*at, fact));
    let (counters, refusals) = (sim::outcome::Counters::default(), Refusals::default());
    fold.finish(&Run { digest: 0, counters, refusals })
}

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let life = (0..2_usize, 0..9_000_000_u64, 0..400_000_u64, 1..9_000_000_u64);
    proptest::collection::vec(life, 1..12)
}

proptest! {
    /// Step by step or all at once: the same money to the last unit, the same instance time, the
    /// same worst moment.
    #[test]
    fn steps_sum_to_the_figures(
        lives in lives(),
        prices in proptest::collection::vec((0..9_000_000_u64, 0..4_000_000_u64), 0..6),
        from in 0..4_000_000_u64,
        length in 1..6_000_000_u64,
    ) {
        let (figures, series) = run((from, from + length), &lives, &prices);
        prop_assert_eq!(series.cost(), figures.money.total());
        let column = |column: usize| -> Cost { series.steps.iter().map(|s| s.cost[column]).sum() };
        prop_assert_eq!([column(0), column(1)], [figures.money.on_demand, figures.money.spot]);
        let held: u128 = series.steps.iter().flat_map(|step| step.held_ms).sum();
        prop_assert_eq!(held, figures.capacity.node_ms);
        prop_assert_eq!(u64::from(series.least_ready()), figures.capacity.least_ready_nodes);
    }

    /// Replications may be added in any order.
    #[test]
    fn sums_do_not_tell_the_order(a in lives(), b in lives(), c in lives()) {
        let window = (0, 8_000_000);
        let [a, b, c] = [a, b, c].map(|lives| run(window, &lives, &[]).1);
        let sum = |parts: [&Series; 3]| {
            let mut sum = Series::new(&legend(Span::ZERO, Span::from_ms(window.1)));
            parts.into_iter().for_each(|part| sum.add(part));
            sum
        };
        prop_assert_eq!(sum([&a, &b, &c]), sum([&c, &a, &b]));
        prop_assert_eq!(sum([&a, &b, &c]).replications, 3);
    }

    /// Rounded waits are few, as many as before, and none is shorter or longer by a percent or more.
    #[test]
    fn waits_are_rounded_up_by_little(ms in proptest::collection::vec(0..4_000_000_000_u64, 1..200)) {
        let waits = |ms: &[u64]| {
            let mut pending = reports::folds::pending::Pending::new(&legend(Span::ZERO, Span::from_hours(9_000)));
            for (index, ms) in ms.iter().enumerate() {
                let fact = Fact::StillPending {
                    pod: PodId::from_index(index),
                    workload: WorkloadId::from_index(0),
                    waited: Span::from_ms(*ms),
                    refusal: None,
                };
                pending.fact(SimTime::from_ms(4_000_000_000), &fact);
            }
            pending.waits
        };
        let exact: Waits = waits(&ms);
        let rounded = exact.rounded();
        prop_assert_eq!(rounded.total(), exact.total());
        prop_assert_eq!(rounded.still_waiting(), ms.len() as u64);
        for percent in [1, 50, 95, 100] {
            let [exact, rounded] = [&exact, &rounded]
                .map(|waits| waits.quantile(percent).map_or(0, |wait| wait.span.as_ms()));
            prop_assert!(exact <= rounded && rounded as f64 <= exact as f64 * 1.008, "{exact} {rounded}");
        }
    }
}

#[test]
fn a_window_shorter_than_its_steps_still_sums() {
    let (figures, series) = run((10, 10 + STEPS as u64 / 3), &[(0, 0, 0, 1_000)], &[]);
    assert_eq!(series.cost(), figures.money.total());
    assert_eq!(series.least_ready(), 1);
}

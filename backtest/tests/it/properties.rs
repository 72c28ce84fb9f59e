//! What must hold of any history.

use backtest::history::Container;
use backtest::recommenders::percentile::Percentile;
use backtest::{Score, walk};
use proptest::prelude::*;

use crate::common::{HOUR, MIB, container, plan, requests, stated, walked};

fn histories() -> impl Strategy<Value = Container> {
    let used = proptest::collection::vec((0..5_000_u64, 0..9_000_u64), 1..120);
    let sizes = proptest::option::of((1..2_000_u64, 1..5_000_u64, 1..2_000_u64));
    (used, sizes, prop_oneof![Just(HOUR / 4), Just(HOUR), Just(9 * HOUR)]).prop_map(
        |(used, sizes, apart)| {
            let mut it = container(apart, &used);
            if let Some((cpu, memory, more)) = sizes {
                let limits = stated(cpu + more, (memory + more) * MIB);
                requests(&mut it, stated(cpu, memory * MIB), limits);
            }
            it
        },
    )
}

fn of_percentile(it: &Container, per_mille: usize, margin: u64) -> Score {
    walk(it, &mut Percentile::new(it, per_mille, margin), &plan(2, 6)).score
}

proptest! {
    #![proptest_config(testing::cases(128))]

    /// A higher percentile never wastes less, and never kills, throttles or contends more.
    #[test]
    fn a_higher_percentile_wastes_more_and_risks_less(
        it in histories(),
        (low, high) in (1..1_000_usize, 1..1_000_usize).prop_map(|(a, b)| (a.min(b), a.max(b))),
        margin in 0..60_u64,
    ) {
        let [low, high] = [low, high].map(|share| of_percentile(&it, share, margin));
        let lanes = low.lanes.zip(high.lanes);
        for (low, high) in [lanes.cpu, lanes.memory] {
            prop_assert!(low.wasted <= high.wasted);
            prop_assert!(low.above_request.samples >= high.above_request.samples);
            prop_assert!(low.above_limit.samples >= high.above_limit.samples);
            prop_assert!(low.above_limit.amount >= high.above_limit.amount);
            prop_assert_eq!(low.judged_ms, high.judged_ms);
        }
        prop_assert!(low.kills() >= high.kills());
    }

    /// So does a larger margin.
    #[test]
    fn a_larger_margin_wastes_more_and_risks_less(it in histories(), less in 0..50_u64, more in 0..50_u64) {
        let [small, large] = [less, less + more].map(|margin| of_percentile(&it, 900, margin));
        prop_assert!(small.lanes.cpu.wasted <= large.lanes.cpu.wasted);
        prop_assert!(small.kills() >= large.kills());
    }

    /// What was requested is what was used, less what was above it, and what was wasted.
    #[test]
    fn what_is_requested_is_used_or_wasted(it in histories()) {
        for id in ["vpa", "p95", "krr"] {
            let score = walked(&it, id, &plan(1, 3)).score;
            for lane in score.lanes.each() {
                prop_assert!(lane.wasted <= lane.requested);
                prop_assert!(lane.above_request.ms <= lane.judged_ms);
            }
        }
    }

    /// The future is not looked at: what follows the last step changes nothing that was counted before it.
    #[test]
    fn the_future_is_not_looked_at(it in histories(), more in proptest::collection::vec(0..9_000_u64, 1..20)) {
        let (_, end) = it.span_ms().expect("samples");
        let mut longer = it.clone();
        let later: Vec<(u64, u64)> = more.iter().map(|used| (*used, *used)).collect();
        // A pod of its own, from a step after the end on.
        crate::common::pod(&mut longer, 1, (end + 48 * HOUR, HOUR), &later);
        longer.sort();
        for id in ["as-they-are", "vpa", "p95", "p99", "krr"] {
            let short = walked(&it, id, &plan(1, 3)).score;
            let cut = {
                let mut counted = longer.clone();
                counted.samples.retain(|sample| sample.pod == 0);
                walked(&counted, id, &plan(1, 3)).score
            };
            let long = walked(&longer, id, &plan(1, 3)).score;
            prop_assert_eq!(short, cut);
            prop_assert!(long.lanes.cpu.wasted >= short.lanes.cpu.wasted);
            prop_assert!(long.kills() >= short.kills());
            prop_assert!(long.changes >= short.changes);
        }
    }
}

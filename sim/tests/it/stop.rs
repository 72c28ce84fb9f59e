//! A run that is stopped has no result, and ends soon: not after all that one event sets off.

use crate::common;

use std::sync::atomic::{AtomicBool, Ordering};

use common::{facts, plans, setup, simple};
use proptest::prelude::*;
use sim::{Fact, Root, SimTime, Sink, Span, Stop};

const ROOT: Root = Root { seed: 42, replication: 0 };

/// Wishes to stop after a number of facts.
struct After<'w> {
    wanted: usize,
    wish: &'w AtomicBool,
    facts: Vec<(SimTime, Fact)>,
}

impl Sink for After<'_> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.facts.push((at, *fact));
        if self.facts.len() >= self.wanted {
            self.wish.store(true, Ordering::Relaxed);
        }
    }
}

/// What a run gives that is stopped after a number of facts: its digest, if any, and those facts.
fn stopped(setup: &sim::Setup, wanted: usize) -> (Option<u64>, Vec<(SimTime, Fact)>) {
    let wish = AtomicBool::new(wanted == 0);
    let mut sink = After { wanted, wish: &wish, facts: Vec::new() };
    let run = sim::run_unless(Stop::once(&wish), setup, ROOT, &mut sink);
    (run.map(|run| run.digest), sink.facts)
}

#[test]
fn the_births_the_pods_and_the_queue_of_one_instant_are_not_waited_for() {
    let setup = setup(&simple(0.0, 2_000, Span::from_hours(1)));
    let (all, _) = facts(&setup, ROOT);
    let of = |what: fn(&Fact) -> bool| all.iter().position(|(_, fact)| what(fact)).expect("one");
    let moments = [
        ("nothing yet", 0),
        ("a node is born", 10),
        ("a pod is made", of(|fact| matches!(fact, Fact::PodCreated { .. })) + 1),
        ("a pod is placed", of(|fact| matches!(fact, Fact::PodScheduled { .. })) + 1),
    ];
    for (moment, wanted) in moments {
        let (run, seen) = stopped(&setup, wanted);
        assert_eq!(run, None, "{moment}");
        assert!(seen.len() < wanted + 10, "{moment}: {} facts of {}", seen.len(), all.len());
    }
}

proptest! {
    #![proptest_config(testing::cases(96))]

    /// Wherever a run is stopped, it ends without a result and without harm; what it had said by then
    /// is what it always says. A wish that comes after the last fact changes nothing.
    #[test]
    fn a_run_is_stopped_anywhere(plan in plans(), at in any::<prop::sample::Index>()) {
        let setup = setup(&plan);
        let (all, run) = facts(&setup, ROOT);
        let wanted = at.index(all.len() + 2);
        let (digest, seen) = stopped(&setup, wanted);
        let before = wanted.min(all.len());
        prop_assert_eq!(&seen[..before], &all[..before]);
        if wanted > all.len() {
            prop_assert_eq!(digest, Some(run.digest));
        }
    }
}

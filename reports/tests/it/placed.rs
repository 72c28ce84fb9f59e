//! Pods that never run, by hand: what counts, and what only waits.

use crate::common;
use crate::common::half;

use common::{legend, s};
use reports::folds::placed::{Placed, Placements};
use reports::folds::roster::Alone;
use sim::fact::Cause;
use sim::model::node::NodeId;
use sim::model::pod::{PodId, SpecId};
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::{Fact, Legend, Root, Setup, Sink, Span};

const WEB: fn() -> WorkloadId = || WorkloadId::from_index(0);

/// What `facts` come to over 1 000 s.
fn placed(legend: &Legend, facts: &[(u64, Fact)]) -> Placed {
    let mut placements = Alone::new(legend, Placements::new(legend));
    for (second, fact) in facts {
        placements.fact(s(*second), fact);
    }
    // A run in which nothing was refused.
    let provider = legend.provider;
    let (market, day) = (sim::market::Market::default(), Span::from_hours(24));
    let setup = Setup::new(sim::model::Model::default(), market, provider, Span::ZERO, day);
    let run = sim::run(
        &setup.expect("an empty model can run"),
        Root { seed: 1, replication: 0 },
        &mut (),
    );
    placements.fold.finish(&run).remove(0)
}

fn scheduled(pod: usize) -> Fact {
    let (pod, node) = (PodId::from_index(pod), NodeId::from_index(0));
    Fact::PodScheduled {
        pod,
        workload: WEB(),
        spec: SpecId::from_index(0),
        requests: half(),
        node,
        waited: Span::ZERO,
    }
}

fn stops(pod: usize) -> Fact {
    Fact::PodTerminating {
        pod: PodId::from_index(pod),
        workload: WEB(),
        was_ready: true,
        was_available: true,
        why: Cause::Reclaimed,
        reason: None,
    }
}

fn still_pending(pod: usize, seconds: u64) -> Fact {
    let waited = Span::from_secs(seconds);
    Fact::StillPending { pod: PodId::from_index(pod), workload: WEB(), waited, refusal: None }
}

fn never(placed: &Placed) -> (u64, u64) {
    (placed.never, placed.of)
}

#[test]
fn replicas_never_run_that_are_more_than_ever_ran_at_once() {
    let legend = legend(Span::ZERO, Span::from_secs(1_000));
    let created = (0, Fact::WorkloadCreated { workload: WEB() });
    assert_eq!(never(&placed(&legend, &[created, (1_000, still_pending(0, 1_000))])), (2, 2));
    // They take turns on the same room.
    let turns = [created, (0, scheduled(0)), (500, stops(0)), (500, scheduled(1))];
    assert_eq!(never(&placed(&legend, &turns)), (1, 2));
    // Both ran, and the successor of one waits since a moment, or since long.
    for waited in [2, 900] {
        let both = [
            created,
            (0, scheduled(0)),
            (0, scheduled(1)),
            (1_000 - waited, stops(0)),
            (1_000, still_pending(2, waited)),
        ];
        assert_eq!(never(&placed(&legend, &both)), (0, 2), "{waited}");
    }
}

#[test]
fn other_pods_never_run_that_wait_for_half_of_the_window() {
    let mut legend = legend(Span::ZERO, Span::from_secs(1_000));
    let mut model = sim::model::Model::clone(&legend.model);
    model.workloads[WEB()].controller = Controller::Pod { duration: None };
    legend.model = model.into();
    for (waited, expected) in [(499, (0, 0)), (500, (1, 1)), (1_000, (1, 1))] {
        let facts =
            [(0, Fact::WorkloadCreated { workload: WEB() }), (1_000, still_pending(0, waited))];
        assert_eq!(never(&placed(&legend, &facts)), expected, "{waited}");
    }
}

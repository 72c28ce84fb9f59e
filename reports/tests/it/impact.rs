//! Impact by hand: time to recovery, the largest burst, and the workloads disrupted.

use crate::common;
use crate::common::half;

use common::{SPOT, SPOT_OFFERING, legend, s};
use reports::folds::impact::ImpactFold;
use reports::folds::roster::Alone;
use sim::fact::Cause;
use sim::model::disruption::DisruptionReason;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit, PodId};
use sim::table::Id;
use sim::{Fact, Sink, Span};

fn node(number: usize) -> NodeId {
    Id::from_index(number)
}

fn pod(number: usize) -> PodId {
    Id::from_index(number)
}

fn launched(number: usize) -> Fact {
    let offering = Id::from_index(SPOT_OFFERING);
    Fact::NodeLaunched { node: node(number), pool: Id::from_index(0), offering, price: SPOT }
}

/// A pod of the Deployment, as one of its replicas.
fn created(number: usize, replica: u32, attempt: u32) -> Fact {
    Fact::PodCreated { pod: pod(number), workload: Id::from_index(0), replica, attempt }
}

fn placed(number: usize, on: usize) -> Fact {
    let (workload, spec) = (Id::from_index(0), Id::from_index(0));
    Fact::PodFound { pod: pod(number), workload, spec, requests: half(), node: node(on) }
}

fn ready(number: usize, on: usize) -> Fact {
    Fact::PodReady { pod: pod(number), workload: Id::from_index(0), node: node(on) }
}

fn terminating(number: usize) -> Fact {
    Fact::PodTerminating {
        pod: pod(number),
        workload: Id::from_index(0),
        was_ready: true,
        was_available: true,
        why: Cause::Reclaimed,
        reason: Some(DisruptionReason::EvictionByEvictionApi),
    }
}

fn ended(number: usize, on: usize, end: End) -> Fact {
    Fact::PodEnded {
        pod: pod(number),
        workload: Id::from_index(0),
        spec: Id::from_index(0),
        requests: half(),
        node: node(on),
        end,
        reason: None,
        was_ready: true,
        was_available: true,
        ran: Span::ZERO,
    }
}

fn gone(number: usize, announced: bool) -> Fact {
    Fact::NodeGone { node: node(number), why: Cause::Reclaimed, announced }
}

/// One pod is evicted at the notice at 100 s and ready elsewhere at 160 s; another is killed at 390 s
/// and ready elsewhere at 510 s; a third is killed then, too, and not back at the end, at 1,000 s.
#[test]
fn recovery_begins_with_the_notice_or_with_the_loss() {
    let legend = legend(Span::ZERO, Span::from_secs(1_000));
    let mut fold = Alone::new(&legend, ImpactFold::new(&legend));
    let facts = [
        (0, launched(0)),
        (0, launched(1)),
        (0, launched(2)),
        (0, created(0, 0, 0)),
        (0, created(1, 1, 0)),
        (0, created(2, 2, 0)),
        (0, placed(0, 0)),
        (0, placed(1, 1)),
        (0, placed(2, 1)),
        (100, Fact::NoticeGiven { node: node(0), lead: Span::from_secs(120) }),
        (105, terminating(0)),
        (105, created(3, 0, 1)),
        (120, placed(3, 2)),
        (160, ready(3, 2)),
        (220, ended(0, 0, End::CutShort(Limit::Deadline))),
        (220, gone(0, true)),
        (390, ended(1, 1, End::KilledWithoutWarning)),
        (390, ended(2, 1, End::KilledWithoutWarning)),
        (390, gone(1, false)),
        (450, created(4, 1, 1)),
        (500, placed(4, 2)),
        (510, ready(4, 2)),
        (
            900,
            Fact::LaunchRefused {
                pool: Id::from_index(0),
                offering: Id::from_index(SPOT_OFFERING),
                outbid: false,
            },
        ),
    ];
    for (at, fact) in facts {
        fold.fact(s(at), &fact);
    }
    let (impact, replacement) = fold.fold.finish();
    let quantile = |percent| {
        let wait = replacement.quantile(percent).expect("three were disrupted");
        (wait.span.as_ms() / 1_000, wait.at_least)
    };
    assert_eq!(
        [quantile(33), quantile(50), quantile(100)],
        [(60, false), (120, false), (610, true)]
    );

    let burst = impact.burst;
    assert_eq!((burst.nodes, burst.of, burst.nodes_in_a_zone), (2, 3, 2), "170 s apart");
    assert_eq!(burst.at, Some(s(390)));

    let ends = impact.sources.workloads[&Id::from_index(0)];
    assert_eq!((ends.cut_short_by_deadline, ends.killed_without_warning), (1, 2));
    assert_eq!(impact.sources.shortest_notice[&Id::from_index(0)], Span::from_secs(120));
    let counts = impact.sources.offerings[&Id::from_index(SPOT_OFFERING)];
    assert_eq!((counts.reclaims, counts.notices_missed, counts.refusals), (2, 1, 1));
    assert_eq!(counts.ends.total(), 3);
}

/// Losses five minutes apart are two bursts of one.
#[test]
fn what_is_five_minutes_apart_is_not_at_once() {
    let legend = legend(Span::ZERO, Span::from_secs(1_000));
    let mut fold = Alone::new(&legend, ImpactFold::new(&legend));
    for (at, fact) in
        [(0, launched(0)), (0, launched(1)), (100, gone(0, true)), (400, gone(1, true))]
    {
        fold.fact(s(at), &fact);
    }
    assert_eq!(fold.fold.finish().0.burst.nodes, 1);
}

/// A replica is evicted at 100 s. Its replacement is taken at 150 s before it is ready, and the
/// next one is ready at 200 s: one wait of 100 s. What is disrupted afterwards is measured from its own
/// disruption: 300 s to 310 s. A pod that is ready for the first time ends no wait.
#[test]
fn a_replacement_that_is_taken_goes_on_with_the_first_wait() {
    let legend = legend(Span::ZERO, Span::from_secs(1_000));
    let mut fold = Alone::new(&legend, ImpactFold::new(&legend));
    let facts = [
        (0, launched(0)),
        (0, launched(1)),
        (0, launched(2)),
        (0, created(0, 0, 0)),
        (0, placed(0, 0)),
        (5, ready(0, 0)),
        (100, terminating(0)),
        (100, created(1, 0, 1)),
        (101, placed(1, 1)),
        (130, created(9, 1, 0)),
        (131, placed(9, 2)),
        (136, ready(9, 2)),
        (150, terminating(1)),
        (150, created(2, 0, 2)),
        (151, placed(2, 2)),
        (200, ready(2, 2)),
        (300, terminating(2)),
        (300, created(3, 0, 3)),
        (301, placed(3, 2)),
        (310, ready(3, 2)),
    ];
    facts.iter().for_each(|(at, fact)| fold.fact(s(*at), fact));
    let (_, waits) = fold.fold.finish();
    let seconds = |percent| waits.quantile(percent).map(|it| it.span.as_ms() / 1_000);
    assert_eq!((waits.total(), waits.still_waiting()), (2, 0));
    assert_eq!([seconds(50), seconds(100)], [Some(10), Some(100)]);
}

/// Two instances run; both and a replacement that was launched meanwhile are taken within 5 min.
#[test]
fn a_burst_never_takes_more_instances_than_there_were() {
    let legend = legend(Span::ZERO, Span::from_secs(1_000));
    let mut fold = Alone::new(&legend, ImpactFold::new(&legend));
    let facts = [
        (0, launched(0)),
        (0, launched(1)),
        (100, gone(0, true)),
        (110, launched(2)),
        (150, gone(1, true)),
        (200, gone(2, true)),
    ];
    facts.iter().for_each(|(at, fact)| fold.fact(s(*at), fact));
    let burst = fold.fold.finish().0.burst;
    assert_eq!((burst.nodes, burst.of), (3, 3));
}

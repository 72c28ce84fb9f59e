//! Launches, removals and consolidations by hand: what is counted, what is taken back, and what each
//! consolidation saves and moves.

use std::sync::Arc;

use crate::common;

use common::{LIST, ON_DEMAND_OFFERING, SPOT, SPOT_OFFERING, half, legend, s};
use reports::folds::roster::Alone;
use reports::folds::scaling::{Consolidation, Cpu, NodesScaled, Scaling};
use sim::fact::Cause;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId, SpecId};
use sim::model::pool::{Autoscaled, Keeper, Limits, Pool, PoolId};
use sim::model::resources::Resources;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::{Fact, Legend, MicroUsdPerHour, Sink, Span};

fn node(index: usize) -> NodeId {
    NodeId::from_index(index)
}

/// A day of which the first hour does not count, and a pool that follows demand.
fn day() -> Legend {
    let mut legend = legend(Span::from_hours(1), Span::from_hours(24));
    let bounds = Autoscaled {
        initial: 2,
        min_size: 0,
        max_size: None,
        weight: 0,
        most: Resources::ZERO,
        terminates_drained: false,
    };
    let model = Arc::make_mut(&mut legend.model);
    let (name, templates) = (model.workloads[WorkloadId::from_index(0)].name, Vec::new());
    let (limits, keeper) = (Limits::default(), Keeper::Autoscaled(bounds));
    model.pools.push(Pool { name, templates, limits, keeper });
    legend
}

fn launched(index: usize, offering: usize, price: MicroUsdPerHour) -> Fact {
    let (pool, offering) = (PoolId::from_index(0), OfferingId::from_index(offering));
    Fact::NodeLaunched { node: node(index), pool, offering, price }
}

fn decided(reason: &'static str) -> Fact {
    Fact::LaunchDecided { pool: PoolId::from_index(0), pods: 1, choices: 2, reason }
}

fn to_go(index: usize, reason: &'static str, decision: u32) -> Fact {
    Fact::RemovalDecided { node: node(index), reason, replacements: 0, decision }
}

fn gone(index: usize, why: Cause) -> Fact {
    Fact::NodeGone { node: node(index), why, announced: false }
}

/// A pod that asks for half of its node.
fn bound(pod: usize, index: usize) -> Fact {
    let (pod, workload) = (PodId::from_index(pod), WorkloadId::from_index(0));
    let spec = SpecId::from_index(0);
    Fact::PodFound { pod, workload, spec, requests: half(), node: node(index) }
}

fn folded(facts: &[(u64, Fact)]) -> NodesScaled {
    let legend = day();
    let mut fold = Alone::new(&legend, Scaling::new(&legend));
    facts.iter().for_each(|(minutes, fact)| fold.fact(s(60 * minutes), fact));
    fold.fold.finish().expect("a pool follows demand")
}

/// Two nodes that are half full become one. The other costs $3.60 an hour, and its pod moves.
#[test]
fn what_a_consolidation_saves_and_moves() {
    let (pod, workload) = (PodId::from_index(1), WorkloadId::from_index(0));
    let spec = SpecId::from_index(0);
    let terminating = Fact::PodTerminating {
        pod,
        workload,
        was_ready: true,
        was_available: true,
        why: Cause::Released,
        reason: None,
    };
    let ended = Fact::PodEnded {
        pod,
        workload,
        spec,
        requests: half(),
        node: node(1),
        end: End::Clean,
        reason: None,
        was_ready: false,
        was_available: false,
        ran: Span::ZERO,
    };
    let scaled = folded(&[
        (0, launched(0, ON_DEMAND_OFFERING, LIST)),
        (0, launched(1, ON_DEMAND_OFFERING, LIST)),
        (0, Fact::NodeReady { node: node(0) }),
        (0, Fact::NodeReady { node: node(1) }),
        (0, bound(0, 0)),
        (0, bound(1, 1)),
        (120, to_go(1, "Underutilized", 0)),
        (121, terminating),
        (122, ended),
        (122, bound(2, 0)),
        (123, gone(1, Cause::Released)),
    ]);
    assert!(scaled.launches.is_empty(), "both are there from the start");
    assert_eq!(scaled.removals.into_iter().collect::<Vec<_>>(), [("Underutilized", 1)]);
    let expected = Consolidation {
        decided: s(60 * 120),
        done: s(60 * 123),
        nodes: 1,
        saves: 3_600_000,
        moves: 1,
        before: Cpu { requested: 4_000, allocatable: 8_000 },
        after: Cpu { requested: 4_000, allocatable: 4_000 },
    };
    assert_eq!(scaled.consolidations, [expected]);
    // One node for 23 hours, the other from the end of the first hour to 2 h 3 min.
    assert_eq!(scaled.node_ms, u128::from(Span::from_hours(23).as_ms()) + 63 * 60_000);
}

/// A replacement costs what it costs: $3.60 less $1.08, which is $1.20 when it is decided.
#[test]
fn a_replacement_is_taken_from_what_is_saved() {
    let offering = OfferingId::from_index(SPOT_OFFERING);
    let scaled = folded(&[
        (0, launched(0, ON_DEMAND_OFFERING, LIST)),
        (0, Fact::NodeReady { node: node(0) }),
        (90, Fact::PriceChanged { offering, price: MicroUsdPerHour(1_200_000) }),
        (100, to_go(0, "Underutilized", 4)),
        (100, decided("replacements of disrupted nodes")),
        (100, launched(1, SPOT_OFFERING, MicroUsdPerHour(1_200_000))),
        (100, Fact::ReplacementLaunched { node: node(1), replaces: node(0), back_to_spot: true }),
        (102, Fact::NodeReady { node: node(1) }),
        (103, gone(0, Cause::Released)),
    ]);
    let saved: Vec<(u32, i64)> =
        scaled.consolidations.iter().map(|it| (it.nodes, it.saves)).collect();
    assert_eq!(saved, [(1, 2_400_000)]);
    let launches: Vec<_> = scaled.launches.into_iter().collect();
    assert_eq!(launches, [("replacements of disrupted nodes", 1)]);
}

/// What is taken back is no removal, what the provider takes first is no consolidation, and an empty node
/// that goes consolidates nothing.
#[test]
fn only_what_was_done_is_counted() {
    let scaled = folded(&[
        (0, launched(0, SPOT_OFFERING, SPOT)),
        (0, launched(1, SPOT_OFFERING, SPOT)),
        (0, launched(2, SPOT_OFFERING, SPOT)),
        // In the hour that does not count.
        (30, decided("provisionable pods")),
        (30, launched(3, SPOT_OFFERING, SPOT)),
        (90, to_go(0, "Underutilized", 0)),
        (91, Fact::RemovalCancelled { node: node(0), reason: "timed out" }),
        (100, to_go(1, "ScaleDown", 1)),
        (101, gone(1, Cause::Reclaimed)),
        (110, to_go(2, "Empty", 2)),
        (111, gone(2, Cause::Released)),
        (120, launched(4, SPOT_OFFERING, SPOT)),
    ]);
    let removals: Vec<_> = scaled.removals.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(removals, [("Empty", 1), ("ScaleDown", 1)]);
    assert!(scaled.consolidations.is_empty(), "{:?}", scaled.consolidations);
    assert_eq!(scaled.launches.into_iter().collect::<Vec<_>>(), [("other", 1)]);
}

//! The cost by dimension: each sums exactly to the cost, whatever runs where and whatever covers it.

use crate::common;
use crate::common::half;

use std::sync::Arc;

use proptest::prelude::*;
use reports::cost::breakdown::{Breakdown, DIMENSIONS, Dimension, IDLE};
use reports::cost::ledger::{Books, Ledger};
use reports::cost::packed::Packed;
use sim::fact::Cause;
use sim::model::catalog::{InstanceTypeId, OfferingId};
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId, SpecId};
use sim::model::pool::{Keeper, Limits, Pool, PoolId};
use sim::model::workload::WorkloadId;
use sim::names::Names;
use sim::table::Id;
use sim::terms::contract::{Commitment, Unit};
use sim::{Cost, Fact, Legend, MicroUsdPerHour, SimTime, Sink, Span};

use common::{LIST, ON_DEMAND_OFFERING, legend_of, s};

/// A plan of one pool, in which a reserved instance, a control plane and volumes are paid for.
fn under(reserved: u64) -> Legend {
    let mut legend = legend_of("aws", Span::from_secs(1_000), Span::from_secs(20_000));
    let model = Arc::get_mut(&mut legend.model).expect("one owner");
    let name = model.names.intern("pool");
    model.pools.push(Pool {
        name,

        templates: Vec::new(),
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    });
    let contract = &mut Arc::make_mut(&mut legend.terms).contract;
    contract.control_plane = MicroUsdPerHour(100_001);
    contract.boot_volume = MicroUsdPerHour(8_003);
    if reserved > 0 {
        contract.commitments.push(Commitment {
            name: Names::default().intern("reserved"),
            instance_types: vec![InstanceTypeId::from_index(0)],
            zone: None,
            unit: Unit::Instance,
            amount: reserved,
            rate: MicroUsdPerHour(reserved * 2_000_003),
            prepaid: MicroUsdPerHour(0),
        });
    }
    legend
}

fn launched(node: usize, offering: usize) -> Fact {
    let (node, pool) = (NodeId::from_index(node), PoolId::from_index(0));
    Fact::NodeLaunched { node, pool, offering: OfferingId::from_index(offering), price: LIST }
}

fn bound(pod: usize, node: usize) -> Fact {
    let (pod, workload) = (PodId::from_index(pod), WorkloadId::from_index(0));
    let (spec, node) = (SpecId::from_index(0), NodeId::from_index(node));
    Fact::PodScheduled { pod, workload, spec, requests: half(), node, waited: Span::ZERO }
}

fn ended(pod: usize, node: usize) -> Fact {
    let (pod, workload) = (PodId::from_index(pod), WorkloadId::from_index(0));
    let (spec, node) = (SpecId::from_index(0), NodeId::from_index(node));
    let (end, was_available, ran) = (End::Clean, false, Span::ZERO);
    let (was_ready, reason) = (true, None);
    Fact::PodEnded {
        pod,
        workload,
        spec,
        requests: half(),
        node,
        end,
        reason,
        was_ready,
        was_available,
        ran,
    }
}

fn gone(node: usize) -> Fact {
    let node = NodeId::from_index(node);
    Fact::NodeGone { node, why: Cause::Reclaimed, announced: true }
}

fn books(legend: &Legend, facts: &[(SimTime, Fact)]) -> Books {
    let mut ledger = Ledger::new(legend);
    facts.iter().for_each(|(at, fact)| ledger.fact(*at, fact));
    ledger.close()
}

/// In micro-dollars: what the workload is charged, and what is left.
fn shares(legend: &Legend, facts: &[(SimTime, Fact)]) -> [u64; 2] {
    let breakdown = Breakdown::of(&books(legend, facts), legend);
    let rows = breakdown.rows(Dimension::Workload, legend);
    let of = |wanted: &str| {
        rows.iter().find(|(name, _)| name == wanted).map_or(0, |(_, cost)| cost.micro_usd())
    };
    [of("x/x"), of(IDLE)]
}

/// A second costs 1000 micro-dollars, and a pod asks for half of the machine.
#[test]
fn pods_share_the_price_of_their_node() {
    let legend = under(0);
    let whole = |pods: usize| {
        let mut facts = vec![(s(2_000), launched(0, ON_DEMAND_OFFERING))];
        facts.extend((0..pods).map(|pod| (s(3_000), bound(pod, 0))));
        facts.extend((0..pods).map(|pod| (s(4_000), ended(pod, 0))));
        facts.push((s(6_000), gone(0)));
        shares(&legend, &facts)
    };
    assert_eq!(whole(0), [0, 4_000_000]);
    assert_eq!(whole(1), [500_000, 3_500_000]);
    assert_eq!(whole(2), [1_000_000, 3_000_000]);
    assert_eq!(whole(3), [1_000_000, 3_000_000], "three pods share what there is");
}

#[test]
fn what_a_commitment_changes_is_shared_alike() {
    // At 555.556 a second instead of 1000, for half of the machine.
    let facts =
        [(s(1_000), launched(0, ON_DEMAND_OFFERING)), (s(1_000), bound(0, 0)), (s(2_000), gone(0))];
    assert_eq!(shares(&under(1), &facts), [277_778, 277_778]);
}

proptest! {
    #[test]
    fn every_dimension_sums_to_the_cost(
        lives in prop::collection::vec((0..2_usize, 0..20_000_u64, 1..20_000_u64), 0..6),
        pods in prop::collection::vec((0..6_usize, 0..20_000_u64, 0..20_000_u64), 0..12),
        reserved in 0..4_u64,
    ) {
        let legend = under(reserved);
        let mut facts = Vec::new();
        for (node, (offering, from, held)) in lives.iter().copied().enumerate() {
            let to = from + held;
            facts.extend([(s(from), 0, launched(node, offering)), (s(to), 3, gone(node))]);
            for (pod, (_, a, b)) in pods.iter().enumerate().filter(|(_, pod)| pod.0 == node) {
                let (from, to) = ((from + a).min(to), (from + a + b).min(to));
                facts.extend([(s(from), 1, bound(pod, node)), (s(to), 2, ended(pod, node))]);
            }
        }
        facts.sort_by_key(|(at, rank, _)| (*at, *rank));
        let facts: Vec<(SimTime, Fact)> = facts
            .into_iter()
            .filter(|(at, ..)| *at < legend.to)
            .map(|(at, _, fact)| (at, fact))
            .collect();
        let books = books(&legend, &facts);
        let mut twice = Breakdown::of(&books, &legend);
        Packed::of(&Breakdown::of(&books, &legend)).add_to(&mut twice);
        for dimension in DIMENSIONS {
            let sum = |of: &Breakdown| -> Cost { of.rows(dimension, &legend).iter().map(|row| row.1).sum() };
            prop_assert_eq!(sum(&Breakdown::of(&books, &legend)), books.money.total());
            prop_assert_eq!(sum(&twice), books.money.total() + books.money.total());
        }
        prop_assert!(books.money.idle <= books.money.on_demand + books.money.spot);
    }
}

//! Figures worked by hand: bills of one node, waits of a few pods, the availability of one service.

use crate::common;
use crate::common::half;

use std::sync::Arc;

use proptest::prelude::*;
use reports::cost::ledger::{Ledger, Money};
use reports::folds::availability::Availability;
use reports::folds::capacity::CapacityFold;
use reports::folds::disruption::DisruptionFold;
use reports::folds::pending::{Pending, Wait};
use reports::folds::roster::Alone;
use sim::fact::refusal::RefusalId;
use sim::fact::{Cause, Requested};
use sim::model::Model;
use sim::model::catalog::OfferingId;
use sim::model::job::Worked;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit, PodId, SpecId};
use sim::model::pool::{Keeper, Limits, Pool, PoolId, Refill};
use sim::model::resources::Resources;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::terms::contract::PaidVolumes;
use sim::{Fact, Legend, MicroUsdPerHour, SimTime, Sink, Span};

use common::{LIST, ON_DEMAND_OFFERING, SPOT, SPOT_OFFERING, legend, legend_of, s};

fn launched(offering: usize) -> Fact {
    let offering = OfferingId::from_index(offering);
    let price = if offering.index() == SPOT_OFFERING { SPOT } else { LIST };
    let (node, pool) = (NodeId::from_index(0), PoolId::from_index(0));
    Fact::NodeLaunched { node, pool, offering, price }
}

fn gone() -> Fact {
    Fact::NodeGone { node: NodeId::from_index(0), why: Cause::Reclaimed, announced: true }
}

fn bill(window: (u64, u64), facts: &[(SimTime, Fact)]) -> Money {
    bill_of("aws", window, facts)
}

fn bill_of(provider: &str, (from, to): (u64, u64), facts: &[(SimTime, Fact)]) -> Money {
    let mut ledger = Ledger::new(&legend_of(provider, Span::from_secs(from), Span::from_secs(to)));
    facts.iter().for_each(|(at, fact)| ledger.fact(*at, fact));
    ledger.close().money
}

/// At $3.60 an hour a second costs 1000 micro-dollars, on spot 300.
#[test]
fn one_node_bills() {
    let day = (0, 86_400);
    let on_demand =
        |held: u64| bill(day, &[(s(100), launched(ON_DEMAND_OFFERING)), (s(100 + held), gone())]);
    let spot = |held: u64| bill(day, &[(s(100), launched(SPOT_OFFERING)), (s(100 + held), gone())]);
    assert_eq!(on_demand(90).total().micro_usd(), 90_000, "by the second");
    assert_eq!(on_demand(10).total().micro_usd(), 60_000, "at least a minute");
    assert_eq!(spot(3_599).total().micro_usd(), 0, "free when taken within the first hour");
    assert_eq!(spot(3_600).total().micro_usd(), 1_080_000, "and whole after it");
    assert_eq!(spot(3_599).same_nodes.micro_usd(), 3_599_000, "on-demand has no such rule");
    assert_eq!(spot(7_200).same_nodes.micro_usd(), 7_200_000);
    let given_back =
        Fact::NodeGone { node: NodeId::from_index(0), why: Cause::Released, announced: false };
    let short = [(s(100), launched(SPOT_OFFERING)), (s(700), given_back)];
    assert_eq!(bill(day, &short).total().micro_usd(), 180_000, "and never when given back");
    let odd = [(s(0), launched(ON_DEMAND_OFFERING)), (SimTime::from_ms(90_001), gone())];
    assert_eq!(bill(day, &odd).total().micro_usd(), 91_000, "a second begun is a second paid");
}

/// A pod that requests a part of a machine loses 100 of its 7,200 s: a 72nd of its share of the cost.
/// Lost work on an instance that is free costs nothing.
#[test]
fn lost_work_is_paid_at_the_share_of_its_pod() {
    let of = |held: u64| {
        let (pod, workload, spec) =
            (PodId::from_index(0), WorkloadId::from_index(0), SpecId::from_index(0));
        let node = NodeId::from_index(0);
        let worked = Worked { lost: Span::from_secs(100), ..Worked::default() };
        let facts = [
            (s(0), launched(SPOT_OFFERING)),
            (
                s(0),
                Fact::PodScheduled {
                    pod,
                    workload,
                    spec,
                    requests: half(),
                    node,
                    waited: Span::ZERO,
                },
            ),
            (s(held), Fact::PodWorked { pod, workload, spec, requests: half(), node, worked }),
            (s(held), gone()),
        ];
        bill((0, 86_400), &facts)
    };
    let money = of(7_200);
    let share = (money.total() - money.idle).micro_usd();
    assert_eq!(money.lost_work.micro_usd(), share / 72);
    assert_eq!(money.waste(), money.idle + money.lost_work);
    assert_eq!(of(3_599).lost_work.micro_usd(), 0);
}

/// The same reclaimed instances at each provider, in micro-dollars: 300 a second.
#[test]
fn each_provider_bills_a_reclaimed_instance_by_its_own_rule() {
    let rows = [
        ("aws", [0, 0, 0, 1_080_000]),           // the first hour is free
        ("gcp", [0, 18_000, 27_300, 1_080_000]), // the first minute is free
        ("gcp-preemptible", [0, 18_000, 27_300, 1_080_000]),
        ("azure", [6_300, 18_000, 27_300, 1_080_000]), // nothing is
        ("generic", [6_300, 18_000, 27_300, 1_080_000]),
    ];
    let held = [20_500, 60_000, 90_001, 3_600_000];
    for (provider, expected) in rows {
        let spot = |ms: u64| {
            let facts =
                [(s(100), launched(SPOT_OFFERING)), (SimTime::from_ms(100_000 + ms), gone())];
            bill_of(provider, (0, 86_400), &facts)
        };
        assert_eq!(held.map(|ms| spot(ms).total().micro_usd()), expected, "{provider}");
    }
    // A node that was not reclaimed: at least a minute at AWS and Google, its seconds at the others.
    let on_demand = [(s(100), launched(ON_DEMAND_OFFERING)), (s(120), gone())];
    let bills = ["aws", "gcp", "gcp-preemptible", "azure", "generic"]
        .map(|provider| bill_of(provider, (0, 86_400), &on_demand).total().micro_usd());
    assert_eq!(bills, [60_000, 60_000, 60_000, 20_000, 20_000]);
}

#[test]
fn the_window_cuts_a_bill_at_both_ends() {
    let facts = [(s(0), launched(ON_DEMAND_OFFERING)), (s(5_000), gone())];
    assert_eq!(bill((1_000, 4_000), &facts).total().micro_usd(), 3_000_000);
    assert_eq!(bill((1_000, 4_000), &facts[..1]).total().micro_usd(), 3_000_000, "still running");
    assert_eq!(bill((1_000, 1_010), &facts[..1]).total().micro_usd(), 10_000, "no minimum applied");
}

/// Three brokers with a disk of 730 GiB each at $0.08 a GiB and month cost $0.24 an hour: for two hours
/// of the window that are $0.48, whatever becomes of the node, on spot and on both baselines. One that
/// is provisioned half an hour before the end costs $0.04.
#[test]
fn persistent_volumes_are_paid_until_the_end() {
    let mut legend = legend(Span::from_hours(1), Span::from_hours(3));
    let model = Arc::make_mut(&mut legend.model);
    let name = model.names.intern("kafka/data-kafka");
    let rate = MicroUsdPerHour(240_000);
    let brokers = PaidVolumes { name, count: 3, size: 730 << 30, from: SimTime::ZERO, rate };
    let (count, rate) = (1, MicroUsdPerHour(80_000));
    let late = PaidVolumes { count, from: s(9_000), rate, ..brokers.clone() };
    Arc::make_mut(&mut legend.terms).contract.volumes = vec![brokers, late];
    let money = |facts: &[(SimTime, Fact)]| {
        let mut ledger = Ledger::new(&legend);
        facts.iter().for_each(|(at, fact)| ledger.fact(*at, fact));
        ledger.close().money
    };
    let empty = money(&[]);
    assert_eq!((empty.other.micro_usd(), empty.total()), (520_000, empty.other));
    let lost = money(&[(s(0), launched(SPOT_OFFERING)), (s(7_200), gone())]);
    assert_eq!(lost.total().micro_usd(), 520_000 + 1_080_000);
    assert_eq!(lost.same_nodes.micro_usd(), 520_000 + 3_600_000);
    assert_eq!(lost.list.micro_usd(), 520_000 + 3_600_000);
    assert_eq!(lost.spot_on_demand.micro_usd(), 3_600_000, "the discount is that of nodes");
}

#[test]
fn a_price_step_is_paid_from_its_instant() {
    let (offering, price) = (OfferingId::from_index(SPOT_OFFERING), MicroUsdPerHour(2_160_000));
    let facts = [
        (s(0), launched(SPOT_OFFERING)),
        (s(4_000), Fact::PriceChanged { offering, price }),
        (s(6_000), gone()),
    ];
    assert_eq!(bill((0, 86_400), &facts).total().micro_usd(), 4_000 * 300 + 2_000 * 600);
}

/// A pod on a machine from 1,000 s to 3,000 s of its 4,000 s, which is resized at 2,000 s.
fn pod_on_a_machine(first: Requested, then: Requested) -> Vec<(SimTime, Fact)> {
    let (pod, workload) = (PodId::from_index(0), WorkloadId::from_index(0));
    let (node, waited, ran) = (NodeId::from_index(0), Span::ZERO, Span::ZERO);
    let spec = SpecId::from_index(0);
    let requests = first;
    let scheduled = Fact::PodScheduled { pod, workload, spec, requests, node, waited };
    let requests = then;
    let resized = Fact::PodResized { pod, workload, node, spec, before: first, requests };
    let (end, reason, was_ready, was_available) = (End::Clean, None, true, false);
    #[rustfmt::skip]
    let ended = Fact::PodEnded {
        pod, workload, spec, requests, node, end, reason, was_ready, was_available, ran,
    };
    vec![
        (s(0), launched(ON_DEMAND_OFFERING)),
        (s(1_000), scheduled),
        (s(2_000), resized),
        (s(3_000), ended),
        (s(4_000), gone()),
    ]
}

#[test]
fn idle_is_what_no_pod_requests() {
    let money = bill((0, 86_400), &pod_on_a_machine(half(), half()));
    // Half the machine for half the time: three quarters are idle.
    assert_eq!(money.total().micro_usd(), 4_000_000);
    assert_eq!(money.idle.micro_usd(), 3_000_000);
}

/// What a pod requests is on its facts: no spec of the model says so.
#[test]
fn a_pod_is_charged_for_the_size_that_it_has() {
    let [all, quarter] =
        [4, 1].map(|cores| Requested::of(&Resources::one_pod(cores * 1_000, (cores * 4) << 30)));
    let facts = pod_on_a_machine(all, quarter);
    let money = bill((0, 86_400), &facts);
    assert_eq!(money.total().micro_usd(), 4_000_000);
    // All of it for a quarter of the time, and a quarter of it for another.
    assert_eq!(money.idle.micro_usd(), 4_000_000 - 1_000_000 - 250_000);
    let legend = legend(Span::ZERO, Span::from_secs(86_400));
    let mut capacity = Alone::new(&legend, CapacityFold::new(&legend));
    facts[..2].iter().for_each(|(at, fact)| capacity.fact(*at, fact));
    let registered = Fact::NodeReady { node: NodeId::from_index(0) };
    capacity.fact(s(1_500), &registered);
    facts[2..].iter().for_each(|(at, fact)| capacity.fact(*at, fact));
    let [milli, mib] = capacity.fold.finish(&capacity.roster).integral.requested;
    assert_eq!(milli, (500 * 4_000 + 1_000 * 1_000) * 1_000);
    assert_eq!(mib, (500 * (16 << 10) + 1_000 * (4 << 10)) * 1_000);
}

proptest! {
    /// A bill is the sum of the bills of its parts, wherever it is cut.
    #[test]
    fn cost_is_the_sum_of_its_intervals(
        launch in 0_u64..10_000,
        held in 60_u64..50_000,
        mut cuts in prop::collection::vec(0_u64..70_000, 0..6),
    ) {
        let facts = [(s(launch), launched(ON_DEMAND_OFFERING)), (s(launch + held), gone())];
        cuts.extend([0, 70_000]);
        cuts.sort_unstable();
        let parts = cuts.windows(2).map(|cut| bill((cut[0], cut[1]), &facts).total());
        prop_assert_eq!(parts.sum::<sim::Cost>(), bill((0, 70_000), &facts).total());
    }
}

#[test]
fn a_quantile_that_falls_on_a_waiting_pod_says_so() {
    let mut pending = Pending::new(&legend(Span::ZERO, Span::from_secs(1_000)));
    let (workload, node) = (WorkloadId::from_index(0), NodeId::from_index(0));
    let spec = SpecId::from_index(0);
    for (index, seconds) in [1, 2, 3].into_iter().enumerate() {
        let (pod, waited) = (PodId::from_index(index), Span::from_secs(seconds));
        pending.fact(
            s(seconds),
            &Fact::PodScheduled { pod, workload, spec, requests: half(), node, waited },
        );
    }
    let waited = Span::from_secs(1_000);
    let still = Fact::StillPending { pod: PodId::from_index(3), workload, waited, refusal: None };
    pending.fact(s(1_000), &still);
    let wait = |seconds, at_least| Some(Wait { span: Span::from_secs(seconds), at_least });
    assert_eq!(pending.waits.quantile(50), wait(2, false));
    assert_eq!(pending.waits.quantile(75), wait(3, false));
    assert_eq!(pending.waits.quantile(100), wait(1_000, true));
}

#[test]
fn availability_of_one_service_by_hand() {
    let mut fold = Availability::new(&legend(Span::ZERO, Span::from_secs(100)));
    let workload = WorkloadId::from_index(0);
    let pod = PodId::from_index(0);
    let up = Fact::PodAvailable { pod, workload };
    let (was_ready, was_available, why, reason) = (true, true, Cause::Reclaimed, None);
    let down = Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason };
    let facts = [
        (0, Fact::WorkloadCreated { workload }),
        (10, up),
        (20, up),
        (50, down),
        (60, down),
        (80, up),
    ];
    facts.iter().for_each(|(at, fact)| fold.fact(s(*at), fact));
    let (_, available) = fold.finish()[0];
    // None for 0-10 and 60-80: 70 of 100 s with at least one; two are wanted throughout.
    assert_eq!(available.time_based, Some(0.7));
    assert_eq!(available.unavailable_ms, (20 + 10 + 10 + 40 + 20) * 1_000);
    assert_eq!((available.desired_ms, available.least), (200_000, Some(0)));
}

/// Both replicas are up from 10 s on; one is down from 30 s to 60 s, and figures count from 40 s.
#[test]
fn a_dip_that_spans_the_warm_up_counts() {
    let mut fold = Availability::new(&legend(Span::from_secs(40), Span::from_secs(100)));
    let (workload, pod) = (WorkloadId::from_index(0), PodId::from_index(0));
    let up = Fact::PodAvailable { pod, workload };
    let (was_ready, was_available, why, reason) = (true, true, Cause::Reclaimed, None);
    let down = Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason };
    for (at, fact) in
        [(0, Fact::WorkloadCreated { workload }), (10, up), (10, up), (30, down), (60, up)]
    {
        fold.fact(s(at), &fact);
    }
    let (_, available) = fold.finish()[0];
    assert_eq!((available.least, available.unavailable_ms), (Some(1), 20_000));
}

/// Of a pool of two, one node is registered from the start and the other from 10 s to 60 s; figures
/// count from 20 s to 100 s.
#[test]
fn what_a_pool_lacks_of_its_size_is_counted() {
    let plain = legend(Span::from_secs(20), Span::from_secs(100));
    let mut model = Model::clone(&plain.model);
    let name = model.workloads[WorkloadId::from_index(0)].name;
    let (templates, refill) = (Vec::new(), Refill::default());
    model.pools.push(Pool {
        name,
        templates,
        limits: Limits::default(),
        keeper: Keeper::FixedSize { size: 2, refill },
    });
    let legend = Legend { model: Arc::new(model), ..plain };
    let mut capacity = Alone::new(&legend, CapacityFold::new(&legend));
    let launch = |number| {
        let (node, pool) = (NodeId::from_index(number), PoolId::from_index(0));
        let offering = OfferingId::from_index(SPOT_OFFERING);
        Fact::NodeLaunched { node, pool, offering, price: SPOT }
    };
    let ready = |number| Fact::NodeReady { node: NodeId::from_index(number) };
    let facts = [(0, launch(1)), (0, ready(1)), (0, launch(0)), (10, ready(0)), (60, gone())];
    facts.iter().for_each(|(at, fact)| capacity.fact(s(*at), fact));
    assert_eq!(capacity.fold.finish(&capacity.roster).short_ms, 40_000);
}

/// A pod that waits is refused at 10 s and at 50 s; another only before figures count, at 20 s.
#[test]
fn a_refusal_in_the_warm_up_does_not_count() {
    let mut pending = Pending::new(&legend(Span::from_secs(40), Span::from_secs(100)));
    let (workload, refusal) = (WorkloadId::from_index(0), RefusalId::from_index(0));
    for (at, number) in [(10, 0), (20, 1), (50, 0), (60, 0)] {
        let pod = PodId::from_index(number);
        pending.fact(s(at), &Fact::PodUnschedulable { pod, workload, refusal });
    }
    assert_eq!(pending.unschedulable, 1);
}

/// A pod that was terminating when the run began ends, and so does one whose Job is over.
#[test]
fn what_was_on_its_way_out_is_no_disruption() {
    let legend = legend(Span::ZERO, Span::from_secs(100));
    let mut disruption = Alone::new(&legend, DisruptionFold::new(&legend));
    let (workload, spec, node) =
        (WorkloadId::from_index(0), SpecId::from_index(0), NodeId::from_index(0));
    for (number, why) in
        [Cause::InitialState, Cause::JobOver, Cause::Tainted].into_iter().enumerate()
    {
        let pod = PodId::from_index(number);
        let (was_ready, was_available, reason, ran) = (true, true, None, Span::ZERO);
        let terminating =
            Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason };
        let (was_ready, was_available, end) = (false, false, End::Clean);
        #[rustfmt::skip]
        let ended = Fact::PodEnded {
            pod, workload, spec, requests: half(), node, end, reason, was_ready, was_available, ran,
        };
        disruption.fact(s(1), &terminating);
        disruption.fact(s(2), &ended);
    }
    assert_eq!(disruption.fold.finish().ends.total(), 1, "only the one that a taint drove away");
}

#[test]
fn each_end_is_counted_in_one_class() {
    let legend = legend(Span::ZERO, Span::from_secs(100));
    let mut disruption = Alone::new(&legend, DisruptionFold::new(&legend));
    let (pod, workload, node) =
        (PodId::from_index(0), WorkloadId::from_index(0), NodeId::from_index(0));
    for end in [
        End::Completed,
        End::Clean,
        End::CutShort(Limit::Deadline),
        End::CutShort(Limit::Grace),
        End::CutShort(Limit::NodeShutdown),
        End::KilledWithoutWarning,
    ] {
        let (spec, was_available, ran) = (SpecId::from_index(0), false, Span::ZERO);
        let (was_ready, reason) = (false, None);
        let ended = Fact::PodEnded {
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
        };
        disruption.fact(s(1), &ended);
    }
    let ends = disruption.fold.finish().ends;
    assert_eq!((ends.clean, ends.cut_short(), ends.killed_without_warning), (1, 3, 1));
    assert_eq!(ends.total(), 5, "a completed pod was not disrupted");
}

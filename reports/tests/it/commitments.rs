//! Commitments: cases worked by hand, and any contract against an obvious way that goes through
//! time moment by moment and hands out commitments unit by unit.

use crate::common;

use std::sync::Arc;

use proptest::prelude::*;
use reports::cost::commitments::Used;
use reports::cost::ledger::{Books, Ledger};
use reports::cost::meter::Line;
use sim::fact::Cause;
use sim::model::catalog::{CapacityType, InstanceType, InstanceTypeId, Offering, OfferingId};
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::resources::Resources;
use sim::table::Id;
use sim::terms::contract::{Commitment, Contract, Unit};
use sim::{Fact, Legend, MicroUsdPerHour, SimTime, Sink, Span};

use common::{ON_DEMAND_OFFERING, SPOT_OFFERING, legend_of};

const SECOND: u64 = 1_000;

fn of(unit: Unit, amount: u64, rate: u64) -> Commitment {
    Commitment {
        name: sim::names::Names::default().intern("a"),
        instance_types: vec![InstanceTypeId::from_index(0)],
        zone: None,
        unit,
        amount,
        rate: MicroUsdPerHour(rate),
        prepaid: MicroUsdPerHour(0),
    }
}

/// Azure bills by the second, without a minimum and without free time.
fn under(commitments: Vec<Commitment>, window: (u64, u64)) -> Legend {
    let mut legend = legend_of("azure", Span::from_ms(window.0), Span::from_ms(window.1));
    let contract = Contract { commitments, ..Contract::default() };
    Arc::make_mut(&mut legend.terms).contract = contract;
    legend
}

/// The life of an instance: offering, launch, and until when it is held.
type Life = (usize, u64, u64);

fn facts(legend: &Legend, lives: &[Life]) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    for (index, (offering, launch, gone)) in lives.iter().copied().enumerate() {
        let (node, pool) = (NodeId::from_index(index), PoolId::from_index(0));
        let offering = OfferingId::from_index(offering);
        let price = legend.model.catalog.offerings[offering].price;
        let launched = Fact::NodeLaunched { node, pool, offering, price };
        let lost = Fact::NodeGone { node, why: Cause::Reclaimed, announced: true };
        facts.extend([(SimTime::from_ms(launch), launched), (SimTime::from_ms(gone), lost)]);
    }
    facts.sort_by_key(|(at, _)| *at);
    facts
}

fn books(legend: &Legend, facts: &[(SimTime, Fact)]) -> Books {
    let mut ledger = Ledger::new(legend);
    facts.iter().filter(|(at, _)| *at < legend.to).for_each(|(at, fact)| ledger.fact(*at, fact));
    ledger.close()
}

/// In micro-dollars, of 100 s: the machine is 1000 a second on-demand and 300 on spot.
fn costs(commitments: Vec<Commitment>, lives: &[Life]) -> [u64; 4] {
    let legend = under(commitments, (0, 100 * SECOND));
    let money = books(&legend, &facts(&legend, lives)).money;
    [money.on_demand, money.spot, money.commitment_unused, money.same_nodes].map(|c| c.micro_usd())
}

const ONE: Life = (ON_DEMAND_OFFERING, 0, 100 * SECOND);
const HALF: Life = (ON_DEMAND_OFFERING, 50 * SECOND, 100 * SECOND);
const SPOT: Life = (SPOT_OFFERING, 0, 100 * SECOND);

#[test]
fn reserved_instances_cover_so_many_and_are_paid_when_there_are_fewer() {
    // Two reserved at 600 a second each.
    let two = || vec![of(Unit::Instance, 2, 2 * 2_160_000)];
    assert_eq!(costs(two(), &[ONE, ONE]), [120_000, 0, 0, 120_000]);
    assert_eq!(costs(two(), &[ONE, ONE, ONE]), [220_000, 0, 0, 220_000], "the third is on-demand");
    assert_eq!(costs(two(), &[ONE, HALF]), [90_000, 0, 30_000, 120_000], "half of one is unused");
    // Spot is not covered; on-demand it would have been.
    assert_eq!(costs(two(), &[ONE, SPOT]), [60_000, 30_000, 60_000, 120_000]);
}

#[test]
fn committed_use_covers_cpu_and_memory_apart() {
    // The machine is 4 vCPU and 16 GiB; its price is split 0.126444 to 0.067792, 65.1 % for CPU.
    let cpu = of(Unit::MilliCpu, 2_000, 900_000);
    let [on_demand, _, unused, _] = costs(vec![cpu.clone()], &[ONE]);
    // Half of 651 a second is taken over for 250.
    assert_eq!((on_demand, unused), (100_000 - 32_549 + 25_000, 0));
    let memory = of(Unit::MemoryByte, 32 << 30, 720_000);
    let [on_demand, _, unused, _] = costs(vec![cpu, memory], &[ONE]);
    // All of the memory, 349 a second, for 100; as much again is not used.
    assert_eq!((on_demand, unused), (100_000 - 32_549 - 34_902 + 25_000 + 10_000, 10_000));
}

#[test]
fn a_savings_plan_covers_what_its_commitment_buys() {
    // 450 a second at 25 % off: worth 600 a second of on-demand time.
    let plan = || of(Unit::MicroUsdPerHour, 2_160_000, 1_620_000);
    assert_eq!(costs(vec![plan()], &[ONE]), [40_000 + 45_000, 0, 0, 85_000]);
    assert_eq!(costs(vec![plan()], &[HALF]), [20_000 + 22_500, 0, 22_500, 65_000]);
    assert_eq!(costs(vec![plan()], &[SPOT]), [0, 30_000, 45_000, 85_000]);
    // After reserved instances, which leave nothing of the first machine.
    let reserved = of(Unit::Instance, 1, 2_160_000);
    assert_eq!(costs(vec![reserved.clone(), plan()], &[ONE]), [60_000, 0, 45_000, 105_000]);
    assert_eq!(costs(vec![reserved, plan()], &[ONE, ONE]), [60_000 + 85_000, 0, 0, 145_000]);
}

#[test]
fn what_was_paid_in_advance_is_on_no_invoice() {
    let prepaid =
        Commitment { prepaid: MicroUsdPerHour(1_080_000), ..of(Unit::Instance, 1, 2_160_000) };
    let legend = under(vec![prepaid], (0, 100 * SECOND));
    let money = books(&legend, &facts(&legend, &[ONE])).money;
    let figures = [money.list, money.contracted, money.total(), money.billed()];
    assert_eq!(figures.map(sim::Cost::micro_usd), [100_000, 100_000, 60_000, 30_000]);
}

#[test]
fn what_is_paid_besides_is_the_same_for_both_plans() {
    let mut legend = under(Vec::new(), (0, 100 * SECOND));
    let contract = &mut Arc::make_mut(&mut legend.terms).contract;
    contract.control_plane = MicroUsdPerHour(36_000);
    contract.boot_volume = MicroUsdPerHour(3_600);
    let money = books(&legend, &facts(&legend, &[HALF, SPOT])).money;
    // 10 a second for the control plane, 1 for each of 150 seconds of an instance.
    assert_eq!(money.other.micro_usd(), 1_000 + 150);
    assert_eq!(money.total().micro_usd(), 50_000 + 30_000 + 1_150);
    assert_eq!(money.same_nodes.micro_usd(), 50_000 + 100_000 + 1_150);
}

/// Two small machines of prices that nothing divides, in two zones each, on-demand and on spot.
fn small(commitments: Vec<Commitment>, to: u64) -> Legend {
    let mut legend = under(commitments, (0, to));
    let model = Arc::get_mut(&mut legend.model).expect("one owner");
    model.catalog = sim::model::catalog::Catalog::default();
    let zones = ["a", "b"].map(|zone| model.names.intern(zone));
    for (price, size) in
        [(23, Resources::one_pod(3, 5 << 10)), (41, Resources::one_pod(7, 2 << 10))]
    {
        let (name, price) = (zones[0], MicroUsdPerHour(price));
        let instance_type =
            model.catalog.instance_types.push(InstanceType::plain(name, size, price));
        for zone in zones {
            for capacity_type in [CapacityType::OnDemand, CapacityType::Spot] {
                let offering = Offering::on_demand(instance_type, zone, price);
                model.catalog.offerings.push(Offering { capacity_type, ..offering });
            }
        }
    }
    legend
}

/// What a moment costs, in µUSD an hour: instances without spot, then what is not used.
fn at_a_moment(legend: &Legend, running: &[OfferingId]) -> (u64, u64) {
    let catalog = &legend.model.catalog;
    let weights = reports::cost::shares::Weights::new(legend);
    let size = |index: usize| catalog.instance_type(running[index]).capacity;
    let price = |index: usize| catalog.instance_type(running[index]).on_demand.0;
    let lane = |unit: Unit, index: usize| match unit {
        Unit::Instance => 1,
        Unit::MilliCpu => size(index)[sim::model::resources::Lane::CPU],
        Unit::MemoryByte => size(index)[sim::model::resources::Lane::MEMORY],
        Unit::MicroUsdPerHour => price(index),
    };
    let mut left: Vec<u64> = (0..running.len()).map(price).collect();
    let mut taken: Vec<[u64; 3]> = vec![[0; 3]; running.len()];
    let (mut used_rates, mut unused_rates) = (0, 0);
    for commitment in &legend.terms.contract.commitments {
        let before = taken.clone();
        let mut used = 0;
        for _ in 0..commitment.amount {
            let fits = (0..running.len()).find(|index| {
                let offering = &catalog.offerings[running[*index]];
                let in_scope = commitment.instance_types.contains(&offering.instance_type)
                    && commitment.zone.is_none_or(|zone| zone == offering.zone);
                let whole = taken[*index] == [0; 3] && left[*index] == price(*index);
                in_scope
                    && match commitment.unit {
                        Unit::Instance => whole,
                        Unit::MilliCpu => {
                            taken[*index][0] == 0 && taken[*index][1] < lane(Unit::MilliCpu, *index)
                        }
                        Unit::MemoryByte => {
                            taken[*index][0] == 0
                                && taken[*index][2] < lane(Unit::MemoryByte, *index)
                        }
                        Unit::MicroUsdPerHour => left[*index] > 0,
                    }
            });
            let Some(index) = fits else { break };
            used += 1;
            match commitment.unit {
                Unit::Instance => (taken[index][0], left[index]) = (1, 0),
                Unit::MilliCpu => taken[index][1] += 1,
                Unit::MemoryByte => taken[index][2] += 1,
                Unit::MicroUsdPerHour => left[index] -= 1,
            }
        }
        for index in 0..running.len() {
            let whole = weights.of(&size(index));
            let cpu = reports::cost::shares::cpu(taken[index][1] - before[index][1]);
            let memory = reports::cost::shares::memory(taken[index][2] - before[index][2]);
            for weight in [cpu, memory] {
                let part = u128::from(price(index)) * weight / whole;
                left[index] -= u64::try_from(part).expect("at most the price").min(left[index]);
            }
        }
        let rate = commitment.rate.0 * used / commitment.amount;
        used_rates += rate;
        unused_rates += commitment.rate.0 - rate;
    }
    (left.iter().sum::<u64>() + used_rates, unused_rates)
}

fn commitments() -> impl Strategy<Value = Vec<Commitment>> {
    let unit = prop::sample::select(vec![
        (Unit::Instance, 4_u64),
        (Unit::MilliCpu, 20),
        (Unit::MemoryByte, 12 << 10),
        (Unit::MicroUsdPerHour, 100),
    ]);
    let one = unit
        .prop_flat_map(|(unit, most)| {
            (
                Just(unit),
                1..=most,
                0..120_u64,
                prop::sample::subsequence(vec![0, 1], 0..=2),
                0..3_usize,
            )
        })
        .prop_map(|(unit, amount, rate, types, zone)| {
            let mut names = sim::names::Names::default();
            names.intern("x");
            let mut legend = small(Vec::new(), 1);
            let names = &mut Arc::get_mut(&mut legend.model).expect("one owner").names;
            let zones = [None, Some(names.intern("a")), Some(names.intern("b"))];
            Commitment {
                instance_types: types.into_iter().map(InstanceTypeId::from_index).collect(),
                zone: zones[zone],
                ..of(unit, amount, rate)
            }
        });
    prop::collection::vec(one, 1..5).prop_map(|mut all| {
        all.sort_by_key(|commitment| commitment.unit);
        all
    })
}

proptest! {
    #![proptest_config(testing::cases(64))]

    /// The sweep comes to what going through every second comes to, for the plan as it is and for
    /// the same nodes on-demand.
    #[test]
    fn the_sweep_is_the_sum_of_its_moments(
        commitments in commitments(),
        lives in prop::collection::vec((0..8_usize, 0..20_u64, 0..20_u64), 0..8),
    ) {
        let seconds = 20;
        let legend = small(commitments, seconds * SECOND);
        let lives: Vec<Life> = lives
            .into_iter()
            .map(|(offering, a, b)| (offering, a.min(b) * SECOND, (a.max(b) + 1) * SECOND))
            .collect();
        let Books { money, bills, used, unused } = books(&legend, &facts(&legend, &lives));
        let offering = |life: &Life| OfferingId::from_index(life.0);
        let is_spot = |life: &Life| {
            legend.model.catalog.offerings[offering(life)].capacity_type == CapacityType::Spot
        };
        let (mut expected, mut same_nodes) = ([0, 0], 0);
        for second in 0..seconds {
            let at = second * SECOND;
            // In the order of their launches: nodes are numbered so.
            let running = || lives.iter().filter(|(_, from, to)| *from <= at && at < *to);
            let own: Vec<OfferingId> = running().filter(|life| !is_spot(life)).map(offering).collect();
            let all: Vec<OfferingId> = running().map(offering).collect();
            let (cost, idle) = at_a_moment(&legend, &own);
            expected[0] += u128::from(cost) * u128::from(SECOND);
            expected[1] += u128::from(idle) * u128::from(SECOND);
            let (cost, idle) = at_a_moment(&legend, &all);
            same_nodes += u128::from(cost + idle) * u128::from(SECOND);
        }
        prop_assert_eq!([money.on_demand.0, money.commitment_unused.0], expected);
        prop_assert_eq!(money.same_nodes.0, same_nodes);
        // Whatever covers what, the commitments are paid once, and the rest is what is not covered.
        let rates: u128 = legend.terms.contract.commitments.iter().map(|it| u128::from(it.rate.0)).sum();
        let paid: u128 = bills.iter().flat_map(|bill| &bill.lines)
            .map(|line| u128::from(line.committed.0) * u128::from(line.held().as_ms())).sum();
        let left: u128 = unused.iter().map(|unused| unused.cost().0).sum();
        prop_assert_eq!(paid + left, rates * u128::from(seconds * SECOND));
        // What is said of each cover sums to the lines of the bill, and to the whole commitment.
        let of_used = |it: &Used, amount: u64| u128::from(amount) * u128::from(it.to.since(it.from).as_ms());
        for (index, bill) in bills.iter().enumerate() {
            let own = || used.iter().filter(|it| it.bill == index);
            let lines = |of: fn(&Line) -> MicroUsdPerHour| -> u128 {
                bill.lines.iter().map(|it| (of(it) * it.held()).0).sum()
            };
            let covered: u128 = own().map(|it| of_used(it, it.cover.covered.0)).sum();
            let committed: u128 = own().map(|it| of_used(it, it.cover.committed.0)).sum();
            prop_assert_eq!([covered, committed], [lines(|it| it.covered), lines(|it| it.committed)]);
        }
        for (index, commitment) in legend.terms.contract.commitments.iter().enumerate() {
            let used = used.iter().filter(|it| it.cover.commitment == index);
            let used: u128 = used.map(|it| of_used(it, it.cover.amount)).sum();
            let unused = unused.iter().filter(|it| it.commitment == index);
            let unused: u128 = unused.map(|it| u128::from(it.amount) * u128::from(it.to.since(it.from).as_ms())).sum();
            let whole = u128::from(commitment.amount) * u128::from(seconds * SECOND);
            // What costs nothing is not said to be unused.
            prop_assert!(used + unused == whole || commitment.rate.0 < commitment.amount);
        }
    }
}

//! Money: what every instance is billed, what commitments change of it, what is paid besides, what it
//! would have cost on-demand, and what was unused.

use sim::fact::{Fact, Sink};
use sim::model::catalog::CapacityType;
use sim::{Cost, Legend, SimTime};

use crate::cost::commitments::{self, Applied, Unused, Used};
use crate::cost::meter::{Bill, Meter};
use crate::cost::persistent;
use crate::recording::Recording;

/// The figures of the ledger, exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Money {
    /// What is paid for on-demand instances, with the commitments that cover them.
    pub on_demand: Cost,
    /// What is paid for spot instances.
    pub spot: Cost,
    /// What is paid for unused commitments.
    pub commitment_unused: Cost,
    /// What is paid besides: control plane, boot volumes and persistent volumes.
    pub other: Cost,
    /// What all of it would cost at the prices that the provider publishes for on-demand.
    pub list: Cost,
    /// What all of it would cost without commitments.
    pub contracted: Cost,
    /// The part of the commitments that was paid in advance, and is on no invoice of the window.
    pub prepaid: Cost,
    /// Baseline A: the same nodes, all of them on-demand, under the same contract.
    pub same_nodes: Cost,
    /// What the billed spot time would have cost on-demand, without commitments: what the discount
    /// is measured against.
    pub spot_on_demand: Cost,
    /// The part of the cost that buys capacity that no pod requested.
    pub idle: Cost,
    /// The part of the cost that pods' lost work stands for.
    pub lost_work: Cost,
}

impl Money {
    /// All that is paid, what was paid in advance spread over its time.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.on_demand + self.spot + self.commitment_unused + self.other
    }

    /// What the invoice shows.
    #[must_use]
    pub fn billed(&self) -> Cost {
        self.total() - self.prepaid
    }

    /// What is paid for nothing: capacity that no pod requested, unused commitments, and
    /// work that was lost.
    #[must_use]
    pub fn waste(&self) -> Cost {
        self.idle + self.commitment_unused + self.lost_work
    }
}

/// What a run cost, line by line.
#[derive(Clone, Debug)]
pub struct Books {
    /// The bill of every instance: of what is gone in the order of the losses, then of what still ran.
    pub bills: Vec<Bill>,
    /// Where commitments cover instances, by the places of their bills.
    pub used: Vec<Used>,
    /// Where commitments were not used, in the order of time.
    pub unused: Vec<Unused>,
    /// The sums.
    pub money: Money,
}

impl Books {
    /// The books of a run whose facts are kept.
    #[must_use]
    pub fn of(recording: Recording<'_>) -> Books {
        let mut ledger = Ledger::new(recording.legend);
        recording.facts.iter().for_each(|(at, fact)| ledger.fact(*at, fact));
        ledger.close()
    }
}

/// Folds facts into [`Books`].
#[derive(Clone)]
pub struct Ledger {
    legend: Legend,
    meter: Meter,
    bills: Vec<Bill>,
}

impl Ledger {
    /// A ledger without entries.
    #[must_use]
    pub fn new(legend: &Legend) -> Ledger {
        Ledger { legend: legend.clone(), meter: Meter::new(legend), bills: Vec::new() }
    }

    /// Closes the books at the end of the window: what still runs is billed to the end, and
    /// commitments are applied.
    #[must_use]
    pub fn close(self) -> Books {
        let Ledger { legend, meter, mut bills } = self;
        bills.extend(meter.finish());
        let Applied { used, unused } = commitments::apply(&legend, &mut bills);
        let money = sums(&legend, &bills, &unused);
        Books { bills, used, unused, money }
    }
}

impl Sink for Ledger {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.bills.extend(self.meter.read(at, fact));
    }
}

fn sums(legend: &Legend, bills: &[Bill], unused: &[Unused]) -> Money {
    let (contract, window) = (&legend.terms.contract, legend.to.since(legend.from));
    let mut money = Money {
        commitment_unused: unused.iter().map(Unused::cost).sum(),
        other: other(legend, bills),
        prepaid: contract.commitments.iter().map(|it| it.prepaid * window).sum(),
        ..Money::default()
    };
    for bill in bills {
        let machine = legend.model.catalog.instance_type(bill.offering);
        money.idle += bill.idle();
        money.lost_work += bill.lost_work();
        if !bill.free {
            money.list += machine.list_price * bill.held();
            money.contracted += bill.contracted();
        }
        match bill.capacity_type {
            CapacityType::OnDemand => money.on_demand += bill.cost(),
            CapacityType::Spot => {
                money.spot += bill.cost();
                if !bill.free {
                    money.spot_on_demand += machine.on_demand * bill.held();
                }
            }
        }
    }
    money.list += money.other;
    money.contracted += money.other;
    money.same_nodes = same_nodes(legend, bills) + money.other;
    money
}

/// What is paid besides instances.
fn other(legend: &Legend, bills: &[Bill]) -> Cost {
    let contract = &legend.terms.contract;
    let volumes = bills.iter().map(|bill| contract.boot_volume * bill.held()).sum();
    contract.control_plane * legend.to.since(legend.from) + volumes + persistent::cost(legend)
}

/// What the instances of these bills would cost if all of them were on-demand, which is never taken
/// and so never free, with the commitments applied to all of them.
fn same_nodes(legend: &Legend, bills: &[Bill]) -> Cost {
    let price = |bill: &Bill| legend.model.catalog.instance_type(bill.offering).on_demand;
    let mut bills: Vec<Bill> = bills.iter().map(|bill| bill.on_demand(price(bill))).collect();
    let Applied { unused, .. } = commitments::apply(legend, &mut bills);
    bills.iter().map(Bill::cost).chain(unused.iter().map(Unused::cost)).sum()
}

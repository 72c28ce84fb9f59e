//! Money: what every instance is billed, what it would have cost on-demand, what nobody used.

use sim::world::catalog::CapacityType;
use sim::world::fact::{Fact, Sink};
use sim::{Cost, Legend, SimTime};

use crate::meter::{Bill, Meter};

/// The figures of the ledger, exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Money {
    /// What is paid for on-demand instances.
    pub on_demand: Cost,
    /// What is paid for spot instances.
    pub spot: Cost,
    /// What the spot instances' time would have cost on-demand, without the rules for reclaims.
    pub spot_at_list_price: Cost,
    /// The same for the spot time that is billed: what the discount is measured against.
    pub spot_billed_at_list_price: Cost,
    /// The part of the cost that buys capacity nobody requested.
    pub idle: Cost,
}

impl Money {
    /// All that is paid.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.on_demand + self.spot
    }

    /// Baseline A: the same nodes at on-demand prices.
    #[must_use]
    pub fn same_nodes(&self) -> Cost {
        self.on_demand + self.spot_at_list_price
    }

    /// Enters the bill of one instance.
    pub fn enter(&mut self, bill: &Bill, legend: &Legend) {
        let catalog = &legend.model.catalog;
        self.idle += bill.idle;
        match catalog.offerings[bill.offering].capacity_type {
            CapacityType::OnDemand => self.on_demand += bill.cost(),
            CapacityType::Spot => {
                let at_list_price = catalog.instance_type(bill.offering).on_demand * bill.held();
                self.spot += bill.cost();
                self.spot_at_list_price += at_list_price;
                if !bill.free {
                    self.spot_billed_at_list_price += at_list_price;
                }
            }
        }
    }
}

/// Folds facts into [`Money`].
#[derive(Clone)]
pub struct Ledger {
    legend: Legend,
    meter: Meter,
    money: Money,
}

impl Ledger {
    /// A ledger without entries.
    #[must_use]
    pub fn new(legend: &Legend) -> Ledger {
        let meter = Meter::new(legend);
        Ledger { legend: legend.clone(), meter, money: Money::default() }
    }

    /// Reads a fact. The bill of the instance that it ends, if it ends one, has been entered.
    pub fn read(&mut self, at: SimTime, fact: &Fact) -> Option<Bill> {
        let bill = self.meter.read(at, fact)?;
        self.money.enter(&bill, &self.legend);
        Some(bill)
    }

    /// Closes the books at the end of the window: what still runs is billed to the end.
    #[must_use]
    pub fn close(mut self) -> (Money, Vec<Bill>) {
        let bills: Vec<Bill> = self.meter.finish().collect();
        bills.iter().for_each(|bill| self.money.enter(bill, &self.legend));
        (self.money, bills)
    }

    /// The figures when the books are closed.
    #[must_use]
    pub fn finish(self) -> Money {
        self.close().0
    }
}

impl Sink for Ledger {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.read(at, fact);
    }
}

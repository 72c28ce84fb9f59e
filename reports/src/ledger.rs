//! Money: what every instance is billed, what it would have cost on-demand, what nobody used.

use std::collections::BTreeMap;

use sim::world::catalog::{CapacityType, OfferingId};
use sim::world::fact::{Fact, Sink};
use sim::world::node::NodeId;
use sim::world::resources::{Lane, Resources};
use sim::{Cost, Legend, MicroUsdPerHour, SimTime, Span};

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
}

/// Folds facts into [`Money`].
#[derive(Clone)]
pub struct Ledger {
    legend: Legend,
    open: BTreeMap<NodeId, Account>,
    prices: BTreeMap<OfferingId, MicroUsdPerHour>,
    money: Money,
}

/// An instance that is being billed.
#[derive(Clone)]
struct Account {
    offering: OfferingId,
    launched_at: SimTime,
    /// The price since `priced_at`.
    price: MicroUsdPerHour,
    priced_at: SimTime,
    /// What the time before `priced_at` costs.
    cost: Cost,
    requested: Resources,
    claimed_at: SimTime,
    /// The claimed share of the cost so far, scaled by the machine's weight.
    claimed: u128,
}

/// OpenCost's default prices, as weights: per vCPU and per GiB, in millionths of a dollar an hour.
const CPU_WEIGHT: u128 = 31_611;
const MEMORY_WEIGHT: u128 = 4_237;

/// How much of a machine's price an amount of resources stands for, in arbitrary units.
fn weight(amount: &Resources) -> u128 {
    u128::from(amount[Lane::CPU]) * CPU_WEIGHT * (1 << 20) / 1_000
        + u128::from(amount[Lane::MEMORY]) * MEMORY_WEIGHT / (1 << 10)
}

impl Ledger {
    /// A ledger without entries.
    #[must_use]
    pub fn new(legend: &Legend) -> Ledger {
        let money = Money::default();
        Ledger { legend: legend.clone(), open: BTreeMap::new(), prices: BTreeMap::new(), money }
    }

    /// Closes the books at the end of the window: what still runs is billed to the end.
    #[must_use]
    pub fn finish(mut self) -> Money {
        let to = self.legend.to;
        for account in std::mem::take(&mut self.open).into_values() {
            self.close(account, to, to, false);
        }
        self.money
    }

    /// The part of an interval that lies in the window.
    fn inside(&self, from: SimTime, to: SimTime) -> Span {
        to.min(self.legend.to).since(from.max(self.legend.from))
    }

    /// Enters an instance that was held until `gone` and is billed until `billed_to`.
    fn close(&mut self, mut account: Account, gone: SimTime, billed_to: SimTime, free: bool) {
        self.claim(&mut account, gone);
        let offering = &self.legend.model.catalog.offerings[account.offering];
        let machine = self.legend.model.catalog.instance_type(account.offering);
        let held = self.inside(account.launched_at, billed_to);
        let cost = if free {
            Cost::ZERO
        } else {
            account.cost + account.price * self.inside(account.priced_at, billed_to)
        };
        match offering.capacity_type {
            CapacityType::OnDemand => self.money.on_demand += cost,
            CapacityType::Spot => {
                self.money.spot += cost;
                self.money.spot_at_list_price += machine.on_demand * held;
                if !free {
                    self.money.spot_billed_at_list_price += machine.on_demand * held;
                }
            }
        }
        if !free {
            let claimed = Cost(account.claimed / weight(&machine.capacity).max(1));
            self.money.idle += cost - Cost(claimed.0.min(cost.0));
        }
    }

    /// Adds the claims of the time since the last change, at the price of that time.
    fn claim(&self, account: &mut Account, now: SimTime) {
        let machine = self.legend.model.catalog.instance_type(account.offering);
        // Claims above what the machine has share its price between them.
        let claims = weight(&account.requested).min(weight(&machine.capacity));
        let cost = account.price * self.inside(account.claimed_at, now);
        account.claimed += cost.0 * claims;
        account.claimed_at = now;
    }

    fn change_claims(&mut self, at: SimTime, node: NodeId, change: impl FnOnce(&mut Resources)) {
        if let Some(mut account) = self.open.remove(&node) {
            self.claim(&mut account, at);
            change(&mut account.requested);
            self.open.insert(node, account);
        }
    }
}

impl Sink for Ledger {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { node, offering, price, .. } => {
                let price = self.prices.get(&offering).copied().unwrap_or(price);
                let account = Account {
                    offering,
                    launched_at: at,
                    price,
                    priced_at: at,
                    cost: Cost::ZERO,
                    requested: Resources::ZERO,
                    claimed_at: at,
                    claimed: 0,
                };
                self.open.insert(node, account);
            }
            Fact::NodeGone { node, .. } => {
                if let Some(account) = self.open.remove(&node) {
                    let offerings = &self.legend.model.catalog.offerings;
                    let spot = offerings[account.offering].capacity_type == CapacityType::Spot;
                    let held = at.since(account.launched_at);
                    let billed = self.legend.provider.billing.billed(held, spot);
                    let kept = self.legend.provider.billing.billed(held, false);
                    let until = account.launched_at + kept;
                    self.close(account, at, until, billed == Span::ZERO);
                }
            }
            Fact::PriceChanged { offering, price } => {
                self.prices.insert(offering, price);
                let nodes: Vec<NodeId> = self
                    .open
                    .iter()
                    .filter(|(_, account)| account.offering == offering)
                    .map(|(node, _)| *node)
                    .collect();
                for node in nodes {
                    if let Some(mut account) = self.open.remove(&node) {
                        self.claim(&mut account, at);
                        account.cost += account.price * self.inside(account.priced_at, at);
                        (account.price, account.priced_at) = (price, at);
                        self.open.insert(node, account);
                    }
                }
            }
            Fact::PodScheduled { workload, node, .. } => {
                let requests = requests(&self.legend, workload);
                self.change_claims(at, node, |requested| *requested += &requests);
            }
            Fact::PodEnded { workload, node, .. } => {
                let requests = requests(&self.legend, workload);
                self.change_claims(at, node, |requested| *requested -= &requests);
            }
            _ => {}
        }
    }
}

/// What one pod of a workload requests.
pub(crate) fn requests(legend: &Legend, workload: sim::world::workload::WorkloadId) -> Resources {
    legend.model.specs[legend.model.workloads[workload].spec].requests
}

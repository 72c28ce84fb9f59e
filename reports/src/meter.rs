//! The meter: reads facts, and writes a bill for every instance when it is gone or the window ends.

use std::collections::BTreeMap;

use sim::world::catalog::{CapacityType, OfferingId};
use sim::world::fact::Fact;
use sim::world::node::NodeId;
use sim::world::resources::{Lane, Resources};
use sim::{Cost, Legend, MicroUsdPerHour, SimTime, Span};

/// What one instance is billed in the window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// The instance.
    pub node: NodeId,
    /// What was bought.
    pub offering: OfferingId,
    /// Taken by the provider so early that nothing is charged.
    pub free: bool,
    /// The billed time, one line for each price.
    pub lines: Vec<Line>,
    /// The part of the cost that buys capacity nobody requested.
    pub idle: Cost,
}

/// A stretch of time at one price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// From this instant.
    pub from: SimTime,
    /// Until this one.
    pub to: SimTime,
    /// At this price.
    pub price: MicroUsdPerHour,
}

impl Line {
    /// How long it is.
    #[must_use]
    pub fn held(&self) -> Span {
        self.to.since(self.from)
    }

    /// Its time at its price.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.price * self.held()
    }
}

impl Bill {
    /// What is charged.
    #[must_use]
    pub fn cost(&self) -> Cost {
        if self.free { Cost::ZERO } else { self.lines.iter().map(Line::cost).sum() }
    }

    /// The time that the instance was held in the window.
    #[must_use]
    pub fn held(&self) -> Span {
        self.lines.iter().map(Line::held).fold(Span::ZERO, |sum, span| sum + span)
    }
}

/// Watches the instances that are being billed.
#[derive(Clone)]
pub struct Meter {
    legend: Legend,
    open: BTreeMap<NodeId, Account>,
    prices: BTreeMap<OfferingId, MicroUsdPerHour>,
}

/// An instance that is being billed.
#[derive(Clone)]
struct Account {
    offering: OfferingId,
    launched_at: SimTime,
    /// The price since `priced_at`.
    price: MicroUsdPerHour,
    priced_at: SimTime,
    /// The time before `priced_at`.
    lines: Vec<Line>,
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

impl Meter {
    /// A meter that has not seen an instance.
    #[must_use]
    pub fn new(legend: &Legend) -> Meter {
        Meter { legend: legend.clone(), open: BTreeMap::new(), prices: BTreeMap::new() }
    }

    /// Reads a fact. The bill of the instance that it ends, if it ends one.
    pub fn read(&mut self, at: SimTime, fact: &Fact) -> Option<Bill> {
        match *fact {
            Fact::NodeLaunched { node, offering, price, .. } => {
                let price = self.prices.get(&offering).copied().unwrap_or(price);
                let account = Account {
                    offering,
                    launched_at: at,
                    price,
                    priced_at: at,
                    lines: Vec::new(),
                    requested: Resources::ZERO,
                    claimed_at: at,
                    claimed: 0,
                };
                self.open.insert(node, account);
            }
            Fact::NodeGone { node, .. } => {
                let account = self.open.remove(&node)?;
                let offerings = &self.legend.model.catalog.offerings;
                let spot = offerings[account.offering].capacity_type == CapacityType::Spot;
                let billing = &self.legend.provider.billing;
                let held = at.since(account.launched_at);
                let billed_to = account.launched_at + billing.billed(held, false);
                let free = billing.billed(held, spot) == Span::ZERO;
                return Some(self.bill(node, account, at, billed_to, free));
            }
            Fact::PriceChanged { offering, price } => self.reprice(at, offering, price),
            Fact::PodScheduled { spec, node, .. } | Fact::PodFound { spec, node, .. } => {
                let requests = self.legend.model.specs[spec].requests;
                self.change_claims(at, node, |requested| *requested += &requests);
            }
            Fact::PodEnded { spec, node, .. } => {
                let requests = self.legend.model.specs[spec].requests;
                self.change_claims(at, node, |requested| *requested -= &requests);
            }
            _ => {}
        }
        None
    }

    /// The bills of what still runs at the end of the window, in the order of their launches.
    pub fn finish(mut self) -> impl Iterator<Item = Bill> {
        let to = self.legend.to;
        let open = std::mem::take(&mut self.open);
        open.into_iter().map(move |(node, account)| self.bill(node, account, to, to, false))
    }

    /// The bill of an instance that was held until `gone` and is billed until `billed_to`.
    fn bill(
        &self,
        node: NodeId,
        mut account: Account,
        gone: SimTime,
        billed_to: SimTime,
        free: bool,
    ) -> Bill {
        self.claim(&mut account, gone);
        self.enter(&mut account, billed_to);
        let machine = self.legend.model.catalog.instance_type(account.offering);
        let mut bill =
            Bill { node, offering: account.offering, free, lines: account.lines, idle: Cost::ZERO };
        if !free {
            let cost = bill.cost();
            let claimed = account.claimed / weight(&machine.capacity).max(1);
            bill.idle = cost - Cost(claimed.min(cost.0));
        }
        bill
    }

    /// Writes the time at the present price into the account, as far as it is in the window.
    fn enter(&self, account: &mut Account, to: SimTime) {
        let from = account.priced_at.max(self.legend.from);
        let to = to.min(self.legend.to);
        if from < to {
            account.lines.push(Line { from, to, price: account.price });
        }
    }

    fn reprice(&mut self, at: SimTime, offering: OfferingId, price: MicroUsdPerHour) {
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
                self.enter(&mut account, at);
                (account.price, account.priced_at) = (price, at);
                self.open.insert(node, account);
            }
        }
    }

    /// Adds the claims of the time since the last change, at the price of that time.
    fn claim(&self, account: &mut Account, now: SimTime) {
        let machine = self.legend.model.catalog.instance_type(account.offering);
        // Claims above what the machine has share its price between them.
        let claims = weight(&account.requested).min(weight(&machine.capacity));
        let since = account.claimed_at.max(self.legend.from);
        let cost = account.price * now.min(self.legend.to).since(since);
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

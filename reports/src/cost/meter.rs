//! The meter: reads facts, and writes a bill for every instance when it is gone or the window ends.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact, Requested};
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::node::NodeId;
use sim::model::pod::SpecId;
use sim::model::pool::PoolId;
use sim::model::workload::{Controller, WorkloadId};
use sim::{Cost, Legend, MicroUsdPerHour, SimTime, Span};

use crate::cost::shares::Weights;

/// What one instance is billed in the window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// The instance.
    pub node: NodeId,
    /// Its pool.
    pub pool: PoolId,
    /// What was bought.
    pub offering: OfferingId,
    /// How it was bought.
    pub capacity_type: CapacityType,
    /// Taken by the provider so early that nothing is charged.
    pub free: bool,
    /// The billed time, one line for each price.
    pub lines: Vec<Line>,
    /// What each workload requested of it, at the prices of the lines, without commitments.
    claims: Vec<(WorkloadId, Cost)>,
    /// The part of the claims that lost work stands for.
    lost: Cost,
}

/// A stretch of time at one price, under the same commitments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// From this instant.
    pub from: SimTime,
    /// Until this one.
    pub to: SimTime,
    /// At this price under the contract.
    pub price: MicroUsdPerHour,
    /// The part of the price that commitments take over.
    pub covered: MicroUsdPerHour,
    /// What the commitments cost that take it over.
    pub committed: MicroUsdPerHour,
}

impl Line {
    /// How long it is.
    #[must_use]
    pub fn held(&self) -> Span {
        self.to.since(self.from)
    }

    /// A line that no commitment has to do with.
    #[must_use]
    pub fn plain(from: SimTime, to: SimTime, price: MicroUsdPerHour) -> Line {
        let nothing = MicroUsdPerHour(0);
        Line { from, to, price, covered: nothing, committed: nothing }
    }

    /// The price with commitments.
    #[must_use]
    pub fn effective(&self) -> MicroUsdPerHour {
        MicroUsdPerHour(self.price.0 - self.covered.0 + self.committed.0)
    }

    /// Its time at its price with commitments.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.effective() * self.held()
    }

    /// Its time at its price without commitments.
    #[must_use]
    pub fn contracted(&self) -> Cost {
        self.price * self.held()
    }
}

impl Bill {
    /// What it costs, the commitments that cover it included.
    #[must_use]
    pub fn cost(&self) -> Cost {
        if self.free { Cost::ZERO } else { self.lines.iter().map(Line::cost).sum() }
    }

    /// What it costs without commitments.
    #[must_use]
    pub fn contracted(&self) -> Cost {
        if self.free { Cost::ZERO } else { self.lines.iter().map(Line::contracted).sum() }
    }

    /// Its price under the contract at an instant; nothing if it is not billed then.
    #[must_use]
    pub fn price_at(&self, at: SimTime) -> MicroUsdPerHour {
        let line = self.lines.iter().find(|line| line.from <= at && at < line.to);
        line.map_or(MicroUsdPerHour(0), |line| line.price)
    }

    /// The bill of the same instance without commitments and, if it is spot, bought on-demand at a
    /// price instead: it is never taken, and so never free. No shares of pods are in it.
    #[must_use]
    pub fn on_demand(&self, price: MicroUsdPerHour) -> Bill {
        let price_of = |line: &Line| match self.capacity_type {
            CapacityType::OnDemand => line.price,
            CapacityType::Spot => price,
        };
        Bill {
            free: false,
            capacity_type: CapacityType::OnDemand,
            lines: self.lines.iter().map(|it| Line::plain(it.from, it.to, price_of(it))).collect(),
            claims: Vec::new(),
            lost: Cost::ZERO,
            ..*self
        }
    }

    /// What each workload requested of it. What commitments change is spread evenly over the time of
    /// the instance.
    pub fn shares(&self) -> impl Iterator<Item = (WorkloadId, Cost)> {
        let paid = self.paid();
        self.claims.iter().map(move |(workload, claim)| (*workload, paid(*claim)))
    }

    /// The part of the cost that lost work stands for: what its pods requested while they did it.
    #[must_use]
    pub fn lost_work(&self) -> Cost {
        self.paid()(self.lost)
    }

    /// What becomes of a part of the contracted cost under commitments.
    fn paid(&self) -> impl Fn(Cost) -> Cost + use<> {
        const ONE: u128 = 1 << 32;
        let (cost, contracted) = (self.cost(), self.contracted());
        // In fixed point, so that no product overflows; rounded down, so that the sum stays below.
        let factor = (cost.0 * ONE).checked_div(contracted.0).unwrap_or(0);
        move |part| if cost == contracted { part } else { Cost(part.0 * factor / ONE) }
    }

    /// The part of the cost that buys capacity that no pod requested.
    #[must_use]
    pub fn idle(&self) -> Cost {
        self.cost() - self.shares().map(|(_, share)| share).sum()
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
    weights: Weights,
    open: BTreeMap<NodeId, Account>,
    /// Pools whose instances are one job's alone.
    owners: BTreeMap<PoolId, WorkloadId>,
}

/// An instance that is being billed.
#[derive(Clone)]
struct Account {
    pool: PoolId,
    offering: OfferingId,
    launched_at: SimTime,
    /// The price since `priced_at`.
    price: MicroUsdPerHour,
    priced_at: SimTime,
    /// The time before `priced_at`.
    lines: Vec<Line>,
    /// Until when the claims are added up.
    claimed_at: SimTime,
    claims: Vec<Claim>,
}

/// What the pods of one workload ask for on one instance.
#[derive(Clone)]
struct Claim {
    workload: WorkloadId,
    /// What they ask for now, as its weight in the price.
    weight: u128,
    /// The cost so far, times what it is divided by in the end: the weight of the machine.
    cost: u128,
    /// The part of it that lost work stands for.
    lost: u128,
}

impl Claim {
    fn of(workload: WorkloadId, weight: u128) -> Claim {
        Claim { workload, weight, cost: 0, lost: 0 }
    }
}

impl Meter {
    /// A meter that has not seen an instance.
    #[must_use]
    pub fn new(legend: &Legend) -> Meter {
        let owners = legend.model.workloads.iter().filter_map(|(id, workload)| {
            let Controller::DeadlineJob(job) = workload.controller else { return None };
            Some((job.pool, id))
        });
        Meter {
            legend: legend.clone(),
            weights: Weights::new(legend),
            open: BTreeMap::new(),
            owners: owners.collect(),
        }
    }

    /// Reads a fact. The bill of the instance that it ends, if it ends one.
    pub fn read(&mut self, at: SimTime, fact: &Fact) -> Option<Bill> {
        match *fact {
            Fact::NodeLaunched { node, pool, offering, price } => {
                let owner = self.owners.get(&pool).copied();
                let whole = self.machine(offering);
                let account = Account {
                    pool,
                    offering,
                    launched_at: at,
                    price,
                    priced_at: at,
                    lines: Vec::new(),
                    claimed_at: at,
                    claims: owner.map(|job| Claim::of(job, whole)).into_iter().collect(),
                };
                self.open.insert(node, account);
            }
            Fact::NodeGone { node, why, .. } => {
                let account = self.open.remove(&node)?;
                // Nothing is free of what is given back, or terminated by its owner.
                let taken = self.capacity_type(account.offering) == CapacityType::Spot
                    && matches!(why, Cause::Reclaimed | Cause::Outbid);
                let billing = &self.legend.provider.billing;
                let held = at.since(account.launched_at);
                let billed_to = account.launched_at + billing.billed(held, false);
                let free = billing.billed(held, taken) == Span::ZERO;
                return Some(self.bill(node, account, at, billed_to, free));
            }
            Fact::PriceChanged { offering, price } => self.reprice(at, offering, price),
            Fact::PodScheduled { workload, spec, requests, node, .. }
            | Fact::PodFound { workload, spec, requests, node, .. } => {
                let weight = self.weight(spec, requests);
                self.change_claims(at, node, workload, |claim| claim.weight += weight);
            }
            Fact::PodResized { workload, node, spec, before, requests, .. } => {
                let [before, weight] = [before, requests].map(|it| self.weight(spec, it));
                self.change_claims(at, node, workload, |claim| {
                    claim.weight = claim.weight - before + weight;
                });
            }
            Fact::PodEnded { workload, spec, requests, node, .. } => {
                let weight = self.weight(spec, requests);
                self.change_claims(at, node, workload, |claim| claim.weight -= weight);
            }
            Fact::PodWorked { workload, spec, requests, node, worked, .. }
                if worked.lost > Span::ZERO =>
            {
                let price = self.open.get(&node)?.price;
                let lost = (price * worked.lost).0 * self.weight(spec, requests);
                self.change_claims(at, node, workload, |claim| {
                    claim.lost = claim.cost.min(claim.lost + lost);
                });
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
        let machine = self.machine(account.offering);
        let claims = || account.claims.iter().filter(|_| !free);
        Bill {
            node,
            pool: account.pool,
            offering: account.offering,
            capacity_type: self.capacity_type(account.offering),
            free,
            claims: claims().map(|it| (it.workload, Cost(it.cost / machine))).collect(),
            lost: claims().map(|it| Cost(it.lost / machine)).sum(),
            lines: account.lines,
        }
    }

    /// Writes the time at the present price into the account, as far as it is in the window.
    fn enter(&self, account: &mut Account, to: SimTime) {
        let from = account.priced_at.max(self.legend.from);
        let to = to.min(self.legend.to);
        if from < to {
            account.lines.push(Line::plain(from, to, account.price));
        }
    }

    fn reprice(&mut self, at: SimTime, offering: OfferingId, price: MicroUsdPerHour) {
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
        let since = account.claimed_at.max(self.legend.from);
        let cost = (account.price * now.min(self.legend.to).since(since)).0;
        account.claimed_at = now;
        let machine = self.machine(account.offering);
        let all: u128 = account.claims.iter().map(|claim| claim.weight).sum();
        for claim in account.claims.iter_mut().filter(|claim| claim.weight > 0) {
            // Claims above what the machine has share its price between them.
            claim.cost += if all <= machine {
                cost * claim.weight
            } else {
                cost * (claim.weight * machine / all)
            };
        }
    }

    fn change_claims(
        &mut self,
        at: SimTime,
        node: NodeId,
        workload: WorkloadId,
        change: impl FnOnce(&mut Claim),
    ) {
        let Some(mut account) = self.open.remove(&node) else { return };
        self.claim(&mut account, at);
        let place = account.claims.binary_search_by_key(&workload, |claim| claim.workload);
        let place = place.unwrap_or_else(|place| {
            account.claims.insert(place, Claim::of(workload, 0));
            place
        });
        change(&mut account.claims[place]);
        self.open.insert(node, account);
    }

    /// What a pod weighs in the price of its node.
    fn weight(&self, spec: SpecId, requests: Requested) -> u128 {
        self.weights.of(&requests.with(&self.legend.model.specs[spec].requests))
    }

    /// What a whole machine weighs; never nothing.
    fn machine(&self, offering: OfferingId) -> u128 {
        self.weights.of(&self.legend.model.catalog.instance_type(offering).capacity).max(1)
    }

    fn capacity_type(&self, offering: OfferingId) -> CapacityType {
        self.legend.model.catalog.offerings[offering].capacity_type
    }
}

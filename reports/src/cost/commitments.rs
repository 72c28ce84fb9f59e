//! Commitments: a sweep over the bills of a run, that finds at every moment which on-demand instances
//! are covered, by what, and what is paid for and unused.
//!
//! At a moment each commitment, in the order of the contract, goes through the instances in the
//! order of their launches, and takes over what is left of them until its amount is used up.

use std::collections::BTreeMap;

use sim::model::catalog::{CapacityType, InstanceType, InstanceTypeId, OfferingId};
use sim::model::node::NodeId;
use sim::model::resources::Lane;
use sim::terms::contract::{Commitment, Unit};
use sim::{Cost, Legend, MicroUsdPerHour, SimTime};

use crate::cost::meter::{Bill, Line};
use crate::cost::shares::{self, Weights};

/// What commitments come to over the bills of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Where a commitment covers an instance, by instance and in the order of time.
    pub used: Vec<Used>,
    /// Where commitments are not used up, in the order of time.
    pub unused: Vec<Unused>,
}

/// A stretch of time in which a commitment covers a part of an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// Which instance, by the place of its bill.
    pub bill: usize,
    /// From this instant.
    pub from: SimTime,
    /// Until this one.
    pub to: SimTime,
    /// By what.
    pub cover: Cover,
}

/// What a commitment takes over of an instance at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cover {
    /// Which commitment, by its place in the contract.
    pub commitment: usize,
    /// How much of its amount goes into that.
    pub amount: u64,
    /// The part of the instance's price that it takes over.
    pub covered: MicroUsdPerHour,
    /// What that part of the commitment costs.
    pub committed: MicroUsdPerHour,
}

/// A stretch of time in which a commitment is not used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unused {
    /// Which one, by its place in the contract.
    pub commitment: usize,
    /// From this instant.
    pub from: SimTime,
    /// Until this one.
    pub to: SimTime,
    /// How much of its amount is unused.
    pub amount: u64,
    /// What is paid for the unused part.
    pub rate: MicroUsdPerHour,
}

impl Unused {
    /// What it costs.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.rate * self.to.since(self.from)
    }
}

/// Applies the commitments of the contract to all bills of a run: cuts their lines where what covers
/// them changes. What is covered by what, and what of the commitments is left over.
pub fn apply(legend: &Legend, bills: &mut [Bill]) -> Applied {
    if legend.terms.contract.commitments.is_empty() {
        return Applied::default();
    }
    let mut edges = Vec::new();
    for (index, bill) in bills.iter_mut().enumerate() {
        if bill.capacity_type != CapacityType::OnDemand {
            continue;
        }
        for line in std::mem::take(&mut bill.lines) {
            let (node, offering) = (bill.node, bill.offering);
            edges.push((line.to, node, None));
            let (covers, since) = (Vec::new(), line.from);
            let running = Running { bill: index, offering, line, covers, since };
            edges.push((line.from, node, Some(running)));
        }
    }
    // Lines end before others begin: an instance whose price changes is never there twice.
    edges.sort_by_key(|(at, node, begins)| (*at, begins.is_some(), *node));
    let mut sweep = Sweep::new(legend);
    let mut edges = edges.into_iter().peekable();
    while let Some((at, node, begins)) = edges.next() {
        match begins {
            None => sweep.end(at, node, bills),
            Some(running) => drop(sweep.running.insert(node, running)),
        }
        if edges.peek().is_none_or(|(next, ..)| *next > at) {
            sweep.cover(at, bills);
        }
    }
    sweep.finish()
}

/// An instance that is billed at the moment, on the line that it is on.
struct Running {
    bill: usize,
    offering: OfferingId,
    line: Line,
    /// What covers it, and since when.
    covers: Vec<Cover>,
    since: SimTime,
}

impl Running {
    /// What has covered it until now.
    fn used(&self, to: SimTime) -> impl Iterator<Item = Used> {
        let (bill, from) = (self.bill, self.since);
        let covers = self.covers.iter().filter(move |_| from < to);
        covers.map(move |cover| Used { bill, from, to, cover: *cover })
    }
}

/// Where the sweep stands.
struct Sweep<'l> {
    legend: &'l Legend,
    weights: Weights,
    running: BTreeMap<NodeId, Running>,
    /// For each commitment since when so much of its amount is not used, and what that costs.
    left: Vec<(SimTime, u64, MicroUsdPerHour)>,
    applied: Applied,
}

impl<'l> Sweep<'l> {
    fn new(legend: &'l Legend) -> Sweep<'l> {
        let commitments = legend.terms.contract.commitments.iter();
        Sweep {
            legend,
            weights: Weights::new(legend),
            running: BTreeMap::new(),
            left: commitments.map(|it| (legend.from, it.amount, it.rate)).collect(),
            applied: Applied::default(),
        }
    }

    /// A line of an instance ends.
    fn end(&mut self, at: SimTime, node: NodeId, bills: &mut [Bill]) {
        if let Some(running) = self.running.remove(&node) {
            self.applied.used.extend(running.used(at));
            write(&mut bills[running.bill], Line { to: at, ..running.line });
        }
    }

    /// Finds out anew what covers what, and cuts the lines of which that has changed.
    fn cover(&mut self, at: SimTime, bills: &mut [Bill]) {
        let catalog = &self.legend.model.catalog;
        let mut machines: Vec<Machine<'_>> = self
            .running
            .values()
            .map(|running| {
                let offering = &catalog.offerings[running.offering];
                let machine = &catalog.instance_types[offering.instance_type];
                Machine::new(offering.instance_type, offering.zone, machine, running.line.price.0)
            })
            .collect();
        let commitments = &self.legend.terms.contract.commitments;
        for (index, commitment) in commitments.iter().enumerate() {
            let used = take_over((index, commitment), &mut machines, &self.weights);
            let rate = MicroUsdPerHour(commitment.rate.0 - commitment.rate_of(used).0);
            if rate != self.left[index].2 {
                self.leave(index, at);
                self.left[index] = (at, commitment.amount - used, rate);
            }
        }
        for (running, machine) in self.running.values_mut().zip(machines) {
            let covered = MicroUsdPerHour(running.line.price.0 - machine.left.price);
            let committed = MicroUsdPerHour(machine.committed());
            if running.covers != machine.covers {
                self.applied.used.extend(running.used(at));
                (running.since, running.covers) = (at, machine.covers);
            }
            let line = &mut running.line;
            if (line.covered, line.committed) != (covered, committed) {
                write(&mut bills[running.bill], Line { to: at, ..*line });
                *line = Line { from: at, covered, committed, ..*line };
            }
        }
    }

    fn finish(mut self) -> Applied {
        (0..self.left.len()).for_each(|index| self.leave(index, self.legend.to));
        self.applied.used.sort_by_key(|used| (used.bill, used.from, used.cover.commitment));
        self.applied.unused.sort_by_key(|unused| (unused.from, unused.commitment));
        self.applied
    }

    /// So much of a commitment was not used until now.
    fn leave(&mut self, commitment: usize, to: SimTime) {
        let (from, amount, rate) = self.left[commitment];
        if from < to && rate.0 > 0 {
            self.applied.unused.push(Unused { commitment, from, to, amount, rate });
        }
    }
}

/// Writes a line into the bill, or lengthens the last one if nothing else has changed.
fn write(bill: &mut Bill, line: Line) {
    if line.from >= line.to {
        return;
    }
    match bill.lines.last_mut() {
        Some(last) if *last == (Line { from: last.from, to: line.from, ..line }) => {
            last.to = line.to;
        }
        _ => bill.lines.push(line),
    }
}

/// An instance at a moment, and what no commitment has taken over yet.
struct Machine<'m> {
    instance_type: InstanceTypeId,
    zone: sim::names::NameId,
    machine: &'m InstanceType,
    price: u64,
    left: Left,
    /// What covers it.
    covers: Vec<Cover>,
}

/// What no commitment has taken over yet.
#[derive(PartialEq, Eq)]
struct Left {
    whole: bool,
    cpu: u64,
    memory: u64,
    price: u64,
}

impl<'m> Machine<'m> {
    fn new(
        instance_type: InstanceTypeId,
        zone: sim::names::NameId,
        machine: &'m InstanceType,
        price: u64,
    ) -> Machine<'m> {
        let (cpu, memory) = (machine.capacity[Lane::CPU], machine.capacity[Lane::MEMORY]);
        let left = Left { whole: true, cpu, memory, price };
        Machine { instance_type, zone, machine, price, left, covers: Vec::new() }
    }

    /// What the commitments that cover it cost.
    fn committed(&self) -> u64 {
        self.covers.iter().map(|cover| cover.committed.0).sum()
    }

    /// How much of a commitment it could use.
    fn wants(&self, unit: Unit) -> u64 {
        match unit {
            Unit::Instance => u64::from(self.left.whole),
            Unit::MilliCpu => self.left.cpu,
            Unit::MemoryByte => self.left.memory,
            Unit::MicroUsdPerHour => self.left.price,
        }
    }

    /// Has so much taken over.
    fn give(&mut self, unit: Unit, amount: u64, weights: &Weights) {
        let part = |weight: u128| {
            let all = weights.of(&self.machine.capacity).max(1);
            u64::try_from(u128::from(self.price) * weight / all).expect("at most the price")
        };
        match unit {
            Unit::Instance => {
                self.left = Left { whole: false, cpu: 0, memory: 0, price: 0 };
                return;
            }
            Unit::MilliCpu => {
                self.left.cpu -= amount;
                self.left.price -= part(shares::cpu(amount)).min(self.left.price);
            }
            Unit::MemoryByte => {
                self.left.memory -= amount;
                self.left.price -= part(shares::memory(amount)).min(self.left.price);
            }
            Unit::MicroUsdPerHour => self.left.price -= amount,
        }
        self.left.whole = false;
    }
}

/// Lets a commitment take over what it can. How much of it is used.
fn take_over(
    (index, commitment): (usize, &Commitment),
    machines: &mut [Machine<'_>],
    weights: &Weights,
) -> u64 {
    let mut used = 0;
    for machine in machines {
        if used == commitment.amount {
            break;
        }
        let here = commitment.zone.is_none_or(|zone| zone == machine.zone);
        if !here || !commitment.instance_types.contains(&machine.instance_type) {
            continue;
        }
        let amount = machine.wants(commitment.unit).min(commitment.amount - used);
        if amount > 0 {
            let before = machine.left.price;
            machine.give(commitment.unit, amount, weights);
            machine.covers.push(Cover {
                commitment: index,
                amount,
                covered: MicroUsdPerHour(before - machine.left.price),
                committed: MicroUsdPerHour(
                    commitment.rate_of(used + amount).0 - commitment.rate_of(used).0,
                ),
            });
            used += amount;
        }
    }
    used
}

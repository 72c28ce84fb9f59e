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

/// A stretch of time in which a commitment is not used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unused {
    /// Which one, by its place in the contract.
    pub commitment: usize,
    /// From this instant.
    pub from: SimTime,
    /// Until this one.
    pub to: SimTime,
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
/// them changes. What of the commitments is left over, in the order of time.
pub fn apply(legend: &Legend, bills: &mut [Bill]) -> Vec<Unused> {
    if legend.terms.contract.commitments.is_empty() {
        return Vec::new();
    }
    let mut edges = Vec::new();
    for (index, bill) in bills.iter_mut().enumerate() {
        if bill.capacity_type != CapacityType::OnDemand {
            continue;
        }
        for line in std::mem::take(&mut bill.lines) {
            let (node, offering) = (bill.node, bill.offering);
            edges.push((line.to, node, None));
            edges.push((line.from, node, Some(Running { bill: index, offering, line })));
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
}

/// Where the sweep stands.
struct Sweep<'l> {
    legend: &'l Legend,
    weights: Weights,
    running: BTreeMap<NodeId, Running>,
    /// For each commitment since when so much of its rate is not used.
    left: Vec<(SimTime, MicroUsdPerHour)>,
    unused: Vec<Unused>,
}

impl<'l> Sweep<'l> {
    fn new(legend: &'l Legend) -> Sweep<'l> {
        let commitments = legend.terms.contract.commitments.iter();
        Sweep {
            legend,
            weights: Weights::new(legend),
            running: BTreeMap::new(),
            left: commitments.map(|it| (legend.from, it.rate)).collect(),
            unused: Vec::new(),
        }
    }

    /// A line of an instance ends.
    fn end(&mut self, at: SimTime, node: NodeId, bills: &mut [Bill]) {
        if let Some(Running { bill, line, .. }) = self.running.remove(&node) {
            write(&mut bills[bill], Line { to: at, ..line });
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
            let used = commitment.rate_of(take_over(commitment, &mut machines, &self.weights));
            let rate = MicroUsdPerHour(commitment.rate.0 - used.0);
            let (from, before) = self.left[index];
            if rate != before {
                self.leave(index, from, at, before);
                self.left[index] = (at, rate);
            }
        }
        for (running, machine) in self.running.values_mut().zip(&machines) {
            let line = &mut running.line;
            let covered = MicroUsdPerHour(line.price.0 - machine.left.price);
            let committed = MicroUsdPerHour(machine.committed);
            if (line.covered, line.committed) != (covered, committed) {
                write(&mut bills[running.bill], Line { to: at, ..*line });
                *line = Line { from: at, covered, committed, ..*line };
            }
        }
    }

    fn finish(mut self) -> Vec<Unused> {
        for index in 0..self.left.len() {
            let (from, rate) = self.left[index];
            self.leave(index, from, self.legend.to, rate);
        }
        self.unused.sort_by_key(|unused| (unused.from, unused.commitment));
        self.unused
    }

    fn leave(&mut self, commitment: usize, from: SimTime, to: SimTime, rate: MicroUsdPerHour) {
        if from < to && rate.0 > 0 {
            self.unused.push(Unused { commitment, from, to, rate });
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
    /// What the commitments that cover it cost.
    committed: u64,
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
        Machine { instance_type, zone, machine, price, left, committed: 0 }
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
fn take_over(commitment: &Commitment, machines: &mut [Machine<'_>], weights: &Weights) -> u64 {
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
            machine.give(commitment.unit, amount, weights);
            machine.committed += commitment.rate_of(used + amount).0 - commitment.rate_of(used).0;
            used += amount;
        }
    }
    used
}

//! Capacity: how many nodes there were, how much of them was requested, how much work got done.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::catalog::CapacityType;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pod::End;
use sim::model::pool::PoolId;
use sim::model::resources::{Lane, Resources};
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

/// Folds facts into integrals over nodes.
#[derive(Clone)]
pub struct Capacity {
    legend: Legend,
    nodes: BTreeMap<NodeId, Node>,
    since: SimTime,
    spot_nodes: u64,
    /// Sums over registered nodes now: what they offer, what is requested of it, what is left.
    ready: Sums<u64>,
    /// Registered nodes now.
    ready_nodes: u64,
    /// The most instances at once.
    pub peak_nodes: u64,
    /// The fewest registered nodes at once.
    pub least_ready_nodes: u64,
    /// Registered nodes of each pool now.
    ready_of: BTreeMap<PoolId, u64>,
    /// Node-milliseconds in which pools had fewer registered nodes than their size.
    pub short_ms: u128,
    /// Instance-milliseconds.
    pub node_ms: u128,
    /// Spot instance-milliseconds.
    pub spot_ms: u128,
    /// Integrals of the sums, in unit-milliseconds.
    pub integral: Sums<u128>,
    /// Milliseconds of work that was finished or is held at the end.
    pub useful_ms: u128,
    /// Pods that ran to their end.
    pub completed: u64,
    /// On-demand nodes that a pool launched for want of spot.
    pub fell_back: u64,
    /// Spot nodes that it launched to take the place of such a node.
    pub back_to_spot: u64,
}

/// CPU in millicores and memory in MiB: offered, requested, left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums<T> {
    /// What nodes offer.
    pub allocatable: [T; 2],
    /// What pods request of it.
    pub requested: [T; 2],
    /// CPU that no pod requests, never negative on any node.
    pub idle_cpu: T,
}

#[derive(Clone)]
struct Node {
    pool: PoolId,
    offering: OfferingId,
    registered: bool,
    requested: Resources,
}

impl Capacity {
    /// No node exists yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Capacity {
        Capacity {
            legend: legend.clone(),
            nodes: BTreeMap::new(),
            since: SimTime::ZERO,
            spot_nodes: 0,
            ready: Sums::default(),
            ready_nodes: 0,
            peak_nodes: 0,
            least_ready_nodes: u64::MAX,
            ready_of: BTreeMap::new(),
            short_ms: 0,
            node_ms: 0,
            spot_ms: 0,
            integral: Sums::default(),
            useful_ms: 0,
            completed: 0,
            fell_back: 0,
            back_to_spot: 0,
        }
    }

    /// Integrates up to the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Capacity {
        self.advance(self.legend.to);
        self
    }

    fn advance(&mut self, at: SimTime) {
        let ms = at.min(self.legend.to).since(self.since.max(self.legend.from)).as_ms();
        self.since = at;
        if ms == 0 {
            return;
        }
        let ms = u128::from(ms);
        self.peak_nodes = self.peak_nodes.max(self.nodes.len() as u64);
        self.least_ready_nodes = self.least_ready_nodes.min(self.ready_nodes);
        self.node_ms += self.nodes.len() as u128 * ms;
        self.spot_ms += u128::from(self.spot_nodes) * ms;
        self.short_ms += u128::from(self.short()) * ms;
        for lane in 0..2 {
            self.integral.allocatable[lane] += u128::from(self.ready.allocatable[lane]) * ms;
            self.integral.requested[lane] += u128::from(self.ready.requested[lane]) * ms;
        }
        self.integral.idle_cpu += u128::from(self.ready.idle_cpu) * ms;
    }

    /// Takes a node out of the sums, lets it change, and puts it back.
    fn change(&mut self, at: SimTime, node: NodeId, change: impl FnOnce(&mut Node)) {
        self.advance(at);
        let Some(mut row) = self.nodes.remove(&node) else { return };
        self.count(&row, |sum, amount| *sum -= amount);
        change(&mut row);
        self.count(&row, |sum, amount| *sum += amount);
        self.nodes.insert(node, row);
    }

    fn count(&mut self, row: &Node, apply: impl Fn(&mut u64, u64)) {
        if !row.registered {
            return;
        }
        let offered = &self.legend.model.catalog.instance_type(row.offering).allocatable;
        let amounts = |r: &Resources| [r[Lane::CPU], r[Lane::MEMORY] >> 20];
        for lane in 0..2 {
            apply(&mut self.ready.allocatable[lane], amounts(offered)[lane]);
            apply(&mut self.ready.requested[lane], amounts(&row.requested)[lane]);
        }
        apply(&mut self.ready.idle_cpu, offered.left_after(&row.requested)[Lane::CPU]);
    }

    /// How many registered nodes pools lack of their sizes.
    fn short(&self) -> u64 {
        let ready = |id| self.ready_of.get(&id).copied().unwrap_or(0);
        let pools = self.legend.model.pools.iter();
        pools.map(|(id, pool)| u64::from(pool.size).saturating_sub(ready(id))).sum()
    }

    fn is_spot(&self, offering: OfferingId) -> bool {
        let offering = &self.legend.model.catalog.offerings[offering];
        offering.capacity_type == CapacityType::Spot
    }
}

impl Sink for Capacity {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { node, pool, offering, .. } => {
                self.advance(at);
                self.spot_nodes += u64::from(self.is_spot(offering));
                let row = Node { pool, offering, registered: false, requested: Resources::ZERO };
                self.nodes.insert(node, row);
            }
            Fact::NodeReady { node } => {
                self.change(at, node, |row| row.registered = true);
                self.ready_nodes += 1;
                if let Some(row) = self.nodes.get(&node) {
                    *self.ready_of.entry(row.pool).or_default() += 1;
                }
            }
            Fact::NodeGone { node, .. } => {
                self.advance(at);
                if let Some(row) = self.nodes.get(&node).filter(|row| row.registered) {
                    *self.ready_of.entry(row.pool).or_default() -= 1;
                    self.ready_nodes -= 1;
                }
                self.change(at, node, |row| row.registered = false);
                if let Some(row) = self.nodes.remove(&node) {
                    self.spot_nodes -= u64::from(self.is_spot(row.offering));
                }
            }
            Fact::PodScheduled { spec, requests, node, .. }
            | Fact::PodFound { spec, requests, node, .. } => {
                let requests = requests.with(&self.legend.model.specs[spec].requests);
                self.change(at, node, |row| row.requested += &requests);
            }
            Fact::PodResized { node, spec, before, requests, .. } => {
                let base = &self.legend.model.specs[spec].requests;
                let [before, requests] = [before, requests].map(|it| it.with(base));
                self.change(at, node, |row| {
                    row.requested -= &before;
                    row.requested += &requests;
                });
            }
            Fact::PodEnded { spec, requests, node, end, .. } => {
                let requests = requests.with(&self.legend.model.specs[spec].requests);
                self.change(at, node, |row| row.requested -= &requests);
                if end == End::Completed && at >= self.legend.from {
                    self.completed += 1;
                }
            }
            Fact::PoolFellBack { .. } if at >= self.legend.from => self.fell_back += 1,
            Fact::ReplacementLaunched { back_to_spot: true, .. } if at >= self.legend.from => {
                self.back_to_spot += 1;
            }
            Fact::DeadlineJobDone { workload } if at >= self.legend.from => {
                if let Controller::DeadlineJob(job) =
                    self.legend.model.workloads[workload].controller
                {
                    self.useful_ms += u128::from(job.work.as_ms());
                }
            }
            Fact::DeadlineJobUnfinished { progress, .. } => {
                self.useful_ms += u128::from(progress.as_ms());
            }
            Fact::PodWorked { worked, .. } if at >= self.legend.from => {
                self.useful_ms += u128::from(worked.useful.as_ms());
            }
            _ => {}
        }
    }
}

//! Capacity: how many nodes there were, how much of them was requested, how much work got done.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pod::End;
use sim::model::pool::PoolId;
use sim::model::resources::{Lane, Resources};
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

use super::roster::{Follow, Roster};

/// Nodes, requests and work of one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capacity {
    /// The most instances at once.
    pub peak_nodes: u64,
    /// The fewest registered nodes at once.
    pub least_ready_nodes: u64,
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

/// Folds facts into integrals over nodes.
#[derive(Clone)]
pub struct CapacityFold {
    legend: Legend,
    since: SimTime,
    /// Sums over registered nodes now: what they offer, what is requested of it, what is left.
    ready: Sums<u64>,
    /// Registered nodes of each pool now.
    ready_of: BTreeMap<PoolId, u64>,
    sums: Capacity,
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

impl CapacityFold {
    /// No node exists yet.
    #[must_use]
    pub fn new(legend: &Legend) -> CapacityFold {
        CapacityFold {
            legend: legend.clone(),
            since: SimTime::ZERO,
            ready: Sums::default(),
            ready_of: BTreeMap::new(),
            sums: Capacity {
                peak_nodes: 0,
                least_ready_nodes: u64::MAX,
                short_ms: 0,
                node_ms: 0,
                spot_ms: 0,
                integral: Sums::default(),
                useful_ms: 0,
                completed: 0,
                fell_back: 0,
                back_to_spot: 0,
            },
        }
    }

    /// What registered nodes offer now, and what is requested of it.
    #[must_use]
    pub fn now(&self) -> &Sums<u64> {
        &self.ready
    }

    /// Integrates up to the end of the window.
    #[must_use]
    pub fn finish(mut self, roster: &Roster) -> Capacity {
        self.advance(roster, self.legend.to);
        self.sums
    }

    fn advance(&mut self, roster: &Roster, at: SimTime) {
        let ms = at.min(self.legend.to).since(self.since.max(self.legend.from)).as_ms();
        self.since = at;
        if ms == 0 {
            return;
        }
        let ms = u128::from(ms);
        let nodes: u64 = roster.held().into_iter().map(u64::from).sum();
        self.sums.peak_nodes = self.sums.peak_nodes.max(nodes);
        self.sums.least_ready_nodes = self.sums.least_ready_nodes.min(roster.ready().into());
        self.sums.node_ms += u128::from(nodes) * ms;
        self.sums.spot_ms += u128::from(roster.spot()) * ms;
        self.sums.short_ms += u128::from(self.short()) * ms;
        for lane in 0..2 {
            self.sums.integral.allocatable[lane] += u128::from(self.ready.allocatable[lane]) * ms;
            self.sums.integral.requested[lane] += u128::from(self.ready.requested[lane]) * ms;
        }
        self.sums.integral.idle_cpu += u128::from(self.ready.idle_cpu) * ms;
    }

    /// The pods on a node are to request something else.
    fn change(
        &mut self,
        roster: &Roster,
        at: SimTime,
        node: NodeId,
        change: impl FnOnce(&mut Resources),
    ) {
        self.advance(roster, at);
        let Some(row) = roster.node(node).filter(|row| row.is_ready) else { return };
        self.count(row.offering, &row.requested, |sum, amount| *sum -= amount);
        let mut requested = row.requested;
        change(&mut requested);
        self.count(row.offering, &requested, |sum, amount| *sum += amount);
    }

    /// Counts a registered node.
    fn count(
        &mut self,
        offering: OfferingId,
        requested: &Resources,
        apply: impl Fn(&mut u64, u64),
    ) {
        let offered = &self.legend.model.catalog.instance_type(offering).allocatable;
        let amounts = |r: &Resources| [r[Lane::CPU], r[Lane::MEMORY] >> 20];
        for lane in 0..2 {
            apply(&mut self.ready.allocatable[lane], amounts(offered)[lane]);
            apply(&mut self.ready.requested[lane], amounts(requested)[lane]);
        }
        apply(&mut self.ready.idle_cpu, offered.left_after(requested)[Lane::CPU]);
    }

    /// How many registered nodes pools lack of their sizes.
    fn short(&self) -> u64 {
        let ready = |id| self.ready_of.get(&id).copied().unwrap_or(0);
        let pools = self.legend.model.pools.iter();
        pools.map(|(id, pool)| u64::from(pool.size()).saturating_sub(ready(id))).sum()
    }
}

impl Follow for CapacityFold {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { .. } => self.advance(roster, at),
            Fact::NodeReady { node } => {
                self.advance(roster, at);
                if let Some(row) = roster.node(node).filter(|row| !row.is_ready) {
                    self.count(row.offering, &row.requested, |sum, amount| *sum += amount);
                    *self.ready_of.entry(row.pool).or_default() += 1;
                }
            }
            Fact::NodeGone { node, .. } => {
                self.advance(roster, at);
                if let Some(row) = roster.node(node).filter(|row| row.is_ready) {
                    self.count(row.offering, &row.requested, |sum, amount| *sum -= amount);
                    *self.ready_of.entry(row.pool).or_default() -= 1;
                }
            }
            Fact::PodScheduled { spec, requests, node, .. }
            | Fact::PodFound { spec, requests, node, .. } => {
                let amount = roster.amount(spec, requests);
                self.change(roster, at, node, |requested| *requested += &amount);
            }
            Fact::PodResized { node, spec, before, requests, .. } => {
                let [before, now] = [before, requests].map(|it| roster.amount(spec, it));
                self.change(roster, at, node, |requested| {
                    *requested -= &before;
                    *requested += &now;
                });
            }
            Fact::PodEnded { spec, requests, node, end, .. } => {
                let amount = roster.amount(spec, requests);
                self.change(roster, at, node, |requested| *requested -= &amount);
                if end == End::Completed && at >= self.legend.from {
                    self.sums.completed += 1;
                }
            }
            Fact::PoolFellBack { .. } if at >= self.legend.from => self.sums.fell_back += 1,
            Fact::ReplacementLaunched { back_to_spot: true, .. } if at >= self.legend.from => {
                self.sums.back_to_spot += 1;
            }
            Fact::DeadlineJobDone { workload } if at >= self.legend.from => {
                if let Controller::DeadlineJob(job) =
                    self.legend.model.workloads[workload].controller
                {
                    self.sums.useful_ms += u128::from(job.work.as_ms());
                }
            }
            Fact::DeadlineJobUnfinished { progress, .. } => {
                self.sums.useful_ms += u128::from(progress.as_ms());
            }
            Fact::PodWorked { worked, .. } if at >= self.legend.from => {
                self.sums.useful_ms += u128::from(worked.useful.as_ms());
            }
            _ => {}
        }
    }
}

//! The roster: which instances are held and which pods there are, kept once and shown to every fold.
//!
//! A fold sees it as it stands just before a fact: of what is about to leave, everything is still known.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact, Requested, Sink};
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::node::NodeId;
use sim::model::pod::{PodId, SpecId};
use sim::model::pool::PoolId;
use sim::model::resources::Resources;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime, Span};

use crate::cost::{CAPACITY_TYPES, column};

/// Which instances are held, and which pods there are.
#[derive(Clone)]
pub struct Roster {
    legend: Legend,
    nodes: BTreeMap<NodeId, Node>,
    pods: BTreeMap<PodId, Pod>,
    held: [u32; CAPACITY_TYPES.len()],
    ready: u32,
}

/// An instance that is held.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Its pool.
    pub pool: PoolId,
    /// What was bought.
    pub offering: OfferingId,
    /// Whether it is registered.
    pub is_ready: bool,
    /// When it was announced that it will be taken, and how long it had left then.
    pub notice: Option<(SimTime, Span)>,
    /// What the pods on it request.
    pub requested: Resources,
}

/// A pod that has not ended.
#[derive(Clone, Copy, Debug)]
pub struct Pod {
    /// Its workload.
    pub workload: WorkloadId,
    /// Which replica it is.
    pub replica: u32,
    /// Its node, once it has one.
    pub node: Option<NodeId>,
    /// When it was bound; none of a pod that was found on its node.
    pub bound_at: Option<SimTime>,
    /// Whether it has been ready.
    pub was_ready: bool,
    /// Why it is terminating, if it is.
    pub terminating: Option<Cause>,
}

impl Pod {
    /// Whether it starts: it is bound, and has neither been ready nor been asked to stop.
    #[must_use]
    pub fn is_starting(&self) -> bool {
        self.bound_at.is_some() && !self.was_ready && self.terminating.is_none()
    }

    /// Whether it is on a node and has not been asked to stop.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        self.node.is_some() && self.terminating.is_none()
    }

    /// Whether its end disrupts nothing: its Job is over, its workload is scaled down or rolled out, or
    /// it was terminating when the run began, and what disrupted it lies before.
    #[must_use]
    pub fn is_dismissed(&self) -> bool {
        matches!(
            self.terminating,
            Some(Cause::JobOver | Cause::ScaledDown | Cause::RolledOut | Cause::InitialState)
        )
    }
}

impl Roster {
    /// Without any node or pod.
    #[must_use]
    pub fn new(legend: &Legend) -> Roster {
        Roster {
            legend: legend.clone(),
            nodes: BTreeMap::new(),
            pods: BTreeMap::new(),
            held: [0; CAPACITY_TYPES.len()],
            ready: 0,
        }
    }

    /// An instance that is held.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(&node)
    }

    /// Every instance that is held.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().map(|(id, node)| (*id, node))
    }

    /// A pod that has not ended.
    #[must_use]
    pub fn pod(&self, pod: PodId) -> Option<&Pod> {
        self.pods.get(&pod)
    }

    /// Every pod that has not ended.
    pub fn pods(&self) -> impl Iterator<Item = (PodId, &Pod)> {
        self.pods.iter().map(|(id, pod)| (*id, pod))
    }

    /// How many instances are held, by [`CAPACITY_TYPES`].
    #[must_use]
    pub fn held(&self) -> [u32; CAPACITY_TYPES.len()] {
        self.held
    }

    /// How many spot instances are held.
    #[must_use]
    pub fn spot(&self) -> u32 {
        self.held[column(CapacityType::Spot)]
    }

    /// How many nodes are registered.
    #[must_use]
    pub fn ready(&self) -> u32 {
        self.ready
    }

    /// All that a pod requests.
    #[must_use]
    pub fn amount(&self, spec: SpecId, requests: Requested) -> Resources {
        requests.with(&self.legend.model.specs[spec].requests)
    }

    /// Takes note of a fact, once all folds have seen it.
    pub fn learn(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { node, pool, offering, .. } => {
                let column = self.column(offering);
                self.held[column] += 1;
                let requested = Resources::ZERO;
                let row = Node { pool, offering, is_ready: false, notice: None, requested };
                self.nodes.insert(node, row);
            }
            Fact::NodeReady { node } => {
                if let Some(row) = self.nodes.get_mut(&node) {
                    self.ready += u32::from(!std::mem::replace(&mut row.is_ready, true));
                }
            }
            Fact::NoticeGiven { node, lead } => {
                if let Some(row) = self.nodes.get_mut(&node) {
                    row.notice = Some((at, lead));
                }
            }
            Fact::NodeGone { node, .. } => {
                if let Some(row) = self.nodes.remove(&node) {
                    let column = self.column(row.offering);
                    self.held[column] -= 1;
                    self.ready -= u32::from(row.is_ready);
                }
            }
            Fact::PodCreated { pod, workload, replica, .. } => {
                self.known(pod, workload).replica = replica;
            }
            Fact::PodScheduled { pod, workload, spec, requests, node, .. } => {
                let row = self.known(pod, workload);
                (row.node, row.bound_at) = (Some(node), Some(at));
                let amount = self.amount(spec, requests);
                self.request(node, |requested| *requested += &amount);
            }
            Fact::PodFound { pod, workload, spec, requests, node } => {
                self.known(pod, workload).node = Some(node);
                let amount = self.amount(spec, requests);
                self.request(node, |requested| *requested += &amount);
            }
            Fact::PodResized { node, spec, before, requests, .. } => {
                let [before, now] = [before, requests].map(|it| self.amount(spec, it));
                self.request(node, |requested| {
                    *requested -= &before;
                    *requested += &now;
                });
            }
            Fact::PodReady { pod, workload, .. } => self.known(pod, workload).was_ready = true,
            Fact::PodTerminating { pod, workload, why, .. } => {
                self.known(pod, workload).terminating = Some(why);
            }
            Fact::PodEnded { pod, spec, requests, node, .. } => {
                self.pods.remove(&pod);
                let amount = self.amount(spec, requests);
                self.request(node, |requested| *requested -= &amount);
            }
            Fact::PodWithdrawn { pod, .. } => {
                self.pods.remove(&pod);
            }
            _ => {}
        }
    }

    fn known(&mut self, pod: PodId, workload: WorkloadId) -> &mut Pod {
        self.pods.entry(pod).or_insert(Pod {
            workload,
            replica: 0,
            node: None,
            bound_at: None,
            was_ready: false,
            terminating: None,
        })
    }

    fn request(&mut self, node: NodeId, change: impl FnOnce(&mut Resources)) {
        if let Some(row) = self.nodes.get_mut(&node) {
            change(&mut row.requested);
        }
    }

    fn column(&self, offering: OfferingId) -> usize {
        column(self.legend.model.catalog.offerings[offering].capacity_type)
    }
}

/// A fold that is shown the roster as it stands just before each fact.
pub trait Follow {
    /// One fact, at its time. Times never fall.
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact);
}

/// A fold by itself, with a roster of its own.
#[derive(Clone)]
pub struct Alone<F> {
    /// Which instances are held, and which pods there are.
    pub roster: Roster,
    /// The fold.
    pub fold: F,
}

impl<F: Follow> Alone<F> {
    /// A fold that has seen nothing.
    #[must_use]
    pub fn new(legend: &Legend, fold: F) -> Alone<F> {
        Alone { roster: Roster::new(legend), fold }
    }
}

impl<F: Follow> Sink for Alone<F> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.fold.follow(&self.roster, at, fact);
        self.roster.learn(at, fact);
    }
}

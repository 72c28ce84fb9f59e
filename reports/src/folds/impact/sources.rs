//! Sources: which workloads reclaims hit, and which instance types in which zones they came from.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime, Span};

use crate::folds::disruption::{Dismissed, Ends};

/// What came of the instances of one offering.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OfferingCounts {
    /// Instances taken.
    pub reclaims: u64,
    /// Those without notice.
    pub notices_missed: u64,
    /// Ends of pods on such instances that they did not choose.
    pub ends: Ends,
    /// Launches that were refused.
    pub refusals: u64,
}

/// Ends by workload and by offering.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Of each workload but DaemonSets: how its pods ended.
    pub workloads: BTreeMap<WorkloadId, Ends>,
    /// Of each workload: the shortest notice that was given of a node on which a pod of it ended.
    pub shortest_notice: BTreeMap<WorkloadId, Span>,
    /// Of each offering.
    pub offerings: BTreeMap<OfferingId, OfferingCounts>,
}

/// Finds the source of each end.
#[derive(Clone)]
pub(super) struct Tracing {
    legend: Legend,
    /// What each instance that runs is, and how long before its end it was announced, if it was.
    offering_of: BTreeMap<NodeId, OfferingId>,
    lead_of: BTreeMap<NodeId, Span>,
    dismissed: Dismissed,
    sources: Sources,
}

impl Tracing {
    pub(super) fn new(legend: &Legend) -> Tracing {
        Tracing {
            legend: legend.clone(),
            offering_of: BTreeMap::new(),
            lead_of: BTreeMap::new(),
            dismissed: Dismissed::default(),
            sources: Sources::default(),
        }
    }

    pub(super) fn finish(self) -> Sources {
        self.sources
    }
}

impl Sink for Tracing {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        if self.dismissed.covers(fact) {
            return;
        }
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                self.offering_of.insert(node, offering);
            }
            Fact::NoticeGiven { node, lead } => {
                self.lead_of.insert(node, lead);
            }
            Fact::LaunchRefused { offering, .. } if at >= self.legend.from => {
                self.sources.offerings.entry(offering).or_default().refusals += 1;
            }
            Fact::NodeGone { node, why, announced } => {
                self.lead_of.remove(&node);
                let offering = self.offering_of.remove(&node);
                if let Some(offering) = offering
                    && why.is_reclaim()
                    && at >= self.legend.from
                {
                    let counts = self.sources.offerings.entry(offering).or_default();
                    counts.reclaims += 1;
                    counts.notices_missed += u64::from(!announced);
                }
            }
            Fact::PodEnded { workload, node, end, .. }
                if end.is_disruption() && at >= self.legend.from =>
            {
                let controller = self.legend.model.workloads[workload].controller;
                if controller == Controller::DaemonSet {
                    return;
                }
                self.sources.workloads.entry(workload).or_default().count(end);
                if let Some(offering) = self.offering_of.get(&node) {
                    self.sources.offerings.entry(*offering).or_default().ends.count(end);
                }
                if let Some(lead) = self.lead_of.get(&node) {
                    let shortest = self.sources.shortest_notice.entry(workload).or_insert(*lead);
                    *shortest = (*shortest).min(*lead);
                }
            }
            _ => {}
        }
    }
}

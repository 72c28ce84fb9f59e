//! Sources: which workloads reclaims hit, and which instance types in which zones they came from.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::OfferingId;
use sim::model::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime, Span};

use crate::folds::disruption::Ends;
use crate::folds::roster::{Follow, Pod, Roster};

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
#[derive(Clone, PartialEq, Eq, Debug, Default)]
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
    sources: Sources,
}

impl Tracing {
    pub(super) fn new(legend: &Legend) -> Tracing {
        Tracing { legend: legend.clone(), sources: Sources::default() }
    }

    pub(super) fn finish(self) -> Sources {
        self.sources
    }
}

impl Follow for Tracing {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        if at < self.legend.from {
            return;
        }
        match *fact {
            Fact::LaunchRefused { offering, .. } => {
                self.sources.offerings.entry(offering).or_default().refusals += 1;
            }
            Fact::NodeGone { node, why, announced } if why.is_reclaim() => {
                if let Some(row) = roster.node(node) {
                    let counts = self.sources.offerings.entry(row.offering).or_default();
                    counts.reclaims += 1;
                    counts.notices_missed += u64::from(!announced);
                }
            }
            Fact::PodEnded { pod, workload, node, end, .. }
                if end.is_disruption() && !roster.pod(pod).is_some_and(Pod::is_dismissed) =>
            {
                let controller = self.legend.model.workloads[workload].controller;
                if controller == Controller::DaemonSet {
                    return;
                }
                self.sources.workloads.entry(workload).or_default().count(end);
                let Some(row) = roster.node(node) else { return };
                self.sources.offerings.entry(row.offering).or_default().ends.count(end);
                if let Some((_, lead)) = row.notice {
                    let shortest = self.sources.shortest_notice.entry(workload).or_insert(lead);
                    *shortest = (*shortest).min(lead);
                }
            }
            _ => {}
        }
    }
}

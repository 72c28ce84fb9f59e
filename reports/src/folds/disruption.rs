//! Disruption: what the provider took, and how the pods on it ended.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact};
use sim::model::disruption::DisruptionReason;
use sim::model::pod::{End, Limit};
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

use super::roster::{Follow, Pod, Roster};

/// Ends of pods that they did not choose, each in exactly one class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// Terminated in the time they needed.
    pub clean: u64,
    /// Terminating, and killed before they had stopped: the instance was gone, or shut down, first.
    pub cut_short_by_deadline: u64,
    /// Terminating, and killed before they had stopped: by their own grace period.
    pub cut_short_by_grace: u64,
    /// Killed without having been asked to terminate.
    pub killed_without_warning: u64,
}

impl Ends {
    /// Terminating, and killed before they had stopped.
    #[must_use]
    pub fn cut_short(&self) -> u64 {
        self.cut_short_by_deadline + self.cut_short_by_grace
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.clean + self.cut_short() + self.killed_without_warning
    }

    /// Adds others to them.
    pub(crate) fn add(&mut self, others: &Ends) {
        self.clean += others.clean;
        self.cut_short_by_deadline += others.cut_short_by_deadline;
        self.cut_short_by_grace += others.cut_short_by_grace;
        self.killed_without_warning += others.killed_without_warning;
    }

    pub(crate) fn count(&mut self, end: End) {
        match end {
            End::Completed | End::Rejected | End::OomKilled => {}
            End::Clean => self.clean += 1,
            End::CutShort(Limit::Deadline | Limit::NodeShutdown | Limit::NodePressure) => {
                self.cut_short_by_deadline += 1;
            }
            End::CutShort(Limit::Grace) => self.cut_short_by_grace += 1,
            End::KilledWithoutWarning => self.killed_without_warning += 1,
        }
    }
}

/// What the provider took in one run, and how the pods on it ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Disruption {
    /// Instances taken by the provider.
    pub reclaims: u64,
    /// Those of them that cost more than their pool pays.
    pub outbid: u64,
    /// Those of them that came without a notice.
    pub notices_missed: u64,
    /// Instances that failed, however they were bought, which are no reclaims.
    pub failures: u64,
    /// Ends of pods, but for those of DaemonSets.
    pub ends: Ends,
    /// Ends of pods of DaemonSets, which are never evicted and end with their nodes.
    pub daemon_ends: Ends,
    /// What Kubernetes says of the ends in `ends`: how many of each reason, and of none.
    pub by_reason: BTreeMap<Option<DisruptionReason>, u64>,
    /// Bare pods that ended so, and will not come back.
    pub bare_pods_lost: u64,
}

/// Folds facts into counts of disruption.
#[derive(Clone)]
pub struct DisruptionFold {
    legend: Legend,
    counts: Disruption,
}

impl DisruptionFold {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> DisruptionFold {
        DisruptionFold { legend: legend.clone(), counts: Disruption::default() }
    }

    /// The counts at the end of the window.
    #[must_use]
    pub fn finish(self) -> Disruption {
        self.counts
    }
}

impl Follow for DisruptionFold {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        if at < self.legend.from {
            return;
        }
        match *fact {
            Fact::NodeGone { why, announced, .. } if why.is_reclaim() => {
                self.counts.reclaims += 1;
                self.counts.outbid += u64::from(why == Cause::Outbid);
                self.counts.notices_missed += u64::from(!announced);
            }
            Fact::NodeGone { why: Cause::Failed, .. } => self.counts.failures += 1,
            Fact::PodEnded { pod, .. } if roster.pod(pod).is_some_and(Pod::is_dismissed) => {}
            Fact::PodEnded { workload, end, reason, .. } => {
                match self.legend.model.workloads[workload].controller {
                    Controller::DaemonSet => self.counts.daemon_ends.count(end),
                    controller => {
                        self.counts.ends.count(end);
                        if end.is_disruption() {
                            *self.counts.by_reason.entry(reason).or_default() += 1;
                        }
                        let bare = controller.is_bare();
                        self.counts.bare_pods_lost += u64::from(bare && end != End::Completed);
                    }
                }
            }
            _ => {}
        }
    }
}

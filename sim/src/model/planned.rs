//! What a scenario changes at given times: how many replicas a workload is to have, and what its pods are.

use std::collections::BTreeMap;

use super::Model;
use super::budget::Amount;
use super::pod::SpecId;
use super::workload::{Controller, WorkloadId, ZonalVolumes};
use crate::time::{SimTime, Span};

/// Everything that is planned.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Planned {
    /// Changes of scale.
    pub scales: Vec<Scale>,
    /// Rollouts of each workload, by their time. The first makes revision 1.
    pub rollouts: BTreeMap<WorkloadId, Vec<Rollout>>,
}

/// A workload is to have another number of replicas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale {
    /// When.
    pub at: SimTime,
    /// Which workload.
    pub workload: WorkloadId,
    /// How many it is to have.
    pub replicas: u32,
}

/// A workload gets another pod template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rollout {
    /// When.
    pub at: SimTime,
    /// What each pod is from then on; it may be what it was, as after `kubectl rollout restart`.
    pub spec: SpecId,
    /// Its volumes that hold a pod to a zone, if it has such.
    pub volumes: Option<ZonalVolumes>,
    /// How the new pods take over.
    pub strategy: Strategy,
    /// The revision that it goes back to, as `kubectl rollout undo` does: pods that are still of it stay.
    /// None makes a new one.
    pub back_to: Option<u32>,
}

/// How pods of a new revision take over from those of the old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strategy {
    /// `RollingUpdate` of a Deployment.
    Rolling {
        /// `maxSurge`.
        max_surge: Amount,
        /// `maxUnavailable`.
        max_unavailable: Amount,
        /// `progressDeadlineSeconds`.
        progress_deadline: Span,
    },
    /// `Recreate` of a Deployment: all old pods go before the first new one comes.
    Recreate {
        /// `progressDeadlineSeconds`.
        progress_deadline: Span,
    },
    /// `RollingUpdate` of a StatefulSet: from the highest ordinal down, one at a time.
    Ordinals {
        /// `partition`: those below it stay as they are.
        partition: u32,
    },
    /// `RollingUpdate` of a DaemonSet.
    Nodes {
        /// `maxSurge`.
        max_surge: Amount,
        /// `maxUnavailable`.
        max_unavailable: Amount,
        /// `minReadySeconds`.
        min_ready: Span,
    },
    /// `OnDelete` of a StatefulSet or a DaemonSet: a pod is new only once it is replaced anyway.
    OnDelete,
}

impl Strategy {
    /// What Kubernetes takes where nothing is stated; none for what has no rollouts.
    #[must_use]
    pub fn default_of(controller: Controller) -> Option<Strategy> {
        match controller {
            Controller::Deployment { .. } => Some(Strategy::Rolling {
                max_surge: Amount::Percent(25),
                max_unavailable: Amount::Percent(25),
                progress_deadline: Span::from_secs(600),
            }),
            Controller::StatefulSet { .. } => Some(Strategy::Ordinals { partition: 0 }),
            Controller::DaemonSet => Some(Strategy::Nodes {
                max_surge: Amount::Pods(0),
                max_unavailable: Amount::Pods(1),
                min_ready: Span::ZERO,
            }),
            Controller::Job(_)
            | Controller::CronJob { .. }
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_)
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => None,
        }
    }

    /// Whether a controller can follow it.
    #[must_use]
    pub fn is_of(self, controller: Controller) -> bool {
        match self {
            Strategy::Rolling { .. } | Strategy::Recreate { .. } => {
                matches!(controller, Controller::Deployment { .. })
            }
            Strategy::Ordinals { .. } => matches!(controller, Controller::StatefulSet { .. }),
            Strategy::Nodes { .. } => controller == Controller::DaemonSet,
            Strategy::OnDelete => {
                matches!(controller, Controller::StatefulSet { .. } | Controller::DaemonSet)
            }
        }
    }

    /// How long a rollout may make no progress before it is said to be stalled.
    #[must_use]
    pub fn progress_deadline(self) -> Option<Span> {
        match self {
            Strategy::Rolling { progress_deadline, .. }
            | Strategy::Recreate { progress_deadline } => Some(progress_deadline),
            Strategy::Ordinals { .. } | Strategy::Nodes { .. } | Strategy::OnDelete => None,
        }
    }
}

impl Model {
    /// A rollout of a workload, by its number from 1 on. That which makes a revision has its number; none
    /// makes revision 0.
    #[must_use]
    pub fn rollout(&self, workload: WorkloadId, number: u32) -> Option<&Rollout> {
        let rollouts = self.planned.rollouts.get(&workload)?;
        rollouts.get(number.checked_sub(1)? as usize)
    }

    /// The revision that pods of a workload are to be of after a rollout.
    #[must_use]
    pub fn revision_after(&self, workload: WorkloadId, number: u32) -> u32 {
        self.rollout(workload, number).and_then(|it| it.back_to).unwrap_or(number)
    }

    /// What each pod of a revision is, before its volumes hold it to a zone.
    #[must_use]
    pub fn template(&self, workload: WorkloadId, revision: u32) -> (SpecId, Option<&ZonalVolumes>) {
        match self.rollout(workload, revision) {
            Some(rollout) => (rollout.spec, rollout.volumes.as_ref()),
            None => {
                let workload = &self.workloads[workload];
                (workload.spec, workload.volumes.as_ref())
            }
        }
    }
}

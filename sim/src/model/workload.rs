//! Workloads: what is to run, and who brings it back when it stops.

use std::collections::BTreeMap;

use super::arrivals::GeneratorId;
use super::deadline::DeadlineJob;
use super::job::{Job, Work};
use super::pod::SpecId;
use super::schedule::ScheduleId;
use crate::names::NameId;
use crate::table::id;
use crate::time::{SimTime, Span};

id! {
    /// A workload: a Deployment, StatefulSet, DaemonSet, Job, CronJob or bare Pod, or what arrives of a
    /// kind.
    WorkloadId
}

/// A workload and its pod template.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its namespace.
    pub namespace: NameId,
    /// Its name.
    pub name: NameId,
    /// Who looks after its pods.
    pub controller: Controller,
    /// What each pod is.
    pub spec: SpecId,
    /// Its volumes that hold a pod to a zone, if it has such.
    pub volumes: Option<ZonalVolumes>,
    /// When it is created.
    pub created_at: SimTime,
    /// Identity in random streams: a hash of kind, namespace and name, so that adding another
    /// workload moves the draws of no other.
    pub key: u64,
}

/// The zonal volumes of a workload's pods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZonalVolumes {
    /// Whose they are.
    pub whose: Whose,
    /// What a pod asks for once its volumes have been made in a zone.
    pub held: BTreeMap<NameId, SpecId>,
}

/// Whose volumes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Each replica has its own (`volumeClaimTemplates`).
    EachReplica,
    /// They are those of one claim, which all its pods share.
    Claim(NameId),
}

/// Who looks after a workload's pods, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Controller {
    /// Replaces a pod as soon as it begins to terminate.
    Deployment {
        /// `spec.replicas`.
        replicas: u32,
        /// `spec.minReadySeconds`.
        min_ready: Span,
    },
    /// Replaces a pod, under the same name, once its predecessor is gone for good.
    StatefulSet {
        /// `spec.replicas`.
        replicas: u32,
        /// `spec.minReadySeconds`.
        min_ready: Span,
        /// `podManagementPolicy: OrderedReady`: a pod is created only when all before it are
        /// available; else `Parallel`.
        ordered: bool,
    },
    /// Runs one pod on every node that takes it; no drain evicts such a pod, and it dies with its
    /// node.
    DaemonSet,
    /// Runs pods to their end until enough have completed.
    Job(Job),
    /// Makes a Job at each time of its schedule. Replicas count on from Job to Job.
    CronJob {
        /// What each Job is.
        job: Job,
        /// When they are made.
        schedule: ScheduleId,
    },
    /// None: a bare pod, which does not come back.
    Pod {
        /// How long it runs, if it ends by itself.
        duration: Option<Span>,
    },
    /// None, and there are no pods: a job that has an instance of its own.
    DeadlineJob(DeadlineJob),
    /// Jobs that a generator lets arrive. Replicas count on from Job to Job.
    ArrivingJobs {
        /// What each is, except for how long it takes, which is said when it arrives.
        job: Job,
        /// Which generator.
        generator: GeneratorId,
    },
    /// Bare pods that a generator lets arrive, each a replica. How long each runs is said when it
    /// arrives.
    ArrivingPods {
        /// Which generator.
        generator: GeneratorId,
    },
}

impl Controller {
    /// How many pods the workload has when all is well; `None` for a DaemonSet, which has one per
    /// node. A CronJob has none of its own accord, and what arrives is not counted.
    #[must_use]
    pub fn at_once(self) -> Option<u32> {
        match self {
            Controller::Deployment { replicas, .. } | Controller::StatefulSet { replicas, .. } => {
                Some(replicas)
            }
            Controller::DaemonSet => None,
            Controller::Job(job) => Some(job.at_once()),
            Controller::Pod { .. } => Some(1),
            Controller::CronJob { .. }
            | Controller::DeadlineJob(_)
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => Some(0),
        }
    }

    /// `spec.replicas` where the notion of availability applies: not to Jobs, DaemonSets and bare
    /// pods.
    #[must_use]
    pub fn desired_replicas(self) -> Option<u32> {
        match self {
            Controller::Deployment { replicas, .. } | Controller::StatefulSet { replicas, .. } => {
                Some(replicas)
            }
            Controller::DaemonSet
            | Controller::Job(_)
            | Controller::CronJob { .. }
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_)
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => None,
        }
    }

    /// How long a pod must be ready before it counts as available.
    #[must_use]
    pub fn min_ready(self) -> Span {
        match self {
            Controller::Deployment { min_ready, .. }
            | Controller::StatefulSet { min_ready, .. } => min_ready,
            Controller::DaemonSet
            | Controller::Job(_)
            | Controller::CronJob { .. }
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_)
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => Span::ZERO,
        }
    }

    /// What Jobs are like, if it is one or makes them.
    #[must_use]
    pub fn job(self) -> Option<Job> {
        match self {
            Controller::Job(job)
            | Controller::CronJob { job, .. }
            | Controller::ArrivingJobs { job, .. } => Some(job),
            Controller::Deployment { .. }
            | Controller::StatefulSet { .. }
            | Controller::DaemonSet
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_)
            | Controller::ArrivingPods { .. } => None,
        }
    }

    /// The generator that lets it arrive, if one does.
    #[must_use]
    pub fn generator(self) -> Option<GeneratorId> {
        match self {
            Controller::ArrivingJobs { generator, .. } | Controller::ArrivingPods { generator } => {
                Some(generator)
            }
            _ => None,
        }
    }

    /// Whether its pods are bare: nothing brings them back.
    #[must_use]
    pub fn is_bare(self) -> bool {
        matches!(self, Controller::Pod { .. } | Controller::ArrivingPods { .. })
    }

    /// Which of the Jobs that a CronJob made, or of what arrived, a replica is of; nothing else has more
    /// than one.
    #[must_use]
    pub fn run_of(self, replica: u32) -> u32 {
        match self {
            Controller::CronJob { job, .. } | Controller::ArrivingJobs { job, .. } => {
                replica / job.completions.max(1)
            }
            Controller::ArrivingPods { .. } => replica,
            _ => 0,
        }
    }

    /// What a pod does before it ends by itself, if it does. How long that takes is not known of what
    /// arrives: the world knows it.
    #[must_use]
    pub fn work(self) -> Option<Work> {
        match self {
            Controller::Job(job)
            | Controller::CronJob { job, .. }
            | Controller::ArrivingJobs { job, .. } => Some(job.work),
            Controller::Pod { duration } => duration.map(Work::lasting),
            Controller::ArrivingPods { .. } => Some(Work::lasting(Span::ZERO)),
            Controller::Deployment { .. }
            | Controller::StatefulSet { .. }
            | Controller::DaemonSet
            | Controller::DeadlineJob(_) => None,
        }
    }
}

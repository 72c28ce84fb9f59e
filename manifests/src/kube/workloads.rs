//! Controllers: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs.

use super::{
    Condition, IntOrString, LabelSelector, ObjectMeta, PersistentVolumeClaim, PodTemplateSpec,
};

object! {
    /// ReplicaSets that follow one another.
    pub struct Deployment {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: DeploymentSpec,
        /// How it was last seen.
        pub status: WorkloadStatus,
    }

    /// What a Deployment wants.
    pub struct DeploymentSpec {
        /// How many pods; one by default.
        pub replicas: Option<u32>,
        /// Which pods are its own.
        pub selector: Option<LabelSelector>,
        /// What each pod is.
        pub template: PodTemplateSpec,
        /// How long a pod must be ready before it counts as available.
        pub min_ready_seconds: u32,
        /// How new pods take the place of old ones.
        pub strategy: Option<DeploymentStrategy>,
        /// After how many seconds without progress a rollout is stalled; 600 by default.
        pub progress_deadline_seconds: Option<u32>,
        /// Whether it stands still.
        pub paused: bool,
    }

    /// How new pods take the place of old ones.
    pub struct DeploymentStrategy {
        /// `RollingUpdate` (default) or `Recreate`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// How many at a time.
        pub rolling_update: Option<RollingUpdate>,
    }

    /// How many pods are replaced at a time.
    pub struct RollingUpdate {
        /// How many may be missing.
        pub max_unavailable: Option<IntOrString>,
        /// How many there may be too many.
        pub max_surge: Option<IntOrString>,
        /// From which ordinal on (StatefulSet).
        pub partition: Option<u32>,
    }

    /// Pods that are all the same.
    pub struct ReplicaSet {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: ReplicaSetSpec,
        /// How it was last seen.
        pub status: WorkloadStatus,
    }

    /// What a ReplicaSet wants.
    pub struct ReplicaSetSpec {
        /// How many pods; one by default.
        pub replicas: Option<u32>,
        /// Which pods are its own.
        pub selector: Option<LabelSelector>,
        /// What each pod is.
        pub template: PodTemplateSpec,
        /// How long a pod must be ready before it counts as available.
        pub min_ready_seconds: u32,
    }

    /// Pods with stable names and volumes.
    pub struct StatefulSet {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: StatefulSetSpec,
        /// How it was last seen.
        pub status: WorkloadStatus,
    }

    /// What a StatefulSet wants.
    pub struct StatefulSetSpec {
        /// How many pods; one by default.
        pub replicas: Option<u32>,
        /// Which pods are its own.
        pub selector: Option<LabelSelector>,
        /// What each pod is.
        pub template: PodTemplateSpec,
        /// The Service that gives its pods their addresses.
        pub service_name: String,
        /// `OrderedReady` (default) or `Parallel`.
        pub pod_management_policy: Option<String>,
        /// The claims that each pod has of its own.
        pub volume_claim_templates: Vec<PersistentVolumeClaim>,
        /// How long a pod must be ready before it counts as available.
        pub min_ready_seconds: u32,
        /// How new pods take the place of old ones.
        pub update_strategy: Option<UpdateStrategy>,
    }

    /// How new pods take the place of old ones.
    pub struct UpdateStrategy {
        /// `RollingUpdate` (default) or `OnDelete`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// How many at a time.
        pub rolling_update: Option<RollingUpdate>,
    }

    /// One pod on every node.
    pub struct DaemonSet {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: DaemonSetSpec,
        /// How it was last seen.
        pub status: WorkloadStatus,
    }

    /// What a DaemonSet wants.
    pub struct DaemonSetSpec {
        /// Which pods are its own.
        pub selector: Option<LabelSelector>,
        /// What each pod is.
        pub template: PodTemplateSpec,
        /// How long a pod must be ready before it counts as available.
        pub min_ready_seconds: u32,
        /// How new pods take the place of old ones.
        pub update_strategy: Option<UpdateStrategy>,
    }

    /// How a controller was last seen.
    pub struct WorkloadStatus {
        /// How many pods there are.
        pub replicas: u32,
        /// How many of them are ready.
        pub ready_replicas: u32,
        /// How many of them are available.
        pub available_replicas: u32,
        /// How many nodes should have a pod (DaemonSet).
        pub desired_number_scheduled: u32,
    }

    /// Pods that run to their end.
    pub struct Job {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: JobSpec,
        /// How it was last seen.
        pub status: JobStatus,
    }

    /// What a Job wants.
    pub struct JobSpec {
        /// How many pods must complete.
        pub completions: Option<u32>,
        /// How many pods run at a time; one by default.
        pub parallelism: Option<u32>,
        /// `NonIndexed` (default) or `Indexed`.
        pub completion_mode: Option<String>,
        /// How many pods may fail; six by default.
        pub backoff_limit: Option<u32>,
        /// How many pods may fail of each index.
        pub backoff_limit_per_index: Option<u32>,
        /// How many indexes may fail.
        pub max_failed_indexes: Option<u32>,
        /// How long it may take.
        pub active_deadline_seconds: Option<u64>,
        /// How long it is kept after its end.
        pub ttl_seconds_after_finished: Option<u32>,
        /// Whether it stands still.
        pub suspend: bool,
        /// `TerminatingOrFailed` or `Failed`: when a pod is replaced.
        pub pod_replacement_policy: Option<String>,
        /// Which failures count.
        pub pod_failure_policy: Option<PodFailurePolicy>,
        /// What each pod is.
        pub template: PodTemplateSpec,
    }

    /// Which failures of a Job's pods count.
    pub struct PodFailurePolicy {
        /// The first rule that matches decides.
        pub rules: Vec<PodFailurePolicyRule>,
    }

    /// What a failure means.
    pub struct PodFailurePolicyRule {
        /// `FailJob`, `FailIndex`, `Ignore` or `Count`.
        pub action: String,
        /// For these exits.
        pub on_exit_codes: Option<PodFailurePolicyOnExitCodes>,
        /// For these conditions of the pod.
        pub on_pod_conditions: Vec<PodFailurePolicyOnPodCondition>,
    }

    /// A set of exits.
    pub struct PodFailurePolicyOnExitCodes {
        /// Of which container; none is any.
        pub container_name: Option<String>,
        /// `In` or `NotIn`.
        pub operator: String,
        /// The codes.
        pub values: Vec<i32>,
    }

    /// A condition of a pod.
    pub struct PodFailurePolicyOnPodCondition {
        /// Which, for example `DisruptionTarget`.
        #[serde(rename = "type")]
        pub kind: String,
        /// `True` by default.
        pub status: Option<String>,
    }

    /// How a Job was last seen.
    pub struct JobStatus {
        /// How many pods run.
        pub active: u32,
        /// How many completed.
        pub succeeded: u32,
        /// How many failed.
        pub failed: u32,
        /// When it began (RFC 3339).
        pub start_time: Option<String>,
        /// When it completed (RFC 3339); a Job that failed never does.
        pub completion_time: Option<String>,
        /// `Complete`, `Failed`, `Suspended` and others.
        pub conditions: Vec<Condition>,
    }

    /// Jobs that are started by the clock.
    pub struct CronJob {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: CronJobSpec,
    }

    /// What a CronJob wants.
    pub struct CronJobSpec {
        /// When, as cron writes it.
        pub schedule: String,
        /// In which time zone.
        pub time_zone: Option<String>,
        /// `Allow` (default), `Forbid` or `Replace`.
        pub concurrency_policy: Option<String>,
        /// How late a Job may start.
        pub starting_deadline_seconds: Option<u64>,
        /// Whether it stands still.
        pub suspend: bool,
        /// What each Job is.
        pub job_template: JobTemplateSpec,
    }

    /// What a CronJob makes Jobs of.
    pub struct JobTemplateSpec {
        /// Labels and annotations of the Jobs.
        pub metadata: ObjectMeta,
        /// What they are.
        pub spec: JobSpec,
    }
}

/// How a Job or CronJob is counted that is not to run.
const SUSPENDED: &str = "suspend: it stands still, and is not resumed";
/// How one is counted whose Jobs may run no pods.
const PAUSED: &str = "spec.parallelism: 0: it stands still, and is not resumed";

impl JobSpec {
    /// Why a Job creates no pods, as it is counted, if it does not.
    #[must_use]
    pub fn stands_still(&self) -> Option<&'static str> {
        let paused = self.parallelism == Some(0);
        self.suspend.then_some(SUSPENDED).or(paused.then_some(PAUSED))
    }
}

impl CronJobSpec {
    /// Why a CronJob makes no Jobs, or Jobs that do nothing, as it is counted, if that is so.
    #[must_use]
    pub fn stands_still(&self) -> Option<&'static str> {
        self.suspend.then_some(SUSPENDED).or(self.job_template.spec.stands_still())
    }
}

/// The condition of pods that are disrupted: by eviction, preemption, or the loss of their node.
pub const DISRUPTION_TARGET: &str = "DisruptionTarget";

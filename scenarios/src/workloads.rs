//! The kinds of Kubernetes objects that create pods, and a count of all the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Source;
use crate::file::Kind;
use crate::kube::{
    CronJobSpec, JobSpec, JobTemplateSpec, LabelSelector, Object, ObjectKind, PersistentVolume,
    PersistentVolumeClaim, PodDisruptionBudget, PodTemplateSpec, UpdateStrategy, Workload,
};
use crate::load::{Loaded, Origin};
use crate::unmodelled::Tally;
use manifests::accessibility::is_only_accessibility;
use manifests::context::ClusterContext;

/// A workload as it was written, in a manifest or in the scenario.
#[derive(Clone, Debug)]
pub struct Written {
    /// What looks after its pods.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How many pods, how many at a time, and what they are.
    pub spec: ControllerSpec,
    /// Annotations of the object and of its pods; the pods' own win.
    pub annotations: BTreeMap<String, String>,
    /// When it is created.
    pub start_at: String,
    /// Where it was written.
    pub source: Source,
    /// Where in there.
    pub span: std::ops::Range<usize>,
}

/// What a controller wants, whatever its kind.
#[derive(Clone, Debug)]
pub struct ControllerSpec {
    /// How many pods (Deployment, StatefulSet).
    pub replicas: Option<u32>,
    /// How long a pod must be ready before it counts as available.
    pub min_ready_seconds: u32,
    /// `OrderedReady`, also if there is none, or `Parallel` (StatefulSet).
    pub pod_management_policy: Option<String>,
    /// How many pods must complete (Job).
    pub completions: Option<u32>,
    /// How many pods run at a time (Job).
    pub parallelism: Option<u32>,
    /// How it takes failures (Job, CronJob), without its template; none if that is not stated.
    pub job: Option<Box<JobSpec>>,
    /// When Jobs are made (CronJob), without its template.
    pub cron_job: Option<Box<CronJobSpec>>,
    /// How new pods take the place of old ones (Deployment, StatefulSet, DaemonSet).
    pub update: Option<UpdateStrategy>,
    /// After how many seconds without progress a rollout is stalled (Deployment).
    pub progress_deadline_seconds: Option<u32>,
    /// Which pods are its own (Deployment, StatefulSet).
    pub selector: Option<LabelSelector>,
    /// The claims that each pod has of its own (StatefulSet).
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
    /// What each pod is.
    pub template: PodTemplateSpec,
}

/// Kinds that create no pods and matter nevertheless: [`manifests::context`] reads them, and
/// [`crate::autoscalers`].
const SAID_ELSEWHERE: [ObjectKind; 14] = [
    ObjectKind::Namespace,
    ObjectKind::PersistentVolumeClaim,
    ObjectKind::Service,
    ObjectKind::PriorityClass,
    ObjectKind::StorageClass,
    ObjectKind::PodDisruptionBudget,
    ObjectKind::ResourceQuota,
    ObjectKind::LimitRange,
    ObjectKind::HorizontalPodAutoscaler,
    ObjectKind::VerticalPodAutoscaler,
    ObjectKind::NodePool,
    ObjectKind::NodeClaim,
    ObjectKind::Ec2NodeClass,
    ObjectKind::AksNodeClass,
];

/// How a disk is counted that a claim uses: it is billed, and holds its pods to a zone.
const DISK_OF_A_ZONE: &str =
    "spec.nodeAffinity of a PersistentVolume: its zone is that of its first pod";

/// The volumes that claims use.
pub(crate) struct Claimed(BTreeSet<String>);

impl Claimed {
    /// Those of the claims among objects.
    pub(crate) fn of<'o>(objects: impl Iterator<Item = &'o Object>) -> Claimed {
        let volume = |object: &'o Object| match object {
            Object::PersistentVolumeClaim(claim) => Some(claim.spec.volume_name.clone()),
            _ => None,
        };
        Claimed(objects.filter_map(volume).filter(|name| !name.is_empty()).collect())
    }

    /// Whether a claim uses a volume.
    pub(crate) fn has(&self, volume: &PersistentVolume) -> bool {
        self.0.contains(&volume.metadata.name)
    }
}

/// The workloads among objects. Objects of other kinds are counted.
pub fn workloads(objects: &[Loaded], tally: &mut Tally) -> Vec<Written> {
    let claimed = Claimed::of(objects.iter().map(|loaded| &loaded.object));
    let workload = |loaded: &Loaded| {
        if let Object::PersistentVolume(volume) = &loaded.object
            && claimed.has(volume)
        {
            if volume.spec.node_affinity.is_some() && !is_only_accessibility(&loaded.object) {
                tally.count(DISK_OF_A_ZONE, &loaded.origin);
            }
            return None;
        }
        workload(loaded, tally)
    };
    objects.iter().filter_map(workload).collect()
}

/// The budget that an object is, if it is one.
pub fn budget(loaded: &Loaded) -> Option<(PodDisruptionBudget, Origin)> {
    let Object::PodDisruptionBudget(budget) = &loaded.object else { return None };
    Some((PodDisruptionBudget::clone(budget), loaded.origin.clone()))
}

fn workload(loaded: &Loaded, tally: &mut Tally) -> Option<Written> {
    let Loaded { object, origin, .. } = loaded;
    // Those of Deployments are made anew, and ReplicaSets of their own are not simulated.
    let simulated = object.workload().and_then(|it| Some((Kind::of(it.kind)?, it)));
    let Some((kind, workload)) = simulated else {
        let of_kind = object.kind();
        if !SAID_ELSEWHERE.contains(&of_kind) && !is_only_accessibility(object) {
            tally.kind(of_kind.api_version(), of_kind.name(), origin);
        }
        return None;
    };
    tally.not_simulated(workload.pod_spec, origin);
    if let Some(why) = workload.stands_still() {
        tally.count(why, origin);
        return None;
    }
    if let Some(job) = workload.job {
        tally.not_simulated_of_job(job, origin);
    }
    Some(Written {
        kind,
        namespace: workload.metadata.namespace().to_owned(),
        name: workload.metadata.name.clone(),
        spec: ControllerSpec::of(&workload),
        annotations: workload.annotations(),
        start_at: "0s".into(),
        source: origin.source.clone(),
        span: origin.span.clone(),
    })
}

impl Written {
    /// Where it was written, and what it is called.
    pub(crate) fn origin(&self) -> Origin {
        let (namespace, name) = (Some(self.namespace.as_str()), Some(self.name.as_str()));
        Origin::new(&self.source, self.span.clone(), self.kind.name(), namespace, name)
    }

    /// The names of the claims that its pods use.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        let volumes = self.spec.template.spec.volumes.iter();
        volumes.filter_map(|it| Some(it.persistent_volume_claim.as_ref()?.claim_name.as_str()))
    }

    /// Counts claims that are not among the objects: it is not known what they are on.
    pub fn count_unknown_claims(&self, context: &ClusterContext, tally: &mut Tally) {
        let unknown = |name: &str| context.claim(&format!("{}/{name}", self.namespace)).is_none();
        if self.claims().any(unknown) {
            let origin = self.origin();
            let what = "volumes[].persistentVolumeClaim: the claim is not among the objects";
            tally.count(what, &origin);
        }
    }
}

impl ControllerSpec {
    /// Nothing but a template.
    pub(crate) fn only(template: PodTemplateSpec) -> ControllerSpec {
        ControllerSpec {
            replicas: None,
            min_ready_seconds: 0,
            pod_management_policy: None,
            completions: None,
            parallelism: None,
            job: None,
            cron_job: None,
            update: None,
            progress_deadline_seconds: None,
            selector: None,
            volume_claim_templates: Vec::new(),
            template,
        }
    }

    /// What a workload wants.
    pub(crate) fn of(it: &Workload<'_>) -> ControllerSpec {
        let (metadata, spec) = (it.pod_metadata.clone(), it.pod_spec.clone());
        let job = it.job.map(|job| JobSpec { template: PodTemplateSpec::default(), ..job.clone() });
        let cron_job = it
            .cron_job
            .map(|it| CronJobSpec { job_template: JobTemplateSpec::default(), ..it.clone() });
        ControllerSpec {
            replicas: it.replicas,
            min_ready_seconds: it.min_ready_seconds,
            pod_management_policy: it.pod_management_policy.map(str::to_owned),
            completions: job.as_ref().and_then(|job| job.completions),
            parallelism: job.as_ref().and_then(|job| job.parallelism),
            job: job.map(Box::new),
            cron_job: cron_job.map(Box::new),
            update: Some(UpdateStrategy {
                kind: it.update.map(str::to_owned),
                rolling_update: it.rolling_update.cloned(),
            }),
            progress_deadline_seconds: it.progress_deadline_seconds,
            selector: it.selector.cloned(),
            volume_claim_templates: it.volume_claim_templates.to_vec(),
            template: PodTemplateSpec { metadata, spec },
        }
    }
}

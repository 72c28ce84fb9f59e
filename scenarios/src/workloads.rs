//! The kinds of Kubernetes objects that create pods, and a count of all the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Source;
use crate::file::Kind;
use crate::kube::{
    self, CronJobSpec, JobSpec, LabelSelector, Object, ObjectKind, ObjectMeta, PersistentVolume,
    PersistentVolumeClaim, PodDisruptionBudget, PodTemplateSpec,
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
    /// Which pods are its own (Deployment, StatefulSet).
    pub selector: Option<LabelSelector>,
    /// The claims that each pod has of its own (StatefulSet).
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
    /// What each pod is.
    pub template: PodTemplateSpec,
}

/// Kinds that create no pods and matter nevertheless: [`manifests::context`] reads them, and
/// [`crate::autoscaled`].
const SAID_ELSEWHERE: [ObjectKind; 7] = [
    ObjectKind::Namespace,
    ObjectKind::PersistentVolumeClaim,
    ObjectKind::Service,
    ObjectKind::PriorityClass,
    ObjectKind::StorageClass,
    ObjectKind::PodDisruptionBudget,
    ObjectKind::HorizontalPodAutoscaler,
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
    let Loaded { object, origin } = loaded;
    let of_kind = object.kind();
    let said_elsewhere = SAID_ELSEWHERE.contains(&of_kind) || is_only_accessibility(object);
    let Some((kind, metadata, spec)) = ControllerSpec::of(object.clone()) else {
        if !said_elsewhere {
            tally.kind(of_kind.api_version(), of_kind.name(), origin);
        }
        return None;
    };
    tally.not_simulated(&spec.template.spec, origin);
    if let Some(job) = &spec.job {
        let cron_job = spec.cron_job.as_ref().filter(|it| it.suspend).map(|_| kube::SUSPENDED);
        if let Some(why) = cron_job.or(job.stands_still()) {
            tally.count(why, origin);
            return None;
        }
        tally.not_simulated_of_job(job, origin);
    }
    let namespace = metadata.namespace().to_owned();
    let mut annotations = metadata.annotations;
    annotations.extend(spec.template.metadata.annotations.clone());
    Some(Written {
        kind,
        namespace,
        name: metadata.name,
        spec,
        annotations,
        start_at: "0s".into(),
        source: origin.source.clone(),
        span: origin.span.clone(),
    })
}

impl Written {
    /// The names of the claims that its pods use.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        let volumes = self.spec.template.spec.volumes.iter();
        volumes.filter_map(|it| Some(it.persistent_volume_claim.as_ref()?.claim_name.as_str()))
    }

    /// Counts claims that are not among the objects: it is not known what they are on.
    pub fn count_unknown_claims(&self, context: &ClusterContext, tally: &mut Tally) {
        let unknown = |name: &str| context.claim(&format!("{}/{name}", self.namespace)).is_none();
        if self.claims().any(unknown) {
            let (kind, namespace) = (format!("{:?}", self.kind), Some(self.namespace.as_str()));
            let origin =
                Origin::new(&self.source, self.span.clone(), &kind, namespace, Some(&self.name));
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
            selector: None,
            volume_claim_templates: Vec::new(),
            template,
        }
    }

    /// What a Job wants.
    pub(crate) fn of_job(mut job: JobSpec) -> ControllerSpec {
        let template = std::mem::take(&mut job.template);
        let (completions, parallelism) = (job.completions, job.parallelism);
        let job = Some(Box::new(job));
        ControllerSpec { completions, parallelism, job, ..ControllerSpec::only(template) }
    }

    /// What an object wants, if it is of a kind that creates pods here.
    pub(crate) fn of(object: Object) -> Option<(Kind, ObjectMeta, ControllerSpec)> {
        let one = ControllerSpec::only;
        Some(match object {
            Object::Deployment(it) => {
                let (replicas, min_ready_seconds) = (it.spec.replicas, it.spec.min_ready_seconds);
                let (selector, one) = (it.spec.selector, one(it.spec.template));
                let spec = ControllerSpec { replicas, min_ready_seconds, selector, ..one };
                (Kind::Deployment, it.metadata, spec)
            }
            Object::StatefulSet(it) => {
                let (replicas, min_ready_seconds) = (it.spec.replicas, it.spec.min_ready_seconds);
                let (selector, one) = (it.spec.selector, one(it.spec.template));
                let pod_management_policy = it.spec.pod_management_policy;
                let volume_claim_templates = it.spec.volume_claim_templates;
                let spec = ControllerSpec {
                    replicas,
                    min_ready_seconds,
                    pod_management_policy,
                    selector,
                    volume_claim_templates,
                    ..one
                };
                (Kind::StatefulSet, it.metadata, spec)
            }
            Object::DaemonSet(it) => {
                let min_ready_seconds = it.spec.min_ready_seconds;
                let spec = ControllerSpec { min_ready_seconds, ..one(it.spec.template) };
                (Kind::DaemonSet, it.metadata, spec)
            }
            Object::Job(it) => (Kind::Job, it.metadata, ControllerSpec::of_job(it.spec)),
            Object::CronJob(it) => {
                let mut cron_job = it.spec;
                let template = std::mem::take(&mut cron_job.job_template);
                let mut metadata = it.metadata;
                metadata.annotations.extend(template.metadata.annotations);
                let cron_job = Some(Box::new(cron_job));
                let spec = ControllerSpec { cron_job, ..ControllerSpec::of_job(template.spec) };
                (Kind::CronJob, metadata, spec)
            }
            Object::Pod(pod) => {
                let pod = *pod;
                let metadata = pod.metadata.clone();
                let template = PodTemplateSpec { metadata: pod.metadata, spec: pod.spec };
                (Kind::Pod, metadata, one(template))
            }
            _ => return None,
        })
    }
}

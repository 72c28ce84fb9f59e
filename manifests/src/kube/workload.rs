//! What creates pods, in one view of all its kinds: a kind that is known here is known wherever objects
//! are searched for workloads.

use std::collections::BTreeMap;

use super::{
    CronJobSpec, JobSpec, LabelSelector, Object, ObjectKind, ObjectMeta, PersistentVolumeClaim,
    PodSpec, PodTemplateSpec, RollingUpdate, UpdateStrategy,
};

/// An object that creates pods, or is one. What its kind does not have is nothing.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'o> {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its names, labels and owners.
    pub metadata: &'o ObjectMeta,
    /// Labels and annotations of its pods.
    pub pod_metadata: &'o ObjectMeta,
    /// What each pod is.
    pub pod_spec: &'o PodSpec,
    /// Where that stands in the object.
    pub path: &'static [&'static str],
    /// How many pods (Deployment, ReplicaSet, StatefulSet); one by default.
    pub replicas: Option<u32>,
    /// How long a pod must be ready before it counts as available.
    pub min_ready_seconds: u32,
    /// Which pods are its own (Deployment, ReplicaSet, StatefulSet).
    pub selector: Option<&'o LabelSelector>,
    /// `OrderedReady` (default) or `Parallel` (StatefulSet).
    pub pod_management_policy: Option<&'o str>,
    /// How new pods take the place of old ones: `RollingUpdate` (default), `Recreate` or `OnDelete`
    /// (Deployment, StatefulSet, DaemonSet).
    pub update: Option<&'o str>,
    /// How many at a time.
    pub rolling_update: Option<&'o RollingUpdate>,
    /// After how many seconds without progress a rollout is stalled (Deployment).
    pub progress_deadline_seconds: Option<u32>,
    /// The claims that each pod has of its own (StatefulSet).
    pub volume_claim_templates: &'o [PersistentVolumeClaim],
    /// What a Job wants (Job, CronJob).
    pub job: Option<&'o JobSpec>,
    /// When Jobs are made (CronJob).
    pub cron_job: Option<&'o CronJobSpec>,
}

impl ObjectKind {
    /// Whether it keeps a number of replicas that run for ever.
    #[must_use]
    pub fn keeps_replicas(self) -> bool {
        matches!(self, ObjectKind::Deployment | ObjectKind::ReplicaSet | ObjectKind::StatefulSet)
    }
}

impl Object {
    /// This object as a workload, if it creates pods or is one.
    #[must_use]
    pub fn workload(&self) -> Option<Workload<'_>> {
        Some(match self {
            Object::Deployment(it) => Workload {
                replicas: it.spec.replicas,
                min_ready_seconds: it.spec.min_ready_seconds,
                selector: it.spec.selector.as_ref(),
                update: it.spec.strategy.as_ref().and_then(|it| it.kind.as_deref()),
                rolling_update: it.spec.strategy.as_ref().and_then(|it| it.rolling_update.as_ref()),
                progress_deadline_seconds: it.spec.progress_deadline_seconds,
                ..Workload::of(self, &it.spec.template)
            },
            Object::ReplicaSet(it) => Workload {
                replicas: it.spec.replicas,
                min_ready_seconds: it.spec.min_ready_seconds,
                selector: it.spec.selector.as_ref(),
                ..Workload::of(self, &it.spec.template)
            },
            Object::StatefulSet(it) => Workload {
                replicas: it.spec.replicas,
                min_ready_seconds: it.spec.min_ready_seconds,
                selector: it.spec.selector.as_ref(),
                pod_management_policy: it.spec.pod_management_policy.as_deref(),
                update: kind_of(it.spec.update_strategy.as_ref()),
                rolling_update: rolling_update_of(it.spec.update_strategy.as_ref()),
                volume_claim_templates: &it.spec.volume_claim_templates,
                ..Workload::of(self, &it.spec.template)
            },
            Object::DaemonSet(it) => Workload {
                min_ready_seconds: it.spec.min_ready_seconds,
                update: kind_of(it.spec.update_strategy.as_ref()),
                rolling_update: rolling_update_of(it.spec.update_strategy.as_ref()),
                ..Workload::of(self, &it.spec.template)
            },
            Object::Job(it) => {
                Workload { job: Some(&it.spec), ..Workload::of(self, &it.spec.template) }
            }
            Object::CronJob(it) => {
                let job = &it.spec.job_template.spec;
                Workload {
                    path: &["spec", "jobTemplate", "spec", "template", "spec"],
                    job: Some(job),
                    cron_job: Some(&it.spec),
                    ..Workload::of(self, &job.template)
                }
            }
            Object::Pod(it) => {
                Workload { path: &["spec"], ..Workload::plain(self, &it.metadata, &it.spec) }
            }
            _ => return None,
        })
    }
}

fn kind_of(strategy: Option<&UpdateStrategy>) -> Option<&str> {
    strategy.and_then(|it| it.kind.as_deref())
}

fn rolling_update_of(strategy: Option<&UpdateStrategy>) -> Option<&RollingUpdate> {
    strategy.and_then(|it| it.rolling_update.as_ref())
}

impl<'o> Workload<'o> {
    /// One of which nothing but the template of its pods is known.
    fn of(object: &'o Object, template: &'o PodTemplateSpec) -> Self {
        Workload::plain(object, &template.metadata, &template.spec)
    }

    /// One of which nothing but its pods is known.
    fn plain(object: &'o Object, pod_metadata: &'o ObjectMeta, pod_spec: &'o PodSpec) -> Self {
        Workload {
            kind: object.kind(),
            metadata: object.metadata(),
            pod_metadata,
            pod_spec,
            path: &["spec", "template", "spec"],
            replicas: None,
            min_ready_seconds: 0,
            selector: None,
            pod_management_policy: None,
            update: None,
            rolling_update: None,
            progress_deadline_seconds: None,
            volume_claim_templates: &[],
            job: None,
            cron_job: None,
        }
    }

    /// The annotations of the object, of its Jobs and of its pods; where several have one, the pods' own
    /// win.
    #[must_use]
    pub fn annotations(&self) -> BTreeMap<String, String> {
        let of_jobs = self.cron_job.map(|it| &it.job_template.metadata.annotations);
        let all = [Some(&self.metadata.annotations), of_jobs, Some(&self.pod_metadata.annotations)];
        let all = all.into_iter().flatten().flatten();
        all.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Why it creates no pods, as it is counted, if it does not.
    #[must_use]
    pub fn stands_still(&self) -> Option<&'static str> {
        match self.cron_job {
            Some(cron_job) => cron_job.stands_still(),
            None => self.job.and_then(JobSpec::stands_still),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(kind: ObjectKind, value: &Value) -> Object {
        kind.read(value).expect("it fits").0
    }

    /// The view of each kind says where the PodSpec is, and has it from there.
    #[test]
    fn every_kind_with_pods_says_where_their_spec_is() {
        let mut kinds = Vec::new();
        for kind in ObjectKind::ALL {
            let Some(path) = read(*kind, &json!({})).workload().map(|it| it.path) else { continue };
            let inside = json!({ "nodeName": "here" });
            let object = path.iter().rev().fold(inside, |inside, key| json!({ *key: inside }));
            let object = read(*kind, &object);
            let workload = object.workload().expect("it has pods");
            assert_eq!(workload.pod_spec.node_name.as_deref(), Some("here"), "{kind:?}");
            assert_eq!(workload.kind, *kind);
            kinds.push(kind.name());
        }
        assert_eq!(kinds.len(), 7, "{kinds:?}");
    }

    #[test]
    fn annotations_of_pods_win() {
        let [own, jobs, pods] =
            ["own", "jobs", "pods"].map(|it| json!({ "annotations": { it: it, "all": it } }));
        let template = json!({ "metadata": pods });
        let jobs = json!({ "metadata": jobs, "spec": { "template": template } });
        let object =
            read(ObjectKind::CronJob, &json!({ "metadata": own, "spec": { "jobTemplate": jobs } }));
        let annotations = object.workload().expect("it has pods").annotations();
        let expected = [("all", "pods"), ("jobs", "jobs"), ("own", "own"), ("pods", "pods")];
        assert!(annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected));
    }
}

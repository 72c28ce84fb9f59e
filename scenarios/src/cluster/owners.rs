//! Who a pod belongs to in the end: the workload that would bring it back.

use std::collections::BTreeMap;

use crate::file::Kind;
use crate::kube::{Object, ObjectKind, ObjectMeta, OwnerReference, Workload};
use crate::load::Loaded;

/// Marks a pod that its node's kubelet made of a file.
const MIRROR_ANNOTATION: &str = "kubernetes.io/config.mirror";
/// What a Deployment adds to the name of a ReplicaSet, and to the labels of its pods.
const HASH_LABEL: &str = "pod-template-hash";

/// A workload by kind, namespace and name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Owner {
    /// What looks after the pods; of a CronJob, the Jobs that run already are a `Job` of its name.
    pub kind: Kind,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// Whether a pod is only the picture of one that a node runs by itself.
pub(super) fn is_mirror(pod: &ObjectMeta) -> bool {
    pod.annotations.contains_key(MIRROR_ANNOTATION)
        || pod.controller().is_some_and(|owner| owner.kind == "Node")
}

/// The ReplicaSets and Jobs of a dump, and who owns them.
#[derive(Default)]
pub(super) struct Owners<'o>(BTreeMap<(ObjectKind, &'o str, &'o str), &'o ObjectMeta>);

impl<'o> Owners<'o> {
    pub(super) fn among(objects: &'o [Loaded]) -> Owners<'o> {
        let between =
            |loaded: &&Loaded| matches!(loaded.object, Object::ReplicaSet(_) | Object::Job(_));
        let row = |loaded: &'o Loaded| {
            let metadata = loaded.object.metadata();
            let key = (loaded.object.kind(), metadata.namespace(), metadata.name.as_str());
            (key, metadata)
        };
        Owners(objects.iter().filter(between).map(row).collect())
    }

    /// Who a pod belongs to.
    pub(super) fn of_pod(&self, pod: &ObjectMeta) -> Owner {
        let Some(owner) = pod.controller() else { return self.own(Kind::Pod, pod) };
        let known = |kind| self.0.get(&(kind, pod.namespace(), owner.name.as_str()));
        let (kind, name) = match owner.kind.as_str() {
            "ReplicaSet" => match known(ObjectKind::ReplicaSet) {
                Some(set) => return self.of_replica_set(set),
                None => (Kind::Deployment, deployment_name(owner, pod)),
            },
            "Job" => match known(ObjectKind::Job) {
                Some(job) => return self.of_job(job),
                None => (Kind::Job, cron_job_name(&owner.name)),
            },
            "ReplicationController" => (Kind::Deployment, owner.name.as_str()),
            "StatefulSet" => (Kind::StatefulSet, owner.name.as_str()),
            "DaemonSet" => (Kind::DaemonSet, owner.name.as_str()),
            _ => return self.own(Kind::Pod, pod),
        };
        Owner { kind, namespace: pod.namespace().to_owned(), name: name.to_owned() }
    }

    /// What a workload is a part of: a ReplicaSet of its Deployment, a Job of its CronJob, or it is one
    /// of its own.
    pub(super) fn of(&self, workload: &Workload<'_>) -> Option<Owner> {
        Some(match workload.kind {
            ObjectKind::ReplicaSet => self.of_replica_set(workload.metadata),
            ObjectKind::Job => self.of_job(workload.metadata),
            kind => self.own(Kind::of(kind)?, workload.metadata),
        })
    }

    fn of_replica_set(&self, set: &ObjectMeta) -> Owner {
        self.above(Kind::Deployment, "Deployment", set)
    }

    fn of_job(&self, job: &ObjectMeta) -> Owner {
        self.above(Kind::Job, "CronJob", job)
    }

    fn above(&self, kind: Kind, parent: &str, object: &ObjectMeta) -> Owner {
        match object.controller().filter(|owner| owner.kind == parent) {
            Some(owner) => {
                Owner { kind, namespace: object.namespace().to_owned(), name: owner.name.clone() }
            }
            None => self.own(kind, object),
        }
    }

    /// An object that is a workload itself.
    fn own(&self, kind: Kind, object: &ObjectMeta) -> Owner {
        Owner { kind, namespace: object.namespace().to_owned(), name: object.name.clone() }
    }
}

/// A Deployment's name from its ReplicaSet's, when the dump has only pods.
fn deployment_name<'p>(set: &'p OwnerReference, pod: &ObjectMeta) -> &'p str {
    let hash = pod.labels.get(HASH_LABEL);
    let stem = hash.and_then(|hash| set.name.strip_suffix(hash.as_str()));
    stem.and_then(|stem| stem.strip_suffix('-')).unwrap_or(&set.name)
}

/// A CronJob's name from its Job's, which ends with the minute of its start.
// CronJob controller: utils.go getJobName
fn cron_job_name(job: &str) -> &str {
    match job.rsplit_once('-') {
        Some((name, minute))
            if minute.len() >= 8 && minute.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => job,
    }
}

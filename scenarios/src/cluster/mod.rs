//! A cluster as a dump shows it: its nodes, who its pods belong to, and who runs where.
//!
//! A dump says more than a planner wants to simulate. Pods that have ended and the mirrors of
//! pods that a node runs by itself are set aside, and it is said how many they are.

mod off_spot;
mod owners;
pub mod pools;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use off_spot::keep_off_spot;
pub use owners::Owner;

use crate::assumption::{self, Assumption};
use crate::diagnostic::Diagnostics;
use crate::file::Kind;
use crate::kube::{self, Object, ObjectKind, PodTemplateSpec, Workload};
use crate::load::{Loaded, Origin};
use crate::unmodelled::Tally;
use crate::workloads::{Claimed, ControllerSpec, Written};
use owners::{Owners, is_mirror};

/// A cluster as it stands.
pub struct Cluster<'o> {
    /// Its nodes.
    pub nodes: Vec<(&'o kube::Node, &'o Origin)>,
    /// What is to run.
    pub workloads: Vec<Written>,
    /// What runs, or waits.
    pub pods: Vec<Member<'o>>,
    /// Claims, volumes, classes and drivers, which say where a pod that waits can go.
    pub storage: Vec<Object>,
    /// Workloads that are kept off spot, by index.
    pub off_spot: BTreeSet<usize>,
    /// What is not taken over.
    pub aside: Aside,
    /// Whether any PodDisruptionBudget is there.
    pub has_budgets: bool,
    /// Karpenter's NodePools.
    pub node_pools: Vec<&'o kube::NodePool>,
    /// What Karpenter has bought.
    pub node_claims: Vec<&'o kube::NodeClaim>,
}

/// What dumps a cluster whole. Secrets are not in it.
pub const DUMP: &str = "kubectl get nodes,pods,deploy,rs,sts,ds,jobs,cj,hpa,pdb,pv,pvc,sc,ns,svc,pc,limits,quota -A -o json > cluster.json";

/// A pod and the workload it belongs to.
#[derive(Clone, Copy)]
pub struct Member<'o> {
    /// The pod.
    pub pod: &'o kube::Pod,
    /// Where it was written.
    pub origin: &'o Origin,
    /// The index of its workload.
    pub workload: usize,
    /// The index of the node it runs on.
    pub node: Option<usize>,
}

/// How much of a dump is not taken over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Aside {
    /// Pods that have succeeded or failed.
    pub finished_pods: usize,
    /// Mirrors of pods that a node runs by itself.
    pub mirror_pods: usize,
    /// Jobs that are done, or have failed.
    pub finished_jobs: usize,
    /// ReplicaSets of earlier revisions, which want no pods.
    pub old_replica_sets: usize,
}

/// Kinds that say something about nodes and pods here, besides workloads; the others are counted.
const TAKEN_OVER: [ObjectKind; 15] = [
    ObjectKind::Node,
    ObjectKind::Namespace,
    ObjectKind::Service,
    ObjectKind::PriorityClass,
    ObjectKind::PodDisruptionBudget,
    ObjectKind::ResourceQuota,
    ObjectKind::LimitRange,
    ObjectKind::HorizontalPodAutoscaler,
    ObjectKind::VerticalPodAutoscaler,
    ObjectKind::PersistentVolumeClaim,
    ObjectKind::StorageClass,
    ObjectKind::NodePool,
    ObjectKind::NodeClaim,
    ObjectKind::Ec2NodeClass,
    ObjectKind::AksNodeClass,
];

const STORAGE: [ObjectKind; 7] = [
    ObjectKind::PersistentVolume,
    ObjectKind::PersistentVolumeClaim,
    ObjectKind::StorageClass,
    ObjectKind::CsiNode,
    ObjectKind::CsiDriver,
    ObjectKind::CsiStorageCapacity,
    ObjectKind::VolumeAttachment,
];

/// Labels that a controller gives each pod of its own.
const POD_LABELS: [&str; 8] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/controller-uid",
    "job-name",
];

impl<'o> Cluster<'o> {
    /// Understands a dump. A pod on a node that is not there is an error.
    pub fn of(objects: &'o [Loaded], tally: &mut Tally, found: &mut Diagnostics) -> Cluster<'o> {
        let owners = Owners::among(objects);
        let claimed = Claimed::of(objects.iter().map(|loaded| &loaded.object));
        let mut building = Building {
            cluster: Cluster {
                nodes: Vec::new(),
                workloads: Vec::new(),
                pods: Vec::new(),
                storage: Vec::new(),
                off_spot: BTreeSet::new(),
                aside: Aside::default(),
                has_budgets: has(objects, ObjectKind::PodDisruptionBudget),
                node_pools: node_pools(objects),
                node_claims: node_claims(objects),
            },
            known: BTreeMap::new(),
            inferred: BTreeSet::new(),
        };
        for loaded in objects {
            let (kind, workload) = (loaded.object.kind(), loaded.object.workload());
            match (&loaded.object, &workload) {
                (Object::Node(node), _) => building.cluster.nodes.push((node, &loaded.origin)),
                // Who they belong to is asked once all workloads are known.
                (Object::Pod(_), _) | (_, None) => {}
                (_, Some(workload)) => building.workload(workload, loaded, &owners, tally),
            }
            if STORAGE.contains(&kind) {
                building.cluster.storage.push(loaded.object.clone());
            }
            if matches!(&loaded.object, Object::PersistentVolume(volume) if claimed.has(volume)) {
                continue;
            }
            // What limits the pods of the dump only, too: those that come after know nothing of it.
            if workload.is_none() && !TAKEN_OVER.contains(&kind) {
                tally.kind(kind.api_version(), kind.name(), &loaded.origin);
            }
        }
        let nodes = building.cluster.nodes.iter().enumerate();
        let nodes: BTreeMap<&str, usize> =
            nodes.map(|(index, (node, _))| (node.metadata.name.as_str(), index)).collect();
        for loaded in objects {
            if let Object::Pod(pod) = &loaded.object {
                building.pod(pod, &loaded.origin, &owners, &nodes, found);
            }
        }
        building.tell_apart();
        for member in &building.cluster.pods {
            tally.not_simulated(&member.pod.spec, member.origin);
        }
        building.cluster
    }

    /// What is assumed of what runs already.
    #[must_use]
    pub fn assumption(&self) -> Option<Assumption> {
        let jobs = self.workloads.iter().filter(|it| it.kind == Kind::Job);
        let ends = jobs.filter_map(|it| it.spec.job.as_ref()?.active_deadline_seconds).count();
        (ends > 0).then(|| assumption::ACTIVE_DEADLINES.about(&[&counted(ends, "Job")]))
    }

    /// What was understood, in one line each.
    #[must_use]
    pub fn understood(&self) -> Vec<String> {
        let waiting = self.pods.iter().filter(|member| member.node.is_none()).count();
        let mut lines = vec![format!(
            "{}, {}, {}",
            counted(self.nodes.len(), "node"),
            counted(self.workloads.len(), "workload"),
            counted(self.pods.len(), "pod"),
        )];
        if waiting > 0 {
            lines.push(format!(
                "{} for a node",
                if waiting == 1 { "1 pod waits".into() } else { format!("{waiting} pods wait") }
            ));
        }
        let Aside { finished_pods, mirror_pods, finished_jobs, old_replica_sets } = self.aside;
        let aside = [
            (finished_pods, "finished pod"),
            (mirror_pods, "mirror pod"),
            (finished_jobs, "finished Job"),
            (old_replica_sets, "old ReplicaSet"),
        ];
        let aside: Vec<String> = aside
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| counted(count, what))
            .collect();
        if !aside.is_empty() {
            lines.push(format!("set aside: {}", aside.join(", ")));
        }
        if !self.has_budgets && !self.pods.is_empty() {
            lines.push("no PodDisruptionBudget is in there: nothing holds evictions back".into());
        }
        lines
    }
}

/// The NodePools among objects.
fn node_pools(objects: &[Loaded]) -> Vec<&kube::NodePool> {
    let node_pools = objects.iter().filter_map(|loaded| match &loaded.object {
        Object::NodePool(node_pool) => Some(&**node_pool),
        _ => None,
    });
    node_pools.collect()
}

/// The NodeClaims among objects.
fn node_claims(objects: &[Loaded]) -> Vec<&kube::NodeClaim> {
    let claims = objects.iter().filter_map(|loaded| match &loaded.object {
        Object::NodeClaim(claim) => Some(&**claim),
        _ => None,
    });
    claims.collect()
}

fn has(objects: &[Loaded], kind: ObjectKind) -> bool {
    objects.iter().any(|loaded| loaded.object.kind() == kind)
}

/// A number with its noun.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

struct Building<'o> {
    cluster: Cluster<'o>,
    known: BTreeMap<Owner, usize>,
    /// Workloads of which only pods are there.
    inferred: BTreeSet<usize>,
}

impl<'o> Building<'o> {
    fn workload(
        &mut self,
        workload: &Workload<'_>,
        loaded: &'o Loaded,
        owners: &Owners<'_>,
        tally: &mut Tally,
    ) {
        let aside = &mut self.cluster.aside;
        let Some(owner) = owners.of(workload) else { return };
        if workload.kind == ObjectKind::ReplicaSet {
            if owner.name != workload.metadata.name {
                // Its Deployment speaks for it, or its pods do.
                return;
            }
            if workload.replicas == Some(0) {
                aside.old_replica_sets += 1;
                return;
            }
        }
        let job = if let Object::Job(job) = &loaded.object { Some(job) } else { None };
        if job.is_some_and(|job| is_done(job)) {
            aside.finished_jobs += 1;
            return;
        }
        if let Some(why) = workload.stands_still() {
            tally.count(why, &loaded.origin);
            return;
        }
        if let Some(job) = workload.job {
            tally.not_simulated_of_job(job, &loaded.origin);
        }
        let spec = ControllerSpec::of(workload);
        let spec = match job {
            Some(job) => remaining(spec, &job.status),
            None => spec,
        };
        match self.known.get(&owner) {
            // Another Job of the same CronJob.
            Some(index) => {
                let whole = &mut self.cluster.workloads[*index].spec;
                whole.completions = sum(whole.completions, spec.completions);
                whole.parallelism = sum(whole.parallelism, spec.parallelism);
                if let Some((whole, job)) = whole.job.as_mut().zip(spec.job) {
                    whole.backoff_limit = sum(whole.backoff_limit, job.backoff_limit);
                }
            }
            None => {
                self.add(owner, spec, workload.annotations(), &loaded.origin);
            }
        }
    }

    fn pod(
        &mut self,
        pod: &'o kube::Pod,
        origin: &'o Origin,
        owners: &Owners<'_>,
        nodes: &BTreeMap<&str, usize>,
        found: &mut Diagnostics,
    ) {
        if matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed")) {
            self.cluster.aside.finished_pods += 1;
            return;
        }
        if is_mirror(&pod.metadata) {
            self.cluster.aside.mirror_pods += 1;
            return;
        }
        let node = match pod.spec.node_name.as_deref() {
            None | Some("") => None,
            Some(name) => match nodes.get(name) {
                Some(index) => Some(*index),
                None => {
                    let message =
                        format!("{} runs on node {name}, which is not there", origin.name);
                    let help = format!("dump nodes and pods together: `{DUMP}`");
                    found.push(origin.diagnostic("E0303", &message).help(help));
                    return;
                }
            },
        };
        let owner = owners.of_pod(&pod.metadata);
        let workload = self.known.get(&owner).copied().unwrap_or_else(|| {
            let mut spec = ControllerSpec::only(template_of(pod, owner.kind));
            spec.job = (owner.kind == Kind::Job).then(Box::default);
            let index = self.add(owner, spec, pod.metadata.annotations.clone(), origin);
            self.inferred.insert(index);
            index
        });
        if self.inferred.contains(&workload) {
            // What is not written down is as large as it is seen to be.
            let spec = &mut self.cluster.workloads[workload].spec;
            for count in [&mut spec.replicas, &mut spec.completions, &mut spec.parallelism] {
                *count = sum(*count, Some(1));
            }
        }
        self.cluster.pods.push(Member { pod, origin, workload, node });
    }

    /// Gives Jobs that run another name than the CronJob that made them: reports know workloads by name.
    fn tell_apart(&mut self) {
        for (owner, index) in &self.known {
            let cron_job = Owner { kind: Kind::CronJob, ..owner.clone() };
            if owner.kind == Kind::Job && self.known.contains_key(&cron_job) {
                self.cluster.workloads[*index].name += " (running)";
            }
        }
    }

    fn add(
        &mut self,
        owner: Owner,
        spec: ControllerSpec,
        annotations: BTreeMap<String, String>,
        origin: &Origin,
    ) -> usize {
        let index = self.cluster.workloads.len();
        self.cluster.workloads.push(Written {
            kind: owner.kind,
            namespace: owner.namespace.clone(),
            name: owner.name.clone(),
            spec,
            annotations,
            start_at: "0s".into(),
            source: origin.source.clone(),
            span: origin.span.clone(),
        });
        self.known.insert(owner, index);
        index
    }
}

/// The namespace of what a cluster needs itself.
const SYSTEM: &str = "kube-system";
/// What metrics-server is called, in its own manifests and in those of clouds.
const METRICS_SERVER: &str = "metrics-server";

impl Cluster<'_> {
    /// Whether the dump shows the namespace of system workloads, and nowhere a metrics-server.
    #[must_use]
    pub fn lacks_metrics_server(&self) -> bool {
        self.workloads.iter().any(|it| it.namespace == SYSTEM)
            && !self.workloads.iter().any(|it| it.name.contains(METRICS_SERVER))
    }
}

/// Whether a Job has run to its end, good or bad.
// Job controller: pkg/controller/job/util/utils.go IsJobFinished
fn is_done(job: &kube::Job) -> bool {
    let finished = |it: &kube::Condition| {
        matches!(it.kind.as_str(), "Complete" | "Failed") && it.status == "True"
    };
    let completions = job.spec.completions.or(job.spec.parallelism).unwrap_or(1);
    let paused = job.spec.stands_still().is_some();
    let status = &job.status;
    status.conditions.iter().any(finished)
        || status.completion_time.is_some()
        || (status.succeeded >= completions && !paused)
}

/// What a Job has still to do, of what it wants.
fn remaining(mut spec: ControllerSpec, status: &kube::JobStatus) -> ControllerSpec {
    let parallelism = spec.parallelism.unwrap_or(1);
    let completions = spec.completions.unwrap_or(parallelism);
    if let Some(job) = &mut spec.job {
        // What has failed counts, and may have been all that may.
        job.backoff_limit = match (job.backoff_limit, job.backoff_limit_per_index) {
            (None, Some(_)) => None,
            (limit, _) => Some(limit.unwrap_or(6).saturating_sub(status.failed)),
        };
    }
    ControllerSpec {
        completions: Some(completions.saturating_sub(status.succeeded)),
        parallelism: Some(parallelism),
        ..spec
    }
}

fn sum(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0)))
}

/// What a pod was made of, as far as the pod shows it.
fn template_of(pod: &kube::Pod, kind: Kind) -> PodTemplateSpec {
    let mut metadata = pod.metadata.clone();
    metadata.labels.retain(|label, _| !POD_LABELS.contains(&label.as_str()));
    let mut spec = pod.spec.clone();
    spec.node_name = None;
    if kind == Kind::DaemonSet {
        forget_own_node(&mut spec);
    }
    PodTemplateSpec { metadata, spec }
}

/// Takes away what the DaemonSet controller adds to bind a pod to its node.
// DaemonSet controller: util/daemonset_util.go ReplaceDaemonSetPodNodeNameNodeAffinity
pub fn forget_own_node(pod: &mut kube::PodSpec) {
    let Some(affinity) = &mut pod.affinity else { return };
    let Some(towards_nodes) = &mut affinity.node_affinity else { return };
    let Some(required) = &mut towards_nodes.required else { return };
    for term in &mut required.node_selector_terms {
        term.match_fields.retain(|field| field.key != "metadata.name");
    }
    let empty = kube::NodeSelectorTerm::default();
    if required.node_selector_terms.iter().all(|term| *term == empty) {
        towards_nodes.required = None;
    }
}

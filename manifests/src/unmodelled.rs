//! What a manifest says and the simulation does not know: counted, listed once, never dropped
//! silently.

use std::collections::BTreeMap;
use std::fmt;

use crate::kube::{DISRUPTION_TARGET, JobSpec, ObjectKind, PodSpec, UnknownFields};
use crate::origin::Origin;

/// A field or a kind that is not modelled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unmodelled {
    /// What it is.
    pub what: String,
    /// How many objects have it.
    pub count: usize,
    /// Where it occurs first.
    pub first: String,
}

impl fmt::Display for Unmodelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects = if self.count == 1 { "object" } else { "objects" };
        write!(f, "{} ({} {objects}, first {})", self.what, self.count, self.first)
    }
}

/// Fields that cannot change where a pod runs or when it stops. They are counted together.
const WITHOUT_BEARING: &[&str] = &[
    // Of pods.
    "args",
    "automountServiceAccountToken",
    "command",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "env",
    "envFrom",
    "hostAliases",
    "hostIPC",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "livenessProbe",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "stdin",
    "stdinOnce",
    "subdomain",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "workingDir",
    // Of mounts: where, not what.
    "mountPath",
    "mountPropagation",
    "recursiveReadOnly",
    "subPath",
    "subPathExpr",
    // Of probes and hooks: what is done, not when.
    "exec",
    "grpc",
    "httpGet",
    "tcpSocket",
    "timeoutSeconds",
    // Of volumes that every node can mount.
    "configMap",
    "downwardAPI",
    "projected",
    "secret",
    // Of controllers.
    "revisionHistoryLimit",
    "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit",
    "strategy",
    // Of Services: how they are reached, not who is behind them.
    "allocateLoadBalancerNodePorts",
    "clusterIP",
    "clusterIPs",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "nodePort",
    "publishNotReadyAddresses",
    "sessionAffinity",
    // Of what is seen, not wanted.
    "status",
    "blockOwnerDeletion",
];

/// What is read of a pod but not simulated, and how to tell that a pod has it.
type NotSimulated = (&'static str, fn(&PodSpec) -> bool);

/// One line each, until it is simulated.
const NOT_SIMULATED: [NotSimulated; 2] = [
    ("resourceClaims", |pod| !pod.resource_claims.is_empty()),
    ("activeDeadlineSeconds", |pod| pod.active_deadline_seconds.is_some()),
];

/// API groups that Kubernetes itself serves; another one belongs to an operator.
const BUILT_IN: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "metrics.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// The count as it grows.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, (usize, String)>);

impl Tally {
    /// Counts the fields of an object that its type does not have.
    pub fn fields(&mut self, unknown: &UnknownFields, object: &Origin) {
        let (without, with): (Vec<_>, Vec<_>) = unknown.iter().partition(|path| {
            let last = path.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
            // A status says what was seen, not what is wanted.
            WITHOUT_BEARING.contains(&last) || path.starts_with("status.")
        });
        if !without.is_empty() {
            self.count("fields without bearing on scheduling (commands, env, mounts, …)", object);
        }
        with.into_iter().for_each(|path| self.count(path, object));
    }

    /// Counts an object of a kind that is not modelled.
    pub fn kind(&mut self, api_version: &str, kind: &str, object: &Origin) {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        if BUILT_IN.contains(&group) || ObjectKind::of(api_version, kind).is_some() {
            self.count(&format!("kind {kind}"), object);
        } else {
            let what =
                format!("kind {kind} of {group}: it creates no pods here, only its operator would");
            self.count(&what, object);
        }
    }

    /// Counts what is understood of a pod and nevertheless not simulated.
    pub fn not_simulated(&mut self, pod: &PodSpec, object: &Origin) {
        for (what, _) in NOT_SIMULATED.iter().filter(|(_, has)| has(pod)) {
            self.count(what, object);
        }
    }

    /// Counts what is understood of a Job and nevertheless not simulated.
    pub fn not_simulated_of_job(&mut self, job: &JobSpec, origin: &Origin) {
        let rules = || job.pod_failure_policy.iter().flat_map(|policy| &policy.rules);
        let mut conditions = rules().flat_map(|rule| &rule.on_pod_conditions);
        let all = [
            (
                "spec.backoffLimitPerIndex: failures count together",
                job.backoff_limit_per_index.is_some(),
            ),
            ("spec.maxFailedIndexes: no index fails by itself", job.max_failed_indexes.is_some()),
            (
                "spec.podFailurePolicy: action FailIndex is taken as Count",
                rules().any(|rule| rule.action == "FailIndex"),
            ),
            (
                "spec.podFailurePolicy: conditions other than DisruptionTarget, which no pod has here",
                conditions.any(|condition| condition.kind != DISRUPTION_TARGET),
            ),
        ];
        all.iter().filter(|(_, has)| *has).for_each(|(what, _)| self.count(what, origin));
    }

    /// Counts an object that has something, in words of its own.
    pub fn count(&mut self, what: &str, object: &Origin) {
        match self.0.get_mut(what) {
            Some((count, _)) => *count += 1,
            None => drop(self.0.insert(what.to_owned(), (1, object.to_string()))),
        }
    }

    /// The list, in alphabetical order.
    #[must_use]
    pub fn into_list(self) -> Vec<Unmodelled> {
        let row = |(what, (count, first))| Unmodelled { what, count, first };
        self.0.into_iter().map(row).collect()
    }
}

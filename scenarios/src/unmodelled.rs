//! What a manifest says and the simulation does not know: counted, listed once, never dropped
//! silently.

use std::collections::BTreeMap;
use std::fmt;

use crate::kube::{Container, PodSpec};

/// A field or a kind that is not modelled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unmodelled {
    /// What it is.
    pub what: String,
    /// How often it occurs.
    pub count: usize,
    /// Where it occurs first.
    pub first: String,
}

impl fmt::Display for Unmodelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}x, first in {})", self.what, self.count, self.first)
    }
}

/// Fields that cannot change where a pod runs or when it stops. They are counted together.
const WITHOUT_BEARING: [&str; 19] = [
    "command",
    "args",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "name",
    "containerPort",
    "securityContext",
    "serviceAccountName",
    "livenessProbe",
    "selector",
    "creationTimestamp",
    "status",
    "automountServiceAccountToken",
    "workingDir",
    "strategy",
    "restartPolicy",
    "labels",
];

/// What is read of a pod but not simulated, and how to tell that a pod has it.
type NotSimulated = (&'static str, fn(&PodSpec) -> bool);

/// One line each; whoever teaches it to the simulator takes its line away.
const NOT_SIMULATED: [NotSimulated; 7] = [
    ("volumes[].persistentVolumeClaim", |pod| {
        pod.volumes.iter().any(|v| v.persistent_volume_claim.is_some() || v.ephemeral.is_some())
    }),
    ("schedulingGates", |pod| !pod.scheduling_gates.is_empty()),
    ("preemptionPolicy", |pod| pod.preemption_policy.as_deref() == Some("Never")),
    ("resourceClaims", |pod| !pod.resource_claims.is_empty()),
    ("schedulerName", |pod| {
        pod.scheduler_name.as_deref().is_some_and(|name| name != "default-scheduler")
    }),
    ("activeDeadlineSeconds", |pod| pod.active_deadline_seconds.is_some()),
    ("containers[].lifecycle.preStop.sleep", |pod| {
        let sleeps = |container: &Container| {
            let pre_stop = container.lifecycle.as_ref().and_then(|it| it.pre_stop.as_ref());
            pre_stop.is_some_and(|it| it.sleep.is_some())
        };
        pod.containers.iter().any(sleeps)
    }),
];

/// The count as it grows.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, (usize, String)>);

impl Tally {
    /// Counts a field, by its path in an object.
    pub fn field(&mut self, path: &str, object: &str) {
        let collapsed: Vec<&str> = path
            .split('.')
            .filter(|step| *step != "?")
            .map(|step| if step.bytes().all(|b| b.is_ascii_digit()) { "[]" } else { step })
            .collect();
        let last = collapsed.iter().rev().find(|step| **step != "[]").copied().unwrap_or_default();
        if WITHOUT_BEARING.contains(&last) {
            self.count("fields without bearing on scheduling (images, commands, env, …)", object);
        } else {
            self.count(&collapsed.join(".").replace(".[]", "[]"), object);
        }
    }

    /// Counts what is understood of a pod and nevertheless not simulated.
    pub fn not_simulated(&mut self, pod: &PodSpec, object: &str) {
        for (what, _) in NOT_SIMULATED.iter().filter(|(_, has)| has(pod)) {
            self.count(what, object);
        }
    }

    /// Counts anything else, in its own words.
    pub fn count(&mut self, what: &str, object: &str) {
        self.0.entry(what.to_owned()).or_insert_with(|| (0, object.to_owned())).0 += 1;
    }

    /// The list, in alphabetical order.
    #[must_use]
    pub fn into_list(self) -> Vec<Unmodelled> {
        let row = |(what, (count, first))| Unmodelled { what, count, first };
        self.0.into_iter().map(row).collect()
    }
}

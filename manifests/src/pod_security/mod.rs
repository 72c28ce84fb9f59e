//! Pod Security: which pods the level of their namespace forbids.
//!
//! A check is one function and one line in `CHECKS`. What it forbids may depend on the version of the
//! policy, which the labels of a namespace can pin.
// k8s.io/pod-security-admission, read 2026-11-28: policy/, admission/admission.go

mod baseline;
mod pod;
mod restricted;
mod words;

use std::fmt;

use crate::kube::{Labels, PodSpec};
use pod::Pod;

/// The minor version that `latest` stands for: of Kubernetes 1.36.
pub const LATEST: u32 = 36;
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// How much a namespace forbids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Nothing.
    Privileged,
    /// What is known to lead out of a container.
    Baseline,
    /// All that is not current best practice.
    Restricted,
}

/// What a namespace enforces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// How much.
    pub level: Level,
    /// As which minor version of Kubernetes; none is the cluster's own.
    pub version: Option<u32>,
}

/// What a check has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// What is forbidden.
    pub reason: String,
    /// Where it is done.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { reason, detail } = self;
        if detail.is_empty() { f.write_str(reason) } else { write!(f, "{reason} ({detail})") }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        };
        match self.version {
            Some(version) => write!(f, "{level}:v1.{version}"),
            None => write!(f, "{level}:latest"),
        }
    }
}

impl Policy {
    /// A namespace that enforces nothing.
    pub const NONE: Policy = Policy { level: Level::Privileged, version: None };

    /// What a namespace with these labels enforces. A level that is none is the strictest, and a version
    /// that is none is the latest.
    // pod-security-admission: api/helpers.go PolicyToEvaluate
    #[must_use]
    pub fn of(labels: &Labels) -> Policy {
        let level = match labels.get(ENFORCE).map(String::as_str) {
            None | Some("privileged") => Level::Privileged,
            Some("baseline") => Level::Baseline,
            Some(_) => Level::Restricted,
        };
        let version = labels.get(ENFORCE_VERSION).and_then(|text| {
            let minor = text.strip_prefix("v1.")?;
            let is_number = minor == "0" || !minor.starts_with(['0', '+']);
            minor.parse().ok().filter(|_| is_number)
        });
        Policy { level, version }
    }

    /// What it forbids of a pod with these annotations, in the order of its checks.
    #[must_use]
    pub fn violations(self, annotations: &Labels, spec: &PodSpec) -> Vec<Violation> {
        if self.level == Level::Privileged {
            return Vec::new();
        }
        let version = self.version.unwrap_or(LATEST);
        let pod = Pod::created(annotations, spec);
        let applies = |check: &&Check| {
            check.level <= self.level
                && check.since <= version
                && !check.replaced.is_some_and(|(since, by)| by <= self.level && since <= version)
        };
        CHECKS.iter().filter(applies).filter_map(|check| (check.finds)(&pod, version)).collect()
    }
}

/// A rule of a level.
struct Check {
    level: Level,
    /// The minor version from which it is asked.
    since: u32,
    /// From which version, at which level, another one is asked instead.
    replaced: Option<(u32, Level)>,
    finds: fn(&Pod<'_>, u32) -> Option<Violation>,
}

const fn baseline(finds: fn(&Pod<'_>, u32) -> Option<Violation>) -> Check {
    Check { level: Level::Baseline, since: 0, replaced: None, finds }
}

const fn restricted(since: u32, finds: fn(&Pod<'_>, u32) -> Option<Violation>) -> Check {
    Check { level: Level::Restricted, since, replaced: None, finds }
}

/// A check of the baseline that a restricted one takes the place of from a version on.
const fn replaced(since: u32, finds: fn(&Pod<'_>, u32) -> Option<Violation>) -> Check {
    Check { replaced: Some((since, Level::Restricted)), ..baseline(finds) }
}

/// Every check: those of the baseline first, each in the alphabetical order of their names.
const CHECKS: &[Check] = &[
    baseline(baseline::app_armor_profile),
    replaced(22, baseline::capabilities),
    baseline(baseline::host_namespaces),
    replaced(0, baseline::host_path_volumes),
    baseline(baseline::host_ports),
    Check { since: 34, ..baseline(baseline::probe_and_lifecycle_hosts) },
    baseline(baseline::privileged),
    replaced(35, baseline::proc_mount),
    baseline(baseline::se_linux_options),
    replaced(19, baseline::seccomp_profile),
    baseline(baseline::sysctls),
    baseline(baseline::windows_host_process),
    restricted(8, restricted::allow_privilege_escalation),
    restricted(22, restricted::capabilities),
    restricted(35, restricted::proc_mount),
    restricted(0, restricted::volumes),
    restricted(0, restricted::run_as_non_root),
    restricted(23, restricted::run_as_user),
    restricted(19, restricted::seccomp_profile),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_is_enforced() {
        let of = |pairs: &[(&str, &str)]| {
            let label = |(key, value): &(&str, &str)| {
                (format!("pod-security.kubernetes.io/{key}"), (*value).to_owned())
            };
            Policy::of(&pairs.iter().map(label).collect()).to_string()
        };
        assert_eq!(of(&[]), "privileged:latest");
        assert_eq!(of(&[("warn", "restricted")]), "privileged:latest");
        assert_eq!(of(&[("enforce", "baseline"), ("enforce-version", "v1.30")]), "baseline:v1.30");
        assert_eq!(of(&[("enforce", "strict"), ("enforce-version", "1.30")]), "restricted:latest");
        assert_eq!(
            of(&[("enforce", "baseline"), ("enforce-version", "v1.030")]),
            "baseline:latest"
        );
    }
}

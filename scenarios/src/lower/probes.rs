//! When a pod is ready: its process answers after a time, and its probes have to find that out.

use sim::Span;

use super::Lowering;
use super::annotations::span_annotation;
use super::requests::is_sidecar;
use crate::assumption;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::kube::{Container, PodSpec, Probe};
use crate::workloads::Written;

/// From being bound to answering probes, unless `spotsim/startup` says otherwise.
pub(super) const DEFAULT_STARTUP: Span = Span::from_secs(5);

/// A probe with Kubernetes' defaults, in seconds and times.
// kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Probe: zero is the default, too
#[derive(Clone, Copy)]
struct Rhythm {
    delay: u64,
    period: u64,
    successes: u64,
    failures: u64,
}

impl Rhythm {
    fn of(probe: &Probe) -> Rhythm {
        let or = |said: Option<u32>, default: u64| {
            said.map(u64::from).filter(|said| *said > 0).unwrap_or(default)
        };
        Rhythm {
            delay: u64::from(probe.initial_delay_seconds.unwrap_or(0)),
            period: or(probe.period_seconds, 10),
            successes: or(probe.success_threshold, 1),
            failures: or(probe.failure_threshold, 3),
        }
    }

    /// The first of its times at or after `from` at which enough probes have succeeded, when the
    /// process answers from `answers` on.
    fn succeeds(self, from: Span, answers: Span) -> Span {
        let first = from.max(Span::from_secs(self.delay));
        let failing = self.failing(first, answers);
        first + Span::from_secs(self.period) * (failing + self.successes - 1)
    }

    /// How many probes fail before the process answers.
    fn failing(self, first: Span, answers: Span) -> u64 {
        let wait = answers.as_ms().saturating_sub(first.as_ms());
        wait.div_ceil(self.period * 1_000)
    }
}

/// When a pod is ready whose processes answer after `answers`: all its containers are taken to start
/// at once, and the last of them to be ready decides.
// kubelet: pkg/kubelet/prober/worker.go doProbe: nothing before initialDelaySeconds, and no readiness
// probe before the container has started; the end of start-up triggers one at once
pub(super) fn ready(spec: &PodSpec, answers: Span) -> Span {
    let each = serving(spec).map(|container| {
        let started = container
            .startup_probe
            .as_ref()
            .map_or(Span::ZERO, |probe| Rhythm::of(probe).succeeds(Span::ZERO, answers));
        match &container.readiness_probe {
            Some(probe) => Rhythm::of(probe).succeeds(started, answers),
            None => started.max(answers),
        }
    });
    each.max().unwrap_or(answers)
}

/// What is wrong with a pod's probes, in the API server's words.
// kubernetes: pkg/apis/core/validation/validation.go validateStartupProbe
pub(super) fn check(spec: &PodSpec) -> Result<(), String> {
    for container in serving(spec) {
        let successes = container.startup_probe.as_ref().and_then(|probe| probe.success_threshold);
        if successes.is_some_and(|successes| successes > 1) {
            let name = &container.name;
            return Err(format!("startupProbe.successThreshold of container `{name}` must be 1"));
        }
    }
    Ok(())
}

/// The containers on which it depends whether a pod is ready.
fn serving(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    let sidecars = spec.init_containers.iter().filter(|container| is_sidecar(container));
    spec.containers.iter().chain(sidecars)
}

fn has_probes(spec: &PodSpec) -> bool {
    serving(spec).any(|it| it.readiness_probe.is_some() || it.startup_probe.is_some())
}

impl Lowering<'_> {
    /// Says how probes are understood, if there are any, and which would never let a pod start.
    pub(super) fn probes(&mut self, workloads: &[Written], cluster: Option<&Cluster<'_>>) {
        let templates = workloads.iter().map(|written| &written.spec.template.spec);
        let found = cluster.into_iter().flat_map(|cluster| &cluster.pods).map(|it| &it.pod.spec);
        if templates.chain(found).any(has_probes) {
            self.assumptions.push(assumption::PROBES.about(&[]));
        }
        for written in workloads {
            let stated = span_annotation(&written.annotations, "spotsim/startup");
            let answers = stated.ok().flatten().unwrap_or(DEFAULT_STARTUP);
            for container in serving(&written.spec.template.spec) {
                let Some(probe) = container.startup_probe.as_ref().map(Rhythm::of) else {
                    continue;
                };
                let first = Span::from_secs(probe.delay);
                if probe.failing(first, answers) < probe.failures {
                    continue;
                }
                let Written { kind, namespace, name, .. } = written;
                let last = first + Span::from_secs(probe.period) * (probe.failures - 1);
                let message = format!(
                    "{kind:?} {namespace}/{name}: the startupProbe of container `{}` fails for the \
                     last time after {last}, and the container answers after {answers}",
                    container.name
                );
                let place = written.span.clone();
                self.found.push(Diagnostic::new("W0012", message).at(&written.source, place));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(containers: &str, answers: u64) -> u64 {
        let spec: PodSpec = serde_json::from_str(containers).unwrap();
        ready(&spec, Span::from_secs(answers)).as_ms() / 1_000
    }

    fn one(probes: &str) -> String {
        format!(r#"{{"containers": [{{"name": "app", {probes}}}]}}"#)
    }

    /// Worked by hand: the process answers after 5 s unless the row says otherwise.
    #[test]
    fn a_pod_is_ready_at_the_first_probe_that_succeeds() {
        for (probes, answers, expected) in [
            (r#""image": "a""#, 5, 5),
            // At 180 s, and not at 5 s.
            (r#""readinessProbe": {"initialDelaySeconds": 180, "periodSeconds": 3}"#, 5, 180),
            // At 0, 10 s.
            (r#""readinessProbe": {}"#, 5, 10),
            (r#""readinessProbe": {"periodSeconds": 0}"#, 10, 10),
            (r#""readinessProbe": {"periodSeconds": 0}"#, 11, 20),
            // At 2, 5 and 8 s; three in a row are at 5, 8 and 11 s.
            (
                r#""readinessProbe": {"initialDelaySeconds": 2, "periodSeconds": 3, "successThreshold": 3}"#,
                5,
                11,
            ),
            // Only start-up: at 0, 10, 20, 30 s.
            (r#""startupProbe": {}"#, 25, 30),
            (r#""startupProbe": {"initialDelaySeconds": 60}"#, 25, 60),
            // Started at 30 s, and ready at once.
            (r#""startupProbe": {}, "readinessProbe": {"initialDelaySeconds": 5}"#, 25, 30),
            // Readiness counts its delay from the container's start, too.
            (r#""startupProbe": {}, "readinessProbe": {"initialDelaySeconds": 45}"#, 25, 45),
            (r#""startupProbe": {}, "readinessProbe": {"successThreshold": 2}"#, 25, 40),
            (r#""livenessProbe": {"initialDelaySeconds": 300}"#, 5, 5),
        ] {
            assert_eq!(seconds(&one(probes), answers), expected, "{probes}");
        }
    }

    #[test]
    fn the_slowest_container_decides_and_sidecars_count() {
        let pod = r#"{"containers": [{"name": "a"}, {"name": "b", "readinessProbe": {}}],
            "initContainers": [
                {"name": "init", "readinessProbe": {"initialDelaySeconds": 99}},
                {"name": "mesh", "restartPolicy": "Always",
                 "readinessProbe": {"initialDelaySeconds": 33}}]}"#;
        assert_eq!(seconds(pod, 5), 33);
        assert_eq!(seconds(r#"{"containers": []}"#, 7), 7);
    }

    #[test]
    fn a_startup_probe_succeeds_once() {
        let spec = |probes| serde_json::from_str(&one(probes)).unwrap();
        assert!(check(&spec(r#""startupProbe": {"successThreshold": 1}"#)).is_ok());
        assert!(check(&spec(r#""readinessProbe": {"successThreshold": 2}"#)).is_ok());
        let wrong = check(&spec(r#""startupProbe": {"successThreshold": 2}"#)).unwrap_err();
        assert_eq!(wrong, "startupProbe.successThreshold of container `app` must be 1");
    }
}

//! Events as Kubernetes has them, one JSON object a line: what `kubectl get events` would have shown of
//! one run.

use std::io::{self, Write};

use serde_json::json;
use sim::fact::{Cause, Fact};
use sim::plain::plain;

use super::Recording;
use super::dates::date;
use crate::names::Namer;
use crate::words;

/// Who says something, and under which reason.
struct Voice {
    reason: &'static str,
    component: &'static str,
    warns: bool,
}

const fn says(component: &'static str, reason: &'static str) -> Voice {
    Voice { reason, component, warns: false }
}

const fn warns(component: &'static str, reason: &'static str) -> Voice {
    Voice { reason, component, warns: true }
}

/// Writes one line an event, in the order in which they happened.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut namer = Namer::new(recording.legend);
    for (number, (at, fact)) in recording.facts.iter().enumerate() {
        namer.learn(fact);
        let Some(Voice { reason, component, warns }) = voice(fact) else { continue };
        let (kind, name) = about(fact, &namer);
        let (namespace, name) = match (kind, name.split_once('/')) {
            ("Pod", Some((namespace, name))) => (namespace.to_owned(), name.to_owned()),
            _ => ("default".to_owned(), name),
        };
        let (message, at) = (message(fact, recording, &namer), date(*at));
        let event = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": format!("{name}.{number:016x}"),
                "namespace": namespace,
                "creationTimestamp": at,
            },
            "involvedObject": involved(kind, &namespace, &name),
            "reason": reason,
            "message": message,
            "type": if warns { "Warning" } else { "Normal" },
            "source": { "component": component },
            "reportingComponent": component,
            "reportingInstance": "",
            "firstTimestamp": at,
            "lastTimestamp": at,
            "count": 1,
        });
        writeln!(out, "{}", plain(&event.to_string()))?;
    }
    Ok(())
}

fn involved(kind: &str, namespace: &str, name: &str) -> serde_json::Value {
    if kind == "Pod" {
        json!({ "apiVersion": "v1", "kind": kind, "namespace": namespace, "name": name })
    } else {
        json!({ "apiVersion": "v1", "kind": kind, "name": name })
    }
}

/// Who would say so; none of what Kubernetes has no event for.
// Reasons: kube-scheduler (schedule_one.go), kubelet (events/event.go), the node life-cycle controller and
// Karpenter (pkg/controllers/interruption).
fn voice(fact: &Fact) -> Option<Voice> {
    Some(match fact {
        Fact::PodUnschedulable { .. } => warns("default-scheduler", "FailedScheduling"),
        Fact::PodScheduled { .. } => says("default-scheduler", "Scheduled"),
        Fact::PodNominated { node: Some(_), .. } => says("default-scheduler", "Nominated"),
        Fact::PodReady { .. } => says("kubelet", "Started"),
        Fact::PodTerminating { why: Cause::Preempted, .. } => {
            says("default-scheduler", "Preempted")
        }
        Fact::PodTerminating { why: Cause::Tainted, .. } => {
            says("taint-eviction-controller", "TaintManagerEviction")
        }
        Fact::PodTerminating { .. } => says("kubelet", "Killing"),
        Fact::PodEvicted { .. } => warns("kubelet", "Evicted"),
        Fact::ContainerOomKilled { .. } => warns("kubelet", "OOMKilling"),
        Fact::ContainerBacksOff { .. } => warns("kubelet", "BackOff"),
        Fact::NodeReady { .. } => says("kubelet", "NodeReady"),
        Fact::NodeCordoned { .. } => says("kubelet", "NodeNotSchedulable"),
        Fact::NodeUncordoned { .. } => says("kubelet", "NodeSchedulable"),
        Fact::NoticeGiven { .. } => warns("karpenter", "SpotInterrupted"),
        Fact::RebalanceRecommended { .. } => says("karpenter", "SpotRebalanceRecommendation"),
        Fact::NodeUnreachable { .. } => warns("node-controller", "NodeNotReady"),
        Fact::NodeDeleted { .. } => says("node-controller", "RemovingNode"),
        _ => return None,
    })
}

/// The object that it is about.
fn about(fact: &Fact, namer: &Namer<'_>) -> (&'static str, String) {
    match *fact {
        Fact::NodeReady { node }
        | Fact::NodeCordoned { node }
        | Fact::NodeUncordoned { node }
        | Fact::NoticeGiven { node, .. }
        | Fact::RebalanceRecommended { node, .. }
        | Fact::NodeUnreachable { node }
        | Fact::NodeDeleted { node } => ("Node", namer.node(node).to_owned()),
        Fact::PodUnschedulable { pod, .. }
        | Fact::PodScheduled { pod, .. }
        | Fact::PodNominated { pod, .. }
        | Fact::PodReady { pod, .. }
        | Fact::PodTerminating { pod, .. }
        | Fact::PodEvicted { pod, .. }
        | Fact::ContainerOomKilled { pod, .. }
        | Fact::ContainerBacksOff { pod, .. } => ("Pod", namer.pod(pod).to_owned()),
        _ => ("Node", String::new()),
    }
}

/// In the words of the component where it has some of its own.
fn message(fact: &Fact, recording: Recording<'_>, namer: &Namer<'_>) -> String {
    match *fact {
        Fact::PodUnschedulable { refusal, .. } => namer.refusal(&recording.refusals[refusal]),
        Fact::PodScheduled { pod, node, .. } => {
            format!("Successfully assigned {} to {}", namer.pod(pod), namer.node(node))
        }
        ref other => words::of(other, namer, recording.refusals),
    }
}

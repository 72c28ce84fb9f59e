//! `facts.jsonl`: everything that happened in one run, a line of JSON each after the legend, and
//! where two such files part.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use sim::fact::refusal::RefusalId;
use sim::model::disruption::Reason;
use sim::model::job::Worked;
use sim::plain::plain;
use sim::{Fact, SimTime};

use super::{Recording, legend};
use crate::names::{Namer, end, reason};
use crate::words;

/// Writes one line a fact.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: &mut impl Write) -> io::Result<()> {
    for line in lines(recording) {
        writeln!(out, "{}", plain(&line.to_string()))?;
    }
    Ok(())
}

/// The legend, then the facts in order, as JSON objects.
pub fn lines(recording: Recording<'_>) -> impl Iterator<Item = Value> {
    let mut namer = Namer::new(recording.legend);
    let facts = recording.facts.iter().map(move |(at, fact)| {
        namer.learn(fact);
        line(recording, &namer, *at, fact)
    });
    std::iter::once(legend::line(recording.legend)).chain(facts)
}

/// The first place where a file of facts and a run say different things, in words; none if they
/// agree to the end.
#[must_use]
pub fn first_difference(file: &str, recording: Recording<'_>) -> Option<String> {
    let mut there = file.lines();
    for (index, fact) in lines(recording).enumerate() {
        let number = index + 1;
        let Some(text) = there.next() else {
            return Some(format!("line {number}: the file ends, the replay goes on with {fact}"));
        };
        let here = fact.to_string();
        if text == plain(&here) {
            continue;
        }
        return Some(match serde_json::from_str::<Map<String, Value>>(text) {
            Err(error) => format!("line {number} is not a fact: {error}"),
            Ok(other) => format!("line {number}, {}", difference(&other, &fact)),
        });
    }
    there.next().map(|text| format!("the replay ends, the file goes on with {text}"))
}

/// What differs between a fact of the file and the fact of the replay in its place.
fn difference(file: &Map<String, Value>, replay: &Value) -> String {
    let text = |value: Option<&Value>| value.map_or("nothing".into(), |value| value.to_string());
    let word = |key: &str, of: &Value| of[key].as_str().unwrap_or("nothing").to_owned();
    let (at, kind) = (word("at", replay), word("kind", replay));
    if file.get("at") != replay.get("at") || file.get("kind") != replay.get("kind") {
        let whole = Value::Object(file.clone());
        return format!("at {at}, {kind}: the file says {whole}, the replay {replay}");
    }
    let keys = file.keys().chain(replay.as_object().into_iter().flat_map(Map::keys));
    let parts = keys.filter(|key| file.get(*key) != replay.get(key.as_str()));
    let mut parts: Vec<String> = parts
        .map(|key| {
            let (there, here) = (text(file.get(key)), text(replay.get(key)));
            format!("{key} is {there} in the file and {here} in the replay")
        })
        .collect();
    parts.dedup();
    if parts.is_empty() {
        parts.push("the same fact is spelled in another way".into());
    }
    format!("at {at}, {kind}: {}", parts.join(", "))
}

/// A fact as a JSON object: when, what, and who.
fn line(recording: Recording<'_>, namer: &Namer<'_>, at: SimTime, fact: &Fact) -> Value {
    let message = |id: RefusalId| recording.refusals[id].message(&recording.legend.model);
    let (kind, body) = match *fact {
        Fact::WorkloadCreated { workload } => {
            ("WorkloadCreated", json!({ "workload": namer.workload(workload) }))
        }
        Fact::PodCreated { pod, workload, replica, attempt } => {
            let workload = namer.workload(workload);
            let body = json!({
                "pod": namer.pod(pod), "workload": workload, "replica": replica, "attempt": attempt
            });
            ("PodCreated", body)
        }
        Fact::PodUnschedulable { pod, workload: _, refusal } => {
            let body = json!({ "pod": namer.pod(pod), "message": message(refusal) });
            ("PodUnschedulable", body)
        }
        Fact::PodScheduled { pod, workload: _, spec: _, node, waited } => {
            let waited = waited.as_ms();
            let body =
                json!({ "pod": namer.pod(pod), "node": namer.node(node), "waitedMs": waited });
            ("PodScheduled", body)
        }
        Fact::PodFound { pod, workload: _, spec: _, node } => {
            ("PodFound", json!({ "pod": namer.pod(pod), "node": namer.node(node) }))
        }
        Fact::PodNominated { pod, workload: _, node } => {
            let node = node.map(|node| namer.node(node));
            ("PodNominated", json!({ "pod": namer.pod(pod), "node": node }))
        }
        Fact::NodeUncordoned { node } => ("NodeUncordoned", json!({ "node": namer.node(node) })),
        Fact::NodeTainted { node, taints } => {
            ("NodeTainted", json!({ "node": namer.node(node), "taints": taints }))
        }
        Fact::VolumesAttached { pod, workload: _, node, waited } => {
            let waited = waited.as_ms();
            let body =
                json!({ "pod": namer.pod(pod), "node": namer.node(node), "waitedMs": waited });
            ("VolumesAttached", body)
        }
        Fact::ImagePulled { node, image, took } => {
            let (image, took) = (namer.image(image), took.as_ms());
            ("ImagePulled", json!({ "node": namer.node(node), "image": image, "tookMs": took }))
        }
        Fact::PodReady { pod, workload: _, node } => {
            ("PodReady", json!({ "pod": namer.pod(pod), "node": namer.node(node) }))
        }
        Fact::PodAvailable { pod, workload: _ } => {
            ("PodAvailable", json!({ "pod": namer.pod(pod) }))
        }
        Fact::PodTerminating {
            pod,
            workload: _,
            was_ready,
            was_available,
            why,
            reason: target,
        } => {
            let body = json!({
                "pod": namer.pod(pod), "wasReady": was_ready, "wasAvailable": was_available,
                "why": reason(why), "disruptionTarget": target.map(Reason::name)
            });
            ("PodTerminating", body)
        }
        Fact::EvictionRefused { pod, workload: _, budget } => {
            let body = json!({ "pod": namer.pod(pod), "budget": namer.budget(budget) });
            ("EvictionRefused", body)
        }
        Fact::PodEnded {
            pod,
            workload: _,
            spec: _,
            node,
            end: how,
            reason: target,
            was_ready,
            was_available,
            ran,
        } => {
            let body = json!({
                "pod": namer.pod(pod), "node": namer.node(node), "end": end(how),
                "disruptionTarget": target.map(Reason::name), "wasReady": was_ready,
                "wasAvailable": was_available, "ranMs": ran.as_ms()
            });
            ("PodEnded", body)
        }
        Fact::NodeLaunched { node, pool, offering, price } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            let body = json!({
                "node": namer.node(node), "pool": namer.pool(pool), "instanceType": instance_type,
                "zone": zone, "capacityType": capacity_type, "microUsdPerHour": price.0
            });
            ("NodeLaunched", body)
        }
        Fact::NodeReady { node } => ("NodeReady", json!({ "node": namer.node(node) })),
        Fact::NoticeGiven { node, lead } => {
            ("NoticeGiven", json!({ "node": namer.node(node), "leadMs": lead.as_ms() }))
        }
        Fact::NodeCordoned { node } => ("NodeCordoned", json!({ "node": namer.node(node) })),
        Fact::NodeGone { node, why, announced } => {
            let body =
                json!({ "node": namer.node(node), "why": reason(why), "announced": announced });
            ("NodeGone", body)
        }
        Fact::NodeUnreachable { node } => ("NodeUnreachable", json!({ "node": namer.node(node) })),
        Fact::NodeDeleted { node } => ("NodeDeleted", json!({ "node": namer.node(node) })),
        Fact::PriceChanged { offering, price } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            let body = json!({
                "instanceType": instance_type, "zone": zone, "capacityType": capacity_type,
                "microUsdPerHour": price.0
            });
            ("PriceChanged", body)
        }
        Fact::CapacityChanged { offering, capacity } => {
            let [instance_type, zone, _] = namer.offering(offering);
            let body = json!({
                "instanceType": instance_type, "zone": zone, "capacity": words::amount(capacity)
            });
            ("CapacityChanged", body)
        }
        Fact::LaunchRefused { pool, offering, outbid } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            let body = json!({
                "pool": namer.pool(pool), "instanceType": instance_type, "zone": zone,
                "capacityType": capacity_type, "outbid": outbid
            });
            ("LaunchRefused", body)
        }
        Fact::RebalanceRecommended { node } => {
            ("RebalanceRecommended", json!({ "node": namer.node(node) }))
        }
        Fact::PoolFellBack { pool, node } => {
            ("PoolFellBack", json!({ "pool": namer.pool(pool), "node": namer.node(node) }))
        }
        Fact::ReplacementLaunched { node, replaces, back_to_spot } => {
            let body = json!({
                "node": namer.node(node), "replaces": namer.node(replaces),
                "backToSpot": back_to_spot
            });
            ("ReplacementLaunched", body)
        }
        Fact::StillPending { pod, workload: _, waited, refusal } => {
            let message = refusal.map(message);
            let waited = waited.as_ms();
            let body = json!({ "pod": namer.pod(pod), "waitedMs": waited, "message": message });
            ("StillPending", body)
        }
        Fact::PodWorked { pod, workload: _, spec: _, node, worked } => {
            let Worked { useful, lost, saving, waiting } = worked;
            let body = json!({
                "pod": namer.pod(pod), "node": namer.node(node), "usefulMs": useful.as_ms(),
                "lostMs": lost.as_ms(), "savingMs": saving.as_ms(), "waitingMs": waiting.as_ms()
            });
            ("PodWorked", body)
        }
        Fact::JobCreated { workload, run, due } => {
            let body = json!({
                "job": namer.job(workload, run), "workload": namer.workload(workload),
                "dueMs": due.as_ms()
            });
            ("JobCreated", body)
        }
        Fact::JobSkipped { workload, due } => {
            let workload = namer.workload(workload);
            ("JobSkipped", json!({ "workload": workload, "dueMs": due.as_ms() }))
        }
        Fact::JobEnded { workload, run, outcome } => {
            let job = namer.job(workload, run);
            ("JobEnded", json!({ "job": job, "outcome": outcome.name() }))
        }
        Fact::PodWithdrawn { pod, workload: _, waited } => {
            ("PodWithdrawn", json!({ "pod": namer.pod(pod), "waitedMs": waited.as_ms() }))
        }
        Fact::DeadlineJobDone { workload } => {
            ("DeadlineJobDone", json!({ "workload": namer.workload(workload) }))
        }
        Fact::DeadlineJobUnfinished { workload, progress } => {
            let body = json!({
                "workload": namer.workload(workload), "progressMs": progress.as_ms()
            });
            ("DeadlineJobUnfinished", body)
        }
        Fact::StillRunning { pod, workload: _, ran } => {
            ("StillRunning", json!({ "pod": namer.pod(pod), "ranMs": ran.as_ms() }))
        }
    };
    let mut whole = json!({ "ms": at.as_ms(), "at": at.to_string(), "kind": kind });
    if let (Value::Object(whole), Value::Object(body)) = (&mut whole, body) {
        whole.extend(body);
    }
    whole
}

//! A trace of nodes and pods in the JSON of Chrome's trace viewer, which ui.perfetto.dev opens: a process for
//! each node, its pods side by side in it, what happens to it as instants, and how many pods wait.
// Trace Event Format: phases X (complete), i (instant), C (counter) and M (metadata), ts in microseconds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};
use sim::SimTime;
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::plain::plain;

use super::Recording;
use crate::names::{Namer, end, reason};
use crate::words;

/// A node while it is there.
struct Node {
    /// Since when; none once it is gone.
    from: Option<SimTime>,
    /// The process that it is.
    process: usize,
    /// The lanes of its pods: whether each is taken.
    lanes: Vec<bool>,
}

/// A pod on a node.
#[derive(Clone, Copy)]
struct Bound {
    node: NodeId,
    lane: usize,
    from: SimTime,
}

/// What is under way.
struct Open<'r> {
    recording: Recording<'r>,
    namer: Namer<'r>,
    nodes: BTreeMap<NodeId, Node>,
    bound: BTreeMap<PodId, Bound>,
    waiting: BTreeSet<PodId>,
    events: Vec<Value>,
}

/// Writes the trace of one run.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: &mut impl Write) -> io::Result<()> {
    let namer = Namer::new(recording.legend);
    let (nodes, bound, waiting) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut open = Open { recording, namer, nodes, bound, waiting, events: Vec::new() };
    open.events
        .push(json!({"ph": "M", "pid": 0, "name": "process_name", "args": {"name": "cluster"}}));
    for (at, fact) in recording.facts {
        open.namer.learn(fact);
        open.fact(*at, fact);
    }
    open.finish(recording.legend.to);
    writeln!(out, "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
    let last = open.events.len().saturating_sub(1);
    for (index, event) in open.events.iter().enumerate() {
        let comma = if index < last { "," } else { "" };
        writeln!(out, "{}{comma}", plain(&event.to_string()))?;
    }
    writeln!(out, "]}}")
}

fn us(at: SimTime) -> u64 {
    at.as_ms() * 1_000
}

impl Open<'_> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                let process = self.nodes.len() + 1;
                let [instance_type, zone, capacity_type] = self.namer.offering(offering);
                let name =
                    format!("{} {instance_type} {zone} {capacity_type}", self.namer.node(node));
                let meta = |what: &str, value: Value| json!({"ph": "M", "pid": process, "name": what, "args": value});
                self.events.push(meta("process_name", json!({ "name": name })));
                self.events.push(meta("process_sort_index", json!({ "sort_index": process })));
                self.nodes.insert(node, Node { from: Some(at), process, lanes: Vec::new() });
            }
            Fact::NodeReady { node }
            | Fact::NoticeGiven { node, .. }
            | Fact::NodeCordoned { node }
            | Fact::NodeUnreachable { node } => self.instant(at, fact, node),
            Fact::NodeGone { node, why, .. } => self.node_ends(at, node, reason(why)),
            Fact::PodCreated { pod, .. } => {
                self.waiting.insert(pod);
                self.count(at);
            }
            Fact::PodScheduled { pod, node, .. } | Fact::PodFound { pod, node, .. } => {
                self.waiting.remove(&pod);
                self.count(at);
                let Some(there) = self.nodes.get_mut(&node) else { return };
                let free = there.lanes.iter().position(|taken| !taken);
                let lane = free.unwrap_or_else(|| {
                    there.lanes.push(false);
                    there.lanes.len() - 1
                });
                there.lanes[lane] = true;
                self.bound.insert(pod, Bound { node, lane, from: at });
            }
            Fact::PodEnded { pod, end: how, .. } => self.pod_ends(at, pod, end(how)),
            Fact::PodWithdrawn { pod, .. } => {
                self.waiting.remove(&pod);
                self.count(at);
            }
            _ => {}
        }
    }

    fn instant(&mut self, at: SimTime, fact: &Fact, node: NodeId) {
        let Some(Node { process, .. }) = self.nodes.get(&node) else { return };
        let name = words::of(fact, &self.namer, self.recording.refusals);
        let event =
            json!({"ph": "i", "s": "p", "pid": process, "tid": 0, "ts": us(at), "name": name});
        self.events.push(event);
    }

    fn count(&mut self, at: SimTime) {
        let args = json!({ "pods": self.waiting.len() });
        let event =
            json!({"ph": "C", "pid": 0, "ts": us(at), "name": "waiting for a node", "args": args});
        match self.events.last_mut() {
            // What changes twice at an instant is what it is in the end.
            Some(last) if last["ph"] == "C" && last["ts"] == event["ts"] => *last = event,
            _ => self.events.push(event),
        }
    }

    fn pod_ends(&mut self, at: SimTime, pod: PodId, how: &str) {
        let Some(Bound { node, lane, from }) = self.bound.remove(&pod) else { return };
        let Some(there) = self.nodes.get_mut(&node) else { return };
        there.lanes[lane] = false;
        let event = json!({
            "ph": "X", "pid": there.process, "tid": lane + 1, "ts": us(from), "dur": us(at) - us(from),
            "name": self.namer.pod(pod), "args": { "end": how },
        });
        self.events.push(event);
    }

    fn node_ends(&mut self, at: SimTime, node: NodeId, why: &str) {
        let Some(there) = self.nodes.get_mut(&node) else { return };
        let Some(from) = there.from.take() else { return };
        let event = json!({
            "ph": "X", "pid": there.process, "tid": 0, "ts": us(from), "dur": us(at) - us(from),
            "name": self.namer.node(node), "args": { "end": why },
        });
        self.events.push(event);
    }

    /// What is still under way at the end.
    fn finish(&mut self, to: SimTime) {
        let pods: Vec<PodId> = self.bound.keys().copied().collect();
        pods.into_iter().for_each(|pod| self.pod_ends(to, pod, "still there"));
        let nodes: Vec<NodeId> = self.nodes.keys().copied().collect();
        nodes.into_iter().for_each(|node| self.node_ends(to, node, "still there"));
    }
}

//! `pods.csv`: every pod there was, from its creation to its end.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use sim::Fact;
use sim::fact::refusal::RefusalId;
use sim::model::pod::PodId;

use super::cell;
use super::{Recording, change, seconds};
use crate::names::{Namer, end, kind};

/// A line of the table. What has not happened is left empty.
#[derive(Serialize)]
struct Row {
    #[serde(serialize_with = "cell::text")]
    pod: String,
    #[serde(serialize_with = "cell::text")]
    workload: String,
    kind: &'static str,
    replica: u32,
    attempt: u32,
    #[serde(serialize_with = "cell::text_if_any")]
    node: Option<String>,
    created_s: f64,
    scheduled_s: Option<f64>,
    ready_s: Option<f64>,
    terminating_s: Option<f64>,
    ended_s: Option<f64>,
    end: Option<&'static str>,
    pending_s: f64,
    refusals: u32,
    #[serde(serialize_with = "cell::text_if_any")]
    message: Option<String>,
}

/// Writes the pods in the order of their creation.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: impl Write) -> csv::Result<()> {
    let message = |id: RefusalId| recording.refusals[id].message(&recording.legend.model);
    let mut namer = Namer::new(recording.legend);
    let mut rows: BTreeMap<PodId, Row> = BTreeMap::new();
    for (at, fact) in recording.facts {
        namer.learn(fact);
        let now = seconds(*at);
        match *fact {
            Fact::PodCreated { pod, workload, replica, attempt } => {
                let row = Row {
                    pod: namer.pod(pod).to_owned(),
                    workload: namer.workload(workload),
                    kind: kind(recording.legend.model.workloads[workload].controller),
                    replica,
                    attempt,
                    node: None,
                    created_s: now,
                    scheduled_s: None,
                    ready_s: None,
                    terminating_s: None,
                    ended_s: None,
                    end: None,
                    pending_s: 0.0,
                    refusals: 0,
                    message: None,
                };
                rows.insert(pod, row);
            }
            Fact::PodUnschedulable { pod, refusal, .. } => change(&mut rows, &pod, |row| {
                row.refusals += 1;
                row.message = Some(message(refusal));
            }),
            Fact::PodScheduled { pod, node, waited, .. } => change(&mut rows, &pod, |row| {
                row.node = Some(namer.node(node).to_owned());
                (row.scheduled_s, row.pending_s) = (Some(now), waited.as_secs_f64());
            }),
            Fact::PodFound { pod, node, .. } => change(&mut rows, &pod, |row| {
                (row.node, row.scheduled_s) = (Some(namer.node(node).to_owned()), Some(now));
            }),
            Fact::PodReady { pod, .. } => {
                // Not again after a restart.
                change(&mut rows, &pod, |row| {
                    row.ready_s.get_or_insert(now);
                });
            }
            Fact::PodTerminating { pod, .. } => {
                change(&mut rows, &pod, |row| row.terminating_s = Some(now));
            }
            Fact::PodEnded { pod, end: how, .. } => change(&mut rows, &pod, |row| {
                (row.ended_s, row.end) = (Some(now), Some(end(how)));
            }),
            Fact::StillPending { pod, waited, .. } | Fact::PodWithdrawn { pod, waited, .. } => {
                change(&mut rows, &pod, |row| row.pending_s = waited.as_secs_f64());
            }
            _ => {}
        }
    }
    let mut table = csv::Writer::from_writer(out);
    for row in rows.values() {
        table.serialize(row)?;
    }
    table.flush()?;
    Ok(())
}

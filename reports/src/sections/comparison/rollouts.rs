//! Rollouts in the table of plans: how long they take, and what is unavailable meanwhile.

use crate::section::{Cell, Row, Value};
use crate::sections::rows::Rows;
use crate::summary::Rollouts;

/// The rows of these rollouts, one of each plan, the subject's last.
pub(super) fn rows(rows: &mut Rows<'_>, all: &[&Rollouts]) {
    let Some(own) = all.last() else { return };
    let times = |it: &&Rollouts| {
        Cell::several([it.seconds_p50, it.seconds_p95, it.seconds_max].map(Value::from))
    };
    let cells: Vec<Cell> = all.iter().map(times).collect();
    rows.push(Row::new("Rolled out p50 / p95 / max", cells).noted(note(own)));
    let unavailable = all.iter().map(|it| it.unavailable_pod_minutes);
    let row = rows.rates("unavailable, pod min", unavailable);
    rows.push(row.part());
}

/// What did not go as it should, or which rollout took longest.
fn note(own: &Rollouts) -> String {
    let open = own.began.mean - own.ended.mean;
    if own.stalled.mean > 0.0 {
        return format!("{:.1} of {:.1} stalled", own.stalled.mean, own.began.mean);
    }
    if open > 0.0 {
        return format!("{open:.1} of {:.1} did not end", own.began.mean);
    }
    own.workloads.first().map(|row| row.workload.clone()).unwrap_or_default()
}

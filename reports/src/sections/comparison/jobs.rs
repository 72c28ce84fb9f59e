//! Jobs in the table of plans: lost work, makespans, failures and missed deadlines.

use std::collections::BTreeMap;

use crate::section::{Cell, Row, Unit};
use crate::sections::rows::Rows;
use crate::stats::Estimate;
use crate::summary::Batch;

/// One figure of the time of pods that do work.
type Figure = fn(&Batch) -> Estimate;
/// One that not every plan has.
type MaybeFigure = fn(&Batch) -> Option<Estimate>;

/// What became of that time, where there was any of it.
const TIMES: [(&str, Figure); 3] = [
    ("lost work, pod-h /day", |batch| batch.lost_work_pod_hours_per_day),
    ("checkpoints, pod-h /day", |batch| batch.checkpoint_overhead_pod_hours_per_day),
    ("waiting, pod-h /day", |batch| batch.waiting_pod_hours_per_day),
];

/// The rows of these batches, one of each plan, the subject's last.
pub(super) fn rows(rows: &mut Rows<'_>, all: &[&Batch]) {
    let Some(own) = all.last() else { return };
    for (name, of) in TIMES {
        if all.iter().any(|batch| of(batch).mean > 0.0) {
            let row = rows.rates(name, all.iter().map(|batch| of(batch)));
            rows.push(row.part());
        }
    }
    let dollars = || all.iter().map(|batch| batch.lost_work_monthly.mean);
    if dollars().any(|dollars| dollars > 0.0) {
        let cells: Vec<Cell> = dollars().map(|dollars| Cell::of(dollars, Unit::Usd)).collect();
        rows.push(Row::new("lost work, $ /month", cells).part());
    }
    let longest = |batch: &&Batch| {
        let means = batch.jobs.iter().filter_map(|job| job.makespan_hours).map(|it| it.mean);
        Cell::maybe(means.max_by(f64::total_cmp), Unit::Hours(1))
    };
    if !own.jobs.is_empty() {
        let cells: Vec<Cell> = all.iter().map(longest).collect();
        rows.push(Row::new("Longest makespan", cells));
    }
    let counts: [(&str, MaybeFigure, String); 3] = [
        ("Jobs failed", |batch| batch.jobs_failed, reasons(own)),
        ("Jobs never made", |batch| batch.jobs_skipped, String::new()),
        ("Jobs late", |batch| batch.deadline_misses, String::new()),
    ];
    for (name, of, note) in counts {
        let counts: Option<Vec<Estimate>> = all.iter().map(|batch| of(batch)).collect();
        let Some(counts) = counts else { continue };
        let row = rows.rates(name, counts);
        rows.push(row.noted(note));
    }
}

/// Why Jobs failed, the most frequent reason first.
fn reasons(batch: &Batch) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, count) in batch.jobs.iter().flat_map(|job| &job.failed) {
        *counts.entry(reason).or_default() += count;
    }
    let mut reasons: Vec<_> = counts.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let reasons: Vec<&str> = reasons.into_iter().map(|(reason, _)| reason).collect();
    reasons.join(", ")
}

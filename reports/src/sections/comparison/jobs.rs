//! Jobs in the table of both plans: lost work, makespans, failures and missed deadlines.

use std::collections::BTreeMap;

use super::Rows;
use crate::section::{Cell, Row, Unit};
use crate::stats::Estimate;
use crate::summary::Batch;

/// One figure of the time of pods that do work.
type Figure = fn(&Batch) -> Estimate;

/// What became of that time, where there was any of it.
const TIMES: [(&str, Figure); 3] = [
    ("lost work, pod-h /day", |batch| batch.lost_work_pod_hours_per_day),
    ("checkpoints, pod-h /day", |batch| batch.checkpoint_overhead_pod_hours_per_day),
    ("waiting, pod-h /day", |batch| batch.waiting_pod_hours_per_day),
];

pub(super) fn rows(rows: &mut Rows<'_>, base: &Batch, plan: &Batch) {
    for (name, of) in TIMES {
        let (base, plan) = (of(base), of(plan));
        if base.mean > 0.0 || plan.mean > 0.0 {
            let row = rows.rates(name, base, plan);
            rows.push(row.part());
        }
    }
    let dollars = [base, plan].map(|batch| batch.lost_work_monthly.mean);
    if dollars.iter().any(|dollars| *dollars > 0.0) {
        let cells = dollars.map(|dollars| Cell::of(dollars, Unit::Usd));
        rows.push(Row::new("lost work, $ /month", cells).part());
    }
    let longest = |batch: &Batch| {
        let means = batch.jobs.iter().filter_map(|job| job.makespan_hours).map(|it| it.mean);
        Cell::maybe(means.max_by(f64::total_cmp), Unit::Hours(1))
    };
    if !plan.jobs.is_empty() {
        rows.push(Row::new("Longest makespan", [longest(base), longest(plan)]));
    }
    let counts = [
        ("Jobs failed", base.jobs_failed.zip(plan.jobs_failed), reasons(plan)),
        ("Jobs never made", base.jobs_skipped.zip(plan.jobs_skipped), String::new()),
        ("Jobs late", base.deadline_misses.zip(plan.deadline_misses), String::new()),
    ];
    for (name, both, note) in counts {
        let Some((base, plan)) = both else { continue };
        let row = rows.rates(name, base, plan);
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

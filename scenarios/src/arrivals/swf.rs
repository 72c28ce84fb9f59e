//! The Standard Workload Format of the Parallel Workloads Archive: jobs of supercomputers.
//!
//! A job becomes one pod: its processors are cores, its memory is that of all its processors. Jobs that
//! never ran (no run time, no processors) are left out.
// https://www.cs.huji.ac.il/labs/parallel/workload/swf.html, version 2.2

use super::rows::{Row, Table, whole};
use crate::diagnostic::{Diagnostic, Source};
use crate::limits::ARRIVAL_ROWS;

/// The fields of a job, by their number in the format less one; -1 is unknown.
const SUBMIT: usize = 1;
const RUN_TIME: usize = 3;
const ALLOCATED_PROCESSORS: usize = 4;
const USED_MEMORY: usize = 6;
const REQUESTED_PROCESSORS: usize = 7;
const REQUESTED_MEMORY: usize = 9;
const FIELDS: usize = 18;

/// The jobs of a file.
pub(super) fn table(file: &Source) -> Result<Table, Box<Diagnostic>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut left_out = 0;
    let mut begin = 0;
    for line in file.text.split('\n') {
        let span = begin..begin + line.len();
        begin += line.len() + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        let wrong = |message: String| {
            let help = "a job has 18 numbers, of which -1 is unknown; comments begin with `;`";
            Box::new(Diagnostic::new("E0802", message).at(file, span.clone()).help(help))
        };
        if ARRIVAL_ROWS.exceeded(rows.len() + 1) {
            return Err(Box::new(ARRIVAL_ROWS.error(&file.file).at(file, span)));
        }
        let mut job = [-1.0; FIELDS];
        let mut fields = 0;
        for text in line.split_whitespace() {
            let Some(field) = job.get_mut(fields) else {
                return Err(wrong("a job of more than 18 fields".into()));
            };
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            *field = number.ok_or_else(|| wrong(format!("`{text}` is no number")))?;
            fields += 1;
        }
        if fields < FIELDS {
            return Err(wrong(format!("a job of {fields} fields")));
        }
        let known = |field: usize| Some(job[field]).filter(|value| *value > 0.0);
        if job[SUBMIT] < 0.0 {
            return Err(wrong("a job that does not say when it was submitted".into()));
        }
        if let Some(last) = rows.last().filter(|last| last.at > job[SUBMIT]) {
            let message = format!("time goes backwards, from {} s to {} s", last.at, job[SUBMIT]);
            return Err(wrong(message));
        }
        let processors = known(REQUESTED_PROCESSORS).or(known(ALLOCATED_PROCESSORS));
        let (Some(processors), Some(lasts)) = (processors, known(RUN_TIME)) else {
            left_out += 1;
            continue;
        };
        let memory = known(REQUESTED_MEMORY).or(known(USED_MEMORY));
        rows.push(Row {
            at: job[SUBMIT],
            lasts: Some(lasts),
            cpu: Some(whole(processors * 1_000.0)),
            memory: memory.map(|kib| whole(kib * 1_024.0 * processors)),
            gpus: 0,
        });
    }
    if rows.is_empty() {
        let message = format!("{} has no jobs that ran", file.file);
        return Err(Box::new(Diagnostic::new("E0802", message).at(file, 0..0)));
    }
    let layout = "Standard Workload Format: a processor is a core, and a job a pod".into();
    Ok(Table { rows, layout, shared_gpus: 0, left_out })
}

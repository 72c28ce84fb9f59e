//! Pods without a node: those that never run, and those that still wait at the end.

use crate::format::many;
use crate::section::{Note, Section};
use crate::summary::{NeverPlaced, Summary, in_some};

/// Workloads of which pods never run, each with what the scheduler said.
pub(super) fn never_placed(summary: &Summary) -> Option<Section> {
    summary
        .subject()
        .never_placed
        .as_ref()
        .map(|never| of_never_placed(never, summary.replications))
}

/// The same without a summary.
pub(crate) fn of_never_placed(never: &NeverPlaced, replications: usize) -> Section {
    let notes = never.workloads.iter().map(|row| {
        let (pods, of, runs) = (row.pods, row.of, in_some(row.replications, replications));
        let noun = if of == 1 { "pod" } else { "pods" };
        let text = format!("Never placed: {pods} of {of} {noun} of {}{runs}", row.workload);
        Note::new(text).with([Note::new(&row.why)]).into()
    });
    Section::new("Never placed", "", notes.collect())
}

/// Workloads of which pods wait at the end, but may have run before.
pub(super) fn waiting(summary: &Summary) -> Option<Section> {
    let never = summary.subject().never_placed.as_ref();
    let rows = summary.subject().unplaced.iter().filter(|row| {
        never.is_none_or(|it| it.workloads.iter().all(|never| never.workload != row.workload))
    });
    let notes = rows.map(|row| {
        let text = format!("Waiting at the end: {} of {}", many(row.pods, "pod"), row.workload);
        Note::new(text).with([Note::new(&row.why)]).into()
    });
    let section = Section::new("Waiting at the end", "", notes.collect());
    (!section.blocks.is_empty()).then_some(Section { continues: true, ..section })
}

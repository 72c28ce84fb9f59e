//! Placement rules: what each says, how it fared, and the events before it was first broken.

use crate::format::many;
use crate::rules::{BreakSummary, Event, RuleSummary};
use crate::section::{Note, Section};
use crate::summary::Summary;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    of(&summary.subject().rules, summary.replications)
}

/// The rules of a scenario without a summary; none if it states none.
pub(crate) fn of(rules: &[RuleSummary], replications: usize) -> Option<Section> {
    let broken = rules.iter().filter(|rule| rule.first.is_some()).count();
    let notes = rules.iter().map(|rule| note(rule, replications).into());
    let claim = format!("Rules ({broken} of {} broken)", rules.len());
    (!rules.is_empty()).then(|| Section::new("Rules", claim, notes.collect()))
}

fn note(rule: &RuleSummary, replications: usize) -> Note {
    let mark = if rule.first.is_some() { '✗' } else { '✓' };
    let note = Note::new(format!("{mark} {}: {}", rule.rule, rule.says));
    let Some(first) = &rule.first else { return note };
    let BreakSummary { at, run, what, chain, .. } = first;
    let (runs, share) = (rule.broken_replications, percent(rule.broken_percent));
    let broken = format!(
        "broken in {runs} of {}, {share} of the time; first at {at} in run {run}:",
        many(replications as u64, "replication"),
    );
    let width = chain.iter().map(|event| event.at.len()).max().unwrap_or(0);
    let events = chain.iter().map(|Event { at, what, .. }| format!("{at:<width$}  {what}"));
    note.with([Note::new(broken), Note::new(what).with(events.map(Note::new))])
}

fn percent(share: f64) -> String {
    match share {
        0.0 => "0 %".into(),
        share if share < 0.01 => "less than 0.01 %".into(),
        share => format!("{share:.2} %"),
    }
}

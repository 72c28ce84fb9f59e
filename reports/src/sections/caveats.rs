//! Caveats: what was assumed, what is not modelled, and what looks wrong.

use crate::section::{Note, Section};
use crate::summary::Summary;

pub(super) fn assumptions(summary: &Summary) -> Option<Section> {
    list("Assumptions", summary.assumptions.iter().map(|it| &it.text))
}

pub(super) fn unmodelled(summary: &Summary) -> Option<Section> {
    list("Not modelled", summary.unmodelled.iter())
}

pub(super) fn warnings(summary: &Summary) -> Option<Section> {
    list("Warnings", summary.warnings.iter())
}

fn list<'s>(title: &'static str, items: impl Iterator<Item = &'s String>) -> Option<Section> {
    let notes: Vec<_> = items.map(|item| Note::new(item).into()).collect();
    let claim = format!("{title} ({})", notes.len());
    (!notes.is_empty()).then(|| Section::new(title, claim, notes))
}

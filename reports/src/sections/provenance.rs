//! Provenance: what it takes to make the same result again, and how rough it is.

use crate::format::many;
use crate::section::{Note, Section};
use crate::summary::Summary;

/// With fewer replications than these an interval is a rough one.
const FEW: usize = 30;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let Summary { seed, replications, digest, .. } = summary;
    let runs = many(*replications as u64, "replication");
    let mut notes = vec![Note::new(format!("seed {seed} · {runs} · digest {digest}")).into()];
    if *replications < FEW {
        let rough = "take the intervals as rough (-n 100)";
        notes.push(Note::new(format!("fewer than {FEW} replications: {rough}")).into());
    }
    Some(Section::new("Provenance", "", notes))
}

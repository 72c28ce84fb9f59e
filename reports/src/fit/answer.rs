//! The answer in one line: what the chosen recommendation wastes, beside what it would have broken.

use backtest::{Judged, Score};

use super::Report;
use crate::format::{many, time, usd};
use crate::section::Section;

pub(super) fn section(report: &Report<'_>) -> Section {
    Section::new("Answer", claim(report), Vec::new())
}

fn claim(report: &Report<'_>) -> String {
    let Some(chosen) = report.chosen() else {
        return "Nothing is recommended: no container states a request, and none was judged".into();
    };
    let judged = time(report.judged_hours() * 3_600.0);
    let containers = many(report.history.containers.len() as u64, "container");
    let of = format!("in {judged} of {containers}");
    let leaves = |judged: &Judged| {
        let unused = report.monthly(&judged.score.lanes, |lane| lane.wasted);
        format!("{} a month unused, with {}", usd(unused), risks(&judged.score))
    };
    match report.comparison.of("as-they-are").filter(|it| it.id != chosen.id) {
        Some(today) => format!(
            "{} would have left {} {of}; as they are, requests left {}",
            chosen.name,
            leaves(chosen),
            leaves(today)
        ),
        None => format!("{} would have left {} {of}", chosen.name, leaves(chosen)),
    }
}

/// What was too little, of the lanes that were judged.
pub(super) fn risks(score: &Score) -> String {
    let kills = (score.lanes.memory.samples > 0).then(|| many(score.kills(), "OOM kill"));
    let short = score.lanes.cpu.short();
    let short = short.map(|share| format!("CPU short {:.1} % of the time", 100.0 * share));
    let risks: Vec<String> = [kills, short].into_iter().flatten().collect();
    if risks.is_empty() { "nothing judged".into() } else { risks.join(" and ") }
}

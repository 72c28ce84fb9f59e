//! Tuning: the settings of VPA that no other setting beats, for CPU and for memory apart.

use backtest::history::Lane;
use backtest::{Score, Setting, Tuned};

use super::Report;
use crate::format::many;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit};

/// The settings that are listed; all are in JSON.
const LISTED: usize = 16;

/// Waste of CPU against the time above the request.
pub(super) fn cpu(report: &Report<'_>) -> Option<Section> {
    let cells = |tuned: &Tuned| {
        let lane = &tuned.score.lanes.cpu;
        let short = lane.short().map(|share| 100.0 * share);
        let unused = report.cpu_monthly(lane, |lane| lane.wasted);
        [Cell::of(unused, Unit::Usd), Cell::maybe(short, Unit::Percent(2))]
    };
    section(report, Lane::Cpu, ("Tuning CPU", "CPU short"), cells)
}

/// Waste of memory against kills.
pub(super) fn memory(report: &Report<'_>) -> Option<Section> {
    let cells = |tuned: &Tuned| {
        let unused = report.memory_monthly(&tuned.score.lanes.memory, |lane| lane.wasted);
        [Cell::of(unused, Unit::Usd), Cell::of(tuned.score.kills() as f64, Unit::Number(0))]
    };
    section(report, Lane::Memory, ("Tuning memory", "OOM kills"), cells)
}

fn section(
    report: &Report<'_>,
    lane: Lane,
    (title, risk): (&'static str, &str),
    cells: impl Fn(&Tuned) -> [Cell; 2],
) -> Option<Section> {
    if report.tuned.iter().all(|it| lane.of(&it.score.lanes).samples == 0) {
        return None;
    }
    let of = |it: &&Tuned| *lane.of(&it.on_front);
    let mut front: Vec<&Tuned> = report.tuned.iter().filter(of).collect();
    front.sort_by_key(|it| lane.of(&it.score.lanes).wasted);
    let all = front.len();
    // Settings that come to the same are one point.
    front.dedup_by_key(|it| (lane.of(&it.score.lanes).wasted, risk_of(&it.score, lane)));
    // Some of all of the front, from one end to the other.
    let every = front.len().div_ceil(LISTED).max(1);
    let mut shown: Vec<&Tuned> = front.iter().copied().step_by(every).collect();
    let default = report.tuned.iter().find(|it| it.setting == Setting::DEFAULT);
    if let Some(default) = default.filter(|it| !shown.contains(it)) {
        shown.push(default);
    }
    let row = |it: &&Tuned| {
        let defaults = it.setting == Setting::DEFAULT;
        let place = if *lane.of(&it.on_front) { "on the front" } else { "beaten" };
        let note = if defaults { format!("VPA's defaults, {place}") } else { place.to_owned() };
        Row::new(words(it.setting), cells(it)).noted(note)
    };
    let mut blocks: Vec<Block> = vec![
        Table {
            title: "percentile, margin, half-life",
            columns: vec!["unused/mo".into(), risk.into()],
            notes: "front",
            intervals: Intervals::Behind,
            rows: shown.iter().map(row).collect(),
        }
        .into(),
    ];
    if every > 1 {
        let note = format!("one of {every} of the front is listed; `-o json` has all");
        blocks.push(Note::new(note).into());
    }
    let tried = many(report.tuned.len() as u64, "setting");
    let claim = format!(
        "{title}: {all} of {tried} are on the front, where no other wastes less at no more risk"
    );
    Some(Section::new(title, claim, blocks))
}

fn risk_of(score: &Score, lane: Lane) -> u64 {
    match lane {
        Lane::Cpu => score.lanes.cpu.above_request.ms,
        Lane::Memory => score.kills(),
    }
}

fn words(setting: Setting) -> String {
    let Setting { percentile, margin_percent, half_life_hours } = setting;
    format!("p{percentile} + {margin_percent} %, {half_life_hours} h")
}

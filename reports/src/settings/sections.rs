//! Settings side by side as sections: the answer, and a table with the Pareto front marked.

use sim::terms::metrics::Figure;

use super::{Setting, Swept, named};
use crate::format::{many, rate, usd};
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit, Value};

/// The most settings that are shown; JSON has all.
const SHOWN: usize = 60;

/// The sections of settings, in order.
#[must_use]
pub fn sections(swept: &Swept) -> Vec<Section> {
    let answer = Section::new("Answer", answer(swept), Vec::new());
    let front = swept.front();
    let mut order: Vec<usize> = (0..swept.settings.len()).collect();
    order.sort_by(|a, b| swept.settings[*a].cost().total_cmp(&swept.settings[*b].cost()));
    let rows = order.iter().take(SHOWN).map(|index| {
        let setting = &swept.settings[*index];
        row(swept.named(setting), setting, front.contains(index))
    });
    let mut blocks = vec![Block::Table(table(rows.collect()))];
    if order.len() > SHOWN {
        let more = many((order.len() - SHOWN) as u64, "setting");
        blocks.push(Note::new(format!("and {more} that cost more; -o json has all")).into());
    }
    let judged = swept.settings.iter().any(|it| !it.judged.is_empty());
    let expects = if judged { "; ✗: an expectation is not met" } else { "" };
    let key = format!("◆: no other setting is cheaper and disrupts less, by their means{expects}");
    blocks.push(Note::new(key).into());
    let how = format!(
        "{}; {} of each, seed {}, spotsim {}",
        swept.chosen,
        many(swept.replications as u64, "paired replication"),
        swept.seed,
        swept.version
    );
    vec![answer, Section::new("Settings", "", blocks), Section::new("Provenance", how, Vec::new())]
}

fn answer(swept: &Swept) -> String {
    let judged = swept.settings.iter().any(|it| !it.judged.is_empty());
    let what = if judged { "cheapest that keeps every expectation" } else { "cheapest" };
    let front = swept.front().len();
    let all = swept.settings.len();
    match swept.cheapest() {
        None => format!(
            "{}: none of {} keeps every expectation.",
            swept.scenario,
            many(all as u64, "setting")
        ),
        Some(index) => {
            let setting = &swept.settings[index];
            format!(
                "{}: {what} is {}: {}/month, {} pods disrupted/day; {front} of {} on the Pareto front of \
                 cost against disruption.",
                swept.scenario,
                named(&swept.paths, &setting.values),
                usd(setting.cost()),
                rate(setting.disruption()),
                many(all as u64, "setting"),
            )
        }
    }
}

pub(super) fn table(rows: Vec<Row>) -> Table {
    let heads = ["COST /MO", "DISRUPTED /D", "PENDING P95", "LEAST AVAIL.", ""];
    Table {
        title: "SETTING",
        columns: heads.map(str::to_owned).into(),
        notes: "",
        intervals: Intervals::Behind,
        rows,
    }
}

/// A setting and the figures that decide about it.
pub(super) fn row(name: String, setting: &Setting, on_front: bool) -> Row {
    let mark = match (on_front, setting.keeps()) {
        (true, true) => "◆",
        (true, false) => "◆ ✗",
        (false, true) => "",
        (false, false) => "✗",
    };
    Row::new(
        name,
        [
            Cell::maybe(setting.mean(Figure::CostMonthly), Unit::Usd),
            Cell::maybe(setting.mean(Figure::PodsDisrupted), Unit::Rate),
            Cell::maybe(setting.mean(Figure::Pending(95)), Unit::Seconds),
            Cell::maybe(setting.least_available(), Unit::Share(5)),
            Cell::several([Value::Word(mark)]),
        ],
    )
}

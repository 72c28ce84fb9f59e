//! Containers: what each requests, what is recommended, and how risky that would have been.

use backtest::{Container, Judged, Walked};

use super::Report;
use crate::format::{self, many, rate};
use crate::interval::share_unseen;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit, Value};

/// The containers that are listed; all are in JSON.
const LISTED: usize = 20;
/// From this share of the time on, CPU above its request is worth a word.
const SHORT: f64 = 0.05;

/// The containers of which most is requested and not used come first.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let chosen = report.chosen()?;
    let mut order: Vec<usize> = (0..report.history.containers.len()).collect();
    let wasted =
        |index: &usize| report.monthly(&chosen.containers[*index].score.lanes, |lane| lane.wasted);
    order.sort_by(|one, other| wasted(other).total_cmp(&wasted(one)));
    let listed = order.iter().take(LISTED);
    let rows = listed.map(|index| row(report, chosen, *index)).collect();
    let columns = ["pods", "cores diff", "CPU request", "memory request"];
    let mut blocks: Vec<Block> = vec![
        Table {
            title: "container",
            columns: columns.map(str::to_owned).to_vec(),
            notes: "risk, OOM kills",
            intervals: Intervals::Behind,
            rows,
        }
        .into(),
    ];
    if order.len() > LISTED {
        let more = many((order.len() - LISTED) as u64, "more container");
        blocks.push(Note::new(format!("{more}; `-o json` has all")).into());
    }
    let claim = format!("Recommended at the end of the history by {}", chosen.name);
    Some(Section::new("Containers", claim, blocks))
}

fn row(report: &Report<'_>, chosen: &Judged, index: usize) -> Row {
    let container = &report.history.containers[index];
    let walked = &chosen.containers[index];
    let (_, end) = container.span_ms().unwrap_or_default();
    let stated = container.stated_at(end).requests;
    let sized = container.recommendable(walked.now);
    let more = stated
        .cpu
        .zip(sized.cpu)
        .map(|(now, then)| (then as f64 - now as f64) / 1_000.0 * container.replicas as f64);
    Row::new(
        name(container),
        [
            Cell::of(container.replicas as f64, Unit::Number(0)),
            Cell::maybe(more, Unit::Cores),
            change(stated.cpu, sized.cpu, Unit::Millicores),
            change(stated.memory, sized.memory, Unit::Bytes),
        ],
    )
    .noted(risk(report, container, walked))
}

/// `namespace/workload container`, as far as they are known.
pub(super) fn name(container: &Container) -> String {
    let it = &container.name;
    let slash = if it.namespace.is_empty() { "" } else { "/" };
    let named = it.container.is_empty() || it.container == it.workload;
    let space = if named { String::new() } else { format!(" {}", it.container) };
    format!("{}{slash}{}{space}", it.namespace, it.workload)
}

/// What is requested, and what would be.
fn change(now: Option<u64>, then: Option<u64>, unit: Unit) -> Cell {
    let value = |amount: Option<u64>| {
        amount.map_or(Value::Missing, |amount| Value::Is(amount as f64, unit))
    };
    Cell { between: " -> ", ..Cell::several([value(now), value(then)]) }
}

/// How often its memory would have been too little, and for how long its CPU.
fn risk(report: &Report<'_>, container: &Container, walked: &Walked) -> String {
    let lanes = &walked.score.lanes;
    if lanes.memory.samples == 0 && lanes.cpu.samples == 0 {
        return "not judged: too short".into();
    }
    let short = lanes.cpu.short().filter(|share| *share >= SHORT);
    let short = short.map(|share| format!("CPU short {:.0} %", 100.0 * share));
    let kills = walked.score.kills();
    if kills > 0 {
        let weekly = rate(report.weekly(kills));
        return format!("high: {} seen, {weekly}/wk", format::thousands(kills as f64));
    }
    let unseen =
        unseen(report, container, walked).map(|most| format!("0 seen, < {}/wk", rate(most)));
    let level = if short.is_some() { "medium" } else { "low" };
    let words: Vec<String> = [short, unseen].into_iter().flatten().collect();
    if words.is_empty() { level.into() } else { format!("{level}: {}", words.join(", ")) }
}

/// How many kills a week there may be at most where none was seen: the rule of three, by the day; none
/// if that was less than a day, or memory was not judged.
pub(super) fn unseen(report: &Report<'_>, container: &Container, walked: &Walked) -> Option<f64> {
    let (start, end) = container.span_ms()?;
    let judged_ms = end.abs_diff(start).saturating_sub(report.plan.learn.as_ms());
    let days = usize::try_from(judged_ms / 86_400_000).ok()?;
    let memory = &walked.score.lanes.memory;
    let counts = days > 0 && memory.samples > 0 && memory.above_limit.samples == 0;
    counts.then(|| 7.0 * share_unseen(days))
}

//! Requests that fit: what containers request now, what is recommended, what the difference is worth, and
//! what speaks for it.

use crate::format::rate;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit, Value};
use crate::summary::{ContainerFit, Summary};

/// At most this many containers are printed; the rest is in the summary.
const SHOWN: usize = 10;
/// From this share of the time on, in percent, throttling is worth a word.
const THROTTLED: f64 = 1.0;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let containers = summary.subject().plan.fit.as_ref()?;
    let rows = containers.iter().take(SHOWN).map(row);
    let columns = ["pods", "CPU request", "memory request", "slack /mo"];
    let table = Table {
        title: "Container",
        columns: columns.map(str::to_owned).to_vec(),
        notes: "risk, evictions",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    let mut blocks = vec![Block::Table(table)];
    if containers.len() > SHOWN {
        let more = crate::format::many((containers.len() - SHOWN) as u64, "more container");
        blocks.push(Note::new(format!("{more}: all are in summary.json")).into());
    }
    let bound = "Slack is a bound on what could be saved, and no saving: nodes of pools of a fixed size do \
                 not go away for it. A run folder has patches to paste: requests.yaml.";
    blocks.push(Note::new(bound).into());
    Some(Section::new("Requests that fit", "", blocks))
}

fn row(fit: &ContainerFit) -> Row {
    let mean = |estimate: crate::stats::Estimate| estimate.mean;
    let cells = [
        Cell::maybe(fit.replicas.map(mean), Unit::Number(0)),
        change(fit.cpu_requested_milli, fit.cpu_recommended_milli.map(mean), Unit::Millicores),
        change(fit.memory_requested_bytes, fit.memory_recommended_bytes.map(mean), Unit::Bytes),
        Cell::maybe(fit.slack_usd_monthly.map(mean), Unit::Usd),
    ];
    let name = format!("{}/{}", fit.workload, fit.container);
    Row::new(name, cells).noted(risk(fit))
}

/// What is requested, and what is recommended.
fn change(now: u64, then: Option<f64>, unit: Unit) -> Cell {
    let now = if now == 0 { Value::Missing } else { Value::Is(now as f64, unit) };
    let then = then.map_or(Value::Missing, |then| Value::Is(then, unit));
    Cell { between: " -> ", ..Cell::several([now, then]) }
}

/// How often it is killed, for how long it is throttled, and how often its pods are evicted for it.
fn risk(fit: &ContainerFit) -> String {
    let kills = fit.oom_kills_per_week.mean;
    let throttled = fit.throttled_percent.map_or(0.0, |share| share.mean);
    let level = match (kills > 0.0, throttled >= THROTTLED) {
        (true, _) => "high",
        (false, true) => "medium",
        (false, false) => "low",
    };
    let mut words = Vec::new();
    if kills > 0.0 {
        words.push(format!("{} OOM/wk", rate(kills)));
    }
    if throttled >= THROTTLED {
        words.push(format!("throttled {throttled:.0} %"));
    }
    let evictions = fit.vpa_evictions_per_day.mean;
    if evictions > 0.0 {
        words.push(format!("{} evicted/d", rate(evictions)));
    }
    if words.is_empty() { level.into() } else { format!("{level}: {}", words.join(", ")) }
}

//! Requests that fit: what containers request now, what is recommended, and what the difference is worth.

use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit};
use crate::summary::{ContainerFit, Summary};

/// At most this many containers are printed; the rest is in the summary.
const SHOWN: usize = 10;
const MIB: f64 = (1 << 20) as f64;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let containers = summary.subject().plan.fit.as_ref()?;
    let rows = containers.iter().take(SHOWN).map(row);
    let columns = [
        "replicas",
        "CPU m now",
        "CPU m fit",
        "MiB now",
        "MiB fit",
        "slack /month",
        "OOM kills /week",
        "VPA evictions /day",
    ];
    let table = Table {
        title: "Container",
        columns: columns.map(str::to_owned).to_vec(),
        notes: "",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    let bound = "Slack is a bound on what could be saved and no saving: pools keep their size, so that no \
                 node goes away.";
    let blocks = vec![Block::Table(table), Block::Note(Note::new(bound))];
    Some(Section::new("Requests that fit", "", blocks))
}

fn row(fit: &ContainerFit) -> Row {
    let number = |value: Option<f64>| Cell::maybe(value, Unit::Number(0));
    let cells = [
        number(fit.replicas.map(|it| it.mean)),
        number(Some(fit.cpu_requested_milli as f64)),
        number(fit.cpu_recommended_milli.map(|it| it.mean)),
        number(Some(fit.memory_requested_bytes as f64 / MIB)),
        number(fit.memory_recommended_bytes.map(|it| it.mean / MIB)),
        Cell::maybe(fit.slack_usd_monthly.map(|it| it.mean), Unit::Usd),
        Cell::of(fit.oom_kills_per_week.mean, Unit::Rate),
        Cell::of(fit.vpa_evictions_per_day.mean, Unit::Rate),
    ];
    Row::new(format!("{}/{}", fit.workload, fit.container), cells)
}

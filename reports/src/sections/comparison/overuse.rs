//! The rows about pods that would use more than they may, or than there is.

use crate::section::{Cell, Row, Unit, Value};
use crate::sections::rows::Rows;
use crate::stats::Estimate;
use crate::summary::Overuse;

/// How many workloads with kills are named.
const NAMED: usize = 3;

/// What happens so often a week.
type Figure = fn(&Overuse) -> Estimate;

/// The rows of these, one of each plan, the subject's last.
pub(super) fn rows(rows: &mut Rows<'_>, all: &[&Overuse]) {
    let Some(own) = all.last() else { return };
    let weekly = |rows: &Rows<'_>, name: &str, of: Figure| {
        rows.rates(name, all.iter().map(|overuse| of(overuse)))
    };
    rows.push(weekly(rows, "OOM kills /week", |it| it.oom_kills_per_week));
    if all.iter().any(|it| it.oom_kills_of_nodes_per_week.mean > 0.0) {
        let row = weekly(rows, "of nodes out of memory", |it| it.oom_kills_of_nodes_per_week);
        rows.push(row.part());
    }
    for killed in own.workloads.iter().take(NAMED) {
        let kills = all.iter().map(|overuse| {
            let same = overuse.workloads.iter().find(|it| it.workload == killed.workload);
            same.map_or(Estimate::of(&[0.0]), |it| it.oom_kills_per_week)
        });
        rows.push(rows.rates(&killed.workload, kills).part());
    }
    rows.push(weekly(rows, "Restarts /week", |it| it.restarts_per_week));
    rows.push(weekly(rows, "Pressure evictions /week", |it| it.pressure_evictions_per_week));
    let percent =
        |it: Option<Estimate>| it.map_or(Value::Missing, |it| Value::Is(it.mean, Unit::Percent(1)));
    let shares = |it: &&Overuse| {
        Cell::several([percent(it.throttled_percent), percent(it.contended_percent)])
    };
    let cells: Vec<Cell> = all.iter().map(shares).collect();
    rows.push(Row::new("CPU throttled / contended", cells).noted("of what pods would use"));
}

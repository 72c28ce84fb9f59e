//! Expectations: what figures are to keep to, and what came out.

use sim::terms::metrics::Unit as Counted;

use crate::expect::Judged;
use crate::format::{ends, thousands};
use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit};
use crate::summary::Summary;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    of(&summary.subject().expectations)
}

/// The expectations of a scenario and how they fared; none if it states none.
pub(crate) fn of(judged: &[Judged]) -> Option<Section> {
    let failed = judged.iter().filter(|it| it.holds == Some(false)).count();
    let claim = format!("Expectations ({failed} of {} not met)", judged.len());
    let rows = judged.iter().map(|it| {
        let mark = match it.holds {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "-",
        };
        let cell = it.value.map_or(Cell::EMPTY, |value| Cell::of(value, unit(it.unit.0)));
        Row::new(format!("{mark} {}", it.expect), [cell]).noted(remark(it))
    });
    let table = Table {
        title: "EXPECT",
        columns: vec!["VALUE".into()],
        notes: "REMARK",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    (!judged.is_empty()).then(|| Section::new("Expectations", claim, vec![Block::List(table)]))
}

/// The value as people read it.
pub(crate) fn value(it: &Judged) -> Option<String> {
    it.value.map(|value| Cell::of(value, unit(it.unit.0)).text())
}

/// What there is to say beside the value.
pub(crate) fn remark(it: &Judged) -> String {
    let mut said = Vec::new();
    if it.lacks_base {
        said.push("not judged: no base plan; `spotsim compare` has one".to_owned());
    } else if it.holds.is_none() {
        said.push("not judged: no run has anything of the kind".to_owned());
    }
    if let Some(limit) = it.limit {
        said.push(format!("limit {}", Cell::of(limit, unit(it.unit.0)).text()));
    }
    if it.at_least {
        said.push("a lower bound: pods still wait at the end".to_owned());
    }
    if !it.certain {
        let mut text = format!("not certain at n = {}", it.replications);
        if let Some((low, high)) = it.low.zip(it.high) {
            text = format!("{text} ({})", interval(it, low, high));
        }
        if let Some(enough) = it.enough {
            text = format!("{text}; about {} would tell", thousands(enough as f64));
        }
        said.push(text);
    }
    if it.holds == Some(false)
        && let Some((worst, run)) = it.worst.zip(it.worst_run.as_ref())
        && it.unit.0 != Counted::Share
    {
        said.push(format!("worst replication {} ({run})", Cell::of(worst, unit(it.unit.0)).text()));
    }
    if it.holds == Some(false) && !it.decides {
        said.push("a warning".to_owned());
    }
    said.join("; ")
}

fn interval(it: &Judged, low: f64, high: f64) -> String {
    match it.unit.0 {
        Counted::Percent => ends(low, high),
        Counted::Usd | Counted::Seconds | Counted::Share | Counted::Number => {
            let [low, high] = [low, high].map(|end| Cell::of(end, unit(it.unit.0)).text());
            format!("{low} to {high}")
        }
    }
}

fn unit(unit: Counted) -> Unit {
    match unit {
        Counted::Usd => Unit::Money(2),
        Counted::Seconds => Unit::Seconds,
        Counted::Percent => Unit::Percent(1),
        Counted::Share => Unit::Share(5),
        Counted::Number => Unit::Rate,
    }
}

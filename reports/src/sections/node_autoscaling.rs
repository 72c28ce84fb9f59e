//! Node autoscaling: what a program that buys nodes launches and removes and why, what consolidation saves
//! and moves, and what pods wait for until a new node is theirs.

use std::collections::BTreeSet;

use super::rows::Rows;
use crate::folds::declared::{Place, declarations};
use crate::section::{Block, Cell, Row, Section, Table, Unit, Value};
use crate::stats::Estimate;
use crate::summary::{Consolidations, NodeAutoscaling, Plan, Summary};

/// Figures that the reasons of the program say in its own words.
const SAID_BY_REASONS: [&str; 2] = ["emptyRemovalsPerDay", "underutilizedRemovalsPerDay"];

/// What an average consolidation comes to.
type Each = fn(&Consolidations) -> Estimate;

/// The figures of an average consolidation.
const EACH: [(&str, Unit, Each); 3] = [
    ("nodes of each", Unit::Rate, |it| it.nodes),
    ("saved by each, $ /h", Unit::Money(3), |it| it.saves_usd_per_hour),
    ("pods moved by each", Unit::Rate, |it| it.moves_pods),
];

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let mut rows = Rows::of(summary);
    let all = rows.all(|plan| plan.node_autoscaling.as_ref())?;
    let own = declarations().filter(|it| it.place == Place::Autoscaling);
    for it in own.filter(|it| !SAID_BY_REASONS.contains(&it.key)) {
        rows.declared(it);
        match it.key {
            "nodeLaunchesPerDay" => {
                by_reason(&mut rows, &all, |it| it.launches_by_reason_per_day.iter());
            }
            "nodeRemovalsPerDay" => {
                by_reason(&mut rows, &all, |it| it.removals_by_reason_per_day.iter());
            }
            _ => {}
        }
    }
    let churn = |plan: &Plan| {
        let percent = plan.node_autoscaling.as_ref().and_then(|it| it.churn_percent_per_day);
        percent
            .map_or(Cell::maybe(None, Unit::Rate), |it| Cell::mean(it, Unit::Percent(0)).within(it))
    };
    rows.row("Churn /day", churn);
    consolidations(&mut rows, &all);
    let charts = ["types", "scaling", "packing"].map(Block::Chart);
    let table = Table { title: "Node autoscaling", ..rows.table() };
    let blocks = [Block::Table(table)].into_iter().chain(charts).collect();
    Some(Section::new("Node autoscaling", "", blocks))
}

/// A row for each reason of any plan, in the words of the program.
fn by_reason<'s, I: Iterator<Item = (&'s &'static str, &'s Estimate)>>(
    rows: &mut Rows<'_>,
    all: &[&'s NodeAutoscaling],
    of: fn(&'s NodeAutoscaling) -> I,
) {
    let reasons: BTreeSet<&'static str> =
        all.iter().flat_map(|it| of(it).map(|(reason, _)| *reason)).collect();
    for reason in reasons {
        let rates = all.iter().map(|it| {
            let own = of(it).find(|(own, _)| **own == reason).map(|(_, rate)| *rate);
            own.unwrap_or(Estimate::of(&[0.0]))
        });
        let row = rows.rates(reason, rates);
        rows.push(row.part());
    }
}

/// How often nodes are consolidated, and what that is worth and costs.
fn consolidations(rows: &mut Rows<'_>, all: &[&NodeAutoscaling]) {
    if all.iter().all(|it| it.consolidation.is_none()) {
        return;
    }
    let row = rows.rates("Consolidations /day", all.iter().map(|it| it.consolidations_per_day));
    rows.push(row);
    for (name, unit, of) in EACH {
        let cells = all.iter().map(|it| {
            let own = it.consolidation.as_ref().map(of);
            own.map_or(Cell::maybe(None, unit), |it| Cell::mean(it, unit).within(it))
        });
        let cells: Vec<Cell> = cells.collect();
        rows.push(Row::new(name, cells).part());
    }
    let share =
        |it: Option<Estimate>| it.map_or(Value::Missing, |it| Value::Is(it.mean, Unit::Percent(0)));
    let cells = all.iter().map(|it| {
        let shares = it
            .consolidation
            .as_ref()
            .map(|it| [it.cpu_requested_percent_before, it.cpu_requested_percent_after].map(share));
        shares.map_or(Cell::maybe(None, Unit::Rate), Cell::several)
    });
    let cells: Vec<Cell> = cells.collect();
    rows.push(Row::new("CPU requested before / after", cells).part());
}

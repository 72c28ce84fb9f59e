//! Availability by workload: what share of time each could serve, beside the baseline, and in the
//! worst run.

use super::{Story, percent_axis};
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::format::many;
use crate::summary::WorkloadAvailability;

/// This many workloads have a row, the least available.
const SHOWN: usize = 10;

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let (subject, baseline) = (story.about(), story.summary.baseline());
    let never = subject.never_placed.iter().flat_map(|never| &never.workloads);
    let never: Vec<&str> = never.map(|row| row.workload.as_str()).collect();
    // What never runs says nothing of how reclaims are survived.
    let runs = |row: &&WorkloadAvailability| {
        row.availability.is_some() && !never.contains(&row.workload.as_str())
    };
    let all: Vec<&WorkloadAvailability> = subject.plan.availability.iter().filter(runs).collect();
    let rows = &all[..all.len().min(SHOWN)];
    let base = |name: &str| {
        baseline?.plan.availability.iter().find(|row| row.workload == name)?.availability
    };
    let least = rows
        .iter()
        .flat_map(|row| [row.availability, row.worst, base(&row.workload)])
        .flatten()
        .fold(1.0, f64::min);
    let count = rows.len().max(1) as f64;
    let middle = |index: usize| count - index as f64 - 0.5;
    let mut marks = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let y = middle(index);
        let Some(mean) = row.availability.map(percent) else { continue };
        let worst = row.worst.map_or(mean, percent);
        let ink = Ink::tint(Color::Orange, 0.6);
        // Both plans side by side, so that neither hides the other.
        let (above, below) = (y + 0.15, y - 0.15);
        let points = vec![(worst, below), (mean, below)];
        marks.push(Mark::Line { points, ink, stroke: Stroke::Plain });
        let mut dot = |at: (f64, f64), shape: Shape, color: Color| {
            marks.push(Mark::Dot { at, shape, color, size: 1.0 });
        };
        if let Some(base) = base(&row.workload) {
            dot((percent(base), above), Shape::Square, Color::Blue);
        }
        dot((worst, below), Shape::Ring, Color::Vermillion);
        dot((mean, below), Shape::Circle, Color::Orange);
    }
    if rows.is_empty() {
        marks.push(Mark::remark((50.0, 0.5), "No workload is to serve, or none runs"));
    }
    let tick = |(index, row): (usize, &&WorkloadAvailability)| {
        let name = row.workload.strip_prefix("default/").unwrap_or(&row.workload);
        Tick { at: middle(index), text: name.to_owned() }
    };
    let ticks = rows.iter().enumerate().map(tick).collect();
    let x = if rows.is_empty() {
        percent_axis("share of time with enough replicas", 0.0, 100.0)
    } else {
        // Where nothing is missing there is nothing to look at closely.
        let least = if least < 1.0 { percent(least) } else { 99.0 };
        percent_axis("share of time with enough replicas", least, 100.0)
    };
    let exact = |value: Option<f64>| value.map_or_else(|| "-".into(), share);
    let datum = |(index, row): (usize, &&WorkloadAvailability)| {
        let mut values = vec![exact(row.availability), exact(row.worst)];
        values.extend(baseline.map(|_| exact(base(&row.workload))));
        Datum::new(&row.workload, values).y(middle(index))
    };
    let columns = ["Workload", "mean", "worst replication"].into_iter();
    let columns = columns.chain(baseline.map(|it| &it.name[..]));
    let data = Data::of(columns, rows.iter().enumerate().map(datum).collect());
    Chart {
        name: "availability",
        title: title(rows),
        subtitle: format!(
            "{}, {}{}",
            if all.len() > rows.len() {
                format!("The least available {} of {} workloads", rows.len(), all.len())
            } else {
                many(all.len() as u64, "workload")
            },
            story.replications(),
            if never.is_empty() { "" } else { ", without those with pods that never run" }
        ),
        source: story.source(),
        key: [
            Key::new(Shape::Circle, Color::Orange, format!("{}, mean", subject.name)),
            Key::new(Shape::Ring, Color::Vermillion, "its worst replication"),
        ]
        .into_iter()
        .chain(
            baseline
                .map(|it| Key::new(Shape::Square, Color::Blue, format!("{} plan, mean", it.name))),
        )
        .collect(),
        x,
        y: Axis { ticks, lines: true, ..Axis::bare(0.0, count) },
        marks,
        sides: Vec::new(),
        data,
    }
}

fn title(rows: &[&WorkloadAvailability]) -> String {
    let worst = rows.first().and_then(|row| Some((&row.workload, row.availability?, row.worst?)));
    match worst {
        None => "No workload's availability is measured".into(),
        Some((_, mean, worst)) if mean >= 1.0 && worst >= 1.0 => {
            "Every workload has enough replicas at every moment".into()
        }
        Some((name, mean, worst)) => {
            let in_worst = if share(worst) == share(mean) {
                String::new()
            } else {
                format!(", {} in its worst run", share(worst))
            };
            format!("{name} is the least available: {} of the time{in_worst}", share(mean))
        }
    }
}

/// A share as a percentage with as many digits as show how far from all it is.
fn share(value: f64) -> String {
    let missing = 100.0 * (1.0 - value);
    if missing > 0.0 && missing < 0.000_05 {
        return "more than 99.9999 %".into();
    }
    let decimals = match missing {
        m if m <= 0.0 => 0,
        m if m >= 1.0 => 1,
        m if m >= 0.1 => 2,
        m if m >= 0.01 => 3,
        _ => 4,
    };
    format!("{:.decimals$} %", 100.0 * value)
}

fn percent(share: f64) -> f64 {
    100.0 * share
}

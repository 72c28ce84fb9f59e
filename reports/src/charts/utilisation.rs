//! CPU and memory over time: what nodes offer, what is requested of it and what is used.

use super::{Story, edges, last, over_time};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Side, Stroke, stair_area, stairs};
use crate::folds::utilisation::{Quantity, Utilisation};
use crate::format::{rate, thousands, time};

/// CPU (0) or memory (1): the name of the chart, what is measured, and how many units of the series are
/// one of the axis.
const LANES: [(&str, &str, &str, f64); 2] =
    [("cpu", "CPU", "cores", 1_000.0), ("memory", "Memory", "GiB", 1_024.0)];

/// A chart of CPU or memory; none where nothing of it is used.
pub(super) fn chart(story: &Story<'_>, lane: usize) -> Option<Chart> {
    let series = story.subject.utilisation.as_ref()?;
    let (name, what, unit, per) = LANES[lane];
    let (edges, steps) = (edges(story.subject), series.steps());
    let [offered, requested, used] =
        [Quantity::Allocatable(lane), Quantity::Requested(lane), Quantity::Used(lane)]
            .map(|quantity| Lines::of(series, quantity, per));
    if used.mean.iter().all(|used| *used <= 0.0) {
        return None;
    }
    let floor = vec![0.0; steps];
    let line = |values: &[f64], color, stroke| Mark::line(stairs(&edges, values), color, stroke);
    let band = |lines: &Lines, color| Mark::Area {
        points: stair_area(&edges, &lines.least, &lines.most),
        ink: Ink::tint(color, 0.3),
    };
    let marks = vec![
        Mark::Area {
            points: stair_area(&edges, &floor, &offered.mean),
            ink: Ink::tint(Color::Grey, 0.15),
        },
        band(&requested, Color::Purple),
        band(&used, Color::Green),
        line(&offered.mean, Color::Grey, Stroke::Thin),
        line(&requested.mean, Color::Purple, Stroke::Plain),
        line(&used.mean, Color::Green, Stroke::Plain),
    ];
    let share = |lines: &Lines| format!("{:.0} %", 100.0 * lines.whole() / offered.whole());
    let side = |lines: &Lines, name: &str, value: String, color| {
        Side::new(last(&lines.mean), name, value, color)
    };
    let mean = format!("{} {unit}", amount(offered.whole() / steps as f64));
    let sides = vec![
        side(&offered, "allocatable", mean, Color::Grey),
        side(&requested, "requested", share(&requested), Color::Purple),
        side(&used, "used", share(&used), Color::Green),
    ];
    let peak = used.most.iter().zip(&offered.mean).map(|(used, offered)| used / offered);
    let peak = 100.0 * peak.filter(|share| share.is_finite()).fold(0.0, f64::max);
    let columns: [(&str, &[f64]); 4] = [
        ("allocatable", &offered.mean),
        ("requested", &requested.mean),
        ("used", &used.mean),
        ("most used", &used.most),
    ];
    let data = over_time(story.subject, unit, &columns, rate);
    let all = offered.most.iter().chain(&requested.most).chain(&used.most);
    let most = all.copied().fold(0.0, f64::max);
    Some(Chart {
        name,
        title: format!(
            "{what}: {} of what nodes offer is requested, {} is used, {peak:.0} % at most",
            share(&requested),
            share(&used)
        ),
        subtitle: format!(
            "Mean of {}; bands from the least to the most of any, in steps of {}",
            story.replications(),
            time(story.subject.edge(1).since(story.subject.edge(0)).as_secs_f64())
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero(unit, most, false, super::decimal),
        marks,
        sides,
        data,
    })
}

/// A quantity over time: its mean, and the least and most of any replication.
struct Lines {
    mean: Vec<f64>,
    least: Vec<f64>,
    most: Vec<f64>,
}

impl Lines {
    fn of(series: &Utilisation, quantity: Quantity, per: f64) -> Lines {
        let values = |which: usize| {
            (0..series.steps()).map(|step| series.at(quantity, step)[which] / per).collect()
        };
        Lines { mean: values(0), least: values(1), most: values(2) }
    }

    fn whole(&self) -> f64 {
        self.mean.iter().sum()
    }
}

fn amount(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { thousands(value) }
}

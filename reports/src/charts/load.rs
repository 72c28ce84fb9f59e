//! Requests over time: how many come in, how many are served, and what is between the two.

use super::{Story, edges, last, over_time};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Side, Stroke, stair_area, stairs};
use crate::folds::utilisation::Quantity;
use crate::format::{rate, thousands};

/// The chart; none where no load is modelled.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    let series = story.subject.utilisation.as_ref()?;
    let load = story.summary.subject().plan.load.as_ref()?;
    let (edges, steps) = (edges(story.subject), series.steps());
    let lines = |quantity| -> [Vec<f64>; 3] {
        std::array::from_fn(|which| {
            (0..steps).map(|step| series.at(quantity, step)[which] / 1_000.0).collect()
        })
    };
    let [offered, _, _] = lines(Quantity::Offered);
    let [served, served_least, served_most] = lines(Quantity::Served);
    let floor = vec![0.0; steps];
    let marks = vec![
        Mark::Area {
            points: stair_area(&edges, &floor, &served),
            ink: Ink::tint(Color::Green, 0.25),
        },
        Mark::Area {
            points: stair_area(&edges, &served, &offered),
            ink: Ink::tint(Color::Vermillion, 0.6),
        },
        Mark::Area {
            points: stair_area(&edges, &served_least, &served_most),
            ink: Ink::tint(Color::Green, 0.3),
        },
        Mark::line(stairs(&edges, &served), Color::Green, Stroke::Plain),
        Mark::line(stairs(&edges, &offered), Color::Black, Stroke::Thin),
    ];
    let sum = |of: fn(&crate::summary::WorkloadLoad) -> f64| load.iter().map(of).sum::<f64>();
    let all = sum(|row| row.requests_per_day.mean);
    let lost = sum(|row| row.unserved_per_day.mean);
    let per_second = |a_day: f64| format!("{}/s", thousands(a_day / 86_400.0));
    let sides = vec![
        Side::new(last(&offered), "offered", per_second(all), Color::Black),
        Side::new(last(&served) / 2.0, "served", per_second(all - lost), Color::Green),
    ];
    let columns: [(&str, &[f64]); 3] =
        [("offered", &offered), ("served", &served), ("least served", &served_least)];
    let data = over_time(story.subject, "requests/s", &columns, rate);
    let most = offered.iter().copied().fold(0.0, f64::max);
    let worst = load.first().filter(|row| row.unserved_per_day.mean > 0.0);
    let title = match worst {
        None => format!("All requests are served, {} a day", thousands(all)),
        Some(worst) => format!(
            "{:.2} % of requests are not served, {} a day; of {} {:.2} %",
            100.0 * lost / all.max(1.0),
            thousands(lost),
            worst.workload.strip_prefix("default/").unwrap_or(&worst.workload),
            worst.unserved_percent.map_or(0.0, |share| share.mean)
        ),
    };
    Some(Chart {
        name: "load",
        title,
        subtitle: format!(
            "Requests to all workloads with `load`, mean of {}; band: the least and most served in any",
            story.replications()
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("requests per second", most, false, super::decimal),
        marks,
        sides,
        data,
    })
}

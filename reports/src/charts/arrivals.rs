//! Arrivals over time: pods that are created while the scenario runs, other than in place of others.

use super::{Story, edges, over_time};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Stroke, stair_area, stairs};
use crate::folds::utilisation::Quantity;
use crate::format::{rate, thousands, time};

/// The chart; none where no pod arrives.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    let series = story.subject.utilisation.as_ref()?;
    let (edges, steps) = (edges(story.subject), series.steps());
    let window = story.subject.to.since(story.subject.from).as_hours_f64();
    let per_hour = steps as f64 / window;
    let lines: [Vec<f64>; 3] = std::array::from_fn(|which| {
        (0..steps).map(|step| series.at(Quantity::Created, step)[which] * per_hour).collect()
    });
    let [mean, least, most] = lines;
    let all: f64 = mean.iter().sum::<f64>() / per_hour;
    if all <= 0.0 {
        return None;
    }
    let highest = most.iter().copied().fold(0.0, f64::max);
    let floor = vec![0.0; steps];
    let columns: [(&str, &[f64]); 3] = [("mean", &mean), ("least", &least), ("most", &most)];
    let data = over_time(story.subject, "pods/h", &columns, rate);
    Some(Chart {
        name: "arrivals",
        title: format!(
            "{} pods arrive a day, {} an hour at most",
            count(all * 24.0 / window),
            count(highest)
        ),
        subtitle: format!(
            "Pods created an hour, but for those in place of others, mean of {}; band: the least and \
             most of any, in steps of {}",
            story.replications(),
            time(story.subject.edge(1).since(story.subject.edge(0)).as_secs_f64())
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("pods an hour", highest, false, super::decimal),
        marks: vec![
            Mark::Area {
                points: stair_area(&edges, &floor, &mean),
                ink: Ink::tint(Color::Sky, 0.5),
            },
            Mark::Area {
                points: stair_area(&edges, &least, &most),
                ink: Ink::tint(Color::Sky, 0.3),
            },
            Mark::line(stairs(&edges, &mean), Color::Blue, Stroke::Thin),
        ],
        sides: Vec::new(),
        data,
    })
}

/// A number of pods, with decimals where there are few.
fn count(pods: f64) -> String {
    if pods < 10.0 { rate(pods) } else { thousands(pods) }
}

//! Requests and recommendations: what each container requests now, what is recommended, and how far apart
//! the two are, for CPU and for memory.

use super::Story;
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::format::{bytes, many, usd, usd_to};
use crate::stats::Estimate;
use crate::summary::ContainerFit;

/// This many containers have a row: those with the most to gain or to lack.
const SHOWN: usize = 12;

/// CPU or memory, in what the summary has of a container.
struct Lane {
    name: &'static str,
    what: &'static str,
    axis: &'static str,
    /// How many units of the summary are one of the axis.
    per: f64,
    text: fn(f64) -> String,
    requested: fn(&ContainerFit) -> u64,
    recommended: fn(&ContainerFit) -> Option<Estimate>,
    slack: fn(&ContainerFit) -> Option<Estimate>,
}

const LANES: [Lane; 2] = [
    Lane {
        name: "requests-cpu",
        what: "CPU",
        axis: "cores of one pod",
        per: 1_000.0,
        text: |milli| format!("{milli:.0}m"),
        requested: |fit| fit.cpu_requested_milli,
        recommended: |fit| fit.cpu_recommended_milli,
        slack: |fit| fit.cpu_slack_usd_monthly,
    },
    Lane {
        name: "requests-memory",
        what: "memory",
        axis: "GiB of one pod",
        per: 1_073_741_824.0,
        text: bytes,
        requested: |fit| fit.memory_requested_bytes,
        recommended: |fit| fit.memory_recommended_bytes,
        slack: |fit| fit.memory_slack_usd_monthly,
    },
];

/// The chart of CPU (0) or memory (1); none where nothing is recommended of it.
pub(super) fn chart(story: &Story<'_>, lane: usize) -> Option<Chart> {
    let lane = &LANES[lane];
    let all = story.about().plan.fit.as_ref()?;
    let slack = |fit: &ContainerFit| (lane.slack)(fit).map_or(0.0, |slack| slack.mean);
    let mut rows: Vec<(&ContainerFit, f64, f64)> = all
        .iter()
        .filter_map(|fit| Some((fit, (lane.requested)(fit) as f64, (lane.recommended)(fit)?.mean)))
        .collect();
    let count = rows.len();
    rows.sort_by(|one, other| slack(other.0).abs().total_cmp(&slack(one.0).abs()));
    rows.truncate(SHOWN);
    let most = rows.iter().map(|(_, now, then)| now.max(*then) / lane.per).fold(0.0, f64::max);
    let height = rows.len() as f64;
    let (mut marks, mut ticks) = (Vec::new(), Vec::new());
    for (index, (fit, now, then)) in rows.iter().enumerate() {
        let y = height - index as f64 - 0.5;
        ticks.push(Tick { at: y, text: super::container_name(fit) });
        let ends = [now / lane.per, then / lane.per];
        let too_little = then > now;
        let color = if too_little { Color::Vermillion } else { Color::Green };
        let (points, ink) = (ends.map(|x| (x, y)).to_vec(), Ink::tint(color, 0.45));
        marks.push(Mark::Line { points, ink, stroke: Stroke::Plain });
        marks.push(dot((ends[0], y), Shape::Ring, Color::Grey));
        marks.push(dot((ends[1], y), Shape::Circle, color));
        let text = match slack(fit) {
            _ if fit.replicas.is_none() => String::new(),
            slack if slack < 0.0 => format!(", {} a month too little", usd(-slack)),
            slack => format!(", {} a month", usd(slack)),
        };
        let [now, then] = [*now, *then].map(lane.text);
        marks.push(label((ends[0].max(ends[1]), y), most, format!("{now} to {then}{text}")));
    }
    let data = rows.iter().enumerate().map(|(index, (fit, now, then))| {
        let worth = (lane.slack)(fit).map_or_else(|| "-".into(), |it| usd_to(it.mean, 2));
        let values = [(lane.text)(*now), (lane.text)(*then), worth];
        Datum::new(super::container_name(fit), values).y(height - index as f64 - 0.5)
    });
    let columns = ["Container", "requested", "recommended", "difference, a month"];
    let data = Data::of(columns, data.collect());
    let slack: f64 = all.iter().map(slack).sum();
    let what = lane.what;
    let title = match slack {
        slack if slack < 0.0 => {
            format!("{} a month of {what} more is recommended than requested", usd(-slack))
        }
        slack => {
            format!("{} a month of {what} is requested beyond what is recommended", usd(slack))
        }
    };
    let keys = [
        Key::new(Shape::Ring, Color::Grey, "requested"),
        Key::new(Shape::Circle, Color::Green, "recommended: less"),
        Key::new(Shape::Circle, Color::Vermillion, "recommended: more"),
    ];
    let less = rows.iter().any(|(_, now, then)| then <= now);
    let more = rows.iter().any(|(_, now, then)| then > now);
    let used = [true, less, more];
    (!rows.is_empty()).then(|| Chart {
        name: lane.name,
        title,
        subtitle: format!(
            "{} at the end, mean of {}. Money is a bound, no saving, as long as no node goes away",
            if count > rows.len() {
                format!("{} of {}", rows.len(), many(count as u64, "container"))
            } else {
                many(count as u64, "container")
            },
            story.replications()
        ),
        source: story.source(),
        key: keys.into_iter().zip(used).filter_map(|(key, used)| used.then_some(key)).collect(),
        x: Axis::from_zero(lane.axis, most, false, super::decimal),
        y: super::rows_axis(ticks),
        marks,
        sides: Vec::new(),
        data,
    })
}

fn dot(at: (f64, f64), shape: Shape, color: Color) -> Mark {
    Mark::Dot { at, shape, color, size: 1.2 }
}

/// Words behind a dumbbell, or below it where it ends far to the right.
fn label(at: (f64, f64), most: f64, text: String) -> Mark {
    let far = at.0 > 0.55 * most;
    let (shift, anchor) =
        if far { ((0.0, -10.0), Anchor::End) } else { ((14.0, 5.0), Anchor::Start) };
    Mark::Label { at, shift, text, anchor, color: Color::Black, strong: false, until: None }
}

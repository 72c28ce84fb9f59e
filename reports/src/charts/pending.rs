//! How long pods waited for a node: which share of them had found one within which time.

use super::{Drawn, OTHERS, Story, many};
use crate::chart::{Axis, Chart, Color, Data, Datum, Mark, Side, Stroke, Tick};
use crate::folds::pending::Waits;
use crate::format::{thousands, time};
use crate::summary::Pending;

/// The shortest wait that a logarithmic axis shows.
const AT_ONCE: f64 = 1.0;

/// The waits that are listed, in seconds.
const WITHIN: [f64; 10] = [1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 14_400.0];

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let own = &story.subject.waits;
    let others = story.others.iter().map(|other| &other.series.waits);
    let all: Vec<&Waits> = [own].into_iter().chain(others).collect();
    let longest = all
        .iter()
        .flat_map(|waits| waits.bound_within().last())
        .map(|(span, _)| span.as_secs_f64())
        .fold(0.0, f64::max);
    let x = Axis::durations("time from creation to binding", longest);
    let mut marks = Vec::new();
    let mut sides = Vec::new();
    let mut line = |waits: &Waits, name: &str, color: Color, stroke: Stroke| {
        let points = curve(waits, x.to);
        let Some((_, share)) = points.last().copied() else { return };
        marks.push(Mark::line(points, color, stroke));
        let value = match waits.still_waiting() {
            0 => many(waits.total(), "pod"),
            still => {
                let all = thousands(waits.total() as f64);
                format!("{} of {all} still wait", thousands(still as f64))
            }
        };
        sides.push(Side::new(share, name, value, color));
    };
    for (other, color) in story.others.iter().zip(OTHERS.into_iter().cycle()) {
        line(&other.series.waits, &other.label(), color, Stroke::Dashed);
    }
    line(own, &story.about().name, Color::Black, Stroke::Plain);
    let never = story.about().never_placed.as_ref();
    let remark = match (own.total(), longest < AT_ONCE) {
        (0, _) if never.is_some() => Some("All pods wait since before the window".to_owned()),
        (total, _) if total > 0 && own.still_waiting() == total => {
            Some(format!("None of {} has found a node at the end", many(total, "pod")))
        }
        (0, _) => Some("No pod was created in the window".to_owned()),
        (total, true) if own.still_waiting() == 0 => Some(format!(
            "All of {} were bound in the second they were created",
            many(total, "pod")
        )),
        _ => None,
    };
    if let Some(text) = remark {
        marks.push(Mark::remark((x.to.sqrt(), 62.5), text));
    }
    let floor = floor(&all);
    let tick = |part: f64| {
        let at = floor + (100.0 - floor) * part;
        Tick { at, text: format!("{at} %") }
    };
    let y = Axis {
        label: "share of pods that have found a node".into(),
        ticks: [0.0, 0.25, 0.5, 0.75, 1.0].map(tick).to_vec(),
        lines: true,
        ..Axis::bare(floor, 100.0)
    };
    let zoomed =
        if floor > 0.0 { format!(". The axis begins at {floor} %") } else { String::new() };
    Chart {
        name: "pending",
        title: title(story),
        subtitle: format!("All pods created in the window, over {}{zoomed}", story.replications()),
        source: story.source(),
        key: Vec::new(),
        x,
        y,
        marks,
        sides,
        data: data(story, &all),
    }
}

/// The share of pods, in percent, that had found a node within each time of the axis.
fn data(story: &Story<'_>, all: &[&Waits]) -> Data {
    let within = |waits: &Waits, seconds: f64| match waits.total() {
        0 => "-".to_owned(),
        total => {
            let bound = waits.bound_within();
            let bound = bound.take_while(|(span, _)| span.as_secs_f64() <= seconds).last();
            let share = bound.map_or(0.0, |(_, bound)| bound as f64) / total as f64;
            format!("{:.3} %", 100.0 * share)
        }
    };
    let rows = WITHIN.iter().map(|seconds| {
        let values: Vec<String> = all.iter().map(|waits| within(waits, *seconds)).collect();
        Datum::new(time(*seconds), values).x(*seconds)
    });
    let labels: Vec<String> = story.others.iter().map(Drawn::label).collect();
    let names = std::iter::once(&story.about().name).chain(&labels).map(String::as_str);
    Data::of(std::iter::once("Within").chain(names), rows.collect())
}

/// The share of pods, in percent, that had found a node within each time.
fn curve(waits: &Waits, to: f64) -> Vec<(f64, f64)> {
    let total = waits.total();
    if total == 0 {
        return Vec::new();
    }
    let percent = |bound: u64| 100.0 * bound as f64 / total as f64;
    let mut share = 0.0;
    let mut points = Vec::new();
    for (span, bound) in waits.bound_within() {
        let at = span.as_secs_f64();
        // What is below the first mark is where the curve begins.
        if at > AT_ONCE {
            points.extend([(at, share), (at, percent(bound))]);
        }
        share = percent(bound);
        if points.is_empty() {
            points.push((AT_ONCE, share));
        }
    }
    points.push((to, share));
    points
}

/// Where the axis of shares begins, so that few pods that wait are seen beside many that do not.
fn floor(waits: &[&Waits]) -> f64 {
    let at_once = |waits: &&Waits| match curve(waits, f64::MAX).first() {
        Some((_, share)) if *share < 100.0 => *share,
        _ => f64::INFINITY,
    };
    let least = waits.iter().map(at_once).fold(f64::INFINITY, f64::min);
    let floors = [99.0, 90.0, 50.0].into_iter().find(|floor| *floor < least);
    if least.is_finite() { floors.unwrap_or(0.0) } else { 0.0 }
}

fn title(story: &Story<'_>) -> String {
    let plan = &story.about().plan;
    if let Some(never) = &story.about().never_placed {
        return format!("{}: no node takes them", never.count());
    }
    let Some((p95, longest)) = plan.pending_seconds_p95.zip(plan.pending_seconds_max) else {
        return "No pod had to look for a node".into();
    };
    let at_once = |wait: Pending| wait.seconds == 0.0 && !wait.at_least;
    if at_once(longest) {
        return "Every pod finds a node at once".into();
    }
    if p95.at_least {
        return format!("One pod in twenty waits for {} or more", time(p95.seconds));
    }
    let longest =
        format!("{}{}", time(longest.seconds), if longest.at_least { " or more" } else { "" });
    let still = match story.subject.waits.still_waiting() {
        0 => String::new(),
        1 => "; 1 still waits at the end".into(),
        still => format!("; {} still wait at the end", thousands(still as f64)),
    };
    if at_once(p95) {
        format!("95 % of pods find a node at once; the longest wait is {longest}{still}")
    } else {
        format!("95 % of pods wait for at most {}, the longest {longest}{still}", time(p95.seconds))
    }
}

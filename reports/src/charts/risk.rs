//! Saving against risk: where the plan stands, and where it would if the provider took instances
//! more or less often.

use super::{Story, percent_axis};
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Mark, Shape, Stroke};
use crate::format::{many, rate};
use crate::stats::Estimate;

/// A multiple of the rates that are known.
struct Point {
    name: String,
    risk: Estimate,
    saving: Estimate,
}

/// Harm that is counted, and what its axis is called.
const HARM: &str = "pods cut short or killed, per day";
/// The same where no pod comes to harm at any rate.
const TAKEN: &str = "nodes taken by the provider, per day";

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let rows = &story.summary.sensitivity;
    let harmless = rows.iter().all(|row| row.cut_short_or_killed_per_day.mean == 0.0);
    let mut points: Vec<Point> = rows
        .iter()
        .filter_map(|row| {
            let saving = row.saving_percent?;
            let risk =
                if harmless { row.reclaims_per_day } else { row.cut_short_or_killed_per_day };
            Some(Point { name: format!("×{}", row.scale), risk, saving })
        })
        .collect();
    // Where nothing is taken at a rate, what is scripted is all there is.
    let single = points.is_empty();
    let saving = story.about().saving.as_ref().and_then(|saving| saving.percent);
    if let Some(saving) = saving.filter(|_| single) {
        let risk = story.about().plan.reclaims_per_day;
        points.push(Point { name: "as it is".into(), risk, saving });
    }
    let most = points.iter().map(|point| high(point.risk)).fold(0.0, f64::max);
    let lows = points.iter().map(|point| low(point.saving));
    let highs = points.iter().map(|point| high(point.saving));
    let (least, largest) =
        (lows.fold(f64::INFINITY, f64::min), highs.fold(f64::NEG_INFINITY, f64::max));
    let x = Axis::from_zero(if harmless { TAKEN } else { HARM }, most, false, |at, _| rate(at));
    let of = format!("saving, % of the {} plan", story.baseline());
    let y = if points.is_empty() {
        percent_axis(&of, 0.0, 100.0)
    } else {
        // Not closer than a tenth of a percent to either side: below that nothing differs.
        let middle = f64::midpoint(least, largest);
        let (least, largest) = (least.min(middle - 0.1), largest.max(middle + 0.1));
        percent_axis(&of, least, largest)
    };
    let data = data(&points, if harmless { TAKEN } else { HARM }, &of);
    let mut marks = Vec::new();
    for point in &points {
        whiskers(&mut marks, point);
    }
    let curve: Vec<(f64, f64)> =
        points.iter().map(|point| (point.risk.mean, point.saving.mean)).collect();
    marks.push(Mark::Line {
        points: curve,
        ink: Ink::tint(Color::Grey, 0.6),
        stroke: Stroke::Dashed,
    });
    for (index, point) in points.iter().enumerate() {
        let at = (point.risk.mean, point.saving.mean);
        marks.push(Mark::Dot { at, shape: Shape::Circle, color: Color::Orange, size: 1.4 });
        // On the side where the curve does not go on.
        let rises = points.get(index + 1).is_some_and(|next| next.saving.mean > at.1);
        let down = if rises && y.place(at.1) > 0.1 { 24.0 } else { -12.0 };
        let (right, anchor) =
            if x.place(at.0) > 0.9 { (-12.0, Anchor::End) } else { (12.0, Anchor::Start) };
        marks.push(Mark::Label {
            at,
            shift: (right, down),
            text: point.name.clone(),
            anchor,
            color: Color::Black,
            strong: true,
            until: None,
        });
    }
    if points.is_empty() {
        let text = match story.summary.baseline() {
            Some(baseline) => format!("The {} plan costs nothing to compare with", baseline.name),
            None => "There is no other plan to compare with".into(),
        };
        marks.push(Mark::remark((f64::midpoint(x.from, x.to), 50.0), text));
    }
    Chart {
        name: "risk",
        title: title(&points, harmless),
        subtitle: subtitle(story),
        source: story.source(),
        key: Vec::new(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data,
    }
}

/// Each multiple of the rates with both means and their intervals.
fn data(points: &[Point], risk: &str, saving: &str) -> Data {
    let within = |it: Estimate, text: fn(f64) -> String| match (it.low, it.high) {
        (Some(_), Some(high)) if it.rare => format!("{} (at most {})", text(it.mean), text(high)),
        (Some(low), Some(high)) => format!("{} ({} to {})", text(it.mean), text(low), text(high)),
        _ => text(it.mean),
    };
    let rows = points.iter().map(|point| {
        let percent = |value: f64| format!("{value:.2} %");
        let values = [within(point.risk, rate), within(point.saving, percent)];
        Datum::new(&point.name, values).x(point.risk.mean).y(point.saving.mean)
    });
    Data::of(["Rates", risk, saving], rows.collect())
}

fn subtitle(story: &Story<'_>) -> String {
    let runs = story.summary.sensitivity.iter().map(|row| row.replications as u64).min();
    let what = match runs {
        Some(runs) => format!(
            "The same plan at multiples of the reclaim rates, {} or more of each",
            many(runs, "replication")
        ),
        None => format!("No reclaim comes at a rate: one point, {}", story.replications()),
    };
    what + ". Bars: 95 % intervals of the means"
}

fn title(points: &[Point], harmless: bool) -> String {
    let what = if harmless { "nodes taken" } else { "pods cut short or killed" };
    let (first, last) = match points {
        [] => return "There is no saving to compare with its risk".into(),
        [only] => {
            let (saving, risk) = (only.saving.mean, rate(only.risk.mean));
            return format!("Spot saves {saving:.1} %, at {risk} {what} a day");
        }
        [first, .., last] => (first, last),
    };
    format!(
        "At {} to {} the rates, spot saves {:.1} to {:.1} %, at {} to {} {what} a day",
        first.name,
        last.name,
        first.saving.mean,
        last.saving.mean,
        rate(first.risk.mean),
        rate(last.risk.mean)
    )
}

/// How far both means may be off.
fn whiskers(marks: &mut Vec<Mark>, point: &Point) {
    let at = (point.risk.mean, point.saving.mean);
    for points in [
        vec![(low(point.risk), at.1), (high(point.risk), at.1)],
        vec![(at.0, low(point.saving)), (at.0, high(point.saving))],
    ] {
        marks.push(Mark::Line { points, ink: Ink::tint(Color::Black, 0.5), stroke: Stroke::Thin });
    }
}

fn low(estimate: Estimate) -> f64 {
    estimate.low.unwrap_or(estimate.mean)
}

fn high(estimate: Estimate) -> f64 {
    estimate.high.unwrap_or(estimate.mean)
}

//! The picture of a fit: which share of instances outlives which age, as seen and as fitted.

use reports::chart::{Anchor, Axis, Chart, Color, Data, Ink, Mark, Stroke, Tick};

use super::{Fit, survival};
use crate::survival::Survivors;

/// The shortest age that is shown, in seconds.
const SHORTEST: f64 = 1.0;

/// The fit as a chart.
#[must_use]
pub fn chart(fit: &Fit, source: &str) -> Chart {
    let longest = fit.slots.up.iter().map(|(hours, _)| hours * 3_600.0).fold(SHORTEST, f64::max);
    let x = Axis::durations("age of an instance", longest);
    let ages: Vec<f64> = (0..=120)
        .map(|step| SHORTEST * libm::pow(longest / SHORTEST, f64::from(step) / 120.0))
        .collect();
    let curve = |share: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
        ages.iter().map(|age| (*age, 100.0 * share(age / 3_600.0))).collect()
    };
    let survivors = Survivors::of(&fit.slots.up);
    let seen = curve(&|hours| 1.0 - survivors.ended_by(hours));
    let naive = curve(&|hours| libm::exp(-fit.memoryless.0.value * hours));
    let mut marks = Vec::new();
    // Each curve is named where it passes a height, on the side where there is room.
    let mut line =
        |points: Vec<(f64, f64)>, name: &str, look: (Color, Stroke), side: (f64, Anchor)| {
            let (height, anchor) = side;
            let at = points.iter().copied().find(|(_, share)| *share <= height);
            let (color, stroke) = look;
            marks.push(Mark::Line { points, ink: Ink::full(color), stroke });
            let shift = if anchor == Anchor::End { (-10.0, 0.0) } else { (10.0, 0.0) };
            let label = |at| Mark::Label {
                at,
                shift,
                text: name.to_owned(),
                anchor,
                color,
                strong: true,
                until: None,
            };
            marks.extend(at.map(label));
        };
    line(naive, "without memory", (Color::Grey, Stroke::Dashed), (80.0, Anchor::Start));
    if let Some(regimes) = &fit.regimes {
        let fitted = curve(&|hours| survival(regimes, hours));
        line(fitted, "two regimes", (Color::Orange, Stroke::Plain), (40.0, Anchor::End));
    }
    line(seen, "as seen", (Color::Black, Stroke::Plain), (70.0, Anchor::End));
    let tick = |at: f64| Tick { at, text: format!("{at} %") };
    let y = Axis {
        label: "share of instances that outlive it".into(),
        ticks: [0.0, 25.0, 50.0, 75.0, 100.0].map(tick).to_vec(),
        lines: true,
        ..Axis::bare(0.0, 100.0)
    };
    let title = if fit.gain > 10.0 {
        format!("Losses remember: two regimes are better by {:.0} units of AIC", fit.gain)
    } else {
        "Nothing speaks against losses without memory".to_owned()
    };
    let ends = fit.slots.up.iter().filter(|(_, ended)| *ended).count();
    Chart {
        name: "calibration",
        title,
        subtitle: format!("{} up times, {ends} of them ended by a loss", fit.slots.up.len()),
        source: source.to_owned(),
        key: Vec::new(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data: Data::default(),
    }
}

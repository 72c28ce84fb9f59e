//! Axes: from where to where, and at which round numbers they are marked.

use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

/// At most this many marks are on an axis of numbers.
const MARKS: usize = 7;

/// One direction of a plot.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// The value at its beginning.
    pub from: f64,
    /// The value at its end.
    pub to: f64,
    /// How values become places.
    pub scale: Scale,
    /// Where it is marked.
    pub ticks: Vec<Tick>,
    /// Whether a line through the plot goes with each mark.
    pub lines: bool,
}

/// How values become places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Equal differences are equally far.
    Linear,
    /// Equal ratios are equally far.
    Log,
}

/// A mark on an axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// At which value.
    pub at: f64,
    /// What is written there.
    pub text: String,
}

impl Axis {
    /// Where a value is, from 0 at the beginning to 1 at the end; what lies outside is moved there.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        let place = match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Log => libm::log(value / self.from) / libm::log(self.to / self.from),
        };
        if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) }
    }

    /// An axis from 0 to a little above `most`, marked in round steps; in whole ones if `whole`.
    #[must_use]
    pub fn from_zero(label: &str, most: f64, whole: bool, text: fn(f64, f64) -> String) -> Axis {
        let most = if most > 0.0 && most.is_finite() { most } else { 1.0 };
        Axis::marked(label, (0.0, most * 1.05), whole, text)
    }

    /// An axis from one value to another, marked in round steps; without marks if it has no length.
    #[must_use]
    pub fn between(label: &str, from: f64, to: f64, text: fn(f64, f64) -> String) -> Axis {
        Axis::marked(label, (from, to), false, text)
    }

    /// An axis marked where plotters would, if it has a length.
    fn marked(
        label: &str,
        (from, to): (f64, f64),
        whole: bool,
        text: fn(f64, f64) -> String,
    ) -> Axis {
        let range = RangedCoordf64::from(from..to);
        let long = from < to && (to - from).is_finite();
        let marks = if long { range.key_points(BoldPoints(MARKS)) } else { Vec::new() };
        let step = match marks[..] {
            // One digit: without what sums lose in the last of many.
            [first, second, ..] => format!("{:.0e}", second - first).parse().unwrap_or(1.0),
            _ => 1.0,
        };
        // Without the sign of a zero that was rounded up to.
        let marks = marks.into_iter().map(|at| (at / step).round() * step + 0.0);
        let marks = marks.filter(|at| !whole || at.fract() == 0.0);
        let ticks = marks.map(|at| Tick { at, text: text(at, step) }).collect();
        Axis { label: label.to_owned(), from, to, scale: Scale::Linear, ticks, lines: true }
    }

    /// An axis of simulated time, in seconds since the start.
    #[must_use]
    pub fn time(from: f64, to: f64) -> Axis {
        const UNITS: [(f64, &str); 3] = [(86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")];
        const STEPS: [u32; 24] = [
            1, 5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200,
            86_400, 172_800, 432_000, 864_000, 1_728_000, 4_320_000, 8_640_000, 17_280_000,
            43_200_000,
        ];
        let steps = STEPS.map(f64::from);
        let fits = |step: &&f64| (to - from) / **step <= 8.0;
        let step = steps.iter().find(fits).copied().unwrap_or(steps[23]);
        let (unit, name) =
            UNITS.into_iter().find(|(unit, _)| *unit <= step).unwrap_or((1.0, "seconds"));
        let mut ticks = Vec::new();
        let mut at = (from / step).ceil() * step;
        while at <= to {
            ticks.push(Tick { at, text: format!("{}", at / unit) });
            at += step;
        }
        let label = format!("{name} since the start");
        Axis { label, from, to, scale: Scale::Linear, ticks, lines: false }
    }

    /// A logarithmic axis of durations from one second to at least `longest`.
    #[must_use]
    pub fn durations(label: &str, longest: f64) -> Axis {
        const MARKS: [(f64, &str); 13] = [
            (1.0, "1 s or less"),
            (3.0, "3 s"),
            (10.0, "10 s"),
            (30.0, "30 s"),
            (60.0, "1 min"),
            (300.0, "5 min"),
            (1_200.0, "20 min"),
            (3_600.0, "1 h"),
            (14_400.0, "4 h"),
            (86_400.0, "1 d"),
            (604_800.0, "1 wk"),
            (2_628_000.0, "1 mo"),
            (31_536_000.0, "1 y"),
        ];
        let to = longest.max(60.0) * 1.1;
        let marks = MARKS.iter().filter(|(at, _)| *at <= to);
        let ticks = marks.map(|(at, text)| Tick { at: *at, text: (*text).to_owned() }).collect();
        Axis { label: label.to_owned(), from: 1.0, to, scale: Scale::Log, ticks, lines: false }
    }

    /// An axis without marks.
    #[must_use]
    pub fn bare(from: f64, to: f64) -> Axis {
        let (label, ticks) = (String::new(), Vec::new());
        Axis { label, from, to, scale: Scale::Linear, ticks, lines: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.text.as_str()).collect()
    }

    #[test]
    fn time_is_marked_at_round_moments() {
        let week = Axis::time(3_600.0, 7.0 * 86_400.0);
        assert_eq!(week.label, "days since the start");
        assert_eq!(texts(&week), ["1", "2", "3", "4", "5", "6", "7"]);
        let hour = Axis::time(0.0, 3_600.0);
        assert_eq!(hour.label, "minutes since the start");
        assert_eq!(texts(&hour), ["0", "10", "20", "30", "40", "50", "60"]);
    }

    #[test]
    fn steps_are_round() {
        let ticks = |most: f64| {
            let axis = Axis::from_zero("", most, false, |at, step| format!("{at} by {step}"));
            texts(&axis).last().map(|text| (*text).to_owned())
        };
        for (most, last) in
            [(0.21, "0.2 by 0.05"), (1.0, "1 by 0.2"), (2.1, "2 by 0.5"), (51.0, "50 by 10")]
        {
            assert_eq!(ticks(most).as_deref(), Some(last), "{most}");
        }
        assert_eq!(texts(&Axis::between("", 0.0, 0.0, |at, _| at.to_string())), [""; 0]);
    }

    /// An axis that goes on to its next mark left up to half of the plot empty.
    #[test]
    fn no_axis_leaves_much_of_the_plot_empty() {
        for nodes in 1..200 {
            let axis = Axis::from_zero("", f64::from(nodes), true, |at, _| at.to_string());
            assert!(axis.to <= f64::from(nodes) * 1.1, "{nodes}: {}", axis.to);
            assert!(axis.ticks.len() >= 2, "{nodes}: {:?}", axis.ticks);
        }
    }

    #[test]
    fn half_a_node_is_not_marked() {
        for nodes in 1..200 {
            let most = f64::from(nodes) / 3.0;
            let axis = Axis::from_zero("", most, true, |at, _| at.to_string());
            assert!(axis.ticks.iter().all(|tick| tick.at.fract() == 0.0), "{:?}", axis.ticks);
        }
    }

    proptest! {
        /// Whatever is measured, there are some marks and not too many, and all of it is in sight.
        #[test]
        fn axes_are_readable(most in 1e-6_f64..1e12, days in 0.001_f64..3_650.0) {
            let axis = Axis::from_zero("", most, false, |at, _| at.to_string());
            prop_assert!((3..=7).contains(&axis.ticks.len()), "{:?}", axis.ticks);
            prop_assert!(axis.to >= most && axis.to <= 1.1 * most, "{} for {most}", axis.to);
            let axis = Axis::between("", most, 2.0 * most, |at, _| at.to_string());
            prop_assert!((2..=7).contains(&axis.ticks.len()), "{:?}", axis.ticks);
            let axis = Axis::time(0.0, days * 86_400.0);
            prop_assert!((2..=9).contains(&axis.ticks.len()), "{:?}", axis.ticks);
        }
    }
}

//! Axes as plotters' coordinates, with the words that each picture has room for.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::{Axis, font};

/// The size of letters at marks.
pub(super) const MARK: f64 = 13.0;
/// Room between the words at two marks of the level axis.
const GAP: f64 = 6.0;

/// An axis in a picture.
#[derive(Clone)]
pub(super) struct Coordinate<'a> {
    axis: &'a Axis,
    /// What is written at each mark; nothing where there is no room.
    words: Vec<String>,
}

impl<'a> Coordinate<'a> {
    /// The level axis of a plot this wide.
    pub(super) fn level(axis: &'a Axis, width: f64) -> Coordinate<'a> {
        let mut free = f64::NEG_INFINITY;
        let words = axis.ticks.iter().map(|tick| {
            let (x, half) =
                (axis.place(tick.at) * width, font::width(&tick.text, MARK, false) / 2.0);
            if x - half < free {
                return String::new();
            }
            free = x + half + GAP;
            tick.text.clone()
        });
        Coordinate { axis, words: words.collect() }
    }

    /// The upright axis, with words no wider than `most`.
    pub(super) fn upright(axis: &'a Axis, most: f64) -> Coordinate<'a> {
        let words = axis.ticks.iter().map(|tick| font::shorten(&tick.text, MARK, false, most));
        Coordinate { axis, words: words.collect() }
    }
}

impl Ranged for Coordinate<'_> {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        #[allow(clippy::cast_possible_truncation)] // between the two
        let along = (self.axis.place(*value) * f64::from(to - from)).round() as i32;
        from + along
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Plotters asks for a light mesh, too, which would be in the way of data.
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.axis.ticks.iter().map(|tick| tick.at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.axis.from..self.axis.to
    }
}

impl ValueFormatter<f64> for Coordinate<'_> {
    fn format_ext(&self, value: &f64) -> String {
        let mut marks = self.axis.ticks.iter().zip(&self.words);
        let own = marks.find(|(tick, _)| tick.at.total_cmp(value).is_eq());
        own.map_or_else(String::new, |(_, word)| word.clone())
    }
}

#[cfg(test)]
mod tests {
    use plotters::coord::ranged1d::{BoldPoints, LightPoints};

    use super::*;

    #[test]
    fn every_mark_is_drawn_and_words_where_they_have_room() {
        let axis = Axis::durations("", 3_600.0);
        let words = |width: f64| {
            let level = Coordinate::level(&axis, width);
            let marks = level.key_points(BoldPoints(3));
            assert_eq!(marks.len(), axis.ticks.len());
            marks.iter().map(|at| level.format_ext(at)).filter(|word| !word.is_empty()).count()
        };
        assert_eq!(words(1_000.0), axis.ticks.len());
        assert!((2..axis.ticks.len()).contains(&words(200.0)), "{}", words(200.0));
        assert!(Coordinate::level(&axis, 200.0).key_points(LightPoints::new(9, 9)).is_empty());
        let upright = Coordinate::upright(&axis, 30.0);
        assert_eq!(upright.format_ext(&1.0), font::shorten("1 s or less", MARK, false, 30.0));
    }

    #[test]
    fn values_are_mapped_to_where_they_are_and_others_to_the_ends() {
        let axis = Axis::durations("", 3_600.0);
        let level = Coordinate::level(&axis, 1_000.0);
        let places =
            [0.0, 1.0, axis.to.sqrt(), axis.to, f64::MAX].map(|at| level.map(&at, (80, 8_080)));
        assert_eq!(places, [80, 80, 4_080, 8_080, 8_080]);
        assert_eq!(Coordinate::upright(&axis, 99.0).map(&axis.to.sqrt(), (4_000, 0)), 2_000);
    }
}

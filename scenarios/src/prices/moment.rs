//! Moments of a price history: dates, or time since a start without a date.

use jiff::{SignedDuration, Timestamp};
use sim::Span;

/// How times are written.
pub(super) const FORMS: &str = "a time is a date like 2026-05-05 (midnight UTC) or \
                                2026-05-05T06:30:00Z, or counts from a start, like 90m or 2d6h";

/// What moments are counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Clock {
    /// The Unix epoch: moments are dates.
    Dated,
    /// A start that is not dated.
    SinceStart,
}

/// A moment in milliseconds of its clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    pub(crate) clock: Clock,
    pub(crate) ms: i64,
}

impl Moment {
    /// Reads a moment.
    pub(crate) fn parse(text: &str) -> Option<Moment> {
        if let Ok(span) = Span::parse(text) {
            let ms = i64::try_from(span.as_ms()).ok()?;
            return Some(Moment { clock: Clock::SinceStart, ms });
        }
        // A date alone is its midnight; anything longer would have to say its time zone.
        let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        let timestamp: Timestamp = whole.parse().ok()?;
        Some(Moment { clock: Clock::Dated, ms: timestamp.as_millisecond() })
    }
}

impl Clock {
    /// Which moment it is, if moments are dated.
    pub(crate) fn date(self, ms: i64) -> Option<Timestamp> {
        match self {
            Clock::Dated => Timestamp::from_millisecond(ms).ok(),
            Clock::SinceStart => None,
        }
    }

    /// A moment in the words in which it could have been written.
    pub(super) fn words(self, ms: i64) -> String {
        match self {
            Clock::Dated => {
                let since_epoch =
                    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_millis(ms));
                since_epoch.map_or_else(|_| format!("{ms} ms"), |at| at.to_string())
            }
            Clock::SinceStart => Span::from_ms(ms.unsigned_abs()).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_spans_read_and_print_alike() {
        for (text, ms) in [
            ("1970-01-02T00:00:00Z", 86_400_000),
            ("2021-05-31T23:46:54Z", 1_622_504_814_000),
            ("1d1h", 90_000_000),
        ] {
            let moment = Moment::parse(text).unwrap();
            assert_eq!((moment.ms, moment.clock.words(ms).as_str()), (ms, text));
        }
    }

    #[test]
    fn other_spellings_of_one_moment() {
        let ms = |text| Moment::parse(text).map(|moment| moment.ms);
        assert_eq!(ms("2021-06-01T01:46:54.000+02:00"), ms("2021-05-31T23:46:54Z"));
        assert_eq!(ms("1970-01-02"), Some(86_400_000));
        assert_eq!(ms("1440m"), Some(86_400_000));
        for text in ["", "1440", "2021-13-01", "2021-05-31T23:46:54", "yesterday", "-1h"] {
            assert_eq!(ms(text), None, "{text}");
        }
    }
}

//! When a sample was taken: a date, a Unix time, or time since a start.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sim::Span;

/// How times are written.
pub(super) const FORMS: &str = "a time is a date like 2026-05-05T06:30:00Z (without a zone it is UTC), a \
                                Unix time in seconds or milliseconds, or counts from a start, in seconds \
                                or like 90m";

/// Below this a number counts from a start; above it is a Unix time in seconds.
const FIRST_UNIX_SECOND: f64 = 3e8;
/// Above this it is one in milliseconds.
const FIRST_UNIX_MS: f64 = 3e11;

/// What moments are counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Clock {
    /// The Unix epoch: moments are dates.
    Dated,
    /// A start that is not dated.
    SinceStart,
}

/// Reads a moment: what its clock is, and milliseconds of it.
pub(super) fn parse(text: &str) -> Option<(Clock, i64)> {
    if let Ok(number) = text.parse::<f64>() {
        let whole = |ms: f64| {
            // Far below 2^53.
            #[allow(clippy::cast_possible_truncation)]
            let rounded = ms.round() as i64;
            (ms.is_finite() && (0.0..9e15).contains(&ms)).then_some(rounded)
        };
        return match number {
            number if number >= FIRST_UNIX_MS => Some((Clock::Dated, whole(number)?)),
            number if number >= FIRST_UNIX_SECOND => Some((Clock::Dated, whole(number * 1e3)?)),
            number => Some((Clock::SinceStart, whole(number * 1e3)?)),
        };
    }
    if let Ok(span) = Span::parse(text) {
        return Some((Clock::SinceStart, i64::try_from(span.as_ms()).ok()?));
    }
    let at = match text.parse::<Timestamp>() {
        Ok(at) => at,
        // A date alone is its midnight.
        Err(_) => TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok()?,
    };
    Some((Clock::Dated, at.as_millisecond()))
}

/// A number of minutes since a start, in seconds. All else, such as a Unix time, stays as it is written.
pub(super) fn of_minutes(text: &str) -> Cow<'_, str> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes * 60.0 < FIRST_UNIX_SECOND => (minutes * 60.0).to_string().into(),
        Ok(_) | Err(_) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_all_its_spellings() {
        let ms = 1_780_297_200_000;
        for text in [
            "2026-06-01T07:00:00Z",
            "2026-06-01 07:00:00",
            "2026-06-01T09:00:00+02:00",
            "1780297200",
            "1780297200000",
            "1780297200.0",
        ] {
            assert_eq!(parse(text), Some((Clock::Dated, ms)), "{text}");
        }
        assert_eq!(parse("2026-06-01"), Some((Clock::Dated, ms - 7 * 3_600_000)));
        assert_eq!(parse("90m"), Some((Clock::SinceStart, 5_400_000)));
        assert_eq!(parse("300"), Some((Clock::SinceStart, 300_000)));
        for (text, minutes) in
            [("7", 420_000), ("0.25", 15_000), ("90m", 5_400_000), ("1780297200", ms)]
        {
            assert_eq!(parse(&of_minutes(text)).map(|(_, ms)| ms), Some(minutes), "{text}");
        }
        for text in ["", "yesterday", "-5", "NaN", "inf", "2026-13-01"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

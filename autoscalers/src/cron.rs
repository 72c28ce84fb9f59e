//! Cron expressions as CronJobs and budgets of NodePools write them, and the times at which they are due.
//!
//! The dialect is that of `cron.ParseStandard` of robfig/cron, which the CronJob controller and Karpenter use: five
//! fields or a word like `@daily`. Of days of the month and of the week one has to match, unless one of
//! them is `*`; then the other does. Fields are those of the wall clock: what falls into the hour that
//! is skipped in spring is not due, and what falls into the hour that comes twice in autumn is due twice.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sim::Span;

/// How many years are searched for a time.
const YEARS: i16 = 5;

/// Words for whole expressions.
const WORDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The fields: name, smallest and greatest value, names of values from the smallest on.
const FIELDS: [(&str, u32, u32, &[&str]); 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    (
        "month",
        1,
        12,
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    ),
    ("day of the week", 0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// When something is due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cron {
    /// When the wall clock matches.
    Clock {
        /// The values of each field, as bits.
        fields: [u64; 5],
        /// Whether the day of the month, and that of the week, is any.
        any: [bool; 2],
    },
    /// So often from the beginning on (`@every`), in whole seconds.
    Every(Span),
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Cron, String> {
        if text.contains("TZ=") {
            return Err("a schedule names no time zone; `timeZone` does".into());
        }
        let text = text.trim();
        if let Some(span) = text.strip_prefix("@every ") {
            // Go: time.ParseDuration
            if span.contains('d') {
                return Err("`@every` counts no days; write hours, for example `@every 24h`".into());
            }
            let span = Span::parse(span.trim())?;
            let seconds = span.as_ms() / 1_000;
            return Ok(Cron::Every(Span::from_secs(seconds.max(1))));
        }
        let known = WORDS.iter().find(|(word, _)| *word == text).map(|(_, fields)| *fields);
        let parts: Vec<&str> = known.unwrap_or(text).split_whitespace().collect();
        let parts: [&str; 5] = parts.try_into().map_err(|parts: Vec<&str>| {
            format!("it has {} fields; write minute, hour, day, month and weekday", parts.len())
        })?;
        let mut fields = [0; 5];
        let mut any = [false; 5];
        for (at, part) in parts.into_iter().enumerate() {
            // robfig/cron: parser.go getField, which leaves out what is empty
            for range in part.split(',').filter(|range| !range.is_empty()) {
                let (bits, star) = values(range, FIELDS[at])
                    .map_err(|what| format!("{} `{range}` {what}", FIELDS[at].0))?;
                fields[at] |= bits;
                any[at] |= star;
            }
        }
        Ok(Cron::Clock { fields, any: [any[2], any[4]] })
    }

    /// Every time from `start` on that is before `end`, in order. There may be very many.
    #[must_use]
    pub fn between<'c>(
        &'c self,
        start: Timestamp,
        end: Timestamp,
        zone: &'c TimeZone,
    ) -> Box<dyn Iterator<Item = Timestamp> + 'c> {
        match self {
            Cron::Every(span) => {
                let step =
                    SignedDuration::from_millis(i64::try_from(span.as_ms()).unwrap_or(i64::MAX));
                Box::new(steps(start, end, move |at| later(at, step)).skip(1))
            }
            Cron::Clock { .. } => {
                let whole = start.as_second().rem_euclid(60);
                let first = later(start, SignedDuration::from_secs((60 - whole) % 60));
                let minutes = steps(first.unwrap_or(end), end, move |at| {
                    let local = zone.to_datetime(at);
                    // Hours and days without any match are not walked minute by minute.
                    let minutes = if !self.matches_day(local) || !self.matches_hour(local) {
                        60 - i64::from(local.minute())
                    } else {
                        1
                    };
                    later(at, SignedDuration::from_mins(minutes))
                });
                Box::new(minutes.filter(|at| self.matches(zone.to_datetime(*at))))
            }
        }
    }

    /// The first time after `after` in UTC, both in milliseconds since 1970; none within five years.
    // robfig/cron: spec.go Next, constantdelay.go Next
    pub(crate) fn next(&self, after: i64) -> Option<i64> {
        if let Cron::Every(span) = self {
            let delay = i64::try_from(span.as_ms()).unwrap_or(i64::MAX);
            return Some(after.saturating_add(delay).div_euclid(1_000) * 1_000);
        }
        let minute = 60_000;
        let first = (after.div_euclid(minute) + 1) * minute;
        let start = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(first).ok()?);
        let days = start.date().series(jiff::Span::new().days(1));
        let last_year = start.year().saturating_add(YEARS);
        for day in days.take_while(|day| day.year() <= last_year) {
            if !self.matches_day(day.to_datetime(Time::midnight())) {
                continue;
            }
            let from = if day == start.date() { start.time() } else { Time::midnight() };
            let hours = from.hour()..24;
            let found = hours.filter(|hour| self.has(1, *hour)).find_map(|hour| {
                let minutes = if hour == from.hour() { from.minute()..60 } else { 0..60 };
                minutes.filter(|minute| self.has(0, *minute)).map(|minute| (hour, minute)).next()
            });
            if let Some((hour, minute)) = found {
                let at = TimeZone::UTC.to_timestamp(day.at(hour, minute, 0, 0)).ok()?;
                return Some(at.as_millisecond());
            }
        }
        None
    }

    fn matches(&self, local: DateTime) -> bool {
        self.has(0, local.minute()) && self.matches_hour(local) && self.matches_day(local)
    }

    fn matches_hour(&self, local: DateTime) -> bool {
        self.has(1, local.hour())
    }

    // robfig/cron: spec.go dayMatches
    fn matches_day(&self, local: DateTime) -> bool {
        let Cron::Clock { any, .. } = self else { return false };
        let of_month = self.has(2, local.day());
        let of_week = self.has(4, local.weekday().to_sunday_zero_offset());
        let day = if any[0] || any[1] { of_month && of_week } else { of_month || of_week };
        day && self.has(3, local.month())
    }

    fn has(&self, field: usize, value: i8) -> bool {
        match self {
            Cron::Clock { fields, .. } => fields[field] >> value & 1 == 1,
            Cron::Every(_) => false,
        }
    }
}

/// The values of one part of a field, as bits, and whether it is `*`.
// robfig/cron: parser.go getRange
fn values(
    text: &str,
    (_, least, most, names): (&str, u32, u32, &[&str]),
) -> Result<(u64, bool), String> {
    let plain = |text: &str| text.parse().map_err(|_| "is not a number".to_owned());
    let number = |text: &str| -> Result<u32, String> {
        let lower = text.to_ascii_lowercase();
        match names.iter().position(|name| *name == lower) {
            Some(at) => Ok(least + u32::try_from(at).unwrap_or_default()),
            None => plain(text),
        }
    };
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, Some(plain(step)?)),
        None => (text, None),
    };
    let star = matches!(range, "*" | "?");
    let (from, to) = match range.split_once('-') {
        _ if star => (least, most),
        Some((from, to)) => (number(from)?, number(to)?),
        // `5/15` begins at 5 and goes on to the end.
        None => (number(range)?, if step.is_some() { most } else { number(range)? }),
    };
    if step == Some(0) {
        return Err("has a step of 0".into());
    }
    if from < least || to > most {
        return Err(format!("is not within {least} and {most}"));
    }
    if from > to {
        return Err("ends before it begins".into());
    }
    let step = step.unwrap_or(1);
    let values = (from..=to).step_by(step as usize);
    Ok((values.fold(0, |bits, value| bits | 1 << value), star && step == 1))
}

/// `first` and what `next` makes of it, as long as it is before `end`.
fn steps(
    first: Timestamp,
    end: Timestamp,
    next: impl Fn(Timestamp) -> Option<Timestamp>,
) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(first), move |at| next(*at)).take_while(move |at| *at < end)
}

fn later(at: Timestamp, span: SignedDuration) -> Option<Timestamp> {
    at.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(text: &str, start: &str, end: &str, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let [start, end] = [start, end].map(|text| text.parse::<Timestamp>().unwrap());
        let cron = Cron::parse(text).unwrap();
        cron.between(start, end, &zone).map(|at| at.to_string()).collect()
    }

    fn in_june(text: &str) -> Vec<String> {
        let due = due(text, "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z", "UTC");
        due.into_iter().map(|at| at["2026-06-".len()..].replace(":00Z", "")).collect()
    }

    #[test]
    fn lists_ranges_and_steps() {
        assert_eq!(in_june("30 4 1,15 * *"), ["01T04:30", "15T04:30"]);
        assert_eq!(in_june("0 */12 2 jun *"), ["02T00:00", "02T12:00"]);
        assert_eq!(in_june("50/5 23 1 6 *"), ["01T23:50", "01T23:55"]);
        assert_eq!(in_june("0 9-10 3 * ?"), ["03T09:00", "03T10:00"]);
        assert_eq!(in_june("0 0 1 7 *"), [""; 0]);
        assert_eq!(in_june("@hourly").len(), 30 * 24);
        assert_eq!(in_june("* * * * *").len(), 30 * 24 * 60);
        assert_eq!(in_june("@weekly"), ["07T00:00", "14T00:00", "21T00:00", "28T00:00"]);
    }

    /// June 2026 begins on a Monday; its 13th is a Saturday.
    #[test]
    fn one_of_two_days_is_enough_unless_one_is_any() {
        assert_eq!(
            in_june("0 0 13 * fri"),
            ["05T00:00", "12T00:00", "13T00:00", "19T00:00", "26T00:00"]
        );
        assert_eq!(in_june("0 0 * * FRI").len(), 4);
        assert_eq!(in_june("0 0 */1 * 5").len(), 4, "every day is any day");
        assert_eq!(in_june("0 0 */10 * 5").len(), 3 + 4, "the 1st, 11th, 21st, and not the 31st");
    }

    #[test]
    fn the_wall_clock_is_that_of_the_zone() {
        let days =
            |text| due(text, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", "Europe/Berlin");
        assert_eq!(days("0 9 * * *"), ["2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"]);
        // The clock goes from 3:00 back to 2:00.
        let twice = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"];
        assert_eq!(days("30 2 * * *"), twice);
        let spring =
            due("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", "Europe/Berlin");
        assert_eq!(spring, ["2026-03-30T00:30:00Z"], "there is no 2:30 on the 29th");
        let india =
            due("0 9 * * *", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", "Asia/Kolkata");
        assert_eq!(india, ["2026-06-01T03:30:00Z"]);
    }

    #[test]
    fn every_so_often() {
        let due = due("@every 1h30m", "2026-06-01T00:10:00Z", "2026-06-01T05:00:00Z", "UTC");
        assert_eq!(due, ["2026-06-01T01:40:00Z", "2026-06-01T03:10:00Z", "2026-06-01T04:40:00Z"]);
    }

    /// The 15th of January 2026, a Thursday, at midnight.
    const THURSDAY: i64 = 1_768_435_200_000;
    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn next(text: &str, after: i64) -> Option<i64> {
        let next = Cron::parse(text).expect("an expression").next(after)?;
        Some((next - THURSDAY) / MINUTE)
    }

    #[test]
    fn the_next_time_is_after_now() {
        assert_eq!(next("0 9 * * *", THURSDAY), Some(9 * 60));
        assert_eq!(next("0 0 * * *", THURSDAY), Some(24 * 60));
        assert_eq!(next("*/20 8-9 * * *", THURSDAY + 8 * 60 * MINUTE), Some(8 * 60 + 20));
        assert_eq!(next("@hourly", THURSDAY + 1), Some(60));
        assert_eq!(next("@every 90m", THURSDAY), Some(90));
        assert_eq!(next("0 0 * * mon-fri", THURSDAY + 2 * DAY), Some(4 * 24 * 60));
        assert_eq!(next("0 0 20 * sat", THURSDAY), Some(2 * 24 * 60), "a day of either is enough");
        assert_eq!(next("0 0 20 * *", THURSDAY), Some(5 * 24 * 60));
        assert_eq!(next("30 23 31 12 *", THURSDAY), Some(350 * 24 * 60 + 23 * 60 + 30));
    }

    /// 2028 is a leap year.
    #[test]
    fn leap_days_come_and_other_days_never_do() {
        let days = 365 + 365 + 31 + 28 - 14;
        assert_eq!(next("0 0 29 2 *", THURSDAY), Some(days * 24 * 60));
        assert_eq!(next("0 0 30 2 *", THURSDAY), None);
    }

    /// The next time is the first of those that are due in the minutes after.
    #[test]
    fn the_next_time_is_the_first_of_all_that_are_due() {
        for text in ["7 3 * * *", "*/17 * 1 * *", "0 0 * * 1", "59 23 28-31 * 5", "0,30 5,17 * 6 *"]
        {
            let cron = Cron::parse(text).expect("an expression");
            for step in 0..40 {
                let after = THURSDAY + step * 71 * 60 * MINUTE + step * 1_000;
                let from = Timestamp::from_millisecond(after + 1_000).expect("a moment");
                let end = Timestamp::from_millisecond(after + 366 * DAY).expect("a moment");
                let due = cron.between(from, end, &TimeZone::UTC).next();
                assert_eq!(cron.next(after), due.map(|at| at.as_millisecond()), "{text} {step}");
            }
        }
    }

    #[test]
    fn what_is_no_schedule() {
        for (text, what) in [
            ("", "0 fields"),
            ("* * * * * *", "6 fields"),
            ("61 * * * *", "minute `61` is not within 0 and 59"),
            ("* * 0 * *", "day of the month `0` is not within 1 and 31"),
            ("* * * * 7", "day of the week `7` is not within 0 and 6"),
            ("* 5-1 * * *", "hour `5-1` ends before it begins"),
            ("*/0 * * * *", "minute `*/0` has a step of 0"),
            ("* * * foo *", "month `foo` is not a number"),
            ("@fortnightly", "1 fields"),
            ("bad cron", "2 fields"),
            ("-1 * * * *", "minute `-1` is not a number"),
            ("* * * */jan *", "month `*/jan` is not a number"),
            ("@every often", "often"),
            ("@every 1d", "`@every 24h`"),
            ("CRON_TZ=UTC * * * * *", "`timeZone`"),
        ] {
            let error = Cron::parse(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}

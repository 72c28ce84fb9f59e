//! Cron expressions as Karpenter reads them, in UTC: five fields, or a word that begins with `@`.

use crate::karpenter::input::Instant;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
/// How many years are searched for a time.
const YEARS: i64 = 5;

/// When something happens again and again.
// robfig/cron v3: parser.go ParseStandard
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Cron {
    /// At minutes that fit all fields.
    Fields { minute: Field, hour: Field, day: Field, month: Field, weekday: Field },
    /// Always after the same time, in milliseconds.
    Every(i64),
}

/// Which numbers fit a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Field {
    /// A bit for each number.
    numbers: u64,
    /// Whether it was a star, and does not restrict anything.
    any: bool,
}

impl Field {
    fn has(self, number: i64) -> bool {
        u32::try_from(number).is_ok_and(|bit| self.numbers.checked_shr(bit).unwrap_or(0) & 1 == 1)
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Words, and the fields that they stand for.
const WORDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

impl Cron {
    /// Reads an expression, if it is one.
    pub(super) fn parse(text: &str) -> Option<Cron> {
        let text = text.trim();
        if let Some(every) = text.strip_prefix("@every ") {
            let every = milliseconds(every)?;
            return Some(Cron::Every((every - every % SECOND).max(SECOND)));
        }
        let word = WORDS.iter().find(|(word, _)| *word == text);
        if word.is_none() && text.starts_with('@') {
            return None;
        }
        let text = word.map_or(text, |(_, fields)| fields);
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
        Some(Cron::Fields {
            minute: field(minute, 0, 59, &[])?,
            hour: field(hour, 0, 23, &[])?,
            day: field(day, 1, 31, &[])?,
            month: field(month, 1, 12, &MONTHS)?,
            weekday: field(weekday, 0, 6, &WEEKDAYS)?,
        })
    }

    /// The first time after `after`, if there is one within five years.
    // robfig/cron v3: spec.go Next, constantdelay.go Next
    pub(super) fn next(&self, after: Instant) -> Option<Instant> {
        let (minute, hour, day, month, weekday) = match self {
            Cron::Every(delay) => return Some((after + delay).div_euclid(SECOND) * SECOND),
            Cron::Fields { minute, hour, day, month, weekday } => {
                (minute, hour, day, month, weekday)
            }
        };
        let first = (after.div_euclid(MINUTE) + 1) * MINUTE;
        let first_day = first.div_euclid(DAY);
        let (first_year, _, _) = date(first_day);
        for number in first_day.. {
            let (year, month_number, day_number) = date(number);
            if year > first_year + YEARS {
                return None;
            }
            // The first of January 1970 was a Thursday.
            let on_weekday = weekday.has((number + 4).rem_euclid(7));
            let on_day = day.has(day_number);
            let fits =
                if day.any || weekday.any { on_day && on_weekday } else { on_day || on_weekday };
            if !fits || !month.has(month_number) {
                continue;
            }
            let from = (first - number * DAY).max(0) / MINUTE;
            let at = (from..24 * 60).find(|at| hour.has(at / 60) && minute.has(at % 60));
            if let Some(at) = at {
                return Some(number * DAY + at * MINUTE);
            }
        }
        None
    }
}

fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Field> {
    let mut whole = Field { numbers: 0, any: false };
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let part = range(part, least, most, names)?;
        whole.numbers |= part.numbers;
        whole.any |= part.any;
    }
    Some(whole)
}

// robfig/cron v3: parser.go getRange
fn range(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Field> {
    let number = |text: &str| {
        let lower = text.to_lowercase();
        let named = names.iter().position(|name| *name == lower);
        match named {
            Some(at) => Some(u32::try_from(at).ok()? + least),
            None => lower.parse::<u32>().ok(),
        }
    };
    let (values, step) = match text.split_once('/') {
        Some((values, step)) => (values, Some(step.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let is_star = values == "*" || values == "?";
    let (first, last) = match values.split_once('-') {
        _ if is_star => (least, most),
        Some((first, last)) => (number(first)?, number(last)?),
        // A number with a step begins a range.
        None => (number(values)?, if step.is_some() { most } else { number(values)? }),
    };
    let step = step.unwrap_or(1);
    if first < least || last > most || first > last || step == 0 {
        return None;
    }
    let mut numbers = 0;
    let mut at = first;
    while at <= last {
        numbers |= 1 << at;
        at = at.saturating_add(step);
    }
    Some(Field { numbers, any: is_star && step == 1 })
}

/// Reads a duration as Go writes it, such as `1h30m`.
fn milliseconds(text: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 4] = [("ms", 1), ("h", 60 * MINUTE), ("m", MINUTE), ("s", SECOND)];
    let mut rest = text.trim();
    let mut sum: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = rest.split_at(digits);
        let (name, length) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(*length)?)?;
        rest = &unit[name.len()..];
    }
    Some(sum)
}

/// Year, month and day of a number of days since 1970.
// Howard Hinnant: chrono-Compatible Low-Level Date Algorithms, civil_from_days
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 15th of January 2026, a Thursday, at midnight.
    const THURSDAY: Instant = 1_768_435_200_000;

    fn next(text: &str, after: Instant) -> Option<i64> {
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
    }

    #[test]
    fn a_day_of_the_month_or_one_of_the_week_is_enough() {
        assert_eq!(next("0 0 20 * sat", THURSDAY), Some(2 * 24 * 60));
        assert_eq!(next("0 0 20 * *", THURSDAY), Some(5 * 24 * 60));
    }

    #[test]
    fn leap_days_come_and_other_days_never_do() {
        let leap_day = next("0 0 29 2 *", THURSDAY).expect("a leap year");
        assert_eq!(date((THURSDAY + leap_day * MINUTE) / DAY), (2028, 2, 29));
        assert_eq!(next("0 0 30 2 *", THURSDAY), None);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let wrong =
            ["", "bad cron", "* * * *", "60 * * * *", "0 0 * * 7", "5-3 * * * *", "*/0 * * * *"];
        for text in wrong.into_iter().chain(["@never", "@every x", "-1 * * * *"]) {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}

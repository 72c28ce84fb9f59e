//! Dates for formats that need them: a run has none, so `T+0` is the first instant of 2000.

use sim::SimTime;

/// Days from 1970 to 2000.
const DAYS_TO_2000: u64 = 10_957;

/// An instant in RFC 3339, in UTC.
pub(super) fn date(at: SimTime) -> String {
    let ms = at.as_ms();
    let (days, of_day) = (DAYS_TO_2000 + ms / 86_400_000, ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, ms) = (of_day / 1_000 % 60, of_day % 1_000);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// The date a number of days after the first of 1970.
// Howard Hinnant, chrono-Compatible Low-Level Date Algorithms: civil_from_days.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + 400 * era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use sim::Span;

    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let day = |days: u64| date(SimTime::ZERO + Span::from_hours(24 * days));
        assert_eq!(day(0), "2000-01-01T00:00:00Z");
        assert_eq!(day(59), "2000-02-29T00:00:00Z");
        assert_eq!(day(60), "2000-03-01T00:00:00Z");
        assert_eq!(day(366 + 365), "2002-01-01T00:00:00Z");
        assert_eq!(date(SimTime::ZERO + Span::from_ms(3_661_001)), "2000-01-01T01:01:01.001Z");
    }
}

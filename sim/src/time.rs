//! Simulated time: whole milliseconds since the start of the scenario.
//!
//! Time is an integer because two events are either at the same instant or they are not; with
//! floats that question has no stable answer.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

/// An instant: milliseconds since the start of the scenario (`T+0`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(u64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(u64);

/// Ten years: the longest horizon that is accepted, so that sums cannot overflow.
pub const LONGEST_HORIZON: Span = Span::from_hours(10 * 8_760);

impl SimTime {
    /// `T+0`.
    pub const ZERO: SimTime = SimTime(0);

    /// The instant `ms` milliseconds after the start.
    pub const fn from_ms(ms: u64) -> SimTime {
        SimTime(ms)
    }

    /// Milliseconds since the start.
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// The time since `earlier`, or zero if `earlier` is in fact later.
    #[must_use]
    pub const fn since(self, earlier: SimTime) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The instant `lead` before this one, but never before the start.
    #[must_use]
    pub const fn back(self, lead: Span) -> SimTime {
        SimTime(self.0.saturating_sub(lead.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// `ms` milliseconds.
    pub const fn from_ms(ms: u64) -> Span {
        Span(ms)
    }

    /// `s` seconds.
    pub const fn from_secs(s: u64) -> Span {
        Span(s * 1_000)
    }

    /// `s` seconds as another program wrote them: anything beyond [`LONGEST_HORIZON`] gives that horizon,
    /// which no run reaches.
    #[must_use]
    pub const fn from_secs_capped(s: u64) -> Span {
        let ms = s.saturating_mul(1_000);
        if ms < LONGEST_HORIZON.0 { Span(ms) } else { LONGEST_HORIZON }
    }

    /// `h` hours.
    pub const fn from_hours(h: u64) -> Span {
        Span(h * 3_600_000)
    }

    /// A span from float seconds, rounded to the millisecond; negative and `NaN` give zero, and
    /// anything beyond [`LONGEST_HORIZON`] gives that horizon.
    #[must_use]
    pub fn from_secs_f64(s: f64) -> Span {
        let ms = (s * 1_000.0).round().clamp(0.0, LONGEST_HORIZON.0 as f64);
        // In range by the clamp; `NaN as u64` is zero.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Span(ms as u64)
    }

    /// Milliseconds.
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// Seconds, for printing and for statistics.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1_000.0
    }

    /// Hours, for printing and for rates.
    pub fn as_hours_f64(self) -> f64 {
        self.0 as f64 / 3_600_000.0
    }

    /// Reads `7d`, `36h`, `1h30m`, `90s`, `250ms` and sums of them. Units must fall in size and
    /// may appear once each; a bare number has no unit and is refused.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Span, String> {
        const UNITS: [(&str, u64); 5] =
            [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
        let mut rest = text.trim();
        let mut next_unit = 0;
        let mut total: u64 = 0;
        if rest.is_empty() {
            return Err("a duration is empty; write for example 7d, 36h, 1h30m or 90s".into());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at(digits);
            let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
            let (unit, tail) = tail.split_at(letters);
            let known = UNITS[next_unit..].iter().position(|(name, _)| *name == unit);
            let (Some(at), Ok(number)) = (known, number.parse::<u64>()) else {
                return Err(format!(
                    "`{text}` is not a duration; write for example 7d, 36h, 1h30m or 90s"
                ));
            };
            next_unit += at + 1;
            total = number
                .checked_mul(UNITS[next_unit - 1].1)
                .and_then(|ms| total.checked_add(ms))
                .filter(|ms| *ms <= LONGEST_HORIZON.0)
                .ok_or_else(|| format!("`{text}` is longer than ten years"))?;
            rest = tail;
        }
        Ok(Span(total))
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0 + span.0)
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0 + other.0)
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        self.0 += other.0;
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0 - other.0)
    }
}

impl Mul<u64> for Span {
    type Output = Span;
    fn mul(self, times: u64) -> Span {
        Span(self.0 * times)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, ms) in
            [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
        {
            if rest >= ms {
                write!(f, "{}{unit}", rest / ms)?;
                rest %= ms;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T+{}", Span(self.0))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_alike() {
        for text in ["7d", "1h30m", "90ms", "3d4h", "1d2h3m4s5ms", "0s"] {
            assert_eq!(Span::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Span::parse("90s").unwrap().to_string(), "1m30s");
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "7", "d", "-1h", "1h2h", "30m1h", "1.5h", "1w", "99999999999999999999d"] {
            assert!(Span::parse(text).is_err(), "{text}");
        }
        assert!(Span::parse("4000d").unwrap_err().contains("ten years"));
    }
}

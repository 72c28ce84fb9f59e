//! Money: integer prices and exact, order-free sums of cost.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use crate::time::Span;

/// A price in micro-dollars per hour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MicroUsdPerHour(pub u64);

/// An amount of money in µUSD·ms/h: price times time, never divided before it is printed, so that
/// a total does not depend on the order or on the number of its parts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cost(pub u128);

/// Hours of a month, by which providers turn a price an hour into one a month.
// AWS, Pricing Calculator assumptions: 730 hours in a month.
pub const HOURS_PER_MONTH: f64 = 730.0;
const MS_PER_HOUR: u128 = 3_600_000;

impl MicroUsdPerHour {
    /// A price from dollars per hour, rounded to the micro-dollar. `None` when it is negative,
    /// not a number, or above a million dollars an hour.
    #[must_use]
    pub fn from_usd(usd: f64) -> Option<MicroUsdPerHour> {
        if !(0.0..=1e6).contains(&usd) {
            return None;
        }
        // In range by the check above.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Some(MicroUsdPerHour((usd * 1e6).round() as u64))
    }

    /// The price times a factor, rounded to the micro-dollar; at most a million dollars an hour.
    #[must_use]
    pub fn scaled(self, factor: f64) -> MicroUsdPerHour {
        let price = (self.0 as f64 * factor).round().clamp(0.0, 1e12);
        // In range by the clamp; `NaN as u64` is zero.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        MicroUsdPerHour(price as u64)
    }

    /// Dollars per hour, for printing.
    pub fn as_usd_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Cost {
    /// Nothing.
    pub const ZERO: Cost = Cost(0);

    /// The amount in micro-dollars, rounded half to even.
    ///
    /// # Panics
    /// If the amount exceeds 2^64 micro-dollars, eighteen million million dollars.
    #[must_use]
    pub fn micro_usd(self) -> u64 {
        let (whole, rest) = (self.0 / MS_PER_HOUR, self.0 % MS_PER_HOUR);
        let up = 2 * rest > MS_PER_HOUR || (2 * rest == MS_PER_HOUR && whole % 2 == 1);
        u64::try_from(whole + u128::from(up)).expect("a bill below 2^64 micro-dollars")
    }

    /// Dollars, for printing and for statistics.
    pub fn as_usd_f64(self) -> f64 {
        self.0 as f64 / (MS_PER_HOUR as f64 * 1e6)
    }
}

impl Mul<Span> for MicroUsdPerHour {
    type Output = Cost;
    fn mul(self, span: Span) -> Cost {
        Cost(u128::from(self.0) * u128::from(span.as_ms()))
    }
}

impl Add for Cost {
    type Output = Cost;
    fn add(self, other: Cost) -> Cost {
        Cost(self.0 + other.0)
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.0 += other.0;
    }
}

impl Sub for Cost {
    type Output = Cost;
    fn sub(self, other: Cost) -> Cost {
        Cost(self.0 - other.0)
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost::ZERO, Add::add)
    }
}

impl fmt::Debug for MicroUsdPerHour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} µ$/h", self.0)
    }
}

impl fmt::Debug for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} µ$", self.micro_usd())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_at_a_price_costs_the_price() {
        assert_eq!((MicroUsdPerHour(96_000) * Span::from_hours(1)).micro_usd(), 96_000);
        assert_eq!((MicroUsdPerHour(96_000) * Span::from_hours(168)).micro_usd(), 16_128_000);
    }

    #[test]
    fn halves_round_to_even() {
        assert_eq!(Cost(1_800_000).micro_usd(), 0);
        assert_eq!(Cost(5_400_000).micro_usd(), 2);
        assert_eq!(Cost(1_800_001).micro_usd(), 1);
    }

    #[test]
    fn absurd_prices_are_refused() {
        for usd in [-0.01, f64::NAN, f64::INFINITY, 2e6] {
            assert!(MicroUsdPerHour::from_usd(usd).is_none());
        }
        assert_eq!(MicroUsdPerHour::from_usd(0.0748), Some(MicroUsdPerHour(74_800)));
    }
}

//! Figures as text: money, rates, durations, counts and intervals.

use crate::stats::Estimate;

/// Dollars, with thousands separated, and cents below a hundred.
pub(crate) fn usd(amount: f64) -> String {
    usd_to(amount, if amount.abs() < 100.0 { 2 } else { 0 })
}

/// Dollars with a number of decimals.
pub(crate) fn usd_to(amount: f64, decimals: usize) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    format!("{sign}${}", grouped(&format!("{:.decimals$}", amount.abs())))
}

/// A difference in dollars, with its sign.
pub(crate) fn usd_signed(amount: f64) -> String {
    if amount > 0.0 { format!("+{}", usd(amount)) } else { usd(amount) }
}

/// A number that is not negative, rounded to a whole one, with its thousands apart.
pub(crate) fn thousands(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// Digits with their thousands apart.
fn grouped(digits: &str) -> String {
    let (whole, cents) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + cents
}

/// A rate with as many decimals as it needs not to be a bare zero.
pub(crate) fn rate(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 0.000_5 => format!("{value:.5}"),
        value if value < 0.1 => format!("{value:.3}"),
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 1_000.0 => format!("{value:.1}"),
        value => thousands(value),
    }
}

/// A duration in the unit that suits it: "74 s", "12 min", "7.2 d".
pub(crate) fn time(seconds: f64) -> String {
    let tenths = |value: f64| {
        let text = format!("{value:.1}");
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    match seconds {
        s if s < 9.95 => format!("{} s", tenths(s)),
        s if s < 119.5 => format!("{s:.0} s"),
        s if s < 7_170.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_620.0 => format!("{} h", tenths(s / 3_600.0)),
        s => format!("{} d", tenths(s / 86_400.0)),
    }
}

/// Bytes as Kubernetes writes them: "512Mi", "1.25Gi".
pub(crate) fn bytes(bytes: f64) -> String {
    let (unit, name) = match bytes {
        it if it < 1_048_576.0 => (1_024.0, "Ki"),
        it if it < 1_073_741_824.0 => (1_048_576.0, "Mi"),
        _ => (1_073_741_824.0, "Gi"),
    };
    let amount = bytes / unit;
    let text = if name == "Gi" { format!("{amount:.2}") } else { format!("{amount:.0}") };
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{name}")
}

/// A number with its noun.
#[must_use]
pub fn many(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count as f64))
}

/// Where the mean of a rate lies: between two ends, or below a bound where it was seen too rarely
/// for an interval.
pub(crate) fn rate_ends(low: f64, high: f64, rare: bool) -> String {
    if rare {
        format!("at most {}", rate(high))
    } else {
        format!("{} to {}", rate(low), rate(high))
    }
}

/// The ends of an interval of dollars.
pub(crate) fn usd_ends(low: f64, high: f64) -> String {
    let decimals = match high - low {
        width if width >= 10.0 => 0,
        width if width >= 1.0 => 1,
        _ => 2,
    };
    format!("{} to {}", usd_to(low, decimals), usd_to(high, decimals))
}

/// How far a share in percent spreads over single replications; nothing where that cannot be seen.
pub(crate) fn percent_singly(percent: Estimate) -> String {
    let spread = percent.p05.zip(percent.p95).filter(|(low, high)| {
        // What rounds to one figure is one: beside it stands a saving with one decimal.
        high - low >= 0.05
    });
    spread.map_or_else(String::new, |(low, high)| ends(low, high))
}

/// A share cut after a number of decimals: 0.99999 is not 1.000.
pub(crate) fn cut(share: f64, decimals: usize) -> String {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    // A share that is a decimal fraction must not lose its last digit to the binary one.
    let whole = (share * scale + 1e-6).floor();
    format!("{:.decimals$}", whole / scale)
}

/// Two figures in percent, with as many decimals as it takes to tell them apart.
pub(crate) fn ends(low: f64, high: f64) -> String {
    let decimals = match high - low {
        width if width >= 0.3 => 1,
        width if width >= 0.03 => 2,
        _ => 3,
    };
    format!("{low:.decimals$} to {high:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_rates_are_readable() {
        assert_eq!(
            [usd(4_210.4), usd(-12.345), usd(1_234_567.0)],
            ["$4,210", "-$12.35", "$1,234,567"]
        );
        assert_eq!(
            [rate(0.0), rate(0.034), rate(1.234), rate(56.78)],
            ["0", "0.034", "1.23", "56.8"]
        );
        assert_eq!(rate(1_218.6), "1,219");
    }

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        let times = [0.0, 0.4, 5.0, 74.0, 119.9, 586.0, 7_199.0, 74_417.0, 400_000.0, 604_800.0];
        assert_eq!(
            times.map(time),
            ["0 s", "0.4 s", "5 s", "74 s", "2 min", "10 min", "2 h", "20.7 h", "4.6 d", "7 d"]
        );
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!([0, 1, 2_000].map(|n| many(n, "pod")), ["0 pods", "1 pod", "2,000 pods"]);
    }

    #[test]
    fn ends_can_be_told_apart() {
        assert_eq!(ends(46.98, 47.09), "46.98 to 47.09");
        assert_eq!(ends(40.0, 47.0), "40.0 to 47.0");
    }

    #[test]
    fn a_share_is_never_rounded_up() {
        assert_eq!(cut(0.999_99, 3), "0.999");
        assert_eq!(cut(0.7, 2), "0.70");
        assert_eq!(cut(1.0, 4), "1.0000");
    }
}

//! Precision: how many replications make the interval of the cost as narrow as is wanted.

use std::str::FromStr;

use reports::Fold;
use reports::stats::Estimate;
use scenarios::Scenario;
use sim::{Legend, Run, Stop};

use crate::Error;
use crate::experiment::{Experiment, Variant};

/// Looks are taken after as many replications, and each time after twice as many.
const FIRST: u32 = 30;
/// The last look.
const LAST: u32 = FIRST << 10;

/// How wide half of an interval may be, as a share of its mean.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Precision(f64);

impl FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Precision, String> {
        let percent = text.trim().trim_end_matches('%').trim().parse().ok();
        let percent = percent.filter(|it: &f64| *it > 0.0 && *it <= 100.0);
        let percent = percent.ok_or("write it in per cent: 1%, or 0.5%")?;
        Ok(Precision(percent / 100.0))
    }
}

impl Precision {
    /// Whether an estimate is that precise. What never varies is.
    fn is_kept(self, estimate: &Estimate) -> bool {
        let ends = estimate.low.zip(estimate.high);
        ends.is_none_or(|(low, high)| (high - low) / 2.0 <= self.0 * estimate.mean.abs())
    }
}

/// How many replications it takes until the 95 % interval of the monthly cost is as narrow, looking after
/// 30, 60, 120 and so on, and whether it is then; `seen` is called after each replication. Looking again and
/// again stops a little too early at times, which these few looks keep small.
///
/// # Errors
/// If threads cannot be started, or a stop was wanted.
pub fn enough(
    scenario: &Scenario,
    seed: u64,
    precision: Precision,
    threads: Option<usize>,
    stop: Stop<'_>,
    seen: impl Fn() + Sync,
) -> Result<(u32, bool), Error> {
    let legend = Legend::of(&scenario.setup);
    let (mut costs, mut n) = (Vec::new(), FIRST);
    loop {
        let made = u32::try_from(costs.len()).unwrap_or(u32::MAX);
        let experiment = Experiment {
            variants: vec![Variant::new("proposed", scenario.setup.clone())],
            seed,
            replications: made..n,
            threads,
        };
        let begin = |_, _| Fold::new(&legend);
        let end = |_, fold: Fold, run: Run| fold.finish(&run).0.money.total().as_usd_f64();
        let more = experiment.observe(stop, |_| seen(), begin, end)?;
        costs.extend(more.into_iter().flatten());
        if costs.len() < n as usize {
            return Err(Error::Stopped);
        }
        if precision.is_kept(&Estimate::of(&costs)) {
            return Ok((n, true));
        }
        if n >= LAST {
            return Ok((n, false));
        }
        n *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_taken_until_the_interval_is_narrow() {
        let quarter = Scenario::library("prices-for-a-quarter").unwrap();
        let scenario = quarter.with(&[("horizon", "2d")]).unwrap();
        let of = |text: &str| {
            let precision = text.parse().unwrap();
            enough(&scenario, 1, precision, None, Stop::NEVER, || {}).unwrap()
        };
        assert_eq!(of("50%"), (30, true));
        let mut finer = ["1%", "0.5 %", "0.2", "0.1", "0.05"].into_iter().map(of);
        let (n, kept) = finer.find(|(n, _)| *n > 30).expect("prices move");
        assert!(kept && n % 30 == 0 && (n / 30).is_power_of_two(), "{n}");
        assert!("0%".parse::<Precision>().is_err() && "x".parse::<Precision>().is_err());
    }
}

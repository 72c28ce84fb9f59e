//! Amounts over time as people count them: core-hours, GiB-hours, dollars a month.

use backtest::LaneScore;
use sim::model::vpa::CpuMemory;

use super::Report;

/// Milliseconds of an hour.
pub(super) const HOUR_MS: f64 = 3_600_000.0;
/// Hours of a month, as providers count them.
const MONTH_HOURS: f64 = 730.0;
/// Hours of a week.
const WEEK_HOURS: f64 = 168.0;
/// Bytes of a GiB.
const GIB: f64 = 1_073_741_824.0;

/// What is paid for what is requested.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prices {
    /// Dollars for a core and an hour.
    pub core_hour: f64,
    /// Dollars for a GiB of memory and an hour.
    pub gib_hour: f64,
}

impl Default for Prices {
    // OpenCost: configs/default.json, CPU and RAM; these are the list prices of a core and a GiB of an N2
    // instance in us-central1 (Google Compute Engine), read 2026-11-29
    fn default() -> Prices {
        Prices { core_hour: 0.031_611, gib_hour: 0.004_237 }
    }
}

/// Millicore-milliseconds as core-hours.
pub(super) fn core_hours(amount: u128) -> f64 {
    amount as f64 / 1_000.0 / HOUR_MS
}

/// Byte-milliseconds as GiB-hours.
pub(super) fn gib_hours(amount: u128) -> f64 {
    amount as f64 / GIB / HOUR_MS
}

/// An amount of each lane.
pub(super) type Amount = fn(&LaneScore) -> u128;

impl Report<'_> {
    /// Dollars a month for an amount of both lanes.
    pub(super) fn monthly(&self, lanes: &CpuMemory<LaneScore>, of: Amount) -> f64 {
        self.cpu_monthly(&lanes.cpu, of) + self.memory_monthly(&lanes.memory, of)
    }

    /// Dollars a month for an amount of CPU.
    pub(super) fn cpu_monthly(&self, lane: &LaneScore, of: Amount) -> f64 {
        self.over(MONTH_HOURS) * core_hours(of(lane)) * self.prices.core_hour
    }

    /// Dollars a month for an amount of memory.
    pub(super) fn memory_monthly(&self, lane: &LaneScore, of: Amount) -> f64 {
        self.over(MONTH_HOURS) * gib_hours(of(lane)) * self.prices.gib_hour
    }

    /// A count as one a week.
    pub(super) fn weekly(&self, count: u64) -> f64 {
        self.over(WEEK_HOURS) * count as f64
    }

    /// How many times the time that was judged goes into a number of hours; 0 where nothing was judged.
    fn over(&self, hours: f64) -> f64 {
        let judged = self.judged_hours();
        if judged > 0.0 { hours / judged } else { 0.0 }
    }
}

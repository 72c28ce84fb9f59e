//! What each metric comes to in one run.

use sim::Cost;
use sim::money::HOURS_PER_MONTH;
use sim::terms::metrics::{Figure, OfWorkload};

use crate::figures::Figures;
use crate::folds::availability::{Available, replica_minutes};
use crate::folds::declared::{Measure, declarations};
use crate::folds::fates::Fates;
use crate::folds::pending::Wait;

/// What a metric comes to in one run: a value, or the parts of a ratio.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reading {
    /// The value; of a ratio what is divided.
    pub value: f64,
    /// What it is divided by.
    pub of: Option<f64>,
}

impl Reading {
    const fn plain(value: f64) -> Reading {
        Reading { value, of: None }
    }

    /// The value of this run alone; of a ratio in per cent. None of nothing.
    #[must_use]
    pub fn alone(self) -> Option<f64> {
        match self.of {
            None => Some(self.value),
            Some(0.0) => None,
            Some(of) => Some(self.value / of * 100.0),
        }
    }
}

/// One run, and the same replication of its baseline.
#[derive(Clone, Copy)]
pub(super) struct One<'r> {
    pub(super) figures: &'r Figures,
    pub(super) baseline: Option<&'r Figures>,
    /// The length of the window, in hours.
    pub(super) hours: f64,
}

impl One<'_> {
    fn monthly(self, cost: Cost) -> f64 {
        cost.as_usd_f64() * HOURS_PER_MONTH / self.hours
    }

    fn per_day(self, amount: f64) -> f64 {
        amount * 24.0 / self.hours
    }

    /// A metric of the run; none where the run has nothing of the kind.
    pub(super) fn read(self, figure: Figure) -> Option<Reading> {
        let One { figures: f, hours, .. } = self;
        let money = &f.money;
        let share = |part: Cost, whole: Cost| Reading {
            value: part.as_usd_f64(),
            of: Some(whole.as_usd_f64()),
        };
        let daily = |count: u64| Some(self.per_day(count as f64));
        let number = |count: u64| Some(count as f64);
        let plain = match figure {
            Figure::CostMonthly => Some(self.monthly(money.total())),
            Figure::CostHourly => Some(money.total().as_usd_f64() / hours),
            Figure::CostSpot => Some(self.monthly(money.spot)),
            Figure::CostList => Some(self.monthly(money.list)),
            Figure::CostContracted => Some(self.monthly(money.contracted)),
            Figure::CostBilled => Some(self.monthly(money.billed())),
            Figure::CostUnused => Some(self.monthly(money.commitment_unused)),
            Figure::CostOther => Some(self.monthly(money.other)),
            Figure::CostIdle => Some(self.monthly(money.idle)),
            Figure::Waste => Some(self.monthly(money.waste())),
            Figure::SavingMonthly => {
                let baseline = self.monthly(self.baseline?.money.total());
                Some(baseline - self.monthly(money.total()))
            }
            Figure::SavingPercent => {
                let whole = self.baseline?.money.total();
                let saved = whole.as_usd_f64() - money.total().as_usd_f64();
                return Some(Reading { value: saved, ..share(whole, whole) });
            }
            Figure::SavingSameNodes => {
                let whole = money.same_nodes;
                let saved = whole.as_usd_f64() - money.total().as_usd_f64();
                return Some(Reading { value: saved, ..share(whole, whole) });
            }
            Figure::NodesMean => Some(f.capacity.node_ms as f64 / (hours * 3.6e6)),
            Figure::NodesPeak => number(f.capacity.peak_nodes),
            Figure::NodesShort => Some(self.per_day(f.capacity.short_ms as f64 / 3.6e6)),
            Figure::CpuRequested => return Some(requested(f, 0)),
            Figure::MemoryRequested => return Some(requested(f, 1)),
            Figure::CpuUsed => return used(f, 0),
            Figure::MemoryUsed => return used(f, 1),
            Figure::IdleCpuHours => Some(self.per_day(f.capacity.integral.idle_cpu as f64 / 3.6e9)),
            Figure::Reclaims => daily(f.disruption.reclaims),
            Figure::Outbid => daily(f.disruption.outbid),
            Figure::NoticesMissed => daily(f.disruption.notices_missed),
            Figure::Failures => daily(f.disruption.failures),
            Figure::PodsDisrupted => daily(f.disruption.ends.total()),
            Figure::EndsClean => daily(f.disruption.ends.clean),
            Figure::EndsCutShort => daily(f.disruption.ends.cut_short()),
            Figure::EndsKilled => daily(f.disruption.ends.killed_without_warning),
            Figure::KilledInRun => number(f.disruption.ends.killed_without_warning),
            Figure::BarePodsLost => number(f.disruption.bare_pods_lost),
            Figure::DataLost => number(f.data_lost.values().sum()),
            Figure::Pending(percent) => seconds(f.pending.percentile(percent)),
            Figure::PendingCensored => {
                let waiting: u64 = f.never_scheduled.iter().map(|(_, count, _)| count).sum();
                number(waiting.saturating_sub(f.gated))
            }
            Figure::Unschedulable => number(f.unschedulable),
            Figure::Gated => number(f.gated),
            Figure::StartUp(percent) => {
                seconds(f.start_up.percentile(percent)).filter(|_| f.started.any)
            }
            Figure::Replacement(percent) => seconds(f.replacement.percentile(percent)),
            Figure::StrandedMinutes => Some(f.stranded_ms as f64 / 60_000.0),
            Figure::Completed => number(f.capacity.completed),
            Figure::LostWorkHours => Some(self.per_day(f.worked.lost.as_hours_f64())),
            Figure::DeadlineMisses => jobs(f, |jobs| jobs.late.unwrap_or(0)),
            Figure::JobsFailed => jobs(f, Fates::failed),
            Figure::JobsSkipped => number(f.skipped.values().sum()),
            Figure::Declared(key) => self.declared(key),
            // There is one of each workload.
            Figure::Of(_) => None,
        };
        plain.map(Reading::plain)
    }

    /// A figure that a fold declares.
    fn declared(self, key: &str) -> Option<f64> {
        let mut all = declarations().zip(&self.figures.declared);
        let (declaration, value) = all.find(|(it, _)| it.key == key)?;
        value.map(|value| match declaration.measure {
            Measure::PerDay | Measure::PodsPerDay => self.per_day(value),
            Measure::Number | Measure::Seconds | Measure::Percent | Measure::Usd => value,
        })
    }
}

/// A metric of one workload.
pub(super) fn of_workload(figure: OfWorkload, it: &Available) -> Option<Reading> {
    let value = match figure {
        OfWorkload::Availability => it.time_based,
        OfWorkload::ReplicaAvailability => {
            let share = || 1.0 - it.unavailable_ms as f64 / it.desired_ms as f64;
            (it.desired_ms > 0).then(share)
        }
        OfWorkload::UnavailableMinutes => Some(replica_minutes(it.unavailable_ms)),
        OfWorkload::MinAvailable => it.least.map(f64::from),
    };
    value.map(Reading::plain)
}

fn requested(figures: &Figures, lane: usize) -> Reading {
    let integral = &figures.capacity.integral;
    Reading { value: integral.requested[lane] as f64, of: Some(integral.allocatable[lane] as f64) }
}

fn used(figures: &Figures, lane: usize) -> Option<Reading> {
    let unit = [1.0, 1_048_576.0][lane];
    let used = figures.used.integral[lane] as f64 / unit;
    let allocatable = figures.capacity.integral.allocatable[lane] as f64;
    (used > 0.0).then_some(Reading { value: used, of: Some(allocatable) })
}

fn seconds(wait: Option<Wait>) -> Option<f64> {
    wait.map(|wait| wait.span.as_secs_f64())
}

/// How many Jobs are so; none where there are no Jobs.
fn jobs(figures: &Figures, which: impl Fn(&Fates) -> u64) -> Option<f64> {
    let count = || figures.jobs.iter().map(which).sum::<u64>() as f64;
    (!figures.jobs.is_empty()).then(count)
}

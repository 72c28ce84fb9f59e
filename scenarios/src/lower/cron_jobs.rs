//! CronJobs: when they make Jobs, by a calendar that begins somewhere, and what they do when late.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sim::model::Model;
use sim::model::job::Job;
use sim::model::schedule::{Concurrency, Schedule};
use sim::model::workload::Controller;
use sim::setup::Draft;
use sim::{SimTime, Span};

use crate::assumption::{self, Assumption};
use crate::cron::Cron;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::kube::CronJobSpec;
use crate::tree::{Node, Step};
use crate::workloads::Written;

/// The moment of `T+0` where it is not stated: a Monday, and the first of a month.
const DEFAULT_START: &str = "2026-06-01T00:00:00Z";

/// More times than this are taken for a mistake: every minute of two years.
const MOST: usize = 1_051_200;

/// Assumptions about what else goes by the time of day.
const DATED: [&str; 2] = [assumption::TIME_OF_DAY.id, assumption::USAGE_CLOCK.id];

/// The calendar of a scenario, as far as it is stated.
#[derive(Clone, Copy)]
pub struct Calendar<'c> {
    /// `startTime`.
    pub said: Option<&'c str>,
    /// The moment of `T+0` in a dated price history, and how the file is called.
    pub history: Option<(Timestamp, &'c str)>,
    /// Whether something arrives by the clock.
    pub by_arrivals: bool,
    /// Whether the replicas of a workload go by the clock.
    pub by_replicas: bool,
    /// Where the scenario was written.
    pub place: (&'c Source, &'c Node),
}

/// A CronJob without its times, which need a calendar.
///
/// # Errors
/// A sentence that says what the API server would refuse.
pub(super) fn cron_job(
    model: &mut Model,
    written: &CronJobSpec,
    job: Job,
) -> Result<Controller, String> {
    Cron::parse(&written.schedule)
        .map_err(|what| format!("schedule `{}`: {what}", written.schedule))?;
    zone(written)?;
    let concurrency = match written.concurrency_policy.as_deref() {
        None | Some("Allow") => Concurrency::Allow,
        Some("Forbid") => Concurrency::Forbid,
        Some("Replace") => Concurrency::Replace,
        Some(other) => {
            return Err(format!(
                "concurrencyPolicy is `{other}`; write `Allow`, `Forbid` or `Replace`"
            ));
        }
    };
    let starting_deadline = written.starting_deadline_seconds.map(Span::from_secs_capped);
    let schedule =
        model.schedules.push(Schedule { due: Vec::new(), concurrency, starting_deadline });
    Ok(Controller::CronJob { job, schedule })
}

/// Gives every CronJob its times. The model's first workloads are those that were written.
pub fn fill(
    workloads: &[Written],
    calendar: Calendar<'_>,
    (setup, assumptions): (&mut Draft, &mut Vec<Assumption>),
    found: &mut Diagnostics,
) {
    let start = match calendar.start() {
        Ok(start) => start,
        Err(wrong) => {
            found.push(*wrong);
            return;
        }
    };
    let length = i64::try_from(setup.horizon.as_ms()).unwrap_or(i64::MAX);
    let end = Timestamp::from_millisecond(start.as_millisecond().saturating_add(length));
    let Ok(end) = end else {
        let message = format!("the simulation ends after the calendar, from {start} on");
        found.push(calendar.diagnostic("E0204", message).help("choose an earlier `startTime`"));
        return;
    };
    let mut filled = Vec::new();
    for (workload, written) in setup.model.workloads.rows().zip(workloads) {
        let Controller::CronJob { job, schedule } = workload.controller else { continue };
        let Some(spec) = &written.spec.cron_job else { continue };
        match due(spec, job, start..end) {
            Ok(due) => {
                if due.is_empty() {
                    found.push(never_due(written, &spec.schedule, start));
                }
                filled.push((schedule, due));
            }
            Err(what) => {
                let message = format!("CronJob/{}/{}: {what}", written.namespace, written.name);
                let wrong = Diagnostic::new("E0301", message);
                found.push(wrong.at(&written.source, written.span.clone()));
            }
        }
    }
    if !setup.model.schedules.is_empty() {
        assumptions.push(assumption::CALENDAR.about(&[&start.to_string()]));
    } else if calendar.said.is_some()
        && !calendar.by_arrivals
        && !calendar.by_replicas
        && !assumptions.iter().any(|it| DATED.contains(&it.id))
    {
        let message =
            "`startTime` is given, and neither a CronJob nor usage nor the market goes by it";
        found.push(calendar.diagnostic("W0010", message.into()));
    }
    if !filled.is_empty() {
        // No other owner has the model yet, so that nothing is copied.
        let model = Arc::make_mut(&mut setup.model);
        filled.into_iter().for_each(|(schedule, due)| model.schedules[schedule].due = due);
    }
}

/// What is said of a CronJob that makes no Job.
fn never_due(written: &Written, schedule: &str, start: Timestamp) -> Diagnostic {
    let name = format!("CronJob {}/{}", written.namespace, written.name);
    let message = format!("{name}: schedule `{schedule}` is not due between {start} and the end");
    let help = "correct it, simulate longer (`horizon`), or begin at another time (`startTime`)";
    Diagnostic::new("W0017", message).at(&written.source, written.span.clone()).help(help)
}

impl Calendar<'_> {
    /// The moment of `T+0`: what `startTime` says, else that of the price history.
    pub(crate) fn start(self) -> Result<Timestamp, Box<Diagnostic>> {
        let wrong = |message| Box::new(self.diagnostic("E0204", message));
        let said = self.said.map(moment).transpose().map_err(wrong)?;
        match (said, self.history) {
            (Some(said), Some((at, file))) if said != at => {
                let message = format!(
                    "`startTime` says that T+0 is {said}, and `market.prices` begins at {at} of {file}"
                );
                let help = format!(
                    "leave `startTime` out to go by the prices, or set `market.prices.start: {said}`"
                );
                Err(Box::new(wrong(message).help(help)))
            }
            (Some(start), _) | (None, Some((start, _))) => Ok(start),
            (None, None) => moment(DEFAULT_START).map_err(wrong),
        }
    }

    /// About `startTime`.
    fn diagnostic(self, code: &'static str, message: String) -> Diagnostic {
        let (source, tree) = self.place;
        let place = tree.at(&[Step::Key("startTime".into())]).span.clone();
        Diagnostic::new(code, message).at(source, place)
    }
}

/// When a CronJob makes such Jobs.
///
/// # Errors
/// A sentence that says that there are too many.
fn due(spec: &CronJobSpec, job: Job, between: Range<Timestamp>) -> Result<Vec<SimTime>, String> {
    let (cron, zone) = (Cron::parse(&spec.schedule)?, zone(spec)?);
    let since = |at: Timestamp| at.as_millisecond().abs_diff(between.start.as_millisecond());
    let times = cron.between(between.start, between.end, &zone);
    let due: Vec<SimTime> = times.take(MOST + 1).map(|at| SimTime::from_ms(since(at))).collect();
    if due.len() > MOST {
        return Err(format!("schedule `{}` is due more than {MOST} times", spec.schedule));
    }
    let pods = u64::from(job.completions) * due.len() as u64;
    if pods > u64::from(u32::MAX) {
        let (times, most) = (due.len(), u32::MAX);
        return Err(format!("it is due {times} times, for {pods} pods; {most} are the most"));
    }
    Ok(due)
}

/// The zone of a CronJob's clock. Controllers of managed clusters go by UTC.
fn zone(spec: &CronJobSpec) -> Result<TimeZone, String> {
    match spec.time_zone.as_deref() {
        None => Ok(TimeZone::UTC),
        // CronJob validation: validateTimeZone
        Some("") | Some("Local") => Err("timeZone names no zone; leave it out for UTC".into()),
        Some(name) => TimeZone::get(name).map_err(|_| {
            format!("timeZone `{name}` is not known; write a name like `Europe/Berlin`")
        }),
    }
}

/// A date, or a moment.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    // A date alone is its midnight.
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| {
        format!("`{text}` is no moment; write one like 2026-06-01 or 2026-06-01T06:30:00Z")
    })
}

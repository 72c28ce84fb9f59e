//! CronJobs: when they make Jobs, by a calendar that begins somewhere, and what they do when late.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sim::table::Id;
use sim::world::Model;
use sim::world::job::Job;
use sim::world::schedule::{Concurrency, Schedule, ScheduleId};
use sim::world::workload::Controller;
use sim::{Setup, SimTime, Span};

use crate::assumption::{self, Assumption};
use crate::cron::Cron;
use crate::file::Kind;
use crate::kube::CronJobSpec;
use crate::manifests::Written;

/// The moment of `T+0` where nobody says: a Monday, and the first of a month.
const DEFAULT_START: &str = "2026-06-01T00:00:00Z";

/// More times than this are taken for a mistake: every minute of two years.
const MOST: usize = 1_051_200;

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
    let starting_deadline = written.starting_deadline_seconds.map(Span::from_secs);
    let schedule =
        model.schedules.push(Schedule { due: Vec::new(), concurrency, starting_deadline });
    Ok(Controller::CronJob { job, schedule })
}

/// Gives every CronJob its times. `T+0` is what `said` says, else that of the price history.
///
/// # Errors
/// A sentence that says what is wrong with the calendar, or with a CronJob.
pub fn fill(
    workloads: &[Written],
    said: Option<&str>,
    history: Option<Timestamp>,
    (setup, assumptions): (&mut Setup, &mut Vec<Assumption>),
) -> Result<(), String> {
    let said = said.map(moment).transpose()?;
    let mut cron_jobs = workloads.iter().filter(|it| it.kind == Kind::CronJob).peekable();
    if cron_jobs.peek().is_none() {
        return Ok(());
    }
    let start = match said.or(history) {
        Some(start) => start,
        None => moment(DEFAULT_START)?,
    };
    let mut model = Model::clone(&setup.model);
    for (number, written) in cron_jobs.enumerate() {
        let Some(spec) = &written.spec.cron_job else { continue };
        let due = due(spec, start, setup.horizon)?;
        let all = due.len();
        let completions = written.spec.completions.or(written.spec.parallelism).unwrap_or(1);
        let pods = u64::from(completions) * all as u64;
        if all > MOST || pods > u64::from(u32::MAX) {
            let name = &written.name;
            return Err(format!("CronJob `{name}` is due {all} times, for {pods} pods"));
        }
        model.schedules[ScheduleId::from_index(number)].due = due;
    }
    setup.model = model.into();
    assumptions.push(assumption::CALENDAR.about(&[&start.to_string()]));
    Ok(())
}

fn due(spec: &CronJobSpec, start: Timestamp, horizon: SimTime) -> Result<Vec<SimTime>, String> {
    let (cron, zone) = (Cron::parse(&spec.schedule)?, zone(spec)?);
    let length = i64::try_from(horizon.as_ms()).unwrap_or(i64::MAX);
    let end = Timestamp::from_millisecond(start.as_millisecond().saturating_add(length));
    let end =
        end.map_err(|_| format!("the simulation ends after the calendar, from {start} on"))?;
    let since = |at: Timestamp| at.as_millisecond().abs_diff(start.as_millisecond());
    Ok(cron.between(start, end, &zone).into_iter().map(|at| SimTime::from_ms(since(at))).collect())
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

fn moment(text: &str) -> Result<Timestamp, String> {
    // A date alone is its midnight.
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| {
        format!("`{text}` is no moment; write one like 2026-06-01 or 2026-06-01T06:30:00Z")
    })
}

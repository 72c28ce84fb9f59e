//! Replicas over time: when a workload is scaled, by the clock, after given times, or as a table says.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sim::model::planned::Scale;
use sim::model::workload::WorkloadId;
use sim::setup::Draft;
use sim::table::Id;
use sim::{SimTime, Span};

use super::planned::{self, Scaled};
use crate::cron::Cron;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::planned::ReplicaSchedule;
use crate::replica_table::{Table, When};
use crate::tree::{Node, Step};
use crate::workloads::Written;

/// Changes beyond this many are taken for a mistake: every minute of two years.
const MOST: usize = 1_051_200;
/// For how long before `T+0` the line that was due last is looked for: first a week, then a year.
const LOOK_BACK: [i64; 2] = [8, 367];

/// Everything that is said of replicas over time.
#[derive(Clone, Copy)]
pub struct Schedules<'s> {
    /// What the scenario says.
    pub written: &'s [ReplicaSchedule],
    /// The tables that it names.
    pub tables: &'s [Option<Table>],
    /// The workloads.
    pub workloads: &'s [Written],
    /// Where the scenario was written.
    pub place: (&'s Source, &'s Node),
}

impl Schedules<'_> {
    /// Whether any of it goes by the calendar.
    #[must_use]
    pub fn follow_the_clock(&self) -> bool {
        let dated = |table: &Table| table.rows.iter().any(|row| matches!(row.at, When::Moment(_)));
        self.written.iter().any(|it| !it.schedule.is_empty())
            || self.tables.iter().flatten().any(dated)
    }

    /// Plans all changes of scale; `T+0` is at `start`.
    pub fn plan(&self, start: Timestamp, draft: &mut Draft, found: &mut Diagnostics) {
        let mut scales = Vec::new();
        let mut seen = BTreeMap::new();
        for (index, schedule) in self.written.iter().enumerate() {
            let at = |field: &str| {
                let path = ["replicaSchedules".into(), Step::Index(index), field.into()];
                self.place.1.at(&path).span.clone()
            };
            let wrong = |field: &str, message: String| {
                Diagnostic::new("E1001", message).at(self.place.0, at(field))
            };
            let found_one = planned::find(&schedule.workload, self.workloads, Scaled::Replicas);
            let workload = match found_one {
                Ok(workload) => workload,
                Err((message, help)) => {
                    let error = wrong("workload", message);
                    found.push(help.into_iter().fold(error, Diagnostic::help));
                    continue;
                }
            };
            if seen.insert(workload, index).is_some() {
                let message = format!("`{}` has two schedules of replicas", schedule.workload);
                found.push(wrong("workload", message));
                continue;
            }
            let table = self.tables.get(index).and_then(Option::as_ref);
            match self.changes(schedule, table, start, draft.horizon) {
                Ok(changes) => {
                    let id = WorkloadId::from_index(workload);
                    let created_at = draft.model.workloads[id].created_at;
                    let effective = since(changes, created_at);
                    scales.extend(effective.map(|(at, replicas)| Scale {
                        at,
                        workload: id,
                        replicas,
                    }));
                }
                Err((field, message)) => found.push(wrong(field, message)),
            }
        }
        if !scales.is_empty() {
            Arc::make_mut(&mut draft.model).planned.scales = scales;
        }
    }

    /// How many replicas there are from which time on; what holds at `T+0` first.
    fn changes(
        &self,
        schedule: &ReplicaSchedule,
        table: Option<&Table>,
        start: Timestamp,
        horizon: SimTime,
    ) -> Result<BTreeMap<SimTime, u32>, (&'static str, String)> {
        let said =
            [!schedule.schedule.is_empty(), !schedule.steps.is_empty(), schedule.file.is_some()];
        match said {
            [true, false, false] => by_clock(schedule, start, horizon),
            [false, true, false] => steps(schedule),
            [false, false, true] => Ok(table.map_or_else(BTreeMap::new, |it| rows(it, start))),
            [false, false, false] => {
                Err(("workload", "say when: by `schedule`, in `steps`, or in a `file`".into()))
            }
            _ => Err(("workload", "`schedule`, `steps` and `file` exclude each other".into())),
        }
    }
}

/// What holds when the workload is created, and every change after that.
fn since(
    changes: BTreeMap<SimTime, u32>,
    created_at: SimTime,
) -> impl Iterator<Item = (SimTime, u32)> {
    let first =
        changes.range(..=created_at).next_back().map(|(_, replicas)| (created_at, *replicas));
    let later = changes.into_iter().filter(move |(at, _)| *at > created_at);
    first.into_iter().chain(later)
}

fn by_clock(
    schedule: &ReplicaSchedule,
    start: Timestamp,
    horizon: SimTime,
) -> Result<BTreeMap<SimTime, u32>, (&'static str, String)> {
    let zone = match schedule.time_zone.as_deref() {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).map_err(|_| {
            let message =
                format!("time zone `{name}` is not known; write one like `Europe/Berlin`");
            ("timeZone", message)
        })?,
    };
    let ms = i64::try_from(horizon.as_ms()).unwrap_or(i64::MAX);
    let end = start.checked_add(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MAX);
    let mut lines = Vec::new();
    for line in &schedule.schedule {
        let cron = Cron::parse(&line.cron)
            .map_err(|what| ("schedule", format!("`{}`: {what}", line.cron)))?;
        lines.push((cron, line.replicas));
    }
    let mut changes = BTreeMap::new();
    let held = LOOK_BACK.iter().find_map(|days| {
        let from = start.checked_sub(SignedDuration::from_hours(24 * days)).ok()?;
        let clocks = lines.iter().filter(|(cron, _)| matches!(cron, Cron::Clock { .. }));
        let last = clocks.filter_map(|(cron, replicas)| {
            Some((cron.between(from, start, &zone).last()?, *replicas))
        });
        last.max_by_key(|(at, _)| *at)
    });
    changes.extend(held.map(|(_, replicas)| (SimTime::ZERO, replicas)));
    for (cron, replicas) in &lines {
        for at in cron.between(start, end, &zone) {
            changes.insert(after(start, at), *replicas);
            if changes.len() > MOST {
                let message = format!("the schedule is due more than {MOST} times");
                return Err(("schedule", message));
            }
        }
    }
    if changes.is_empty() {
        return Err(("schedule", format!("no line is due between {start} and the end")));
    }
    Ok(changes)
}

fn steps(schedule: &ReplicaSchedule) -> Result<BTreeMap<SimTime, u32>, (&'static str, String)> {
    let mut changes: BTreeMap<SimTime, u32> = BTreeMap::new();
    for step in &schedule.steps {
        // It was checked against the schema.
        let at = SimTime::ZERO + Span::parse(&step.at).unwrap_or_default();
        if let Some((last, _)) = changes.last_key_value().filter(|(last, _)| **last >= at) {
            let last = last.since(SimTime::ZERO);
            let message = format!("the step at {} comes after one at {last}; sort them", step.at);
            return Err(("steps", message));
        }
        changes.insert(at, step.replicas);
    }
    Ok(changes)
}

fn rows(table: &Table, start: Timestamp) -> BTreeMap<SimTime, u32> {
    let mut changes = BTreeMap::new();
    for row in &table.rows {
        let at = match row.at {
            When::After(span) => SimTime::ZERO + span,
            // Of what lies before `T+0`, the last holds then.
            When::Moment(at) => after(start, at.max(start)),
        };
        changes.insert(at, row.replicas);
    }
    changes
}

fn after(start: Timestamp, at: Timestamp) -> SimTime {
    SimTime::from_ms(at.as_millisecond().abs_diff(start.as_millisecond()))
}

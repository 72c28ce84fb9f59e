//! Schedules: when a CronJob makes Jobs, and what it does when one of them still runs.

use crate::table::id;
use crate::time::{SimTime, Span};

id! {
    /// A CronJob's schedule.
    ScheduleId
}

/// When a CronJob makes Jobs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Every time up to the horizon, in order.
    pub due: Vec<SimTime>,
    /// What becomes of a Job that still runs when the next is due.
    pub concurrency: Concurrency,
    /// `spec.startingDeadlineSeconds`: how late a Job may be made; as late as need be without.
    pub starting_deadline: Option<Span>,
}

/// `spec.concurrencyPolicy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Concurrency {
    /// Both run.
    Allow,
    /// The next is made when it is over, unless that is too late or yet another is due by then.
    Forbid,
    /// It is deleted.
    Replace,
}

impl Schedule {
    /// The first time after `now`, if there is one.
    #[must_use]
    pub fn after(&self, now: SimTime) -> Option<SimTime> {
        self.due.get(self.due.partition_point(|due| *due <= now)).copied()
    }

    /// The first time that is not before `now`, if there is one.
    #[must_use]
    pub fn not_before(&self, now: SimTime) -> Option<SimTime> {
        self.due.get(self.due.partition_point(|due| *due < now)).copied()
    }

    /// Whether a Job that was due at `due` may still be made.
    // CronJob controller: cronjob_controllerv2.go syncCronJob, tooLate
    #[must_use]
    pub fn in_time(&self, due: SimTime, now: SimTime) -> bool {
        self.starting_deadline.is_none_or(|span| due + span >= now)
    }
}

//! Batch: what became of the time of pods that do work, when Jobs were done, which failed, and which
//! were late.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::job::{Outcome, Worked};
use sim::model::pod::End;
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Table;
use sim::{Legend, SimTime, Span};

/// Folds facts into the fates of Jobs.
#[derive(Clone)]
pub struct Batch {
    legend: Legend,
    /// What became of the time of pods that ended in the window or worked at its end.
    pub worked: Worked,
    /// How many Jobs of each CronJob were due and never made.
    pub skipped: BTreeMap<WorkloadId, u64>,
    /// Jobs, each with its number among those of its CronJob.
    jobs: BTreeMap<(WorkloadId, u32), Job>,
    /// How many pods of each Job have completed.
    completed: Table<WorkloadId, u32>,
}

/// How far a Job is.
#[derive(Clone, Copy)]
struct Job {
    created_at: SimTime,
    over: Option<(SimTime, Outcome)>,
}

/// What became of one Job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// Which one, or which CronJob made it.
    pub workload: WorkloadId,
    /// What became of it; none while it goes on.
    pub outcome: Option<Outcome>,
    /// From its creation to its last completion, if it is done.
    pub makespan: Option<Span>,
    /// Whether it was done after its deadline, was not when that passed, or failed; none without a
    /// deadline. One that is replaced before is not late.
    pub late: Option<bool>,
}

impl Batch {
    /// Nothing has been done yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Batch {
        Batch {
            legend: legend.clone(),
            worked: Worked::default(),
            skipped: BTreeMap::new(),
            jobs: BTreeMap::new(),
            completed: legend.model.workloads.rows().map(|_| 0).collect(),
        }
    }

    /// What became of each Job that was not over before the window.
    pub fn fates(&self) -> impl Iterator<Item = Fate> + '_ {
        self.jobs.iter().filter_map(|((workload, _), job)| {
            let deadline = match self.legend.model.workloads[*workload].controller {
                Controller::DeadlineJob(job) => Some(job.deadline),
                controller => controller.job().and_then(|job| job.deadline),
            };
            if job.over.is_some_and(|(at, _)| at < self.legend.from) {
                return None;
            }
            let late = deadline.map(|span| {
                let due = job.created_at + span;
                match job.over {
                    Some((at, Outcome::Complete)) => at > due,
                    Some((at, Outcome::Replaced)) => at >= due,
                    Some(_) => true,
                    None => due <= self.legend.to,
                }
            });
            let makespan = match job.over {
                Some((at, Outcome::Complete)) => Some(at.since(job.created_at)),
                _ => None,
            };
            let outcome = job.over.map(|(_, outcome)| outcome);
            Some(Fate { workload: *workload, outcome, makespan, late })
        })
    }

    fn created(&mut self, at: SimTime, workload: WorkloadId, run: u32) {
        self.jobs.insert((workload, run), Job { created_at: at, over: None });
    }

    fn over(&mut self, at: SimTime, workload: WorkloadId, run: u32, outcome: Outcome) {
        if let Some(job) = self.jobs.get_mut(&(workload, run)) {
            job.over = job.over.or(Some((at, outcome)));
        }
    }
}

impl Sink for Batch {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkloadCreated { workload } => {
                let controller = self.legend.model.workloads[workload].controller;
                if matches!(controller, Controller::Job(_) | Controller::DeadlineJob(_)) {
                    self.created(at, workload, 0);
                }
            }
            Fact::JobCreated { workload, run, .. } => self.created(at, workload, run),
            Fact::Arrived { workload, run, .. }
                if self.legend.model.workloads[workload].controller.job().is_some() =>
            {
                self.created(at, workload, run);
            }
            Fact::JobEnded { workload, run, outcome } => self.over(at, workload, run, outcome),
            Fact::JobSkipped { workload, .. } if at >= self.legend.from => {
                *self.skipped.entry(workload).or_default() += 1;
            }
            // Jobs without limits do not say themselves that they are complete.
            Fact::PodEnded { workload, end: End::Completed, .. } => {
                self.completed[workload] += 1;
                if let Controller::Job(wanted) = self.legend.model.workloads[workload].controller
                    && self.completed[workload] == wanted.completions
                {
                    self.over(at, workload, 0, Outcome::Complete);
                }
            }
            Fact::DeadlineJobDone { workload } => self.over(at, workload, 0, Outcome::Complete),
            Fact::PodWorked { worked, .. } if at >= self.legend.from => {
                self.worked.useful += worked.useful;
                self.worked.lost += worked.lost;
                self.worked.saving += worked.saving;
                self.worked.waiting += worked.waiting;
            }
            _ => {}
        }
    }
}

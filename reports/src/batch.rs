//! Batch: what became of the time of pods that do work, when Jobs were done, and which were late.

use sim::table::Table;
use sim::world::fact::{Fact, Sink};
use sim::world::job::Worked;
use sim::world::pod::End;
use sim::world::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime, Span};

/// Folds facts into the fates of Jobs.
#[derive(Clone)]
pub struct Batch {
    legend: Legend,
    /// What became of the time of pods that ended in the window or worked at its end.
    pub worked: Worked,
    jobs: Table<WorkloadId, Job>,
}

/// How far a Job is.
#[derive(Clone, Copy, Default)]
struct Job {
    created_at: Option<SimTime>,
    completed: u32,
    done_at: Option<SimTime>,
}

/// What became of one Job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// Which one.
    pub workload: WorkloadId,
    /// From its creation to its last completion, if it is done.
    pub makespan: Option<Span>,
    /// Whether it was done after its deadline, or was not when that passed; none without a deadline.
    pub late: Option<bool>,
}

impl Batch {
    /// Nothing has been done yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Batch {
        Batch {
            legend: legend.clone(),
            worked: Worked::default(),
            jobs: legend.model.workloads.rows().map(|_| Job::default()).collect(),
        }
    }

    /// What became of each Job that was not done before the window.
    pub fn fates(&self) -> impl Iterator<Item = Fate> + '_ {
        self.jobs.iter().filter_map(|(workload, job)| {
            let controller = self.legend.model.workloads[workload].controller;
            let deadline = match controller {
                Controller::Job(job) => job.deadline,
                Controller::DeadlineJob(job) => Some(job.deadline),
                _ => return None,
            };
            let created_at = job.created_at?;
            if job.done_at.is_some_and(|at| at < self.legend.from) {
                return None;
            }
            let late = deadline.map(|span| {
                let due = created_at + span;
                job.done_at.map_or(due <= self.legend.to, |at| at > due)
            });
            let makespan = job.done_at.map(|at| at.since(created_at));
            Some(Fate { workload, makespan, late })
        })
    }
}

impl Sink for Batch {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkloadCreated { workload } => self.jobs[workload].created_at = Some(at),
            Fact::PodEnded { workload, end: End::Completed, .. } => {
                let job = &mut self.jobs[workload];
                job.completed += 1;
                if let Controller::Job(wanted) = self.legend.model.workloads[workload].controller
                    && job.completed == wanted.completions
                {
                    job.done_at = Some(at);
                }
            }
            Fact::DeadlineJobDone { workload } => self.jobs[workload].done_at = Some(at),
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

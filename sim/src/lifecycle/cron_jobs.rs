//! The CronJob controller: which Jobs are made when, and which never.
// CronJob controller: pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob

use std::collections::{BTreeMap, BTreeSet};

use crate::action::{Action, Waiting};
use crate::model::schedule::{Concurrency, Schedule};
use crate::model::workload::{Controller, WorkloadId};
use crate::time::SimTime;
use crate::world::World;

/// The memory of the CronJob controller.
#[derive(Clone, Debug, Default)]
pub struct CronJobs(BTreeMap<WorkloadId, CronJob>);

/// How far one CronJob is.
#[derive(Clone, Debug, Default)]
struct CronJob {
    /// How many Jobs it has made.
    made: u32,
    /// Those of them that are not finished.
    active: BTreeSet<u32>,
    /// The last Job that was due and had to wait.
    missed: Option<SimTime>,
}

/// What a CronJob does when a Job is due.
#[derive(Debug, Default)]
pub(super) struct Decision {
    /// Jobs that make way.
    pub(super) replaced: Vec<u32>,
    /// What it says, and when it looks again.
    pub(super) actions: Vec<Action>,
    /// The Job that it makes.
    pub(super) starts: Option<u32>,
}

impl CronJobs {
    /// A CronJob was created: it waits for its first time.
    pub(super) fn created(world: &World, workload: WorkloadId) -> Vec<Action> {
        let first = schedule(world, workload).and_then(|it| it.not_before(world.now()));
        first.map(|at| Action::Wake { at, who: Waiting::CronJob(workload) }).into_iter().collect()
    }

    /// A Job is due now.
    pub(super) fn due(&mut self, world: &World, workload: WorkloadId) -> Decision {
        let Some(schedule) = schedule(world, workload) else { return Decision::default() };
        let (now, state) = (world.now(), self.0.entry(workload).or_default());
        let next =
            schedule.after(now).map(|at| Action::Wake { at, who: Waiting::CronJob(workload) });
        let mut actions: Vec<Action> = next.into_iter().collect();
        let mut replaced = Vec::new();
        if !state.active.is_empty() {
            match schedule.concurrency {
                Concurrency::Allow => {}
                Concurrency::Replace => replaced = state.active.iter().copied().collect(),
                Concurrency::Forbid => {
                    // Of several that are missed only the last is made up for.
                    let before = state.missed.replace(now);
                    actions.extend(before.map(|due| Action::SkipJob { workload, due }));
                    return Decision { replaced, actions, starts: None };
                }
            }
        }
        let run = state.make();
        actions.push(Action::CreateJob { workload, run, due: now });
        Decision { replaced, actions, starts: Some(run) }
    }

    /// A Job is finished.
    pub(super) fn over(&mut self, workload: WorkloadId, run: u32) {
        if let Some(state) = self.0.get_mut(&workload) {
            state.active.remove(&run);
        }
    }

    /// A Job was finished, so that one can be made which had to wait, unless it is too late. None
    /// when nothing waits.
    pub(super) fn catches_up(
        &mut self,
        world: &World,
        workload: WorkloadId,
    ) -> Option<(Option<u32>, Vec<Action>)> {
        let schedule = schedule(world, workload)?;
        let state = self.0.get_mut(&workload).filter(|state| state.active.is_empty())?;
        let due = state.missed.take()?;
        if !schedule.in_time(due, world.now()) {
            return Some((None, vec![Action::SkipJob { workload, due }]));
        }
        let run = state.make();
        Some((Some(run), vec![Action::CreateJob { workload, run, due }]))
    }
}

impl CronJob {
    fn make(&mut self) -> u32 {
        let run = self.made;
        self.made += 1;
        self.active.insert(run);
        run
    }
}

fn schedule(world: &World, workload: WorkloadId) -> Option<&Schedule> {
    match world.model().workloads[workload].controller {
        Controller::CronJob { schedule, .. } => Some(&world.model().schedules[schedule]),
        _ => None,
    }
}

//! Deadline policies: spot, on-demand or nothing, decided again at every tick.
//!
//! The rules are those of "Can't Be Late: Optimizing Spot Instance Savings under Deadlines"
//! (NSDI '24), where the policies are called greedy and uniform progress.

use std::collections::BTreeMap;

use crate::action::{Action, Decision};
use crate::model::deadline::{Buys, DeadlineJob, DeadlinePolicy};
use crate::model::node::NodeId;
use crate::model::workload::{Controller, WorkloadId};
use crate::time::{SimTime, Span};
use crate::world::World;

/// The memory of jobs with deadlines.
#[derive(Clone, Debug, Default)]
pub struct Deadlines {
    jobs: BTreeMap<WorkloadId, Job>,
}

/// How far one job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Job {
    /// The work that is done, up to `settled_at`.
    done: Span,
    settled_at: SimTime,
    /// What it runs on.
    holds: Option<(NodeId, Buys)>,
    /// How much of the changeover to it is still to come.
    changing: Span,
    /// Whether it is on-demand for good.
    committed: bool,
    finished: bool,
}

impl Job {
    /// Adds up the work until `now`.
    fn settle(&mut self, now: SimTime) {
        let elapsed = now.since(self.settled_at);
        self.settled_at = now;
        if self.holds.is_some() {
            let changed = elapsed.min(self.changing);
            self.changing = self.changing - changed;
            self.done += elapsed - changed;
        }
    }
}

impl Deadlines {
    /// A job re-evaluates what to hold, if the workload is one with a deadline: what it gives back and
    /// takes. It does not decide again once it is done.
    pub fn decide(&mut self, world: &World, workload: WorkloadId) -> Option<Decision> {
        let workloads = &world.model().workloads;
        let Controller::DeadlineJob(job) = workloads[workload].controller else { return None };
        let now = world.now();
        let state = self.jobs.entry(workload).or_insert(Job { settled_at: now, ..Job::default() });
        state.settle(now);
        let give_back = state.holds.map(|(node, _)| Action::Release { node });
        if state.done >= job.work {
            *state = Job { done: job.work, finished: true, settled_at: now, ..Job::default() };
            return Some(Decision { actions: give_back.into_iter().collect(), again_in: None });
        }
        let again_in = Some(job.tick);
        let holds = state.holds.map(|(_, buys)| buys);
        let elapsed = now.since(workloads[workload].created_at);
        state.committed |= must_commit(&job, elapsed, state.done, holds);
        let wants = if state.committed {
            Some(Buys::OnDemand)
        } else {
            let spot = holds == Some(Buys::Spot) || is_to_be_had(world, &job, Buys::Spot);
            wants(&job, elapsed, state.done, holds, spot)
        };
        if wants == holds {
            return Some(Decision { actions: Vec::new(), again_in });
        }
        (state.holds, state.changing) = (None, job.changeover);
        let take = wants.map(|buys| Action::Hold { workload, pool: job.pool, buys });
        Some(Decision { actions: give_back.into_iter().chain(take).collect(), again_in })
    }

    /// A job has got an instance.
    pub fn got(&mut self, workload: WorkloadId, node: NodeId, buys: Buys) {
        if let Some(state) = self.jobs.get_mut(&workload) {
            state.holds = Some((node, buys));
        }
    }

    /// An instance is taken, of a job or not.
    pub fn lost(&mut self, node: NodeId, now: SimTime) {
        let holder = self.jobs.values_mut().find(|it| it.holds.is_some_and(|(own, _)| own == node));
        if let Some(state) = holder {
            state.settle(now);
            state.holds = None;
        }
    }

    /// The jobs that are not done, with how much each has done until `now`.
    pub fn unfinished(&self, now: SimTime) -> impl Iterator<Item = (WorkloadId, Span)> {
        let jobs = self.jobs.iter().filter(|(_, state)| !state.finished);
        jobs.map(move |(workload, state)| {
            let mut state = *state;
            state.settle(now);
            (*workload, state.done)
        })
    }
}

/// Whether just enough time is left for the rest of the work on-demand: one changeover, and two ticks
/// to be safe.
fn must_commit(job: &DeadlineJob, elapsed: Span, done: Span, holds: Option<Buys>) -> bool {
    let left = job.deadline.as_ms().saturating_sub(elapsed.as_ms());
    let needed = job.work - done + job.changeover + job.tick * 2;
    holds != Some(Buys::OnDemand) && left <= needed.as_ms()
}

/// What a job wants to run on that has time to choose. `spot` says whether it could.
fn wants(
    job: &DeadlineJob,
    elapsed: Span,
    done: Span,
    holds: Option<Buys>,
    spot: bool,
) -> Option<Buys> {
    let when_there_is_any = spot.then_some(Buys::Spot);
    match job.policy {
        DeadlinePolicy::OnDemandOnly => Some(Buys::OnDemand),
        DeadlinePolicy::Greedy => when_there_is_any,
        DeadlinePolicy::UniformProgress if holds == Some(Buys::OnDemand) => {
            let later = elapsed + job.changeover * 2;
            let well_ahead = !is_behind(job, later, done);
            when_there_is_any.filter(|_| well_ahead).or(Some(Buys::OnDemand))
        }
        DeadlinePolicy::UniformProgress => {
            let behind = is_behind(job, elapsed, done);
            when_there_is_any.or(behind.then_some(Buys::OnDemand))
        }
    }
}

/// Whether less is done than work spread evenly until the deadline asks for.
fn is_behind(job: &DeadlineJob, elapsed: Span, done: Span) -> bool {
    let product = |a: Span, b: Span| u128::from(a.as_ms()) * u128::from(b.as_ms());
    product(done, job.deadline) < product(elapsed, job.work)
}

fn is_to_be_had(world: &World, job: &DeadlineJob, buys: Buys) -> bool {
    let offering = world.model().pools[job.pool].templates[buys.template()].offering;
    world.grants(offering) && world.pays(job.pool, offering)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pool::PoolId;
    use crate::table::Id;

    const HOUR: Span = Span::from_hours(1);

    fn job(policy: DeadlinePolicy) -> DeadlineJob {
        let (work, deadline) = (HOUR * 10, HOUR * 20);
        let (changeover, tick) = (Span::from_secs(600), HOUR);
        DeadlineJob { pool: PoolId::from_index(0), work, deadline, changeover, tick, policy }
    }

    #[test]
    fn commits_when_there_is_just_enough_time() {
        let job = job(DeadlinePolicy::Greedy);
        // 10 h of work, 2 ticks and 10 minutes are left after 7 h 50 min.
        let last = Span::from_secs(7 * 3_600 + 50 * 60);
        assert!(must_commit(&job, last, Span::ZERO, None));
        assert!(!must_commit(&job, last - Span::from_ms(1), Span::ZERO, None));
        assert!(!must_commit(&job, last, Span::ZERO, Some(Buys::OnDemand)));
    }

    #[test]
    fn uniform_progress_buys_on_demand_when_behind_and_keeps_it_until_well_ahead() {
        let job = job(DeadlinePolicy::UniformProgress);
        let want =
            |hours: u64, done: Span, holds, spot| wants(&job, HOUR * hours, done, holds, spot);
        assert_eq!(want(4, HOUR * 2, None, false), None);
        assert_eq!(want(5, HOUR * 2, None, false), Some(Buys::OnDemand));
        assert_eq!(want(5, HOUR * 2, None, true), Some(Buys::Spot));
        let held = Some(Buys::OnDemand);
        assert_eq!(want(4, HOUR * 2, held, true), held);
        // Two changeovers later it would be at 4 h 20 min, and half of that is done.
        assert_eq!(want(4, Span::from_secs(7_800), held, true), Some(Buys::Spot));
    }

    #[test]
    fn work_stands_still_during_a_changeover() {
        let at = |h: u64| SimTime::ZERO + HOUR * h;
        let holds = Some((NodeId::from_index(0), Buys::Spot));
        let mut job = Job { holds, changing: HOUR * 2, ..Job::default() };
        job.settle(at(1));
        assert_eq!((job.done, job.changing), (Span::ZERO, HOUR));
        job.settle(at(5));
        assert_eq!((job.done, job.changing), (HOUR * 3, Span::ZERO));
        job.holds = None;
        job.settle(at(9));
        assert_eq!(job.done, HOUR * 3);
    }
}

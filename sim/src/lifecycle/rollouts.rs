//! Rollouts: which workloads are on their way to another revision, since when, and whether they get on.

use std::collections::BTreeMap;

use crate::action::{Action, Waiting};
use crate::model::workload::WorkloadId;
use crate::time::SimTime;
use crate::world::World;

/// The rollouts that are going on.
#[derive(Clone, Debug, Default)]
pub(super) struct Rollouts(BTreeMap<WorkloadId, Rollout>);

#[derive(Clone, Copy, Debug)]
struct Rollout {
    began_at: SimTime,
    /// When it last made progress.
    progress_at: SimTime,
    /// Whether it has been said that it makes none.
    stalled: bool,
}

impl Rollouts {
    /// A workload has another revision from now on. One that was on its way to an earlier one is no
    /// longer.
    pub(super) fn begins(&mut self, world: &World, workload: WorkloadId) -> Option<Action> {
        let now = world.now();
        self.0.insert(workload, Rollout { began_at: now, progress_at: now, stalled: false });
        wake(world, workload, now)
    }

    pub(super) fn is_going_on(&self, workload: WorkloadId) -> bool {
        self.0.contains_key(&workload)
    }

    /// Pods come, go, become ready or available.
    pub(super) fn progresses(&mut self, world: &World, workload: WorkloadId) -> Option<Action> {
        let rollout = self.0.get_mut(&workload)?;
        rollout.progress_at = world.now();
        let was_stalled = std::mem::take(&mut rollout.stalled);
        wake(world, workload, world.now()).filter(|_| was_stalled)
    }

    /// Every pod that is to be of the new revision is, and available.
    pub(super) fn ends(&mut self, world: &World, workload: WorkloadId) -> Option<Action> {
        let rollout = self.0.remove(&workload)?;
        let took = world.now().since(rollout.began_at);
        Some(Action::EndRollout { workload, revision: world.revision(workload), took })
    }

    /// The progress deadline may be over.
    // Deployment controller: pkg/controller/deployment/progress.go, util.DeploymentTimedOut
    pub(super) fn checked(&mut self, world: &World, workload: WorkloadId) -> Option<Action> {
        let rollout = self.0.get_mut(&workload).filter(|rollout| !rollout.stalled)?;
        let deadline = world.rollout(workload)?.strategy.progress_deadline()?;
        if world.now().since(rollout.progress_at) < deadline {
            return wake(world, workload, rollout.progress_at);
        }
        rollout.stalled = true;
        Some(Action::StallRollout { workload, revision: world.revision(workload) })
    }
}

/// Looks when the progress deadline is over, counted from `since`.
fn wake(world: &World, workload: WorkloadId, since: SimTime) -> Option<Action> {
    let deadline = world.rollout(workload)?.strategy.progress_deadline()?;
    Some(Action::Wake { at: since + deadline, who: Waiting::Rollout(workload) })
}

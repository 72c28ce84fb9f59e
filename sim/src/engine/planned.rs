//! What is planned: scales and rollouts at given times.

use super::Simulation;
use crate::action::Action;
use crate::event::Event;
use crate::model::Model;
use crate::model::workload::WorkloadId;
use crate::time::SimTime;

/// Everything that is planned, as events.
pub(super) fn events(model: &Model) -> impl Iterator<Item = (SimTime, Event)> + '_ {
    let planned = &model.planned;
    let scales = planned.scales.iter().map(|scale| {
        let (workload, replicas) = (scale.workload, scale.replicas);
        (scale.at, Event::ReplicasChange { workload, replicas })
    });
    let rollouts = planned.rollouts.iter().flat_map(|(workload, rollouts)| {
        rollouts.iter().map(|rollout| (rollout.at, Event::RolloutBegins(*workload)))
    });
    scales.chain(rollouts)
}

impl Simulation<'_> {
    /// A workload is scaled, unless it has that scale already.
    pub(super) fn replicas_change(&mut self, workload: WorkloadId, replicas: u32) {
        if self.world.replicas(workload) != Some(replicas) {
            self.apply(Action::Scale { workload, replicas });
        }
    }
}

//! The one way in: a pod is created if admission lets it, or asked for again later.

use super::Simulation;
use crate::event::Event;
use crate::fact::Fact;
use crate::lifecycle::admission::{self, Forbidden, Reason};
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;

impl Simulation<'_> {
    /// Creates a pod, which has yet to be placed, unless it is forbidden.
    pub(crate) fn create(
        &mut self,
        (workload, replica, attempt): (WorkloadId, u32, u32),
        meant_for: Option<NodeId>,
    ) -> Option<PodId> {
        // Its controller is backing off.
        if self.forbidden.waits(workload, replica) {
            return None;
        }
        self.try_to_create((workload, replica, attempt), meant_for, None)
    }

    fn try_to_create(
        &mut self,
        (workload, replica, attempt): (WorkloadId, u32, u32),
        meant_for: Option<NodeId>,
        before: Option<Forbidden>,
    ) -> Option<PodId> {
        let controllers = &self.controllers;
        let revision = controllers.revision_of(&self.world, workload, replica)?;
        let written = self.world.spec_for((workload, revision), replica);
        let changed = admission::changed(&self.world, &self.vpas, workload, written);
        let spec = changed.map_or(written, |changed| self.world.add_spec(changed));
        if let Some((by, Reason { under, breach })) = admission::forbidden_by(&self.world, spec) {
            self.record(Fact::PodForbidden { workload, replica, attempt, by, under, breach });
            let name = (workload, replica);
            let again_in = self.forbidden.forbid(name, (attempt, meant_for), before);
            let again_at = self.world.now() + again_in;
            self.agenda.schedule(again_at, Event::PodAskedForAgain { workload, replica });
            return None;
        }
        let of = (workload, revision);
        let (pod, fact) = self.world.create_pod_of(spec, of, (replica, attempt), meant_for);
        self.record(fact);
        if revision > 0 {
            self.record(Fact::PodRevised { pod, workload, revision });
        }
        self.controllers.pod_created(&self.world, pod);
        self.watched.created(&self.world, pod);
        self.vpas.created(&self.world, pod, written);
        Some(pod)
    }

    /// A controller asks again for a pod that was forbidden, if it still wants it.
    pub(super) fn ask_again(&mut self, workload: WorkloadId, replica: u32) {
        let Some(before) = self.forbidden.take(workload, replica) else { return };
        let Forbidden { attempt, meant_for, .. } = before;
        if !self.controllers.still_wants(&self.world, (workload, replica), meant_for) {
            return;
        }
        let name = (workload, replica, attempt);
        if let Some(pod) = self.try_to_create(name, meant_for, Some(before)) {
            self.enqueue(pod);
        }
    }
}

//! What has arrived and has not ended: what each asks for, and how long it works. Of all else the
//! workload says it.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::World;
use crate::fact::Fact;
use crate::model::job::Work;
use crate::model::pod::SpecId;
use crate::model::workload::WorkloadId;
use crate::time::Span;

/// By workload, and by which of what arrived it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Arrived(IndexMap<(WorkloadId, u32), Arrival, FxBuildHasher>);

/// A Job or a pod that arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Arrival {
    spec: SpecId,
    lasts: Span,
}

impl World {
    /// A Job or a bare pod arrives: number `run` of its workload, with pods that ask for `spec` and work
    /// for so long.
    ///
    /// # Panics
    /// If nothing arrives of the workload, or this one has.
    pub fn arrive(&mut self, workload: WorkloadId, run: u32, spec: SpecId, lasts: Span) -> Fact {
        let controller = self.model.workloads[workload].controller;
        assert!(controller.generator().is_some(), "a generator lets it arrive");
        let before = self.arrived.0.insert((workload, run), Arrival { spec, lasts });
        assert!(before.is_none(), "each arrives once");
        let pods = controller.job().map_or(1, |job| job.completions);
        let requests = self.requested_by(spec);
        Fact::Arrived { workload, run, pods, spec: self.specs.base(spec), requests, lasts }
    }

    /// What arrived has ended for good, if it has arrived. No report asks for it, so that it is no
    /// fact.
    pub fn depart(&mut self, workload: WorkloadId, run: u32) {
        self.arrived.0.swap_remove(&(workload, run));
    }

    /// Whether something has arrived and not ended.
    #[must_use]
    pub fn has_arrived(&self, workload: WorkloadId, run: u32) -> bool {
        self.arrived.0.contains_key(&(workload, run))
    }

    /// What a pod of a workload does before it ends by itself, if it does: of which of its Jobs, or of
    /// what arrived, it is.
    #[must_use]
    pub fn work(&self, workload: WorkloadId, run: u32) -> Option<Work> {
        let controller = self.model.workloads[workload].controller;
        let work = controller.work()?;
        if controller.generator().is_none() {
            return Some(work);
        }
        let duration = self.arrived.0.get(&(workload, run))?.lasts;
        Some(Work { duration, ..work })
    }

    /// What the pods of something ask for that arrived.
    pub(super) fn arrived_spec(&self, workload: WorkloadId, replica: u32) -> Option<SpecId> {
        let controller = self.model.workloads[workload].controller;
        controller.generator()?;
        Some(self.arrived.0.get(&(workload, controller.run_of(replica)))?.spec)
    }
}

//! The zones in which zonal volumes have been made, and the pods that are held to them.

use std::collections::BTreeMap;

use super::World;
use super::pods::Phase;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, SpecId};
use crate::model::workload::WorkloadId;
use crate::model::zonal::{Together, Whose};
use crate::names::NameId;

/// The zones in which volumes have been made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Zones(BTreeMap<Together, NameId>);

impl World {
    /// What the next pod of a replica asks for.
    pub(crate) fn spec_for(&self, workload: WorkloadId, replica: u32) -> SpecId {
        let workload_of = &self.model.workloads[workload];
        let volumes = workload_of.volumes.as_ref();
        let held = volumes.and_then(|volumes| {
            let zone = self.volume_zones.0.get(&volumes.of(workload, replica))?;
            volumes.held.get(zone).copied()
        });
        held.unwrap_or(workload_of.spec)
    }

    /// Whether placing a pod would make zonal volumes.
    pub(super) fn would_make_volumes(&self, pod: PodId) -> bool {
        let (workload, replica) = (self.pods.workload(pod), self.pods.replica(pod));
        let volumes = self.model.workloads[workload].volumes.as_ref();
        volumes.is_some_and(|it| !self.volume_zones.0.contains_key(&it.of(workload, replica)))
    }

    /// A pod has been placed on a node: its zonal volumes are made there, if they are not yet.
    pub(super) fn make_volumes(&mut self, pod: PodId, node: NodeId) {
        if !self.would_make_volumes(pod) {
            return;
        }
        let (workload, replica) = (self.pods.workload(pod), self.pods.replica(pod));
        let zone = self.shapes[self.nodes.shape(node)].labels.get(self.model.zone_label());
        let volumes = self.model.workloads[workload].volumes.as_ref();
        if let (Some(volumes), Some(zone)) = (volumes, zone) {
            self.volume_zones.0.insert(volumes.of(workload, replica), zone);
            if let Whose::Claim(claim) = volumes.whose {
                self.hold_waiting(claim);
            }
        }
    }

    /// Pods that share a claim and still wait are held to its zone from now on.
    fn hold_waiting(&mut self, claim: NameId) {
        let waiting: Vec<PodId> = self
            .pods
            .ids()
            .filter(|pod| self.pods.phase(*pod) == Phase::Pending)
            .filter(|pod| {
                let workload = &self.model.workloads[self.pods.workload(*pod)];
                let volumes = workload.volumes.as_ref();
                let shares = volumes.is_some_and(|it| it.whose == Whose::Claim(claim));
                // A pod that was found at the start has claims of its own.
                shares && self.pods.spec(*pod) == workload.spec
            })
            .collect();
        for pod in waiting {
            let spec = self.spec_for(self.pods.workload(pod), self.pods.replica(pod));
            self.pods.spec[pod] = spec;
            if let Some(node) = self.pods.nominated(pod) {
                self.changed(node);
            }
        }
    }
}

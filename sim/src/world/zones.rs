//! The zones in which zonal volumes have been made, and the pods that are held to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::World;
use super::pods::Phase;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::workload::WorkloadId;
use crate::model::zonal::{Together, Whose};
use crate::names::NameId;

/// The zones in which volumes have been made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Zones(BTreeMap<Together, NameId>);

/// Zonal volumes that placing a pod has made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MadeVolumes {
    of: Together,
    /// Pods that are held to their zone for that, and what they asked for before.
    held: Vec<(PodId, SpecId)>,
}

impl World {
    /// What the next pod of a replica asks for, if it is of this revision.
    pub(crate) fn spec_for(&self, (workload, revision): (WorkloadId, u32), replica: u32) -> SpecId {
        let (spec, volumes) = self.model.template(workload, revision);
        let held = volumes.and_then(|volumes| {
            let zone = self.volume_zones.0.get(&volumes.of(workload, replica))?;
            volumes.held.get(zone).copied()
        });
        held.or_else(|| self.arrived_spec(workload, replica)).unwrap_or(spec)
    }

    /// A pod has been placed on a node: its zonal volumes are made there, if they are not yet.
    pub(super) fn make_volumes(&mut self, pod: PodId, node: NodeId) -> Option<MadeVolumes> {
        let (workload, replica) = (self.pods.workload(pod), self.pods.replica(pod));
        let volumes = self.model.workloads[workload].volumes.as_ref()?;
        let (of, whose) = (volumes.of(workload, replica), volumes.whose);
        if self.volume_zones.0.contains_key(&of) {
            return None;
        }
        let zone = self.shapes[self.nodes.shape(node)].labels.get(self.model.zone_label())?;
        self.volume_zones.0.insert(of, zone);
        let held = match whose {
            Whose::Claim(claim) => self.hold_waiting(claim),
            Whose::EachReplica => Vec::new(),
        };
        Some(MadeVolumes { of, held })
    }

    /// Zonal volumes have not been made after all.
    pub(super) fn unmake_volumes(&mut self, made: MadeVolumes) {
        self.volume_zones.0.remove(&made.of);
        for (pod, before) in made.held {
            self.ask_for(pod, before);
        }
    }

    /// Pods that share a claim and still wait are held to its zone from now on: they, and what they
    /// asked for before.
    fn hold_waiting(&mut self, claim: NameId) -> Vec<(PodId, SpecId)> {
        let waiting: Vec<PodId> = self
            .pods
            .ids()
            .filter(|pod| self.pods.phase(*pod) == Phase::Pending)
            .filter(|pod| {
                let revision = self.pods.revision(*pod);
                let (spec, volumes) = self.model.template(self.pods.workload(*pod), revision);
                let shares = volumes.is_some_and(|it| it.whose == Whose::Claim(claim));
                // A pod that was found at the start has claims of its own.
                shares && self.asks_as(*pod, spec)
            })
            .collect();
        let hold = |pod| {
            let of = (self.pods.workload(pod), self.pods.revision(pod));
            let spec = self.spec_for(of, self.pods.replica(pod));
            let spec = self.sized_as(pod, spec);
            (pod, self.ask_for(pod, spec))
        };
        waiting.into_iter().map(hold).collect()
    }

    /// A pod that waits asks for something else: what it asked for before.
    fn ask_for(&mut self, pod: PodId, spec: SpecId) -> SpecId {
        let before = std::mem::replace(&mut self.pods.spec[pod], spec);
        if let Some(node) = self.pods.nominated(pod) {
            self.changed(node);
        }
        before
    }

    /// What the replacement of a pod asks for: with zonal volumes that have been made, to be in their
    /// zone. A pod that was found at the start has claims of its own.
    pub(super) fn replacement_spec(&mut self, pod: PodId) -> SpecId {
        let (of, own) = ((self.pods.workload(pod), self.pods.revision(pod)), self.pods.spec(pod));
        if !self.asks_as(pod, self.model.template(of.0, of.1).0) {
            return own;
        }
        let spec = self.spec_for(of, self.pods.replica(pod));
        self.sized_as(pod, spec)
    }

    /// Whether a pod asks for what a template says, of whatever size the run has given it.
    fn asks_as(&self, pod: PodId, template: SpecId) -> bool {
        let own = self.pods.spec(pod);
        own == template
            || self.specs.is_added(own) && self.spec(own).traits == self.spec(template).traits
    }

    /// A spec of the model, of the size that the run has given a pod, if it has.
    fn sized_as(&mut self, pod: PodId, spec: SpecId) -> SpecId {
        let own = self.pods.spec(pod);
        if !self.specs.is_added(own) {
            return spec;
        }
        let traits = Arc::clone(&self.spec(spec).traits);
        self.add_spec(PodSpec { traits, ..self.spec(own).clone() })
    }
}

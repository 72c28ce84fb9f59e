//! Zonal volumes: they are made in the zone of the node on which a pod that uses them is first
//! placed, and from then on such pods run in that zone or nowhere.
//!
//! A pod whose volumes have been made asks for a claim that has its volume there. So it is the
//! scheduler's own VolumeBinding that keeps it there, in its own words.
// kube-scheduler: plugins/volumebinding; StorageClass: volumeBindingMode WaitForFirstConsumer

use std::collections::BTreeMap;

use super::Model;
use super::labels::{LabelSet, Operator, Requirement};
use super::pod::{NodeSelectorTerm, SpecId};
use super::storage::{Access, Claim, ClaimId, ClaimState, ClaimUse, Named, Owner, Volume};
pub use super::workload::{Whose, ZonalVolumes};

use super::workload::WorkloadId;
use crate::names::NameId;

/// Volumes that are made, and stay, together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Together {
    /// Those of a replica.
    Replica(WorkloadId, u32),
    /// Those of a claim.
    Claim(NameId),
}

impl ZonalVolumes {
    /// The volumes that a replica of the workload uses.
    #[must_use]
    pub fn of(&self, workload: WorkloadId, replica: u32) -> Together {
        match self.whose {
            Whose::EachReplica => Together::Replica(workload, replica),
            Whose::Claim(claim) => Together::Claim(claim),
        }
    }
}

impl Model {
    /// Gives the pods of a workload volumes that are made in one of these zones.
    pub fn add_zonal_volumes(
        &mut self,
        workload: WorkloadId,
        whose: Whose,
        zones: impl IntoIterator<Item = NameId>,
    ) {
        let zones: Vec<NameId> = zones.into_iter().collect();
        let held = self.held_in(self.workloads[workload].spec, &zones);
        self.workloads[workload].volumes = Some(ZonalVolumes { whose, held });
        let mut planned = std::mem::take(&mut self.planned);
        for rollout in planned.rollouts.get_mut(&workload).into_iter().flatten() {
            let held = self.held_in(rollout.spec, &zones);
            rollout.volumes = Some(ZonalVolumes { whose, held });
        }
        self.planned = planned;
    }

    /// What pods ask for whose volumes have been made in each of these zones.
    fn held_in(&mut self, plain: SpecId, zones: &[NameId]) -> BTreeMap<NameId, SpecId> {
        let mut held = BTreeMap::new();
        for zone in zones {
            let mut spec = self.specs[plain].clone();
            let claim = self.claim_in(*zone);
            spec.volumes.claims.push(ClaimUse { claim, ephemeral: false, alone: false });
            held.insert(*zone, self.specs.intern(spec));
        }
        held
    }

    /// The claim that stands for every one whose volume is in a zone.
    fn claim_in(&mut self, zone: NameId) -> ClaimId {
        // Not a name that a claim could have.
        let name = format!("(a claim with a volume in {})", self.names.text(zone));
        let name = self.names.intern(&name);
        if let Some(claim) = self.storage.claim_named(name) {
            return claim;
        }
        let there = Requirement { key: self.zone_label(), operator: Operator::In(vec![zone]) };
        let access = Access { modes: 1, block: false };
        let volume = self.storage.volumes.push(Volume {
            class: None,
            size: 0,
            access,
            labels: LabelSet::default(),
            reachable_from: Some(vec![NodeSelectorTerm { labels: vec![there], name: Vec::new() }]),
            zones: Vec::new(),
            owner: Owner::Claim(self.storage.claims.next_id()),
            available: false,
        });
        self.storage.add_claim(Claim {
            name,
            owner: None,
            class: None,
            size: 0,
            access,
            selector: None,
            volume: Named::Volume(volume),
            state: ClaimState::Bound,
            attachable: None,
        })
    }

    /// The label that says in which zone a node is.
    pub(crate) fn zone_label(&self) -> NameId {
        let [_, _, zone, _] = self.zone_keys;
        zone
    }
}

//! Reserved capacity: which NodeClaim may still count on which reservation.

use std::collections::{BTreeMap, BTreeSet};

use sim::names::NameId;

use super::Refusal;
use crate::karpenter::input::Cluster;
use crate::karpenter::requirements::Tightened;

/// What becomes of a pod for which reserved capacity exists that may be needed by others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ReservedMode {
    /// It waits.
    Strict,
    /// It may go to other capacity.
    Fallback,
}

/// How much of each reservation is not spoken for.
// Karpenter: reservationmanager.go
#[derive(Clone, Debug)]
pub(super) struct Reservations {
    free: BTreeMap<NameId, u32>,
    mode: ReservedMode,
}

impl Reservations {
    pub(super) fn new(free: BTreeMap<NameId, u32>, mode: ReservedMode) -> Reservations {
        Reservations { free, mode }
    }

    /// The reservations that a NodeClaim would count on, which has `held` some so far.
    // Karpenter: nodeclaim.go offeringsToReserve
    pub(super) fn wanted(
        &self,
        types: &[usize],
        labels: &Tightened<'_>,
        held: &BTreeSet<NameId>,
        cluster: &Cluster<'_>,
    ) -> Result<BTreeSet<NameId>, Refusal> {
        let mut wanted = BTreeSet::new();
        if self.free.is_empty() || !cluster.options.reserved_capacity {
            return Ok(wanted);
        }
        let mut exists = false;
        for number in types {
            let instance_type = &cluster.instance_types[*number];
            let offerings = instance_type.available(labels, cluster);
            let reserved =
                offerings.filter(|offering| offering.capacity_type == cluster.keys.reserved);
            for id in reserved.filter_map(|offering| Some(offering.reservation?.id)) {
                exists = true;
                if held.contains(&id) || self.free.get(&id).is_some_and(|left| *left > 0) {
                    wanted.insert(id);
                }
            }
        }
        let lost = exists || !held.is_empty();
        match self.mode {
            ReservedMode::Strict if wanted.is_empty() && lost => Err(Refusal::Reserved),
            ReservedMode::Strict | ReservedMode::Fallback => Ok(wanted),
        }
    }

    /// Lets a NodeClaim count on other reservations than before.
    pub(super) fn exchange(&mut self, held: &BTreeSet<NameId>, wanted: &BTreeSet<NameId>) {
        for id in wanted.difference(held) {
            if let Some(left) = self.free.get_mut(id) {
                *left = left.saturating_sub(1);
            }
        }
        for id in held.difference(wanted) {
            if let Some(left) = self.free.get_mut(id) {
                *left += 1;
            }
        }
    }
}

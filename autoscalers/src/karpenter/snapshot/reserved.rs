//! How many instances of each reservation are free when a pass begins.

use std::collections::BTreeMap;

use sim::names::NameId;

use crate::karpenter::input::Cluster;

/// How many instances of each reservation are free, by the least that any offering says.
// Karpenter: reservationmanager.go NewReservationManager
pub(super) fn free(cluster: &Cluster<'_>, pools: &[usize]) -> BTreeMap<NameId, u32> {
    let mut free: BTreeMap<NameId, u32> = BTreeMap::new();
    for number in pools.iter().flat_map(|pool| &cluster.node_pools[*pool].instance_types) {
        let offerings = cluster.instance_types[*number].offerings.iter();
        for reservation in offerings.filter_map(|offering| offering.reservation) {
            let left = free.entry(reservation.id).or_insert(reservation.capacity);
            *left = (*left).min(reservation.capacity);
        }
    }
    free
}

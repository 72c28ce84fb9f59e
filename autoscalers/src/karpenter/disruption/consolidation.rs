//! Consolidation of given nodes: whether none, or one that is cheaper, could replace them.

use std::sync::Arc;

use super::candidate::Candidate;
use super::{prices, simulation};
use crate::karpenter::input::{Cluster, ConsolidationPolicy};
use crate::karpenter::provisioning::{Known, Launches, NewClaim, by_price};
use crate::karpenter::requirement::Requirement;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::instance_filter::missing_values;

/// How many cheaper types there have to be for a spot node to be replaced by another.
// Karpenter: disruption/consolidation.go MinInstanceTypesForSpotToSpotConsolidation
const CHEAPER_SPOT_TYPES: usize = 15;

/// Whether a node may be consolidated at all.
// Karpenter: disruption/consolidation.go ShouldDisrupt
pub(super) fn may_be(candidate: &Candidate, snapshot: &Snapshot<'_>) -> bool {
    let cluster = &snapshot.cluster;
    let bought = &snapshot.nodes[candidate.node].bought;
    !cluster.node_pools[candidate.pool].is_static
        && candidate.instance_type.is_some()
        && bought.capacity_type.is_some()
        && bought.zone.is_some()
        && candidate.settings(cluster).policy == ConsolidationPolicy::WhenEmptyOrUnderutilized
        && candidate.is_quiet(cluster)
}

/// What would be launched to replace nodes: one NodeClaim, or none; nothing if they have to stay.
// Karpenter: disruption/consolidation.go computeConsolidation
pub(super) fn replacements(
    candidates: &[&Candidate],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Vec<NewClaim>> {
    let keys = snapshot.cluster.keys;
    let is_spot = |candidate: &&Candidate| {
        snapshot.nodes[candidate.node].bought.capacity_type == Some(keys.spot)
    };
    let are_spot = candidates.iter().all(is_spot);
    let launches = match are_spot && !snapshot.cluster.options.spot_to_spot {
        true => Launches::OneNotSpot,
        false => Launches::One,
    };
    let claims = simulation::without(candidates, launches, known, snapshot)?;
    let mut claims = claims.into_iter();
    let (first, second) = (claims.next(), claims.next());
    let Some(mut claim) = first else { return Some(Vec::new()) };
    if second.is_some() {
        return None;
    }
    let cluster = &snapshot.cluster;
    let price = prices::together(candidates, snapshot);
    let may_be = |claim: &NewClaim, capacity_type| {
        let asked = claim.requirements.get(keys.capacity_type);
        asked.is_none_or(|requirement| requirement.allows(capacity_type, cluster.names))
    };
    if are_spot && may_be(&claim, keys.spot) {
        return spot_to_spot(claim, candidates.len(), price, cluster).map(|claim| vec![claim]);
    }
    if !prices::keep_cheaper(&mut claim, price, cluster) {
        return None;
    }
    // What is cheaper is spot; where there is none of it, nothing is launched.
    if may_be(&claim, keys.spot) && may_be(&claim, keys.on_demand) {
        only_spot(&mut claim, cluster);
    }
    Some(vec![claim])
}

fn only_spot(claim: &mut NewClaim, cluster: &Cluster<'_>) {
    let keys = cluster.keys;
    let spot = Arc::new(Requirement::only(keys.spot));
    claim.requirements.add(keys.capacity_type, &spot, cluster.names);
    let types: Vec<usize> = claim.instance_types.iter().map(|(number, _)| *number).collect();
    claim.instance_types = by_price(types, &claim.requirements, cluster);
}

/// A spot node that replaces spot nodes. One node needs many cheaper types to choose from, and is
/// launched as one of the cheapest, so that it is not consolidated again at once.
// Karpenter: disruption/consolidation.go computeSpotToSpotConsolidation
fn spot_to_spot(
    mut claim: NewClaim,
    nodes: usize,
    price: f64,
    cluster: &Cluster<'_>,
) -> Option<NewClaim> {
    if !cluster.options.spot_to_spot {
        return None;
    }
    only_spot(&mut claim, cluster);
    let requirements = &claim.requirements;
    claim.instance_types.retain(|(number, _)| {
        cluster.instance_types[*number].available(requirements, cluster).next().is_some()
    });
    if !prices::keep_cheaper(&mut claim, price, cluster) {
        return None;
    }
    if nodes > 1 {
        return Some(claim);
    }
    if claim.instance_types.len() < CHEAPER_SPOT_TYPES {
        return None;
    }
    let types: Vec<usize> = claim.instance_types.iter().map(|(number, _)| *number).collect();
    let needed = missing_values(&types, &claim.requirements, cluster).unwrap_or_default();
    claim.instance_types.truncate(needed.max(CHEAPER_SPOT_TYPES));
    Some(claim)
}

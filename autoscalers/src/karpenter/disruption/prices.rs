//! Prices that consolidation compares: of nodes as they are, and of what would be launched for them.

use super::candidate::Candidate;
use crate::karpenter::input::{Cluster, InstanceType, Offering};
use crate::karpenter::provisioning::NewClaim;
use crate::karpenter::requirements::Requirements;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::instance_filter::missing_values;

/// What candidates cost together; nothing if what any of them is cannot be bought any more.
// Karpenter: disruption/consolidation.go getCandidatePrices
pub(super) fn together(candidates: &[&Candidate], snapshot: &Snapshot<'_>) -> f64 {
    let prices: Option<Vec<f64>> =
        candidates.iter().map(|candidate| of_node(candidate, snapshot)).collect();
    prices.map_or(0.0, |prices| prices.iter().sum())
}

/// What a node costs: the cheapest offering that it may be, whether there is more of it or not.
pub(super) fn of_node(candidate: &Candidate, snapshot: &Snapshot<'_>) -> Option<f64> {
    let cluster = &snapshot.cluster;
    let labels = &snapshot.nodes[candidate.node].requirements;
    let may_be = |offering: &&Offering| offering.is_compatible(labels, cluster.keys, cluster.names);
    let offerings = cluster.instance_types[candidate.instance_type?].offerings.iter();
    offerings.filter(may_be).map(|offering| offering.price).min_by(f64::total_cmp)
}

/// The dearest offering of the capacity type that would be tried first.
// Karpenter: pkg/cloudprovider/types.go WorstLaunchPrice
fn worst_launch(of: &InstanceType, requirements: &Requirements, cluster: &Cluster<'_>) -> f64 {
    let keys = cluster.keys;
    let dearest = |capacity_type| {
        of.available(requirements, cluster)
            .filter(|offering| offering.capacity_type == capacity_type)
            .map(|offering| offering.price)
            .max_by(f64::total_cmp)
    };
    [keys.reserved, keys.spot, keys.on_demand].into_iter().find_map(dearest).unwrap_or(f64::MAX)
}

/// Keeps types that are sure to be cheaper than `most`; whether any are left, with enough distinct values.
// Karpenter: nodeclaim.go RemoveInstanceTypeOptionsByPriceAndMinValues
pub(super) fn keep_cheaper(claim: &mut NewClaim, most: f64, cluster: &Cluster<'_>) -> bool {
    let requirements = &claim.requirements;
    claim.instance_types.retain(|(number, _)| {
        worst_launch(&cluster.instance_types[*number], requirements, cluster) < most
    });
    let left: Vec<usize> = claim.instance_types.iter().map(|(number, _)| *number).collect();
    !left.is_empty() && missing_values(&left, requirements, cluster).is_ok()
}

//! Writes results out: the cheapest types first, and what a launch is asked for.

use std::sync::Arc;

use sim::names::NameId;

use super::open_claim::OpenClaim;
use super::price_list::PriceLists;
use super::solver::Solved;
use super::{NewClaim, Refusal, Refusals, Solution};
use crate::karpenter::input::Cluster;
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::Requirements;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::instance_filter::missing_values;

/// Results with no more types than a launch may have.
// Karpenter: scheduler.go TruncateInstanceTypes
pub(super) fn solution(
    solved: Solved,
    prices: &mut PriceLists,
    snapshot: &Snapshot<'_>,
) -> Solution {
    let most = snapshot.cluster.options.max_instance_types;
    let mut errors = solved.errors;
    let mut claims = Vec::new();
    for claim in solved.claims {
        match new_claim(&claim, most, prices, snapshot) {
            Ok(claim) => claims.push(claim),
            Err(refusal) => {
                let refused = claim.pods.iter().map(|pod| (*pod, Refusals::from([refusal])));
                errors.extend(refused);
            }
        }
    }
    Solution { claims, existing: solved.existing, errors: errors.into_iter().collect() }
}

fn new_claim(
    claim: &OpenClaim,
    most: usize,
    prices: &mut PriceLists,
    snapshot: &Snapshot<'_>,
) -> Result<NewClaim, Refusal> {
    let cluster = &snapshot.cluster;
    let mut new = NewClaim {
        pool: snapshot.templates[claim.template].number,
        pods: claim.pods.clone(),
        requirements: finished(claim, cluster),
        requests: claim.requests.clone(),
        instance_types: Vec::new(),
        min_values_relaxed: claim.min_values_relaxed,
    };
    new.instance_types = prices.cheapest(&claim.types, most, &new.requirements, cluster);
    let left: Vec<usize> = new.instance_types.iter().map(|(number, _)| *number).collect();
    if let Err(missing) = missing_values(&left, &new.requirements, cluster) {
        if !cluster.options.relax_min_values {
            return Err(Refusal::MinValues);
        }
        new.min_values_relaxed = true;
        for (key, number) in missing {
            if let Some(requirement) = new.requirements.get(key) {
                let lowered = requirement.clone().with_min_values(Some(number));
                new.requirements.replace(key, lowered);
            }
        }
    }
    Ok(new)
}

/// What is required once no more pods come: the node's name is open, and reservations are named.
// Karpenter: nodeclaim.go FinalizeScheduling
fn finished(claim: &OpenClaim, cluster: &Cluster<'_>) -> Requirements {
    let keys = cluster.keys;
    let mut requirements = claim.requirements.clone();
    requirements.remove(keys.hostname);
    if !claim.reserved.is_empty() {
        requirements.replace(keys.capacity_type, Requirement::only(keys.reserved));
        let ids = Arc::new(Requirement::one_of(claim.reserved.iter().copied()));
        requirements.add(keys.reservation_id, &ids, cluster.names);
    }
    requirements
}

impl NewClaim {
    /// What the NodeClaim is written with: also its types, and which capacity types these can be had as.
    // Karpenter: nodeclaimtemplate.go ToNodeClaim
    #[must_use]
    pub fn launch_requirements(&self, cluster: &Cluster<'_>) -> Requirements {
        let (keys, names) = (cluster.keys, cluster.names);
        let types =
            || self.instance_types.iter().map(|(number, _)| &cluster.instance_types[*number]);
        let listed = Requirement::one_of(types().map(|instance_type| instance_type.name));
        let offered = types().flat_map(|instance_type| {
            instance_type.available(&self.requirements, cluster).map(|o| o.capacity_type)
        });
        let offered: Vec<NameId> = offered.collect();
        let mut requirements = self.requirements.clone();
        requirements.add(keys.instance_type, &Arc::new(listed), names);
        requirements.add(keys.capacity_type, &Arc::new(Requirement::one_of(offered)), names);
        requirements
    }
}

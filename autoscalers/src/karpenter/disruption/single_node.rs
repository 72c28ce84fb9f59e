//! Consolidation of one node: the first that can go, NodePools taking turns.

use std::collections::BTreeMap;

use super::candidate::{Candidate, by_cost};
use super::{Command, Method, consolidation};
use crate::karpenter::provisioning::Known;
use crate::karpenter::snapshot::Snapshot;

// Karpenter: disruption/singlenodeconsolidation.go ComputeCommands
pub(super) fn command(
    candidates: Vec<&Candidate>,
    left: &[u32],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Command> {
    let candidates = in_turns(candidates, snapshot);
    let may_go = |candidate: &&&Candidate| left[candidate.pool] > 0 && !candidate.pods.is_empty();
    candidates.iter().filter(may_go).find_map(|candidate| {
        let alone = std::slice::from_ref(candidate);
        let replacements = known.replacements(vec![candidate.node], |known| {
            consolidation::replacements(alone, known, snapshot)
        })?;
        Some(Method::SingleNodeConsolidation.acts_on(alone, replacements))
    })
}

/// Those that cost least first, one of each NodePool after the other.
// Karpenter: disruption/singlenodeconsolidation.go shuffleCandidates
fn in_turns<'c>(mut candidates: Vec<&'c Candidate>, snapshot: &Snapshot<'_>) -> Vec<&'c Candidate> {
    by_cost(&mut candidates);
    let cluster = &snapshot.cluster;
    let mut of_pool: BTreeMap<&str, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, &str, &Candidate)> = Vec::new();
    for candidate in candidates {
        let pool = cluster.names.text(cluster.node_pools[candidate.pool].name);
        let turn = of_pool.entry(pool).or_default();
        turns.push((*turn, pool, candidate));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, pool, _)| (*turn, *pool));
    turns.into_iter().map(|(_, _, candidate)| candidate).collect()
}

//! Consolidation of several nodes: the most of those that cost least to disrupt, for one or none.

use std::collections::BTreeMap;

use super::budgets::take;
use super::candidate::{Candidate, by_cost};
use super::{Command, Method, consolidation, prices};
use crate::karpenter::provisioning::{Known, NewClaim};
use crate::karpenter::snapshot::Snapshot;

/// How many nodes are looked at together at most.
const MOST: usize = 100;

// Karpenter: disruption/multinodeconsolidation.go ComputeCommands
pub(super) fn command(
    mut candidates: Vec<&Candidate>,
    mut left: Vec<u32>,
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Command> {
    by_cost(&mut candidates);
    // Empty nodes that are left are so because of budgets for them.
    candidates.retain(|candidate| {
        left[candidate.pool] > 0 && !candidate.pods.is_empty() && take(&mut left, candidate.pool)
    });
    first_of(&candidates, known, snapshot)
}

/// How many of the first nodes can go together, found by halving. Where more can go than fewer, that may be
/// missed.
// Karpenter: disruption/multinodeconsolidation.go firstNConsolidationOption
fn first_of(
    candidates: &[&Candidate],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Command> {
    if candidates.len() < 2 {
        return None;
    }
    let (mut least, mut most) = (1, candidates.len().min(MOST + 1) - 1);
    let mut best = None;
    while least <= most {
        let middle = usize::midpoint(least, most);
        let together = &candidates[..=middle];
        match replacements(together, known, snapshot) {
            Some(replacements) => {
                best = Some(Method::MultiNodeConsolidation.acts_on(together, replacements));
                least = middle + 1;
            }
            None => most = middle - 1,
        }
    }
    best
}

fn replacements(
    candidates: &[&Candidate],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Vec<NewClaim>> {
    let nodes = candidates.iter().map(|candidate| candidate.node).collect();
    known.replacements(nodes, |known| {
        let mut replacements = consolidation::replacements(candidates, known, snapshot)?;
        let is_sensible = |claim: &mut NewClaim| is_sensible(claim, candidates, snapshot);
        replacements.iter_mut().all(is_sensible).then_some(replacements)
    })
}

/// Whether types are left that are cheaper than any node of the same type that would go: that node could
/// stay just as well.
// Karpenter: disruption/multinodeconsolidation.go filterOutSameInstanceType
fn is_sensible(claim: &mut NewClaim, candidates: &[&Candidate], snapshot: &Snapshot<'_>) -> bool {
    let mut cheapest: BTreeMap<usize, Option<f64>> = BTreeMap::new();
    for candidate in candidates {
        let Some(number) = candidate.instance_type else { continue };
        let known = cheapest.entry(number).or_default();
        if let Some(price) = prices::of_node(candidate, snapshot) {
            *known = Some(known.map_or(price, |known| known.min(price)));
        }
    }
    let there = claim.instance_types.iter().filter_map(|(number, _)| cheapest.get(number));
    let most = there.map(|price| price.unwrap_or_default()).min_by(f64::total_cmp);
    prices::keep_cheaper(claim, most.unwrap_or(f64::MAX), &snapshot.cluster)
}

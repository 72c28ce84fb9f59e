//! Validation: whether a command still holds some time after it was found.

use super::budgets::take;
use super::candidate::Candidate;
use super::{Command, Method, budgets, simulation};
use crate::karpenter::provisioning::{Known, Launches};
use crate::karpenter::snapshot::Snapshot;

/// What of a command still holds; nothing if it does not. Drift is not held back by it.
// Karpenter: disruption/validation.go
pub(crate) fn still(
    command: &Command,
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Command> {
    let all = Candidate::all(command.method.class(), snapshot);
    let candidates = command.method.candidates(&all, snapshot);
    let mut left = budgets::left(snapshot, command.reason);
    let found = |node: &usize| candidates.iter().find(|candidate| candidate.node == *node);
    match command.method {
        Method::Drift => Some(command.clone()),
        Method::Emptiness => {
            let mut kept = command.clone();
            kept.nodes.retain(|node| found(node).is_some_and(|found| take(&mut left, found.pool)));
            (!kept.nodes.is_empty()).then_some(kept)
        }
        Method::MultiNodeConsolidation | Method::SingleNodeConsolidation => {
            let candidates: Vec<&Candidate> =
                command.nodes.iter().map(|node| found(node).copied()).collect::<Option<_>>()?;
            let allowed = candidates.iter().all(|candidate| take(&mut left, candidate.pool));
            (allowed && is_the_same(command, &candidates, known, snapshot)).then(|| command.clone())
        }
    }
}

/// Whether what would be launched now is what was found, or leaves more to choose from.
// Karpenter: disruption/validation.go validateCommand
fn is_the_same(
    command: &Command,
    candidates: &[&Candidate],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> bool {
    let claims = simulation::without(candidates, Launches::One, known, snapshot);
    let Some(claims) = claims else { return false };
    match (command.replacements.as_slice(), claims.as_slice()) {
        ([], []) => true,
        ([wanted], [now]) => {
            let has = |number: usize| now.instance_types.iter().any(|(other, _)| *other == number);
            wanted.instance_types.iter().all(|(number, _)| has(*number))
        }
        _ => false,
    }
}

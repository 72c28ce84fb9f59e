//! NodeResourcesFit: a pod needs room for what it requests; emptier nodes are better, or fuller
//! ones, as the strategy says.

use super::Args;
use super::args::{ScoringKind, ScoringStrategy};
use crate::fact::refusal::UnschedulableReason;
use crate::model::pod::PodSpec;
use crate::model::resources::{Lane, Resources};
use crate::scheduler::columns::{AT_ONCE, Columns, rounded_down};
use crate::scheduler::framework::{
    Code, Filter, Happening, NodeView, PodView, Reasons, Score, Verdict,
};
use crate::world::World;

/// See the module.
pub struct NodeResourcesFit {
    strategy: ScoringStrategy,
}

impl NodeResourcesFit {
    /// The plugin with these arguments.
    #[must_use]
    pub fn new(args: &Args) -> Self {
        NodeResourcesFit { strategy: args.scoring.clone() }
    }
}

impl Filter for NodeResourcesFit {
    // kube-scheduler: plugins/noderesources/fit.go fitsRequest
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let wanted = &pod.spec.requests;
        let allocatable = &node.shape().allocatable;
        let requested = node.load().requested();
        if wanted.fits(requested, allocatable) {
            return Verdict::Pass;
        }
        let mut code = Code::Unschedulable;
        let mut reasons = Vec::new();
        // The pod count comes first, as upstream.
        let lanes = || wanted.shortages(requested, allocatable);
        for lane in lanes().filter(|l| *l == Lane::PODS).chain(lanes().filter(|l| *l != Lane::PODS))
        {
            if lane == Lane::PODS {
                reasons.push(UnschedulableReason::Text("Too many pods"));
                continue;
            }
            reasons.push(UnschedulableReason::Insufficient(lane));
            if wanted[lane] > allocatable[lane] {
                code = Code::UnschedulableAndUnresolvable;
            }
        }
        let reasons = match *reasons {
            [reason] => Reasons::One(reason),
            _ => Reasons::Several(reasons),
        };
        Verdict::Reject(code, reasons)
    }

    fn reads_size(&self) -> bool {
        true
    }

    fn check_at_once(
        &self,
        pod: &PodSpec,
        columns: &Columns,
        first: usize,
        open: &mut [bool],
    ) -> bool {
        for lane in Lane::all().filter(|lane| pod.requests[*lane] > 0) {
            for (open, left) in open.iter_mut().zip(&columns.left(lane)[first..]) {
                *open &= pod.requests[lane] <= *left;
            }
        }
        true
    }

    // kube-scheduler: plugins/noderesources/fit.go isSchedulableAfterPodEvent
    fn helped_by(&self, pod: PodView<'_>, happening: Happening, world: &World) -> bool {
        match happening {
            Happening::NodeJoined(node) => {
                let allocatable = &world.view(node).shape().allocatable;
                pod.spec.requests.fits(&Resources::ZERO, allocatable)
            }
            Happening::PodLeft(_) => true,
            Happening::NodeLeft | Happening::PodPlaced(_) => false,
        }
    }
}

impl Score for NodeResourcesFit {
    fn score(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let allocatable = &node.shape().allocatable;
        let resources = self.strategy.resources.iter().filter_map(|(lane, weight)| {
            // An extended resource counts only for pods that ask for it.
            let extended = *lane > Lane::PODS;
            if allocatable[*lane] == 0 || (extended && pod.requests[*lane] == 0) {
                return None;
            }
            let nonzero = matches!(*lane, Lane::CPU | Lane::MEMORY);
            let (taken, wanted) = if nonzero {
                (node.load().nonzero_requested()[*lane], pod.scored_requests[*lane])
            } else {
                (node.load().requested()[*lane], pod.requests[*lane])
            };
            let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
            Some((signed(taken.saturating_add(wanted)), signed(allocatable[*lane]), *weight))
        });
        weighed(&self.strategy.kind, resources)
    }

    fn reads_size(&self) -> bool {
        true
    }

    fn score_at_once(
        &self,
        pod: &PodSpec,
        weight: f64,
        columns: &Columns,
        first: usize,
        sums: &mut [f64],
    ) -> bool {
        let ScoringStrategy { kind, resources } = &self.strategy;
        let least = match kind {
            ScoringKind::LeastAllocated => true,
            ScoringKind::MostAllocated => false,
            ScoringKind::RequestedToCapacityRatio(_) => return false,
        };
        let taken = |(lane, _): &(Lane, i64)| columns.taken(*lane, pod.scored_requests[*lane]);
        if resources.iter().any(|resource| taken(resource).is_none()) {
            return false;
        }
        let mut scores = [0.0; AT_ONCE];
        let scores = &mut scores[..sums.len()];
        for ((taken, wanted), (_, weight)) in resources.iter().filter_map(taken).zip(resources) {
            // A percentage at most.
            let weight = *weight as f64;
            let requested = &taken.nonzero_requested[first..];
            let nodes = requested.iter().zip(&taken.allocatable[first..]);
            for (score, (requested, allocatable)) in scores.iter_mut().zip(nodes) {
                let requested = requested + wanted;
                let over = requested > *allocatable;
                let within = if over { *allocatable } else { requested };
                let part = if least { allocatable - within } else { within };
                *score += weight * rounded_down(part * 100.0 / allocatable);
            }
        }
        let weights = resources.iter().map(|(_, weight)| weight).sum::<i64>() as f64;
        if weights > 0.0 {
            for (sum, score) in sums.iter_mut().zip(scores) {
                *sum += weight * rounded_down(*score / weights);
            }
        }
        true
    }
}

/// The weighted mean of what each resource (requested, allocatable, weight) scores.
// kube-scheduler: plugins/noderesources/{least_allocated,most_allocated,requested_to_capacity_ratio}.go
fn weighed(kind: &ScoringKind, resources: impl Iterator<Item = (i64, i64, i64)>) -> i64 {
    let (mut sum, mut weights) = (0, 0);
    for (requested, capacity, weight) in resources {
        let score = match kind {
            ScoringKind::LeastAllocated => percent((capacity - requested).max(0), capacity),
            ScoringKind::MostAllocated => percent(requested.min(capacity), capacity),
            ScoringKind::RequestedToCapacityRatio(shape) => {
                let used = if requested > capacity { 100 } else { percent(requested, capacity) };
                let score = on_line(shape, used);
                // Upstream leaves a resource that scores nothing out of the mean.
                if score == 0 {
                    continue;
                }
                score
            }
        };
        sum += score * weight;
        weights += weight;
    }
    match kind {
        _ if weights == 0 => 0,
        ScoringKind::LeastAllocated | ScoringKind::MostAllocated => sum / weights,
        // Half away from zero, as Go's math.Round; nothing here is negative.
        ScoringKind::RequestedToCapacityRatio(_) => (2 * sum + weights) / (2 * weights),
    }
}

fn percent(part: i64, whole: i64) -> i64 {
    // Division of 128 bits is slow, and hardly ever needed.
    part.checked_mul(100).map_or_else(
        || i64::try_from(i128::from(part) * 100 / i128::from(whole)).expect("a percentage"),
        |hundredfold| hundredfold / whole,
    )
}

/// The score at a utilisation, on the broken line through the points of `shape`.
// kube-scheduler: plugins/helper/shape_score.go BuildBrokenLinearFunction
fn on_line(shape: &[(i64, i64)], used: i64) -> i64 {
    let Some(at) = shape.iter().position(|(utilisation, _)| used <= *utilisation) else {
        return shape.last().map_or(0, |(_, score)| *score);
    };
    let (utilisation, score) = shape[at];
    let Some((before, low)) = at.checked_sub(1).map(|at| shape[at]) else { return score };
    low + (score - low) * (used - before) / (utilisation - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_mean_share_left_rounded_down_twice() {
        let least = |resources: &[(i64, i64, i64)]| {
            weighed(&ScoringKind::LeastAllocated, resources.iter().copied())
        };
        // CPU: 2000 * 100 / 3000 = 66; memory: 667 * 100 / 1000 = 66; mean 66.
        assert_eq!(least(&[(1_000, 3_000, 1), (333, 1_000, 1)]), 66);
        assert_eq!(least(&[(6_000, 3_000, 1), (1_000, 1_000, 1)]), 0);
        assert_eq!(least(&[(1_000, 2_000, 1)]), 50);
        assert_eq!(least(&[]), 0);
    }

    #[test]
    fn other_strategies_follow_their_own_lines() {
        let two = || [(500, 1_000, 1), (900, 1_000, 3)].into_iter();
        assert_eq!(weighed(&ScoringKind::MostAllocated, two()), 80);
        let rising = ScoringKind::RequestedToCapacityRatio(vec![(0, 0), (100, 100)]);
        assert_eq!(weighed(&rising, two()), 80);
        assert_eq!(on_line(&[(20, 0), (70, 100)], 45), 50);
        assert_eq!(on_line(&[(20, 0), (70, 100)], 90), 100);
    }
}

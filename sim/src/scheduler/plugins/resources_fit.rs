//! NodeResourcesFit: a pod needs room for what it requests; emptier nodes are better.

use crate::scheduler::framework::{
    Changes, Code, Filter, NodeView, PodView, Reasons, Score, Verdict,
};
use crate::world::pod::PodSpec;
use crate::world::refusal::Reason;
use crate::world::resources::{Lane, Resources};

/// See the module.
pub struct NodeResourcesFit;

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
                reasons.push(Reason::Text("Too many pods"));
                continue;
            }
            reasons.push(Reason::Insufficient(lane));
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

    fn woken_by(&self) -> Changes {
        Changes::NODE_ADDED.or(Changes::POD_LEFT)
    }
}

impl Score for NodeResourcesFit {
    /// LeastAllocated over CPU and memory: how much would be left, in percent.
    // kube-scheduler: plugins/noderesources/least_allocated.go
    fn raw(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let allocatable = &node.shape().allocatable;
        let requested = node.load().nonzero_requested();
        least_allocated(&pod.scored_requests, requested, allocatable)
    }
}

fn least_allocated(wanted: &Resources, requested: &Resources, allocatable: &Resources) -> i64 {
    let (mut sum, mut counted) = (0_u128, 0);
    for lane in [Lane::CPU, Lane::MEMORY] {
        let capacity = allocatable[lane];
        if capacity == 0 {
            continue;
        }
        let left = capacity.saturating_sub(requested[lane] + wanted[lane]);
        sum += u128::from(left) * 100 / u128::from(capacity);
        counted += 1;
    }
    i64::try_from(sum.checked_div(counted).unwrap_or(0)).expect("a percentage")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_mean_share_left_rounded_down_twice() {
        let node = Resources::one_pod(3_000, 1_000);
        let pod = Resources::one_pod(1_000, 333);
        // CPU: 2000 * 100 / 3000 = 66; memory: 667 * 100 / 1000 = 66; mean 66.
        assert_eq!(least_allocated(&pod, &Resources::ZERO, &node), 66);
        assert_eq!(least_allocated(&pod, &node, &node), 0);
        assert_eq!(least_allocated(&pod, &Resources::ZERO, &Resources::one_pod(2_000, 0)), 50);
    }
}

//! NodeResourcesBalancedAllocation: prefers nodes on which a pod evens out CPU against memory.

use crate::scheduler::framework::{NodeView, Score};
use crate::world::pod::PodSpec;
use crate::world::resources::{Lane, Resources};

/// See the module.
pub struct NodeResourcesBalancedAllocation;

impl Score for NodeResourcesBalancedAllocation {
    fn applies(&self, pod: &PodSpec) -> bool {
        pod.requests[Lane::CPU] > 0 || pod.requests[Lane::MEMORY] > 0
    }

    /// 75 when the pod changes nothing, more when it evens out, less when it does not.
    // kube-scheduler: plugins/noderesources/balanced_allocation.go (float64, in this order)
    fn raw(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let allocatable = &node.shape().allocatable;
        let before = node.load().requested();
        let mut after = *before;
        after += &pod.requests;
        50 + (50 + balance(&after, allocatable) - balance(before, allocatable)) / 2
    }
}

/// 100 when CPU and memory are used in the same proportion, 50 when one is full and one empty.
fn balance(requested: &Resources, allocatable: &Resources) -> i64 {
    let fraction = |lane: Lane| {
        (allocatable[lane] > 0)
            .then(|| (requested[lane] as f64 / allocatable[lane] as f64).min(1.0))
    };
    let deviation = match (fraction(Lane::CPU), fraction(Lane::MEMORY)) {
        (Some(cpu), Some(memory)) => ((cpu - memory) / 2.0).abs(),
        _ => 0.0,
    };
    // Between 50 and 100.
    #[allow(clippy::cast_possible_truncation)]
    let percent = ((1.0 - deviation) * 100.0) as i64;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_use_is_best() {
        let node = Resources::one_pod(1_000, 1_000);
        assert_eq!(balance(&Resources::ZERO, &node), 100);
        assert_eq!(balance(&Resources::one_pod(500, 500), &node), 100);
        assert_eq!(balance(&Resources::one_pod(1_000, 0), &node), 50);
        assert_eq!(balance(&Resources::one_pod(2_000, 1_000), &node), 100);
    }
}

//! NodeResourcesBalancedAllocation: prefers nodes whose CPU and memory are used evenly with the pod
//! on them.

use super::Args;
use crate::model::pod::PodSpec;
use crate::model::resources::{Lane, Resources};
use crate::scheduler::columns::{Columns, rounded_down};
use crate::scheduler::framework::{NodeView, Score};

/// See the module.
pub struct NodeResourcesBalancedAllocation {
    resources: Vec<Lane>,
}

impl NodeResourcesBalancedAllocation {
    /// The plugin with these arguments.
    #[must_use]
    pub fn new(args: &Args) -> Self {
        NodeResourcesBalancedAllocation { resources: args.balanced.clone() }
    }
}

impl Score for NodeResourcesBalancedAllocation {
    fn applies(&self, pod: &PodSpec) -> bool {
        self.resources.iter().any(|lane| pod.requests[*lane] > 0)
    }

    /// 75 when the pod changes nothing, more when it evens out, less when it does not.
    // kube-scheduler: plugins/noderesources/balanced_allocation.go (float64, in this order)
    fn score(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let allocatable = &node.shape().allocatable;
        let before = node.load().requested();
        let mut after = *before;
        after += &pod.requests;
        let counted = |lane: &Lane| allocatable[*lane] > 0 && counts(pod, *lane);
        let balance = |requested: &Resources| {
            let lanes = self.resources.iter().copied().filter(counted);
            balance(lanes.map(|lane| fraction(requested[lane], allocatable[lane])))
        };
        50 + (50 + balance(&after) - balance(before)) / 2
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
        let [one, other] = *self.resources else { return false };
        let taken = |lane: Lane| columns.taken(lane, pod.requests[lane]);
        let (Some((one, of_one)), Some((other, of_other))) = (taken(one), taken(other)) else {
            return false;
        };
        let requested = one.requested[first..].iter().zip(&other.requested[first..]);
        let there = one.allocatable[first..].iter().zip(&other.allocatable[first..]);
        for ((sum, requested), there) in sums.iter_mut().zip(requested).zip(there) {
            let balance = |wanted: (f64, f64)| {
                let one = at_most_all((requested.0 + wanted.0) / there.0);
                let other = at_most_all((requested.1 + wanted.1) / there.1);
                rounded_down((1.0 - ((one - other) / 2.0).abs()) * 100.0)
            };
            let (before, after) = (balance((0.0, 0.0)), balance((of_one, of_other)));
            *sum += weight * (50.0 + rounded_down((50.0 + after - before) / 2.0));
        }
        true
    }
}

fn at_most_all(fraction: f64) -> f64 {
    if fraction < 1.0 { fraction } else { 1.0 }
}

/// Whether a resource counts for a pod: an extended one only if the pod asks for it.
fn counts(pod: &PodSpec, lane: Lane) -> bool {
    lane < Lane::PODS || pod.requests[lane] > 0
}

fn fraction(requested: u64, allocatable: u64) -> f64 {
    (requested as f64 / allocatable as f64).min(1.0)
}

/// 100 when all fractions are the same, 50 when one of two is full and the other empty.
fn balance(fractions: impl Iterator<Item = f64> + Clone) -> i64 {
    let count = fractions.clone().count();
    let deviation = match count {
        0 | 1 => 0.0,
        2 => {
            let mut both = fractions;
            let (one, other) = (both.next().unwrap_or(0.0), both.next().unwrap_or(0.0));
            ((one - other) / 2.0).abs()
        }
        _ => {
            let mean = fractions.clone().sum::<f64>() / count as f64;
            let squares: f64 = fractions.map(|f| (f - mean) * (f - mean)).sum();
            libm::sqrt(squares / count as f64)
        }
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
        let of = |fractions: &[f64]| balance(fractions.iter().copied());
        assert_eq!([of(&[]), of(&[0.3]), of(&[0.5, 0.5]), of(&[1.0, 0.0])], [100, 100, 100, 50]);
        assert_eq!(of(&[0.0, 0.5, 1.0]), 59, "one less the standard deviation 0.408");
        assert!(
            (fraction(2_000, 1_000) - 1.0).abs() < f64::EPSILON,
            "an over-committed node is full"
        );
    }
}

//! Which pods keep a node, which have to move, and what it costs to move them.

use sim::model::taints::{Effect, Taint, tolerated};

use super::input::{Cluster, DoNotDisrupt, Owner, Pod, PodDisruptionBudget};
use super::selector::selects;

/// What a budget of pods has to say no to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Blocker {
    /// Nothing may be evicted now.
    Now,
    /// Nothing may ever be.
    Always,
}

/// Whether nothing about its pods keeps a node from being disrupted.
// Karpenter: statenode.go ValidatePodsDisruptable
pub(crate) fn let_go(pods: &[usize], cluster: &Cluster<'_>) -> bool {
    pods.iter().all(|number| {
        let pod = &cluster.pods[*number];
        is_disruptable(pod, cluster) && is_evictable(pod, Blocker::Now, cluster)
    })
}

/// Whether a pod has to run elsewhere when its node goes, at some time.
// Karpenter: pkg/utils/pod/scheduling.go IsReschedulable
pub(crate) fn is_reschedulable(pod: &Pod) -> bool {
    match pod.spec.owner {
        Owner::DaemonSet | Owner::Node => false,
        Owner::StatefulSet => pod.terminating || is_active(pod),
        Owner::Other => is_active(pod),
    }
}

/// Whether it has to now: nothing holds it back.
// Karpenter: pkg/utils/pdb/pdb.go IsCurrentlyReschedulable
pub(crate) fn is_reschedulable_now(number: usize, cluster: &Cluster<'_>) -> bool {
    let pod = &cluster.pods[number];
    is_reschedulable(pod)
        && is_disruptable(pod, cluster)
        && is_evictable(pod, Blocker::Always, cluster)
}

fn is_active(pod: &Pod) -> bool {
    !pod.terminal && !pod.terminating
}

/// Whether a pod does not ask to be left alone.
// Karpenter: pkg/utils/pod/scheduling.go IsDisruptable
fn is_disruptable(pod: &Pod, cluster: &Cluster<'_>) -> bool {
    let asks = match pod.spec.do_not_disrupt {
        None => false,
        Some(DoNotDisrupt::Always) => true,
        Some(DoNotDisrupt::For(duration)) => {
            pod.started.is_none_or(|started| cluster.now - started < duration)
        }
    };
    !asks || !is_active(pod)
}

/// Whether no budget keeps a pod from being evicted. Nothing asks it of pods that would not be evicted.
// Karpenter: pkg/utils/pdb/pdb.go isEvictable
fn is_evictable(pod: &Pod, blocker: Blocker, cluster: &Cluster<'_>) -> bool {
    if cluster.budgets.is_empty() {
        return true;
    }
    let disrupted = Taint {
        key: cluster.keys.disrupted,
        value: cluster.keys.nothing,
        effect: Effect::NoSchedule,
    };
    let spec = &pod.spec;
    if !is_active(pod) || spec.owner == Owner::Node || tolerated(&spec.tolerations, &disrupted) {
        return true;
    }
    let means = |budget: &&PodDisruptionBudget| {
        budget.namespace == spec.namespace && selects(&budget.selector, &spec.labels, cluster.names)
    };
    let budgets: Vec<&PodDisruptionBudget> = cluster.budgets.iter().filter(means).collect();
    match budgets.as_slice() {
        [] => true,
        [budget] if budget.lets_unhealthy_go && !pod.ready => true,
        [budget] => match blocker {
            Blocker::Now => budget.disruptions_allowed > 0,
            Blocker::Always => !budget.blocks_always,
        },
        // Kubernetes evicts no pod that more than one budget means.
        _ => false,
    }
}

/// What it costs to move a pod.
// Karpenter: pkg/utils/disruption/disruption.go EvictionCost
pub(crate) fn eviction_cost(pod: &Pod) -> f64 {
    let deletion = f64::from(pod.spec.deletion_cost) / f64::from(1 << 27);
    let priority = f64::from(pod.spec.priority) / f64::from(1 << 25);
    (1.0 + deletion + priority).clamp(-10.0, 10.0)
}

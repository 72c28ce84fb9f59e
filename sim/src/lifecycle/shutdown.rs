//! What a kubelet does when its machine shuts down: no more pods, then ordinary pods
//! terminate, then critical ones, each within its phase and whatever their budgets say.
// kubelet: pkg/kubelet/nodeshutdown

use crate::action::Action;
use crate::fact::Cause;
use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodSpec};
use crate::model::taints::{Effect, Taint};
use crate::providers::interruption::Shutdown;
use crate::time::Span;
use crate::world::World;
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

/// The lowest priority of critical pods.
// kubelet: pkg/apis/scheduling SystemCriticalPriority
const CRITICAL: i32 = 2_000_000_000;

/// The node reports that it is not ready, which taints it, and its ordinary pods terminate.
#[must_use]
pub fn begin(world: &World, node: NodeId) -> Vec<Action> {
    if !matches!(world.nodes().state(node), NodeState::Ready { .. }) {
        return Vec::new();
    }
    let mut taints = world.view(node).shape().taints.clone();
    let model = world.model();
    // Node lifecycle controller: pkg/controller/nodelifecycle, a taint for each condition
    let not_ready = |effect| Taint { key: model.not_ready_key, value: model.empty, effect };
    taints.extend([Effect::NoSchedule, Effect::NoExecute].map(not_ready));
    let taint = Action::Taint { node, taints };
    std::iter::once(taint).chain(terminations(world, node, false)).collect()
}

/// The phase of ordinary pods is over, and critical ones terminate.
#[must_use]
pub fn critical(world: &World, node: NodeId) -> Vec<Action> {
    terminations(world, node, true).collect()
}

/// How long ordinary pods keep the kubelet busy: until the last has stopped or is killed.
#[must_use]
pub fn ordinary_take(world: &World, node: NodeId, shutdown: &Shutdown) -> Span {
    let each = to_stop(world, node, false).map(|pod| {
        let spec = world.spec_of(pod);
        spec.shutdown.min(granted(spec, Some(DisruptionReason::TerminationByKubelet), shutdown))
    });
    each.max().unwrap_or(Span::ZERO)
}

/// How long a pod may take that terminates for this reason.
#[must_use]
pub fn granted(spec: &PodSpec, reason: Option<DisruptionReason>, shutdown: &Shutdown) -> Span {
    if reason != Some(DisruptionReason::TerminationByKubelet) {
        return spec.grace;
    }
    spec.grace.min(if is_critical(spec) { shutdown.critical } else { shutdown.ordinary() })
}

fn is_critical(spec: &PodSpec) -> bool {
    spec.priority >= CRITICAL
}

fn terminations(world: &World, node: NodeId, critical: bool) -> impl Iterator<Item = Action> {
    let reason = Some(DisruptionReason::TerminationByKubelet);
    let pods = to_stop(world, node, critical);
    pods.map(move |pod| Action::Terminate { pod, why: Cause::Reclaimed, reason })
}

/// The pods of a phase, those of DaemonSets included.
fn to_stop(world: &World, node: NodeId, critical: bool) -> impl Iterator<Item = PodId> {
    let pods = world.placement().pods_on(node).iter().copied();
    pods.filter(move |pod| {
        let phase = world.pods().phase(*pod);
        is_critical(world.spec_of(*pod)) == critical
            && matches!(phase, Phase::Starting { .. } | Phase::Running { .. })
    })
}

//! The taint manager: pods leave nodes with `NoExecute` taints that they do not tolerate, at once or
//! when their toleration ends.
// Taint eviction controller: pkg/controller/tainteviction

use crate::action::Action;
use crate::time::{SimTime, Span};
use crate::world::World;
use crate::world::disruption::Reason;
use crate::world::node::{NodeId, Why};
use crate::world::pod::{Phase, PodId};
use crate::world::taints::{Effect, Taint, Toleration};
use crate::world::workload::Controller;

/// How long pods that say nothing put up with a node that is not ready or unreachable.
// API server: plugin/pkg/admission/defaulttolerationseconds
const DEFAULT_TOLERATION: Span = Span::from_secs(300);

/// When a pod has to leave its node because of the node's taints, if it has to.
#[must_use]
pub fn leaves_at(world: &World, pod: PodId) -> Option<SimTime> {
    let (Phase::Starting { on } | Phase::Running { on }) = world.pods().phase(pod) else {
        return None;
    };
    let tainted = world.nodes().no_execute_since(on)?;
    let bound = world.pods().started_ms(pod).and_then(|ms| u64::try_from(ms).ok());
    let since = tainted.max(bound.map_or(SimTime::ZERO, SimTime::from_ms));
    let at = since + patience(world, pod, &world.view(on).shape().taints)?;
    // Who is gone with the node before does not have to leave.
    world.nodes().deadline(on).is_none_or(|gone| at < gone).then_some(at)
}

/// The pods of a node that has other taints now, each with the time when it has to leave.
pub fn leaving(world: &World, node: NodeId) -> impl Iterator<Item = (PodId, SimTime)> {
    let pods = world.placement().pods_on(node).iter().copied();
    pods.filter_map(|pod| leaves_at(world, pod).map(|at| (pod, at)))
}

/// Tells a pod to stop whose time has come. A deletion asks no budget.
#[must_use]
pub fn delete(world: &World, pod: PodId) -> Option<Action> {
    let due = leaves_at(world, pod).is_some_and(|at| at <= world.now());
    let reason = Some(Reason::DeletionByTaintManager);
    due.then_some(Action::Terminate { pod, why: Why::Tainted, reason })
}

/// How long a pod puts up with taints, of which the first toleration counts that covers each; none
/// is for ever.
// tainteviction: taint_eviction.go processPodOnNode, getMinTolerationTime
#[must_use]
pub fn patience(world: &World, pod: PodId, taints: &[Taint]) -> Option<Span> {
    let tolerations = &world.spec_of(pod).tolerations;
    let evicting = taints.iter().filter(|taint| taint.effect == Effect::NoExecute);
    let each = evicting.filter_map(|taint| {
        match tolerations.iter().find(|toleration| toleration.covers(taint)) {
            Some(toleration) => toleration.seconds,
            None => by_admission(world, pod, taint),
        }
    });
    each.min()
}

/// What admission and the DaemonSet controller let a pod tolerate that says nothing itself.
fn by_admission(world: &World, pod: PodId, taint: &Taint) -> Option<Span> {
    let model = world.model();
    if ![model.not_ready_key, model.unreachable_key].contains(&taint.key) {
        return Some(Span::ZERO);
    }
    // DaemonSet controller: pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations
    if model.workloads[world.pods().workload(pod)].controller == Controller::DaemonSet {
        return None;
    }
    let speaks_of_it = |toleration: &Toleration| {
        toleration.key.is_none_or(|key| key == taint.key)
            && toleration.effect.is_none_or(|effect| effect == taint.effect)
    };
    let says_something = world.spec_of(pod).tolerations.iter().any(speaks_of_it);
    Some(if says_something { Span::ZERO } else { DEFAULT_TOLERATION })
}

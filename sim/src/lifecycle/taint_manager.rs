//! The taint manager: pods leave nodes with `NoExecute` taints that they do not tolerate, at once or
//! when their toleration ends.
// Taint eviction controller: pkg/controller/tainteviction

use std::collections::BTreeMap;

use crate::action::Action;
use crate::fact::Cause;
use crate::model::disruption::DisruptionReason;
use crate::model::pod::PodId;
use crate::model::taints::{Effect, Taint, Toleration};
use crate::model::workload::Controller;
use crate::time::{SimTime, Span};
use crate::world::World;
use crate::world::pods::Phase;

/// How long pods that say nothing put up with a node that is not ready or unreachable.
// API server: plugin/pkg/admission/defaulttolerationseconds
const DEFAULT_TOLERATION: Span = Span::from_secs(300);

/// The pods that tolerate a taint of their node for a time, each with the end of that time.
#[derive(Clone, Debug, Default)]
pub struct TaintManager {
    leaves_at: BTreeMap<PodId, SimTime>,
}

impl TaintManager {
    /// Looks at a pod that was bound, or whose node has other taints now; says when to look at it
    /// again. Its time counts from now on, and a later taint does not shorten it.
    // tainteviction: taint_eviction.go processPodOnNode
    pub fn review(&mut self, world: &World, pod: PodId) -> Option<SimTime> {
        let (Phase::Starting { on } | Phase::Running { on }) = world.pods().phase(pod) else {
            return None;
        };
        let Some(patience) = patience(world, pod, &world.view(on).shape().taints) else {
            self.leaves_at.remove(&pod);
            return None;
        };
        if patience > Span::ZERO && self.leaves_at.contains_key(&pod) {
            return None;
        }
        let at = world.now() + patience;
        // A pod that is gone with its node before does not have to leave.
        if world.nodes().deadline(on).is_some_and(|gone| at >= gone) {
            return None;
        }
        self.leaves_at.insert(pod, at);
        Some(at)
    }

    /// Deletes a pod whose time has come. A deletion asks no budget.
    pub fn delete(&mut self, world: &World, pod: PodId) -> Option<Action> {
        if self.leaves_at.get(&pod).is_none_or(|at| *at > world.now()) {
            return None;
        }
        self.leaves_at.remove(&pod);
        let runs =
            matches!(world.pods().phase(pod), Phase::Starting { .. } | Phase::Running { .. });
        let reason = Some(DisruptionReason::DeletionByTaintManager);
        runs.then_some(Action::Terminate { pod, why: Cause::Tainted, reason })
    }
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

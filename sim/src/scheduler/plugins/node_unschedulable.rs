//! NodeUnschedulable: a cordoned node takes no pods, but for those that tolerate it.

use crate::model::taints::{Effect, Taint, tolerated};
use crate::scheduler::framework::{Filter, NodeView, PodView, Verdict};

/// See the module.
pub struct NodeUnschedulable;

impl Filter for NodeUnschedulable {
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        if !node.cordoned() {
            return Verdict::Pass;
        }
        let model = node.world().model();
        let taint =
            Taint { key: model.unschedulable_key, value: model.empty, effect: Effect::NoSchedule };
        if tolerated(&pod.spec.tolerations, &taint) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) were unschedulable")
    }
}

//! TaintToleration: keeps pods off nodes whose taints they do not tolerate.

use super::share_of_max;
use crate::model::taints::{Effect, Toleration};
use crate::scheduler::framework::{
    Around, Feasible, Filter, NodeView, PodView, RelativeScore, Verdict,
};

/// What the plugin is called.
pub const NAME: &str = "TaintToleration";

/// What a node says whose taints are not tolerated.
pub const UNTOLERATED: &str = "node(s) had untolerated taint(s)";

/// See the module.
pub struct TaintToleration;

impl Filter for TaintToleration {
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        if node.is_tolerated_by(pod.spec) {
            return Verdict::Pass;
        }
        Verdict::unresolvable(UNTOLERATED)
    }
}

impl RelativeScore for TaintToleration {
    /// How many `PreferNoSchedule` taints are not tolerated.
    fn grade(&self, pod: PodView<'_>, node: NodeView<'_>) -> i64 {
        let covers = |toleration: &Toleration, taint| {
            toleration.effect.is_none_or(|effect| effect == Effect::PreferNoSchedule)
                && toleration.covers(taint)
        };
        let count = node.shape().taints.iter().filter(|taint| {
            taint.effect == Effect::PreferNoSchedule
                && !pod.spec.tolerations.iter().any(|toleration| covers(toleration, taint))
        });
        i64::try_from(count.count()).expect("few taints")
    }

    fn raw(&self, _: PodView<'_>, grade: i64, _: Around<'_>, _: &Feasible) -> i64 {
        grade
    }

    fn normalize(&self, raw: i64, _: i64, max: i64) -> i64 {
        share_of_max(raw, max, true)
    }
}

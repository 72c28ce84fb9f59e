//! TaintToleration: keeps pods off nodes whose taints they do not tolerate.

use super::share_of_max;
use crate::scheduler::framework::{Changes, Filter, NodeView, PodView, Score, Verdict};
use crate::world::pod::PodSpec;
use crate::world::taints::{Effect, Toleration, tolerated};

/// See the module.
pub struct TaintToleration;

impl Filter for TaintToleration {
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let refuses = node.shape().taints.iter().any(|taint| {
            taint.effect != Effect::PreferNoSchedule && !tolerated(&pod.spec.tolerations, taint)
        });
        if refuses {
            Verdict::unresolvable("node(s) had untolerated taint(s)")
        } else {
            Verdict::Pass
        }
    }

    fn woken_by(&self) -> Changes {
        Changes::NODE_ADDED
    }
}

impl Score for TaintToleration {
    /// How many `PreferNoSchedule` taints are not tolerated.
    fn raw(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let covers = |toleration: &Toleration, taint| {
            toleration.effect.is_none_or(|effect| effect == Effect::PreferNoSchedule)
                && toleration.covers(taint)
        };
        let count = node.shape().taints.iter().filter(|taint| {
            taint.effect == Effect::PreferNoSchedule
                && !pod.tolerations.iter().any(|toleration| covers(toleration, taint))
        });
        i64::try_from(count.count()).expect("few taints")
    }

    fn normalize(&self, raw: i64, _: i64, max: i64) -> i64 {
        share_of_max(raw, max, true)
    }
}

//! The plugins of the default profile, one file each, named as upstream.

pub mod balanced_allocation;
pub mod node_affinity;
pub mod node_name;
pub mod node_ports;
pub mod node_unschedulable;
pub mod resources_fit;
pub mod taint_toleration;

use super::framework::{Filter, NodeView, PodView, Score, Verdict};
use crate::world::pod::PodSpec;

/// A plugin and the extension points it takes part in.
pub struct Plugin {
    /// Its upstream name.
    pub name: &'static str,
    /// Keeps pods off nodes.
    pub filter: Option<&'static dyn Filter>,
    /// Prefers nodes.
    pub score: Option<&'static dyn Score>,
    /// The weight of its score in the default profile.
    pub weight: i64,
}

/// Every plugin, in the order of the default profile.
// kube-scheduler: apis/config/v1/default_plugins.go getDefaultPlugins
pub static IN_TREE: &[Plugin] = &[
    Plugin::filter("NodeUnschedulable", &node_unschedulable::NodeUnschedulable),
    Plugin::filter("NodeName", &node_name::NodeName),
    Plugin::both("TaintToleration", &taint_toleration::TaintToleration, 3),
    Plugin::both("NodeAffinity", &node_affinity::NodeAffinity, 2),
    Plugin::filter("NodePorts", &node_ports::NodePorts),
    Plugin::both("NodeResourcesFit", &resources_fit::NodeResourcesFit, 1),
    Plugin::score(
        "NodeResourcesBalancedAllocation",
        &balanced_allocation::NodeResourcesBalancedAllocation,
        1,
    ),
];

impl Plugin {
    const fn filter(name: &'static str, filter: &'static dyn Filter) -> Plugin {
        Plugin { name, filter: Some(filter), score: None, weight: 0 }
    }

    const fn score(name: &'static str, score: &'static dyn Score, weight: i64) -> Plugin {
        Plugin { name, filter: None, score: Some(score), weight }
    }

    const fn both<P: Filter + Score>(
        name: &'static str,
        plugin: &'static P,
        weight: i64,
    ) -> Plugin {
        Plugin { name, filter: Some(plugin), score: Some(plugin), weight }
    }
}

/// `100 * raw / max`, or the reverse, as most plugins normalise.
// kube-scheduler: framework/plugins/helper/normalize_score.go DefaultNormalizeScore
fn share_of_max(raw: i64, max: i64, reverse: bool) -> i64 {
    match (max, reverse) {
        (0, true) => 100,
        (0, false) => raw,
        (max, true) => 100 - 100 * raw / max,
        (max, false) => 100 * raw / max,
    }
}

/// Whether a DaemonSet with this pod spec runs on a node at all: name, taints and affinity, but
/// neither room nor the mark `unschedulable`, which its pods tolerate.
// DaemonSet controller: daemon_controller.go predicates
#[must_use]
pub fn runs_daemon(spec: &PodSpec, node: NodeView<'_>) -> bool {
    const ASKED: [&dyn Filter; 3] =
        [&node_name::NodeName, &taint_toleration::TaintToleration, &node_affinity::NodeAffinity];
    let pod = PodView { spec, meant_for: None };
    ASKED.iter().all(|filter| matches!(filter.check(pod, node), Verdict::Pass))
}

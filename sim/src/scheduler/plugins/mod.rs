//! The plugins of the default profile, one file each, named as upstream.

pub mod args;
pub mod balanced_allocation;
pub mod dynamic_resources;
pub mod image_locality;
pub mod inter_pod_affinity;
pub mod node_affinity;
pub mod node_declared_features;
pub mod node_name;
pub mod node_ports;
pub mod node_unschedulable;
pub mod node_volume_limits;
pub mod resources_fit;
pub mod taint_toleration;
pub mod topology_spread;
pub mod volume_binding;
pub mod volume_restrictions;
pub mod volume_zone;

use std::sync::Arc;

pub use args::Args;

use super::framework::{Filter, NodeView, RelativeScore, Score, Scorer};
use crate::model::pod::PodSpec;

/// A plugin and the extension points it takes part in.
pub struct Plugin {
    /// Its upstream name.
    pub name: &'static str,
    /// The weight of its score in the default profile.
    pub weight: i64,
    /// Makes its filter and its score from the arguments of a profile.
    pub build: fn(&Args) -> Parts,
}

/// What a plugin consists of.
pub type Parts = (Option<Arc<dyn Filter>>, Option<Scorer>);

/// Every plugin, in the order of the default profile.
// kube-scheduler: apis/config/v1/default_plugins.go getDefaultPlugins
pub static IN_TREE: &[Plugin] = &[
    Plugin {
        name: "NodeUnschedulable",
        weight: 0,
        build: |_| filter(node_unschedulable::NodeUnschedulable),
    },
    Plugin { name: "NodeName", weight: 0, build: |_| filter(node_name::NodeName) },
    Plugin {
        name: "TaintToleration",
        weight: 3,
        build: |_| both(taint_toleration::TaintToleration),
    },
    Plugin {
        name: "NodeAffinity",
        weight: 2,
        build: |args| both(node_affinity::NodeAffinity::new(args)),
    },
    Plugin { name: "NodePorts", weight: 0, build: |_| filter(node_ports::NodePorts) },
    Plugin {
        name: "NodeResourcesFit",
        weight: 1,
        build: |args| filter_and_own_score(resources_fit::NodeResourcesFit::new(args)),
    },
    Plugin {
        name: "VolumeRestrictions",
        weight: 0,
        build: |_| filter(volume_restrictions::VolumeRestrictions),
    },
    Plugin {
        name: "NodeVolumeLimits",
        weight: 0,
        build: |_| filter(node_volume_limits::NodeVolumeLimits),
    },
    Plugin { name: "VolumeBinding", weight: 0, build: |_| filter(volume_binding::VolumeBinding) },
    Plugin { name: "VolumeZone", weight: 0, build: |_| filter(volume_zone::VolumeZone) },
    Plugin {
        name: "PodTopologySpread",
        weight: 2,
        build: |args| both(topology_spread::PodTopologySpread::new(args)),
    },
    Plugin {
        name: "InterPodAffinity",
        weight: 2,
        build: |args| both(inter_pod_affinity::InterPodAffinity::new(args)),
    },
    Plugin {
        name: "DynamicResources",
        weight: 2,
        build: |_| own_score(dynamic_resources::DynamicResources),
    },
    Plugin {
        name: "NodeResourcesBalancedAllocation",
        weight: 1,
        build: |args| own_score(balanced_allocation::NodeResourcesBalancedAllocation::new(args)),
    },
    Plugin {
        name: "ImageLocality",
        weight: 1,
        build: |_| own_score(image_locality::ImageLocality),
    },
    Plugin {
        name: "NodeDeclaredFeatures",
        weight: 0,
        build: |_| filter(node_declared_features::NodeDeclaredFeatures),
    },
];

fn filter(plugin: impl Filter + 'static) -> Parts {
    (Some(Arc::new(plugin)), None)
}

fn own_score(plugin: impl Score + 'static) -> Parts {
    (None, Some(Scorer::Own(Arc::new(plugin))))
}

fn filter_and_own_score(plugin: impl Filter + Score + 'static) -> Parts {
    let plugin = Arc::new(plugin);
    let filter: Arc<dyn Filter> = plugin.clone();
    (Some(filter), Some(Scorer::Own(plugin)))
}

fn both(plugin: impl Filter + RelativeScore + 'static) -> Parts {
    let plugin = Arc::new(plugin);
    let filter: Arc<dyn Filter> = plugin.clone();
    (Some(filter), Some(Scorer::Relative(plugin)))
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
    node_name::allows(spec, node) && node.is_tolerated_by(spec) && node.is_required_by(spec)
}

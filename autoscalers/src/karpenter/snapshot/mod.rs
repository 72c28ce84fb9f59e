//! A cluster with all that one pass asks of it again and again, worked out once.

mod ground;
pub(crate) mod instance_filter;
mod node_view;
pub(crate) mod pod_requirements;
pub(crate) mod relaxation;
mod reserved;
pub(crate) mod template;
mod validation;

use std::ops::Deref;

use sim::model::taints::Effect;

pub(crate) use ground::Ground;
pub(crate) use node_view::NodeView;

use super::input::Cluster;

/// A cluster, and what follows from it.
#[derive(Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) cluster: Cluster<'a>,
    ground: Ground,
}

impl Deref for Snapshot<'_> {
    type Target = Ground;

    fn deref(&self) -> &Ground {
        &self.ground
    }
}

impl<'a> Snapshot<'a> {
    pub(crate) fn of(cluster: Cluster<'a>) -> Snapshot<'a> {
        Snapshot::with_views(cluster, Vec::new(), Vec::new())
    }

    /// The same with some nodes, by number, as they are known to be; and with an order that is close to the
    /// one in which pods are tried on nodes.
    pub(crate) fn with_views(
        cluster: Cluster<'a>,
        known: Vec<Option<NodeView>>,
        order: Vec<usize>,
    ) -> Snapshot<'a> {
        Snapshot { cluster, ground: Ground::of(&cluster, known, order) }
    }

    /// A cluster of which all is known.
    pub(crate) fn on(ground: Ground, cluster: Cluster<'a>) -> Snapshot<'a> {
        Snapshot { cluster, ground }
    }

    /// The cluster, and what follows from it.
    pub(crate) fn taken_apart(self) -> (Cluster<'a>, Ground) {
        (self.cluster, self.ground)
    }

    /// Whether any NodePool wants a number of distinct values of some label.
    pub(crate) fn has_min_values(&self) -> bool {
        self.templates.iter().any(|template| template.requirements.has_min_values())
    }

    /// Whether any NodePool has a taint that is only a preference.
    pub(crate) fn has_preferred_taints(&self) -> bool {
        let taints = self.pools.iter().flat_map(|pool| &self.cluster.node_pools[*pool].taints);
        taints.into_iter().any(|taint| taint.effect == Effect::PreferNoSchedule)
    }
}

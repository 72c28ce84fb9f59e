//! How many nodes an estimate may add.
// Cluster Autoscaler: estimator/threshold_based_limiter.go

/// A number of nodes that is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeLimit {
    /// How many are left; none is without limit.
    left: Option<u32>,
}

impl NodeLimit {
    /// Of several limits the least.
    ///
    /// * `--max-nodes-per-scaleup`, where 0 is no limit;
    /// * how many nodes the group and those similar to it may yet have;
    /// * how many the cluster may, of `--max-nodes-total`, where 0 is no limit.
    // estimator/static_threshold.go, sng_capacity_threshold.go, cluster_capacity_threshold.go
    #[must_use]
    pub fn of(per_scale_up: u32, room_in_groups: u32, total: u32, nodes: u32) -> NodeLimit {
        let given = |limit: u32| (limit > 0).then_some(limit);
        let in_cluster = given(total).map(|total| total.saturating_sub(nodes));
        let limits = [given(per_scale_up), Some(room_in_groups), in_cluster];
        NodeLimit { left: limits.into_iter().flatten().min() }
    }

    /// No limit.
    pub const NONE: NodeLimit = NodeLimit { left: None };

    /// Whether one more node may be added, which is then taken to be.
    pub(super) fn permits(&mut self) -> bool {
        match &mut self.left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

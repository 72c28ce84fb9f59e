//! Disruption budgets: how many nodes of a NodePool may be disrupted now.

use std::sync::Arc;

use super::Reason;
use crate::cron::Cron;
use crate::karpenter::input::{Budget, Instant, NodePool, NodesAllowed};
use crate::karpenter::snapshot::Snapshot;

/// As many as there are.
pub const UNBOUNDED: u32 = i32::MAX as u32;

/// Whether a budget counts now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    /// It does.
    Active,
    /// It does not.
    Inactive,
    /// Its schedule cannot be read.
    Unreadable,
}

impl Budget {
    /// Whether it counts now: its schedule has come up no longer ago than its duration.
    // Karpenter: pkg/apis/v1/nodepool.go IsActive
    #[must_use]
    pub fn activity(&self, now: Instant) -> Activity {
        if self.schedule.is_none() && self.duration.is_none() {
            return Activity::Active;
        }
        let Ok(cron) = Cron::parse(self.schedule.as_deref().unwrap_or_default()) else {
            return Activity::Unreadable;
        };
        // A schedule that never comes up reads as one that has.
        match cron.next(now - self.duration.unwrap_or_default()) {
            Some(next) if next > now => Activity::Inactive,
            Some(_) | None => Activity::Active,
        }
    }

    /// How many of `nodes` it allows.
    // Karpenter: pkg/apis/v1/nodepool.go GetAllowedDisruptions
    #[must_use]
    pub fn allowed(&self, now: Instant, nodes: u32) -> u32 {
        match self.activity(now) {
            Activity::Unreadable => 0,
            Activity::Inactive => UNBOUNDED,
            Activity::Active => match self.nodes {
                NodesAllowed::Count(count) => count,
                NodesAllowed::Percent(percent) => {
                    let share = (u64::from(percent) * u64::from(nodes)).div_ceil(100);
                    u32::try_from(share).unwrap_or(UNBOUNDED)
                }
                NodesAllowed::Unreadable => 0,
            },
        }
    }
}

/// How many of `nodes` all budgets allow to be disrupted for a reason. One that cannot be read allows none
/// for any reason.
// Karpenter: pkg/apis/v1/nodepool.go MustGetAllowedDisruptions
#[must_use]
pub fn allowed(budgets: &[Budget], reason: Reason, now: Instant, nodes: u32) -> u32 {
    let is_broken = |budget: &Budget| {
        budget.nodes == NodesAllowed::Unreadable || budget.activity(now) == Activity::Unreadable
    };
    if budgets.iter().any(is_broken) {
        return 0;
    }
    let counts = |budget: &&Budget| budget.reasons.is_empty() || budget.reasons.contains(&reason);
    let allowed = budgets.iter().filter(counts).map(|budget| budget.allowed(now, nodes));
    allowed.min().unwrap_or(UNBOUNDED).min(UNBOUNDED)
}

/// How many more nodes of each NodePool may be disrupted for a reason: less those that are not ready or go
/// away.
// Karpenter: disruption/helpers.go BuildDisruptionBudgetMapping
pub(super) fn left(snapshot: &Snapshot<'_>, reason: Reason) -> Vec<u32> {
    let cluster = &snapshot.cluster;
    let mut nodes = vec![0_u32; cluster.node_pools.len()];
    let mut disrupted = nodes.clone();
    for (state, view) in cluster.nodes.iter().zip(&snapshot.nodes) {
        let (Some(node), Some(claim), Some(pool)) = (&state.node, &state.claim, view.pool) else {
            continue;
        };
        if !view.initialized || claim.terminating {
            continue;
        }
        nodes[pool] += 1;
        disrupted[pool] += u32::from(!node.ready || view.deleting);
    }
    let left = |(number, pool): (usize, &Arc<NodePool>)| {
        let budgets = &pool.disruption.budgets;
        allowed(budgets, reason, cluster.now, nodes[number]).saturating_sub(disrupted[number])
    };
    cluster.node_pools.iter().enumerate().map(left).collect()
}

/// Takes one of what a NodePool's budgets have left, if there is any.
pub(super) fn take(left: &mut [u32], pool: usize) -> bool {
    let there = left[pool] > 0;
    left[pool] = left[pool].saturating_sub(1);
    there
}

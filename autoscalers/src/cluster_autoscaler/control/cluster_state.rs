//! The state of node groups: how large each is to be, what has been asked for, and what has failed.
//!
//! A group's target size is what the provider keeps it at. What the provider does not give within reason
//! is no longer asked for, and the group is left alone for a while.
// Cluster Autoscaler: clusterstate/clusterstate.go

use sim::action::Action;
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::time::SimTime;
use sim::world::World;
use sim::world::nodes::NodeState;

use crate::cluster_autoscaler::backoff::Backoff;
use crate::cluster_autoscaler::balance::Growth;
use crate::cluster_autoscaler::config::Flags;
use crate::cluster_autoscaler::node_group::{GroupId, NodeGroup};

#[derive(Clone, Debug)]
pub(super) struct ClusterState {
    groups: Vec<GroupState>,
    backoff: Backoff,
}

#[derive(Clone, Copy, Debug, Default)]
struct GroupState {
    /// How many nodes it is to have.
    target: u32,
    /// How many instances the provider is asked for right now.
    asked: u32,
    /// What has been added and is not there yet.
    request: Option<Request>,
    /// Whether it has lost an instance since it was last looked at.
    has_lost: bool,
}

/// A scale-up that has yet to come to its end.
#[derive(Clone, Copy, Debug)]
struct Request {
    /// How many nodes it adds.
    increase: u32,
    /// When they are to be there.
    expected_by: SimTime,
}

impl ClusterState {
    /// Groups are to have the nodes that they begin with, and at least their minimum.
    pub(super) fn new(groups: &[NodeGroup], flags: &Flags, world: &World) -> ClusterState {
        let state = |group: &NodeGroup| GroupState {
            target: world.pool_size(group.pool),
            ..GroupState::default()
        };
        let backoff = Backoff::new(
            flags.initial_node_group_backoff_duration,
            flags.max_node_group_backoff_duration,
            flags.node_group_backoff_reset_timeout,
        );
        ClusterState { groups: groups.iter().map(state).collect(), backoff }
    }

    /// Takes note of a fact about nodes. Whether a group may have to launch something because of it.
    pub(super) fn sees(&mut self, fact: &Fact, groups: &[NodeGroup], world: &World) -> bool {
        let of = |pool| groups.iter().position(|group| group.pool == pool);
        match *fact {
            Fact::NodeLaunched { pool, .. } => {
                if let Some(group) = of(pool) {
                    let state = &mut self.groups[group];
                    state.asked = state.asked.saturating_sub(1);
                }
                false
            }
            Fact::NodeGone { node, .. } => {
                let group = of(world.nodes().pool(node));
                if let Some(group) = group {
                    self.groups[group].has_lost = true;
                }
                group.is_some()
            }
            _ => false,
        }
    }

    /// Whether nothing is on its way.
    pub(super) fn is_settled(&self) -> bool {
        self.groups.iter().all(|it| it.asked == 0 && it.request.is_none() && !it.has_lost)
    }

    /// Forgets failures of long ago.
    pub(super) fn forget_stale(&mut self, now: SimTime) {
        self.backoff.forget_stale(now);
    }

    /// How many nodes each group is to have.
    pub(super) fn targets(&self) -> Vec<u32> {
        self.groups.iter().map(|it| it.target).collect()
    }

    /// How many nodes a group is to have.
    pub(super) fn target(&self, group: GroupId) -> u32 {
        self.groups[group.0].target
    }

    /// Whether a group may be scaled up.
    // NodeGroupScaleUpSafety
    pub(super) fn is_safe(
        &self,
        group: GroupId,
        groups: &[NodeGroup],
        flags: &Flags,
        world: &World,
    ) -> bool {
        let unready = unready(world, |node| world.nodes().pool(node) == groups[group.0].pool);
        let registered = registered(world, |node| world.nodes().pool(node) == groups[group.0].pool);
        is_acceptable(unready, registered, flags) && !self.backoff.is_backed_off(group, world.now())
    }

    /// Whether so much of the cluster is ready that it may be changed.
    // IsClusterHealthy
    pub(super) fn is_healthy(&self, groups: &[NodeGroup], flags: &Flags, world: &World) -> bool {
        let is_ours =
            |node: NodeId| groups.iter().any(|group| group.pool == world.nodes().pool(node));
        is_acceptable(unready(world, is_ours), registered(world, is_ours), flags)
    }

    /// A group grows.
    pub(super) fn grow(
        &mut self,
        growth: &Growth,
        groups: &[NodeGroup],
        flags: &Flags,
        now: SimTime,
    ) {
        let own = groups[growth.group.0].options.max_node_provision_time;
        let state = &mut self.groups[growth.group.0];
        state.target = growth.to;
        state.asked += growth.nodes();
        let before = state.request.map_or(0, |request| request.increase);
        let expected_by = now + own.unwrap_or(flags.max_node_provision_time);
        state.request = Some(Request { increase: before + growth.nodes(), expected_by });
    }

    /// The provider is asked for instances of a group that it is to have anyway.
    pub(super) fn ask(&mut self, group: GroupId, nodes: u32) {
        self.groups[group.0].asked += nodes;
    }

    /// A node of a group is being deleted.
    pub(super) fn shrink(&mut self, group: GroupId) {
        let state = &mut self.groups[group.0];
        state.target = state.target.saturating_sub(1);
    }

    /// All that was asked for has been answered: what was not launched has failed.
    // static_autoscaler.go deleteCreatedNodesWithErrors, clusterstate.go handleInstanceCreationErrors
    pub(super) fn settle(&mut self, world: &World) {
        for (index, state) in self.groups.iter_mut().enumerate() {
            let failed = std::mem::take(&mut state.asked);
            if failed > 0 {
                state.target = state.target.saturating_sub(failed);
                // A request of which nothing is left comes to no end that would be a success.
                let left = state.request.map(|it| (it.increase.saturating_sub(failed), it));
                state.request = left
                    .filter(|(increase, _)| *increase > 0)
                    .map(|(increase, it)| Request { increase, ..it });
                self.backoff.fail(GroupId(index), world.now());
            }
        }
    }

    /// The groups that have lost instances, and how many each launches to be of its size again, where
    /// `released` says how many of its instances are being deleted.
    pub(super) fn missing(
        &mut self,
        groups: &[NodeGroup],
        released: impl Fn(GroupId) -> u32,
        world: &World,
    ) -> Vec<(GroupId, u32)> {
        let mut missing = Vec::new();
        for (index, state) in self.groups.iter_mut().enumerate() {
            if !std::mem::take(&mut state.has_lost) {
                continue;
            }
            let group = GroupId(index);
            let leaving = released(group);
            let there = world.pool_size(groups[index].pool).saturating_sub(leaving);
            if there < state.target {
                missing.push((group, state.target - there));
            }
        }
        missing
    }

    /// Looks after requests: those that are fulfilled, and those that have taken too long, whose
    /// instances are given back.
    // updateScaleRequests, static_autoscaler.go removeOldUnregisteredNodes
    pub(super) fn review(
        &mut self,
        groups: &[NodeGroup],
        flags: &Flags,
        world: &World,
    ) -> Vec<Action> {
        let now = world.now();
        self.backoff.forget_stale(now);
        let mut actions = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let state = &mut self.groups[index];
            let launching = launching(group, world);
            match state.request {
                Some(_) if launching.is_empty() => {
                    state.request = None;
                    self.backoff.succeed(GroupId(index));
                }
                Some(request) if request.expected_by < now => {
                    state.request = None;
                    self.backoff.fail(GroupId(index), now);
                }
                Some(_) | None => {}
            }
            let own = group.options.max_node_provision_time;
            let takes_too_long = own.unwrap_or(flags.max_node_provision_time);
            for node in launching {
                if world.nodes().launched_at(node) + takes_too_long < now
                    && state.target > group.min_size
                {
                    state.target -= 1;
                    actions.push(Action::Release { node });
                }
            }
        }
        actions
    }

    /// How many nodes of a group are on their way.
    // GetUpcomingNodes
    pub(super) fn upcoming(&self, group: &NodeGroup, world: &World) -> usize {
        launching(group, world).len()
    }
}

/// The instances of a group that are no nodes yet.
fn launching(group: &NodeGroup, world: &World) -> Vec<NodeId> {
    let nodes = world.nodes();
    let is_launching = |node: &&NodeId| {
        nodes.pool(**node) == group.pool && nodes.state(**node) == NodeState::Launching
    };
    nodes.alive().iter().filter(is_launching).copied().collect()
}

fn registered(world: &World, counts: impl Fn(NodeId) -> bool) -> usize {
    world.registered().iter().filter(|node| counts(**node)).count()
}

/// Nodes that are not ready, or of which nothing is heard.
fn unready(world: &World, counts: impl Fn(NodeId) -> bool) -> usize {
    let is_unready = |node: NodeId| world.view(node).is_not_ready() || world.view(node).is_lost();
    let nodes = world.registered().iter();
    nodes.filter(|node| counts(**node) && is_unready(**node)).count()
}

fn is_acceptable(unready: usize, all: usize, flags: &Flags) -> bool {
    let share = 100.0 * unready as f64 / all.max(1) as f64;
    unready <= flags.ok_total_unready_count as usize || share <= flags.max_total_unready_percentage
}

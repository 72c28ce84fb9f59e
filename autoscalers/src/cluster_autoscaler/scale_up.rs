//! Scaling up: which node groups grow, and by how much, so that pending pods find room.
//!
//! 1. Pending pods become equivalence groups, and each node group says which of those fit on a new node.
//! 2. For each node group the estimator says how many nodes it would add, for which pods.
//! 3. Expanders choose one of these options.
//! 4. What it adds is capped, and spread over similar groups.
// Cluster Autoscaler: core/scaleup/orchestrator/orchestrator.go ScaleUp

use sim::model::resources::Lane;
use sim::world::World;
use sim::world::trial::Trial;

use super::balance::{Growth, balance};
use super::config::Flags;
use super::equivalence::{self, PendingPod, PodGroup};
use super::estimator::{Estimate, NodeLimit, Question, estimate};
use super::expander::ExpansionOption;
use super::node_group::{GroupId, NodeGroup};
use super::similar::{BASIC_IGNORED_LABELS, NodeTraits, are_similar};
use super::snapshot::{Filters, NodeList};

/// Node groups as they stand when the cluster is to grow.
#[derive(Clone, Copy)]
pub struct Groups<'g> {
    /// All of them, in the order of the cloud provider.
    pub all: &'g [NodeGroup],
    /// How many nodes each is to have.
    pub targets: &'g [u32],
    /// Whether each may be scaled up now: it is healthy, and not backed off.
    pub safe: &'g [bool],
    /// How many nodes the cluster has, those included that are on their way.
    pub nodes: u32,
}

/// What each node group could do for pending pods.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expansion {
    /// The pods, in groups.
    pub pods: Vec<PodGroup>,
    /// What each node group could do that was asked, in their order.
    pub options: Vec<GroupOption>,
}

/// What a node group could do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupOption {
    /// The groups of pods that fit on a new node of it.
    pub schedulable: Vec<usize>,
    /// How it would grow. Of no use if that is by no node, or for no pod.
    pub option: ExpansionOption,
}

impl Groups<'_> {
    fn room(&self, group: GroupId) -> u32 {
        self.all[group.0].max_size.saturating_sub(self.targets[group.0])
    }
}

impl Expansion {
    /// The options that are of use.
    #[must_use]
    pub fn useful(&self) -> Vec<ExpansionOption> {
        let options = self.options.iter().map(|it| &it.option);
        options.filter(|it| it.nodes > 0 && !it.pods.is_empty()).cloned().collect()
    }
}

/// What these node groups could do for pending pods.
#[must_use]
pub fn expansion(
    pods: &[PendingPod],
    asked: &[GroupId],
    groups: Groups<'_>,
    flags: &Flags,
    filters: &Filters,
    (trial, list): (&mut Trial<'_>, &mut NodeList),
) -> Expansion {
    let pods = equivalence::groups(pods);
    let schedulable: Vec<Vec<usize>> = asked
        .iter()
        .map(|group| schedulable(&groups.all[group.0], &pods, filters, trial))
        .collect();
    let similar = Similar::of(asked, &schedulable, groups, flags, trial);
    let mut options = Vec::with_capacity(asked.len());
    for (place, group) in asked.iter().enumerate() {
        let similar = similar.of_place(place);
        let fitting: Vec<&PodGroup> = schedulable[place].iter().map(|it| &pods[*it]).collect();
        let room = similar
            .iter()
            .fold(groups.room(*group), |room, it| room.saturating_add(groups.room(*it)));
        let node_group = &groups.all[group.0];
        let question = Question {
            pods: &fitting,
            group: node_group,
            limit: NodeLimit::of(
                flags.max_nodes_per_scaleup,
                room,
                flags.max_nodes_total,
                groups.nodes,
            ),
            fastpath: flags.fastpath_binpacking_enabled,
            plain: false,
        };
        let Estimate { mut nodes, pods } = estimate(question, filters, trial, list);
        if node_group.options.zero_or_max_node_scaling && nodes > 0 {
            nodes = node_group.max_size;
        }
        let option = ExpansionOption { group: *group, nodes, pods, similar };
        options.push(GroupOption { schedulable: schedulable[place].clone(), option });
    }
    Expansion { pods, options }
}

/// The groups of pods whose first fits on a new node of a node group.
// SchedulablePodGroups
fn schedulable(
    group: &NodeGroup,
    pods: &[PodGroup],
    filters: &Filters,
    trial: &mut Trial<'_>,
) -> Vec<usize> {
    let fork = &mut trial.fork();
    let node = group.imagine(fork);
    let fits = |pods: &PodGroup| filters.rejection(pods.pods[0], node, fork).is_none();
    let fitting = pods.iter().enumerate().filter(|(_, pods)| fits(pods));
    fitting.map(|(index, _)| index).collect()
}

/// Which node groups are similar to which.
struct Similar<'s> {
    asked: &'s [GroupId],
    schedulable: &'s [Vec<usize>],
    groups: Groups<'s>,
    /// The new nodes of each, if sizes are to be balanced.
    traits: Option<Vec<NodeTraits>>,
    flags: &'s Flags,
}

impl<'s> Similar<'s> {
    fn of(
        asked: &'s [GroupId],
        schedulable: &'s [Vec<usize>],
        groups: Groups<'s>,
        flags: &'s Flags,
        world: &World,
    ) -> Similar<'s> {
        let of = |group: &GroupId| NodeTraits::of(&groups.all[group.0], world);
        let traits = flags.balance_similar_node_groups.then(|| asked.iter().map(of).collect());
        Similar { asked, schedulable, groups, traits, flags }
    }

    /// The groups similar to the one at a place on which at least the same pods fit.
    // ComputeSimilarNodeGroups
    fn of_place(&self, place: usize) -> Vec<GroupId> {
        let Some(traits) = &self.traits else { return Vec::new() };
        let own = &self.schedulable[place];
        let is_atomic = self.groups.all[self.asked[place].0].options.zero_or_max_node_scaling;
        if own.is_empty() || is_atomic {
            return Vec::new();
        }
        let ignored = |label: &str| {
            BASIC_IGNORED_LABELS.contains(&label)
                || self.flags.balancing_ignore_label.iter().any(|it| it == label)
        };
        let ratios = &self.flags.difference_ratios;
        let alike = |other: &usize| {
            *other != place
                && self.groups.safe[self.asked[*other].0]
                && are_similar(&traits[place], &traits[*other], ratios, ignored)
                && own.iter().all(|pods| self.schedulable[*other].contains(pods))
        };
        (0..self.asked.len()).filter(alike).map(|other| self.asked[other]).collect()
    }
}

/// How node groups grow by an option: capped by the cluster's limits, and spread over similar groups.
/// Nothing if there is no room left.
// GetCappedNewNodeCount, ApplyLimits, balanceScaleUps
#[must_use]
pub fn growth(
    option: &ExpansionOption,
    groups: Groups<'_>,
    flags: &Flags,
    world: &World,
) -> Vec<Growth> {
    let mut nodes = option.nodes;
    if flags.max_nodes_total > 0 {
        nodes = nodes.min(flags.max_nodes_total.saturating_sub(groups.nodes));
    }
    nodes = nodes.min(nodes_within_resources(&groups.all[option.group.0], flags, world));
    let candidates = [option.group].into_iter().chain(option.similar.iter().copied());
    let candidates: Vec<Growth> = candidates
        .map(|id| Growth::none(id, groups.targets[id.0], groups.all[id.0].max_size))
        .collect();
    if nodes == 0 { Vec::new() } else { balance(&candidates, nodes) }
}

/// How many nodes of a group the cluster's cores and memory allow.
// Cluster Autoscaler: core/scaleup/resource/manager.go
#[must_use]
pub fn nodes_within_resources(group: &NodeGroup, flags: &Flags, world: &World) -> u32 {
    let mut there = [0_u64; 2];
    for node in world.nodes().alive() {
        let capacity = world.model().catalog.instance_type(world.nodes().offering(*node)).capacity;
        there[0] += capacity[Lane::CPU];
        there[1] += capacity[Lane::MEMORY];
    }
    let capacity = group.capacity(world);
    let most =
        [flags.cores_total.1.saturating_mul(1_000), flags.memory_total.1.saturating_mul(1 << 30)];
    let each = [capacity[Lane::CPU], capacity[Lane::MEMORY]];
    let allowed = (0..2)
        .filter(|lane| each[*lane] > 0)
        .map(|lane| most[lane].saturating_sub(there[lane]) / each[lane]);
    allowed.min().map_or(u32::MAX, |nodes| u32::try_from(nodes).unwrap_or(u32::MAX))
}

/// How groups grow that are below their minimum: `--enforce-node-group-min-size`.
// ScaleUpToNodeGroupMinSize
#[must_use]
pub fn to_min_size(groups: Groups<'_>, flags: &Flags, world: &World) -> Vec<Growth> {
    let mut nodes = groups.nodes;
    let mut growths = Vec::new();
    for (index, group) in groups.all.iter().enumerate() {
        let target = groups.targets[index];
        if target >= group.min_size || !groups.safe[index] {
            continue;
        }
        let missing = group.min_size - target;
        let mut added = missing.min(nodes_within_resources(group, flags, world));
        if flags.max_nodes_total > 0 {
            added = added.min(flags.max_nodes_total.saturating_sub(nodes));
        }
        nodes += added;
        if added > 0 {
            let growth = Growth::none(GroupId(index), target, group.max_size);
            growths.push(Growth { to: target + added, ..growth });
        }
    }
    growths
}

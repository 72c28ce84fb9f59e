//! Counted bins: what each new node has left, added up, where nothing else decides which pods it takes.
//!
//! New nodes of a group are alike, so that a filter which looks at what a node is says the same of all of
//! them. What remains is how much is on a node, which host ports are taken there, and which pods keep
//! others off their host. A node that has refused one pod of a group refuses all the others of it, and so
//! it is known at once how many of them it takes.

use sim::model::pod::{PodId, PodSpec, SpecId};
use sim::model::relations::Related;
use sim::model::resources::{Lane, Resources};
use sim::model::selectors::{TermKind, TopologyKeyId};
use sim::model::storage::PodVolumes;
use sim::world::World;
use sim::world::trial::Trial;

use super::PodGroup;
use super::bins::{Bins, Put};
use crate::cluster_autoscaler::node_group::NodeGroup;
use crate::cluster_autoscaler::snapshot::NodeList;

pub(super) struct Counted<'b> {
    list: &'b mut NodeList,
    groups: Vec<Group>,
    /// What a new node has left before any pod is put on it.
    fresh: Resources,
    nodes: Vec<Node>,
    occupied: u32,
}

/// A group of pods.
struct Group {
    requests: Resources,
    /// The resources of which it requests any.
    lanes: Vec<Lane>,
    /// The groups whose pods share no node with those of this one, itself included.
    apart_from: Vec<usize>,
    /// Whether it is one of them.
    alone: bool,
}

/// A new node.
#[derive(Default)]
struct Node {
    left: Resources,
    /// The groups on it that keep apart from any.
    keeping_apart: Vec<usize>,
    is_occupied: bool,
}

impl<'b> Counted<'b> {
    /// No new node yet; none if more than that decides.
    pub(super) fn of(
        group: &NodeGroup,
        pods: &[&PodGroup],
        list: &'b mut NodeList,
        trial: &mut Trial<'_>,
    ) -> Option<Counted<'b>> {
        let specs = pods.iter().map(|pods| one_spec(pods, trial));
        let specs: Vec<SpecId> = specs.collect::<Option<_>>()?;
        if !specs.iter().all(|spec| is_counted(*spec, trial)) {
            return None;
        }
        let fresh = {
            let fork = &mut trial.fork();
            let node = group.imagine(fork);
            let taken = *fork.placement().load(node).requested();
            fork.view(node).shape().allocatable.left_after(&taken)
        };
        let groups = (0..specs.len()).map(|index| Group::of(index, &specs, trial)).collect();
        Some(Counted { list, groups, fresh, nodes: Vec::new(), occupied: 0 })
    }

    /// How many more pods of a group a node takes.
    fn room(&self, group: usize, node: &Node) -> u64 {
        let group = &self.groups[group];
        if group.apart_from.iter().any(|other| node.keeping_apart.contains(other)) {
            return 0;
        }
        let room = group.lanes.iter().map(|lane| node.left[*lane] / group.requests[*lane]);
        let room = room.min().unwrap_or(u64::MAX);
        if group.alone { room.min(1) } else { room }
    }

    fn put(&mut self, group: usize, node: usize) {
        let (node, it) = (&mut self.nodes[node], &self.groups[group]);
        node.left -= &it.requests;
        if !it.apart_from.is_empty() && !node.keeping_apart.contains(&group) {
            node.keeping_apart.push(group);
        }
        self.occupied += u32::from(!node.is_occupied);
        node.is_occupied = true;
    }
}

impl Group {
    fn of(index: usize, specs: &[SpecId], world: &World) -> Group {
        let requests = world.spec(specs[index]).requests;
        let apart = |other: &usize| keep_apart(specs[index], specs[*other], world);
        let apart_from: Vec<usize> = (0..specs.len()).filter(apart).collect();
        let lanes = Lane::all().filter(|lane| requests[*lane] > 0).collect();
        let alone = apart_from.contains(&index);
        Group { requests, lanes, apart_from, alone }
    }
}

impl Bins for Counted<'_> {
    fn reuse(&mut self, group: usize, pods: &[PodId]) -> usize {
        // The nodes that take any, in the order of the search, and how many each takes.
        let before = self.list.nodes.len();
        let all = before + self.nodes.len();
        let first = (self.list.last + 1).checked_rem(all).unwrap_or(0).saturating_sub(before);
        let order = (first..self.nodes.len()).chain(0..first);
        let mut open: Vec<(usize, u64)> = order
            .map(|node| (node, self.room(group, &self.nodes[node])))
            .filter(|(_, room)| *room > 0)
            .collect();
        let mut put = 0;
        while put < pods.len() && !open.is_empty() {
            for (node, room) in open.iter_mut().take(pods.len() - put) {
                self.put(group, *node);
                *room -= 1;
                put += 1;
                self.list.last = before + *node;
            }
            open.retain(|(_, room)| *room > 0);
        }
        put
    }

    fn has_newest(&self) -> bool {
        !self.nodes.is_empty()
    }

    fn newest_is_empty(&self) -> bool {
        self.nodes.last().is_some_and(|node| !node.is_occupied)
    }

    fn put_on_newest(&mut self, group: usize, _: PodId) -> Put {
        match self.nodes.last() {
            Some(node) if self.room(group, node) > 0 => {
                self.put(group, self.nodes.len() - 1);
                Put::Done
            }
            _ => Put::Refused { by_host_spread: false },
        }
    }

    fn put_elsewhere(&mut self, _: usize, _: PodId) -> bool {
        false
    }

    fn add(&mut self) {
        self.nodes.push(Node { left: self.fresh, ..Node::default() });
    }

    fn occupied(&self) -> u32 {
        self.occupied
    }
}

/// The one spec of all pods of a group, if they have one.
fn one_spec(group: &PodGroup, world: &World) -> Option<SpecId> {
    let first = world.pods().spec(group.pods[0]);
    group.pods.iter().all(|pod| world.pods().spec(*pod) == first).then_some(first)
}

/// Whether nothing but resources, host ports and hosts decides which new nodes take such pods.
fn is_counted(id: SpecId, world: &World) -> bool {
    let spec = world.spec(id);
    let related = world.specs().related(id);
    let kept_off = related.targeted_by.iter().map(|term| world.model().selectors.term(*term));
    let mut kept_off = kept_off.filter(|term| term.kind == TermKind::KeepsAway);
    spec.volumes == PodVolumes::default()
        && !spec.names_nodes()
        && spec.node_name.is_none()
        && spec.awaits_device.is_none()
        && spec.spread.iter().all(|constraint| !constraint.required)
        && spec.pod_affinity.required.is_empty()
        && spec.pod_affinity.required_anti.iter().all(|term| term.key == TopologyKeyId::HOSTNAME)
        && kept_off.all(|term| term.key == TopologyKeyId::HOSTNAME)
}

/// Whether pods of two specs share no node.
fn keep_apart(one: SpecId, other: SpecId, world: &World) -> bool {
    let of = |id: SpecId| (world.spec(id), world.specs().related(id));
    let keeps_off = |(spec, _): (&PodSpec, &Related), (_, related): (&PodSpec, &Related)| {
        let mut terms = spec.pod_affinity.required_anti.iter();
        terms.any(|term| related.matched_by.binary_search(&term.selector).is_ok())
    };
    let ports = |(a, _): (&PodSpec, &Related), (b, _): (&PodSpec, &Related)| {
        a.host_ports.iter().any(|port| b.host_ports.iter().any(|it| port.conflicts(it)))
    };
    let (one, other) = (of(one), of(other));
    keeps_off(one, other) || keeps_off(other, one) || ports(one, other)
}

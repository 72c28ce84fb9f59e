//! The solve loop: each pod goes onto a node that exists, onto a NodeClaim that is open, or opens one.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::names::NameId;
use sim::table::Id;

use super::existing_node::ExistingNode;
use super::open_claim::OpenClaim;
use super::pod_class::{PodClasses, Turn};
use super::queue::Queue;
use super::reservations::Reservations;
use super::room::with_room;
use super::{Launches, Question, Refusal, Refusals};
use crate::karpenter::input::PodSpec;
use crate::karpenter::resources::Limits;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::template::Template;
use crate::karpenter::topology::{Membership, Topology};

/// What came of the pods, before results are written out.
pub(crate) struct Solved {
    pub(super) claims: Vec<OpenClaim>,
    pub(super) existing: Vec<(usize, Vec<usize>)>,
    pub(super) errors: BTreeMap<usize, Refusals>,
}

/// Why a pod has no place.
enum Miss {
    /// None takes it.
    Refused(Refusals),
    /// More would be launched than may be, so that nothing else matters.
    TooMuch,
}

/// One pass over pods.
// Karpenter: scheduler.go Scheduler
struct Solver<'s, 'a> {
    snapshot: &'s Snapshot<'a>,
    topology: Topology<'a>,
    classes: &'s mut PodClasses,
    /// What each class has to do with which group of the topology, once a pod of it has come.
    members: IndexMap<usize, Membership, FxBuildHasher>,
    /// Nodes that have got pods, by their places in the order of the snapshot.
    nodes: BTreeMap<usize, ExistingNode<'s>>,
    claims: Vec<OpenClaim>,
    /// Open NodeClaims by their number of pods, the fewest first.
    in_order: Vec<usize>,
    /// What is left of each NodePool's limits, by number; empty until it matters.
    limits: Vec<Limits>,
    launches: Launches,
    /// Whether any pod says how its node is to be bought.
    asks_capacity_type: bool,
    reservations: Reservations,
    hosts: usize,
}

/// Finds places for pods among nodes that stay, and on new ones; nothing if more would be launched than
/// may be.
pub(crate) fn solve(
    question: &Question<'_>,
    classes: &mut PodClasses,
    snapshot: &Snapshot<'_>,
) -> Option<Solved> {
    let cluster = &snapshot.cluster;
    let pods = question.pods;
    let mode = question.reserved;
    let mut solver = Solver {
        snapshot,
        topology: Topology::new(snapshot, pods, question.gone),
        classes,
        members: IndexMap::default(),
        nodes: BTreeMap::new(),
        claims: Vec::new(),
        in_order: Vec::new(),
        limits: Vec::new(),
        launches: question.launches,
        asks_capacity_type: false,
        reservations: Reservations::new(snapshot.reserved.clone(), mode),
        hosts: 0,
    };
    let mut class_of: Vec<(usize, usize)> =
        pods.iter().map(|pod| (*pod, solver.join(&cluster.pods[*pod].spec))).collect();
    class_of.sort_unstable();
    if solver.is_hopeless(&class_of) {
        return None;
    }
    solver.topology.register_hosts(snapshot);
    let errors = solver.run(pods, &class_of)?;
    let existing = solver.nodes.into_values().map(|node| (node.number, node.pods)).collect();
    Some(Solved { claims: solver.claims, existing, errors })
}

impl Solver<'_, '_> {
    /// The class of a pod, whose groups are known from now on.
    fn join(&mut self, spec: &Arc<PodSpec>) -> usize {
        let class = self.classes.of(spec, self.snapshot);
        self.join_class(class);
        class
    }

    fn join_class(&mut self, class: usize) {
        if !self.members.contains_key(&class) {
            let class_data = self.classes.get(class);
            self.asks_capacity_type |= class_data.asks_capacity_type;
            let member = self.topology.join(&class_data.spec, self.snapshot);
            self.members.insert(class, member);
        }
    }

    // Karpenter: scheduler.go Solve
    fn run(
        &mut self,
        pods: &[usize],
        class_of: &[(usize, usize)],
    ) -> Option<BTreeMap<usize, Refusals>> {
        let class_of = |pod: usize| {
            let at = class_of.partition_point(|(other, _)| *other < pod);
            class_of.get(at).map_or(0, |(_, class)| *class)
        };
        let requests = |pod: usize| &self.classes.get(class_of(pod)).requests;
        let mut queue = Queue::new(pods.to_vec(), self.snapshot.cluster.pods, requests);
        let mut errors = BTreeMap::new();
        while let Some(pod) = queue.pop() {
            match self.try_schedule(pod, class_of(pod)) {
                Ok(()) => {
                    errors.remove(&pod);
                }
                Err(Miss::Refused(refusals)) => {
                    errors.insert(pod, refusals);
                    queue.push(pod);
                }
                Err(Miss::TooMuch) => return None,
            }
        }
        Some(errors)
    }

    /// Places a pod, with ever fewer preferences. Preferences that gave way do so for this once.
    // Karpenter: scheduler.go trySchedule
    fn try_schedule(&mut self, pod: usize, class: usize) -> Result<(), Miss> {
        let mut class = class;
        loop {
            let refusals = match self.add(pod, class) {
                Err(Miss::Refused(refusals)) => refusals,
                other => return other,
            };
            // A pod for which there may be reserved capacity in the next pass keeps its preferences.
            if refusals.contains(&Refusal::Reserved) {
                return Err(Miss::Refused(refusals));
            }
            match self.classes.relaxed(class, self.snapshot) {
                Some(relaxed) => class = relaxed,
                None => return Err(Miss::Refused(refusals)),
            }
            self.join_class(class);
        }
    }

    // Karpenter: scheduler.go add
    fn add(&mut self, pod: usize, class: usize) -> Result<(), Miss> {
        let mut member = self.members.get_mut(&class).map(std::mem::take).unwrap_or_default();
        let added = self.place(pod, class, &mut member);
        self.members.insert(class, member);
        added
    }

    fn place(&mut self, pod: usize, class: usize, member: &mut Membership) -> Result<(), Miss> {
        if self.add_to_existing(pod, class, member) || self.add_to_open(pod, class, member) {
            return Ok(());
        }
        self.open_for(pod, class, member)
    }

    // Karpenter: scheduler.go addToExistingNode
    fn add_to_existing(&mut self, pod: usize, class: usize, member: &mut Membership) -> bool {
        let snapshot = self.snapshot;
        let mut asked = 0;
        let class = with_room(self.classes, class, snapshot);
        let mut turn = Turn { pod, class, member };
        let (topology, nodes) = (&mut self.topology, &mut self.nodes);
        let found = class.room().iter().any(|place| {
            let number = snapshot.in_order[*place];
            if !topology.stays(number, snapshot) {
                return false;
            }
            asked += 1;
            if let Some(node) = nodes.get_mut(place) {
                return node.add(&mut turn, topology, snapshot);
            }
            let mut node = ExistingNode::new(number, &snapshot.nodes[number]);
            let is_added = node.add(&mut turn, topology, snapshot);
            if is_added {
                nodes.insert(*place, node);
            }
            is_added
        });
        self.classes.have_been_asked(asked);
        found
    }

    // Karpenter: scheduler.go addToInflightNode
    fn add_to_open(&mut self, pod: usize, class: usize, member: &mut Membership) -> bool {
        let class = self.classes.get(class);
        let mut turn = Turn { pod, class, member };
        for place in 0..self.in_order.len() {
            let claim = &mut self.claims[self.in_order[place]];
            if claim.is_full_for(class) || self.topology.is_kept_off(turn.member, claim.host) {
                continue;
            }
            let (topology, reservations) = (&self.topology, &self.reservations);
            let can = claim.can_add(&mut turn, false, topology, reservations, self.snapshot);
            let Ok(addition) = can else { continue };
            let (topology, reservations) = (&mut self.topology, &mut self.reservations);
            claim.add(&mut turn, addition, topology, reservations, self.snapshot);
            self.reorder(place);
            return true;
        }
        false
    }

    /// Moves a NodeClaim that has one pod more behind all that had as many as it had.
    fn reorder(&mut self, place: usize) {
        let pods = |claim: usize| self.claims[claim].pods.len();
        let number = pods(self.in_order[place]);
        let behind = &self.in_order[place + 1..];
        let fewer = behind.partition_point(|claim| pods(*claim) < number);
        self.in_order[place..=place + fewer].rotate_left(1);
    }

    // Karpenter: scheduler.go addToNewNodeClaim
    fn open_for(&mut self, pod: usize, class: usize, member: &mut Membership) -> Result<(), Miss> {
        let snapshot = self.snapshot;
        let cluster = &snapshot.cluster;
        if snapshot.templates.is_empty() {
            return Err(Miss::Refused(Refusals::from([Refusal::NoInstanceTypes])));
        }
        if self.limits.is_empty() {
            self.limits = limits(&self.topology, snapshot);
        }
        let class = self.classes.get(class);
        let mut turn = Turn { pod, class, member };
        let host = NameId::from_index(usize::try_from(u32::MAX).unwrap_or(usize::MAX) - self.hosts);
        let mut refusals = Refusals::new();
        for (place, template) in snapshot.templates.iter().enumerate() {
            let types = self.limits[template.number].allowed(&template.types, cluster);
            if types.is_empty() {
                refusals.insert(Refusal::Limits);
                continue;
            }
            let mut claim = OpenClaim::new(place, template, types, host, snapshot);
            let relax = cluster.options.relax_min_values;
            let (topology, reservations) = (&self.topology, &self.reservations);
            match claim.can_add(&mut turn, relax, topology, reservations, snapshot) {
                Ok(_) if self.is_too_much(template) => return Err(Miss::TooMuch),
                Ok(addition) => {
                    let (topology, reservations) = (&mut self.topology, &mut self.reservations);
                    claim.add(&mut turn, addition, topology, reservations, snapshot);
                    self.limits[template.number].take_most(&claim.types, cluster);
                    let claims = &self.claims;
                    let at = self.in_order.partition_point(|open| claims[*open].pods.len() <= 1);
                    self.in_order.insert(at, claims.len());
                    self.claims.push(claim);
                    self.hosts += 1;
                    return Ok(());
                }
                Err(refusal) => {
                    refusals.insert(refusal);
                    // Capacity that is paid for already is worth waiting for.
                    if refusal == Refusal::Reserved {
                        break;
                    }
                }
            }
        }
        Err(Miss::Refused(refusals))
    }

    /// Whether something has to be launched for certain though nothing may be: a pod that has a place now has none
    /// on any node that stays, and nothing that it could do without.
    fn is_hopeless(&mut self, class_of: &[(usize, usize)]) -> bool {
        let snapshot = self.snapshot;
        if self.launches != Launches::OneNotSpot
            || snapshot.has_min_values()
            || !snapshot.templates.iter().all(|template| self.stays_open_to_spot(template))
        {
            return false;
        }
        class_of.iter().any(|(pod, class)| {
            !snapshot.cluster.pods[*pod].provisionable
                && self.classes.relaxed(*class, snapshot).is_none()
                && {
                    let topology = &self.topology;
                    let room = with_room(self.classes, *class, snapshot).room();
                    !room.iter().any(|place| topology.stays(snapshot.in_order[*place], snapshot))
                }
        })
    }

    /// Whether one more NodeClaim makes the solution useless, whatever comes after it.
    fn is_too_much(&self, template: &Template) -> bool {
        // A NodeClaim whose types have too few distinct values is dropped in the end.
        if self.launches == Launches::Any || self.snapshot.has_min_values() {
            return false;
        }
        !self.claims.is_empty()
            || self.launches == Launches::OneNotSpot && self.stays_open_to_spot(template)
    }

    /// Whether a NodeClaim can become a spot node, whatever pods come to it.
    fn stays_open_to_spot(&self, template: &Template) -> bool {
        let cluster = &self.snapshot.cluster;
        let key = cluster.keys.capacity_type;
        let asked = template.requirements.get(key);
        !self.asks_capacity_type
            && self.snapshot.reserved.is_empty()
            && asked.is_none_or(|requirement| requirement.allows(cluster.keys.spot, cluster.names))
            && !self.topology.is_about(key)
    }
}

/// What nodes that stay leave of the limits of NodePools.
fn limits(topology: &Topology<'_>, snapshot: &Snapshot<'_>) -> Vec<Limits> {
    let mut limits: Vec<Limits> =
        snapshot.cluster.node_pools.iter().map(|pool| pool.limits.clone()).collect();
    for (number, node) in snapshot.nodes.iter().enumerate() {
        if let Some(pool) = node.pool.filter(|_| topology.stays(number, snapshot)) {
            limits[pool].take_node(node);
        }
    }
    limits
}

//! The solve loop: each pod goes onto a node that exists, onto a NodeClaim that is open, or opens one.

use std::collections::BTreeMap;

use sim::names::NameId;
use sim::table::Id;

use super::existing_node::ExistingNode;
use super::open_claim::OpenClaim;
use super::pod_class::PodClasses;
use super::queue::Queue;
use super::reservations::{Reservations, ReservedMode};
use super::{Refusal, Refusals};
use crate::karpenter::resources::Limits;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::topology::Topology;

use sim::model::taints::Effect;

/// What came of the pods, before results are written out.
pub(crate) struct Solved {
    pub(super) claims: Vec<OpenClaim>,
    pub(super) existing: Vec<(usize, Vec<usize>)>,
    pub(super) errors: BTreeMap<usize, Refusals>,
}

/// One pass over pods.
// Karpenter: scheduler.go Scheduler
struct Solver<'s, 'a> {
    snapshot: &'s Snapshot<'a>,
    topology: Topology<'a>,
    classes: PodClasses,
    nodes: Vec<ExistingNode<'s>>,
    claims: Vec<OpenClaim>,
    /// Open NodeClaims by their number of pods, the fewest first.
    in_order: Vec<usize>,
    /// What is left of each NodePool's limits, by number.
    limits: Vec<Limits>,
    reservations: Reservations,
    hosts: usize,
}

/// Finds places for pods among nodes that stay, and on new ones.
pub(crate) fn solve(
    snapshot: &Snapshot<'_>,
    pods: &[usize],
    staying: &[usize],
    mode: ReservedMode,
) -> Solved {
    let cluster = &snapshot.cluster;
    let mut placed = vec![false; cluster.pods.len()];
    pods.iter().for_each(|pod| placed[*pod] = true);
    let mut topology = Topology::new(snapshot, placed, staying);
    let taints = snapshot.pools.iter().flat_map(|pool| &cluster.node_pools[*pool].taints);
    let has_preferences = taints.into_iter().any(|t| t.effect == Effect::PreferNoSchedule);
    let mut classes = PodClasses::new(has_preferences);
    let class_of: BTreeMap<usize, usize> = pods
        .iter()
        .map(|pod| (*pod, classes.of(&cluster.pods[*pod].spec, &mut topology, snapshot)))
        .collect();
    let mut limits: Vec<Limits> =
        cluster.node_pools.iter().map(|pool| pool.limits.clone()).collect();
    for node in staying {
        let node = &snapshot.nodes[*node];
        node.pool.into_iter().for_each(|pool| limits[pool].take_node(node));
        node.host.into_iter().for_each(|host| topology.register_host(host));
    }
    let nodes = staying.iter().map(|node| ExistingNode::new(*node, &snapshot.nodes[*node]));
    let mut solver = Solver {
        snapshot,
        topology,
        nodes: nodes.collect(),
        claims: Vec::new(),
        in_order: Vec::new(),
        limits,
        reservations: Reservations::new(snapshot.reserved.clone(), mode),
        hosts: 0,
        classes,
    };
    let errors = solver.run(pods, &class_of);
    let with_pods = |node: ExistingNode<'_>| (node.number, node.pods);
    let existing = solver.nodes.into_iter().filter(|node| !node.pods.is_empty()).map(with_pods);
    Solved { claims: solver.claims, existing: existing.collect(), errors }
}

impl Solver<'_, '_> {
    // Karpenter: scheduler.go Solve
    fn run(
        &mut self,
        pods: &[usize],
        class_of: &BTreeMap<usize, usize>,
    ) -> BTreeMap<usize, Refusals> {
        let requests = |pod: usize| &self.classes.get(class_of[&pod]).requests;
        let mut queue = Queue::new(pods.to_vec(), self.snapshot.cluster.pods, requests);
        let mut errors = BTreeMap::new();
        while let Some(pod) = queue.pop() {
            match self.try_schedule(pod, class_of[&pod]) {
                Ok(()) => {
                    errors.remove(&pod);
                }
                Err(refusals) => {
                    errors.insert(pod, refusals);
                    queue.push(pod);
                }
            }
        }
        errors
    }

    /// Places a pod, with ever fewer preferences. Preferences that gave way do so for this once.
    // Karpenter: scheduler.go trySchedule
    fn try_schedule(&mut self, pod: usize, class: usize) -> Result<(), Refusals> {
        let mut class = class;
        loop {
            let Err(refusals) = self.add(pod, class) else { return Ok(()) };
            // A pod for which there may be reserved capacity in the next pass keeps its preferences.
            if refusals.contains(&Refusal::Reserved) {
                return Err(refusals);
            }
            match self.classes.relaxed(class, &mut self.topology, self.snapshot) {
                Some(relaxed) => class = relaxed,
                None => return Err(refusals),
            }
        }
    }

    // Karpenter: scheduler.go add
    fn add(&mut self, pod: usize, class: usize) -> Result<(), Refusals> {
        let class_data = self.classes.get_mut(class);
        for node in &mut self.nodes {
            if node.add(pod, class_data, &mut self.topology, self.snapshot) {
                return Ok(());
            }
        }
        if self.add_to_open(pod, class) {
            return Ok(());
        }
        self.open_for(pod, class)
    }

    // Karpenter: scheduler.go addToInflightNode
    fn add_to_open(&mut self, pod: usize, class: usize) -> bool {
        let class = self.classes.get_mut(class);
        for place in 0..self.in_order.len() {
            let claim = &mut self.claims[self.in_order[place]];
            if claim.is_full_for(class) || self.topology.is_kept_off(&class.member, claim.host) {
                continue;
            }
            let (topology, reservations) = (&self.topology, &self.reservations);
            let can = claim.can_add(class, false, topology, reservations, self.snapshot);
            let Ok(addition) = can else { continue };
            let (topology, reservations) = (&mut self.topology, &mut self.reservations);
            claim.add(pod, class, addition, topology, reservations, self.snapshot);
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
    fn open_for(&mut self, pod: usize, class: usize) -> Result<(), Refusals> {
        let snapshot = self.snapshot;
        let cluster = &snapshot.cluster;
        if snapshot.templates.is_empty() {
            return Err(Refusals::from([Refusal::NoInstanceTypes]));
        }
        let class = self.classes.get_mut(class);
        let host = NameId::from_index(usize::try_from(u32::MAX).unwrap_or(usize::MAX) - self.hosts);
        let mut refusals = Refusals::new();
        for (place, template) in snapshot.templates.iter().enumerate() {
            let limits = &mut self.limits[template.number];
            let types = limits.allowed(&template.types, cluster);
            if types.is_empty() {
                refusals.insert(Refusal::Limits);
                continue;
            }
            let mut claim = OpenClaim::new(place, template, types, host, snapshot);
            let relax = cluster.options.relax_min_values;
            let can = claim.can_add(class, relax, &self.topology, &self.reservations, snapshot);
            match can {
                Ok(addition) => {
                    let (topology, reservations) = (&mut self.topology, &mut self.reservations);
                    claim.add(pod, class, addition, topology, reservations, snapshot);
                    limits.take_most(&claim.types, cluster);
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
        Err(refusals)
    }
}

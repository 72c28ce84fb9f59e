//! Disks: to which node each is attached, who waits for it, and from when on it is free.
//!
//! A disk is attached to one node at a time. Pods on another node wait until no pod uses it and it has
//! been detached; those that come to its own node share it.
// kube-controller-manager: attachdetach/reconciler, "Multi-Attach error for volume"

use std::collections::{BTreeMap, BTreeSet};

use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::zonal::Together;
use crate::time::{SimTime, Span};
use crate::world::World;

/// Every disk that a pod has used.
#[derive(Clone, Debug, Default)]
pub struct Disks(BTreeMap<Together, Disk>);

/// A disk, or those of a pod that come and go together.
#[derive(Clone, Debug)]
struct Disk {
    /// The node it is attached to, or is being attached to, and from when on it is there.
    on: Option<(NodeId, SimTime)>,
    /// Pods that use it there.
    users: BTreeSet<PodId>,
    /// From when on it can be attached elsewhere, once no pod uses it; none is never.
    free_at: Option<SimTime>,
    /// Pods on other nodes, in the order in which they came.
    waiting: Vec<(PodId, NodeId)>,
}

/// What a pod that was bound to a node finds there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// It uses no disk that moves with it.
    NoDisk,
    /// Its disks are attached at this time.
    At(SimTime),
    /// It is not known yet when they are.
    InUse,
}

impl Disks {
    /// A pod is bound to a node. To attach a disk takes so long.
    pub fn bound(&mut self, world: &World, pod: PodId, node: NodeId, attach: Span) -> Found {
        let Some(disk) = self.of(world, pod) else { return Found::NoDisk };
        disk.waiting.push((pod, node));
        let at = disk.attach_next(world.now(), attach).into_iter().find(|(it, _)| *it == pod);
        at.map_or(Found::InUse, |(_, at)| Found::At(at))
    }

    /// A pod was on a node from the start, with its disks.
    pub fn found(&mut self, world: &World, pod: PodId, node: NodeId) {
        if let Some(disk) = self.of(world, pod) {
            disk.on.get_or_insert((node, world.now()));
            disk.users.insert(pod);
        }
    }

    /// A pod has ended; its disks can be attached elsewhere from `free_at` on, unless others use them.
    /// Who waited for that, and when they have them.
    pub fn ended(
        &mut self,
        world: &World,
        pod: PodId,
        free_at: Option<SimTime>,
        attach: Span,
    ) -> Vec<(PodId, SimTime)> {
        let Some(disk) = self.of(world, pod) else { return Vec::new() };
        disk.waiting.retain(|(waits, _)| *waits != pod);
        if !disk.users.remove(&pod) {
            return Vec::new();
        }
        disk.free_at = disk.free_at.zip(free_at).map(|(one, other)| one.max(other));
        if disk.users.is_empty() {
            disk.on = None;
        }
        disk.attach_next(world.now(), attach)
    }

    fn of(&mut self, world: &World, pod: PodId) -> Option<&mut Disk> {
        let (workload, replica) = (world.pods().workload(pod), world.pods().replica(pod));
        let volumes = world.model().workloads[workload].volumes.as_ref()?;
        Some(self.0.entry(volumes.of(workload, replica)).or_insert_with(Disk::unused))
    }
}

impl Disk {
    fn unused() -> Disk {
        let (users, waiting) = (BTreeSet::new(), Vec::new());
        Disk { on: None, users, free_at: Some(SimTime::ZERO), waiting }
    }

    /// Gives a disk that is free to the node of the pod that has waited longest, and lets pods use it
    /// that wait for it where it is: who they are, and from when on.
    fn attach_next(&mut self, now: SimTime, attach: Span) -> Vec<(PodId, SimTime)> {
        if let (None, Some((_, node)), Some(free_at)) =
            (self.on, self.waiting.first().copied(), self.free_at)
        {
            self.on = Some((node, free_at.max(now) + attach));
            self.free_at = Some(SimTime::ZERO);
        }
        let Some((on, there_at)) = self.on else { return Vec::new() };
        let (here, elsewhere) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| it.1 == on);
        let here: Vec<(PodId, NodeId)> = here;
        self.waiting = elsewhere;
        self.users.extend(here.iter().map(|(pod, _)| *pod));
        here.into_iter().map(|(pod, _)| (pod, there_at.max(now))).collect()
    }
}

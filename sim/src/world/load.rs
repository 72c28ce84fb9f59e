//! What the pods on one node take of it, and how many of them each selector and term counts.
//!
//! What is kept is what was *requested*, never what is free: a real node may be over-committed, and
//! an unsigned "free" would then have no value. A load is a value of its own: a what-if about one
//! node is a copy of its load with some pods more or less.

use crate::model::pod::{HostPort, PodId, PodSpec, PodTraits, SpecId};
use crate::model::resources::Resources;
use crate::model::selectors::{SelectorId, TermId};
use crate::model::storage::{AttachableId, ClaimId, ClaimUse, DiskId, PodVolumes};
use crate::table::Id;
use crate::world::specs::RunSpecs;

/// The pods of one node, and their sums.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeLoad {
    requested: Resources,
    nonzero_requested: Resources,
    pods: Vec<PodId>,
    host_ports: Vec<HostPort>,
    matched: Tally<SelectorId, Matched>,
    borne: Tally<TermId, u32>,
    disks: Tally<DiskId, u32>,
    claims: Tally<ClaimId, u32>,
    attached: Tally<AttachableId, u32>,
}

/// How many pods of a node a selector means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Matched {
    /// All of them.
    pub all: u32,
    /// Those that are not terminating.
    pub alive: u32,
}

/// A few counters by id, sorted; an id that is not there counts nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Tally<K, V> {
    counts: Vec<(K, V)>,
    /// A bit for each id that counts, modulo 64: most questions are about one that does not.
    present: u64,
}

impl<K, V> Default for Tally<K, V> {
    fn default() -> Self {
        Tally { counts: Vec::new(), present: 0 }
    }
}

impl<K: Id, V: Copy + Default + PartialEq> Tally<K, V> {
    fn get(&self, key: K) -> V {
        if self.present & bit(key) == 0 {
            return V::default();
        }
        let at = self.counts.binary_search_by_key(&key, |(k, _)| *k);
        at.map_or(V::default(), |at| self.counts[at].1)
    }

    /// The ids that count anything, in order.
    fn ids(&self) -> impl Iterator<Item = K> + '_ {
        self.counts.iter().map(|(key, _)| *key)
    }

    fn change(&mut self, key: K, change: impl FnOnce(&mut V)) {
        match self.counts.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(at) => {
                change(&mut self.counts[at].1);
                if self.counts[at].1 == V::default() {
                    self.counts.remove(at);
                    self.present = self.counts.iter().fold(0, |bits, (k, _)| bits | bit(*k));
                }
            }
            Err(at) => {
                let mut value = V::default();
                change(&mut value);
                self.counts.insert(at, (key, value));
                self.present |= bit(key);
            }
        }
    }
}

fn bit<K: Id>(key: K) -> u64 {
    1 << (key.index() % 64)
}

impl NodeLoad {
    /// Puts a pod here.
    pub fn add(&mut self, pod: PodId, spec: SpecId, terminating: bool, specs: &RunSpecs) {
        self.insert(self.pods.len(), pod, spec, terminating, specs);
    }

    /// Puts a pod here, among those that were bound before.
    pub(super) fn insert(
        &mut self,
        at: usize,
        pod: PodId,
        id: SpecId,
        terminating: bool,
        specs: &RunSpecs,
    ) {
        let (spec, related) = (specs.get(id), specs.related(id));
        let PodTraits { host_ports, pod_affinity, volumes, .. } = &*spec.traits;
        self.requested += &spec.requests;
        self.nonzero_requested += &spec.nonzero_requests;
        self.pods.insert(at, pod);
        for port in host_ports {
            if !self.host_ports.contains(port) {
                self.host_ports.push(port.clone());
            }
        }
        for selector in &related.matched_by {
            self.matched.change(*selector, |count| {
                count.all += 1;
                count.alive += u32::from(!terminating);
            });
        }
        for term in &pod_affinity.borne {
            self.borne.change(*term, |count| *count += 1);
        }
        self.count_volumes(volumes, specs, |count| *count += 1);
    }

    /// Takes a pod away: how many were bound before it.
    ///
    /// # Panics
    /// If it is not here.
    pub fn remove(&mut self, pod: PodId, id: SpecId, terminating: bool, specs: &RunSpecs) -> usize {
        let at = self.pods.iter().position(|p| *p == pod).expect("the pod is on its node");
        self.pods.remove(at);
        let (spec, related) = (specs.get(id), specs.related(id));
        let PodTraits { host_ports, pod_affinity, volumes, .. } = &*spec.traits;
        self.requested -= &spec.requests;
        self.nonzero_requested -= &spec.nonzero_requests;
        // A set, as upstream: the port is free even if another pod here lists it too.
        self.host_ports.retain(|port| !host_ports.contains(port));
        for selector in &related.matched_by {
            self.matched.change(*selector, |count| {
                count.all -= 1;
                count.alive -= u32::from(!terminating);
            });
        }
        for term in &pod_affinity.borne {
            self.borne.change(*term, |count| *count -= 1);
        }
        self.count_volumes(volumes, specs, |count| *count -= 1);
        at
    }

    /// A pod here requests something else from now on.
    pub(super) fn resize(&mut self, old: &PodSpec, new: &PodSpec) {
        self.requested -= &old.requests;
        self.requested += &new.requests;
        self.nonzero_requested -= &old.nonzero_requests;
        self.nonzero_requested += &new.nonzero_requests;
    }

    fn count_volumes(&mut self, volumes: &PodVolumes, specs: &RunSpecs, change: fn(&mut u32)) {
        for disk in &volumes.disks {
            self.disks.change(*disk, change);
        }
        for ClaimUse { claim, .. } in &volumes.claims {
            self.claims.change(*claim, change);
        }
        for attachable in specs.model().storage.attached_for(volumes) {
            self.attached.change(attachable, change);
        }
    }

    /// A pod of this spec begins to terminate.
    pub(super) fn retire(&mut self, spec: SpecId, specs: &RunSpecs) {
        for selector in &specs.related(spec).matched_by {
            self.matched.change(*selector, |count| count.alive -= 1);
        }
    }

    /// The host ports in use, if a pod of this spec changes anything about them.
    pub(super) fn ports_before(&self, spec: &PodSpec) -> Option<Vec<HostPort>> {
        (!spec.host_ports.is_empty()).then(|| self.host_ports.clone())
    }

    /// These host ports are in use.
    pub(super) fn set_ports(&mut self, ports: Vec<HostPort>) {
        self.host_ports = ports;
    }

    /// What the pods here ask for in all, terminating ones included.
    pub fn requested(&self) -> &Resources {
        &self.requested
    }

    /// The same with the scheduler's defaults for containers that ask for nothing.
    pub fn nonzero_requested(&self) -> &Resources {
        &self.nonzero_requested
    }

    /// The pods here, in the order in which they were bound.
    pub fn pods(&self) -> &[PodId] {
        &self.pods
    }

    /// The host ports in use.
    pub fn host_ports(&self) -> &[HostPort] {
        &self.host_ports
    }

    /// How many pods here a selector means.
    pub fn matched(&self, selector: SelectorId) -> Matched {
        self.matched.get(selector)
    }

    /// Disks that pods here name themselves, each once.
    pub fn disks(&self) -> impl Iterator<Item = DiskId> + '_ {
        self.disks.ids()
    }

    /// How often pods here use a claim.
    pub fn users(&self, claim: ClaimId) -> u32 {
        self.claims.get(claim)
    }

    /// What is attached for pods here, each once.
    pub fn attached(&self) -> impl Iterator<Item = AttachableId> + '_ {
        self.attached.ids()
    }

    /// How many times pods here bear a term.
    pub fn borne(&self, term: TermId) -> u32 {
        self.borne.get(term)
    }
}

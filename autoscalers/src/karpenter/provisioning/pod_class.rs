//! Classes of pods: what is worked out once for all pods with the same specification.

use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use sim::names::NameId;

use indexmap::IndexMap;

use crate::karpenter::input::PodSpec;
use crate::karpenter::keys::Keys;
use crate::karpenter::requirements::Requirements;
use crate::karpenter::resources::Resources;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::pod_requirements::{requirements, strict_requirements};
use crate::karpenter::snapshot::relaxation::relaxed;
use crate::karpenter::topology::Membership;
use crate::karpenter::volume_topology::{alternatives, attached};

/// Pods with the same specification.
// Karpenter: scheduler.go PodData
#[derive(Clone, Debug)]
pub(super) struct PodClass {
    pub(super) spec: Arc<PodSpec>,
    /// With the pod itself.
    pub(super) requests: Resources,
    /// With the heaviest preference.
    pub(super) requirements: Requirements,
    /// Without preferences.
    pub(super) strict: Requirements,
    /// Alternatives of what its volumes require; at least one, which may require nothing.
    pub(super) volumes: Vec<Requirements>,
    /// Its volumes, each as its driver and its claim.
    pub(super) attached: Vec<(NameId, (NameId, NameId))>,
    /// Whether it says anything of how nodes are bought, be it as a preference.
    pub(super) asks_capacity_type: bool,
    /// The places of nodes that would take such a pod if it were the only one, once it is known.
    room: Option<Vec<usize>>,
    /// The class with one preference less, once it is known.
    relaxed: Option<Option<usize>>,
}

/// A pod whose turn it is.
#[derive(Debug)]
pub(super) struct Turn<'c> {
    pub(super) pod: usize,
    pub(super) class: &'c PodClass,
    pub(super) member: &'c mut Membership,
}

/// The classes of all pods that have been placed in one snapshot, by any simulation.
#[derive(Debug, Default)]
pub(crate) struct PodClasses {
    classes: Vec<PodClass>,
    by_spec: IndexMap<*const PodSpec, usize, FxBuildHasher>,
    /// Whether every node is asked, even one that could not take a pod of the class alone.
    is_plain: bool,
    /// How many nodes have been asked whether they take a pod.
    asked: u64,
}

impl PodClasses {
    /// Those by which every node is asked about every pod, as the program does.
    pub(crate) fn plain() -> PodClasses {
        PodClasses { is_plain: true, ..PodClasses::default() }
    }

    /// Nodes have changed: what room there is has to be found out again.
    pub(super) fn room_changes(&mut self) {
        self.classes.iter_mut().for_each(|class| class.room = None);
    }

    /// None of them is known any more.
    pub(super) fn forgotten(&self) -> PodClasses {
        PodClasses { asked: self.asked, is_plain: self.is_plain, ..PodClasses::default() }
    }

    /// How many nodes have been asked so far whether they take a pod.
    pub(super) fn asked(&self) -> u64 {
        self.asked
    }

    /// Counts nodes that have been asked.
    pub(super) fn have_been_asked(&mut self, nodes: u64) {
        self.asked += nodes;
    }

    /// Whether every node is asked about every pod.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The class of a specification, new or known.
    pub(super) fn of(&mut self, spec: &Arc<PodSpec>, snapshot: &Snapshot<'_>) -> usize {
        if let Some(class) = self.by_spec.get(&Arc::as_ptr(spec)) {
            return *class;
        }
        let class = self.add(spec, snapshot);
        self.by_spec.insert(Arc::as_ptr(spec), class);
        class
    }

    fn add(&mut self, spec: &Arc<PodSpec>, snapshot: &Snapshot<'_>) -> usize {
        let cluster = &snapshot.cluster;
        let (keys, names) = (cluster.keys, cluster.names);
        let strict = strict_requirements(spec, keys, names);
        let whole = if cluster.options.respect_preferences {
            requirements(spec, keys, names)
        } else {
            strict.clone()
        };
        let mut requests = spec.requests.clone();
        requests.add(&Resources::one_pod());
        let mut volumes = alternatives(spec, cluster);
        if volumes.is_empty() {
            volumes.push(Requirements::default());
        }
        let asks = asks_capacity_type(spec, keys)
            || volumes.iter().any(|volume| volume.get(keys.capacity_type).is_some());
        self.classes.push(PodClass {
            spec: Arc::clone(spec),
            requests,
            requirements: whole,
            strict,
            volumes,
            attached: attached(spec, cluster),
            asks_capacity_type: asks,
            room: None,
            relaxed: None,
        });
        self.classes.len() - 1
    }

    /// The class of the same pods with one preference less, if they have any left.
    pub(super) fn relaxed(&mut self, class: usize, snapshot: &Snapshot<'_>) -> Option<usize> {
        if let Some(known) = self.classes[class].relaxed {
            return known;
        }
        // Taints that are only preferences are tolerated in the end, where there are any.
        let spec = relaxed(&self.classes[class].spec, snapshot.has_preferred_taints());
        let relaxed = spec.map(|spec| self.add(&spec, snapshot));
        self.classes[class].relaxed = Some(relaxed);
        relaxed
    }

    pub(super) fn get(&self, class: usize) -> &PodClass {
        &self.classes[class]
    }

    /// Says where there is room for a class.
    pub(super) fn set_room(&mut self, class: usize, room: Vec<usize>) {
        self.classes[class].room = Some(room);
    }
}

impl PodClass {
    /// Whether it is known where there is room for it.
    pub(super) fn has_room(&self) -> bool {
        self.room.is_some()
    }

    /// The places, in the order of the snapshot, of nodes that may have room for such pods. No other takes
    /// one, whatever else is placed: nodes only fill up.
    pub(super) fn room(&self) -> &[usize] {
        self.room.as_deref().unwrap_or_default()
    }
}

/// Whether a pod requires or prefers anything of how its node is bought.
fn asks_capacity_type(spec: &PodSpec, keys: &Keys) -> bool {
    let is_it = |key: NameId| keys.normalized(key) == keys.capacity_type;
    let preferred = spec.preferred_node_affinity.iter().map(|(_, term)| term);
    spec.node_selector.iter().any(|(key, _)| is_it(key))
        || spec
            .required_node_affinity
            .iter()
            .chain(preferred)
            .any(|term| term.expressions.iter().any(|expression| is_it(expression.key)))
}

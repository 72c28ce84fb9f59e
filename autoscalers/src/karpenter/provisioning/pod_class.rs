//! Classes of pods: what is worked out once for all pods with the same specification.

use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use sim::names::NameId;

use indexmap::IndexMap;

use crate::karpenter::input::PodSpec;
use crate::karpenter::requirements::Requirements;
use crate::karpenter::resources::Resources;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::pod_requirements::{requirements, strict_requirements};
use crate::karpenter::snapshot::relaxation::relaxed;
use crate::karpenter::topology::{Membership, Topology};
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
    pub(super) member: Membership,
    /// The class with one preference less, once it is known.
    relaxed: Option<Option<usize>>,
}

/// All classes of a pass.
#[derive(Debug)]
pub(super) struct PodClasses {
    classes: Vec<PodClass>,
    by_spec: IndexMap<*const PodSpec, usize, FxBuildHasher>,
    /// Whether taints that are only preferences may be tolerated in the end.
    preferred_taints: bool,
}

impl PodClasses {
    pub(super) fn new(preferred_taints: bool) -> PodClasses {
        PodClasses { classes: Vec::new(), by_spec: IndexMap::default(), preferred_taints }
    }

    /// The class of a specification, new or known.
    pub(super) fn of<'a>(
        &mut self,
        spec: &Arc<PodSpec>,
        topology: &mut Topology<'a>,
        snapshot: &Snapshot<'a>,
    ) -> usize {
        if let Some(class) = self.by_spec.get(&Arc::as_ptr(spec)) {
            return *class;
        }
        let class = self.add(spec, topology, snapshot);
        self.by_spec.insert(Arc::as_ptr(spec), class);
        class
    }

    fn add<'a>(
        &mut self,
        spec: &Arc<PodSpec>,
        topology: &mut Topology<'a>,
        snapshot: &Snapshot<'a>,
    ) -> usize {
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
        self.classes.push(PodClass {
            spec: Arc::clone(spec),
            requests,
            requirements: whole,
            strict,
            volumes,
            attached: attached(spec, cluster),
            member: topology.join(spec, snapshot),
            relaxed: None,
        });
        self.classes.len() - 1
    }

    /// The class of the same pods with one preference less, if they have any left.
    pub(super) fn relaxed<'a>(
        &mut self,
        class: usize,
        topology: &mut Topology<'a>,
        snapshot: &Snapshot<'a>,
    ) -> Option<usize> {
        if let Some(known) = self.classes[class].relaxed {
            return known;
        }
        let spec = relaxed(&self.classes[class].spec, self.preferred_taints);
        let relaxed = spec.map(|spec| self.add(&spec, topology, snapshot));
        self.classes[class].relaxed = Some(relaxed);
        relaxed
    }

    pub(super) fn get(&self, class: usize) -> &PodClass {
        &self.classes[class]
    }

    pub(super) fn get_mut(&mut self, class: usize) -> &mut PodClass {
        &mut self.classes[class]
    }
}

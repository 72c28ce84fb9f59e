//! A NodeClaim that is being put together: pods, and the types that can still hold them all.

use std::collections::BTreeSet;

use sim::names::NameId;

use super::Refusal;
use super::pod_class::{PodClass, Turn};
use super::reservations::Reservations;
use crate::karpenter::host_ports::HostPorts;
use crate::karpenter::requirements::{Requirements, Tightened, Undefined};
use crate::karpenter::resources::Resources;
use crate::karpenter::snapshot::Snapshot;
use crate::karpenter::snapshot::instance_filter::{filtered, with_min_values};
use crate::karpenter::snapshot::template::Template;
use crate::karpenter::tolerance::tolerates;
use crate::karpenter::topology::Topology;

/// A NodeClaim and its pods.
// Karpenter: nodeclaim.go
#[derive(Clone, Debug)]
pub(super) struct OpenClaim {
    /// The place of its template.
    pub(super) template: usize,
    pub(super) pods: Vec<usize>,
    pub(super) requirements: Requirements,
    pub(super) types: Vec<usize>,
    /// Of its DaemonSets and its pods.
    pub(super) requests: Resources,
    pub(super) reserved: BTreeSet<NameId>,
    pub(super) min_values_relaxed: bool,
    /// The most of each resource that any of its types has for pods.
    most: Resources,
    pub(super) host: NameId,
    ports: HostPorts,
}

/// What a NodeClaim becomes with one more pod.
pub(super) struct Addition {
    requirements: Option<Requirements>,
    types: Vec<usize>,
    requests: Resources,
    reserved: BTreeSet<NameId>,
    relaxed: bool,
}

impl OpenClaim {
    /// One without pods, of types that limits allow.
    pub(super) fn new(
        place: usize,
        template: &Template,
        types: Vec<usize>,
        host: NameId,
        snapshot: &Snapshot<'_>,
    ) -> OpenClaim {
        let mut claim = OpenClaim {
            template: place,
            pods: Vec::new(),
            requirements: template.on_host(snapshot.cluster.keys.hostname, host),
            types,
            requests: template.daemons.clone(),
            reserved: BTreeSet::new(),
            min_values_relaxed: false,
            most: Resources::default(),
            host,
            ports: template.ports.clone(),
        };
        claim.most = claim.most_of_types(snapshot);
        claim
    }

    fn most_of_types(&self, snapshot: &Snapshot<'_>) -> Resources {
        let mut most = Resources::default();
        for number in &self.types {
            most.raise_to(&snapshot.cluster.instance_types[*number].allocatable);
        }
        most
    }

    /// Whether a pod cannot be added, by its size alone.
    pub(super) fn is_full_for(&self, class: &PodClass) -> bool {
        let mut requests = self.requests.clone();
        requests.add(&class.requests);
        !requests.fits(&self.most)
    }

    /// What becomes of the NodeClaim with one more pod, or why there is no room for it.
    // Karpenter: nodeclaim.go CanAdd
    pub(super) fn can_add<'a>(
        &self,
        turn: &mut Turn<'_>,
        relax_min_values: bool,
        topology: &Topology<'a>,
        reservations: &Reservations,
        snapshot: &Snapshot<'a>,
    ) -> Result<Addition, Refusal> {
        let names = snapshot.cluster.names;
        let undefined = Undefined::WellKnown(snapshot.cluster.keys);
        let class = turn.class;
        let spec = &class.spec;
        if !tolerates(&spec.tolerations, &snapshot.templates[self.template].pool.taints) {
            return Err(Refusal::Taints);
        }
        if self.ports.conflict(&spec.host_ports) {
            return Err(Refusal::HostPort);
        }
        let mut tightened = Tightened::of(&self.requirements);
        if !tightened.compatible(&class.requirements, undefined, names) {
            return Err(Refusal::Requirements);
        }
        tightened.add_all(&class.requirements, names);
        let mut refusal = Refusal::Volumes;
        for volumes in &class.volumes {
            let mut labels = tightened.clone();
            if !labels.compatible(volumes, undefined, names) {
                refusal = Refusal::Volumes;
                continue;
            }
            labels.add_all(volumes, names);
            let (member, strict) = (&mut *turn.member, &class.strict);
            let placed = topology
                .tighten(member, spec, strict, &mut labels, undefined, snapshot)
                .and_then(|()| {
                    let requests = &class.requests;
                    self.holds(labels, requests, relax_min_values, reservations, snapshot)
                });
            match placed {
                Ok(addition) => return Ok(addition),
                Err(why) => refusal = why,
            }
        }
        Err(refusal)
    }

    /// The types that hold the pod, too, when the node will have these labels.
    fn holds(
        &self,
        mut labels: Tightened<'_>,
        requests: &Resources,
        relax_min_values: bool,
        reservations: &Reservations,
        snapshot: &Snapshot<'_>,
    ) -> Result<Addition, Refusal> {
        let cluster = &snapshot.cluster;
        let mut all = self.requests.clone();
        all.add(requests);
        let types = filtered(&self.types, &labels, labels.changed(), &all, cluster);
        let (types, relaxed) = with_min_values(types, &mut labels, relax_min_values, cluster)?;
        let reserved = reservations.wanted(&types, &labels, &self.reserved, cluster)?;
        let requirements = (!labels.changed().is_empty()).then(|| labels.whole());
        Ok(Addition { requirements, types, requests: all, reserved, relaxed })
    }

    /// Adds the pod.
    // Karpenter: nodeclaim.go Add
    pub(super) fn add<'a>(
        &mut self,
        turn: &mut Turn<'_>,
        addition: Addition,
        topology: &mut Topology<'a>,
        reservations: &mut Reservations,
        snapshot: &Snapshot<'a>,
    ) {
        if self.pods.is_empty() {
            topology.register_host(self.host);
        }
        self.pods.push(turn.pod);
        if let Some(requirements) = addition.requirements {
            self.requirements = requirements;
        }
        self.requests = addition.requests;
        self.min_values_relaxed |= addition.relaxed;
        if self.types.len() != addition.types.len() || self.pods.len() == 1 {
            self.types = addition.types;
            self.most = self.most_of_types(snapshot);
        }
        let taints = &snapshot.templates[self.template].pool.taints;
        let undefined = Undefined::WellKnown(snapshot.cluster.keys);
        let spec = &turn.class.spec;
        topology.record(turn.member, spec, taints, &self.requirements, undefined, snapshot);
        self.ports.take(&spec.host_ports);
        reservations.exchange(&self.reserved, &addition.reserved);
        self.reserved = addition.reserved;
    }
}

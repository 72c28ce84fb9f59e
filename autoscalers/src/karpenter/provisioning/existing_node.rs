//! Nodes that exist, or are on their way, as pods are placed on them.

use sim::names::NameId;

use super::pod_class::{PodClass, Turn};
use crate::karpenter::host_ports::HostPorts;
use crate::karpenter::requirements::{Requirements, Tightened, Undefined};
use crate::karpenter::resources::Resources;
use crate::karpenter::snapshot::{NodeView, Snapshot};
use crate::karpenter::tolerance::tolerates;
use crate::karpenter::topology::Topology;

/// A node, and the pods that have been placed on it.
// Karpenter: existingnode.go
#[derive(Debug)]
pub(super) struct ExistingNode<'s> {
    /// By number.
    pub(super) number: usize,
    pub(super) pods: Vec<usize>,
    view: &'s NodeView,
    remaining: Resources,
    /// Its labels with what pods have required of them, once any has.
    requirements: Option<Requirements>,
    /// Ports and volumes that placed pods have taken.
    ports: HostPorts,
    attached: Vec<(NameId, (NameId, NameId))>,
}

impl<'s> ExistingNode<'s> {
    pub(super) fn new(number: usize, view: &'s NodeView) -> ExistingNode<'s> {
        ExistingNode {
            number,
            pods: Vec::new(),
            view,
            remaining: view.remaining.clone(),
            requirements: None,
            ports: HostPorts::default(),
            attached: Vec::new(),
        }
    }

    /// Places a pod here, if it can be.
    // Karpenter: existingnode.go CanAdd, Add
    pub(super) fn add<'a>(
        &mut self,
        turn: &mut Turn<'_>,
        topology: &mut Topology<'a>,
        snapshot: &Snapshot<'a>,
    ) -> bool {
        let names = snapshot.cluster.names;
        let class = turn.class;
        let spec = &class.spec;
        if !class.requests.fits(&self.remaining)
            || !tolerates(&spec.tolerations, &self.view.taints)
            || self.view.ports.conflict(&spec.host_ports)
            || self.ports.conflict(&spec.host_ports)
            || has_too_many_volumes(self.view, &self.attached, class)
        {
            return false;
        }
        let labels = self.requirements.as_ref().unwrap_or(&self.view.requirements);
        for volumes in &class.volumes {
            let mut tightened = Tightened::of(labels);
            if !tightened.compatible(&class.requirements, Undefined::None, names) {
                return false;
            }
            tightened.add_all(&class.requirements, names);
            if !tightened.compatible(volumes, Undefined::None, names) {
                continue;
            }
            tightened.add_all(volumes, names);
            let (member, strict) = (&mut *turn.member, &class.strict);
            let undefined = Undefined::None;
            if topology.tighten(member, spec, strict, &mut tightened, undefined, snapshot).is_err()
            {
                continue;
            }
            let whole = (!tightened.changed().is_empty()).then(|| tightened.whole());
            let node = whole.as_ref().unwrap_or(labels);
            topology.record(member, spec, &self.view.taints, node, undefined, snapshot);
            self.requirements = whole.or(self.requirements.take());
            self.remaining.subtract(&class.requests);
            self.ports.take(&class.spec.host_ports);
            self.attached.extend(&class.attached);
            self.pods.push(turn.pod);
            return true;
        }
        false
    }
}

/// Whether more volumes would be attached than the node can have, with those of pods placed there.
// Karpenter: volumeusage.go ExceedsLimits
pub(super) fn has_too_many_volumes(
    view: &NodeView,
    placed: &[(NameId, (NameId, NameId))],
    class: &PodClass,
) -> bool {
    if class.attached.is_empty() {
        return false;
    }
    view.attachable.iter().any(|(driver, most)| {
        let all = view.attached.iter().chain(placed).chain(&class.attached);
        let of_driver = all.filter(|(other, _)| other == driver).map(|(_, claim)| claim);
        of_driver.collect::<std::collections::BTreeSet<_>>().len() > *most
    })
}

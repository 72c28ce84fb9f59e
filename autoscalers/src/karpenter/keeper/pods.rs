//! Pods of the simulator as Karpenter sees them: each specification once.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim::model::labels::{LabelSet, NodeSelectorTerm};
use sim::model::pod::{AffinityTerm, PodSpec as Spec, Protocol, SpecId, SpreadConstraint};
use sim::model::resources::{Lane, Resources as Lanes};
use sim::model::selectors::{Namespaces, PodSelector, SelectorId};
use sim::model::workload::Controller;
use sim::names::{NameId, Names};
use sim::world::World;

use super::labels::expression;
use super::volumes::claims;
use crate::karpenter::input::{
    DoNotDisrupt, HostPort, Inclusion, NodeTerm, Owner, PodAffinity, PodSpec, PodTerm, Selector,
    Spread, Volumes, WhenUnsatisfiable,
};
use crate::karpenter::resources::{Resource, Resources};

/// Specifications that have been translated.
#[derive(Clone, Debug, Default)]
pub(super) struct Specs {
    all: BTreeMap<(SpecId, Owner, Option<DoNotDisrupt>), Arc<PodSpec>>,
    /// What their claims say.
    pub(super) volumes: Volumes,
}

impl Specs {
    /// What pods of a specification ask for, by who made them; perhaps not to be disrupted.
    pub(super) fn get(
        &mut self,
        id: SpecId,
        (owner, do_not_disrupt): (Owner, Option<DoNotDisrupt>),
        world: &World,
        names: &mut Names,
    ) -> Arc<PodSpec> {
        let known = self.all.entry((id, owner, do_not_disrupt));
        let spec = known.or_insert_with(|| {
            let claims = claims(world.spec(id), world, names, &mut self.volumes);
            let spec = translated(world.spec(id), owner, world, names);
            Arc::new(PodSpec { claims, do_not_disrupt, ..spec })
        });
        Arc::clone(spec)
    }
}

/// Who made the pods of a controller.
pub(super) fn owner(of: Controller) -> Owner {
    match of {
        Controller::DaemonSet => Owner::DaemonSet,
        Controller::StatefulSet { .. } => Owner::StatefulSet,
        _ => Owner::Other,
    }
}

fn translated(spec: &Spec, owner: Owner, world: &World, names: &mut Names) -> PodSpec {
    let namespace = spec.namespace.unwrap_or(world.model().empty);
    let traits = &spec.traits;
    let required = traits.required_affinity.iter().flatten();
    let required: Vec<NodeTerm> = required.map(|term| node_term(term, names)).collect();
    let preferred = traits
        .preferred_affinity
        .iter()
        .map(|(weight, term)| (i32::try_from(*weight).unwrap_or(i32::MAX), node_term(term, names)));
    let preferred_node_affinity = preferred.collect();
    let preferred = |wanted: bool| {
        let of =
            traits.pod_affinity.preferred.iter().filter(move |(weight, _)| (*weight > 0) == wanted);
        let terms = of.map(|(weight, term)| {
            (i32::try_from(weight.abs()).unwrap_or(i32::MAX), pod_term(term, world))
        });
        terms.collect::<Vec<_>>()
    };
    let spread = traits.spread.iter().map(|it| spread(it, world)).collect();
    PodSpec {
        namespace,
        labels: traits.labels.clone(),
        requests: resources(&spec.requests, world, names, false),
        node_selector: LabelSet::from_iter(traits.node_selector.iter().copied()),
        required_node_affinity: required,
        preferred_node_affinity,
        affinity: PodAffinity { required: required_terms(spec, world), preferred: preferred(true) },
        anti_affinity: PodAffinity {
            required: traits
                .pod_affinity
                .required_anti
                .iter()
                .map(|it| pod_term(it, world))
                .collect(),
            preferred: preferred(false),
        },
        spread,
        tolerations: traits.tolerations.clone(),
        host_ports: traits
            .host_ports
            .iter()
            .map(|port| HostPort {
                ip: port.ip,
                protocol: names.intern(match port.protocol {
                    Protocol::Tcp => "TCP",
                    Protocol::Udp => "UDP",
                    Protocol::Sctp => "SCTP",
                }),
                port: port.port,
            })
            .collect(),
        claims: Vec::new(),
        priority: traits.priority,
        deletion_cost: traits.deletion_cost,
        do_not_disrupt: None,
        owner,
    }
}

/// Amounts in thousandths; of what a node has with, of what a pod requests without the pods.
pub(super) fn resources(
    lanes: &Lanes,
    world: &World,
    names: &mut Names,
    with_pods: bool,
) -> Resources {
    let mut resources = Resources::default();
    for lane in Lane::all() {
        let amount = i64::try_from(lanes[lane]).unwrap_or(i64::MAX);
        let resource = match lane {
            Lane::CPU => Resource::Cpu,
            Lane::MEMORY => Resource::Memory,
            Lane::EPHEMERAL_STORAGE => Resource::EphemeralStorage,
            Lane::PODS if with_pods => Resource::Pods,
            Lane::PODS => continue,
            _ if amount == 0 => continue,
            _ => Resource::Extended(names.intern(world.model().lane_name(lane))),
        };
        let thousandths = if lane == Lane::CPU { amount } else { amount.saturating_mul(1_000) };
        resources.set(resource, thousandths);
    }
    resources
}

fn node_term(term: &NodeSelectorTerm, names: &mut Names) -> NodeTerm {
    let expressions = term.labels.iter().map(|it| expression(it, names)).collect();
    NodeTerm { expressions, has_fields: !term.name.is_empty() }
}

/// The terms of a required affinity. Where there are several, each has all their labels: a pod has to
/// match every term.
fn required_terms(spec: &Spec, world: &World) -> Vec<PodTerm> {
    let affinity = &spec.traits.pod_affinity;
    let Some(selector) = affinity.required_pods else { return Vec::new() };
    let terms = affinity.required.iter().map(|key| AffinityTerm { selector, key: *key });
    terms.map(|term| pod_term(&term, world)).collect()
}

fn pod_term(term: &AffinityTerm, world: &World) -> PodTerm {
    let (selector, namespaces, everywhere) = selected(term.selector, world);
    PodTerm {
        key: world.model().selectors.key(term.key),
        selector,
        namespaces,
        namespace_selector: everywhere.then(Vec::new),
    }
}

fn spread(constraint: &SpreadConstraint, world: &World) -> Spread {
    let inclusion = |honors: bool| if honors { Inclusion::Honor } else { Inclusion::Ignore };
    let selector = constraint.counted.and_then(|id| selected(id, world).0);
    let counts = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Spread {
        key: world.model().selectors.key(constraint.key),
        max_skew: counts(constraint.max_skew),
        min_domains: (constraint.min_domains > 1).then(|| counts(constraint.min_domains)),
        when_unsatisfiable: match constraint.required {
            true => WhenUnsatisfiable::DoNotSchedule,
            false => WhenUnsatisfiable::ScheduleAnyway,
        },
        selector,
        match_label_keys: Vec::new(),
        node_affinity: inclusion(constraint.honors_affinity),
        node_taints: inclusion(constraint.honors_taints),
    }
}

/// What labels must satisfy, in which namespaces, and whether in all of them.
pub(super) fn selected(id: SelectorId, world: &World) -> (Selector, Vec<NameId>, bool) {
    match world.model().selectors.selector(id) {
        PodSelector::Pods { namespaces, labels } => match namespaces {
            Namespaces::Every => (Some(labels.clone()), Vec::new(), true),
            Namespaces::Only(only) => (Some(labels.clone()), only.clone(), false),
        },
        PodSelector::AllOf(all) => {
            let mut whole = (Vec::new(), Vec::new(), false);
            for (selector, namespaces, everywhere) in all.iter().map(|id| selected(*id, world)) {
                whole.0.extend(selector.into_iter().flatten());
                whole.1.extend(namespaces);
                whole.2 |= everywhere;
            }
            whole.1.sort_unstable();
            whole.1.dedup();
            (Some(whole.0), whole.1, whole.2)
        }
    }
}

//! Nodes as pods find them: what each is, and what is left of it.

use sim::model::labels::LabelSet;
use sim::model::taints::Taint;
use sim::names::NameId;

use crate::karpenter::host_ports::HostPorts;
use crate::karpenter::input::{Cluster, Owner, PodSpec, StateNode};
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::{Requirements, Undefined};
use crate::karpenter::resources::Resources;
use crate::karpenter::tolerance::tolerates;
use crate::karpenter::volume_topology::attached;

/// Labels of a node that say what was bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bought {
    pub(crate) instance_type: Option<NameId>,
    pub(crate) capacity_type: Option<NameId>,
    pub(crate) zone: Option<NameId>,
}

/// A node as pods find it.
#[derive(Clone, Debug)]
pub(crate) struct NodeView {
    pub(crate) name: Option<NameId>,
    pub(crate) host: Option<NameId>,
    pub(crate) labels: LabelSet,
    pub(crate) requirements: Requirements,
    /// What its labels say of how it was bought.
    pub(crate) bought: Bought,
    pub(crate) taints: Vec<Taint>,
    pub(crate) initialized: bool,
    pub(crate) deleting: bool,
    /// The NodePool that it is of, by number.
    pub(crate) pool: Option<usize>,
    pub(crate) capacity: Resources,
    /// What is left for pods, with DaemonSets that have yet to come.
    pub(crate) remaining: Resources,
    pub(crate) ports: HostPorts,
    /// Volumes that are attached, each as its driver and its claim.
    pub(crate) attached: Vec<(NameId, (NameId, NameId))>,
    /// How many volumes of each driver can be.
    pub(crate) attachable: Vec<(NameId, usize)>,
    /// The labels of the node itself, if it has joined.
    pub(crate) joined_labels: Option<LabelSet>,
    pub(crate) joined_requirements: Requirements,
    pub(crate) joined_taints: Vec<Taint>,
    pub(crate) joined_name: Option<NameId>,
}

impl NodeView {
    /// A node with its pods, and with what DaemonSets will put there.
    pub(super) fn of(
        number: usize,
        pods: &[usize],
        daemon_sets: &[(&PodSpec, Requirements)],
        cluster: &Cluster<'_>,
    ) -> NodeView {
        let mut view = NodeView::empty(&cluster.nodes[number], cluster);
        let mut daemons = Resources::default();
        for pod in pods.iter().map(|pod| &cluster.pods[*pod]).filter(|pod| !pod.terminal) {
            let mut requests = pod.spec.requests.clone();
            requests.add(&Resources::one_pod());
            view.remaining.subtract(&requests);
            view.ports.take(&pod.spec.host_ports);
            view.attached.extend(&attached(&pod.spec, cluster));
            if pod.spec.owner == Owner::DaemonSet {
                daemons.add(&requests);
            }
        }
        let mut wanted = Resources::default();
        for (spec, strict) in daemon_sets {
            if tolerates(&spec.tolerations, &view.taints)
                && view.requirements.compatible(strict, Undefined::None, cluster.names)
            {
                wanted.add(&spec.requests);
                wanted.add(&Resources::one_pod());
            }
        }
        wanted.subtract(&daemons);
        view.remaining.subtract(&wanted.at_least_nothing());
        view
    }

    fn empty(state: &StateNode, cluster: &Cluster<'_>) -> NodeView {
        let (keys, names) = (cluster.keys, cluster.names);
        let labels = state.labels();
        let name = state.name();
        let host = labels.get(keys.hostname).or(name);
        let mut requirements = Requirements::of_labels(&labels, keys, names);
        if let Some(host) = host {
            requirements.replace(keys.hostname, Requirement::only(host));
        }
        let joined = state.node.as_ref();
        let joined_labels = joined.map(|node| node.labels.clone());
        let pool = labels.get(keys.node_pool);
        NodeView {
            name,
            host,
            bought: Bought {
                instance_type: labels.get(keys.instance_type),
                capacity_type: labels.get(keys.capacity_type),
                zone: labels.get(keys.zone),
            },
            taints: state.taints(keys, names),
            initialized: state.is_initialized(),
            deleting: state.is_deleting(),
            pool: pool.and_then(|name| cluster.node_pools.iter().position(|p| p.name == name)),
            capacity: state.capacity(),
            remaining: state.allocatable(),
            ports: HostPorts::default(),
            attached: Vec::new(),
            attachable: joined.map(|node| node.attachable.clone()).unwrap_or_default(),
            joined_requirements: match &joined_labels {
                // What most nodes say of themselves is what is taken of them.
                Some(joined) if *joined == labels && labels.get(keys.hostname).is_some() => {
                    requirements.clone()
                }
                Some(joined) => Requirements::of_labels(joined, keys, names),
                None => Requirements::default(),
            },
            joined_labels,
            joined_taints: joined.map(|node| node.taints.clone()).unwrap_or_default(),
            joined_name: joined.map(|node| node.name),
            labels,
            requirements,
        }
    }
}

//! A cluster with all that one pass asks of it again and again, worked out once.

pub(crate) mod instance_filter;
pub(crate) mod pod_requirements;
pub(crate) mod relaxation;
mod reserved;
pub(crate) mod template;
mod validation;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::model::labels::LabelSet;
use sim::model::taints::Taint;
use sim::names::NameId;

use pod_requirements::strict_requirements;
use reserved::free;
use template::Template;
use validation::pending;

use super::host_ports::HostPorts;
use super::input::{Cluster, Owner, PodSpec, StateNode};
use super::requirement::Requirement;
use super::requirements::{Requirements, Undefined};
use super::resources::Resources;
use super::tolerance::tolerates;
use super::volume_topology::attached;

/// A cluster, and what follows from it.
#[derive(Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) cluster: Cluster<'a>,
    /// NodePools in the order in which they are tried, by number.
    pub(crate) pools: Vec<usize>,
    /// What each of them that has any instance type would launch.
    pub(crate) templates: Vec<Template<'a>>,
    /// Nodes, in the order of the cluster.
    pub(crate) nodes: Vec<NodeView>,
    /// Nodes in the order in which pods are tried on them.
    pub(crate) in_order: Vec<usize>,
    /// Pods on nodes that have not ended, by what they have in common.
    pub(crate) bound: Vec<Bound>,
    /// All pods of each node.
    pub(crate) pods_of: Vec<Vec<usize>>,
    /// Pods that wait, and could run on a node of Karpenter's.
    pub(crate) pending: Vec<usize>,
    /// How many instances of each reservation are free.
    pub(crate) reserved: BTreeMap<NameId, u32>,
}

/// Pods on nodes that have a specification in common.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) spec: Arc<PodSpec>,
    /// Each pod with its node.
    pub(crate) pods: Vec<(usize, usize)>,
}

/// A node as pods find it.
#[derive(Clone, Debug)]
pub(crate) struct NodeView {
    pub(crate) name: Option<NameId>,
    pub(crate) host: Option<NameId>,
    pub(crate) labels: LabelSet,
    pub(crate) requirements: Requirements,
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

impl<'a> Snapshot<'a> {
    pub(crate) fn of(cluster: Cluster<'a>) -> Snapshot<'a> {
        let names = cluster.names;
        let mut pods_of = vec![Vec::new(); cluster.nodes.len()];
        let mut bound: IndexMap<*const PodSpec, Bound, FxBuildHasher> = IndexMap::default();
        for (number, pod) in cluster.pods.iter().enumerate() {
            let Some(node) = pod.node.filter(|node| *node < cluster.nodes.len()) else { continue };
            pods_of[node].push(number);
            if !pod.terminal {
                let alike = bound
                    .entry(Arc::as_ptr(&pod.spec))
                    .or_insert_with(|| Bound { spec: Arc::clone(&pod.spec), pods: Vec::new() });
                alike.pods.push((number, node));
            }
        }
        let mut pools: Vec<usize> = (0..cluster.node_pools.len()).collect();
        // Karpenter: pkg/utils/nodepool OrderByWeight: equal weights are tried from the last name on.
        pools.sort_by(|one, two| {
            let of = |pool: &usize| &cluster.node_pools[*pool];
            let by_name = || names.text(of(two).name).cmp(names.text(of(one).name));
            of(two).weight.cmp(&of(one).weight).then_with(by_name)
        });
        pools.retain(|pool| !cluster.node_pools[*pool].is_static);
        let nodes: Vec<NodeView> =
            cluster.nodes.iter().map(|node| NodeView::of(node, &cluster)).collect();
        let mut snapshot = Snapshot {
            cluster,
            pools,
            templates: Vec::new(),
            nodes,
            in_order: Vec::new(),
            bound: bound.into_values().collect(),
            pods_of,
            pending: Vec::new(),
            reserved: BTreeMap::new(),
        };
        snapshot.use_up();
        snapshot.in_order = snapshot.order();
        snapshot.templates = Template::all(&snapshot.cluster, &snapshot.pools);
        snapshot.pending = pending(&snapshot.cluster);
        snapshot.reserved = free(&snapshot.cluster, &snapshot.pools);
        snapshot
    }

    /// Takes from nodes what their pods use, and what DaemonSets will.
    fn use_up(&mut self) {
        let cluster = self.cluster;
        let mut daemons = vec![Resources::default(); self.nodes.len()];
        for bound in &self.bound {
            let mut requests = bound.spec.requests.clone();
            requests.add(&Resources::one_pod());
            let attached = attached(&bound.spec, &cluster);
            for (_, node) in &bound.pods {
                let view = &mut self.nodes[*node];
                view.remaining.subtract(&requests);
                view.ports.take(&bound.spec.host_ports);
                view.attached.extend(&attached);
                if bound.spec.owner == Owner::DaemonSet {
                    daemons[*node].add(&requests);
                }
            }
        }
        let specs: Vec<(&PodSpec, Requirements)> = cluster
            .daemon_sets
            .iter()
            .map(|spec| (&**spec, strict_requirements(spec, cluster.keys, cluster.names)))
            .collect();
        for (view, running) in self.nodes.iter_mut().zip(&daemons) {
            let mut wanted = Resources::default();
            for (spec, strict) in &specs {
                if tolerates(&spec.tolerations, &view.taints)
                    && view.requirements.compatible(strict, Undefined::None, cluster.names)
                {
                    wanted.add(&spec.requests);
                    wanted.add(&Resources::one_pod());
                }
            }
            wanted.subtract(running);
            view.remaining.subtract(&wanted.at_least_nothing());
        }
    }

    /// Nodes that are ready for pods come first, then names decide.
    // Karpenter: scheduler.go sortExistingNodes
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        let text = |node: &usize| self.nodes[*node].name.map(|name| self.cluster.names.text(name));
        order.sort_by(|one, two| {
            let initialized = |node: &usize| self.nodes[*node].initialized;
            initialized(two).cmp(&initialized(one)).then_with(|| text(one).cmp(&text(two)))
        });
        order
    }
}

impl NodeView {
    fn of(state: &StateNode, cluster: &Cluster<'_>) -> NodeView {
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

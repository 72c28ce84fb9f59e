//! What follows from a cluster whatever the time is: it holds until a node, a pod or an offering changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::names::NameId;

use super::node_view::NodeView;
use super::pod_requirements::strict_requirements;
use super::reserved::free;
use super::template::Template;
use super::validation::pending;
use crate::karpenter::input::{Cluster, DoNotDisrupt, InstanceType, NodePool, PodSpec};
use crate::karpenter::pods::is_reschedulable_now;
use crate::karpenter::requirements::Requirements;

/// What is worked out of a cluster.
#[derive(Debug)]
pub(crate) struct Ground {
    /// NodePools in the order in which they are tried, by number.
    pub(crate) pools: Vec<usize>,
    /// What each of them that has any instance type would launch.
    pub(crate) templates: Vec<Template>,
    /// Nodes, in the order of the cluster.
    pub(crate) nodes: Vec<NodeView>,
    /// Nodes in the order in which pods are tried on them.
    pub(crate) in_order: Vec<usize>,
    /// Which nodes do not go away, by number.
    pub(crate) stays: Vec<bool>,
    /// Pods on nodes that have not ended, by what they have in common.
    pub(crate) bound: Vec<Bound>,
    /// Pods that wait, and could run on a node of Karpenter's.
    pub(crate) pending: Vec<usize>,
    /// Pods of nodes that go away, and will have to run elsewhere.
    pub(crate) leaving: Vec<usize>,
    /// How many instances of each reservation are free.
    pub(crate) reserved: BTreeMap<NameId, u32>,
    on_nodes: OnNodes,
    made_of: MadeOf,
}

/// Pods on nodes that have a specification in common.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) spec: Arc<PodSpec>,
    /// Each pod with its node.
    pub(crate) pods: Vec<(usize, usize)>,
}

/// The pods of all nodes, those of each node together.
#[derive(Debug)]
struct OnNodes {
    pods: Vec<usize>,
    /// Where those of each node begin; one more than there are nodes.
    begins: Vec<usize>,
}

impl OnNodes {
    fn of(cluster: &Cluster<'_>) -> OnNodes {
        let nodes = cluster.nodes.len();
        let mut begins = vec![0; nodes + 1];
        let node_of = |number: usize| cluster.pods[number].node.filter(|node| *node < nodes);
        for node in (0..cluster.pods.len()).filter_map(node_of) {
            begins[node + 1] += 1;
        }
        for node in 0..nodes {
            begins[node + 1] += begins[node];
        }
        let mut next = begins.clone();
        let mut pods = vec![0; begins[nodes]];
        for number in 0..cluster.pods.len() {
            if let Some(node) = node_of(number) {
                pods[next[node]] = number;
                next[node] += 1;
            }
        }
        OnNodes { pods, begins }
    }

    fn of_node(&self, node: usize) -> &[usize] {
        &self.pods[self.begins[node]..self.begins[node + 1]]
    }
}

/// What every part of it follows from.
#[derive(Debug)]
struct MadeOf {
    instance_types: Vec<Arc<InstanceType>>,
    node_pools: Vec<Arc<NodePool>>,
    daemon_sets: Vec<Arc<PodSpec>>,
}

impl Ground {
    /// Some nodes, by number, are known; the order given is close to that in which pods are tried on nodes.
    pub(super) fn of(
        cluster: &Cluster<'_>,
        mut known: Vec<Option<NodeView>>,
        order: Vec<usize>,
    ) -> Ground {
        let on_nodes = OnNodes::of(cluster);
        let daemon_sets: Vec<(&PodSpec, Requirements)> = cluster
            .daemon_sets
            .iter()
            .map(|spec| (&**spec, strict_requirements(spec, cluster.keys, cluster.names)))
            .collect();
        known.resize(cluster.nodes.len(), None);
        let view = |(number, known): (usize, Option<NodeView>)| {
            known.unwrap_or_else(|| {
                NodeView::of(number, on_nodes.of_node(number), &daemon_sets, cluster)
            })
        };
        let nodes: Vec<NodeView> = known.into_iter().enumerate().map(view).collect();
        let pools = by_weight(cluster);
        Ground {
            templates: Template::all(cluster, &pools),
            in_order: in_order(order, &nodes, cluster),
            stays: nodes.iter().map(|node| !node.deleting).collect(),
            bound: bound(cluster),
            pending: pending(cluster),
            leaving: leaving(cluster, &nodes, &on_nodes),
            reserved: free(cluster, &pools),
            made_of: MadeOf {
                instance_types: cluster.instance_types.to_vec(),
                node_pools: cluster.node_pools.to_vec(),
                daemon_sets: cluster.daemon_sets.to_vec(),
            },
            pools,
            nodes,
            on_nodes,
        }
    }

    /// All pods of a node.
    pub(crate) fn pods_of(&self, node: usize) -> &[usize] {
        self.on_nodes.of_node(node)
    }

    /// Whether instance types with their offerings, NodePools and DaemonSets are those of a cluster.
    pub(crate) fn is_made_of(&self, cluster: &Cluster<'_>) -> bool {
        are_same(&self.made_of.instance_types, cluster.instance_types)
            && are_same(&self.made_of.node_pools, cluster.node_pools)
            && are_same(&self.made_of.daemon_sets, cluster.daemon_sets)
    }

    /// Whether pods keep a node for a time only, so that time alone changes what follows.
    pub(crate) fn changes_with_time(&self, cluster: &Cluster<'_>) -> bool {
        let is_for_a_time =
            |spec: &PodSpec| matches!(spec.do_not_disrupt, Some(DoNotDisrupt::For(_)));
        self.bound.iter().any(|bound| is_for_a_time(&bound.spec))
            || self.pending.iter().any(|pod| is_for_a_time(&cluster.pods[*pod].spec))
    }
}

fn are_same<T>(these: &[Arc<T>], those: &[Arc<T>]) -> bool {
    these.len() == those.len() && these.iter().zip(those).all(|(one, two)| Arc::ptr_eq(one, two))
}

/// NodePools in the order in which they are tried.
fn by_weight(cluster: &Cluster<'_>) -> Vec<usize> {
    let names = cluster.names;
    let mut pools: Vec<usize> = (0..cluster.node_pools.len()).collect();
    // Karpenter: pkg/utils/nodepool OrderByWeight: equal weights are tried from the last name on.
    pools.sort_by(|one, two| {
        let of = |pool: &usize| &cluster.node_pools[*pool];
        let by_name = || names.text(of(two).name).cmp(names.text(of(one).name));
        of(two).weight.cmp(&of(one).weight).then_with(by_name)
    });
    pools.retain(|pool| !cluster.node_pools[*pool].is_static);
    pools
}

fn bound(cluster: &Cluster<'_>) -> Vec<Bound> {
    let mut bound: IndexMap<*const PodSpec, Bound, FxBuildHasher> = IndexMap::default();
    for (number, pod) in cluster.pods.iter().enumerate().filter(|(_, pod)| !pod.terminal) {
        let Some(node) = pod.node.filter(|node| *node < cluster.nodes.len()) else { continue };
        let alike = bound
            .entry(Arc::as_ptr(&pod.spec))
            .or_insert_with(|| Bound { spec: Arc::clone(&pod.spec), pods: Vec::new() });
        alike.pods.push((number, node));
    }
    bound.into_values().collect()
}

/// Pods of nodes that go away, and will have to run elsewhere.
// Karpenter: statenode.go CurrentlyReschedulablePods
fn leaving(cluster: &Cluster<'_>, nodes: &[NodeView], on_nodes: &OnNodes) -> Vec<usize> {
    let deleting = (0..nodes.len()).filter(|node| nodes[*node].deleting);
    let pods = deleting.flat_map(|node| on_nodes.of_node(node).iter().copied());
    pods.filter(|pod| is_reschedulable_now(*pod, cluster)).collect()
}

/// Nodes that are ready for pods come first, then names decide.
// Karpenter: scheduler.go sortExistingNodes
fn in_order(mut order: Vec<usize>, nodes: &[NodeView], cluster: &Cluster<'_>) -> Vec<usize> {
    let mut is_there = vec![false; nodes.len()];
    order.iter().for_each(|node| is_there[*node] = true);
    order.extend((0..nodes.len()).filter(|node| !is_there[*node]));
    let text = |node: &usize| nodes[*node].name.map(|name| cluster.names.text(name));
    order.sort_by(|one, two| {
        let initialized = |node: &usize| nodes[*node].initialized;
        initialized(two)
            .cmp(&initialized(one))
            .then_with(|| text(one).cmp(&text(two)))
            .then_with(|| one.cmp(two))
    });
    order
}

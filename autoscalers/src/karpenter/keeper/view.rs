//! The world as one pass of Karpenter sees it, and which numbers its nodes and pods have there.

use std::sync::Arc;

use sim::model::budget::{Amount, Limit};
use sim::model::labels::LabelSet;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::taints::{Effect, Taint};
use sim::model::workload::Controller;
use sim::names::NameId;
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;

use super::Keeper;
use super::pods::{resources, selected};
use crate::karpenter::input::{
    Claim, Cluster, Instant, Node, Pod, PodDisruptionBudget, PodSpec, StateNode, Volumes,
};

/// What a pass sees.
pub(super) struct View {
    /// The nodes, by their numbers.
    pub(super) node_ids: Vec<NodeId>,
    /// The pods, by their numbers.
    pub(super) pod_ids: Vec<PodId>,
    now: Instant,
    nodes: Vec<StateNode>,
    pods: Vec<Pod>,
    daemon_sets: Vec<Arc<PodSpec>>,
    budgets: Vec<PodDisruptionBudget>,
    volumes: Volumes,
    namespaces: Vec<(NameId, LabelSet)>,
}

impl View {
    /// The world as it stands.
    pub(super) fn of(keeper: &mut Keeper, world: &World) -> View {
        let mut view = View {
            node_ids: world.nodes().alive().to_vec(),
            pod_ids: Vec::new(),
            now: keeper.instant(world.now().as_ms()),
            nodes: Vec::new(),
            pods: Vec::new(),
            daemon_sets: Vec::new(),
            budgets: budgets(world),
            volumes: Volumes::default(),
            namespaces: namespaces(world),
        };
        for number in 0..view.node_ids.len() {
            let node = view.node_ids[number];
            view.nodes.push(keeper.state_of(node, world));
            for pod in world.placement().pods_on(node) {
                view.add_pod(*pod, Some(number), keeper, world);
            }
        }
        let waiting: Vec<PodId> = keeper.waiting.iter().map(|(pod, _)| pod).collect();
        for pod in waiting {
            view.add_pod(pod, None, keeper, world);
        }
        for workload in world.model().workloads.rows() {
            if workload.controller == Controller::DaemonSet && workload.created_at <= world.now() {
                let spec = keeper.specs.get(workload.spec, (true, None), world, &mut keeper.names);
                view.daemon_sets.push(spec);
            }
        }
        view
    }

    fn add_pod(&mut self, pod: PodId, node: Option<usize>, keeper: &mut Keeper, world: &World) {
        let pods = world.pods();
        let workload = &world.model().workloads[pods.workload(pod)];
        let of_daemon_set = workload.controller == Controller::DaemonSet;
        let phase = pods.phase(pod);
        let stays = keeper.settings.do_not_disrupt.get(&pods.workload(pod)).copied();
        let of = (of_daemon_set, stays);
        self.pod_ids.push(pod);
        self.pods.push(Pod {
            spec: keeper.specs.get(pods.spec(pod), of, world, &mut keeper.names),
            node,
            created: keeper.instant(pods.created_at(pod).as_ms()),
            uid: u64::from(pod.number()),
            // One that pushes others away has been promised a node.
            provisionable: node.is_none() && pods.nominated(pod).is_none() && !of_daemon_set,
            terminal: false,
            terminating: matches!(phase, Phase::Terminating { .. }),
            ready: matches!(phase, Phase::Running { .. }),
            started: pods.started_ms(pod).map(|ms| keeper.settings.epoch_ms + ms),
        });
    }

    /// What Karpenter decides about.
    pub(super) fn cluster<'v>(&'v self, keeper: &'v Keeper) -> Cluster<'v> {
        Cluster {
            names: &keeper.names,
            keys: &keeper.keys,
            options: &keeper.settings.options,
            now: self.now,
            instance_types: &keeper.catalogue.types,
            node_pools: &keeper.node_pools,
            nodes: &self.nodes,
            pods: &self.pods,
            daemon_sets: &self.daemon_sets,
            budgets: &self.budgets,
            volumes: &self.volumes,
            namespaces: &self.namespaces,
        }
    }

    /// The number of a node, if it is there.
    pub(super) fn number_of(&self, node: NodeId) -> Option<usize> {
        self.node_ids.binary_search(&node).ok()
    }

    /// Whether no pod of a node has come or gone for long enough.
    pub(super) fn is_consolidatable(&self, number: usize) -> bool {
        self.nodes[number].claim.as_ref().is_some_and(|claim| claim.consolidatable)
    }
}

impl Keeper {
    /// An instant of the run, in milliseconds since 1970.
    pub(super) fn instant(&self, ms: u64) -> Instant {
        self.settings.epoch_ms + i64::try_from(ms).unwrap_or(i64::MAX / 2)
    }

    /// A node or NodeClaim as it stands.
    fn state_of(&mut self, node: NodeId, world: &World) -> StateNode {
        let now = world.now();
        let pool = self.pool_number(world.nodes().pool(node));
        let shape = world.view(node).shape();
        let name = self.names.intern(&world.node_name(node));
        let mut labels = shape.labels.clone();
        labels.set(self.keys.hostname, name);
        let instance_type = world.model().catalog.instance_type(world.nodes().offering(node));
        let capacity = resources(&instance_type.capacity, world, &mut self.names, true);
        let allocatable = resources(&shape.allocatable, world, &mut self.names, true);
        let state = world.nodes().state(node);
        let joined = matches!(state, NodeState::Ready { .. });
        let known = self.nodes.get(&node);
        let is_deleting = known.is_some_and(|it| it.deleting) || world.nodes().announced(node);
        let mut taints = shape.taints.clone();
        if matches!(state, NodeState::Ready { cordoned: true }) {
            let (key, value) = (world.model().unschedulable_key, world.model().empty);
            taints.push(Taint { key, value, effect: Effect::NoSchedule });
        }
        let claim = pool.map(|pool| Claim {
            name,
            labels: labels.clone(),
            taints: shape.taints.clone(),
            startup_taints: Vec::new(),
            capacity: capacity.clone(),
            allocatable: allocatable.clone(),
            created: self.instant(world.nodes().launched_at(node).as_ms()),
            expire_after: self.pools[pool].expire_after.map(millis),
            has_termination_grace_period: self.pools[pool].termination_grace_period.is_some(),
            do_not_disrupt: false,
            deleting: is_deleting,
            terminating: false,
            initialized: joined,
            consolidatable: self.quiet_since(node, pool).is_some_and(|at| at <= now),
            drifted: None,
        });
        let is_node = joined.then(|| Node {
            name,
            labels,
            registered: true,
            initialized: true,
            taints,
            capacity,
            allocatable,
            ready: !world.view(node).is_not_ready(),
            do_not_disrupt: false,
            deleting: is_deleting && claim.is_some(),
            attachable: Vec::new(),
        });
        let nominated = known.is_some_and(|it| it.nominated_until.is_some_and(|until| until > now));
        StateNode { node: is_node, claim, nominated, marked_for_deletion: is_deleting }
    }
}

/// A length of time in milliseconds.
pub(super) fn millis(span: sim::time::Span) -> i64 {
    i64::try_from(span.as_ms()).unwrap_or(i64::MAX)
}

fn budgets(world: &World) -> Vec<PodDisruptionBudget> {
    let all = world.model().budgets.iter().map(|(id, budget)| PodDisruptionBudget {
        namespace: budget.namespace,
        selector: budget.selector.and_then(|selector| selected(selector, world).0),
        disruptions_allowed: u32::try_from(world.disruptions_allowed(id).max(0))
            .unwrap_or(u32::MAX),
        blocks_always: match budget.limit {
            Limit::MaxUnavailable(Amount::Pods(0) | Amount::Percent(0))
            | Limit::MinAvailable(Amount::Percent(100)) => true,
            Limit::MaxUnavailable(_) | Limit::MinAvailable(_) | Limit::Allowed(_) => false,
        },
        lets_unhealthy_go: budget.unready_may_go,
    });
    all.collect()
}

fn namespaces(world: &World) -> Vec<(NameId, LabelSet)> {
    let mut all: Vec<NameId> =
        world.model().workloads.rows().map(|workload| workload.namespace).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|namespace| (namespace, LabelSet::default())).collect()
}

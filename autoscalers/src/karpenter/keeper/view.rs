//! The world as passes of Karpenter see it, and which numbers its nodes and pods have there.
//!
//! What the world's journal does not name is taken over from the pass before.

use std::collections::BTreeSet;
use std::sync::Arc;

use sim::model::budget::{Amount, Limit};
use sim::model::labels::LabelSet;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::taints::{Effect, Taint};
use sim::model::workload::Controller;
use sim::names::NameId;
use sim::world::World;
use sim::world::journal::Cursor;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;

use super::nodes::Kept;
use super::pods::{owner, resources, selected};
use super::volumes::attachable;
use super::{Keeper, quiet_since};
use crate::karpenter::Since;
use crate::karpenter::input::{
    Claim, Cluster, Instant, Node, Owner, Pod, PodDisruptionBudget, PodSpec, StateNode,
};

/// What a pass sees, kept up to date from one to the next.
#[derive(Default)]
pub(super) struct View {
    /// The nodes, by their numbers.
    pub(super) node_ids: Vec<NodeId>,
    /// The pods, by their numbers: those of the first node, of the second and so on, then those that wait.
    pub(super) pod_ids: Vec<PodId>,
    now: Instant,
    nodes: Vec<StateNode>,
    pods: Vec<Pod>,
    /// Where the pods of each node begin, and at last those that wait.
    begins: Vec<usize>,
    /// What the program knew of each node, and whether it was about to be taken.
    standing: Vec<(Option<Kept>, bool)>,
    daemon_sets: Vec<Arc<PodSpec>>,
    budgets: Vec<PodDisruptionBudget>,
    namespaces: Vec<(NameId, LabelSet)>,
    /// How far the journal of the world has been read.
    read: Cursor,
}

impl View {
    /// The world as it stands, whatever was known of it.
    pub(super) fn of(keeper: &mut Keeper, world: &World) -> View {
        let mut view = View::default();
        view.refresh(keeper, world);
        view
    }

    /// Whether both see the same.
    pub(super) fn sees_what(&self, other: &View) -> bool {
        (self.now, &self.node_ids, &self.nodes, &self.begins)
            == (other.now, &other.node_ids, &other.nodes, &other.begins)
            && (&self.pod_ids, &self.pods) == (&other.pod_ids, &other.pods)
            && (&self.daemon_sets, &self.budgets, &self.namespaces)
                == (&other.daemon_sets, &other.budgets, &other.namespaces)
    }

    /// Sees the world as it stands now. What has changed since it was last seen.
    pub(super) fn refresh(&mut self, keeper: &mut Keeper, world: &World) -> Since {
        self.now = keeper.instant(world.now().as_ms());
        let changed = self.changed(keeper, world);
        let waiting = self.split_off_waiting();
        let is_known = |node: &NodeId| !changed.contains(node);
        let mut numbers: Vec<Option<usize>> = (0..self.node_ids.len()).map(Some).collect();
        // Nothing is as it was for one that has not looked yet, even at a world without nodes.
        let mut is_same =
            !self.begins.is_empty() && changed.is_empty() && self.node_ids == world.nodes().alive();
        if !is_same {
            numbers = self.renumber(is_known, keeper, world);
        }
        for pod in keeper.waiting.iter().map(|(pod, _)| pod).collect::<Vec<_>>() {
            self.add_pod(pod, None, keeper, world);
        }
        is_same &= waiting.0 == self.pod_ids[self.on_nodes()..]
            && waiting.1 == self.pods[self.on_nodes()..];
        let daemon_sets = daemon_sets(keeper, world);
        is_same &= daemon_sets == self.daemon_sets;
        self.daemon_sets = daemon_sets;
        if self.namespaces.is_empty() {
            self.namespaces = namespaces(world);
        }
        self.look_at_budgets(world);
        let is_ready_news = self.look_at_readiness(world);
        is_same &= !is_ready_news || self.budgets.iter().all(|it| !it.lets_unhealthy_go);
        self.look_at_nodes(keeper, world);
        if is_same { Since::Nothing } else { Since::Nodes(numbers) }
    }

    /// Nodes that are not what they were, or whose pods are not.
    fn changed(&mut self, keeper: &Keeper, world: &World) -> BTreeSet<NodeId> {
        let journal = world.journal();
        let mut changed: BTreeSet<NodeId> = match journal.since(self.read) {
            Some(changes) => changes.map(|change| change.node).collect(),
            None => self.node_ids.iter().copied().collect(),
        };
        self.read = journal.now();
        let known = keeper.nodes.of(&self.node_ids).zip(&self.standing);
        for (node, (kept, before)) in self.node_ids.iter().zip(known) {
            let standing = kept.map(Kept::standing);
            if standing != before.0 || world.nodes().announced(*node) != before.1 {
                changed.insert(*node);
            }
        }
        changed
    }

    /// How many pods are on nodes.
    fn on_nodes(&self) -> usize {
        self.begins.last().copied().unwrap_or_default()
    }

    fn split_off_waiting(&mut self) -> (Vec<PodId>, Vec<Pod>) {
        let on_nodes = self.on_nodes();
        (self.pod_ids.split_off(on_nodes), self.pods.split_off(on_nodes))
    }

    /// Numbers nodes and their pods anew; what is known is kept. Which number each known node had.
    fn renumber(
        &mut self,
        is_known: impl Fn(&NodeId) -> bool,
        keeper: &mut Keeper,
        world: &World,
    ) -> Vec<Option<usize>> {
        let alive = world.nodes().alive();
        let before = std::mem::take(self);
        let mut nodes: Vec<Option<StateNode>> = before.nodes.into_iter().map(Some).collect();
        let mut pods: Vec<Option<Pod>> = before.pods.into_iter().map(Some).collect();
        *self = View {
            node_ids: alive.to_vec(),
            pod_ids: Vec::with_capacity(pods.len()),
            pods: Vec::with_capacity(pods.len()),
            nodes: Vec::with_capacity(alive.len()),
            begins: vec![0],
            now: before.now,
            daemon_sets: before.daemon_sets,
            budgets: before.budgets,
            namespaces: before.namespaces,
            read: before.read,
            ..View::default()
        };
        let mut numbers = Vec::with_capacity(alive.len());
        for (number, node) in alive.iter().enumerate() {
            let then = before.node_ids.binary_search(node).ok().filter(|_| is_known(node));
            match then.and_then(|then| Some((then, nodes[then].take()?))) {
                Some((then, state)) => {
                    self.nodes.push(state);
                    let on_it = before.begins[then]..before.begins[then + 1];
                    self.pod_ids.extend(&before.pod_ids[on_it.clone()]);
                    let kept = pods[on_it].iter_mut().filter_map(Option::take);
                    self.pods.extend(kept.map(|pod| Pod { node: Some(number), ..pod }));
                }
                None => {
                    self.nodes.push(keeper.state_of(*node, world));
                    for pod in world.placement().pods_on(*node) {
                        self.add_pod(*pod, Some(number), keeper, world);
                    }
                }
            }
            self.standing.push(keeper.standing(*node, world));
            self.begins.push(self.pods.len());
            numbers.push(then);
        }
        numbers
    }

    /// What of budgets is not always the same.
    fn look_at_budgets(&mut self, world: &World) {
        if self.budgets.is_empty() {
            self.budgets = budgets(world);
        }
        for (id, budget) in world.model().budgets.ids().zip(&mut self.budgets) {
            let allowed = world.disruptions_allowed(id).max(0);
            budget.disruptions_allowed = u32::try_from(allowed).unwrap_or(u32::MAX);
        }
    }

    /// Which pods are ready, which the journal does not tell. Whether any has become so, or is not any more.
    fn look_at_readiness(&mut self, world: &World) -> bool {
        let mut is_news = false;
        for (pod, id) in self.pods.iter_mut().zip(&self.pod_ids) {
            let ready = matches!(world.pods().phase(*id), Phase::Running { .. });
            is_news |= std::mem::replace(&mut pod.ready, ready) != ready;
        }
        is_news
    }

    /// What time changes about nodes.
    fn look_at_nodes(&mut self, keeper: &Keeper, world: &World) {
        let now = world.now();
        let known = self.node_ids.iter().zip(keeper.nodes.of(&self.node_ids));
        for (state, (node, kept)) in self.nodes.iter_mut().zip(known) {
            let Some(kept) = kept else { continue };
            state.nominated = kept.nominated_until.is_some_and(|until| until > now);
            let pool = keeper.pool_number(world.nodes().pool(*node));
            if let (Some(claim), Some(pool)) = (&mut state.claim, pool) {
                let since = quiet_since(kept, &keeper.pools[pool]);
                claim.consolidatable = since.is_some_and(|at| at <= now);
            }
        }
    }

    fn add_pod(&mut self, pod: PodId, node: Option<usize>, keeper: &mut Keeper, world: &World) {
        let pods = world.pods();
        let workload = &world.model().workloads[pods.workload(pod)];
        let owner = owner(workload.controller);
        let phase = pods.phase(pod);
        let stays = keeper.settings.do_not_disrupt.get(&pods.workload(pod)).copied();
        let of = (owner, stays);
        self.pod_ids.push(pod);
        self.pods.push(Pod {
            spec: keeper.specs.get(pods.spec(pod), of, world, &mut keeper.names),
            node,
            created: keeper.instant(pods.created_at(pod).as_ms()),
            uid: u64::from(pod.number()),
            // One that pushes others away has been promised a node.
            provisionable: node.is_none()
                && pods.nominated(pod).is_none()
                && owner != Owner::DaemonSet,
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
            volumes: &keeper.specs.volumes,
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

fn daemon_sets(keeper: &mut Keeper, world: &World) -> Vec<Arc<PodSpec>> {
    let workloads = world.model().workloads.rows();
    let there = workloads.filter(|workload| {
        workload.controller == Controller::DaemonSet && workload.created_at <= world.now()
    });
    there
        .map(|workload| {
            let of = (Owner::DaemonSet, None);
            keeper.specs.get(workload.spec, of, world, &mut keeper.names)
        })
        .collect()
}

impl Keeper {
    /// What is known of a node, if it is one of its own, and whether it is about to be taken.
    fn standing(&self, node: NodeId, world: &World) -> (Option<Kept>, bool) {
        (self.nodes.get(node).map(Kept::standing), world.nodes().announced(node))
    }

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
        let known = self.nodes.get(node);
        let stays = self.is_not_to_be_disrupted(node, world);
        // Of nodes that are not its own nothing depends on that.
        let initialized = joined && known.is_none_or(|it| it.initialized_at.is_some());
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
            startup_taints: self.startup_taints(node, world).to_vec(),
            capacity: capacity.clone(),
            allocatable: allocatable.clone(),
            created: self.created(node, world),
            expire_after: self.pools[pool].expire_after.map(millis),
            has_termination_grace_period: self.pools[pool].termination_grace_period.is_some(),
            do_not_disrupt: stays,
            deleting: is_deleting,
            terminating: false,
            initialized,
            consolidatable: self.quiet_since(node, pool).is_some_and(|at| at <= now),
            drifted: known.and_then(|it| it.drifted),
        });
        let is_node = joined.then(|| Node {
            name,
            labels,
            registered: true,
            initialized,
            taints,
            capacity,
            allocatable,
            ready: !world.view(node).is_not_ready(),
            do_not_disrupt: stays,
            deleting: is_deleting && claim.is_some(),
            attachable: attachable(&shape.volume_limits),
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

//! Karpenter in a run: it takes note of what happens, decides in passes, and wants instances and removals.
//!
//! | file | what is there |
//! |---|---|
//! | `settings` | how it and its NodePools are configured |
//! | `batcher` | when a provisioning pass begins |
//! | `nodes` | what it knows of its nodes |
//! | `view`, `pods`, `labels`, `volumes`, `catalogue` | the world as a pass sees it |
//! | `provisioning`, `launch`, `unavailable` | what a pass launches, and which offerings it asks for |
//! | `initialization` | startup taints, and when a node has started |
//! | `disruption`, `reasons` | which nodes it removes, and why others stay |
//! | `found` | nodes that were there before the run: how old they are, and whether they have drifted |
//! | `termination` | how nodes end: drains, what is spared, and when pods are deleted all the same |
//!
//! Interrupted nodes are drained by what acts on notices; to Karpenter they are on their way out, and
//! their pods find places in the next pass.

mod batcher;
mod catalogue;
mod disruption;
mod found;
mod initialization;
mod labels;
mod launch;
mod nodes;
mod pods;
mod provisioning;
mod reasons;
pub mod settings;
mod termination;
mod unavailable;
mod view;
mod volumes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use sim::action::{Action, Decision};
use sim::autoscalers::program::Program;
use sim::autoscalers::waiting::Waiting;
use sim::autoscalers::{Autoscaler, Occasion};
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::pool::PoolId;
use sim::model::workload::{Controller, WorkloadId};
use sim::names::Names;
use sim::rng::Root;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::pods::Phase;
use sim::world::trial::Trial;

use super::input::NodePool;
use super::keys::Keys;
use super::{Memory, Since};
use batcher::{Batcher, Trigger};
use catalogue::Catalogue;
use disruption::Disruption;
use nodes::{Kept, Nodes};
use pods::Specs;
use provisioning::Wanted;
use settings::{Found, NodePoolSettings, Settings};
use unavailable::Unavailable;
use view::View;

/// How often the coming and going of pods on a node is noted at most.
// Karpenter: pkg/controllers/nodeclaim/podevents/controller.go dedupeTimeout
const POD_EVENTS_EVERY: Span = Span::from_secs(10);

/// Karpenter as it is configured.
#[derive(Clone, Debug)]
pub struct Karpenter {
    settings: Arc<Settings>,
    node_pools: Arc<[NodePoolSettings]>,
    pools: Vec<PoolId>,
}

impl Karpenter {
    /// Karpenter with these NodePools.
    #[must_use]
    pub fn new(settings: Settings, node_pools: Vec<NodePoolSettings>) -> Karpenter {
        let pools = node_pools.iter().map(|it| it.pool).collect();
        Karpenter { settings: Arc::new(settings), node_pools: node_pools.into(), pools }
    }
}

impl Program for Karpenter {
    fn name(&self) -> &'static str {
        "karpenter"
    }

    fn pools(&self) -> &[PoolId] {
        &self.pools
    }

    fn start(&self, world: &World, _: Root) -> Box<dyn Autoscaler> {
        Box::new(Keeper::new(self, world))
    }
}

/// Karpenter in one run.
struct Keeper {
    settings: Arc<Settings>,
    pools: Arc<[NodePoolSettings]>,
    /// The names of the model, and those that come up in the run.
    names: Names,
    keys: Keys,
    node_pools: Vec<Arc<NodePool>>,
    catalogue: Catalogue,
    unavailable: Unavailable,
    specs: Specs,
    batcher: Batcher,
    waiting: Waiting,
    /// What it wants to launch, until it sees what becomes of that.
    wanted: VecDeque<Wanted>,
    /// Its nodes.
    nodes: Nodes,
    /// Those whose startup taints have not gone yet.
    starting: BTreeSet<NodeId>,
    /// The world as the last pass saw it, and what that pass worked out.
    view: View,
    memory: Memory,
    disruption: Disruption,
    /// When it will be asked next.
    wakes_at: Option<SimTime>,
}

impl Keeper {
    fn new(program: &Karpenter, world: &World) -> Keeper {
        let settings = Arc::clone(&program.settings);
        let mut names = world.model().names.clone();
        let labels: Vec<&str> = settings.provider_labels.iter().map(String::as_str).collect();
        let keys = Keys::new(&mut names, &labels, "karpenter.k8s.aws/capacity-reservation-id")
            .with_zone_label(&mut names, &settings.volume_zone_label);
        let catalogue = Catalogue::of(&program.pools, world, &keys, &mut names);
        let pools = Arc::clone(&program.node_pools);
        let node_pools = pools.iter().enumerate().map(|(number, pool)| {
            let types = catalogue.of_pool[number].clone();
            Arc::new(provisioning::node_pool(pool, types, world, &settings, &mut names))
        });
        let node_pools = node_pools.collect();
        let mut keeper = Keeper {
            batcher: Batcher::new(settings.batch_idle, settings.batch_max),
            settings,
            pools,
            keys,
            node_pools,
            catalogue,
            names,
            unavailable: Unavailable::default(),
            specs: Specs::default(),
            waiting: Waiting::default(),
            wanted: VecDeque::new(),
            nodes: Nodes::default(),
            starting: BTreeSet::new(),
            view: View::default(),
            memory: Memory::default(),
            disruption: Disruption::default(),
            wakes_at: None,
        };
        for node in world.nodes().alive() {
            if keeper.owns(*node, world) {
                let found = Kept { initialized_at: Some(world.now()), ..Kept::default() };
                keeper.nodes.insert(*node, found);
            }
        }
        keeper.find_drifted(world);
        keeper
    }

    fn owns(&self, node: NodeId, world: &World) -> bool {
        self.pool_number(world.nodes().pool(node)).is_some()
    }

    /// The number of one of its NodePools.
    fn pool_number(&self, pool: PoolId) -> Option<usize> {
        self.pools.iter().position(|it| it.pool == pool)
    }

    /// From when on a node counts as quiet: no pod has come or gone for `consolidateAfter`.
    fn quiet_since(&self, node: NodeId, pool: usize) -> Option<SimTime> {
        quiet_since(self.nodes.get(node)?, &self.pools[pool])
    }

    /// The world as it stands, and what has changed in it since the last pass.
    fn look_around(&mut self, world: &World) -> (View, Since) {
        let mut view = std::mem::take(&mut self.view);
        let since = view.refresh(self, world);
        if cfg!(debug_assertions) {
            let anew = View::of(self, world);
            assert!(view.sees_what(&anew), "a view is what it would be anew");
        }
        (view, since)
    }

    /// Notes that a pod has come to a node, or gone.
    fn pod_event(&mut self, node: NodeId, workload: WorkloadId, world: &World) {
        self.disruption.cluster_changes();
        if world.model().workloads[workload].controller == Controller::DaemonSet {
            return;
        }
        let now = world.now();
        self.nodes.update(node, |kept| {
            if kept.last_pod_event.is_none_or(|last| now.since(last) >= POD_EVENTS_EVERY) {
                kept.last_pod_event = Some(now);
            }
        });
    }

    /// Nodes that have become too old.
    // Karpenter: pkg/controllers/nodeclaim/expiration/controller.go
    fn expire(&mut self, world: &World) -> Vec<Action> {
        let now = world.now();
        if self.next_expiry(world).is_none_or(|at| at > now) {
            return Vec::new();
        }
        let of = (&*self.pools, &self.settings.found);
        let old = self.nodes.iter().filter(|(node, kept)| {
            !kept.deleting && expires_at(*node, of, world).is_some_and(|at| at <= now)
        });
        let old: Vec<NodeId> = old.map(|(node, _)| node).collect();
        old.into_iter().flat_map(|node| self.delete(node, "Expired", world)).collect()
    }

    /// When the next node becomes too old that does not go away already.
    fn next_expiry(&mut self, world: &World) -> Option<SimTime> {
        let of = (&*self.pools, &self.settings.found);
        self.nodes.next_expiry(|node| expires_at(node, of, world))
    }

    /// Deletes the NodeClaim of a node, without a replacement.
    fn delete(&mut self, node: NodeId, why: &'static str, world: &World) -> Vec<Action> {
        let says = self.disruption.says(node, why, 0);
        self.disruption.next_decision();
        vec![says, self.drain(node, world)]
    }

    /// When something is to be done next.
    fn next(&mut self, world: &World) -> Option<SimTime> {
        let expiry = self.next_expiry(world);
        let poll = if self.nodes.is_empty() { None } else { self.disruption.next() };
        let ends = self.next_deletion(world);
        [self.batcher.next(), expiry, poll, ends].into_iter().flatten().min()
    }
}

impl Autoscaler for Keeper {
    fn name(&self) -> &'static str {
        "karpenter"
    }

    fn hears_of_pods(&self) -> bool {
        true
    }

    fn spares(&self, pod: PodId, world: &World) -> bool {
        let node = world.pods().phase(pod).node();
        node.is_some_and(|node| self.nodes.get(node).is_some()) && self.keeps_its_node(pod, world)
    }

    fn sees(&mut self, fact: &Fact, world: &World) -> bool {
        let now = world.now();
        match *fact {
            Fact::NodeLaunched { node, .. } if self.owns(node, world) => {
                self.launched(node, world);
                true
            }
            Fact::LaunchRefused { pool, offering, .. } if self.pool_number(pool).is_some() => {
                self.refused(offering, now)
            }
            Fact::NodeReady { node } => {
                // One that joins as it is launched never had the taints.
                if !self.is_tainted(node, world) {
                    self.starting.remove(&node);
                }
                let starts = self.starting.contains(&node);
                let is_own = self.nodes.update(node, |kept| {
                    kept.initialized_at = Some(now).filter(|_| !starts);
                });
                if is_own {
                    self.disruption.cluster_changes();
                }
                is_own
            }
            Fact::NodeGone { node, .. } => {
                self.disruption.cluster_changes();
                self.starting.remove(&node);
                self.nodes.remove(node)
            }
            Fact::NoticeGiven { node, .. } if self.owns(node, world) => {
                self.delete_claim(node, world);
                // Karpenter: aws:pkg/controllers/interruption/controller.go handleNodeClaim
                self.unavailable.mark(world.nodes().offering(node), now);
                self.batcher.trigger(Trigger::Node(node), now);
                true
            }
            Fact::PodUnschedulable { pod, .. } => {
                let is_new = self.waiting.sees(fact, world);
                if is_new {
                    self.batcher.trigger(Trigger::Pod(pod), now);
                }
                is_new
            }
            Fact::PodScheduled { workload, node, .. } => {
                self.waiting.sees(fact, world);
                self.pod_event(node, workload, world);
                false
            }
            Fact::PodReady { node, .. } => self.starting.contains(&node),
            Fact::PodWithdrawn { .. } => self.waiting.sees(fact, world),
            Fact::PodEnded { workload, node, .. } => {
                self.pod_event(node, workload, world);
                false
            }
            Fact::PodTerminating { pod, workload, .. } => {
                if let Phase::Terminating { on } = world.pods().phase(pod) {
                    self.pod_event(on, workload, world);
                }
                false
            }
            _ => false,
        }
    }

    fn decide(&mut self, occasion: Occasion, trial: &mut Trial<'_>) -> Decision {
        let world: &World = trial;
        let now = world.now();
        if self.wakes_at.is_some_and(|at| at <= now) {
            self.wakes_at = None;
        }
        let mut actions = self.initialize(world);
        actions.extend(self.expire(world));
        actions.extend(self.delete_pods(world));
        let (waiting, nodes) = (&self.waiting, &self.nodes);
        let waits = |trigger| match trigger {
            Trigger::Pod(pod) => waiting.has(pod),
            Trigger::Node(node) => nodes.get(node).is_some_and(|kept| kept.deleting),
        };
        if self.batcher.completes(now, waits) {
            actions.extend(self.provision(world));
        }
        // What replaces a node has to boot, which what is launched at the start has not.
        if occasion != Occasion::Start {
            actions.extend(self.disrupt(world));
        }
        if !actions.is_empty() {
            return Decision { actions, again_in: None };
        }
        let next = self.next(world).filter(|at| self.wakes_at.is_none_or(|known| *at < known));
        let again_in = next.map(|at| at.max(now).since(now));
        self.wakes_at = next.or(self.wakes_at);
        Decision { actions, again_in }
    }
}

/// From when on a node of a NodePool counts as quiet.
fn quiet_since(kept: &Kept, pool: &NodePoolSettings) -> Option<SimTime> {
    let after = pool.disruption.consolidate_after?;
    let last = kept.last_pod_event.max(kept.initialized_at)?;
    Some(last + Span::from_ms(u64::try_from(after).unwrap_or(0)))
}

/// When a node of one of these NodePools becomes too old.
fn expires_at(
    node: NodeId,
    (pools, found): (&[NodePoolSettings], &BTreeMap<NodeId, Found>),
    world: &World,
) -> Option<SimTime> {
    let of = world.nodes().pool(node);
    let pool = pools.iter().find(|it| it.pool == of)?;
    let before = found.get(&node).map_or(0, |found| u64::try_from(found.age_ms).unwrap_or(0));
    let at = world.nodes().launched_at(node) + pool.expire_after?;
    Some(at.back(Span::from_ms(before)))
}

/// Pods by their numbers in a view.
fn ids(numbers: &[usize], all: &[PodId]) -> Vec<PodId> {
    numbers.iter().filter_map(|number| all.get(*number)).copied().collect()
}

//! The world: nodes, pods and who is where, as they stand now.
//!
//! Everything here can be read; nothing can be changed except through the verbs in [`verbs`],
//! each of which asserts what must hold before it and returns the one
//! [`Fact`](crate::fact::Fact) it caused.

mod arrived;
mod desired;
pub mod eviction;
mod health;
mod held_images;
pub mod invariants;
pub mod journal;
pub mod load;
pub mod nodes;
mod order;
pub mod placement;
pub mod pods;
mod quotas;
pub mod reserved;
pub mod specs;
mod standing;
pub mod topology;
pub mod trial;
mod usage;
pub mod verbs;
mod watched;
mod zones;

use std::sync::Arc;

use crate::fact::refusal::Refusals;
use crate::model::Model;
use crate::model::catalog::{Capacity, CapacityType, OfferingId};
use crate::model::images::ImageId;
use crate::model::node::{NodeId, NodeShape};
use crate::model::pod::{NodeSelectorTerm, PodId, PodSpec};
use crate::model::pool::PoolId;
use crate::model::selectors::TopologyKeyId;
use crate::model::storage::AttachableId;
use crate::model::taints::{Effect, tolerated};
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::table::{Id, Table};
use crate::time::SimTime;
use arrived::Arrived;
use desired::Desired;
pub use desired::Room;
use health::Health;
use held_images::HeldImages;
use journal::Journal;
use load::NodeLoad;
use nodes::{NodeState, Nodes, Shapes};
use order::{NodeOrder, Zone};
use placement::Placement;
use pods::Pods;
use quotas::QuotaUse;
use reserved::Reserved;
use specs::RunSpecs;
use topology::{DomainId, Topology};
use usage::Usage;
use zones::Zones;

/// The state of a simulated cluster and of the market around it.
#[derive(Clone, Debug)]
pub struct World {
    model: Arc<Model>,
    now: SimTime,
    specs: RunSpecs,
    shapes: Shapes,
    nodes: Nodes,
    pods: Pods,
    placement: Placement,
    topology: Topology,
    order: NodeOrder,
    journal: Journal,
    refusals: Refusals,
    images: HeldImages,
    reserved: Reserved,
    volume_zones: Zones,
    health: Health,
    desired: Desired,
    quota_use: QuotaUse,
    usage: Usage,
    arrived: Arrived,
    capacities: Table<OfferingId, Capacity>,
    /// What each offering costs now.
    prices: Table<OfferingId, MicroUsdPerHour>,
    /// How many instances of each offering have been launched.
    launches: Table<OfferingId, u32>,
    running: Table<OfferingId, u32>,
    /// How many nodes of each pool are not gone.
    pool_sizes: Table<PoolId, u32>,
}

impl World {
    /// A world in which nothing has happened yet: no node, no pod.
    #[must_use]
    pub fn new(model: Arc<Model>) -> World {
        World {
            now: SimTime::ZERO,
            specs: RunSpecs::new(Arc::clone(&model)),
            shapes: Shapes::default(),
            nodes: Nodes::default(),
            pods: Pods::default(),
            placement: Placement::default(),
            topology: Topology::new(model.selectors.keys().count()),
            order: NodeOrder::default(),
            journal: Journal::default(),
            refusals: Refusals::default(),
            images: HeldImages::default(),
            reserved: Reserved::new(&model),
            volume_zones: Zones::default(),
            health: Health::new(&model),
            desired: Desired::new(&model),
            quota_use: QuotaUse::new(&model),
            usage: Usage::default(),
            arrived: Arrived::default(),
            capacities: model.catalog.offerings.rows().map(|_| Capacity::Ample).collect(),
            prices: model.catalog.offerings.rows().map(|offering| offering.price).collect(),
            launches: model.catalog.offerings.rows().map(|_| 0).collect(),
            running: model.catalog.offerings.rows().map(|_| 0).collect(),
            pool_sizes: model.pools.rows().map(|_| 0).collect(),
            model,
        }
    }

    /// What does not change: names, the catalogue, workloads, pools.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The present instant.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// All nodes there have ever been.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// All pods there have ever been.
    pub fn pods(&self) -> &Pods {
        &self.pods
    }

    /// Who is where.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The domains that nodes form.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Which nodes changed, in order.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Every distinct summary of refusals so far.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// What an offering costs now.
    pub fn price(&self, offering: OfferingId) -> MicroUsdPerHour {
        self.prices[offering]
    }

    /// Whether a pool pays what an offering costs now: its maximum price is for spot alone.
    pub fn pays(&self, pool: PoolId, offering: OfferingId) -> bool {
        let spot = self.model.catalog.offerings[offering].capacity_type == CapacityType::Spot;
        let max_price = self.model.pools[pool].limits.max_price.filter(|_| spot);
        max_price.is_none_or(|most| self.prices[offering] <= most)
    }

    /// How much spot capacity an offering has now.
    pub fn capacity(&self, offering: OfferingId) -> Capacity {
        self.capacities[offering]
    }

    /// Whether the provider has another instance of an offering to give. Of what is on-demand it always
    /// has, but for outages.
    pub fn grants(&self, offering: OfferingId) -> bool {
        self.capacities[offering].grants(self.running(offering))
    }

    /// How many instances of an offering are not gone.
    pub fn running(&self, offering: OfferingId) -> u32 {
        self.running[offering]
    }

    /// Launch ordinal of the next instance of each offering.
    pub fn next_ordinal(&self, offering: OfferingId) -> u32 {
        self.launches[offering]
    }

    /// How many nodes of a pool are not gone.
    pub fn pool_size(&self, pool: PoolId) -> u32 {
        self.pool_sizes[pool]
    }

    /// Who a pod is in random streams: which attempt of which replica of which workload, whatever
    /// else there is.
    pub fn draw_key(&self, pod: PodId) -> [u64; 3] {
        let workload = self.model.workloads[self.pods.workload(pod)].key;
        [workload, u64::from(self.pods.replica(pod)), u64::from(self.pods.attempt(pod))]
    }

    /// The name a node goes by.
    pub fn node_name(&self, node: NodeId) -> String {
        self.model.node_name(node, self.nodes.pool(node))
    }

    /// A node as the scheduler looks at it.
    pub fn view(&self, node: NodeId) -> NodeView<'_> {
        let shape = &self.shapes[self.nodes.shape(node)];
        NodeView { world: self, node, shape, load: self.placement.load(node) }
    }

    /// Nodes that are registered with the cluster, cordoned ones included and those whose instance is
    /// gone, in the order in which the scheduler walks them.
    pub fn registered(&self) -> &[NodeId] {
        self.order.list()
    }

    /// The same, to be kept. It is another list whenever a node has joined or left.
    pub fn registered_list(&self) -> &Arc<[NodeId]> {
        self.order.list()
    }

    /// The place of a node in [`registered`](Self::registered), if it is there.
    pub fn place_of(&self, node: NodeId) -> Option<usize> {
        self.order.place(node)
    }

    /// Whether a node is registered: the same question where its place does not matter.
    pub fn is_registered(&self, node: NodeId) -> bool {
        self.order.has(node)
    }

    /// How many registered nodes have an image.
    pub fn holders(&self, image: ImageId) -> usize {
        self.images.holders(image)
    }

    /// Region and zone of a node.
    // kube-scheduler: component-helpers/node/topology GetZoneKey
    fn zone(&self, node: NodeId) -> Zone {
        let labels = &self.shapes[self.nodes.shape(node)].labels;
        let [region, old_region, zone, old_zone] = self.model.zone_keys.map(|key| labels.get(key));
        (region.or(old_region), zone.or(old_zone))
    }
}

/// One node as a scheduling plugin may see it: its shape, and what runs on it.
#[derive(Clone, Copy)]
pub struct NodeView<'w> {
    world: &'w World,
    node: NodeId,
    shape: &'w NodeShape,
    load: &'w NodeLoad,
}

impl<'w> NodeView<'w> {
    /// Which node it is.
    pub fn id(self) -> NodeId {
        self.node
    }

    /// What is on it.
    pub fn load(self) -> &'w NodeLoad {
        self.load
    }

    /// The same node as if this were on it.
    #[must_use]
    pub fn with_load<'l>(self, load: &'l NodeLoad) -> NodeView<'l>
    where
        'w: 'l,
    {
        NodeView { load, ..self }
    }

    /// Its domain under a topology key.
    pub fn domain(self, key: TopologyKeyId) -> Option<DomainId> {
        self.world.topology.domain(key, self.node)
    }

    /// Labels (without the host name), taints and size.
    pub fn shape(self) -> &'w NodeShape {
        self.shape
    }

    /// The value of a label, `kubernetes.io/hostname` included.
    pub fn label(self, key: NameId) -> Option<NameId> {
        if key == self.world.model.hostname_key {
            return self.world.nodes.hostname(self.node);
        }
        self.shape.labels.get(key)
    }

    /// The node's name.
    pub fn name(self) -> NameId {
        self.world.nodes.name(self.node)
    }

    /// Whether it is marked `spec.unschedulable`.
    pub fn cordoned(self) -> bool {
        self.world.nodes.state(self.node) == NodeState::Ready { cordoned: true }
    }

    /// Whether its kubelet has said that it is not ready, as one that shuts down does.
    pub fn is_not_ready(self) -> bool {
        self.shape.taints.iter().any(|taint| taint.key == self.world.model.not_ready_key)
    }

    /// Whether nothing but the object is left of it: the instance is gone.
    pub fn is_lost(self) -> bool {
        self.world.nodes.state(self.node) == NodeState::Gone && self.world.is_registered(self.node)
    }

    /// Whether it has an image.
    pub fn has_image(self, image: ImageId) -> bool {
        self.world.images.on(self.node).binary_search(&image).is_ok()
    }

    /// What was attached to it from the start, whether for a pod or not.
    pub fn found_attached(self) -> &'w [AttachableId] {
        let found = self.world.model.start.nodes.get(self.node.index());
        found.map_or(&[], |start| &start.attached)
    }

    /// Whether it satisfies every requirement of a term; a term without any selects nothing.
    // kube-scheduler: component-helpers/scheduling/corev1/nodeaffinity
    pub fn satisfies(self, term: &NodeSelectorTerm) -> bool {
        let names = &self.world.model.names;
        (!term.labels.is_empty() || !term.name.is_empty())
            && term.labels.iter().all(|wanted| wanted.allows(self.label(wanted.key), names))
            && term.name.iter().all(|wanted| wanted.allows(Some(self.name()), names))
    }

    /// Whether it satisfies one of several terms.
    pub fn satisfies_one(self, terms: &[NodeSelectorTerm]) -> bool {
        terms.iter().any(|term| self.satisfies(term))
    }

    /// Whether it is as a pod's node selector and required affinity want it.
    // kube-scheduler: component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity
    pub fn is_required_by(self, pod: &PodSpec) -> bool {
        pod.node_selector.iter().all(|(key, value)| self.label(*key) == Some(*value))
            && pod.required_affinity.as_ref().is_none_or(|terms| self.satisfies_one(terms))
    }

    /// Whether a pod tolerates every taint of it that would keep the pod away.
    pub fn is_tolerated_by(self, pod: &PodSpec) -> bool {
        let mut taints = self.shape.taints.iter();
        taints.all(|it| it.effect == Effect::PreferNoSchedule || tolerated(&pod.tolerations, it))
    }

    /// The world around it, for names and for who is where.
    pub fn world(self) -> &'w World {
        self.world
    }
}

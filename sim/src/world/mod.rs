//! The world: nodes, pods and who is where, as they stand now.
//!
//! Everything here can be read; nothing can be changed except through the verbs in [`verbs`],
//! each of which asserts what must hold before it and returns the one [`fact::Fact`] it caused.

pub mod catalog;
pub mod fact;
pub mod invariants;
pub mod journal;
pub mod labels;
pub mod model;
pub mod node;
pub mod placement;
pub mod pod;
pub mod pool;
pub mod refusal;
pub mod resources;
pub mod taints;
pub mod verbs;
pub mod workload;

use std::sync::Arc;

pub use model::Model;

use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::table::Table;
use crate::time::SimTime;
use catalog::OfferingId;
use journal::Journal;
use node::{NodeId, NodeShape, NodeState, Nodes, Shapes};
use placement::Placement;
use pod::{PodId, PodSpec, Pods};
use pool::PoolId;
use refusal::Refusals;

/// The state of a simulated cluster and of the market around it.
#[derive(Clone, Debug)]
pub struct World {
    model: Arc<Model>,
    now: SimTime,
    shapes: Shapes,
    nodes: Nodes,
    pods: Pods,
    placement: Placement,
    journal: Journal,
    refusals: Refusals,
    /// What each offering costs now.
    prices: Table<OfferingId, MicroUsdPerHour>,
    /// How many instances of each offering have been launched.
    launches: Table<OfferingId, u32>,
    /// How many nodes of each pool are not gone.
    pool_sizes: Table<PoolId, u32>,
}

impl World {
    /// A world in which nothing has happened yet: no node, no pod.
    #[must_use]
    pub fn new(model: Arc<Model>) -> World {
        World {
            now: SimTime::ZERO,
            shapes: Shapes::default(),
            nodes: Nodes::default(),
            pods: Pods::default(),
            placement: Placement::default(),
            journal: Journal::default(),
            refusals: Refusals::default(),
            prices: model.catalog.offerings.rows().map(|offering| offering.price).collect(),
            launches: model.catalog.offerings.rows().map(|_| 0).collect(),
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

    /// How many nodes of a pool are not gone.
    pub fn pool_size(&self, pool: PoolId) -> u32 {
        self.pool_sizes[pool]
    }

    /// What a pod asks for.
    pub fn spec_of(&self, pod: PodId) -> &PodSpec {
        &self.model.specs[self.pods.spec(pod)]
    }

    /// The name a node goes by: its pool and its number.
    pub fn node_name(&self, node: NodeId) -> String {
        let pool = &self.model.pools[self.nodes.pool(node)];
        format!("{}-{}", self.model.names.text(pool.name), node.number())
    }

    /// A node as the scheduler looks at it.
    pub fn view(&self, node: NodeId) -> NodeView<'_> {
        NodeView { world: self, node, shape: &self.shapes[self.nodes.shape(node)] }
    }

    /// Nodes that are registered with the cluster, cordoned ones included, in id order.
    pub fn registered(&self) -> impl Iterator<Item = NodeId> + '_ {
        let nodes = &self.nodes;
        nodes.alive().iter().copied().filter(|n| matches!(nodes.state(*n), NodeState::Ready { .. }))
    }
}

/// One node as a scheduling plugin may see it: its shape, and what runs on it.
#[derive(Clone, Copy)]
pub struct NodeView<'w> {
    world: &'w World,
    node: NodeId,
    shape: &'w NodeShape,
}

impl<'w> NodeView<'w> {
    /// Which node it is.
    pub fn id(self) -> NodeId {
        self.node
    }

    /// Labels (without the host name), taints and size.
    pub fn shape(self) -> &'w NodeShape {
        self.shape
    }

    /// The value of a label, `kubernetes.io/hostname` included.
    pub fn label(self, key: NameId) -> Option<NameId> {
        if key == self.world.model.hostname_key {
            return Some(self.name());
        }
        self.shape.labels.get(key)
    }

    /// The node's name.
    pub fn name(self) -> NameId {
        self.world.nodes.hostname(self.node)
    }

    /// Whether it is marked `spec.unschedulable`.
    pub fn cordoned(self) -> bool {
        self.world.nodes.state(self.node) == NodeState::Ready { cordoned: true }
    }

    /// The world around it, for names and for who is where.
    pub fn world(self) -> &'w World {
        self.world
    }
}

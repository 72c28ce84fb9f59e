//! Nodes: how they stand, one column per field; what they are is a shape that equal nodes share.

use indexmap::IndexSet;

use crate::model::catalog::OfferingId;
use crate::model::node::{NodeId, NodeShape};
use crate::model::pool::PoolId;
use crate::names::NameId;
use crate::table::{Id, Table, id};
use crate::time::SimTime;

id! {
    /// A distinct combination of labels, taints and size.
    ShapeId
}

/// Every shape that occurs, once.
#[derive(Clone, Debug, Default)]
pub struct Shapes(IndexSet<NodeShape>);

impl Shapes {
    /// The id of `shape`, new or known.
    pub fn intern(&mut self, shape: NodeShape) -> ShapeId {
        ShapeId::from_index(self.0.insert_full(shape).0)
    }

    /// How many shapes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::ops::Index<ShapeId> for Shapes {
    type Output = NodeShape;
    fn index(&self, id: ShapeId) -> &NodeShape {
        &self.0[id.index()]
    }
}

/// How a node stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeState {
    /// The provider has accepted the launch; it is billed, but not yet a node.
    Launching,
    /// It takes pods, unless it is cordoned.
    Ready {
        /// `spec.unschedulable`: it keeps its pods but takes no more.
        cordoned: bool,
    },
    /// The instance no longer exists.
    Gone,
}

/// All nodes, one column per field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Nodes {
    pub(super) name: Table<NodeId, NameId>,
    pub(super) hostname: Table<NodeId, Option<NameId>>,
    pub(super) shape: Table<NodeId, ShapeId>,
    pub(super) pool: Table<NodeId, PoolId>,
    pub(super) offering: Table<NodeId, OfferingId>,
    pub(super) ordinal: Table<NodeId, u32>,
    pub(super) state: Table<NodeId, NodeState>,
    pub(super) launched_at: Table<NodeId, SimTime>,
    /// When the instance will be gone, once the provider has announced that.
    pub(super) deadline: Table<NodeId, Option<SimTime>>,
    /// Nodes that are not gone, in id order.
    pub(super) alive: Vec<NodeId>,
}

impl Nodes {
    /// Takes out the last node.
    pub(super) fn pop(&mut self) {
        self.name.pop();
        self.hostname.pop();
        self.shape.pop();
        self.pool.pop();
        self.offering.pop();
        self.ordinal.pop();
        self.state.pop();
        self.launched_at.pop();
        self.deadline.pop();
        let last = self.alive.pop();
        assert_eq!(last, Some(self.state.next_id()), "the last node is not gone");
    }

    /// How many nodes there have ever been.
    pub fn len(&self) -> usize {
        self.state.len()
    }

    /// Whether there has never been a node.
    pub fn is_empty(&self) -> bool {
        self.state.is_empty()
    }

    /// Nodes that are not gone, in id order.
    pub fn alive(&self) -> &[NodeId] {
        &self.alive
    }

    /// The shape a node has now.
    pub fn shape(&self, node: NodeId) -> ShapeId {
        self.shape[node]
    }

    /// The pool a node belongs to.
    pub fn pool(&self, node: NodeId) -> PoolId {
        self.pool[node]
    }

    /// What was bought when the node was launched.
    pub fn offering(&self, node: NodeId) -> OfferingId {
        self.offering[node]
    }

    /// Launch ordinal within its offering, from 0: its identity in the market.
    pub fn ordinal(&self, node: NodeId) -> u32 {
        self.ordinal[node]
    }

    /// How a node stands.
    pub fn state(&self, node: NodeId) -> NodeState {
        self.state[node]
    }

    /// Whether the provider has announced that it will take the instance.
    pub fn announced(&self, node: NodeId) -> bool {
        self.deadline[node].is_some()
    }

    /// When the instance will be gone, once the provider has announced that.
    pub fn deadline(&self, node: NodeId) -> Option<SimTime> {
        self.deadline[node]
    }

    /// When the provider accepted the launch.
    pub fn launched_at(&self, node: NodeId) -> SimTime {
        self.launched_at[node]
    }

    /// Its name. A node that the scenario never mentions has the one name that stands for all such
    /// nodes: no policy can ask which of them it is.
    pub fn name(&self, node: NodeId) -> NameId {
        self.name[node]
    }

    /// The value of its label `kubernetes.io/hostname`, usually its name.
    pub fn hostname(&self, node: NodeId) -> Option<NameId> {
        self.hostname[node]
    }
}

//! Node pools: the groups in which a cluster buys its nodes.

use super::catalog::OfferingId;
use super::node::NodeShape;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::table::id;

id! {
    /// A node pool.
    PoolId
}

/// A group of nodes of one purpose: a NodePool, node group or scale set.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its name.
    pub name: NameId,
    /// How many nodes it is born with and goes back to after a loss.
    pub size: u32,
    /// What it launches and what the node then looks like, in the order in which they take turns.
    pub templates: Vec<NodeTemplate>,
    /// What it pays for spot at most. While the price is above, it is given none and loses what it
    /// has.
    pub max_price: Option<MicroUsdPerHour>,
}

/// One way for a pool to get a node.
#[derive(Clone, Debug)]
pub struct NodeTemplate {
    /// What is bought.
    pub offering: OfferingId,
    /// What the node is.
    pub shape: NodeShape,
}

//! Domains: the nodes that share the value of a label, such as a zone or a rack.

use indexmap::IndexSet;

use crate::model::node::NodeId;
use crate::model::selectors::TopologyKeyId;
use crate::names::NameId;
use crate::table::{Id, Table, id};

id! {
    /// A domain of one topology key.
    DomainId
}

/// The domains of every topology key that a scenario uses.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    keys: Table<TopologyKeyId, Domains>,
}

/// The domains of one key.
#[derive(Clone, Debug, Default)]
struct Domains {
    of: Table<NodeId, Option<DomainId>>,
    values: IndexSet<Value>,
    /// How many nodes there have ever been in each domain.
    sizes: Table<DomainId, u32>,
    /// Whether some domain has had more than one node.
    shared: bool,
}

/// What makes a domain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Value {
    /// The label's value.
    Label(NameId),
    /// Being this host, whose name no selector mentions.
    Host(NodeId),
}

impl Topology {
    /// No nodes yet, and this many keys.
    pub(super) fn new(keys: usize) -> Topology {
        Topology { keys: (0..keys).map(|_| Domains::default()).collect() }
    }

    /// Adds the next node, given its value under each key.
    pub(super) fn add_node(&mut self, value: impl Fn(TopologyKeyId) -> Option<Value>) {
        for key in self.keys.ids() {
            let domains = &mut self.keys[key];
            let domain = value(key).map(|value| {
                let domain = DomainId::from_index(domains.values.insert_full(value).0);
                if domain.index() == domains.sizes.len() {
                    domains.sizes.push(0);
                }
                domains.sizes[domain] += 1;
                domains.shared |= domains.sizes[domain] > 1;
                domain
            });
            domains.of.push(domain);
        }
    }

    /// Whether both put the same nodes together.
    pub(super) fn agrees_with(&self, other: &Topology) -> bool {
        let nodes = |topology: &Topology, key| topology.keys[key].of.clone();
        self.keys.ids().all(|key| nodes(self, key) == nodes(other, key))
    }

    /// Forgets the last node, which was only imagined.
    pub(super) fn pop_node(&mut self) {
        for key in self.keys.ids() {
            let domains = &mut self.keys[key];
            if let Some(Some(domain)) = domains.of.pop() {
                domains.sizes[domain] -= 1;
            }
        }
    }

    /// The domain of a node under a key; none if it lacks the label.
    pub fn domain(&self, key: TopologyKeyId, node: NodeId) -> Option<DomainId> {
        self.keys[key].of[node]
    }

    /// How many domains there have ever been under a key.
    pub fn domains(&self, key: TopologyKeyId) -> usize {
        self.keys[key].values.len()
    }

    /// Whether no two nodes have ever shared a domain of this key, as is usual for host names.
    pub fn is_per_node(&self, key: TopologyKeyId) -> bool {
        !self.keys[key].shared
    }
}

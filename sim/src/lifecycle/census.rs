//! How many nodes of each zone are ready and how many are not, as the node lifecycle controller
//! counts them: kept, and brought up to date from the journal.

use std::collections::BTreeMap;

use crate::model::node::NodeId;
use crate::names::NameId;
use crate::table::Id;
use crate::world::World;
use crate::world::journal::Cursor;
use crate::world::nodes::NodeState;

/// The registered nodes of each zone.
#[derive(Clone, Debug, Default)]
pub(super) struct Census {
    read: Option<Cursor>,
    /// As what each node is counted, by id.
    counted: Vec<Option<Counted>>,
    zones: BTreeMap<NameId, Zone>,
}

/// The registered nodes of a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Zone {
    /// Those that are ready.
    pub ready: u32,
    /// Those whose kubelet shuts down.
    pub not_ready: u32,
}

#[derive(Clone, Copy, Debug)]
struct Counted {
    zone: NameId,
    is_ready: bool,
}

impl Census {
    /// How many there are of each now; a zone without nodes has none of either.
    pub(super) fn of(&mut self, world: &World) -> &BTreeMap<NameId, Zone> {
        let journal = world.journal();
        let read = self.read.replace(journal.now());
        match read.and_then(|cursor| journal.since(cursor)) {
            // Pods that come and go do not make a node ready.
            Some(changes) => changes
                .filter(|change| change.spec.is_none())
                .for_each(|change| self.count(change.node, world)),
            None => {
                (self.counted, self.zones) = Default::default();
                world.nodes().alive().iter().for_each(|node| self.count(*node, world));
            }
        }
        debug_assert!(self.is_sound(world), "the zones are not what a recount gives");
        &self.zones
    }

    /// Whether a recount gives the same.
    fn is_sound(&self, world: &World) -> bool {
        let mut recount = Census::default();
        world.nodes().alive().iter().for_each(|node| recount.count(*node, world));
        let mut names = self.zones.keys().chain(recount.zones.keys());
        names.all(|name| {
            let [kept, recounted] = [&self.zones, &recount.zones].map(|zones| zones.get(name));
            kept.copied().unwrap_or_default() == recounted.copied().unwrap_or_default()
        })
    }

    fn count(&mut self, node: NodeId, world: &World) {
        if self.counted.len() <= node.index() {
            self.counted.resize(node.index() + 1, None);
        }
        let before = self.counted[node.index()].take();
        if let Some(before) = before {
            *self.counter(before) -= 1;
        }
        // A node that was only imagined is not known afterwards.
        let exists = node.index() < world.nodes().len();
        if exists && matches!(world.nodes().state(node), NodeState::Ready { .. }) {
            let counted = Counted {
                zone: world.model().catalog.offerings[world.nodes().offering(node)].zone,
                is_ready: !world.view(node).is_not_ready(),
            };
            *self.counter(counted) += 1;
            self.counted[node.index()] = Some(counted);
        }
    }

    fn counter(&mut self, counted: Counted) -> &mut u32 {
        let zone = self.zones.entry(counted.zone).or_default();
        if counted.is_ready { &mut zone.ready } else { &mut zone.not_ready }
    }
}

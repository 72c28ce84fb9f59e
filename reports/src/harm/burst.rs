//! Bursts: the most instances that the provider took within five minutes, and of how many.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sim::names::NameId;
use sim::world::catalog::CapacityType;
use sim::world::fact::{Fact, Sink};
use sim::world::node::{NodeId, Why};
use sim::{Legend, SimTime, Span};

/// What counts as at once.
const AT_ONCE: Span = Span::from_secs(300);

/// The worst burst of one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Burst {
    /// Instances taken within five minutes.
    pub nodes: u32,
    /// Spot instances that ran when it began.
    pub of: u32,
    /// Instances taken within five minutes in one zone.
    pub nodes_in_a_zone: u32,
    /// When the worst one, over all zones, was complete.
    pub at: Option<SimTime>,
}

/// Watches losses.
#[derive(Clone)]
pub(super) struct Bursts {
    legend: Legend,
    /// Spot instances that run, with their zones.
    running: BTreeMap<NodeId, NameId>,
    /// The last losses, with how many ran just before each.
    recent: VecDeque<(SimTime, NameId, u32)>,
    worst: Burst,
}

impl Bursts {
    pub(super) fn new(legend: &Legend) -> Bursts {
        let (running, recent) = (BTreeMap::new(), VecDeque::new());
        Bursts { legend: legend.clone(), running, recent, worst: Burst::default() }
    }

    pub(super) fn finish(self) -> Burst {
        self.worst
    }

    fn lost(&mut self, at: SimTime, zone: NameId, running: u32) {
        while self.recent.front().is_some_and(|(then, ..)| at.since(*then) >= AT_ONCE) {
            self.recent.pop_front();
        }
        self.recent.push_back((at, zone, running));
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let nodes = count(self.recent.len());
        let zones: BTreeSet<NameId> = self.recent.iter().map(|(_, zone, _)| *zone).collect();
        let in_zone = |zone: NameId| self.recent.iter().filter(|(_, it, _)| *it == zone).count();
        let most = zones.into_iter().map(in_zone).max().unwrap_or(0);
        self.worst.nodes_in_a_zone = self.worst.nodes_in_a_zone.max(count(most));
        if nodes > self.worst.nodes {
            self.worst.nodes = nodes;
            self.worst.of = self.recent[0].2;
            self.worst.at = Some(at);
        }
    }
}

impl Sink for Bursts {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let offerings = &self.legend.model.catalog.offerings;
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                let offering = &offerings[offering];
                if offering.capacity_type == CapacityType::Spot {
                    self.running.insert(node, offering.zone);
                }
            }
            Fact::NodeGone { node, why, .. } => {
                let running = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
                if let Some(zone) = self.running.remove(&node)
                    && matches!(why, Why::Reclaimed | Why::Outbid)
                    && at >= self.legend.from
                {
                    self.lost(at, zone, running);
                }
            }
            _ => {}
        }
    }
}

//! Bursts: the most instances that the provider took within five minutes, and of how many.

use std::collections::{BTreeSet, VecDeque};

use sim::fact::Fact;
use sim::model::catalog::CapacityType;
use sim::names::NameId;
use sim::{Legend, SimTime, Span};

use crate::folds::roster::{Follow, Roster};

/// What counts as at once.
const AT_ONCE: Span = Span::from_secs(300);

/// The worst burst of one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Burst {
    /// Instances taken within five minutes.
    pub nodes: u32,
    /// Spot instances that it could have taken: those that were held when it began, and those that
    /// were launched before it was complete.
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
    /// How many spot instances have been launched.
    launched: u32,
    recent: VecDeque<Loss>,
    worst: Burst,
}

/// An instance that was taken.
#[derive(Clone, Copy)]
struct Loss {
    at: SimTime,
    zone: NameId,
    /// How many spot instances were held just before.
    running: u32,
    /// How many had been launched by then.
    launched: u32,
}

impl Bursts {
    pub(super) fn new(legend: &Legend) -> Bursts {
        Bursts {
            legend: legend.clone(),
            launched: 0,
            recent: VecDeque::new(),
            worst: Burst::default(),
        }
    }

    pub(super) fn finish(self) -> Burst {
        self.worst
    }

    fn lost(&mut self, loss: Loss) {
        while self.recent.front().is_some_and(|then| loss.at.since(then.at) >= AT_ONCE) {
            self.recent.pop_front();
        }
        self.recent.push_back(loss);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let nodes = count(self.recent.len());
        let zones: BTreeSet<NameId> = self.recent.iter().map(|it| it.zone).collect();
        let in_zone = |zone: NameId| self.recent.iter().filter(|it| it.zone == zone).count();
        let most = zones.into_iter().map(in_zone).max().unwrap_or(0);
        self.worst.nodes_in_a_zone = self.worst.nodes_in_a_zone.max(count(most));
        if nodes > self.worst.nodes {
            let first = self.recent[0];
            self.worst.nodes = nodes;
            // A replacement that is taken within the same five minutes counts on both sides.
            self.worst.of = first.running + (loss.launched - first.launched);
            self.worst.at = Some(loss.at);
        }
    }
}

impl Follow for Bursts {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        let offerings = &self.legend.model.catalog.offerings;
        match *fact {
            Fact::NodeLaunched { offering, .. } => {
                let is_spot = offerings[offering].capacity_type == CapacityType::Spot;
                self.launched += u32::from(is_spot);
            }
            Fact::NodeGone { node, why, .. } if why.is_reclaim() && at >= self.legend.from => {
                let Some(row) = roster.node(node) else { return };
                let offering = &offerings[row.offering];
                if offering.capacity_type == CapacityType::Spot {
                    let (zone, running) = (offering.zone, roster.spot());
                    self.lost(Loss { at, zone, running, launched: self.launched });
                }
            }
            _ => {}
        }
    }
}

//! Replay: capacity as it was seen, instance by instance.
//!
//! A trace says how many instances an offering could hold from each moment on. When it falls, those
//! that were launched last are taken; when it rises, what waits is granted. So a pool that always
//! wants at least as many holds exactly what the trace held.

use std::collections::BTreeMap;

use super::{CapacityPath, Reclaims};
use crate::market::{Batch, Episode, MarketEvent};
use crate::model::Model;
use crate::model::catalog::{Capacity, OfferingId};
use crate::rng::Root;
use crate::table::Table;
use crate::time::{SimTime, Span};

/// Capacity as it was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replay {
    /// How many instances each offering could hold, from which moment on; in order. Of offerings
    /// that are not named there is always enough.
    pub traces: BTreeMap<OfferingId, Vec<(SimTime, u32)>>,
    /// How long before its loss the provider says so of an instance.
    pub notice: Span,
}

impl Reclaims for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn has_rates(&self) -> bool {
        false
    }

    fn open(&self, _: Root, model: &Model, _: f64) -> Box<dyn CapacityPath> {
        let none = Vec::new();
        let ids = model.catalog.offerings.ids();
        let paths = ids.map(|id| self.path(self.traces.get(&id).unwrap_or(&none)));
        Box::new(Open { paths: paths.collect() })
    }
}

impl Replay {
    fn path(&self, trace: &[(SimTime, u32)]) -> Path {
        let mut start = Capacity::Ample;
        let mut moves = Vec::new();
        let mut before = u32::MAX;
        for (at, count) in trace.iter().copied() {
            if at == SimTime::ZERO {
                start = Capacity::Holds(count);
            } else if count != before {
                moves.push((at, MarketEvent::CapacityChanges(Capacity::Holds(count))));
                if count < before && self.notice > Span::ZERO {
                    let episode = Episode { key: u64::from(count), announced: None };
                    moves.push((at.back(self.notice), MarketEvent::Reclaim(episode)));
                }
            }
            before = count;
        }
        moves.sort_by_key(|(at, _)| *at);
        moves.reverse();
        Path { start, moves }
    }
}

/// One offering's moves, the next one last.
struct Path {
    start: Capacity,
    moves: Vec<(SimTime, MarketEvent)>,
}

struct Open {
    paths: Table<OfferingId, Path>,
}

impl CapacityPath for Open {
    fn at_start(&mut self, offering: OfferingId) -> Capacity {
        self.paths[offering].start
    }

    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        self.paths[offering].moves.pop()
    }

    /// An episode's key is how many instances it leaves.
    fn batch(&self, _: OfferingId, episode: Episode, _: u32) -> Batch {
        Batch::DownTo(u32::try_from(episode.key).unwrap_or(u32::MAX))
    }
}

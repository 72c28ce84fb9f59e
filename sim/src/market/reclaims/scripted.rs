//! Scripted events: what a planner wants to see happen, on top of another model.
//!
//! At its time an event takes a share of the instances of some offerings, and for a while there is
//! no capacity for others.

use std::sync::Arc;

use super::{CapacityPath, Reclaims};
use crate::market::{Batch, Episode, Instance, MarketEvent, Reclaim};
use crate::model::Model;
use crate::model::catalog::{Capacity, OfferingId};
use crate::rng::Root;
use crate::table::Table;
use crate::time::{SimTime, Span};

/// A model of reclaims, and what happens besides.
#[derive(Clone)]
pub struct Scripted {
    /// What happens anyway.
    pub beside: Arc<dyn Reclaims>,
    /// What happens besides, in any order.
    pub events: Vec<Event>,
}

/// Instances are taken, and others cannot be had.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// When the provider decides; instances are gone after its notice.
    pub at: SimTime,
    /// Of which offerings.
    pub offerings: Vec<OfferingId>,
    /// Which share of the instances, from 0 to 1.
    pub share: f64,
    /// For how long there is no capacity afterwards.
    pub outage: Span,
    /// Whether the notice is given, if that is not left to chance.
    pub announced: Option<bool>,
}

impl Reclaims for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn has_rates(&self) -> bool {
        self.beside.has_rates()
    }

    fn per_hour(&self, model: &Model) -> f64 {
        self.beside.per_hour(model)
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath> {
        let scripts = model.catalog.offerings.ids().map(|offering| self.script_of(offering));
        Box::new(Open {
            beside: self.beside.open(root, model, scale),
            shares: self.events.iter().map(|event| event.share).collect(),
            scripts: scripts.collect(),
        })
    }
}

/// Keys of scripted episodes; no other model's are as high.
const SCRIPTED: u64 = 1 << 63;

impl Scripted {
    fn script_of(&self, offering: OfferingId) -> Script {
        let mut steps = Vec::new();
        let own = self.events.iter().enumerate().filter(|(_, it)| it.offerings.contains(&offering));
        for (number, event) in own {
            if event.outage > Span::ZERO {
                steps.push((event.at, Step::OutageBegins));
                steps.push((event.at + event.outage, Step::OutageEnds));
            }
            let key = SCRIPTED | number as u64;
            steps.push((event.at, Step::Takes(Episode { key, announced: event.announced })));
        }
        steps.sort_by_key(|(at, _)| *at);
        steps.reverse();
        Script { steps, outages: 0, beneath: Capacity::Ample, next: None }
    }
}

#[derive(Clone, Copy)]
enum Step {
    OutageBegins,
    OutageEnds,
    Takes(Episode),
}

/// One offering's events, and how its capacity would be without them.
struct Script {
    /// What is still to come, the next one last.
    steps: Vec<(SimTime, Step)>,
    /// How many outages there are at once.
    outages: u32,
    beneath: Capacity,
    /// What the other model does next, once it has been asked.
    next: Option<Option<(SimTime, MarketEvent)>>,
}

struct Open {
    beside: Box<dyn CapacityPath>,
    shares: Vec<f64>,
    scripts: Table<OfferingId, Script>,
}

impl CapacityPath for Open {
    fn at_start(&mut self, offering: OfferingId) -> Capacity {
        let capacity = self.beside.at_start(offering);
        self.scripts[offering].beneath = capacity;
        capacity
    }

    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        let script = &mut self.scripts[offering];
        loop {
            let next = *script.next.get_or_insert_with(|| self.beside.next_event(offering));
            let step = script.steps.last().copied();
            match (next, step) {
                (Some((at, happening)), step) if step.is_none_or(|(own, _)| at <= own) => {
                    script.next = None;
                    if let MarketEvent::CapacityChanges(capacity) = happening {
                        script.beneath = capacity;
                        if script.outages > 0 {
                            continue;
                        }
                    }
                    return Some((at, happening));
                }
                (_, Some((at, step))) => {
                    script.steps.pop();
                    match step {
                        Step::Takes(episode) => return Some((at, MarketEvent::Reclaim(episode))),
                        Step::OutageBegins => {
                            script.outages += 1;
                            return Some((at, MarketEvent::CapacityChanges(Capacity::Exhausted)));
                        }
                        Step::OutageEnds => {
                            script.outages -= 1;
                            if script.outages == 0 {
                                return Some((at, MarketEvent::CapacityChanges(script.beneath)));
                            }
                        }
                    }
                }
                (None, None) => return None,
                // Either there is no own step, and the first arm holds, or there is one.
                (Some(_), None) => unreachable!("the other model's move comes first"),
            }
        }
    }

    fn batch(&self, offering: OfferingId, episode: Episode, running: u32) -> Batch {
        if episode.key & SCRIPTED == 0 {
            return self.beside.batch(offering, episode, running);
        }
        let number = usize::try_from(episode.key & !SCRIPTED).unwrap_or(usize::MAX);
        self.shares.get(number).map_or(Batch::Nothing, |share| Batch::Share(*share))
    }

    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        self.beside.fate(instance, launched_at)
    }
}

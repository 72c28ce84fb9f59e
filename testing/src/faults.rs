//! Faults: sequences of losses that the cloud may inflict on a whole run.
//!
//! A sequence of faults is a model of reclaims: it takes instances away at its own times, with
//! notice or without. So faults go where any such model goes, into a [`sim::Setup`], and
//! proptest finds the shortest sequence that breaks a rule.

use proptest::prelude::*;
use sim::market::reclaims::{CapacityPath, Reclaims};
use sim::market::{Instance, Reclaim};
use sim::model::Model;
use sim::model::catalog::OfferingId;
use sim::{Root, SimTime, Span};

/// Losses, in any order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Faults(pub Vec<Fault>);

/// Spot instances that are taken at one moment. Those that are launched later are not meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// When they cease to exist.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// Of those there, every n-th is taken; 1 takes all.
    pub one_in: u32,
    /// Whether the provider gives its notice.
    pub announced: bool,
}

/// Where instances are taken. Offerings go by number, and begin anew after the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Of one instance type in one zone.
    Offering(usize),
    /// Of all instance types in the zone of one offering.
    Zone(usize),
    /// In all zones.
    Everywhere,
}

/// Up to `most` faults within a time.
pub fn faults(most: usize, within: Span) -> impl Strategy<Value = Faults> {
    prop::collection::vec(fault(within), 0..=most).prop_map(Faults)
}

/// One fault within a time.
pub fn fault(within: Span) -> impl Strategy<Value = Fault> {
    let place = prop_oneof![
        3 => (0_usize..64).prop_map(Place::Offering),
        2 => (0_usize..64).prop_map(Place::Zone),
        1 => Just(Place::Everywhere),
    ];
    (0..=within.as_ms(), place, 1_u32..4, any::<bool>()).prop_map(
        |(ms, place, one_in, announced)| Fault {
            at: SimTime::from_ms(ms),
            place,
            one_in,
            announced,
        },
    )
}

impl Reclaims for Faults {
    fn name(&self) -> &'static str {
        "faults"
    }

    fn open(&self, _: Root, model: &Model, _: f64) -> Box<dyn CapacityPath> {
        let offerings: Vec<OfferingId> = model.catalog.offerings.ids().collect();
        let zone = |id: OfferingId| model.catalog.offerings[id].zone;
        let mut losses = Vec::new();
        for fault in &self.0 {
            for offering in &offerings {
                let one = |number: usize| offerings[number % offerings.len()];
                let meant = match fault.place {
                    Place::Offering(number) => one(number) == *offering,
                    Place::Zone(number) => zone(one(number)) == zone(*offering),
                    Place::Everywhere => true,
                };
                if meant {
                    losses.push((fault.clone(), *offering));
                }
            }
        }
        losses.sort_by_key(|(fault, _)| fault.at);
        Box::new(Open { losses })
    }
}

struct Open {
    /// Every fault with each offering it is about, in the order of time.
    losses: Vec<(Fault, OfferingId)>,
}

impl CapacityPath for Open {
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let meant = |(fault, offering): &&(Fault, OfferingId)| {
            *offering == instance.offering
                && fault.at > launched_at
                && instance.ordinal.is_multiple_of(fault.one_in)
        };
        let (fault, _) = self.losses.iter().find(meant)?;
        Some(Reclaim { at: fault.at, announced: Some(fault.announced) })
    }
}

//! What is lost besides: instances that fail, spot and on-demand alike, and zones that go with all that
//! is in them. None of it is a reclaim, and nothing announces it.

use crate::model::catalog::OfferingId;
use crate::time::{SimTime, Span};

/// How instances fail.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Failures {
    /// Expected failures per hour of an instance, however it was bought and however old it is.
    pub per_hour: f64,
    /// What goes at a time, in any order.
    pub outages: Vec<Outage>,
}

/// Instances fail together, and for a while others cannot be had.
#[derive(Clone, PartialEq, Debug)]
pub struct Outage {
    /// When.
    pub at: SimTime,
    /// Of which offerings.
    pub offerings: Vec<OfferingId>,
    /// Which share of the instances, from 0 to 1.
    pub share: f64,
    /// For how long there is no capacity.
    pub lasts: Span,
}

impl Failures {
    /// Whether an outage keeps an offering from being had at a time.
    #[must_use]
    pub fn keep_away(&self, offering: OfferingId, now: SimTime) -> bool {
        let lasts = |it: &&Outage| it.at <= now && now < it.at + it.lasts;
        self.outages.iter().filter(lasts).any(|it| it.offerings.contains(&offering))
    }
}

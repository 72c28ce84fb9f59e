//! Offerings that the provider had none of a short while ago: Karpenter asks for none of them for three
//! minutes.
// Karpenter: aws:pkg/cache/unavailableofferings.go

use std::collections::BTreeMap;

use sim::model::catalog::OfferingId;
use sim::time::{SimTime, Span};

const FOR: Span = Span::from_secs(180);

/// Until when each is not asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Unavailable {
    until: BTreeMap<OfferingId, SimTime>,
}

impl Unavailable {
    /// The provider has none of an offering, or is about to take one.
    pub(super) fn mark(&mut self, offering: OfferingId, now: SimTime) {
        self.until.insert(offering, now + FOR);
    }

    /// Whether an offering is asked for.
    pub(super) fn is_available(&self, offering: OfferingId) -> bool {
        !self.until.contains_key(&offering)
    }

    /// Forgets what is over. Whether anything was.
    pub(super) fn forget(&mut self, now: SimTime) -> bool {
        let before = self.until.len();
        self.until.retain(|_, until| *until > now);
        self.until.len() < before
    }
}

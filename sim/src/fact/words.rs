//! Facts as 64-bit words: what the digest of a run is made of.

use super::{Cause, Fact, Sink};
use crate::digest::{self, Digest};
use crate::model::breach::{Bound, Breach};
use crate::model::catalog::Capacity;
use crate::model::disruption::DisruptionReason;
use crate::model::pod::{End, Limit};
use crate::model::quota::Counted;
use crate::money::MicroUsdPerHour;
use crate::table::Id;
use crate::time::{SimTime, Span};

/// The digest of a run: every word of every fact, in order.
impl Sink for Digest {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.mix(at.as_ms());
        fact.words(|word| self.mix(word));
    }
}

/// Something that is written into a digest as a word, or as half of one if it fits.
pub(super) trait Word {
    fn word(self) -> u64;
}

impl<I: Id> Word for I {
    fn word(self) -> u64 {
        self.index() as u64
    }
}

macro_rules! words {
    ($($type:ty: $this:ident => $word:expr;)+) => {$(
        impl Word for $type {
            fn word(self) -> u64 {
                let $this = self;
                $word
            }
        }
    )+};
}

words! {
    u32: it => u64::from(it);
    u64: it => it;
    bool: it => u64::from(it);
    Span: it => it.as_ms();
    SimTime: it => it.as_ms();
    MicroUsdPerHour: it => it.0;
    Option<DisruptionReason>: it => it.map_or(u64::MAX, |reason| reason as u64);
    Capacity: it => it.number();
    Option<Breach>: it => it.map_or(u64::MAX, |breach| breach.number());
    &'static str: it => digest::of_name(it);
}

/// How much is missing, if it is a matter of that.
pub(super) fn missing(breach: Option<Breach>) -> u64 {
    breach.map_or(0, |breach| breach.by)
}

impl Breach {
    /// What and which bound it is, as they are written into digests.
    fn number(self) -> u64 {
        let what = match self.what {
            Counted::Pods => 0,
            Counted::Requests(lane) => (1 << 8) | u64::from(lane.0),
            Counted::Limits(lane) => (2 << 8) | u64::from(lane.0),
        };
        let bound = match self.bound {
            Bound::Stated => 0,
            Bound::Least => 1,
            Bound::Most => 2,
            Bound::Ratio => 3,
            Bound::Room => 4,
        };
        (bound << 32) | what
    }
}

/// Two flags as a number.
pub(super) fn flags(ready: bool, available: bool) -> u32 {
    (u32::from(ready) << 1) | u32::from(available)
}

impl End {
    /// The end as it is written into digests.
    pub(super) fn number(self) -> u32 {
        match self {
            End::Completed => 0,
            End::Clean => 1,
            End::CutShort(Limit::Deadline) => 2,
            End::CutShort(Limit::Grace) => 3,
            End::KilledWithoutWarning => 4,
            End::CutShort(Limit::NodeShutdown) => 5,
            End::Rejected => 6,
            End::OomKilled => 7,
            End::CutShort(Limit::NodePressure) => 8,
        }
    }
}

impl Capacity {
    /// The capacity as it is written into digests.
    fn number(self) -> u64 {
        match self {
            Capacity::Ample => 0,
            Capacity::Contended { open: true } => 1,
            Capacity::Contended { open: false } => 2,
            Capacity::Exhausted => 3,
            Capacity::Holds(most) => (1 << 32) | u64::from(most),
        }
    }
}

impl Cause {
    /// The reason as it is written into digests.
    pub(super) fn number(self) -> u32 {
        match self {
            Cause::Reclaimed => 0,
            Cause::InitialState => 1,
            Cause::Preempted => 2,
            Cause::Tainted => 3,
            Cause::Outbid => 4,
            Cause::Released => 8,
            Cause::JobOver => 9,
            Cause::ScaledDown => 12,
            Cause::RolledOut => 13,
            Cause::NodePressure => 14,
            Cause::VpaUpdate => 15,
            Cause::Drained => 10,
            Cause::Failed => 11,
        }
    }
}

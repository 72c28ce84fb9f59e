//! Packed runs: everything that a run said as bytes, and said again from them.
//!
//! What comes of a run is a fold over its facts, so that a run whose facts are kept need not be simulated
//! again: on another machine, or after an interruption. Its digest says whether they are the same.

use crate::digest::Digest;
use crate::fact::refusal::{Refusal, Refusals};
use crate::fact::{Fact, Sink};
use crate::outcome::{Counters, Run};
use crate::time::{SimTime, Span};

pub use crate::fact::pack::Pack;

/// Writes facts down as they come, and hands them on.
pub struct Packer<S> {
    /// What else sees them.
    pub sink: S,
    now: SimTime,
    count: u64,
    bytes: Vec<u8>,
}

impl<S> Packer<S> {
    /// Nothing has happened yet.
    pub const fn new(sink: S) -> Packer<S> {
        Packer { sink, now: SimTime::ZERO, count: 0, bytes: Vec::new() }
    }

    /// The run as bytes, and what else saw it.
    pub fn finish(self, run: &Run) -> (Vec<u8>, S) {
        let Run { digest, counters, refusals } = run;
        let mut out = Vec::with_capacity(self.bytes.len() + 64);
        for number in [*digest, counters.events, counters.cycles, counters.pods, counters.nodes] {
            number.pack(&mut out);
        }
        let refusals: Vec<Refusal> = refusals.iter().cloned().collect();
        refusals.pack(&mut out);
        self.count.pack(&mut out);
        out.extend_from_slice(&self.bytes);
        (out, self.sink)
    }
}

impl<S: Sink> Sink for Packer<S> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        at.since(self.now).pack(&mut self.bytes);
        fact.pack(&mut self.bytes);
        self.now = at;
        self.count += 1;
        self.sink.fact(at, fact);
    }
}

/// Says everything again that a packed run said, and how it ended; none if these bytes are no run, and
/// then what was said is of no use.
pub fn unpack<S: Sink>(mut bytes: &[u8], sink: &mut S) -> Option<Run> {
    let from = &mut bytes;
    let digest = u64::unpack(from)?;
    let [events, cycles, pods, nodes] = [(); 4].map(|()| u64::unpack(from));
    let counters = Counters { events: events?, cycles: cycles?, pods: pods?, nodes: nodes? };
    let refusals: Refusals = Vec::<Refusal>::unpack(from)?.into_iter().collect();
    let (mut now, mut seen) = (SimTime::ZERO, Digest::EMPTY);
    for _ in 0..u64::unpack(from)? {
        let after = Span::unpack(from)?;
        now = SimTime::from_ms(now.as_ms().checked_add(after.as_ms())?);
        let fact = Fact::unpack(from)?;
        seen.fact(now, &fact);
        sink.fact(now, &fact);
    }
    let is_whole = from.is_empty() && seen.value() == digest;
    is_whole.then_some(Run { digest, counters, refusals })
}

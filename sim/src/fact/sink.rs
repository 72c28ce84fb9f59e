//! Sinks: what takes facts as they happen.

use super::Fact;
use crate::time::SimTime;

/// Takes facts as they happen.
pub trait Sink {
    /// One fact, at its time. Times never fall.
    fn fact(&mut self, at: SimTime, fact: &Fact);
}

/// Keeps everything: for tests and for runs that are written out.
impl Sink for Vec<(SimTime, Fact)> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.push((at, *fact));
    }
}

/// Keeps nothing.
impl Sink for () {
    fn fact(&mut self, _: SimTime, _: &Fact) {}
}

/// Gives each fact to both.
impl<A: Sink, B: Sink> Sink for (A, B) {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.0.fact(at, fact);
        self.1.fact(at, fact);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        (**self).fact(at, fact);
    }
}

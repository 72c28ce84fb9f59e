//! How a back-test goes: how often it recommends, and what is only learned from.

use sim::Span;

/// How a back-test goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plan {
    /// How long each recommendation stands until the next.
    pub step: Span,
    /// How much of a container's history is learned from before the first recommendation is judged.
    pub learn: Span,
    /// By how many per cent CPU and memory together must change before a recommendation takes the place
    /// of the one in force; with 0, every change does.
    pub threshold_percent: u64,
}

impl Default for Plan {
    fn default() -> Plan {
        let hours = Span::from_hours;
        Plan { step: hours(1), learn: hours(24), threshold_percent: 0 }
    }
}

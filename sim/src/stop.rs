//! A wish to stop that comes from outside, while a run goes on.
//!
//! A run is a function of its setup and its root. A wish to stop does not change what comes out of
//! it: it decides only whether anything does. What is stopped has no result, not even a part of one.

use std::sync::atomic::{AtomicBool, Ordering};

/// Never set.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Where a run looks whether it is still wanted: at every event, and again wherever one event makes
/// many pods or nodes. A look is one load from memory that hardly ever changes.
#[derive(Clone, Copy, Debug)]
pub struct Stop<'s>(&'s AtomicBool);

impl<'s> Stop<'s> {
    /// Runs to the end.
    pub const NEVER: Stop<'static> = Stop(&NEVER);

    /// Stops once `wish` is set.
    #[must_use]
    pub fn once(wish: &'s AtomicBool) -> Stop<'s> {
        Stop(wish)
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_wanted(self) -> bool {
        // Nothing else is read by it, so that no order has to be kept.
        self.0.load(Ordering::Relaxed)
    }
}

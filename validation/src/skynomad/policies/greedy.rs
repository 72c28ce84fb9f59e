//! Spot wherever it is offered, cheapest first, and nothing else until the deadline is near.

use super::super::frame::{Frame, Policy};

pub(super) struct Greedy;

impl Policy for Greedy {
    fn act(&mut self, frame: &mut Frame<'_>) {
        if frame.running.is_none() {
            frame.by_spot_price().into_iter().any(|zone| frame.try_spot(zone));
        }
    }
}

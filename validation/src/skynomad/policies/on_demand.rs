//! On-demand in the cheapest zone, all the time.

use super::super::frame::{Frame, Policy};

pub(super) struct OnDemand;

impl Policy for OnDemand {
    fn act(&mut self, frame: &mut Frame<'_>) {
        if frame.running.is_some() {
            return;
        }
        let price = |zone: usize| frame.zones[zone].on_demand;
        let zones = 1..frame.zones.len();
        let cheapest =
            zones.fold(0, |least, zone| if price(zone) < price(least) { zone } else { least });
        frame.launch_on_demand(cheapest);
    }
}

//! UP(S): uniform progress that fails over by price, to another region first.

use super::super::frame::{Frame, Policy};
use super::super::job::Kind;
use super::{fallback, wants_on_demand};

#[derive(Default)]
pub(super) struct UpS {
    /// The zone of what ran last.
    last: Option<usize>,
}

impl Policy for UpS {
    fn act(&mut self, frame: &mut Frame<'_>) {
        let ran = frame.running.map(|it| it.zone);
        self.last = ran.or(self.last);
        let kind = frame.kind();
        let (wish, exit) = frame.job.wish(kind, true);
        if kind.is_some() {
            if wish == kind {
                return;
            }
            frame.stop();
        }
        match wish {
            None => {}
            Some(Kind::OnDemand) => frame.launch_on_demand(fallback(ran, frame)),
            Some(Kind::Spot) => {
                let granted = self.order(frame).into_iter().any(|zone| frame.try_spot(zone));
                if !granted && !exit && wants_on_demand(frame) {
                    frame.launch_on_demand(fallback(ran, frame));
                }
            }
        }
    }
}

impl UpS {
    /// By price, with the region of the last zone behind all others.
    fn order(&self, frame: &Frame<'_>) -> Vec<usize> {
        let region = self.last.map(|zone| frame.zones[zone].region());
        let is_there = |zone: &usize| Some(frame.zones[*zone].region()) == region;
        let (there, elsewhere): (Vec<usize>, Vec<usize>) =
            frame.by_spot_price().into_iter().partition(is_there);
        elsewhere.into_iter().chain(there).collect()
    }
}

//! What came of one run of a job.

use super::job::Kind;

/// What one run cost, and how it got there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Whether the job ended by its deadline.
    pub met: bool,
    /// Dollars for instances, probes and egress.
    pub cost: f64,
    /// The same without the last tick where several zones are in play, as the artifact's tables have it.
    pub published: f64,
    /// Ticks until the end.
    pub ticks: usize,
    /// Ticks with a spot instance.
    pub spot_ticks: usize,
    /// Ticks with an on-demand instance.
    pub on_demand_ticks: usize,
    /// Ticks with an instance that differs from that of the tick before, or that follow none.
    pub switches: usize,
    /// Launches in another zone than that of the last instance.
    pub migrations: usize,
    /// Dollars for moving checkpoints.
    pub egress: f64,
    /// Dollars for probes.
    pub probes: f64,
}

impl Run {
    /// Counts a tick in which this ran, or nothing.
    pub(super) fn count(&mut self, kind: Option<Kind>, is_another: bool) {
        match kind {
            Some(Kind::Spot) => self.spot_ticks += 1,
            Some(Kind::OnDemand) => self.on_demand_ticks += 1,
            None => {}
        }
        self.switches += usize::from(is_another);
    }
}

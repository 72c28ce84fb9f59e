//! The charts of an experiment, one file each: what they find and what they show.

mod cost;
mod disruption;
mod nodes;
mod pending;
mod prices;
mod savings;

use sim::SimTime;

use crate::Summary;
use crate::chart::{Chart, Color};
use crate::export::Recording;
pub(crate) use crate::quantity::many;
use crate::series::Series;
use crate::stats::Estimate;

/// What charts are made from.
#[derive(Clone, Copy)]
pub struct Story<'a> {
    /// Every figure that a chart names.
    pub summary: &'a Summary,
    /// The scenario as it is, over time.
    pub proposed: &'a Series,
    /// The same workload on on-demand nodes only, over time.
    pub on_demand: &'a Series,
    /// The one run that is shown event by event.
    pub recording: Recording<'a>,
    /// Which replication that is.
    pub replication: u32,
}

/// Every chart, the answer first.
#[must_use]
pub fn all(story: &Story<'_>) -> Vec<Chart> {
    vec![
        savings::chart(story),
        cost::chart(story),
        nodes::chart(story),
        disruption::chart(story),
        pending::chart(story),
        prices::chart(story),
    ]
}

/// The colour of each of [`crate::series::CAPACITY_TYPES`], and its name.
const CAPACITY: [(Color, &str); 2] = [(Color::Blue, "on-demand"), (Color::Orange, "spot")];

impl Story<'_> {
    /// Where the data of a chart come from.
    fn source(&self) -> String {
        let summary = self.summary;
        format!("{} · seed {} · spotsim {}", summary.scenario, summary.seed, summary.version)
    }

    /// How many replications, in words.
    fn replications(&self) -> String {
        many(self.summary.replications as u64, "replication")
    }
}

/// Whether a difference is neither nothing nor lost in its interval.
fn shows(difference: Estimate) -> bool {
    difference.mean != 0.0 && !difference.covers_zero()
}

/// An instant on an axis of time.
fn x(at: SimTime) -> f64 {
    at.since(SimTime::ZERO).as_secs_f64()
}

/// The edges of the steps of a series, on an axis of time.
fn edges(series: &Series) -> Vec<f64> {
    (0..=series.steps.len()).map(|index| x(series.edge(index))).collect()
}

//! Policies over several zones, by their names in the published tables.

mod greedy;
mod on_demand;
pub(super) mod skynomad;
mod up_a;
mod up_ap;
mod up_s;

use super::frame::{Frame, Policy};
use super::job::Kind;

/// Makes a policy for as many zones.
type Make = fn(usize) -> Box<dyn Policy>;

/// Every policy over several zones.
const POLICIES: [(&str, Make); 7] = [
    ("on_demand", |_| Box::new(on_demand::OnDemand)),
    ("greedy", |_| Box::new(greedy::Greedy)),
    ("UP(S)", |_| Box::new(up_s::UpS::default())),
    ("UP(A)", |zones| Box::new(up_a::UpA::new(zones))),
    ("UP(AP)", |zones| Box::new(up_ap::UpAp::new(zones))),
    ("SkyNomad", |zones| Box::new(skynomad::SkyNomad::new(zones, false))),
    ("SkyNomad(o)", |zones| Box::new(skynomad::SkyNomad::new(zones, true))),
];

/// The policy of this name; none if there is none.
pub(super) fn named(name: &str, zones: usize) -> Option<Box<dyn Policy>> {
    let known = POLICIES.iter().find(|(known, _)| *known == name);
    known.map(|(_, make)| make(zones))
}

/// Where on-demand is bought when no zone has spot: where something ran, else at home, else in the first.
fn fallback(ran: Option<usize>, frame: &Frame<'_>) -> usize {
    ran.or(frame.home).unwrap_or(0)
}

/// Whether uniform progress wants on-demand where no spot is to be had.
fn wants_on_demand(frame: &Frame<'_>) -> bool {
    frame.job.wish(None, false).0 == Some(Kind::OnDemand)
}

/// The zone with the most of something, and the order of all: those with as much as listed.
fn ranked(scores: &[f64]) -> Vec<usize> {
    let mut zones: Vec<usize> = (0..scores.len()).collect();
    zones.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
    zones
}

/// How many ticks are nearest to a number of seconds.
fn ticks(seconds: f64, tick: f64) -> usize {
    // A few dozen, and not negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ticks = (seconds / tick).round() as usize;
    ticks
}

//! Persistent volumes: what is paid for them in the window, whatever happens to pods and nodes.

use sim::terms::contract::PaidVolumes;
use sim::{Cost, Legend, SimTime};

/// The volumes that are paid for in the window, each with since when; until when is the window's end.
pub fn paid(legend: &Legend) -> impl Iterator<Item = (&PaidVolumes, SimTime)> {
    let all = legend.terms.contract.volumes.iter();
    all.map(|it| (it, it.from.max(legend.from))).filter(|(_, from)| *from < legend.to)
}

/// What they cost together.
#[must_use]
pub fn cost(legend: &Legend) -> Cost {
    paid(legend).map(|(it, from)| it.rate * legend.to.since(from)).sum()
}

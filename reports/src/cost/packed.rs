//! Packed breakdowns: what a run cost, by every dimension, in few bytes.
//!
//! A run has a row for each of its pools, types, zones and workloads, and all that is ever asked of the
//! rows of one run is that they be added to those of the others.

use sim::Cost;
use sim::packed::Pack;

use super::breakdown::{Breakdown, DIMENSIONS, Dimension};

/// The breakdown of one run, to be added to that of others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// The same in few bytes.
    #[must_use]
    pub fn of(breakdown: &Breakdown) -> Packed {
        let mut bytes = Vec::new();
        breakdown.apart().iter().for_each(|cost| cost.pack(&mut bytes));
        for ((dimension, row), cost) in breakdown.numbers() {
            let place = DIMENSIONS.iter().position(|it| *it == dimension).unwrap_or(0);
            (place as u64).pack(&mut bytes);
            row.pack(&mut bytes);
            cost.pack(&mut bytes);
        }
        Packed(bytes.into_boxed_slice())
    }

    /// Adds it to that of other runs of the same plan.
    pub fn add_to(&self, sum: &mut Breakdown) {
        let mut rest = &self.0[..];
        sum.add_apart([(); 3].map(|()| Cost::unpack(&mut rest).unwrap_or_default()));
        let row = || -> Option<((Dimension, u32), Cost)> {
            let place = usize::try_from(u64::unpack(&mut rest)?).ok()?;
            let key = (*DIMENSIONS.get(place)?, u32::unpack(&mut rest)?);
            Some((key, Cost::unpack(&mut rest)?))
        };
        std::iter::from_fn(row).for_each(|(key, cost)| sum.enter(key, cost));
    }
}

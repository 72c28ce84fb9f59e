//! Spot prices as on Azure: now and then, from one month to the next, a price changes.

use super::waves::Waves;
use crate::time::Span;

/// Calibrated on little: effective dates fall on the first of a month, and some 24 of 58 sizes changed
/// within three months, which is a chance of 16 % a month. No source says how far, nor whether
/// one change says anything of the next: 10 % up or down at random is an assumption. A month has 730 h.
pub const AZURE: Waves = Waves {
    name: "azure",
    every: Span::from_hours(730),
    changes: 0.16,
    same_sign: 0.5,
    percent: 10,
    lowest: 0.1,
};

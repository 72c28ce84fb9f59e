//! A breach: what admission finds of a pod that asks for more, or states less, than it may.

use super::quota::Counted;

/// A bound that a pod does not keep to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Breach {
    /// Of which amount.
    pub what: Counted,
    /// Which bound it is.
    pub bound: Bound,
    /// What is missing: in thousandths of a CPU, in bytes, or in pieces.
    pub by: u64,
}

/// What bounds an amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// It has to be stated.
    Stated,
    /// It is at least this.
    Least,
    /// It is at most this.
    Most,
    /// The limit is at most this multiple of the request.
    Ratio,
    /// There has to be room for it beside other pods.
    Room,
}

impl Bound {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Bound::Stated => "stated",
            Bound::Least => "min",
            Bound::Most => "max",
            Bound::Ratio => "maxLimitRequestRatio",
            Bound::Room => "hard",
        }
    }
}

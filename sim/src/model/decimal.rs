//! Numbers with a fraction, exactly as they were written.

/// Digits times a power of ten.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    /// The digits as a whole number.
    pub digits: i64,
    /// The power of ten that they count.
    pub exponent: i32,
}

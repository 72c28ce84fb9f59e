//! Quantities as Kubernetes writes them: `500m`, `1.5Gi`, `2e3`.
//!
//! Read exactly as `apimachinery` reads them, with two differences, both on the strict side: a text
//! without any digit is refused, and so is an amount that does not fit into the 64 bits in which
//! the scheduler would count it.

/// An exact amount in billionths, not negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Quantity(u128);

const NANO: u128 = 1_000_000_000;
/// The most that Kubernetes counts to.
const MOST: u128 = i64::MAX as u128 * NANO;
/// Suffixes: times a power of two, or of ten.
const BINARY: [(&str, u32); 6] =
    [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
const DECIMAL: [(&str, i32); 10] = [
    ("", 0),
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

impl Quantity {
    /// Reads a quantity that must not be negative: no pod asks for less than nothing.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    // apimachinery: pkg/api/resource/quantity.go ParseQuantity
    pub fn parse(text: &str) -> Result<Quantity, String> {
        let wrong = || format!("`{text}` is not a quantity; write for example 500m, 2 or 1.5Gi");
        let too_large = || format!("`{text}` is larger than Kubernetes can count");
        let negative = text.starts_with('-');
        let body = text.strip_prefix(['+', '-']).unwrap_or(text);
        let number = body.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (number, suffix) = body.split_at(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(wrong());
        }
        let binary = BINARY.iter().find(|(name, _)| *name == suffix).map(|(_, power)| *power);
        let exponent = match DECIMAL.iter().find(|(name, _)| *name == suffix) {
            _ if binary.is_some() => 0,
            Some((_, exponent)) => *exponent,
            None => {
                let digits = suffix.strip_prefix(['e', 'E']).ok_or_else(wrong)?;
                digits.parse().map_err(|_| wrong())?
            }
        };
        let digits = times(whole.bytes().chain(fraction.bytes()), 1 << binary.unwrap_or(0));
        let places = i64::try_from(fraction.len()).map_err(|_| wrong())?;
        let nano = scaled_up(&digits, i64::from(exponent) - places + 9);
        let nano = match nano {
            Some(nano) if nano <= MOST => nano,
            // A binary suffix is capped, silently.
            _ if binary.is_some() => MOST,
            _ => return Err(too_large()),
        };
        if negative && nano > 0 {
            return Err(format!("`{text}` is negative"));
        }
        Ok(Quantity(nano))
    }

    /// In thousandths, rounded up (`MilliValue`).
    #[must_use]
    pub fn milli(self) -> u64 {
        u64::try_from(self.0.div_ceil(NANO / 1_000)).unwrap_or(u64::MAX)
    }

    /// In whole units, rounded up (`Value`).
    #[must_use]
    pub fn value(self) -> u64 {
        u64::try_from(self.0.div_ceil(NANO)).unwrap_or(u64::MAX)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }
}

/// Decimal digits times a factor, however many there are; without leading zeros.
fn times(digits: impl DoubleEndedIterator<Item = u8>, factor: u64) -> Vec<u8> {
    let mut product = Vec::new();
    let mut carry = 0_u128;
    for digit in digits.rev() {
        carry += u128::from(digit - b'0') * u128::from(factor);
        product.push((carry % 10) as u8);
        carry /= 10;
    }
    while carry > 0 {
        product.push((carry % 10) as u8);
        carry /= 10;
    }
    while product.last() == Some(&0) {
        product.pop();
    }
    product.reverse();
    product
}

/// Decimal digits times a power of ten; what is finer than one is rounded up. None is too large.
fn scaled_up(digits: &[u8], exponent: i64) -> Option<u128> {
    let cut = usize::try_from(exponent.min(0).unsigned_abs()).unwrap_or(usize::MAX);
    let (kept, lost) = digits.split_at(digits.len().saturating_sub(cut));
    let number = kept.iter().try_fold(0_u128, |number, digit| {
        number.checked_mul(10)?.checked_add(u128::from(*digit))
    })?;
    let number = number + u128::from(lost.iter().any(|digit| *digit > 0));
    if number == 0 {
        return Some(0);
    }
    let power = u32::try_from(exponent.max(0)).ok().and_then(|power| 10_u128.checked_pow(power))?;
    number.checked_mul(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_kubernetes() {
        let value = |text| Quantity::parse(text).unwrap().value();
        let milli = |text| Quantity::parse(text).unwrap().milli();
        assert_eq!([milli("250m"), milli("0.3"), milli("2"), milli("1e-3")], [250, 300, 2_000, 1]);
        assert_eq!(value("1.5Gi"), 3 << 29);
        assert_eq!(
            [value("500M"), value("1E"), value("1e3")],
            [500_000_000, 10_u64.pow(18), 1_000]
        );
        assert_eq!([value("100m"), milli("100u"), value("0")], [1, 1, 0], "rounded up");
    }

    #[test]
    fn what_is_not_a_quantity_is_refused() {
        for text in
            ["", ".", "-", "m", "1.2.3", "1Q", "-1", "1 Gi", "0x10", "e3", "1e", "9E9E", "1Ee"]
        {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_edges_of_what_can_be_counted() {
        let value = |text| Quantity::parse(text).map(Quantity::value);
        let most = i64::MAX.unsigned_abs();
        assert_eq!(value("8Ei"), Ok(most), "capped");
        assert_eq!(value("9223372036854775807"), Ok(most));
        assert!(value("9223372036854775808").unwrap_err().contains("larger"));
        assert!(value("1e400").unwrap_err().contains("larger"));
        assert_eq!([value("1e-400"), value("0e400"), value("-0")], [Ok(1), Ok(0), Ok(0)]);
        assert!(value("-1e-400").unwrap_err().contains("negative"));
    }
}

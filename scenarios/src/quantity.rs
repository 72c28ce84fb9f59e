//! Quantities as Kubernetes writes them: `500m`, `1.5Gi`, `2e3`.

/// An exact amount in billionths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Quantity(i128);

const NANO: i128 = 1_000_000_000;
const SUFFIXES: [(&str, i128, i128); 15] = [
    ("Ki", 1 << 10, 1),
    ("Mi", 1 << 20, 1),
    ("Gi", 1 << 30, 1),
    ("Ti", 1 << 40, 1),
    ("Pi", 1 << 50, 1),
    ("Ei", 1 << 60, 1),
    ("n", 1, NANO),
    ("u", 1, 1_000_000),
    ("m", 1, 1_000),
    ("k", 1_000, 1),
    ("M", 1_000_000, 1),
    ("G", NANO, 1),
    ("T", 1_000_000_000_000, 1),
    ("P", 1_000_000_000_000_000, 1),
    ("E", 1_000_000_000_000_000_000, 1),
];

impl Quantity {
    /// Reads a quantity that must not be negative.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    // apimachinery: pkg/api/resource/quantity.go ParseQuantity
    pub fn parse(text: &str) -> Result<Quantity, String> {
        let wrong = || format!("`{text}` is not a quantity; write for example 500m, 2 or 1.5Gi");
        if text.starts_with('-') {
            return Err(format!("`{text}` is negative"));
        }
        let body = text.strip_prefix('+').unwrap_or(text);
        let number = body.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (number, suffix) = body.split_at(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(wrong());
        }
        let (times, over) = match SUFFIXES.iter().find(|(name, ..)| *name == suffix) {
            Some((_, times, over)) => (*times, *over),
            None if suffix.is_empty() => (1, 1),
            None => {
                let exponent = suffix.strip_prefix(['e', 'E']).ok_or_else(wrong)?;
                let exponent: i32 = exponent.parse().map_err(|_| wrong())?;
                let power = 10_i128.checked_pow(exponent.unsigned_abs()).ok_or_else(wrong)?;
                if exponent < 0 { (1, power) } else { (power, 1) }
            }
        };
        let too_large = || format!("`{text}` is larger than Kubernetes can count");
        let digits = format!("{whole}{fraction}");
        let digits: i128 = digits.parse().map_err(|_| too_large())?;
        let shift = u32::try_from(fraction.len()).map_err(|_| wrong())?;
        let over = 10_i128.checked_pow(shift).and_then(|ten| ten.checked_mul(over));
        let over = over.ok_or_else(wrong)?;
        let scaled =
            digits.checked_mul(times).and_then(|n| n.checked_mul(NANO)).ok_or_else(too_large)?;
        // What is finer than a billionth is rounded up, as Kubernetes does.
        let nano = scaled / over + i128::from(scaled % over != 0);
        if nano > i128::from(i64::MAX) * NANO {
            return Err(too_large());
        }
        Ok(Quantity(nano))
    }

    /// In thousandths, rounded up (`MilliValue`).
    #[must_use]
    pub fn milli(self) -> u64 {
        u64::try_from(div_up(self.0, NANO / 1_000)).unwrap_or(u64::MAX)
    }

    /// In whole units, rounded up (`Value`).
    #[must_use]
    pub fn value(self) -> u64 {
        u64::try_from(div_up(self.0, NANO)).unwrap_or(u64::MAX)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }
}

fn div_up(amount: i128, unit: i128) -> i128 {
    amount / unit + i128::from(amount % unit != 0)
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
            ["", ".", "1.2.3", "1Q", "-1", "1 Gi", "0x10", "e3", "99999999999999999999", "9E9E"]
        {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }
}

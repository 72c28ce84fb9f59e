//! Any text is a quantity, of which wholes and thousandths agree, or is refused.

use scenarios::quantity::Quantity;

pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let quantity = match Quantity::parse(text) {
        Ok(quantity) => quantity,
        Err(what) => {
            assert!(what.contains(text), "{what} does not say what was written");
            return false;
        }
    };
    let value = quantity.value();
    assert!(value <= i64::MAX.unsigned_abs());
    // The whole part, read again, is itself; and thousandths agree with wholes.
    let whole = Quantity::parse(&value.to_string()).expect("a number is a quantity");
    assert_eq!(whole.value(), value);
    assert!(whole >= quantity);
    let milli = quantity.milli();
    if milli < u64::MAX {
        assert_eq!(milli.div_ceil(1_000), value);
    }
    // A sign, and a zero in front, change nothing.
    if text.starts_with(|it: char| it.is_ascii_digit()) {
        assert_eq!(Quantity::parse(&format!("+0{text}")), Ok(quantity));
    }
    assert!(quantity.plus(quantity) >= quantity);
    true
}

//! Any text is a quantity or is refused; `cargo +nightly fuzz run quantity`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenarios::quantity::Quantity;

fuzz_target!(|text: &str| {
    let Ok(quantity) = Quantity::parse(text) else { return };
    let value = quantity.value();
    assert!(value <= i64::MAX.unsigned_abs());
    // The whole part, read again, is itself; and thousandths agree with wholes.
    let whole = Quantity::parse(&value.to_string()).expect("a number is a quantity");
    assert_eq!(whole.value(), value);
    assert!(whole >= quantity);
});

//! Quantities against a slow oracle that knows no limits.

use num_bigint::BigUint;
use proptest::prelude::*;
use scenarios::quantity::Quantity;

/// Suffixes with what they multiply by: a base and an exponent.
const SUFFIXES: [(&str, u32, i32); 16] = [
    ("", 10, 0),
    ("n", 10, -9),
    ("u", 10, -6),
    ("m", 10, -3),
    ("k", 10, 3),
    ("M", 10, 6),
    ("G", 10, 9),
    ("T", 10, 12),
    ("P", 10, 15),
    ("E", 10, 18),
    ("Ki", 2, 10),
    ("Mi", 2, 20),
    ("Gi", 2, 30),
    ("Ti", 2, 40),
    ("Pi", 2, 50),
    ("Ei", 2, 60),
];

/// `ceil(whole.fraction x base^exponent x 10^scale)`.
fn oracle(whole: &str, fraction: &str, base: u32, exponent: i32, scale: u32) -> BigUint {
    let digits: BigUint = format!("0{whole}{fraction}").parse().expect("digits");
    let places = u32::try_from(fraction.len()).expect("a short text");
    let over = BigUint::from(10_u32).pow(places);
    let power = BigUint::from(base).pow(exponent.unsigned_abs());
    let (times, over) =
        if exponent < 0 { (BigUint::from(1_u32), over * power) } else { (power, over) };
    let numerator = digits * times * BigUint::from(10_u32).pow(scale);
    (&numerator + &over - 1_u32) / over
}

/// What Kubernetes makes of it: rounded up to billionths first, then capped or refused, then read.
fn expected(nano: &BigUint, binary: bool, unit: u32) -> Option<BigUint> {
    let most = BigUint::from(i64::MAX.unsigned_abs()) * 1_000_000_000_u32;
    let nano = match nano {
        nano if *nano <= most => nano.clone(),
        _ if binary => most,
        _ => return None,
    };
    Some((nano + unit - 1_u32) / unit)
}

proptest! {
    #[test]
    fn every_quantity_is_what_kubernetes_makes_of_it(
        sign in prop::sample::select(vec!["", "+"]),
        whole in "[0-9]{0,25}",
        point in any::<bool>(),
        fraction in "[0-9]{0,25}",
        (suffix, base, exponent) in prop_oneof![
            prop::sample::select(SUFFIXES.to_vec()).prop_map(|(s, b, e)| (s.to_owned(), b, e)),
            (-40..40_i32, any::<bool>())
                .prop_map(|(e, up)| (format!("{}{e}", if up { 'E' } else { 'e' }), 10, e)),
        ],
    ) {
        let fraction = if point { fraction } else { String::new() };
        prop_assume!(!whole.is_empty() || !fraction.is_empty());
        let dot = if point { "." } else { "" };
        let text = format!("{sign}{whole}{dot}{fraction}{suffix}");
        let nano = oracle(&whole, &fraction, base, exponent, 9);
        let got = Quantity::parse(&text);
        let value = expected(&nano, base == 2, 1_000_000_000);
        prop_assert_eq!(got.clone().ok().map(|q| q.value().into()), value, "{}", text);
        let milli = expected(&nano, base == 2, 1_000_000);
        if milli.as_ref().is_some_and(|milli| *milli <= u64::MAX.into()) {
            prop_assert_eq!(got.clone().ok().map(|q| q.milli().into()), milli, "{}", text);
        }
        let negative = Quantity::parse(&format!("-{}", text.trim_start_matches('+')));
        let zero = nano == BigUint::ZERO;
        prop_assert_eq!(negative.is_ok(), zero, "-{}", text);
    }

    #[test]
    fn no_text_is_too_strange_to_answer(text in "\\PC{0,12}|[-+0-9.eEinumkKMGTP]{0,40}") {
        if let Ok(quantity) = Quantity::parse(&text) {
            prop_assert!(quantity.value() <= i64::MAX.unsigned_abs());
        }
    }
}

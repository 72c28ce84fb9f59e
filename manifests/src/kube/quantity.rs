//! A quantity as it was written, so that printing it changes nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::quantity;

/// Resources by name.
pub type ResourceList = BTreeMap<String, Quantity>;

/// The text of a quantity: `500m`, `1.5Gi`, `2`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Quantity(pub Box<str>);

impl Quantity {
    /// What the text means.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn amount(&self) -> Result<quantity::Quantity, String> {
        quantity::Quantity::parse(&self.0)
    }

    /// What the text means, as digits and the power of ten that they count.
    ///
    /// # Errors
    /// As [`Quantity::amount`].
    // apimachinery: pkg/api/resource/quantity.go AsApproximateFloat64
    pub fn decimal(&self) -> Result<(i64, i32), String> {
        let amount = self.amount()?;
        let wrong = || format!("`{}` has more digits than Kubernetes counts with", self.0);
        let number = self.0.trim_end_matches(|it: char| it != '.' && !it.is_ascii_digit());
        let exponent = match &self.0[number.len()..] {
            "" => 0,
            "m" => -3,
            "u" => -6,
            "n" => -9,
            // Of anything larger, thousandths are enough.
            _ => return Ok((i64::try_from(amount.milli()).map_err(|_| wrong())?, -3)),
        };
        let digits: String = number.chars().filter(|it| *it != '.').collect();
        let places = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let places = i32::try_from(places).map_err(|_| wrong())?;
        Ok((digits.parse().map_err(|_| wrong())?, exponent - places))
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Quantity {
        Quantity(text.into())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A text or a number, as the API server accepts both.
impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Quantity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity, for example 500m or 1.5Gi")
            }

            fn visit_str<E>(self, text: &str) -> Result<Quantity, E> {
                Ok(text.into())
            }

            fn visit_u64<E>(self, number: u64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_string().into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_string().into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_string().into()))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

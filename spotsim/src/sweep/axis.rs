//! Axes: a path of a scenario, and the values that it is given.

use std::fmt;
use std::str::FromStr;

/// The most values that an axis has.
const MOST: i128 = 10_000;

/// A path of a scenario, and the values that it is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// The path, as `Scenario::with` takes it.
    pub path: String,
    /// What it is given.
    pub values: Values,
}

/// What a path is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Values {
    /// These values, as in YAML.
    Listed(Vec<String>),
    /// Any value between two ends.
    Between(Decimal, Decimal, String),
}

/// A decimal number, exactly: 0.1 and 0.1 and 0.1 are 0.3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decimal {
    digits: i128,
    /// How many of the digits stand behind the point.
    places: u32,
}

/// Reads `path=a,b,c`, `path=lo..hi:step` or `path=lo..hi`; numbers may have a unit, `30s..5m` with the
/// same one.
impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Axis, String> {
        let parts =
            text.split_once('=').filter(|(path, values)| !path.is_empty() && !values.is_empty());
        let (path, written) = parts.ok_or("write it as PATH=a,b,c or PATH=lo..hi:step")?;
        let values = match written.split_once("..") {
            Some((low, rest)) => range(low, rest)?,
            None => Values::Listed(listed(written)?),
        };
        Ok(Axis { path: path.to_owned(), values })
    }
}

/// Values between commas; those within brackets and quotes belong to a value.
fn listed(text: &str) -> Result<Vec<String>, String> {
    let (mut values, mut value, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    for letter in text.chars() {
        match letter {
            ',' if depth == 0 && quote.is_none() => values.push(std::mem::take(&mut value)),
            letter => {
                match letter {
                    '"' | '\'' if quote == Some(letter) => quote = None,
                    '"' | '\'' if quote.is_none() => quote = Some(letter),
                    '[' | '{' if quote.is_none() => depth += 1,
                    ']' | '}' if quote.is_none() => depth = depth.saturating_sub(1),
                    _ => {}
                }
                value.push(letter);
            }
        }
    }
    values.push(value);
    let values: Vec<String> = values.iter().map(|it| it.trim().to_owned()).collect();
    match values.iter().position(String::is_empty) {
        Some(at) => Err(format!("value {} of `{text}` is empty", at + 1)),
        None => Ok(values),
    }
}

fn range(low: &str, rest: &str) -> Result<Values, String> {
    let (high, step) = match rest.split_once(':') {
        Some((high, step)) => (high, Some(step)),
        None => (rest, None),
    };
    let ((low, low_unit), (high, high_unit)) = (number(low)?, number(high)?);
    if low_unit != high_unit && !(low_unit.is_empty() && low.digits == 0) {
        return Err(format!(
            "`{low}{low_unit}..{high}{high_unit}` has two units: give both ends the same"
        ));
    }
    if low.compare(high).is_ge() {
        return Err(format!("`{low}..{high}` goes downwards: write the lower end first"));
    }
    let Some(step) = step else { return Ok(Values::Between(low, high, high_unit)) };
    let (step, unit) = number(step)?;
    if !(unit.is_empty() || unit == high_unit) {
        return Err(format!("the step `{step}{unit}` has another unit than the ends"));
    }
    if step.digits <= 0 {
        return Err(format!("the step `{step}` leads nowhere: it has to be more than 0"));
    }
    let places = low.places.max(high.places).max(step.places);
    let [from, to, by] = [low, high, step].map(|it| it.at(places));
    if (to - from) / by >= MOST {
        return Err(format!("`{low}..{high}:{step}` has more than {MOST} values"));
    }
    let count = (to - from) / by;
    let values = (0..=count).map(|index| Decimal { digits: from + index * by, places });
    Ok(Values::Listed(values.map(|it| format!("{it}{high_unit}")).collect()))
}

/// A number and the unit behind it.
fn number(text: &str) -> Result<(Decimal, String), String> {
    let text = text.trim();
    let wrong = || format!("`{text}` is no number");
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".-".contains(c))).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let joined = format!("{whole}{behind}");
    // What is longer is nothing that a scenario says.
    let digits = joined.parse().ok().filter(|_| joined.len() <= 18 && !behind.contains('-'));
    let places = u32::try_from(behind.len()).map_err(|_| wrong())?;
    Ok((Decimal { digits: digits.ok_or_else(wrong)?, places }, unit.to_owned()))
}

impl Decimal {
    /// Its digits with as many places behind the point, which are at least its own.
    fn at(self, places: u32) -> i128 {
        self.digits * 10_i128.pow(places.saturating_sub(self.places))
    }

    fn compare(self, other: Decimal) -> std::cmp::Ordering {
        let places = self.places.max(other.places);
        self.at(places).cmp(&other.at(places))
    }

    /// The number a share of the way to another, with three digits more than these have.
    fn towards(self, other: Decimal, thousandths: u32) -> Decimal {
        let places = self.places.max(other.places) + 3;
        let (from, to) = (self.at(places), other.at(places));
        Decimal { digits: from + (to - from) * i128::from(thousandths) / 1_000, places }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = 10_u128.pow(self.places);
        let (whole, behind) =
            (self.digits.unsigned_abs() / scale, self.digits.unsigned_abs() % scale);
        let places = self.places as usize;
        let behind = format!("{behind:0places$}");
        let behind = behind.trim_end_matches('0');
        match (places, behind) {
            (0, _) | (_, "") => write!(f, "{sign}{whole}"),
            (_, behind) => write!(f, "{sign}{whole}.{behind}"),
        }
    }
}

impl Axis {
    /// How many values it has; none if any between two ends.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match &self.values {
            Values::Listed(values) => Some(values.len()),
            Values::Between(..) => None,
        }
    }

    /// The value a number of thousandths of the way from its first to its last.
    #[must_use]
    pub fn value_at(&self, thousandths: u32) -> String {
        match &self.values {
            Values::Listed(values) => {
                let index = values.len() * thousandths.min(999) as usize / 1_000;
                values[index].clone()
            }
            Values::Between(low, high, unit) => {
                format!("{}{unit}", low.towards(*high, thousandths))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Result<Vec<String>, String> {
        match text.parse::<Axis>()?.values {
            Values::Listed(values) => Ok(values),
            Values::Between(low, high, unit) => Ok(vec![format!("{low}..{high}{unit}")]),
        }
    }

    #[test]
    fn lists_and_ranges() {
        assert_eq!(
            values("a.b=1, x,[m6i.large,\"a,b\"]").unwrap(),
            ["1", "x", "[m6i.large,\"a,b\"]"]
        );
        assert_eq!(values("share=0..0.3:0.1").unwrap(), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(values("count=4..9:2").unwrap(), ["4", "6", "8"]);
        assert_eq!(values("after=1m..3m:1m").unwrap(), ["1m", "2m", "3m"]);
        assert_eq!(values("x=-0.5..0.5:0.5").unwrap(), ["-0.5", "0", "0.5"]);
        assert_eq!(values("scale=1..10").unwrap(), ["1..10"]);
    }

    #[test]
    fn what_is_no_axis_says_why() {
        for (text, why) in [
            ("count", "write it as PATH=a,b,c or PATH=lo..hi:step"),
            ("count=1,,2", "value 2 of `1,,2` is empty"),
            ("count=9..1:1", "`9..1` goes downwards: write the lower end first"),
            ("count=1..9:0", "the step `0` leads nowhere: it has to be more than 0"),
            ("count=1..many:1", "`many` is no number"),
            ("after=30s..5m:1", "`30s..5m` has two units: give both ends the same"),
            ("count=0..100000:1", "`0..100000:1` has more than 10000 values"),
        ] {
            assert_eq!(values(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn a_value_lies_between_the_ends() {
        let axis: Axis = "x=1..2".parse().unwrap();
        assert_eq!([0, 250, 1_000].map(|it| axis.value_at(it)), ["1", "1.25", "2"]);
        let axis: Axis = "x=a,b,c".parse().unwrap();
        assert_eq!([0, 333, 334, 1_000].map(|it| axis.value_at(it)), ["a", "a", "b", "c"]);
    }
}

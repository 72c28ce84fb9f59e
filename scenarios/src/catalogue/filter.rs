//! What to list: words like `m6i.*` or `arm64`, and conditions like `vcpu=4..16`.

use glob::Pattern;

use super::{Listed, all};
use crate::diagnostic::did_you_mean;
use crate::quantity::Quantity;

/// A condition on a type. Several must hold together.
#[derive(Clone, Debug)]
pub enum Filter {
    /// A bare word: a type, with `*` and `?`, or the name of a provider, region, family or arch.
    Word(Pattern),
    /// A property that is one of several words.
    Text(Text, Vec<Pattern>),
    /// A property that lies in a range, both ends included.
    Range(Number, f64, f64),
}

/// A property that is a word.
type Text = fn(&Listed) -> Option<&str>;
/// A property that is a number.
type Number = fn(&Listed) -> Option<f64>;

/// The properties that are words.
const TEXTS: &[(&str, Text)] = &[
    ("provider", |listed| Some(&listed.provider)),
    ("region", |listed| Some(&listed.region)),
    ("type", |listed| Some(&listed.name)),
    ("family", |listed| Some(&listed.family)),
    ("arch", |listed| Some(&listed.arch)),
    ("gpu", |listed| listed.gpu.as_deref()),
];

/// The properties that are numbers.
const NUMBERS: &[(&str, Number)] = &[
    ("vcpu", |listed| Some(listed.vcpu as f64)),
    ("memory", |listed| Some((listed.memory_mib << 20) as f64)),
    ("gpus", |listed| Some(listed.gpus as f64)),
    ("pods", |listed| Some(listed.max_pods as f64)),
    ("price", |listed| Some(listed.on_demand_micro_usd as f64 / 1e6)),
    ("spot", |listed| listed.spot_micro_usd.map(|price| price as f64 / 1e6)),
    ("saving", Listed::saving_percent),
    ("band", |listed| listed.band.map(|band| band as f64)),
];

impl Filter {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn parse(text: &str) -> Result<Filter, String> {
        let pattern = |glob: &str| {
            Pattern::new(glob).map_err(|error| format!("`{glob}` is not a pattern: {error}"))
        };
        let Some((name, value)) = text.split_once('=') else {
            return Ok(Filter::Word(pattern(text)?));
        };
        if let Some((_, of)) = TEXTS.iter().find(|(known, _)| *known == name) {
            let patterns = value.split(',').map(pattern).collect::<Result<_, _>>()?;
            return Ok(Filter::Text(*of, patterns));
        }
        if let Some((_, of)) = NUMBERS.iter().find(|(known, _)| *known == name) {
            let (low, high) = value.split_once("..").unwrap_or((value, value));
            let low = bound(name, low, f64::NEG_INFINITY)?;
            let high = bound(name, high, f64::INFINITY)?;
            if low > high {
                return Err(format!("`{text}` is empty: {low} is more than {high}"));
            }
            return Ok(Filter::Range(*of, low, high));
        }
        let names = || TEXTS.iter().map(|(name, _)| *name).chain(NUMBERS.iter().map(|(n, _)| *n));
        let advice = did_you_mean(name, names()).map_or_else(
            || format!("one of {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("`{near}`"),
        );
        Err(format!("a type has no `{name}`; did you mean {advice}?"))
    }

    /// Whether a type fulfils it.
    #[must_use]
    pub fn admits(&self, listed: &Listed) -> bool {
        match self {
            Filter::Word(pattern) => {
                let Listed { name, provider, region, family, arch, .. } = listed;
                [name, provider, region, family, arch].iter().any(|word| pattern.matches(word))
            }
            Filter::Text(of, patterns) => {
                of(listed).is_some_and(|text| patterns.iter().any(|p| p.matches(text)))
            }
            Filter::Range(of, low, high) => {
                of(listed).is_some_and(|value| value >= *low && value <= *high)
            }
        }
    }
}

/// One end of a range; open where nothing is written.
fn bound(name: &str, text: &str, open: f64) -> Result<f64, String> {
    if text.is_empty() {
        return Ok(open);
    }
    if name == "memory" {
        let bytes = Quantity::parse(text).map_err(|wrong| format!("memory `{text}`: {wrong}"))?;
        return match bytes.value() {
            // No one looks for a machine of 64 bytes.
            bytes if bytes < 1 << 20 => Err(format!("memory `{text}` has no unit: `{text}Gi`?")),
            bytes => Ok(bytes as f64),
        };
    }
    text.parse().map_err(|_| format!("`{name}={text}`: a number or a range like `4..16` is wanted"))
}

/// The word of the catalogue that was probably meant by one that finds nothing.
#[must_use]
pub fn nearest(word: &str) -> Option<&'static str> {
    let words = all().iter().flat_map(|listed| {
        [&listed.name, &listed.family, &listed.provider, &listed.region].map(String::as_str)
    });
    did_you_mean(word, words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// No input breaks it.
        #[test]
        fn any_text_is_a_filter_or_a_mistake(text in "\\PC{0,24}|[a-z]{1,8}=\\PC{0,12}") {
            if let Ok(filter) = Filter::parse(&text) {
                let _ = all().iter().filter(|listed| filter.admits(listed)).count();
            }
        }

        /// A range admits what lies in it, both ends included, and nothing else.
        #[test]
        fn a_range_is_what_lies_in_it(low in 0_u64..200, width in 0_u64..200, open in 0..3) {
            let high = low + width;
            let (text, low, high) = match open {
                0 => (format!("vcpu={low}.."), low, u64::MAX),
                1 => (format!("vcpu=..{high}"), 0, high),
                _ => (format!("vcpu={low}..{high}"), low, high),
            };
            let filter = Filter::parse(&text).unwrap();
            for listed in all() {
                prop_assert_eq!(filter.admits(listed), (low..=high).contains(&listed.vcpu));
            }
        }
    }

    fn names(filters: &[&str]) -> Vec<&'static str> {
        let filters: Vec<_> = filters.iter().map(|text| Filter::parse(text).unwrap()).collect();
        let fitting = all().iter().filter(|listed| filters.iter().all(|f| f.admits(listed)));
        fitting.map(|listed| listed.name.as_str()).collect()
    }

    #[test]
    fn conditions_narrow_the_list() {
        assert_eq!(names(&["m6i.*", "vcpu=2..4"]), ["m6i.large", "m6i.xlarge"]);
        assert_eq!(names(&["gcp", "gpu=a100*", "gpus=8"]), ["a2-highgpu-8g", "a2-ultragpu-8g"]);
        assert_eq!(names(&["family=c7g,c8g", "memory=..4Gi"]), ["c7g.large", "c8g.large"]);
        let cheap = names(&["aws", "price=..0.07", "vcpu=2", "band=0..1"]);
        assert!(cheap.contains(&"c6g.large") && !cheap.contains(&"m6i.large"), "{cheap:?}");
        assert_eq!(names(&["azure", "spot=0.."]).len(), 8);
        assert_eq!(names(&[]).len(), all().len());
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_right() {
        let wrong = |text: &str| Filter::parse(text).unwrap_err();
        assert_eq!(wrong("vcpus=4"), "a type has no `vcpus`; did you mean `vcpu`?");
        assert_eq!(wrong("memory=16..64"), "memory `16` has no unit: `16Gi`?");
        assert_eq!(wrong("vcpu=8..4"), "`vcpu=8..4` is empty: 8 is more than 4");
        assert!(wrong("vcpu=many").contains("a range like `4..16`"));
        assert!(wrong("colour=red").contains("one of provider, region, type"));
        assert_eq!(nearest("m6i.lrage"), Some("m6i.large"));
    }
}

//! The annotations of spotsim's own.

use crate::diagnostic::did_you_mean;

/// Every annotation that is read of an object or of its pods.
pub const KNOWN: &[&str] = &[
    "spotsim/checkpoint-every",
    "spotsim/checkpoint-takes",
    "spotsim/deadline",
    "spotsim/duration",
    "spotsim/gang",
    "spotsim/required",
    "spotsim/restart-takes",
    "spotsim/shutdown",
    "spotsim/startup",
];

/// What to do about an annotation that looks like one of ours and is none; none if it is, or does not.
pub(crate) fn unknown(key: &str) -> Option<String> {
    let (prefix, _) = key.split_once('/')?;
    let ours = prefix.eq_ignore_ascii_case("spotsim")
        || strsim::damerau_levenshtein(&prefix.to_lowercase(), "spotsim") == 1;
    if !ours || KNOWN.contains(&key) {
        return None;
    }
    Some(did_you_mean(key, KNOWN.iter().copied()).map_or_else(
        || format!("write one of {}", KNOWN.join(", ")),
        |near| format!("did you mean `{near}`?"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_annotation_of_ours_is_told_from_those_of_others() {
        assert_eq!(unknown("spotsim/duratoin").unwrap(), "did you mean `spotsim/duration`?");
        assert_eq!(unknown("sptosim/gang").unwrap(), "did you mean `spotsim/gang`?");
        assert!(unknown("spotsim/colour").unwrap().starts_with("write one of "));
        for fine in ["spotsim/duration", "example.com/duration", "duration", "prometheus.io/port"] {
            assert_eq!(unknown(fine), None, "{fine}");
        }
    }
}

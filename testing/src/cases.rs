//! How many cases a property is tried on: as many as its block says, or as the environment asks.

use std::ffi::OsStr;

use proptest::test_runner::Config;

/// proptest's own variable, which a number in the configuration of a block would override.
const VARIABLE: &str = "PROPTEST_CASES";

/// The configuration of a `proptest!` block that tries `default` cases unless `PROPTEST_CASES` asks
/// for another number.
#[must_use]
pub fn cases(default: u32) -> Config {
    with(std::env::var_os(VARIABLE).as_deref(), default)
}

fn with(asked: Option<&OsStr>, default: u32) -> Config {
    let asked = asked.and_then(OsStr::to_str).and_then(|it| it.trim().parse().ok());
    Config { cases: asked.unwrap_or(default), ..Config::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_the_number_in_the_block() {
        let number = |asked: Option<&str>| with(asked.map(OsStr::new), 192).cases;
        assert_eq!(number(Some("20000")), 20_000);
        assert_eq!(number(None), 192);
        assert_eq!(number(Some("many")), 192, "proptest warns, and keeps its default");
    }
}

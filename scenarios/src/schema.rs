//! The JSON Schema of scenario files, generated from [`crate::file`] and kept beside it: to read it
//! takes less time than to generate it for each scenario.

use std::sync::LazyLock;

/// Read once. It is what the test below has generated, so that it is JSON.
static SCHEMA: LazyLock<serde_json::Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../schema.json")).unwrap_or_default());

/// The schema, as `spotsim schema` prints it.
#[must_use]
pub fn schema() -> &'static serde_json::Value {
    &SCHEMA
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> serde_json::Value {
        let mut schema = schemars::schema_for!(crate::file::File).to_value();
        schema["title"] = "spotsim scenario".into();
        schema
    }

    /// `BLESS=1 cargo test -p spotsim-scenarios schema` writes it afresh.
    #[test]
    fn the_committed_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        let fresh = format!("{:#}\n", generated());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, fresh, "stale: run `just bless`");
        assert_eq!(*schema(), generated());
    }
}

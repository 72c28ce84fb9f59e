//! The JSON Schema of scenario files, generated from [`crate::file`].

use std::sync::LazyLock;

/// Made once: it takes longer than most scenarios take to be read.
static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(|| {
    let mut schema = schemars::schema_for!(crate::file::File).to_value();
    schema["title"] = "spotsim scenario".into();
    schema
});

/// The schema, as `spotsim schema` prints it.
#[must_use]
pub fn schema() -> &'static serde_json::Value {
    &SCHEMA
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BLESS=1 cargo test -p spotsim-scenarios schema` writes it afresh.
    #[test]
    fn the_committed_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        let fresh = format!("{:#}\n", schema());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, fresh, "stale: run `just bless`");
    }
}

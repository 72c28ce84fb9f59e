//! The JSON Schema of scenario files, generated from [`crate::file`].

/// The schema, as `spotsim schema` prints it.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(crate::file::File).to_value();
    schema["title"] = "spotsim scenario".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BLESS=1 cargo test -p scenarios schema` writes it afresh.
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

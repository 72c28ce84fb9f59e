//! The JSON Schema of `summary.json`, generated from its types; `reports/summary.schema.json` is the same,
//! for programs that are written against it.

use schemars::generate::SchemaSettings;

use crate::summary::Document;

/// The JSON Schema of [`Summary`](crate::Summary), as `spotsim schema summary` prints it.
#[must_use]
pub fn schema() -> serde_json::Value {
    // As it is written: what is left out where it is empty does not have to be there.
    let written = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = written.into_root_schema_for::<Document<'static>>().to_value();
    schema["title"] = "spotsim summary".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `just bless` writes it afresh.
    #[test]
    fn the_committed_schema_of_summaries_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/summary.schema.json");
        let fresh = format!("{:#}\n", schema());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, fresh, "stale: run `just bless`");
    }
}

//! Sections as JSON: every figure with its value, its unit and the decimals that it is shown with.

use serde_json::{Value, json};

use crate::section::Section;

/// The version of this format.
pub const SCHEMA: &str = "spotsim/report/v1";

/// The sections as a value.
#[must_use]
pub fn render(sections: &[Section]) -> Value {
    json!({ "schema": SCHEMA, "sections": sections })
}

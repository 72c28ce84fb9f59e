//! The cases of karpenter.

use serde_json::Value as Json;

/// What is different about a case of a file.
pub fn differences(_file: &str, case: &Json) -> Vec<String> {
    vec![format!("{}: not answered yet", case["id"])]
}

//! Findings as SARIF 2.1.0, which code hosts show at the lines they are about.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::code::Code;
use crate::codes;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use manifests::lines::Lines;

/// A log with one run of this version of the program.
#[must_use]
pub fn log(found: &Diagnostics, version: &str) -> Json {
    let occurs = |code: &&Code| found.iter().any(|diagnostic| diagnostic.code == code.id);
    let codes: Vec<&Code> = codes::all().filter(occurs).collect();
    let mut lines = Lines::default();
    let results: Vec<Json> =
        found.iter().map(|diagnostic| result(diagnostic, &codes, &mut lines)).collect();
    let rules: Vec<Json> = codes.iter().map(|code| rule(code)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "spotsim", "semanticVersion": version, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &Code) -> Json {
    let level = if code.id.starts_with('W') { "warning" } else { "error" };
    json!({
        "id": code.id,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": code.fix},
        "defaultConfiguration": {"level": level},
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&Code], lines: &mut Lines) -> Json {
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    let level = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": {"text": format!("{}{help}", diagnostic.message)},
    });
    if let Some(index) = codes.iter().position(|code| code.id == diagnostic.code) {
        result["ruleIndex"] = index.into();
    }
    if let Some(place) = &diagnostic.place {
        let (line, column) = lines.line_column(&place.text, place.span.start);
        result["locations"] = json!([{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&place.file)},
                "region": {"startLine": line, "startColumn": column},
            },
        }]);
    }
    result
}

/// A path as a reference: relative ones stay relative, to wherever the program was started.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri += "file://";
    }
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(byte.into());
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("deploy/my app.yaml"), "deploy/my%20app.yaml");
        assert_eq!(uri("/srv/ä.yaml"), "file:///srv/%C3%A4.yaml");
    }

    /// What the standard demands of a log, as far as ours goes.
    #[test]
    fn the_log_has_the_shape_that_sarif_demands() {
        let source = Source { file: "a.yaml".into(), text: "kind: Pod\nname: ä\n".into() };
        let mut found = Diagnostics::default();
        found.push(Diagnostic::new("W0112", "lonely").at(&source, 10..14).help("company"));
        found.push(Diagnostic::new("E0001", "unreadable"));
        let log = log(&found, "1.2.3");
        assert_eq!(log["version"], "2.1.0");
        assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
        let run = &log["runs"][0];
        let driver = &run["tool"]["driver"];
        assert_eq!(
            (&driver["name"], &driver["semanticVersion"]),
            (&"spotsim".into(), &"1.2.3".into())
        );
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
            }
            let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
            assert!(["warning", "error"].contains(&level));
        }
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        for result in results {
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        }
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a.yaml");
        assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 1}));
        assert!(results[1].get("locations").is_none(), "no place is no location");
    }
}

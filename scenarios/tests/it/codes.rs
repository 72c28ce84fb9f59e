//! Every code has an example that gives it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::codes::CODES;
use scenarios::diagnostic::Source;
use scenarios::lint::{RULES, review};

/// What an example leaves out.
const REST: [&str; 5] = [
    "apiVersion: spotsim/v1",
    "name: example",
    "horizon: 7d",
    "region: us-east-1",
    "pools: [{name: a, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}]",
];

/// An example with the rest of a scenario.
fn whole(example: &str) -> String {
    let missing = REST.iter().filter(|line| {
        let key = line.split(':').next().expect("a key");
        !example.lines().any(|line| line.starts_with(&format!("{key}:")))
    });
    missing.fold(example.to_owned(), |text, line| text + "\n" + line)
}

#[test]
fn every_example_gives_its_code_and_no_other() {
    for code in CODES {
        let text = Arc::from(whole(code.example));
        let source = Source { file: "example.yaml".into(), text };
        // The files that examples name.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes");
        let found = match Scenario::parse(&source, Some(&folder)) {
            Ok(scenario) => {
                let mut found = scenario.warnings;
                if let Some(refusal) = scenario.estimate.refusal(1, 1) {
                    found.push(refusal);
                }
                found
            }
            Err(errors) => errors,
        };
        let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, BTreeSet::from([code.id]), "{}", found.render(false));
    }
}

#[test]
fn every_example_of_the_review_gives_its_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let aws = sim::providers::named("aws").expect("aws is modelled");
    for rule in RULES {
        let code = rule.code;
        let manifest = code.example.starts_with("apiVersion: ");
        let text = if manifest { code.example.to_owned() } else { whole(code.example) };
        let file = folder.path().join(format!("{}.yaml", code.id));
        std::fs::write(&file, text).expect("room for a file");
        let found = review(&[file], aws);
        let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
        assert!(codes.contains(code.id), "{}:\n{}", code.id, found.render(false));
        assert!(!found.has_errors(), "{}", found.render(false));
        let placed = found.iter().filter(|diagnostic| diagnostic.place.is_some()).count();
        assert_eq!(placed, found.iter().count(), "every finding has its place");
    }
}

#[test]
fn codes_are_in_order() {
    assert!(CODES.is_sorted_by(|one, next| one.id < next.id));
    assert!(RULES.is_sorted_by(|one, next| one.code.id < next.code.id));
}

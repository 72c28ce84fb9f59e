//! Every code has an example that gives it.

use std::collections::BTreeSet;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::codes::CODES;
use scenarios::diagnostic::Source;

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
        let found = match Scenario::parse(&source, None) {
            Ok(scenario) => scenario.warnings,
            Err(errors) => errors,
        };
        let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, BTreeSet::from([code.id]), "{}", found.render(false));
    }
}

#[test]
fn codes_are_in_order() {
    assert!(CODES.is_sorted_by(|one, next| one.id < next.id));
}

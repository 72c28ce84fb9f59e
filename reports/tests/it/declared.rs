//! A declared figure, from its facts to the summary, the report and its explanation.

use crate::common;

use common::{legend, s};
use reports::folds::declared::declarations;
use reports::summary::{Role, Simulated};
use reports::{Fold, Input, glossary};
use sim::fact::refusal::Refusals;
use sim::outcome::Counters;
use sim::table::Id;
use sim::{Fact, Run, Sink, Span, model::workload::WorkloadId};

/// What a day comes to in which admission forbids pods this many times.
fn day(forbidden: u64) -> (String, serde_json::Value) {
    let legend = legend(Span::ZERO, Span::from_hours(24));
    let mut fold = Fold::new(&legend);
    let workload = WorkloadId::from_index(0);
    fold.fact(s(0), &Fact::WorkloadCreated { workload });
    for second in 0..forbidden {
        let (by, under) = ("ResourceQuota", legend.model.empty);
        fold.fact(
            s(second),
            &Fact::PodForbidden { workload, replica: 0, attempt: 0, by, under, breach: None },
        );
    }
    let run = Run { digest: 0, counters: Counters::default(), refusals: Refusals::default() };
    let runs = [(fold.finish(&run).0, run)];
    let summary = reports::summarize(Input {
        scenario: "shop",
        seed: 7,
        version: "0",
        variants: vec![Simulated {
            name: "proposed",
            role: Role::Subject,
            changes: Vec::new(),
            legend: &legend,
            runs: &runs,
            has_rates: false,
            rules: Vec::new(),
            expectations: Vec::new(),
        }],
        scaled: Vec::new(),
        left_out: Vec::new(),
        reclaim_scale: None,
        assumptions: Vec::new(),
        unmodelled: Vec::new(),
        warnings: Vec::new(),
    });
    let json = serde_json::from_str(&summary.to_json()).expect("a summary is JSON");
    (reports::table(&summary, 100), json)
}

#[test]
fn what_is_declared_is_in_every_form_of_a_report() {
    let (text, json) = day(3);
    let row = text.lines().find(|line| line.starts_with("Pods forbidden /day")).expect("a row");
    assert!(row.contains("3.0"), "{row}");
    assert_eq!(json["proposed"]["figures"]["podsForbiddenPerDay"]["mean"], 3.0);
}

#[test]
fn what_does_not_occur_is_left_out() {
    let (text, json) = day(0);
    assert!(!text.contains("forbidden"), "{text}");
    assert!(json["proposed"].get("figures").is_none(), "{json}");
}

#[test]
fn every_declaration_is_explained() {
    for it in declarations() {
        let found = glossary::named(it.label).expect("it has a meaning");
        assert_eq!(found.means, it.means);
        assert!(it.key.chars().all(char::is_alphanumeric), "{}", it.key);
    }
    assert_eq!(glossary::named("forbidden").map(|it| it.label), Some("Pods forbidden /day"));
}

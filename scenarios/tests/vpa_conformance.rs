//! Every golden case of the Vertical Pod Autoscaler: what it recommends, which pods it touches, and what
//! pods are created with.
//!
//! The cases are in `fixtures/vpa`, or in the folder that `SPOTSIM_VPA_CASES` names.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "vpa_conformance/admission.rs"]
mod admission;
#[path = "vpa_conformance/case.rs"]
mod case;
#[path = "vpa_conformance/objects.rs"]
mod objects;
#[path = "vpa_conformance/recommender.rs"]
mod recommender;
#[path = "vpa_conformance/updater.rs"]
mod updater;

use serde_json::Value as Json;

use case::Case;
use sim::autoscalers::vpa::buckets::{self, Buckets};
use sim::autoscalers::vpa::decay::exp2;

/// What the rules answer to a case, in the form of its `expect`.
fn answer(case: &Case) -> Json {
    match case.question["kind"].as_str() {
        Some("admission") => admission::answer(&case.question),
        Some("recommender") => recommender::answer(&case.question),
        Some("updater") => updater::answer(&case.question),
        other => panic!("a case of kind {other:?}"),
    }
}

/// What is different about a case.
fn differences(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    case::compare(&case.id, &case.expect, &answer(case), &mut found);
    found
}

/// `cargo test --workspace vpa_conformance` runs the cases.
mod vpa_conformance {
    #[test]
    fn it_decides_as_the_vertical_pod_autoscaler_does() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/vpa");
        testing::golden::run("SPOTSIM_VPA_CASES", fixtures, super::differences);
    }
}

#[test]
fn buckets_begin_and_end_where_upstream_has_them() {
    let table: Json =
        serde_json::from_str(include_str!("fixtures/vpa/buckets.json")).expect("JSON");
    let same = |name: &str, buckets: &Buckets| {
        let rows = table[name]["buckets"].as_array().expect("a list");
        assert_eq!(rows.len(), buckets.table().count());
        for (row, (from, reported)) in rows.iter().zip(buckets.table()) {
            assert_eq!(row["reported"].as_u64(), Some(reported), "{name} {row}");
            if let Some(least) = row["minSample"].as_u64() {
                assert_eq!(least, from, "{name} {row}");
            }
        }
    };
    same("cpu", &buckets::CPU);
    same("memory", &buckets::MEMORY);
}

#[test]
fn powers_of_two_are_upstreams_to_the_bit() {
    let table = include_str!("fixtures/vpa/exp2_vectors.json");
    let table: Json = serde_json::from_str(table).expect("JSON");
    let bits = |value: &Json| {
        let text = value.as_str().expect("a text");
        f64::from_bits(u64::from_str_radix(text, 16).expect("sixteen digits"))
    };
    for row in table["exp2"].as_array().expect("a list") {
        let (x, y) = (bits(&row["x"]), bits(&row["y"]));
        assert_eq!(exp2(x).to_bits(), y.to_bits(), "2^{x}");
    }
}

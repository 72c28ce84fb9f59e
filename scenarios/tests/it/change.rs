//! A scenario with changed values is the scenario that one would have written.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::Root;

const TEXT: &str = "apiVersion: spotsim/v1\nname: small\nhorizon: 6h\nregion: us-east-1\npools:\n  \
    - {name: base, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}\n  \
    - {name: spot, count: 2, capacityType: spot, instanceTypes: [m6i.large]}\nworkloads:\n  \
    - name: web\n    replicas: &two 2\n    template:\n      containers:\n        \
    - {name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}\n  \
    - name: api\n    replicas: *two\n    template:\n      containers:\n        \
    - {name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}\n";

fn parsed(text: &str) -> Scenario {
    let source = Source { file: "small.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, None).expect("a sound scenario")
}

fn digest(scenario: &Scenario) -> u64 {
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, ()).digest
}

fn refused(changes: &[(&str, &str)]) -> Diagnostics {
    match parsed(TEXT).with(changes) {
        Ok(_) => panic!("{changes:?} is accepted"),
        Err(found) => found,
    }
}

#[test]
fn a_change_is_what_one_would_have_written() {
    let written = parsed(&TEXT.replace("count: 2", "count: 3"));
    for path in ["pools.spot.count", "pools[1].count", r#"pools["spot"].count"#] {
        let changed = parsed(TEXT).with(&[(path, "3")]).unwrap();
        assert_eq!(digest(&changed), digest(&written), "{path}");
        assert_ne!(digest(&changed), digest(&parsed(TEXT)), "{path}");
    }
}

#[test]
fn what_is_not_there_is_added_and_changes_add_up() {
    let written = parsed(&format!("{TEXT}market: {{reclaims: {{scale: 50}}}}\nseed: 3\n"));
    let changed = parsed(TEXT).with(&[("market.reclaims.scale", "50")]).unwrap();
    let changed = changed.with(&[("seed", "3")]).unwrap();
    assert_eq!((changed.seed, digest(&changed)), (3, digest(&written)));
    let made: Vec<_> = changed.changes().collect();
    assert_eq!(made, [("market.reclaims.scale", "50"), ("seed", "3")]);
    assert_ne!(changed.inputs[0].sha256, parsed(TEXT).inputs[0].sha256);
}

#[test]
fn an_alias_keeps_what_it_was() {
    let changed = parsed(TEXT).with(&[("workloads.web.replicas", "5")]).unwrap();
    let written = parsed(&TEXT.replace("&two 2", "5").replace("*two", "2"));
    assert_eq!(digest(&changed), digest(&written));
}

#[test]
fn a_whole_part_can_be_changed() {
    let pool = "[{name: all, count: 4, capacityType: spot, instanceTypes: [m6i.large]}]";
    let changed = parsed(TEXT).with(&[("pools", pool)]).unwrap();
    assert_eq!(changed.setup.model.pools.len(), 1);
}

#[test]
fn a_path_that_leads_nowhere_says_what_is_there() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "pools.spit.count",
            "E0107",
            &["`pools` has no `spit`, but `base`, `spot`", "did you mean"],
        ),
        ("pools[2].count", "E0107", &["`pools[2].count` leads nowhere: `pools` has 2 items"]),
        ("horizon.days", "E0107", &["`horizon` is \"6h\", which has nothing below it"]),
        ("name[0]", "E0107", &["`name` is \"small\""]),
        ("pools[0][1]", "E0107", &["`pools[0]` has fields and no items"]),
        ("pool.spot.count", "E0107", &["`pool`"]),
        ("pools..count", "E0104", &["`pools..count` is not a path"]),
    ];
    for (path, code, parts) in cases {
        let text = refused(&[(path, "3")]).render(false);
        for part in [&[*code], *parts].concat() {
            assert!(text.contains(part), "{path}: no {part} in {text}");
        }
    }
}

#[test]
fn a_value_that_is_wrong_is_shown_with_its_place() {
    let text = refused(&[("pools.spot.count", "-3")]).render(false);
    assert!(text.contains("small.yaml:7:25") && text.contains("(changed to `-3`)"), "{text}");
    let text = refused(&[("pools.spot.count", "[")]).render(false);
    assert!(text.contains("the value of `pools.spot.count` is not YAML"), "{text}");
}

/// The former name of a field is read wherever it is written: in the file, and in a path.
#[test]
fn a_field_is_changed_by_either_of_its_names() {
    let like = "capacityType: spot, refill: {like: cluster-autoscaler}";
    let written = parsed(&TEXT.replace("capacityType: spot", like));
    let former = TEXT.replace("capacityType: spot", "capacityType: spot, provisioner: karpenter");
    let source = Source { file: "small.yaml".into(), text: Arc::from(former) };
    let former = Scenario::parse(&source, None).expect("a sound scenario");
    let drained = |by: &str| parsed(&format!("{TEXT}interruption: {{drainedBy: {by}}}\n"));
    assert_eq!(digest(&drained("nobody")), digest(&drained("none")));
    let codes = |it: &Scenario| it.warnings.iter().map(|it| it.code).collect::<Vec<_>>();
    assert_eq!(codes(&former), ["W0020"]);
    for (scenario, path, warned) in [
        (&former, "pools.spot.refill.like", true),
        (&parsed(TEXT), "pools.spot.refill.like", false),
        (&parsed(TEXT), "pools.spot.provisioner", true),
    ] {
        let changed = scenario.with(&[(path, "cluster-autoscaler")]).unwrap();
        assert_eq!(digest(&changed), digest(&written), "{path}");
        assert_eq!(codes(&changed).contains(&"W0020"), warned, "{path}");
    }
}

//! What is refused before it is simulated, where it says why, and what is not refused.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostic, LIBRARY, Scenario};

/// As many as there are by default.
const N: u32 = 400;
/// Both plans, and two other scales of reclaims.
const PLANS: u32 = 4;

/// A fleet of `nodes` for `horizon` with one workload, whose pods ask for `cpu`.
fn scenario(nodes: u32, horizon: &str, kind: &str, cpu: &str) -> Scenario {
    let text = format!(
        "apiVersion: spotsim/v1\nname: sized\nhorizon: {horizon}\nprovider: aws\n\
         region: us-east-1\npools:\n  - name: spot\n    count: {nodes}\n    capacityType: spot\n    \
         instanceTypes: [m6i.xlarge]\nworkloads:\n  - name: web\n    {kind}\n    template:\n      \
         containers: [{{name: app, resources: {{requests: {{cpu: {cpu}, memory: 64Mi}}}}}}]\n"
    );
    let source = Source { file: "sized.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, None).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

fn deployment(replicas: u32) -> String {
    format!("kind: Deployment\n    replicas: {replicas}")
}

fn refused(scenario: &Scenario, replications: u32) -> Diagnostic {
    scenario.estimate.refusal(replications, PLANS).expect("it is too much")
}

/// The text that a refusal points to.
fn pointed(refusal: &Diagnostic) -> &str {
    let place = refusal.place.as_ref().expect("a place");
    &place.text[place.span.clone()]
}

#[test]
fn what_would_fill_the_memory_is_refused_at_the_field_that_does_it() {
    let much = refused(&scenario(4, "6h", &deployment(1_000_000_000), "500m"), 1);
    assert_eq!(pointed(&much), "1000000000");
    assert_eq!(much.label, "1,000,000,000 pods");
    for part in ["1 replication of 4 nodes and 1,000,000,000 pods", "1397 GiB of memory"] {
        assert!(much.message.contains(part), "{}", much.message);
    }
    assert!(much.help.as_ref().expect("help").contains("--large"));
    let job = "kind: Job\n    completions: 1000000000\n    parallelism: 1000000000\n    \
               annotations: {spotsim/duration: 1h}";
    assert_eq!(pointed(&refused(&scenario(4, "6h", job, "500m"), 1)), "1000000000");
    // One a minute for a year, each of a thousand pods.
    let cron = "kind: CronJob\n    schedule: '* * * * *'\n    completions: 1000\n    parallelism: \
                1000\n    annotations: {spotsim/duration: 1m}";
    assert_eq!(pointed(&refused(&scenario(4, "365d", cron, "500m"), 1)), "'* * * * *'");
}

#[test]
fn what_would_take_days_is_refused_by_the_number_of_replications() {
    let waits = scenario(4, "7d", &deployment(100_000), "500m");
    assert!(waits.estimate.waiting > 99_000, "{:?}", waits.estimate);
    assert!(waits.estimate.refusal(1, PLANS).is_none(), "one is a matter of minutes");
    let long = refused(&waits, N);
    assert!(long.message.contains(" days of CPU time"), "{}", long.message);
    assert!(long.message.contains("pods find no room"), "{}", long.message);
    assert!(long.help.as_ref().expect("help").contains("-n"));
    assert_eq!(pointed(&long), "100000");
    // Kept until the end, the figures of a million replications fill the memory.
    let small = scenario(4, "6h", &deployment(10), "500m");
    let kept = refused(&small, 1_000_000);
    assert!(kept.message.contains("GiB"), "{}", kept.message);
    assert!(kept.place.is_none(), "no field is to blame");
}

/// robfig/cron rounds `@every 1ms` to a second.
#[test]
fn a_cron_job_that_never_stops_is_counted() {
    let cron =
        "kind: CronJob\n    schedule: '@every 1ms'\n    annotations: {spotsim/duration: 10m}";
    let each_second = scenario(4, "6h", cron, "500m");
    assert_eq!(each_second.estimate.pods, 6 * 3_600 - 1);
    let long = refused(&each_second, N);
    assert_eq!(pointed(&long), "'@every 1ms'");
}

#[test]
fn large_fleets_are_not_refused() {
    let large = [
        scenario(100_000, "6h", &deployment(1_000_000), "50m"),
        scenario(5_000, "7d", &deployment(100_000), "100m"),
        scenario(2_000, "7d", &deployment(20_000), "300m"),
        scenario(1_000_000, "6h", &deployment(10), "50m"),
    ];
    for scenario in large {
        let refusal = scenario.estimate.refusal(N, PLANS);
        assert!(refusal.is_none(), "{refusal:?}");
    }
    for (name, _) in LIBRARY {
        let scenario = Scenario::library(name).expect("a sound scenario");
        let refusal = scenario.estimate.refusal(25 * N, PLANS);
        assert!(refusal.is_none(), "{name}: {refusal:?}");
    }
}

#[test]
fn storms_of_reclaims_count() {
    let calm = scenario(100, "7d", &deployment(100), "500m").estimate.nodes;
    let text =
        include_str!("../../library/web-on-spot.yaml").replace("{scale: 1}", "{scale: 100000}");
    let source = Source { file: "storm.yaml".into(), text: Arc::from(text) };
    let storm = Scenario::parse(&source, None).expect("a sound scenario").estimate.nodes;
    assert!(calm < 200 && storm > 10_000, "{calm} {storm}");
}

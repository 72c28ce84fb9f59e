//! Disk and processes in scenarios: what kubelets do where pods have too much of them.

use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::pressure::Pressure;
use sim::{Fact, Root, SimTime};

fn parse(text: &str) -> Scenario {
    let source = Source { file: "disk.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, None).unwrap_or_else(|errors| panic!("{errors}"))
}

fn run(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    facts
}

/// A disk that fills up: its kubelet evicts the pod that is furthest above its request, and the node is under
/// pressure for as long as the transition takes.
#[test]
fn a_full_disk_evicts_who_is_above_its_request() {
    let text = "apiVersion: spotsim/v1\nname: disk\nhorizon: 12h\nregion: us-east-1\npools: [{name: a, count: 1, \
                capacityType: on-demand, instanceTypes: [m6i.xlarge]}]\nworkloads:\n  - name: logs\n    kind: \
                Pod\n    template: {containers: [{name: app, resources: {requests: {cpu: 100m, \
                ephemeral-storage: 1Gi}}}]}\n  - name: web\n    replicas: 2\n    template: {containers: [{name: \
                app, resources: {requests: {cpu: 100m, ephemeral-storage: 20Gi}}}]}\nusage:\n  - {workload: logs, \
                leak: {ephemeralStorage: 10Gi, per: 1h}}\n  - {workload: web, constant: {ephemeralStorage: \
                15Gi, pids: 10}}\n";
    let scenario = parse(text);
    let facts = run(&scenario);
    let hours = |is: &dyn Fn(&Fact) -> bool| -> Vec<f64> {
        let found = facts.iter().filter(|(_, fact)| is(fact));
        found.map(|(at, _)| at.as_ms() as f64 / 3_600_000.0).collect()
    };
    let evicted = hours(&|fact| matches!(fact, Fact::PodEvicted { condition: Pressure::Disk, .. }));
    // Of 100 GiB are 30 in use, and less than 15 left once 55 more are: after five and a half hours.
    assert_eq!(evicted.len(), 1, "{evicted:?}");
    assert!((5.45..5.6).contains(&evicted[0]), "{evicted:?}");
    let condition = |wanted: bool| {
        move |fact: &Fact| {
            matches!(fact, Fact::NodeConditionChanged { condition: Pressure::Disk, status, .. }
                if *status == wanted)
        }
    };
    assert_eq!(hours(&condition(true)), evicted);
    let over = hours(&condition(false));
    assert!((over[0] - evicted[0] - 5.0 / 60.0).abs() < 0.01, "{over:?}");
}

#[test]
fn a_pod_above_its_own_limit_of_disk_is_evicted() {
    let text = "apiVersion: spotsim/v1\nname: disk\nhorizon: 6h\nregion: us-east-1\npools: [{name: a, count: 1, \
                capacityType: on-demand, instanceTypes: [m6i.xlarge]}]\nworkloads:\n  - name: web\n    replicas: \
                1\n    template: {containers: [{name: app, resources: {requests: {cpu: 100m}, limits: \
                {ephemeral-storage: 2Gi}}}]}\nusage: [{workload: web, leak: {ephemeralStorage: 1Gi, per: 1h}}]\n";
    let facts = run(&parse(text));
    let evicted = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodEvicted { .. }));
    let minutes: Vec<u64> = evicted.map(|(at, _)| at.as_ms() / 60_000).collect();
    assert_eq!(minutes.len(), 2, "every two hours, as the next pod begins anew: {minutes:?}");
    assert!((119..122).contains(&minutes[0]), "{minutes:?}");
    let pressure = facts.iter().any(|(_, fact)| matches!(fact, Fact::NodeConditionChanged { .. }));
    assert!(!pressure, "there is enough left of the disk");
}

/// Without a threshold nothing is evicted for want of processes.
#[test]
fn processes_run_out_only_where_a_threshold_says_so() {
    let text = |kubelet: &str| {
        format!(
            "apiVersion: spotsim/v1\nname: pids\nhorizon: 3h\nregion: us-east-1\n{kubelet}pools: [{{name: a, count: \
             1, capacityType: on-demand, instanceTypes: [m6i.xlarge]}}]\nworkloads:\n  - name: fork\n    \
             kind: Pod\n    template: {{containers: [{{name: app, resources: {{requests: {{cpu: 100m}}}}}}]}}\nusage: \
             [{{workload: fork, ramp: {{pids: 40000, over: 1h}}}}]\n"
        )
    };
    let evicted = |kubelet: &str| {
        let facts = run(&parse(&text(kubelet)));
        facts
            .iter()
            .any(|(_, fact)| matches!(fact, Fact::PodEvicted { condition: Pressure::Pid, .. }))
    };
    assert!(!evicted(""));
    assert!(evicted("kubelet: {evictionHard: {pid.available: '1000'}}\n"));
}

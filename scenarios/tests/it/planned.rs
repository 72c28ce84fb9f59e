//! Replicas over time and rollouts: how they are written, and what a run makes of them.

use std::fs;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::budget::Amount;
use sim::model::planned::Strategy;
use sim::{Fact, Root, SimTime};

const HEAD: &str = "apiVersion: spotsim/v1
name: planned
horizon: 2d
region: us-east-1
pools:
  - {name: base, count: 6, capacityType: on-demand, instanceTypes: [m6i.large]}
workloads:
  - name: web
    replicas: 3
    template: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}
  - name: db
    kind: StatefulSet
    replicas: 3
    template: {containers: [{name: db, resources: {requests: {cpu: 100m}}}]}
  - name: agent
    kind: DaemonSet
    template: {containers: [{name: agent, resources: {requests: {cpu: 50m}}}]}
  - name: nightly
    kind: Job
    annotations: {spotsim/duration: 1h}
    template: {containers: [{name: job, resources: {requests: {cpu: 100m}}}]}
";

fn read(more: &str) -> Result<Scenario, String> {
    let source = Source { file: "planned.yaml".into(), text: format!("{HEAD}{more}").into() };
    Scenario::parse(&source, None).map_err(|found| found.render(false))
}

fn facts(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    facts
}

/// When a workload was scaled, in hours, and to what.
fn scales(scenario: &Scenario) -> Vec<(u64, u32)> {
    let scale = |(at, fact): &(SimTime, Fact)| match fact {
        Fact::WorkloadScaled { replicas, .. } => Some((at.as_ms() / 3_600_000, *replicas)),
        _ => None,
    };
    facts(scenario).iter().filter_map(scale).collect()
}

#[test]
fn a_schedule_goes_by_its_clock_and_begins_as_the_day_before_ended() {
    // T+0 is a Monday, midnight in UTC.
    let text = "startTime: 2026-06-01
replicaSchedules:
  - workload: web
    timeZone: Europe/Berlin
    schedule:
      - {cron: 0 8 * * mon-fri, replicas: 9}
      - {cron: 0 20 * * *, replicas: 2}
";
    let scenario = read(text).unwrap();
    assert_eq!(scales(&scenario), [(0, 2), (6, 9), (18, 2), (30, 9), (42, 2)]);
    assert!(scenario.assumptions.iter().any(|it| it.id == "replica-calendar"));
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
}

#[test]
fn steps_and_tables_say_the_same() {
    let steps = "replicaSchedules:
  - workload: default/db
    steps: [{at: 0s, replicas: 1}, {at: 5h, replicas: 4}, {at: 1d, replicas: 0}]
";
    let expected = [(0, 1), (5, 4), (24, 0)];
    assert_eq!(scales(&read(steps).unwrap()), expected);
    let folder = tempfile::tempdir().unwrap();
    let table = "# replicas of a day\ntimestamp,Replicas,note\n0,1,\n5h,4,peak\n86400,0,\n";
    fs::write(folder.path().join("replicas.csv"), table).unwrap();
    let text = format!("{HEAD}replicaSchedules: [{{workload: db, file: replicas.csv}}]\n");
    let source = Source { file: "planned.yaml".into(), text: text.into() };
    let scenario = Scenario::parse(&source, Some(folder.path())).unwrap();
    assert_eq!(scales(&scenario), expected);
    assert!(scenario.inputs.iter().any(|input| input.file == "replicas.csv"));
}

#[test]
fn rollouts_change_what_they_name_and_take_their_strategy() {
    let text = "rollouts:
  - workload: web
    at: 1h
    containers: {app: {image: 'web:2', requests: {cpu: 200m}}}
    annotations: {spotsim/startup: 40s}
    strategy: {maxSurge: 50%, maxUnavailable: 0, progressDeadlineSeconds: 60}
  - {workload: web, at: 2h}
  - {workload: db, at: 1h, strategy: {partition: 2}}
  - {workload: agent, at: 1h, strategy: {maxUnavailable: 50%}}
";
    let scenario = read(text).unwrap();
    let planned = &scenario.setup.model.planned.rollouts;
    let all: Vec<_> = planned.values().flatten().map(|rollout| rollout.strategy).collect();
    assert!(matches!(
        all[0],
        Strategy::Rolling { max_surge: Amount::Percent(50), max_unavailable: Amount::Pods(0), .. }
    ));
    assert!(matches!(all[1], Strategy::Rolling { max_surge: Amount::Percent(25), .. }));
    assert!(matches!(all[2], Strategy::Ordinals { partition: 2 }));
    assert!(matches!(all[3], Strategy::Nodes { max_unavailable: Amount::Percent(50), .. }));
    let ended = |fact: &Fact| matches!(fact, Fact::RolloutEnded { .. });
    assert_eq!(facts(&scenario).iter().filter(|(_, fact)| ended(fact)).count(), 4);
    let web = planned.values().next().unwrap();
    let model = &scenario.setup.model;
    let [first, restart] = [0, 1].map(|at| &model.specs[web[at].spec]);
    assert_eq!(first.startup.as_ms(), 40_000);
    assert_eq!(restart.startup, first.startup, "what was changed stays");
    assert_eq!(restart.requests, first.requests);
}

#[test]
fn what_cannot_be_planned_is_said_precisely() {
    let schedule = |rest: &str| format!("replicaSchedules: [{{{rest}}}]\n");
    let rollout = |rest: &str| format!("rollouts: [{{{rest}}}]\n");
    for (text, code, what) in [
        (
            schedule("workload: wbe, steps: [{at: 1h, replicas: 1}]"),
            "E1001",
            "did you mean `default/web`?",
        ),
        (
            schedule("workload: shop/web, steps: [{at: 1h, replicas: 1}]"),
            "E1001",
            "no workload `shop/web`",
        ),
        (
            schedule("workload: agent, steps: [{at: 1h, replicas: 1}]"),
            "E1001",
            "`default/agent` is a DaemonSet: only Deployments and StatefulSets have replicas",
        ),
        (
            schedule("workload: web, steps: [{at: 2h, replicas: 1}, {at: 1h, replicas: 2}]"),
            "E1001",
            "the step at 1h comes after one at 2h",
        ),
        (schedule("workload: web, steps: [{at: 2h, replicas: -1}]"), "E0103", "-1"),
        (schedule("workload: web"), "E1001", "say when"),
        (schedule("workload: web, file: x.csv, steps: [{at: 2h, replicas: 1}]"), "E0001", "x.csv"),
        (
            schedule("workload: web, schedule: [{cron: 61 * * * *, replicas: 1}]"),
            "E1001",
            "minute `61`",
        ),
        (
            schedule(
                "workload: web, timeZone: Mars/Base, schedule: [{cron: 0 * * * *, replicas: 1}]",
            ),
            "E1001",
            "`Mars/Base`",
        ),
        (
            rollout("workload: nightly, at: 1h"),
            "E1001",
            "`default/nightly` is a Job: only Deployments, StatefulSets and DaemonSets are rolled out",
        ),
        (rollout("workload: web, at: 3d"), "E1001", "the simulation has ended by then"),
        (
            rollout("workload: web, at: 1h, containers: {ap: {image: x}}"),
            "E1001",
            "did you mean `app`?",
        ),
        (
            rollout("workload: web, at: 1h, containers: {app: {requests: {cpu: many}}}"),
            "E1001",
            "many",
        ),
        (
            rollout("workload: web, at: 1h, strategy: {partition: 1}"),
            "E1001",
            "a Deployment has no `partition`",
        ),
        (
            rollout("workload: db, at: 1h, strategy: {type: Recreate}"),
            "E1001",
            "no strategy `Recreate`",
        ),
        (
            rollout("workload: web, at: 1h, strategy: {maxSurge: 0, maxUnavailable: 0}"),
            "E1001",
            "both 0",
        ),
        (rollout("workload: web, at: 1h, strategy: {maxSurge: lots}"), "E1001", "`lots`"),
        (
            "rollouts: [{workload: web, at: 1h}, {workload: web, at: 60m}]\n".into(),
            "E1001",
            "twice",
        ),
    ] {
        let error = read(&text).err().unwrap_or_else(|| panic!("{text} is accepted"));
        assert!(error.contains(code) && error.contains(what), "{text}\n{error}");
    }
}

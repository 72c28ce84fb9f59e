//! What a scenario says of Jobs: their work, their checkpoints, their gangs, their deadlines.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::world::job::{Checkpoints, Job, Work};
use sim::world::workload::Controller;
use sim::{Fact, Root, SimTime, Span};

fn with(job: &str) -> Result<Scenario, Diagnostics> {
    let text = format!(
        "apiVersion: spotsim/v1\nname: jobs\nhorizon: 1d\nregion: us-east-1\n\
         pools:\n  - {{name: a, count: 2, capacityType: spot, instanceTypes: [m6i.large]}}\n{job}"
    );
    Scenario::parse(&Source { file: "jobs.yaml".into(), text: Arc::from(text) }, None)
}

fn annotated(annotations: &str) -> Result<Scenario, Diagnostics> {
    with(&format!(
        "workloads:\n  - name: train\n    kind: Job\n    completions: 2\n    parallelism: 2\n    \
         annotations: {{{annotations}}}\n    template: {{containers: [{{name: app}}]}}\n"
    ))
}

fn wrong(scenario: Result<Scenario, Diagnostics>, part: &str) {
    let errors = scenario.err().expect("an error").to_string();
    assert!(errors.contains(part), "{errors}");
}

#[test]
fn annotations_say_what_manifests_cannot() {
    let scenario = annotated(
        "spotsim/duration: 3h, spotsim/checkpoint-every: 30m, spotsim/checkpoint-takes: 1m, \
         spotsim/restart-takes: 2m, spotsim/gang: \"true\", spotsim/deadline: 8h",
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let minutes = |minutes: u64| Span::from_secs(minutes * 60);
    let work = Work {
        duration: minutes(180),
        checkpoints: Some(Checkpoints { every: minutes(30), takes: minutes(1) }),
        restart: minutes(2),
        gang: true,
    };
    let job =
        Job { completions: 2, parallelism: 2, work, deadline: Some(minutes(480)), retries: None };
    let workload = scenario.setup.model.workloads.rows().next().expect("a workload");
    assert_eq!(workload.controller, Controller::Job(job));
    assert!(scenario.assumptions.iter().all(|it| it.id != "checkpoint-overheads"));
}

#[test]
fn what_saving_takes_is_assumed_aloud() {
    let scenario = annotated("spotsim/duration: 3h, spotsim/checkpoint-every: 30m");
    let scenario = scenario.unwrap_or_else(|errors| panic!("{errors}"));
    assert!(scenario.assumptions.iter().any(|it| it.id == "checkpoint-overheads"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    wrong(annotated("spotsim/checkpoint-every: 0s"), "must be longer than 0s");
    wrong(annotated("spotsim/checkpoint-takes: 1m"), "without `spotsim/checkpoint-every`");
    wrong(annotated("spotsim/gang: yes"), "write `true` or `false`");
    let uneven = "workloads:\n  - name: train\n    kind: Job\n    completions: 4\n    \
                  parallelism: 2\n    annotations: {spotsim/gang: \"true\"}\n    \
                  template: {containers: [{name: app}]}\n";
    wrong(with(uneven), "completions (4) must be parallelism (2)");
}

const TRAIN: &str = "deadlineJobs:\n  - name: train\n    work: 4h\n    deadline: 12h\n    \
                     changeover: 10m\n    policy: greedy\n    instanceType: m6i.large\n";

#[test]
fn a_job_with_a_deadline_has_a_pool_of_its_own() {
    let scenario = with(TRAIN).unwrap_or_else(|errors| panic!("{errors}"));
    let model = &scenario.setup.model;
    let workload = model.workloads.rows().next().expect("a workload");
    let Controller::DeadlineJob(job) = workload.controller else { panic!("a deadline job") };
    assert_eq!(job.tick, Span::from_secs(300));
    assert_eq!(model.pools[job.pool].templates.len(), 2);
    assert_eq!(model.pools[job.pool].size, 0);
    assert!(scenario.assumptions.iter().any(|it| it.id == "deadline-jobs"));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    let done = facts.iter().any(|(_, fact)| matches!(fact, Fact::DeadlineJobDone { .. }));
    assert!(done, "within the day");
}

#[test]
fn a_tick_of_nothing_is_refused() {
    wrong(with(&format!("{TRAIN}    tick: 0s\n")), "decides every 0s");
    wrong(with(&TRAIN.replace("m6i", "m6j")), "m6j.large");
}

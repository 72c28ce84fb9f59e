//! What a scenario says of Jobs: their work, their checkpoints, their gangs, their deadlines.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::model::failure::{FailureAction, FailureRule, Pattern, Replacement};
use sim::model::job::{Checkpoints, Job, Work};
use sim::model::schedule::Concurrency;
use sim::model::workload::Controller;
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
    assert_eq!(model.pools[job.pool].size(), 0);
    assert!(scenario.assumptions.iter().any(|it| it.id == "deadline-jobs"));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    let done = facts.iter().any(|(_, fact)| matches!(fact, Fact::DeadlineJobDone { .. }));
    assert!(done, "within the day");
}

/// Its instances are no nodes of the cluster, so that there need be none.
#[test]
fn a_scenario_may_be_jobs_with_deadlines_alone() {
    let text = |more: &str| {
        let text = format!(
            "apiVersion: spotsim/v1\nname: jobs\nhorizon: 1d\nregion: us-east-1\n{TRAIN}{more}"
        );
        Scenario::parse(&Source { file: "jobs.yaml".into(), text: Arc::from(text) }, None)
    };
    assert!(text("").is_ok());
    let web = "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\n";
    wrong(text(web), "the scenario has no `pools`");
}

#[test]
fn a_tick_of_nothing_is_refused() {
    wrong(with(&format!("{TRAIN}    tick: 0s\n")), "decides every 0s");
    wrong(with(&TRAIN.replace("m6i", "m6j")), "m6j.large");
}

/// A Job of the scenario that says more.
fn limited(more: &str) -> Result<Scenario, Diagnostics> {
    with(&format!(
        "workloads:\n  - name: render\n    kind: Job\n    {more}\n    \
         template: {{restartPolicy: Never, containers: [{{name: app}}]}}\n"
    ))
}

/// A CronJob of a manifest, its spec but for the template.
fn manifest(spec: &str, job: &str) -> Result<Scenario, Diagnostics> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let object = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: report}}\nspec:\n{spec}\n  \
         jobTemplate:\n    spec:\n      {job}\n      template:\n        spec:\n          \
         restartPolicy: Never\n          containers: [{{name: app}}]\n"
    );
    std::fs::write(folder.path().join("report.yaml"), object).expect("room for a file");
    let text = "apiVersion: spotsim/v1\nname: jobs\nhorizon: 7d\nregion: us-east-1\n\
                pools: [{name: a, count: 2, capacityType: on-demand, instanceTypes: [m6i.large]}]\n\
                manifests: [report.yaml]\n";
    let source = Source { file: "jobs.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, Some(folder.path()))
}

fn right(scenario: Result<Scenario, Diagnostics>) -> Scenario {
    scenario.unwrap_or_else(|errors| panic!("{errors}"))
}

fn job_of(scenario: &Scenario) -> Job {
    let workload = scenario.setup.model.workloads.rows().next().expect("a workload");
    workload.controller.job().expect("a Job")
}

fn has(scenario: &Scenario, assumption: &str) -> bool {
    scenario.assumptions.iter().any(|it| it.id == assumption)
}

#[test]
fn a_job_of_a_scenario_never_gives_up_unless_it_says_so() {
    let scenario = right(limited("completions: 3"));
    assert_eq!(job_of(&scenario).retries, None);
    assert!(has(&scenario, "job-retries"));
    let scenario = right(limited("backoffLimit: 2\n    activeDeadlineSeconds: 600"));
    let retries = job_of(&scenario).retries.expect("limits");
    assert_eq!((retries.limit, retries.active_deadline), (2, Some(Span::from_secs(600))));
    assert!(!has(&scenario, "job-retries"));
}

#[test]
fn a_policy_is_read_rule_by_rule() {
    let scenario = right(limited(
        "podFailurePolicy: {rules: [\
         {action: FailJob, onExitCodes: {operator: In, values: [42]}}, \
         {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}",
    ));
    let retries = job_of(&scenario).retries.expect("limits");
    assert_eq!((retries.limit, retries.replacement), (6, Replacement::Failed));
    let policy = &scenario.setup.model.failure_policies[retries.policy.expect("a policy")];
    let rule = |action, on| FailureRule { action, on };
    let expected = [
        rule(FailureAction::FailJob, Pattern::In(vec![42])),
        rule(FailureAction::Ignore, Pattern::DisruptionTarget),
    ];
    assert_eq!(policy.rules, expected);
    assert!(has(&scenario, "job-exit-codes"));
}

#[test]
fn what_kubernetes_would_refuse_of_a_policy_is_refused() {
    let rule = |rule: &str| limited(&format!("podFailurePolicy: {{rules: [{rule}]}}"));
    wrong(rule("{action: Retry, onExitCodes: {operator: In, values: [1]}}"), "Retry");
    wrong(rule("{action: Ignore}"), "one of onExitCodes and onPodConditions");
    wrong(rule("{action: Ignore, onExitCodes: {operator: In, values: [0]}}"), "0 is no failure");
    wrong(rule("{action: Ignore, onExitCodes: {operator: In, values: []}}"), "needs values");
    let unknown = "{action: Count, onExitCodes: {containerName: b, operator: In, values: [1]}}";
    wrong(rule(unknown), "no container `b`");
    let policy = |rest: &str| format!("podFailurePolicy: {{rules: [{{action: Retry, {rest}}}]}}");
    let condition = policy("onPodConditions: [{type: DisruptionTarget}]");
    wrong(manifest("  schedule: \"@daily\"", &condition), "action` is `Retry`");
    let early =
        condition.replace("Retry", "Count") + "\n      podReplacementPolicy: TerminatingOrFailed";
    wrong(manifest("  schedule: \"@daily\"", &early), "needs podReplacementPolicy `Failed`");
}

#[test]
fn a_cron_job_is_due_by_its_clock() {
    let spec = "  schedule: \"0 9 * * MON-FRI\"\n  timeZone: Europe/Berlin\n  \
                concurrencyPolicy: Forbid\n  startingDeadlineSeconds: 60";
    let scenario = right(manifest(spec, "backoffLimit: 3"));
    let schedule = scenario.setup.model.schedules.rows().next().expect("a schedule");
    // T+0 is midnight in UTC of a Monday in June, when Berlin is two hours ahead.
    let hours = [7, 31, 55, 79, 103].map(|hour| SimTime::ZERO + Span::from_hours(hour));
    assert_eq!(schedule.due, hours);
    assert_eq!(schedule.concurrency, Concurrency::Forbid);
    assert_eq!(schedule.starting_deadline, Some(Span::from_secs(60)));
    assert_eq!(job_of(&scenario).retries.map(|retries| retries.limit), Some(3));
    assert!(has(&scenario, "cron-calendar"));
    assert!(scenario.unmodelled.iter().all(|it| !it.what.contains("CronJob")));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    let made = facts.iter().filter(|(_, fact)| matches!(fact, Fact::JobCreated { .. })).count();
    assert_eq!(made, 5);
}

#[test]
fn what_is_no_cron_job_is_refused() {
    wrong(manifest("  schedule: \"61 * * * *\"", "parallelism: 1"), "minute `61`");
    wrong(manifest("  schedule: \"* * * *\"", "parallelism: 1"), "4 fields");
    let daily =
        |rest: &str| manifest(&format!("  schedule: \"@daily\"\n  {rest}"), "parallelism: 1");
    wrong(daily("timeZone: Mars/Olympus"), "`Mars/Olympus` is not known");
    wrong(daily("concurrencyPolicy: Never"), "concurrencyPolicy` is `Never`");
    wrong(limited("schedule: \"@daily\""), "set `kind: CronJob`");
    let native =
        "workloads:\n  - {name: a, kind: CronJob, template: {containers: [{name: app}]}}\n";
    wrong(with(native), "needs a `schedule`");
    let native = native.replace("CronJob,", "CronJob, schedule: \"@hourly\",");
    assert!(job_of(&right(with(&native))).retries.is_some());
    wrong(with(&format!("{native}startTime: tomorrow\n")), "`tomorrow` is no moment");
    let dated = right(with(&format!("{native}startTime: 2026-06-01T23:30:00Z\n")));
    let schedule = dated.setup.model.schedules.rows().next().expect("a schedule");
    assert_eq!(schedule.due.first(), Some(&SimTime::from_ms(30 * 60_000)));
}

#[test]
fn what_stands_still_is_listed() {
    let listed = |scenario: Scenario| {
        scenario.unmodelled.iter().any(|it| it.what.starts_with("suspend"))
            && scenario.setup.model.workloads.rows().next().is_none()
    };
    assert!(listed(right(manifest("  schedule: \"@daily\"\n  suspend: true", "backoffLimit: 3"))));
    assert!(listed(right(manifest("  schedule: \"@daily\"", "suspend: true"))));
}

/// Seconds without measure, as some write for "never".
#[test]
fn for_ever_is_no_overflow() {
    let most = i64::MAX;
    let spec = format!(
        "  schedule: \"@hourly\"\n  concurrencyPolicy: Forbid\n  startingDeadlineSeconds: {most}"
    );
    let scenario = right(manifest(&spec, &format!("activeDeadlineSeconds: {most}")));
    let retries = job_of(&scenario).retries.expect("limits");
    assert_eq!(retries.active_deadline, Some(sim::time::LONGEST_HORIZON));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    assert!(facts.iter().any(|(_, fact)| matches!(fact, Fact::JobCreated { .. })));
}

/// Three workloads, the middle one a Deployment.
fn two_cron_jobs(schedules: [&str; 2]) -> String {
    let template = "template: {containers: [{name: app}]}";
    let [one, two] = schedules;
    format!(
        "workloads:\n  - {{name: one, kind: CronJob, schedule: \"{one}\", {template}}}\n  \
         - {{name: web, {template}}}\n  \
         - {{name: two, kind: CronJob, schedule: \"{two}\", {template}}}\n"
    )
}

#[test]
fn each_cron_job_has_its_own_times() {
    let scenario = right(with(&two_cron_jobs(["@daily", "0 6,18 * * *"])));
    let model = &scenario.setup.model;
    let due: Vec<usize> = model
        .workloads
        .rows()
        .map(|it| match it.controller {
            Controller::CronJob { schedule, .. } => model.schedules[schedule].due.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(due, [1, 0, 2]);
}

#[test]
fn each_cron_job_that_is_due_too_often_is_an_error_where_it_is_written() {
    let text = two_cron_jobs(["@every 1s", "@every 2s"]);
    right(with(&text));
    let text = text.replace("kind", "completions: 2000000000, parallelism: 1, kind");
    let errors = with(&text).err().expect("errors");
    let lines: Vec<usize> =
        errors.iter().filter_map(|it| it.place.as_ref()).map(|it| it.line_column().0).collect();
    assert_eq!(lines, [8, 10], "{errors}");
    wrong(with(&text), "it is due 86399 times, for 172798000000000 pods");
    let decade = "apiVersion: spotsim/v1\nname: jobs\nhorizon: 3650d\nregion: us-east-1\n\
                  pools: [{name: a, count: 2, capacityType: spot, instanceTypes: [m6i.large]}]\n";
    let text = format!("{decade}{}", two_cron_jobs(["@every 1s", "@hourly"]));
    let source = Source { file: "jobs.yaml".into(), text: Arc::from(text) };
    wrong(Scenario::parse(&source, None), "is due more than 1051200 times");
}

#[test]
fn jobs_without_completions_are_queues() {
    let queue = "backoffLimit: 6\n      parallelism: 3";
    assert!(has(&right(manifest("  schedule: \"@daily\"", queue)), "job-work-queues"));
    let said = format!("{queue}\n      completions: 3");
    for job in ["backoffLimit: 6", &said] {
        assert!(!has(&right(manifest("  schedule: \"@daily\"", job)), "job-work-queues"));
    }
    let paused = right(manifest("  schedule: \"@daily\"", "parallelism: 0"));
    assert!(paused.unmodelled.iter().any(|it| it.what.starts_with("spec.parallelism: 0")));
}

#[test]
fn what_the_api_server_would_refuse_of_a_job_is_refused() {
    wrong(limited("completions: 0"), "completions");
    wrong(limited("parallelism: 0"), "parallelism");
    let again = "workloads:\n  - {name: a, kind: Job, template: {restartPolicy: Always, \
                 containers: [{name: app}]}}\n";
    wrong(with(again), "restartPolicy `Never` or `OnFailure`");
    let rules = "podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: \
                 {operator: In, values: [1]}}]}";
    let daily = |job: &str| manifest("  schedule: \"@daily\"", job);
    wrong(daily(rules), "FailIndex needs a backoffLimitPerIndex");
    let indexed = "backoffLimitPerIndex: 1\n      completionMode: Indexed\n      completions: 2";
    right(daily(&format!("{rules}\n      {indexed}")));
}

#[test]
fn what_is_said_of_indexes_is_listed() {
    let said = "completionMode: Indexed\n      completions: 4\n      backoffLimitPerIndex: 1\n      \
                maxFailedIndexes: 2";
    let scenario = right(manifest("  schedule: \"@daily\"", said));
    let listed = |field: &str| scenario.unmodelled.iter().any(|it| it.what.starts_with(field));
    assert!(listed("spec.backoffLimitPerIndex:") && listed("spec.maxFailedIndexes:"));
}

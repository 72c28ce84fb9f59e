//! Usage of what a generator or a population of services makes: one model for all that is alike.

use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::engine::Simulation;
use sim::fact::Fact;
use sim::model::job::Outcome;
use sim::model::resources::Lane;
use sim::model::workload::WorkloadId;
use sim::{Root, SimTime};

const ROOT: Root = Root { seed: 3, replication: 0 };

const HEAD: &str = "apiVersion: spotsim/v1
name: many
horizon: 12h
region: us-east-1
pools: [{name: a, count: 3, capacityType: on-demand, instanceTypes: [m6i.2xlarge]}]
";

const BATCH: &str = "arrivals:
  - name: nightly
    kind: Job
    namespace: batch
    process: {poisson: {perHour: 30}}
    classes:
      - name: small
        weight: 3
        duration: 10m
        template:
          restartPolicy: OnFailure
          containers: [{name: work, resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}}}]
      - name: large
        cpu: {values: [1, 2]}
        memory: {values: [1Gi, 2Gi]}
        duration: 20m
        template: {containers: [{name: work}]}
";

fn parse(tail: &str) -> Result<Scenario, String> {
    let source = Source { file: "many.yaml".into(), text: Arc::from(format!("{HEAD}{tail}")) };
    Scenario::parse(&source, None).map_err(|errors| errors.render(false))
}

fn facts(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, ROOT, &mut facts);
    facts
}

fn workload(scenario: &Scenario, name: &str) -> WorkloadId {
    let model = &scenario.setup.model;
    let named = model.workloads.iter().find(|(_, row)| model.names.text(row.name) == name);
    named.expect("a workload of that name").0
}

/// An entry for a generator is of all its classes, unless there is one for the class itself.
#[test]
fn a_class_goes_before_its_generator() {
    let usage = "usage:
  - {workload: batch/nightly-large, constant: {cpu: 900m, memory: 700Mi}}
  - workload: batch/nightly
    phases: [{lasts: 2m, cpu: 100m, memory: 100Mi}, {lasts: 2m, cpu: 400m, memory: 200Mi}]
";
    let scenario = parse(&format!("{BATCH}{usage}")).unwrap();
    let [small, large] = ["nightly-small", "nightly-large"].map(|name| workload(&scenario, name));
    let (mut of_small, mut of_large) = (0, 0);
    for (_, fact) in facts(&scenario) {
        let Fact::PodUses { workload, cpu, memory, .. } = fact else { continue };
        if workload == small {
            assert!([(100, 100), (400, 200)].contains(&(cpu, memory >> 20)), "{cpu} {memory}");
            of_small += 1;
        } else {
            assert_eq!((workload, cpu, memory >> 20), (large, 900, 700));
            of_large += 1;
        }
    }
    assert!(of_small > 400 && of_large > 60, "{of_small} {of_large}");
}

/// What arrives, is killed for its memory and restarts, runs out of its limit of restarts, and leaves
/// nothing behind.
#[test]
fn arrivals_are_killed_restart_and_are_forgotten() {
    let grows = "usage:
  - {workload: batch/nightly-small, constant: {cpu: 100m, memory: 300Mi}, leak: {memory: 60Mi, per: 1m}}
";
    let scenario = parse(&format!("{BATCH}{grows}")).unwrap();
    let mut log = Vec::new();
    let mut simulation = Simulation::new(&scenario.setup, ROOT, &mut log);
    let mut most = 0;
    let small = workload(&scenario, "nightly-small");
    while simulation.step() {
        most = most.max(simulation.world().users(small).len());
    }
    simulation.world().check().expect("sums hold");
    drop(simulation);
    let count = |is: fn(&Fact) -> bool| log.iter().filter(|(_, fact)| is(fact)).count();
    let kills = count(|fact| matches!(fact, Fact::ContainerOomKilled { .. }));
    let restarts = count(|fact| matches!(fact, Fact::ContainerRestarted { .. }));
    let pods = count(|fact| matches!(fact, Fact::PodUses { .. }));
    // 300 MiB and 60 a minute pass 512 MiB after four minutes of ten, and the work is lost each time.
    assert!(kills > 300 && restarts > 300, "{kills} {restarts}");
    assert!(pods > kills && most > 3, "{pods} {most}");
}

/// A Job whose pods restart by themselves counts that towards its `backoffLimit`, also if it arrives.
#[test]
fn restarts_count_towards_the_back_off_limit_of_a_job_that_arrives() {
    let grows = "usage:
  - {workload: batch/nightly-small, constant: {memory: 300Mi}, leak: {memory: 60Mi, per: 1m}}
";
    let limited = BATCH.replacen("duration: 10m", "duration: 10m\n        backoffLimit: 2", 1);
    let [endless, limited] = [BATCH, &limited].map(|batch| {
        let scenario = parse(&format!("{batch}{grows}")).unwrap();
        let small = workload(&scenario, "nightly-small");
        let all = facts(&scenario);
        let kills = all.iter().filter(|(_, fact)| matches!(fact, Fact::ContainerOomKilled { .. }));
        let over = |fact: &Fact| {
            matches!(fact, Fact::JobEnded { workload, outcome: Outcome::BackoffLimitExceeded, .. }
                if *workload == small)
        };
        (kills.count(), all.iter().filter(|(_, fact)| over(fact)).count())
    });
    assert_eq!(endless.1, 0, "a Job without a limit goes on");
    assert!(limited.1 > 100 && limited.0 < endless.0, "{limited:?} {endless:?}");
}

/// CPU above a limit lets what arrives take longer.
#[test]
fn throttled_arrivals_take_longer() {
    let [calm, throttled] = ["400m", "1"].map(|cpu| {
        let usage =
            format!("usage: [{{workload: batch/nightly-small, constant: {{cpu: {cpu}}}}}]\n");
        let scenario = parse(&format!("{BATCH}{usage}")).unwrap();
        let small = workload(&scenario, "nightly-small");
        let worked = facts(&scenario).into_iter().filter_map(|(_, fact)| match fact {
            Fact::PodWorked { workload, worked, .. } if workload == small => Some(worked),
            _ => None,
        });
        worked.map(|worked| worked.waiting.as_ms()).max().unwrap_or(0)
    });
    // A pod that uses 400m is not held up. One that would use a core gets half, and so needs ten more minutes.
    assert_eq!(calm, 0);
    assert_eq!(throttled, 600_000);
}

/// Shares follow what each pod requests itself, whatever size was drawn for it.
#[test]
fn shares_are_of_what_each_pod_requests() {
    let usage = "usage: [{workload: batch/nightly, ofRequests: true, constant: {cpu: 0.5, memory: 0.25}}]\n";
    let scenario = parse(&format!("{BATCH}{usage}")).unwrap();
    let small = workload(&scenario, "nightly-small");
    let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
    let mut sizes = std::collections::BTreeSet::new();
    while simulation.step() {
        let world = simulation.world();
        for workload in scenario.setup.model.workloads.ids() {
            for pod in world.users(workload) {
                let (used, requests) = (
                    world.pod_usage(*pod).expect("it uses something"),
                    world.spec_of(*pod).requests,
                );
                assert_eq!(used.cpu, requests[Lane::CPU] / 2);
                assert_eq!(used.memory, requests[Lane::MEMORY] / 4);
                sizes.insert((workload == small, used.cpu));
            }
        }
    }
    let expected = [(false, 500), (false, 1_000), (true, 125)];
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn services_of_a_population_have_one_model() {
    let services = "services:
  count: 5
  replicas: 2
  cpu: {uniform: {min: 200m, max: 800m}}
  memory: 512Mi
  share: {spot: 1}
usage:
  - {workload: service, ofRequests: true, diurnal: {high: {cpu: 0.6}, peak: '06:00'}, constant: {memory: 0.5}}
  - {workload: service-03, constant: {cpu: 10m}}
";
    let scenario = parse(services).unwrap();
    let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
    let noon = SimTime::from_ms(6 * 3_600_000 + 1);
    while simulation.due().is_some_and(|due| due <= noon) && simulation.step() {}
    let (world, model) = (simulation.world(), &scenario.setup.model);
    for (workload, row) in model.workloads.iter() {
        assert_eq!(world.users(workload).len(), 2);
        let pod = world.users(workload)[0];
        let (used, requests) =
            (world.pod_usage(pod).expect("it uses something"), world.spec_of(pod).requests);
        if model.names.text(row.name) == "service-03" {
            assert_eq!((used.cpu, used.memory), (10, 0));
        } else {
            let share = used.cpu as f64 / requests[Lane::CPU] as f64;
            assert!((share - 0.6).abs() < 0.005, "{share}");
            assert_eq!(used.memory, requests[Lane::MEMORY] / 2);
        }
    }
}

#[test]
fn what_has_no_share_is_refused() {
    for (usage, what) in [
        ("{workload: batch/nightli, constant: {cpu: 1}}", "did you mean `batch/nightly`?"),
        ("{workload: batch/nightly, container: wrk, constant: {cpu: 1}}", "did you mean `work`?"),
        ("{workload: batch/nightly}", "says nothing"),
        ("{workload: batch/nightly, constant: {memory: 1Ei}}", "no node has as much"),
        (
            "{workload: batch/nightly, constant: {cpu: 1}}, {workload: batch/nightly, constant: {cpu: 2}}",
            "is there twice",
        ),
    ] {
        let found = parse(&format!("{BATCH}usage: [{usage}]\n")).err().expect("it is refused");
        assert!(found.contains(what), "{usage}: {found}");
    }
    let empty = BATCH
        .replace("requests: {cpu: 250m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}", "");
    let usage = "usage: [{workload: batch/nightly, ofRequests: true, constant: {cpu: 0.5}}]\n";
    let found = parse(&format!("{empty}{usage}")).err().expect("it is refused");
    assert!(found.contains("requests no cpu"), "{found}");
    let load = "load: [{workload: batch/nightly, constant: 5, perRequest: {cpu: 1m}}]\n";
    let found = parse(&format!("{BATCH}{load}")).err().expect("it is refused");
    assert!(found.contains("not one workload"), "{found}");
}

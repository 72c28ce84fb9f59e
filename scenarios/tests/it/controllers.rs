//! What controllers do that users of Kubernetes expect of them: undone rollouts, deadlines of manifests, pods of
//! DaemonSets that were preempted, and which pods a scale-down takes.

use std::fs;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::engine::Simulation;
use sim::fact::{Cause, Fact};
use sim::model::workload::WorkloadId;
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Root, SimTime};

const ROOT: Root = Root { seed: 1, replication: 0 };
const MINUTE: u64 = 60_000;

fn head(nodes: u32) -> String {
    format!(
        "apiVersion: spotsim/v1\nname: controllers\nhorizon: 6h\nregion: us-east-1\npools:\n  - {{name: base, \
         count: {nodes}, capacityType: on-demand, instanceTypes: [m6i.large]}}\n"
    )
}

fn read(text: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let source = Source { file: "controllers.yaml".into(), text: text.into() };
    Scenario::parse(&source, Some(folder.path())).map_err(|found| found.render(false))
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

/// The revisions of the pods of a workload that run.
fn revisions(world: &World, workload: WorkloadId) -> Vec<u32> {
    let pods = world.pods();
    let own = pods.ids().filter(|pod| pods.workload(*pod) == workload);
    let running = own.filter(|pod| matches!(pods.phase(*pod), Phase::Running { .. }));
    running.map(|pod| pods.revision(pod)).collect()
}

const WEB: &str = "workloads:
  - name: web
    replicas: 8
    template: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}
  - name: db
    kind: StatefulSet
    replicas: 3
    template: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}
";

/// A rollout that gets stuck is undone: pods that are still of the old template stay as they are.
#[test]
fn an_undone_rollout_keeps_the_pods_that_are_still_of_the_template() {
    let text = format!(
        "{}{WEB}rollouts:\n  - {{workload: web, at: 1h, containers: {{app: {{requests: {{cpu: '50'}}}}}}}}\n  - \
         {{workload: web, at: 2h, undo: true}}\n",
        head(4)
    );
    let scenario = read(&text, &[]).unwrap();
    let web = workload(&scenario, "web");
    let facts = facts(&scenario);
    let after = |hours: u64, is: &dyn Fn(&Fact) -> bool| {
        let from = SimTime::from_ms(hours * 60 * MINUTE);
        facts.iter().filter(|(at, fact)| *at >= from && is(fact)).count()
    };
    // A quarter of eight may be missing, and a quarter too many: two old pods go, and four new ones wait.
    let created =
        |fact: &Fact| matches!(fact, Fact::PodCreated { workload, .. } if *workload == web);
    assert_eq!(after(2, &created), 2, "only those that had gone come back");
    assert_eq!(after(1, &created), 4 + 2);
    let ended = |fact: &Fact| matches!(fact, Fact::RolloutEnded { revision: 0, .. });
    assert_eq!(after(2, &ended), 1);
    let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
    while simulation.step() {}
    assert_eq!(revisions(simulation.world(), web), [0; 8]);
}

/// As `kubectl rollout undo` twice: there and back again. What comes after builds upon what it went back to.
#[test]
fn undoing_twice_goes_forth_again() {
    let text = format!(
        "{}{WEB}rollouts:\n  - {{workload: db, at: 30m, containers: {{app: {{requests: {{cpu: 200m}}}}}}}}\n  - \
         {{workload: db, at: 1h, undo: true}}\n  - {{workload: db, at: 2h, undo: true}}\n  - {{workload: db, at: 3h, \
         undo: true}}\n  - {{workload: db, at: 4h, annotations: {{spotsim/startup: 7s}}}}\n",
        head(2)
    );
    let scenario = read(&text, &[]).unwrap();
    let db = workload(&scenario, "db");
    let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
    for (minutes, revision) in [(25, 0), (55, 1), (115, 0), (175, 1), (235, 0), (300, 5)] {
        let at = SimTime::from_ms(minutes * MINUTE);
        while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
        assert_eq!(revisions(simulation.world(), db), [revision; 3], "after {minutes} min");
    }
    let model = &scenario.setup.model;
    let last = &model.planned.rollouts[&db][4];
    let spec = &model.specs[last.spec];
    let first = &model.specs[model.workloads[db].spec];
    assert_eq!((spec.startup.as_ms(), spec.requests), (7_000, first.requests));
}

#[test]
fn what_cannot_be_undone_is_refused() {
    for (rollout, what) in [
        ("{workload: web, at: 1h, undo: true}", "no template of `web` to go back to"),
        (
            "{workload: web, at: 1h}, {workload: web, at: 2h, undo: true, annotations: {spotsim/startup: 1s}}",
            "changes nothing in it",
        ),
    ] {
        let text = format!("{}{WEB}rollouts: [{rollout}]\n", head(2));
        let found = read(&text, &[]).err().expect("it is refused");
        assert!(found.contains("E1001") && found.contains(what), "{found}");
    }
}

#[test]
fn a_manifest_says_its_progress_deadline() {
    let manifest = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  progressDeadlineSeconds: 90
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: web, resources: {requests: {cpu: 100m}}}]}
";
    let rollout = "manifests: [web.yaml]\nrollouts: [{workload: web, at: 1h, containers: {app: {requests: {cpu: '50'}}}}]\n";
    let scenario = read(&format!("{}{rollout}", head(2)), &[("web.yaml", manifest)]).unwrap();
    let stalled = facts(&scenario).into_iter().find_map(|(at, fact)| match fact {
        Fact::RolloutStalled { .. } => Some(at.as_ms() / 1_000),
        _ => None,
    });
    let stalled = stalled.expect("nothing has room for the new pods");
    assert!((3_600 + 90..3_600 + 100).contains(&stalled), "{stalled}");
}

/// A pod of a DaemonSet makes room for one of higher priority, and comes back once that has gone.
#[test]
fn a_preempted_pod_of_a_daemon_set_is_made_again() {
    let text = format!(
        "{}workloads:
  - name: agent
    kind: DaemonSet
    template: {{containers: [{{name: agent, resources: {{requests: {{cpu: 500m}}}}}}]}}
  - name: urgent
    kind: Job
    startAt: 1h
    annotations: {{spotsim/duration: 30m}}
    template:
      priorityClassName: system-cluster-critical
      containers: [{{name: job, resources: {{requests: {{cpu: 1800m}}}}}}]
",
        head(1)
    );
    let scenario = read(&text, &[]).unwrap();
    let agent = workload(&scenario, "agent");
    let facts = facts(&scenario);
    let minutes = |is: &dyn Fn(&Fact) -> bool| -> Vec<u64> {
        facts.iter().filter(|(_, fact)| is(fact)).map(|(at, _)| at.as_ms() / MINUTE).collect()
    };
    let preempted = minutes(
        &|fact| matches!(fact, Fact::PodTerminating { workload, why: Cause::Preempted, .. } if *workload == agent),
    );
    assert_eq!(preempted, [60]);
    let created =
        minutes(&|fact| matches!(fact, Fact::PodCreated { workload, .. } if *workload == agent));
    assert_eq!(created.len(), 2, "{created:?}");
    let placed =
        minutes(&|fact| matches!(fact, Fact::PodScheduled { workload, .. } if *workload == agent));
    assert_eq!(placed.len(), 2, "{placed:?}");
    assert!((90..93).contains(&placed[1]), "once the Job is done: {placed:?}");
}

/// Nodes that come up later have their pods of each DaemonSet, too.
#[test]
fn a_node_that_comes_up_later_gets_its_pod() {
    let text = "apiVersion: spotsim/v1\nname: later\nhorizon: 2d\nregion: us-east-1\npools:\n  - {name: spot, count: 3, \
                capacityType: spot, instanceTypes: [m6i.large]}\nmarket: {reclaims: {scale: 2000}}\nworkloads:\n  - \
                name: agent\n    kind: DaemonSet\n    template: {containers: [{name: agent, resources: {requests: \
                {cpu: 100m}}}]}\n";
    let scenario = read(text, &[]).unwrap();
    let agent = workload(&scenario, "agent");
    let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
    while simulation.step() {
        let world = simulation.world();
        for node in world.registered().iter().filter(|node| !world.view(**node).is_lost()) {
            let on_node = world.placement().pods_on(*node).iter();
            let own = on_node.filter(|pod| world.pods().workload(**pod) == agent).count();
            // A kubelet that shuts down with its instance ends them, and admits no more.
            let least = usize::from(!world.nodes().announced(*node));
            assert!((least..=1).contains(&own), "{own} at {}", world.now());
        }
    }
    let pods = simulation.world().pods().len();
    assert!(pods > 12, "instances are taken, and others come: {pods}");
}

const DUMP: &str = r#"apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Node
    metadata: {name: n0, labels: {spotsim/pool: a, node.kubernetes.io/instance-type: m6i.large, topology.kubernetes.io/zone: us-east-1a}}
    spec: {providerID: "aws:///us-east-1a/i-0"}
    status:
      allocatable: {cpu: 1930m, memory: 7000Mi, pods: "29"}
      capacity: {cpu: "2", memory: 8Gi, pods: "29"}
      conditions: [{type: Ready, status: "True"}]
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: default, uid: d}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: app, image: web, resources: {requests: {cpu: 100m}}}]}
  - apiVersion: apps/v1
    kind: ReplicaSet
    metadata: {name: web-1, namespace: default, uid: r, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: app, image: web, resources: {requests: {cpu: 100m}}}]}
"#;

fn pod(name: &str, cost: &str) -> String {
    format!(
        r#"  - apiVersion: v1
    kind: Pod
    metadata:
      name: {name}
      namespace: default
      uid: {name}
      creationTimestamp: "2026-01-01T00:00:00Z"
      labels: {{app: web}}
      annotations: {{controller.kubernetes.io/pod-deletion-cost: "{cost}"}}
      ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r, controller: true}}]
    spec:
      nodeName: n0
      containers: [{{name: app, image: web, resources: {{requests: {{cpu: 100m}}}}}}]
    status: {{phase: Running, startTime: "2026-01-01T00:00:00Z", conditions: [{{type: Ready, status: "True"}}]}}
"#
    )
}

/// `controller.kubernetes.io/pod-deletion-cost` of each pod decides which of them go first.
#[test]
fn a_scale_down_takes_the_pods_of_the_least_deletion_cost() {
    for (costs, kept) in [(["5", "-3", "100"], 2), (["100", "5", "-3"], 0), (["", "0x", "1"], 2)] {
        let pods: String =
            costs.iter().enumerate().map(|(k, cost)| pod(&format!("web-1-{k}"), cost)).collect();
        let text = "apiVersion: spotsim/v1\nname: cost\nhorizon: 2h\nregion: us-east-1\ncluster: {file: cluster.yaml, \
                    placement: keep}\npools: [{name: a, matchLabels: {spotsim/pool: a}, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}]\nreplicaSchedules: [{workload: web, steps: [{at: 1h, replicas: 1}]}]\n";
        let scenario = read(text, &[("cluster.yaml", &format!("{DUMP}{pods}"))]).unwrap();
        let mut simulation = Simulation::new(&scenario.setup, ROOT, ());
        let before: Vec<_> = simulation.world().pods().ids().collect();
        assert_eq!(before.len(), 3);
        while simulation.step() {}
        let pods = simulation.world().pods();
        let running: Vec<usize> =
            (0..3).filter(|k| matches!(pods.phase(before[*k]), Phase::Running { .. })).collect();
        assert_eq!(running, [kept], "{costs:?}");
    }
}

//! A LimitRange in a scenario's manifests completes containers, and forbids what is out of bounds.

use std::fs;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::breach::Bound;
use sim::model::quota::Counted;
use sim::model::resources::Lane;
use sim::{Fact, Root, SimTime};

const SCENARIO: &str = "apiVersion: spotsim/v1
name: limits
horizon: 1h
region: us-east-1
pools:
  - {name: a, count: 4, capacityType: on-demand, instanceTypes: [m6i.large]}
manifests: [objects.yaml]
";

/// A scenario in which a workload with a container of these resources comes into a namespace with
/// LimitRanges of these items.
fn scenario(items: &str, resources: &str) -> Scenario {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = format!(
        "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: bounds, namespace: shop}}\nspec: {{limits: {items}}}\n\
         ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec:\n  \
         replicas: 2\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    \
         metadata: {{labels: {{app: web}}}}\n    spec:\n      containers:\n        \
         - {{name: app, resources: {resources}}}\n        - {{name: proxy, resources: {resources}}}\n"
    );
    fs::write(folder.path().join("objects.yaml"), objects).expect("it is written");
    let source = Source { file: "limits.yaml".into(), text: SCENARIO.into() };
    let scenario = Scenario::parse(&source, Some(folder.path()));
    scenario.unwrap_or_else(|errors| panic!("{errors}"))
}

/// How many pods are placed, and what keeps the others away.
fn run(scenario: &Scenario) -> (usize, Option<(Counted, Bound, u64)>) {
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    let placed = facts.iter().filter(|(_, it)| matches!(it, Fact::PodScheduled { .. })).count();
    let breach = facts.iter().find_map(|(_, fact)| match fact {
        Fact::PodForbidden { by: "LimitRanger", under, breach, .. } => {
            assert_eq!(scenario.setup.model.names.text(*under), "bounds");
            *breach
        }
        _ => None,
    });
    (placed, breach.map(|it| (it.what, it.bound, it.by)))
}

#[test]
fn containers_that_state_nothing_are_given_what_is_usual() {
    let items =
        "[{type: Container, default: {cpu: 300m}, defaultRequest: {cpu: 200m, memory: 1Gi}}]";
    let scenario = scenario(items, "{}");
    assert!(scenario.unmodelled.is_empty(), "{:?}", scenario.unmodelled);
    let model = &scenario.setup.model;
    let workload = model.workloads.rows().next().expect("one workload");
    let spec = &model.specs[workload.spec];
    assert_eq!((spec.requests[Lane::CPU], spec.requests[Lane::MEMORY]), (400, 2 << 30));
    assert_eq!(spec.containers.limited(Lane::CPU), Some(600));
    assert_eq!(run(&scenario), (2, None));
}

#[test]
fn what_is_out_of_bounds_is_forbidden() {
    let (cpu, memory) = (Lane::CPU, Lane::MEMORY);
    let own = "{requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: 500m}}";
    let under = |item: &str| run(&scenario(&format!("[{item}]"), own));
    assert_eq!(under("{type: Container, min: {cpu: 100m}, max: {cpu: 500m}}"), (2, None));
    assert_eq!(
        under("{type: Container, min: {memory: 2Gi}}"),
        (0, Some((Counted::Requests(memory), Bound::Least, 1 << 30)))
    );
    assert_eq!(
        under("{type: Container, max: {cpu: 400m}}"),
        (0, Some((Counted::Limits(cpu), Bound::Most, 100)))
    );
    assert_eq!(
        under("{type: Pod, max: {cpu: 900m}}"),
        (0, Some((Counted::Limits(cpu), Bound::Most, 100)))
    );
    assert_eq!(
        under("{type: Pod, max: {memory: 9Gi}}"),
        (0, Some((Counted::Limits(memory), Bound::Stated, 0)))
    );
    assert_eq!(under("{type: Container, maxLimitRequestRatio: {cpu: 5}}"), (2, None));
    assert_eq!(
        under("{type: Container, maxLimitRequestRatio: {cpu: 4500m}}"),
        (0, Some((Counted::Limits(cpu), Bound::Ratio, 50)))
    );
}

#[test]
fn what_pods_are_not_held_to_is_listed() {
    let items = "[{type: PersistentVolumeClaim, max: {storage: 1Gi}}, \
                 {type: Container, min: {nvidia.com/gpu: 0}}]";
    let scenario = scenario(items, "{}");
    let listed: Vec<&str> = scenario.unmodelled.iter().map(|it| it.what.as_str()).collect();
    let expected = [
        "LimitRange: bounds of nvidia.com/gpu",
        "LimitRange: bounds of the type PersistentVolumeClaim",
    ];
    assert_eq!(listed, expected);
    assert_eq!(run(&scenario), (2, None));
}

/// What a VerticalPodAutoscaler sets keeps to the bounds of LimitRanges: limits stay in proportion, and
/// requests give way.
#[test]
fn an_autoscaler_keeps_to_the_bounds() {
    let limits = |items: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let objects = format!(
            "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: bounds, namespace: shop}}\nspec: {{limits: {items}}}\n\
             ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec:\n  \
             replicas: 3\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    \
             metadata: {{labels: {{app: web}}}}\n    spec:\n      containers:\n        \
             - {{name: app, resources: {{requests: {{cpu: 100m, memory: 256Mi}}, limits: {{cpu: 200m, memory: 512Mi}}}}}}\n\
             ---\napiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\n\
             metadata: {{name: web, namespace: shop}}\nspec:\n  \
             targetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}\n  \
             updatePolicy: {{updateMode: Recreate}}\n"
        );
        fs::write(folder.path().join("objects.yaml"), objects).expect("it is written");
        let usage = "usage:\n  - {workload: shop/web, constant: {cpu: 400m, memory: 200Mi}}\n";
        let text = SCENARIO.replace("horizon: 1h", "horizon: 4h") + usage;
        let source = Source { file: "limits.yaml".into(), text: text.into() };
        let scenario = Scenario::parse(&source, Some(folder.path()));
        let scenario = scenario.unwrap_or_else(|errors| panic!("{errors}"));
        let mut facts: Vec<(SimTime, Fact)> = Vec::new();
        sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
        let forbidden = facts.iter().any(|(_, it)| matches!(it, Fact::PodForbidden { .. }));
        let last = facts.iter().rev().find_map(|(_, fact)| match fact {
            Fact::PodScheduled { requests, .. } => Some(requests.cpu_milli()),
            _ => None,
        });
        (last, forbidden)
    };
    // Without bounds of CPU it requests what is recommended: its bucket of 406 milli-cores and 15 % more.
    let (free, forbidden) = limits("[{type: Container, min: {cpu: 10m}}]");
    assert!(free.is_some_and(|milli| milli > 400) && !forbidden, "{free:?} {forbidden}");
    // A limit of at most 600m is a request of at most 300m, at the two to one of the template.
    assert_eq!(limits("[{type: Container, max: {cpu: 600m}}]"), (Some(300), false));
    assert_eq!(limits("[{type: Pod, max: {cpu: 500m}}]"), (Some(250), false));
}

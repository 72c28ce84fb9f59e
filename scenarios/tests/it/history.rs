//! Histories for back-tests: whose samples they are, what was requested meanwhile, and what is refused.

use std::fs;
use std::path::PathBuf;

use scenarios::history::{Columns, History, read};
use scenarios::kube::ObjectKind;
use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::CpuMemory;

const MANIFESTS: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - {name: proxy, image: p, restartPolicy: Always, resources: {limits: {cpu: 100m}}}
        - {name: once, image: o}
      containers:
        - {name: app, image: a, resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {cpu: 500m}}}
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  resourcePolicy:
    containerPolicies:
      - {containerName: app, minAllowed: {cpu: 200m}, maxAllowed: {cpu: 400m, memory: 1Gi}}
";

fn history(files: &[(&str, &str)]) -> Result<History, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        fs::write(path, text).expect("room for a file");
    }
    let (manifests, usage): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| path.extension().is_some_and(|it| it == "yaml"));
    read(&usage, &manifests, &Columns::default()).map_err(|errors| errors.render(false))
}

#[test]
fn series_are_those_of_the_workloads_of_the_manifests() {
    let usage = "time,namespace,pod,container,cpu,memory
2026-05-01T00:00:00Z,shop,web-7f9c4d-x2x4z,app,100m,200Mi
2026-05-01T00:00:00Z,shop,web-7f9c4d-kghtm,app,150m,210Mi
2026-05-01T00:00:00Z,shop,web-7f9c4d-x2x4z,proxy,10m,20Mi
2026-05-01T00:00:00Z,shop,other-0,x,10m,20Mi
";
    let it = history(&[("usage.csv", usage), ("web.yaml", MANIFESTS)]).expect("sound");
    assert!(it.dated);
    let names: Vec<(&str, &str, usize)> = it
        .containers
        .iter()
        .map(|it| (it.workload.as_str(), it.container.as_str(), it.pods.len()))
        .collect();
    assert_eq!(names, [("other", "x", 1), ("web", "app", 2), ("web", "proxy", 1)]);
    let [other, app, proxy] = &it.containers[..] else { panic!("three") };
    assert_eq!(
        (other.kind, other.has_manifest, other.alongside),
        (ObjectKind::StatefulSet, false, 1)
    );
    assert_eq!((app.replicas, app.alongside, app.list), (Some(3), 2, "containers"));
    assert_eq!((proxy.alongside, proxy.list), (2, "initContainers"));
    let requests = CpuMemory { cpu: Some(250), memory: Some(256 << 20) };
    let limits = CpuMemory { cpu: Some(500), memory: None };
    assert_eq!(app.stated, [(i64::MIN, Sizes { requests, limits })]);
    // A limit without a request is one.
    assert_eq!(proxy.stated[0].1.requests.cpu, Some(100));
    assert_eq!(app.bounds.expect("a policy").max.memory, Some(1 << 30));
    let notes = it.notes.join("\n");
    assert!(notes.contains("1 series of no workload of the manifests"), "{notes}");
}

#[test]
fn requests_of_the_record_change_over_time() {
    let usage = "time,pod,container,cpu_m,cpu_request,cpu_limit,memory_mib,memory_request_mib
0,db-0,db,100,200,400,50,64
300,db-0,db,100,200,400,50,64
600,db-0,db,100,300,400,50,
";
    let it = history(&[("usage.csv", usage)]).expect("sound");
    let [db] = &it.containers[..] else { panic!("one") };
    let sizes = |cpu| Sizes {
        requests: CpuMemory { cpu: Some(cpu), memory: Some(64 << 20) },
        limits: CpuMemory { cpu: Some(400), memory: None },
    };
    assert_eq!(db.stated, [(0, sizes(200)), (600_000, sizes(300))]);
    assert!(!it.dated);
}

#[test]
fn a_pod_as_a_whole_is_left_out_where_its_containers_are_there() {
    let series = |container: &str, value: &str| {
        format!(
            r#"{{"metric":{{"__name__":"container_memory_working_set_bytes","namespace":"shop",
                "pod":"db-0","container":"{container}"}},"values":[[1780297200,"{value}"]]}}"#
        )
    };
    let answer = |series: &[String]| {
        format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#,
            series.join(",")
        )
    };
    let both = answer(&[series("", "300"), series("db", "200")]);
    let it = history(&[("memory.json", &both)]).expect("sound");
    assert_eq!(it.containers.len(), 1);
    assert!(it.notes.iter().any(|it| it.contains("of pods as a whole left out")), "{:?}", it.notes);
    let alone = answer(&[series("", "300")]);
    assert_eq!(history(&[("memory.json", &alone)]).expect("sound").containers.len(), 1);
}

#[test]
fn what_is_wrong_is_said() {
    for (text, message) in [
        ("", "usage.csv is empty"),
        ("when,cpu\n0,1\n", "no time column found"),
        ("when,cpu\n0,1\n", "`--map time=...`"),
        ("time,pod\n0,a\n", "neither CPU nor memory found"),
        ("time,pod,cpu_request\n0,a,1\n", "neither CPU nor memory found"),
        ("time,pod,cpu\n300,a,1\n0,a,1\n", "time goes backwards"),
        ("time,pod,cpu\n0,a,-1\n", "`-1` is negative"),
        ("time,pod,cpu\n0,a,100m\n1,a,2\n", "mixes units"),
        ("time,pod,cpu_m,cpu_request\n0,a,1,100m\n1,a,2,3\n", "mixes units"),
        ("time,pod,cpu\n0,a,1\n0,a,2\n", "two samples"),
        (
            "time,pod,cpu_m,cpu_request,cpu_limit\n0,a,1,300,200\n",
            "requests 300m of CPU and is limited to 200m",
        ),
    ] {
        let errors = history(&[("usage.csv", text)]).expect_err("wrong");
        assert!(errors.contains(message), "{text}{errors}");
    }
    let usage = "time,pod,cpu\n0,web-1,1\n";
    for (from, to, message) in [
        ("cpu: 250m", "cpu: 600m", "cpu"),
        (
            "minAllowed: {cpu: 200m}",
            "minAllowed: {cpu: 500m}",
            "must not be less than `minAllowed`",
        ),
        ("cpu: 250m", "cpu: much", "much"),
    ] {
        let bad = MANIFESTS.replace(from, to);
        let errors = history(&[("usage.csv", usage), ("web.yaml", &bad)]).expect_err("wrong");
        assert!(errors.contains(message), "{errors}");
    }
}

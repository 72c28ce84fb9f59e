//! What a scenario says of images and disks: how it is understood, and what is wrong with it.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::Span;
use sim::model::Model;
use sim::model::workload::WorkloadId;
use sim::table::Id;

const MIB: u64 = 1 << 20;

const GOOD: &str = "\
apiVersion: spotsim/v1
name: good
horizon: 1d
region: us-east-1
pools:
  - {name: a, count: 2, capacityType: spot, instanceTypes: [m6i.large]}
";

const PULLS: &str = "imagePulls: {rate: 50Mi, size: 300Mi, images: {postgres: 150Mi}}\n";

const DB: &str = "\
workloads:
  - name: db
    template:
      initContainers: [{name: init, image: 'busybox:1'}]
      containers: [{name: db, image: 'postgres:latest'}, {name: app, image: 'app:2'}]
";

fn parse(text: &str, files: &[(&str, &str)]) -> Result<Scenario, Diagnostics> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, Some(folder.path()))
}

fn accepted(text: &str, files: &[(&str, &str)]) -> Scenario {
    parse(text, files).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The images of a workload's pods with their sizes in MiB.
fn images(model: &Model, workload: usize) -> Vec<(&str, u64)> {
    let spec = &model.specs[model.workloads[WorkloadId::from_index(workload)].spec];
    let known = spec.images.known.iter();
    known
        .map(|id| (model.names.text(model.images.name(*id)), model.images.bytes(*id) / MIB))
        .collect()
}

/// A Deployment of one container with probes.
fn probed(annotations: &str, probes: &str) -> String {
    format!(
        "{GOOD}workloads:\n  - {{name: web, annotations: {{{annotations}}}, template: {{containers: \
         [{{name: app, {probes}}}]}}}}\n"
    )
}

#[test]
fn probes_decide_when_a_pod_is_ready() {
    for (annotations, probes, ready) in [
        ("", "image: a", 5),
        ("", "readinessProbe: {initialDelaySeconds: 180, httpGet: {path: /health, port: 80}}", 180),
        ("spotsim/startup: 42s", "readinessProbe: {periodSeconds: 5, successThreshold: 2}", 50),
        ("spotsim/startup: 42s", "startupProbe: {failureThreshold: 30}", 50),
        ("", "livenessProbe: {initialDelaySeconds: 300}", 5),
    ] {
        let scenario = accepted(&probed(annotations, probes), &[]);
        let model = &scenario.setup.model;
        let spec = &model.specs[model.workloads[WorkloadId::from_index(0)].spec];
        assert_eq!(spec.startup, Span::from_secs(ready), "{probes}");
        let listed = scenario.assumptions.iter().any(|it| it.id == "pod-probes");
        assert_eq!(listed, ready != 5, "{probes}");
        assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
    }
}

#[test]
fn a_startup_probe_that_gives_up_too_early_is_said() {
    let probe = "startupProbe: {initialDelaySeconds: 10, periodSeconds: 5, failureThreshold: 4}";
    let of = |startup: u32| {
        let text = probed(&format!("spotsim/startup: {startup}s"), probe);
        accepted(&text, &[]).warnings.iter().map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of(25), [""; 0], "the fourth probe is at 25 s");
    assert_eq!(
        of(26),
        [
            "Deployment default/web: the startupProbe of container `app` fails for the last time after \
          25s, and the container answers after 26s"
        ]
    );
    let wrong = parse(&probed("", "startupProbe: {successThreshold: 2}"), &[]).err();
    let wrong = wrong.expect("the API server refuses it").to_string();
    assert!(
        wrong.contains("startupProbe.successThreshold of container `app` must be 1"),
        "{wrong}"
    );
    let negative = parse(&probed("", "readinessProbe: {initialDelaySeconds: -1}"), &[]);
    assert!(negative.is_err(), "as the API server says");
}

#[test]
fn images_are_as_large_as_the_scenario_says() {
    let scenario = accepted(&format!("{GOOD}{DB}{PULLS}"), &[]);
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
    let pulled = [("busybox:1", 300), ("postgres:latest", 150), ("app:2", 300)];
    assert_eq!(images(&scenario.setup.model, 0), pulled, "in the order of containers");
    assert_eq!(scenario.setup.start_up.pull_rate, Some(50 * MIB));
    assert!(scenario.assumptions.iter().any(|it| it.text.contains("50Mi in a second")));
}

#[test]
fn without_the_block_nothing_is_pulled_or_known() {
    let scenario = accepted(&format!("{GOOD}{DB}"), &[]);
    assert!(images(&scenario.setup.model, 0).is_empty());
    assert_eq!(scenario.setup.start_up.pull_rate, None);
    assert!(scenario.assumptions.iter().all(|it| it.id != "image-pulls"));
}

/// A node that reports one image and runs a pod with two.
const CLUSTER: &str = r#"{"kind": "List", "apiVersion": "v1", "items": [
  {"apiVersion": "v1", "kind": "Node",
   "metadata": {"name": "n1", "labels": {"spotsim/pool": "a", "kubernetes.io/hostname": "n1"}},
   "status": {"allocatable": {"pods": "10", "cpu": "2", "memory": "8Gi"},
              "images": [{"names": ["app:2"], "sizeBytes": 73400320},
                         {"names": ["postgres:latest"], "sizeBytes": 1}]}},
  {"apiVersion": "apps/v1", "kind": "ReplicaSet",
   "metadata": {"name": "db", "namespace": "default", "uid": "1"},
   "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "db"}}, "template": {
     "metadata": {"labels": {"app": "db"}},
     "spec": {"containers": [{"name": "db", "image": "postgres"}, {"name": "app", "image": "app:2"},
                             {"name": "proxy", "image": "proxy:3"}]}}}},
  {"apiVersion": "v1", "kind": "Pod",
   "metadata": {"name": "db-x", "namespace": "default", "labels": {"app": "db"}, "ownerReferences": [
     {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "db", "uid": "1", "controller": true}]},
   "spec": {"nodeName": "n1", "containers": [{"name": "db", "image": "postgres"},
     {"name": "app", "image": "app:2"}, {"name": "proxy", "image": "proxy:3"}]},
   "status": {"phase": "Running"}}]}"#;

#[test]
fn nodes_of_a_cluster_have_what_they_report_and_what_they_run() {
    let pools = GOOD.replace("capacityType", "matchLabels: {spotsim/pool: a}, capacityType");
    let cluster = "cluster: {file: cluster.json, placement: keep}\n";
    let files = [("cluster.json", CLUSTER)];
    let of_nodes = |scenario: &Scenario| -> Vec<String> {
        let model = &scenario.setup.model;
        let images = model.start.nodes[0].images.iter();
        images.map(|id| model.names.text(model.images.name(*id)).to_owned()).collect()
    };
    let scenario = accepted(&format!("{pools}{cluster}{PULLS}"), &files);
    let pulled = [("postgres:latest", 150), ("app:2", 70), ("proxy:3", 300)];
    assert_eq!(images(&scenario.setup.model, 0), pulled, "said, reported, neither");
    assert_eq!(of_nodes(&scenario), ["postgres:latest", "app:2", "proxy:3"]);
    // Without pulls it is what nodes report, for pods that come later, too.
    let scenario = accepted(&format!("{pools}{cluster}"), &files);
    assert_eq!(images(&scenario.setup.model, 0), [("postgres:latest", 0), ("app:2", 70)]);
    assert_eq!(of_nodes(&scenario), ["app:2", "postgres:latest"]);
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (from, to, said) in [
        ("rate: 50Mi", "rate: 0", "error[E0103]"),
        ("rate: 50Mi, ", "", "error[E0106]"),
        ("size: 300Mi", "size: large", "error[E0104]"),
        ("postgres: 150Mi", "postgres: -1", "error[E0104]"),
        ("postgres: 150Mi", "postgres: [1]", "error[E0101]"),
        (", image: 'app:2'", "", "container `app` has no `image` to pull"),
        ("imagePulls:", "volumes: {attach: soon}\nimagePulls:", "error[E0104]"),
        ("imagePulls:", "volumes: {attached: 10s}\nimagePulls:", "error[E0107]"),
    ] {
        let text = format!("{GOOD}{DB}{PULLS}").replace(from, to);
        let errors = match parse(&text, &[]) {
            Ok(_) => panic!("accepted:\n{text}"),
            Err(errors) => errors.render(false),
        };
        assert!(errors.contains(said), "{said}:\n{errors}");
        assert!(errors.contains("scenario.yaml:"), "{errors}");
    }
    let scenario =
        accepted(&format!("{GOOD}{DB}{PULLS}").replace("postgres: 150", "mysql: 150"), &[]);
    let warnings = scenario.warnings.render(false);
    assert!(warnings.contains("no pod uses the image `mysql`"), "{warnings}");
}

#[test]
fn disks_move_as_fast_as_the_scenario_says() {
    let set = "workloads:
  - name: db
    kind: StatefulSet
    volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
    template: {containers: [{name: app}]}
";
    let assumed = |scenario: &Scenario| -> Vec<String> {
        let kinds = scenario.assumptions.iter().filter(|it| it.id == "volume-attachment");
        kinds.map(|it| it.text.clone()).collect()
    };
    let scenario = accepted(&format!("{GOOD}{set}"), &[]);
    let takes = scenario.setup.start_up;
    let secs = Span::from_secs;
    assert_eq!([takes.attach, takes.detach, takes.force_detach], [secs(10), secs(10), secs(360)]);
    assert!(
        assumed(&scenario)[0].contains("detached by force, 6m after"),
        "{:?}",
        assumed(&scenario)
    );
    let said = "volumes: {attach: 45s, forceDetach: 0s}\n";
    let takes = accepted(&format!("{GOOD}{set}{said}"), &[]).setup.start_up;
    assert_eq!([takes.attach, takes.detach, takes.force_detach], [secs(45), secs(10), Span::ZERO]);
    assert!(assumed(&accepted(&format!("{GOOD}{said}"), &[])).is_empty(), "no pod has a disk");
}

#[test]
fn data_is_on_its_node_in_these_volumes() {
    let storage = "\
kind: StorageClass
metadata: {name: nvme}
provisioner: kubernetes.io/no-provisioner
---
kind: PersistentVolume
metadata: {name: part}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], local: {path: /data}, storageClassName: other}
---
kind: PersistentVolumeClaim
metadata: {name: on-part}
spec: {volumeName: part, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
kind: PersistentVolume
metadata: {name: path}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}}
---
kind: PersistentVolumeClaim
metadata: {name: on-path}
spec: {volumeName: path, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
kind: PersistentVolume
metadata: {name: share}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], nfs: {server: nfs, path: /}, storageClassName: nvme}
---
kind: PersistentVolumeClaim
metadata: {name: on-share}
spec: {volumeName: share, storageClassName: nvme, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
kind: PersistentVolumeClaim
metadata: {name: shared}
spec: {storageClassName: nvme, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
kind: PersistentVolumeClaim
metadata: {name: unknown}
spec: {volumeName: elsewhere, storageClassName: nvme, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";
    let writes = "{name: v, mountPath: /data}";
    let reads = "{name: v, mountPath: /data, readOnly: true}";
    let scratch = "{name: v, emptyDir: {}}";
    let memory = "{name: v, emptyDir: {medium: Memory}}";
    let path = "{name: v, hostPath: {path: /data}}";
    let typed = "{name: v, hostPath: {path: /run/x, type: Socket}}";
    let untyped = "{name: v, hostPath: {path: /var/run/docker.sock}}";
    let claim = |name| format!("{{name: v, persistentVolumeClaim: {{claimName: {name}}}}}");
    let ephemeral = |class| {
        format!(
            "{{name: v, ephemeral: {{volumeClaimTemplate: {{spec: {{storageClassName: {class}, \
             accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}}}}}"
        )
    };
    let [part, on_path, share, shared, unknown] =
        ["on-part", "on-path", "on-share", "shared", "unknown"].map(claim);
    let [nvme, other] = ["nvme", "other"].map(ephemeral);
    let own = "volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: nvme}}], ";
    let in_network = own.replace("Once", "Many").replace("nvme", "efs");
    for (kind, rest, volume, mount, local, pinned) in [
        ("Deployment", "", scratch, writes, false, false),
        ("StatefulSet", "", scratch, writes, true, false),
        ("StatefulSet", "", scratch, "", false, false),
        ("StatefulSet", in_network.as_str(), scratch, writes, false, false),
        ("StatefulSet", "", memory, writes, false, false),
        ("StatefulSet", "", &nvme, writes, true, false),
        ("StatefulSet", "", &other, writes, false, false),
        ("Deployment", "", &nvme, writes, false, false),
        ("Deployment", "", path, writes, true, false),
        ("Deployment", "", path, reads, false, false),
        ("Deployment", "", path, "", false, false),
        ("Deployment", "", typed, writes, false, false),
        ("Deployment", "", untyped, writes, false, false),
        ("DaemonSet", "", path, writes, false, false),
        ("Deployment", "", &part, writes, true, true),
        ("Deployment", "", &on_path, writes, true, false),
        ("Deployment", "", &share, writes, false, false),
        ("Deployment", "", &shared, writes, false, false),
        ("Deployment", "", &unknown, writes, true, true),
        ("DaemonSet", "", &part, writes, false, false),
        ("StatefulSet", own, memory, writes, true, true),
    ] {
        let case = format!("{kind} with {rest}{volume}, mounted as {mount}");
        let workload = format!(
            "workloads:\n  - {{name: x, kind: {kind}, {rest}template: {{volumes: [{volume}], \
             containers: [{{name: a}}, {{name: b, volumeMounts: [{mount}]}}]}}}}\n"
        );
        let text = format!("{GOOD}{workload}manifests: [storage.yaml]\n");
        let scenario = accepted(&text, &[("storage.yaml", storage)]);
        let model = &scenario.setup.model;
        assert_eq!(!scenario.setup.terms.local_data.is_empty(), local, "{case}");
        let held = model.workloads.rows().any(|workload| workload.volumes.is_some());
        assert!(!held, "a part of a node follows no pod: {case}");
        let mut listed = scenario.assumptions.iter().filter(|it| it.id == "local-volumes");
        let listed = listed.next().map(|it| it.text.contains("claims of default/x on local"));
        assert_eq!(listed, pinned.then_some(true), "{case}");
        let unmodelled: Vec<String> = scenario.unmodelled.iter().map(ToString::to_string).collect();
        let strange = |what: &&String| !what.starts_with("fields without bearing");
        assert_eq!(unmodelled.iter().find(strange), None, "{case}");
    }
}

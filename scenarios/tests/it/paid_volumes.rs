//! Which persistent volumes are paid, since when, and which are listed as not billed.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;

const SCENARIO: &str = "\
apiVersion: spotsim/v1
name: volumes
horizon: 1d
region: us-east-1
pools:
  - {name: a, count: 8, capacityType: on-demand, instanceTypes: [m6i.large]}
manifests: [objects.yaml]
";

const OBJECTS: &str = r#"
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast},
 provisioner: ebs.csi.aws.com, parameters: {type: gp3}, volumeBindingMode: WaitForFirstConsumer}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: usual,
 annotations: {storageclass.kubernetes.io/is-default-class: "true"}},
 provisioner: kubernetes.io/aws-ebs, volumeBindingMode: WaitForFirstConsumer}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: iops},
 provisioner: ebs.csi.aws.com, parameters: {type: io2, iops: "9000"}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-0}, spec: {capacity: {storage: 2Ti},
 accessModes: [ReadWriteOnce], storageClassName: fast,
 csi: {driver: ebs.csi.aws.com, volumeHandle: vol-0}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: local}, spec: {capacity: {storage: 1Ti},
 accessModes: [ReadWriteOnce], local: {path: /data}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-kafka-0, namespace: mq},
 spec: {accessModes: [ReadWriteOnce], storageClassName: fast, volumeName: pv-0,
        resources: {requests: {storage: 1Ti}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: scratch, namespace: mq},
 spec: {accessModes: [ReadWriteOnce], volumeName: local, resources: {requests: {storage: 1Ti}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: unused, namespace: mq},
 spec: {accessModes: [ReadWriteOnce], storageClassName: fast,
        resources: {requests: {storage: 5Ti}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: site, namespace: mq},
 spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 73Gi}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: index, namespace: mq},
 spec: {accessModes: [ReadWriteOnce], storageClassName: iops,
        resources: {requests: {storage: 100Gi}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: shared, namespace: mq},
 spec: {accessModes: [ReadWriteMany], storageClassName: efs,
        resources: {requests: {storage: 10Gi}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: mq}, spec: {replicas: 1,
 selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {
  containers: [{name: c, image: i}], volumes: [
   {name: site, persistentVolumeClaim: {claimName: site}},
   {name: shared, persistentVolumeClaim: {claimName: shared}},
   {name: tmp, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce],
    storageClassName: fast, resources: {requests: {storage: 8Gi}}}}}}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: kafka, namespace: mq}, spec: {replicas: 6,
 serviceName: kafka, selector: {matchLabels: {app: kafka}},
 template: {metadata: {labels: {app: kafka}}, spec: {containers: [{name: c, image: i}]}},
 volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce],
  storageClassName: fast, resources: {requests: {storage: 1Ti}}}}]}}
"#;

fn scenario(name: &str, rest: &str) -> Scenario {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("objects.yaml"), OBJECTS).expect("a file");
    let text = Arc::from(format!("{SCENARIO}{rest}"));
    Scenario::parse(&Source { file: "scenario.yaml".into(), text }, Some(&folder))
        .unwrap_or_else(|errors| panic!("{errors}"))
}

/// Name, number, GiB of each, and micro-dollars an hour of all.
fn paid(scenario: &Scenario) -> Vec<(&str, u64, u64, u64)> {
    let model = &scenario.setup.model;
    let paid = scenario.setup.terms.contract.volumes.iter();
    paid.map(|it| (model.names.text(it.name), it.count, it.size >> 30, it.rate.0)).collect()
}

fn listed(scenario: &Scenario, id: &str) -> Option<String> {
    let found = scenario.assumptions.iter().find(|it| it.id == id)?;
    Some(found.text.split_once(": ").expect("a list").1.to_owned())
}

/// Five brokers of 1 TiB at $0.08 cost 5 x 1,024 x 0.08 / 730 = $0.561096 an hour, and the sixth, which
/// has grown to 2 TiB, $0.224438; 73 GiB of gp2, the default, at $0.10 are $0.01.
#[test]
fn what_a_storage_class_describes_is_billed() {
    let scenario = scenario("described", "");
    let expected = [
        ("mq/data-kafka-0", 1, 2_048, 224_438),
        ("mq/site", 1, 73, 10_000),
        ("mq/data-kafka", 5, 1_024, 561_096),
    ];
    assert_eq!(paid(&scenario), expected);
    let text = listed(&scenario, "volumes-billed").expect("it is said");
    assert_eq!(text, "73Gi of gp2 at $0.1 a GiB and month, 7Ti of gp3 at $0.08 a GiB and month");
    let on_demand = scenario.setup.on_demand();
    assert_eq!(on_demand.terms.contract.volumes, scenario.setup.terms.contract.volumes);
}

#[test]
fn what_has_no_price_is_listed_by_name_and_size() {
    let text = listed(&scenario("listed", ""), "volumes-not-billed").expect("it is said");
    let expected =
        "mq/index (100Gi, class iops), mq/shared (10Gi, class efs), mq/web-tmp (8Gi, ephemeral)";
    assert_eq!(text, expected, "and not `unused`, which waits, nor `scratch`, a part of its node");
}

#[test]
fn the_scenario_prices_what_it_likes_first() {
    let prices = "volumePrices:\n  - {storageClass: f*, pricePerGibMonth: 0.73}\n  \
                  - {pricePerGibMonth: 0.0073}\n";
    let scenario = scenario("stated", prices);
    let rates: Vec<u64> = paid(&scenario).into_iter().map(|(.., rate)| rate).collect();
    assert!(rates.contains(&(2_048 * 1_000)) && rates.contains(&730), "{rates:?}");
    let rest = listed(&scenario, "volumes-not-billed").expect("it is said");
    assert_eq!(rest, "mq/web-tmp (8Gi, ephemeral)");
}

//! What a node says of itself: its name, taints, labels, ports, images and features.

use expect_test::expect;

use super::check;

#[test]
fn node_unschedulable() {
    let cordoned = "
nodes:
  cordoned: {unschedulable: true}
  open: {}
pod: {}
";
    check(
        "NodeUnschedulable",
        cordoned,
        &expect![[r#"
        cordoned: refused by NodeUnschedulable, node(s) were unschedulable
        open: fits
    "#]],
    );
    let tolerant = "
nodes:
  cordoned: {unschedulable: true}
pod: {tolerations: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}
";
    check(
        "NodeUnschedulable",
        tolerant,
        &expect![[r#"
        cordoned: fits
    "#]],
    );
}

#[test]
fn node_name() {
    let named = "
nodes: {a: {}, b: {}}
pod: {nodeName: b}
";
    check(
        "NodeName",
        named,
        &expect![[r#"
        a: refused by NodeName, node(s) didn't match the requested node name
        b: fits
    "#]],
    );
}

#[test]
fn taints_refuse_or_cost_points() {
    let taints = "
nodes:
  hard: {taints: [{key: spot, value: 'true', effect: NoSchedule}]}
  none: {}
  one-soft: {taints: [{key: slow, effect: PreferNoSchedule}]}
  two-soft: {taints: [{key: slow, effect: PreferNoSchedule}, {key: old, effect: PreferNoSchedule}]}
pod: {}
";
    check(
        "TaintToleration",
        taints,
        &expect![[r#"
        hard: refused by TaintToleration, node(s) had untolerated taint(s)
        none: 300
        one-soft: 150
        two-soft: 0
    "#]],
    );
    let tolerated = "
nodes:
  spot: {taints: [{key: spot, value: 'true', effect: NoSchedule}]}
  other: {taints: [{key: spot, value: 'false', effect: NoSchedule}]}
pod: {tolerations: [{key: spot, operator: Equal, value: 'true', effect: NoSchedule}]}
";
    check(
        "TaintToleration",
        tolerated,
        &expect![[r#"
        other: refused by TaintToleration, node(s) had untolerated taint(s)
        spot: 300
    "#]],
    );
}

#[test]
fn node_affinity_requires_and_prefers() {
    let required = "
nodes:
  ssd: {labels: {disk: ssd}}
  hdd: {labels: {disk: hdd}}
  bare: {}
pod:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd, nvme]}]}]
";
    check(
        "NodeAffinity",
        required,
        &expect![[r#"
        bare: refused by NodeAffinity, node(s) didn't match Pod's node affinity/selector
        hdd: refused by NodeAffinity, node(s) didn't match Pod's node affinity/selector
        ssd: fits
    "#]],
    );
    let preferred = "
nodes:
  both: {labels: {disk: ssd, arch: arm}}
  one: {labels: {disk: ssd}}
  none: {}
pod:
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 3, preference: {matchExpressions: [{key: disk, operator: Exists}]}}
      - {weight: 1, preference: {matchExpressions: [{key: arch, operator: Exists}]}}
";
    check(
        "NodeAffinity",
        preferred,
        &expect![[r#"
        both: 200
        none: 0
        one: 150
    "#]],
    );
}

#[test]
fn a_host_port_is_taken_once_on_an_address() {
    let ports = "
nodes: {a: {}, b: {}, c: {}}
running:
- {on: a, container: {ports: [{containerPort: 80, hostPort: 80}]}}
- {on: b, container: {ports: [{containerPort: 80, hostPort: 80, hostIP: 10.0.0.1}]}}
- {on: c, container: {ports: [{containerPort: 80, hostPort: 80, protocol: UDP}]}}
pod: {container: {ports: [{containerPort: 80, hostPort: 80, hostIP: 10.0.0.2}]}}
";
    check(
        "NodePorts",
        ports,
        &expect![[r#"
        a: refused by NodePorts, node(s) didn't have free ports for the requested pod ports
        b: fits
        c: fits
    "#]],
    );
}

#[test]
fn an_image_that_is_there_counts_for_its_size() {
    let images = "
nodes:
  big: {images: [{names: ['big:1'], sizeBytes: 900000000}]}
  none: {}
pod: {container: {image: 'big:1'}}
";
    check(
        "ImageLocality",
        images,
        &expect![[r#"
        big: 41
        none: 0
    "#]],
    );
}

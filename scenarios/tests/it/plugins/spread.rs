//! Pods apart: `topologySpreadConstraints`, hard and soft.

use expect_test::expect;

use super::check;

/// Two zones, with two pods of the app in one and none in the other.
const UNEVEN: &str = "
nodes:
  a1: {zone: a}
  a2: {zone: a}
  b1: {zone: b}
  no-zone: {}
running:
- {on: a1, labels: {app: web}}
- {on: a2, labels: {app: web}}
";

#[test]
fn a_hard_constraint_holds_the_skew() {
    let pod = "
pod:
  labels: {app: web}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
";
    check(
        "PodTopologySpread",
        &format!("{UNEVEN}{pod}"),
        &expect![[r#"
        a1: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints
        a2: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints
        b1: fits
        no-zone: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints (missing required label)
    "#]],
    );
}

#[test]
fn a_soft_constraint_prefers_the_emptier_domain() {
    let pod = "
pod:
  labels: {app: web}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
";
    check(
        "PodTopologySpread",
        &format!("{UNEVEN}{pod}"),
        &expect![[r#"
        a1: 0
        a2: 0
        b1: 200
        no-zone: 0
    "#]],
    );
}

#[test]
fn a_pod_that_its_own_selector_does_not_select_adds_no_skew() {
    let pod = "
pod:
  labels: {app: other}
  topologySpreadConstraints:
  - {maxSkew: 2, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
";
    check(
        "PodTopologySpread",
        &format!("{UNEVEN}{pod}"),
        &expect![[r#"
        a1: fits
        a2: fits
        b1: fits
        no-zone: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints (missing required label)
    "#]],
    );
}

#[test]
fn too_few_domains_count_as_an_empty_one() {
    let pod = "
pod:
  labels: {app: web}
  topologySpreadConstraints:
  - {maxSkew: 1, minDomains: 3, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
";
    check(
        "PodTopologySpread",
        &format!("{UNEVEN}{pod}"),
        &expect![[r#"
        a1: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints
        a2: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints
        b1: fits
        no-zone: refused by PodTopologySpread, node(s) didn't match pod topology spread constraints (missing required label)
    "#]],
    );
}

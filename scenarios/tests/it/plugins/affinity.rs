//! Pods together and apart: affinity and anti-affinity between pods, in both directions.

use expect_test::expect;

use super::check;

const TWO_ZONES: &str = "
nodes:
  a1: {zone: a}
  a2: {zone: a}
  b1: {zone: b}
";

#[test]
fn affinity_draws_to_the_domain_of_a_pod() {
    let pods = "
running: [{on: a1, labels: {app: cache}}]
pod:
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: cache}}}
";
    check(
        "InterPodAffinity",
        &format!("{TWO_ZONES}{pods}"),
        &expect![[r#"
        a1: fits
        a2: fits
        b1: refused by InterPodAffinity, node(s) didn't match pod affinity rules
    "#]],
    );
}

#[test]
fn the_first_of_its_kind_may_go_anywhere() {
    let pods = "
pod:
  labels: {app: cache}
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: cache}}}
";
    check(
        "InterPodAffinity",
        &format!("{TWO_ZONES}{pods}"),
        &expect![[r#"
        a1: fits
        a2: fits
        b1: fits
    "#]],
    );
}

#[test]
fn anti_affinity_holds_in_both_directions() {
    let own = "
running: [{on: a1, labels: {app: db}}]
pod:
  labels: {app: db}
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: db}}}
";
    check(
        "InterPodAffinity",
        &format!("{TWO_ZONES}{own}"),
        &expect![[r#"
        a1: refused by InterPodAffinity, node(s) didn't match pod anti-affinity rules
        a2: fits
        b1: fits
    "#]],
    );
    let theirs = "
running:
- on: a1
  labels: {app: db}
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: noisy}}}
pod: {labels: {app: noisy}}
";
    check(
        "InterPodAffinity",
        &format!("{TWO_ZONES}{theirs}"),
        &expect![[r#"
        a1: refused by InterPodAffinity, node(s) didn't satisfy existing pods anti-affinity rules
        a2: refused by InterPodAffinity, node(s) didn't satisfy existing pods anti-affinity rules
        b1: fits
    "#]],
    );
}

#[test]
fn preferences_add_up_over_the_pods_of_a_domain() {
    let pods = "
running:
- {on: a1, labels: {app: cache}}
- {on: a1, labels: {app: cache}}
- {on: b1, labels: {app: cache}}
pod:
  affinity:
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 10
        podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: cache}}}
";
    check(
        "InterPodAffinity",
        &format!("{TWO_ZONES}{pods}"),
        &expect![[r#"
        a1: 200
        a2: 0
        b1: 100
    "#]],
    );
}

//! Room: what fits, which node is emptiest, and which stays balanced.

use expect_test::expect;

use super::check;

#[test]
fn every_resource_that_lacks_is_named() {
    let room = "
nodes:
  small: {cpu: 1, memory: 1Gi}
  full-of-pods: {pods: 1}
  no-gpu: {}
  right: {extended: {nvidia.com/gpu: 1}}
running:
- {on: full-of-pods}
pod: {requests: {cpu: 2, memory: 2Gi, nvidia.com/gpu: 1}}
";
    check(
        "NodeResourcesFit",
        room,
        &expect![[r#"
        full-of-pods: refused by NodeResourcesFit, Too many pods, Insufficient nvidia.com/gpu
        no-gpu: refused by NodeResourcesFit, Insufficient nvidia.com/gpu
        right: 68
        small: refused by NodeResourcesFit, Insufficient cpu, Insufficient memory, Insufficient nvidia.com/gpu
    "#]],
    );
}

#[test]
fn the_emptier_node_scores_higher() {
    let load = "
nodes: {empty: {}, half: {}, busy: {}}
running:
- {on: half, requests: {cpu: 2, memory: 8Gi}}
- {on: busy, requests: {cpu: 3, memory: 12Gi}}
pod: {requests: {cpu: 500m, memory: 2Gi}}
";
    check(
        "NodeResourcesFit",
        load,
        &expect![[r#"
        busy: 12
        empty: 87
        half: 37
    "#]],
    );
}

#[test]
fn a_container_without_requests_counts_as_something() {
    let none = "
nodes: {empty: {}, crowded: {}}
running:
- {on: crowded}
- {on: crowded}
- {on: crowded}
- {on: crowded}
pod: {}
";
    check(
        "NodeResourcesFit",
        none,
        &expect![[r#"
        crowded: 90
        empty: 97
    "#]],
    );
}

#[test]
fn balance_is_what_the_pod_leaves_behind() {
    let lopsided = "
nodes: {cpu-heavy: {}, memory-heavy: {}}
running:
- {on: cpu-heavy, requests: {cpu: 2, memory: 1Gi}}
- {on: memory-heavy, requests: {cpu: 100m, memory: 9Gi}}
pod: {requests: {cpu: 1500m, memory: 1Gi}}
";
    check(
        "NodeResourcesBalancedAllocation",
        lopsided,
        &expect![[r#"
        cpu-heavy: 67
        memory-heavy: 82
    "#]],
    );
}

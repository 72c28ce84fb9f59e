//! ReplicaSet: which of its pods it deletes when it has too many.
// ReplicaSet controller: pkg/controller/replicaset/replica_set.go getPodsToDelete,
// pkg/controller/controller_utils.go ActivePodsWithRanks

/// `status.phase` of an active pod, in the order in which they are deleted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// Not all of its containers have been started.
    Pending,
    /// Its node is not heard of.
    Unknown,
    /// Its containers have been started.
    Running,
}

/// An active pod of a ReplicaSet, as the controller sees it. Times are whole seconds of one clock, as the
/// API server keeps them.
#[derive(Clone, Debug)]
pub struct Candidate<Uid> {
    /// Whether it has a node.
    pub assigned: bool,
    /// Its phase.
    pub phase: Phase,
    /// Whether its condition `Ready` is true.
    pub ready: bool,
    /// What its annotation `controller.kubernetes.io/pod-deletion-cost` says.
    pub deletion_cost: i32,
    /// How many active pods of all ReplicaSets of its owner are on its node, itself included.
    pub on_same_node: u32,
    /// Since when it has been ready, if it is.
    pub ready_since: i64,
    /// How often a container of it was restarted, the one most often restarted.
    pub restarts: u32,
    /// The same of its sidecars.
    pub sidecar_restarts: u32,
    /// When it was created.
    pub created_at: i64,
    /// Its UID, which decides between pods of about the same age.
    pub uid: Uid,
}

/// The candidates to delete, by their number, the first to go first.
#[must_use]
pub fn to_delete<Uid: Ord>(pods: &[Candidate<Uid>], now: i64, surplus: usize) -> Vec<usize> {
    if surplus >= pods.len() {
        return (0..pods.len()).collect();
    }
    let mut order = in_order(pods.len(), |a, b| goes_before(&pods[a], &pods[b], now));
    order.truncate(surplus);
    order
}

/// Whether one pod is deleted before another.
// controller_utils.go ActivePodsWithRanks.Less
fn goes_before<Uid: Ord>(a: &Candidate<Uid>, b: &Candidate<Uid>, now: i64) -> bool {
    if a.assigned != b.assigned {
        return !a.assigned;
    }
    if a.phase != b.phase {
        return a.phase < b.phase;
    }
    if a.ready != b.ready {
        return !a.ready;
    }
    if a.deletion_cost != b.deletion_cost {
        return a.deletion_cost < b.deletion_cost;
    }
    if a.on_same_node != b.on_same_node {
        return a.on_same_node > b.on_same_node;
    }
    if a.ready && a.ready_since != b.ready_since {
        return is_younger((a.ready_since, &a.uid), (b.ready_since, &b.uid), now);
    }
    if a.restarts != b.restarts {
        return a.restarts > b.restarts;
    }
    if a.sidecar_restarts != b.sidecar_restarts {
        return a.sidecar_restarts > b.sidecar_restarts;
    }
    a.created_at != b.created_at && is_younger((a.created_at, &a.uid), (b.created_at, &b.uid), now)
}

/// Whether `a` is younger by its age's logarithm; of about the same age is the one whose UID is smaller.
// controller_utils.go logarithmicRankDiff
fn is_younger<Uid: Ord>(a: (i64, &Uid), b: (i64, &Uid), now: i64) -> bool {
    match (age_bucket(a.0, now), age_bucket(b.0, now)) {
        (of_a, of_b) if of_a == of_b => a.1 < b.1,
        (of_a, of_b) => of_a < of_b,
    }
}

/// The logarithm of an age in nanoseconds to base 2, rounded down; -1 if it is none.
fn age_bucket(since: i64, now: i64) -> i64 {
    let age = i128::from(now.saturating_sub(since)) * 1_000_000_000;
    if age <= 0 { -1 } else { i64::from(age.ilog2()) }
}

/// What the annotation `controller.kubernetes.io/pod-deletion-cost` means: an integer of 32 bits in its
/// plainest spelling; everything else counts as none.
// pkg/apis/core/helper/helpers.go GetDeletionCostFromPodAnnotations, validFirstDigit
#[must_use]
pub fn deletion_cost(annotation: Option<&str>) -> i32 {
    let written = annotation.unwrap_or("0");
    let digits = written.strip_prefix('-').unwrap_or(written);
    let plain = written == "0" || digits.starts_with(|first| matches!(first, '1'..='9'));
    written.parse().ok().filter(|_| plain).unwrap_or(0)
}

/// How many pods a `sort.Sort` puts in their order by plain insertion.
const INSERTED: usize = 12;

/// Numbers below `count` in an order that need not be one: being of about the same age is not transitive,
/// and `slice::sort` may panic at that.
// Go: sort.Sort, insertionSort
fn in_order(count: usize, before: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sorted: Vec<usize> = Vec::with_capacity(count);
    for next in 0..count {
        let at = if count <= INSERTED {
            sorted.iter().rposition(|other| !before(next, *other)).map_or(0, |at| at + 1)
        } else {
            sorted.partition_point(|other| !before(next, *other))
        };
        sorted.insert(at, next);
    }
    sorted
}

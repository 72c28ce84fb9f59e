//! What a pass comes to for a pod, and why pods are left alone.

/// What a pass comes to for a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It was evicted.
    Evicted,
    /// The eviction API refused to evict it.
    EvictionRefused,
    /// It was resized in place.
    Resized,
    /// The API refused to resize it.
    ResizeRefused(Refusal),
    /// It was left as it is.
    Left(Reason),
}

/// Why the API refuses a resize.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The node can never have room for it (cause `NodeCapacity`).
    NodeCapacity,
    /// Another reason.
    Other,
}

/// Why a pod is left as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Its autoscaler's mode touches no pod, or the gate of the mode is off.
    Mode,
    /// Nothing is recommended yet.
    NoRecommendation,
    /// It has no start time.
    NotStarted,
    /// Its requests are within the bounds, and it is too young to be touched for less.
    Young,
    /// Its requests are as good as what is recommended.
    SmallDifference,
    /// It does not change in the directions that the autoscaler requires.
    Requirements,
    /// Its owner is unknown, or has too few live pods.
    Group,
    /// Too many pods of its owner are missing already.
    Budget,
    /// It is pending, and is sized when it is created anew.
    Pending,
    /// It is being resized.
    Resizing,
    /// Its node had no room for as much before.
    Infeasible,
    /// Its containers have more CPU to start with.
    Boosted,
    /// There is nothing to set.
    NothingToSet,
}

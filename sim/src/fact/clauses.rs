//! Clauses: what a sentence about a fact says of a cause, an end or an outcome.

use super::Cause;
use crate::model::breach::{Bound, Breach};
use crate::model::job::Outcome;
use crate::model::pod::{End, Limit};

/// Why an instance is gone, or a pod terminating.
pub(super) fn because(why: Cause) -> &'static str {
    match why {
        Cause::Reclaimed => ", reclaimed",
        Cause::Outbid => ", reclaimed at a price above the maximum",
        Cause::Drained => ", reclaimed, and terminated once it was drained",
        Cause::Failed => ", failed",
        Cause::Preempted => ", preempted",
        Cause::Tainted => ", because of a taint",
        Cause::Released => ", given back",
        Cause::JobOver => ", with its Job",
        Cause::ScaledDown => ", to scale its workload down",
        Cause::RolledOut => ", to be replaced by one of another pod template",
        Cause::VpaUpdate => ", evicted for what its VerticalPodAutoscaler recommends",
        Cause::NodePressure => ", evicted by its kubelet",
        Cause::InitialState => ", as from the start",
    }
}

/// How a pod ended.
pub(super) fn how(end: End) -> &'static str {
    match end {
        End::Completed => "completed",
        End::Clean => "clean",
        End::CutShort(Limit::Deadline) => "cut short by the node's deadline",
        End::CutShort(Limit::NodeShutdown) => "cut short by the node's shutdown",
        End::CutShort(Limit::NodePressure) => "cut short by its kubelet under pressure",
        End::CutShort(Limit::Grace) => "cut short by its grace period",
        End::KilledWithoutWarning => "killed without warning",
        End::Rejected => "turned away by its node's kubelet",
        End::OomKilled => "OOM-killed, and not started again",
    }
}

/// What became of a Job; before the reason, if it failed.
pub(super) fn became(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete => " is complete",
        Outcome::Replaced => " is replaced by the next",
        Outcome::BackoffLimitExceeded | Outcome::DeadlineExceeded | Outcome::PodFailurePolicy => {
            " fails: "
        }
    }
}

/// What comes between the name of a ResourceQuota or LimitRange and an amount, if there is one.
pub(super) fn breaks(breach: Option<Breach>) -> &'static str {
    match breach.map(|it| it.bound) {
        None => "",
        Some(Bound::Stated) => " wants to know ",
        Some(Bound::Room) => " has too little room for ",
        Some(Bound::Least) => " has a minimum of ",
        Some(Bound::Most) => " has a maximum of ",
        Some(Bound::Ratio) => " has a ratio of ",
    }
}

/// What comes between the amount and what is missing.
pub(super) fn at_fault(breach: Option<Breach>) -> &'static str {
    match breach.map(|it| it.bound) {
        None | Some(Bound::Stated) => "",
        Some(Bound::Room) => ", short by ",
        Some(Bound::Least) => ", which is missed by ",
        Some(Bound::Most | Bound::Ratio) => ", which is exceeded by ",
    }
}

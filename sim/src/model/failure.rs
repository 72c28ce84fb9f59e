//! Failure: which ends of its pods a Job counts, when it tries again, and when it gives up.

use super::disruption::DisruptionReason;
use super::pod::{End, Limit};
use crate::table::id;
use crate::time::Span;

id! {
    /// A `podFailurePolicy`.
    FailurePolicyId
}

/// How long the Job controller waits after the first failure.
// Job controller: job_controller.go DefaultJobPodFailureBackOff
const FIRST_BACKOFF: Span = Span::from_secs(10);
/// How long it waits at most. The documentation has long said six minutes.
// Job controller: job_controller.go MaxJobPodFailureBackOff
const LONGEST_BACKOFF: Span = Span::from_secs(600);

/// How a Job takes the failures of its pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retries {
    /// `spec.backoffLimit`: the number of pods that may fail; with one more the Job fails.
    pub limit: u32,
    /// `spec.activeDeadlineSeconds`: how long after its creation the Job fails.
    pub active_deadline: Option<Span>,
    /// `spec.podReplacementPolicy`.
    pub replacement: Replacement,
    /// `spec.podFailurePolicy`; without one every failure counts.
    pub policy: Option<FailurePolicyId>,
}

/// When a terminating pod has failed, and is replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replacement {
    /// `TerminatingOrFailed`: as soon as it is deleted.
    TerminatingOrFailed,
    /// `Failed`: when it has stopped.
    Failed,
}

/// What failures mean to a Job: the first rule that matches decides.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FailurePolicy {
    /// The rules, in order.
    pub rules: Vec<FailureRule>,
}

/// What a kind of failure means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailureRule {
    /// What it means.
    pub action: FailureAction,
    /// Which failures.
    pub on: Pattern,
}

/// What a failure means to a Job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureAction {
    /// The Job fails.
    FailJob,
    /// The pod is replaced, and the failure does not count.
    Ignore,
    /// The failure counts towards the limit.
    Count,
}

/// A kind of failure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// The pod has the condition `DisruptionTarget`.
    DisruptionTarget,
    /// A container ended with one of these exit codes.
    In(Vec<i32>),
    /// A container ended with another exit code than these, and not well.
    NotIn(Vec<i32>),
}

/// A pod that failed, as its status shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Whether it has the condition `DisruptionTarget`.
    pub disrupted: bool,
    /// What its containers exited with, if its kubelet lived to tell.
    pub exit_code: Option<i32>,
}

impl Default for Retries {
    /// As the API server defaults them.
    fn default() -> Self {
        Retries {
            limit: 6,
            active_deadline: None,
            replacement: Replacement::TerminatingOrFailed,
            policy: None,
        }
    }
}

impl Failure {
    /// How a pod failed that ended so. One that stops when it is asked to is taken to exit by the
    /// signal, and so not with 0.
    #[must_use]
    pub fn of(end: End, reason: Option<DisruptionReason>) -> Failure {
        let exit_code = match end {
            End::Completed => Some(0),
            End::Clean => Some(128 + 15),
            End::CutShort(Limit::Grace | Limit::NodeShutdown | Limit::NodePressure)
            | End::OomKilled => Some(128 + 9),
            End::CutShort(Limit::Deadline) | End::KilledWithoutWarning | End::Rejected => None,
        };
        Failure { disrupted: reason.is_some(), exit_code }
    }
}

impl FailurePolicy {
    /// What a failure means.
    // Job controller: pod_failure_policy.go matchPodFailurePolicy
    #[must_use]
    pub fn action(&self, failure: Failure) -> FailureAction {
        let matching = self.rules.iter().find(|rule| rule.on.matches(failure));
        matching.map_or(FailureAction::Count, |rule| rule.action)
    }
}

impl Pattern {
    fn matches(&self, failure: Failure) -> bool {
        let failed_with = failure.exit_code.filter(|code| *code != 0);
        match self {
            Pattern::DisruptionTarget => failure.disrupted,
            Pattern::In(codes) => failed_with.is_some_and(|code| codes.contains(&code)),
            Pattern::NotIn(codes) => failed_with.is_some_and(|code| !codes.contains(&code)),
        }
    }
}

/// How long a Job creates no pods after the last of a number of failures in a row.
// Job controller: backoff_utils.go getRemainingTimeForFailuresCount
#[must_use]
pub fn backoff(failures: u32) -> Span {
    match failures.checked_sub(1) {
        None => Span::ZERO,
        Some(doublings) => (FIRST_BACKOFF * (1 << doublings.min(32))).min(LONGEST_BACKOFF),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_from_ten_seconds_to_ten_minutes() {
        let seconds: Vec<u64> = (0..10).map(|failures| backoff(failures).as_ms() / 1_000).collect();
        assert_eq!(seconds, [0, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
        assert_eq!(backoff(u32::MAX), LONGEST_BACKOFF);
    }

    #[test]
    fn what_a_pod_exits_with_says_how_it_ended() {
        let evicted = Some(DisruptionReason::EvictionByEvictionApi);
        let exit = |end| Failure::of(end, evicted).exit_code;
        assert_eq!(exit(End::Clean), Some(143));
        assert_eq!(exit(End::CutShort(Limit::Grace)), Some(137));
        assert_eq!(exit(End::CutShort(Limit::NodeShutdown)), Some(137));
        assert_eq!(exit(End::CutShort(Limit::Deadline)), None, "the node is gone");
        assert_eq!(exit(End::KilledWithoutWarning), None);
        assert!(Failure::of(End::Clean, evicted).disrupted);
        assert!(!Failure::of(End::Clean, None).disrupted);
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        use FailureAction::{Count, FailJob, Ignore};
        let rule = |action, on| FailureRule { action, on };
        let policy = FailurePolicy {
            rules: vec![
                rule(FailJob, Pattern::In(vec![42])),
                rule(Ignore, Pattern::DisruptionTarget),
                rule(FailJob, Pattern::NotIn(vec![1, 2])),
            ],
        };
        let action = |disrupted, exit_code| policy.action(Failure { disrupted, exit_code });
        assert_eq!(action(true, Some(42)), FailJob);
        assert_eq!(action(true, Some(143)), Ignore);
        assert_eq!(action(true, None), Ignore);
        assert_eq!(action(false, Some(1)), Count);
        assert_eq!(action(false, Some(3)), FailJob);
        assert_eq!(action(false, Some(0)), Count, "an exit with 0 matches no rule about exits");
        assert_eq!(action(false, None), Count);
        assert_eq!(FailurePolicy::default().action(Failure::of(End::Clean, None)), Count);
    }
}

//! Batches: how long Karpenter waits for further pods before it works on those that wait.
// Karpenter: pkg/controllers/provisioning/batcher.go, controller.go

use std::collections::BTreeSet;

use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::time::{SimTime, Span};

/// How often a pod that still waits triggers again.
// Karpenter: pkg/controllers/provisioning/controller.go, RequeueAfter
const AGAIN_AFTER: Span = Span::from_secs(10);

/// What triggers a batch: a pod that waits, or a node whose pods will.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Trigger {
    Pod(PodId),
    Node(NodeId),
}

/// Triggers, and the batch that is open.
#[derive(Clone, Debug)]
pub(super) struct Batcher {
    idle: Span,
    most: Span,
    /// When each triggers next, in order.
    due: BTreeSet<(SimTime, Trigger)>,
    open: Option<Open>,
}

/// A batch that is open.
#[derive(Clone, Debug)]
struct Open {
    since: SimTime,
    /// When the last one came that was new to it.
    last: SimTime,
    of: BTreeSet<Trigger>,
}

impl Batcher {
    pub(super) fn new(idle: Span, most: Span) -> Batcher {
        Batcher { idle, most, due: BTreeSet::new(), open: None }
    }

    /// Something triggers now, and again every while.
    pub(super) fn trigger(&mut self, trigger: Trigger, now: SimTime) {
        self.due.insert((now, trigger));
    }

    /// Whether a batch is complete at this time; it is closed by that. `waits` says what triggers again.
    pub(super) fn completes(&mut self, now: SimTime, waits: impl Fn(Trigger) -> bool) -> bool {
        let mut completes = false;
        while let Some((at, trigger)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            if !waits(trigger) {
                continue;
            }
            if self.closes_at().is_some_and(|closes| closes <= at) {
                self.open = None;
                completes = true;
            }
            self.due.insert((at + AGAIN_AFTER, trigger));
            let open = self.open.get_or_insert(Open { since: at, last: at, of: BTreeSet::new() });
            if open.of.insert(trigger) {
                open.last = at;
            }
        }
        if self.closes_at().is_some_and(|closes| closes <= now) {
            self.open = None;
            completes = true;
        }
        completes
    }

    fn closes_at(&self) -> Option<SimTime> {
        self.open.as_ref().map(|open| (open.last + self.idle).min(open.since + self.most))
    }

    /// When something happens next.
    pub(super) fn next(&self) -> Option<SimTime> {
        let due = self.due.first().map(|(at, _)| *at);
        self.closes_at().into_iter().chain(due).min()
    }
}

#[cfg(test)]
mod tests {
    use sim::table::Id;

    use super::*;

    fn at(ms: u64) -> SimTime {
        SimTime::from_ms(ms)
    }

    fn batcher() -> Batcher {
        Batcher::new(Span::from_secs(1), Span::from_secs(10))
    }

    fn pod(number: usize) -> Trigger {
        Trigger::Pod(PodId::from_index(number))
    }

    #[test]
    fn a_batch_closes_a_second_after_the_last_new_pod() {
        let mut batcher = batcher();
        batcher.trigger(pod(0), at(0));
        assert!(!batcher.completes(at(0), |_| true));
        batcher.trigger(pod(1), at(600));
        assert!(!batcher.completes(at(1_000), |_| true));
        assert_eq!(batcher.next(), Some(at(1_600)));
        assert!(batcher.completes(at(1_600), |_| true));
        assert_eq!(batcher.next(), Some(at(10_000)), "the first pod triggers again");
    }

    #[test]
    fn a_batch_closes_after_ten_seconds_at_the_latest() {
        let mut batcher = batcher();
        for number in 0..20 {
            let now = at(900 * number as u64);
            batcher.trigger(pod(number), now);
            assert_eq!(batcher.completes(now, |_| true), number == 12, "pod {number}");
        }
    }

    #[test]
    fn what_waits_no_more_triggers_nothing() {
        let mut batcher = batcher();
        batcher.trigger(pod(0), at(0));
        assert!(!batcher.completes(at(5_000), |_| false));
        assert_eq!(batcher.next(), None);
    }
}

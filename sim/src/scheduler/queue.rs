//! Pods that wait for a scheduling cycle: active, backing off, or set aside as unschedulable.
//!
//! As in kube-scheduler 1.36, an idle scheduler does not sit out a back-off: when no pod is active,
//! the first one that is backing off is tried at once. Back-off only decides who goes first.
// kube-scheduler: backend/queue (activeQ, backoffQ, unschedulablePods, SchedulerPopFromBackoffQ)

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::time::{SimTime, Span};
use crate::world::pod::PodId;

/// After this long a pod is tried again although nothing happened that helps it.
const LONGEST_ASIDE: Span = Span::from_secs(300);
/// How often the queue looks for such pods.
pub const FLUSH_EVERY: Span = Span::from_secs(30);

/// The order in which pods are tried: priority, then how long since their last attempt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Turn {
    priority: Reverse<i32>,
    enqueued_at: SimTime,
    seq: u64,
    pod: PodId,
}

/// A pod that has failed at least once.
#[derive(Clone, Copy, Debug)]
struct Failed {
    turn: Turn,
    attempts: u32,
    refused_by: Plugins,
}

/// Plugins by their place in the profile: a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Plugins(u64);

impl Plugins {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their places, in order.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |place| self.0 & (1 << place) != 0)
    }
}

impl FromIterator<usize> for Plugins {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        Plugins(places.into_iter().fold(0, |set, place| set | (1 << place)))
    }
}

/// How long a pod that failed lets others go first: twice as long each time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    /// After the first failure.
    pub first: Span,
    /// At most.
    pub longest: Span,
}

impl Default for Backoff {
    /// 1, 2, 4, 8, 10, 10, … seconds.
    fn default() -> Self {
        Backoff { first: Span::from_secs(1), longest: Span::from_secs(10) }
    }
}

impl Backoff {
    /// After so many failures.
    // kube-scheduler: backend/queue/backoff_queue.go calculateBackoffDuration
    fn after(self, attempts: u32) -> Span {
        let doublings = (attempts - 1).min(32);
        let ms = self.first.as_ms().saturating_mul(1 << doublings);
        Span::from_ms(ms.min(self.longest.as_ms()))
    }
}

/// The scheduling queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    backoff: Backoff,
    active: BTreeSet<Turn>,
    /// By the whole second at which the back-off ends, then by turn.
    backing_off: BTreeSet<(u64, Turn)>,
    unschedulable: BTreeMap<PodId, Failed>,
    /// Pods that were deleted and are passed over when their turn comes: to find them in the line would
    /// take as long as the line is.
    deleted: BTreeSet<PodId>,
    /// How often each pod that is not bound yet has failed.
    failures: BTreeMap<PodId, u32>,
    seq: u64,
}

impl Queue {
    /// Nobody waits yet.
    #[must_use]
    pub fn new(backoff: Backoff) -> Queue {
        Queue { backoff, ..Queue::default() }
    }

    /// A new pod.
    pub fn add(&mut self, pod: PodId, priority: i32, now: SimTime) {
        let turn = self.turn(pod, priority, now);
        self.active.insert(turn);
    }

    /// The pod whose turn it is.
    pub fn pop(&mut self) -> Option<PodId> {
        loop {
            let turn = self
                .active
                .pop_first()
                .or_else(|| self.backing_off.pop_first().map(|(_, turn)| turn))?;
            if !self.deleted.remove(&turn.pod) {
                return Some(turn.pod);
            }
        }
    }

    /// A pod that was just tried could not be scheduled.
    pub fn set_aside(&mut self, pod: PodId, priority: i32, refused_by: Plugins, now: SimTime) {
        let attempts = self.failures.entry(pod).or_default();
        *attempts += 1;
        let attempts = *attempts;
        let turn = self.turn(pod, priority, now);
        self.unschedulable.insert(pod, Failed { turn, attempts, refused_by });
    }

    /// A pod that was just tried is bound; nothing about it needs remembering.
    pub fn forget(&mut self, pod: PodId) {
        self.failures.remove(&pod);
    }

    /// A pod that waits was deleted. It never comes back.
    pub fn remove(&mut self, pod: PodId) {
        if self.unschedulable.remove(&pod).is_none() {
            self.deleted.insert(pod);
        }
        self.forget(pod);
    }

    /// Something happened: pods that it helps go back to the queue. Whether any did.
    pub fn wake(&mut self, now: SimTime, helps: impl Fn(PodId, Plugins) -> bool) -> bool {
        self.take_back(now, |pod, failed| helps(pod, failed.refused_by))
    }

    /// Pods that have been set aside for long go back to the queue, whatever happened. Whether any
    /// did.
    // kube-scheduler: backend/queue flushUnschedulablePodsLeftover
    pub fn flush(&mut self, now: SimTime) -> bool {
        self.take_back(now, |_, failed| failed.turn.enqueued_at + LONGEST_ASIDE < now)
    }

    fn take_back(&mut self, now: SimTime, wanted: impl Fn(PodId, &Failed) -> bool) -> bool {
        let mut woken = false;
        let (active, backing_off) = (&mut self.active, &mut self.backing_off);
        let backoff = self.backoff;
        self.unschedulable.retain(|pod, failed| {
            if !wanted(*pod, failed) {
                return true;
            }
            let ends = failed.turn.enqueued_at + backoff.after(failed.attempts);
            if ends <= now {
                active.insert(failed.turn);
            } else {
                backing_off.insert((ends.as_ms() / 1_000, failed.turn));
            }
            woken = true;
            false
        });
        woken
    }

    /// How many pods are set aside as unschedulable.
    pub fn unschedulable(&self) -> usize {
        self.unschedulable.len()
    }

    fn turn(&mut self, pod: PodId, priority: i32, now: SimTime) -> Turn {
        self.seq += 1;
        Turn { priority: Reverse(priority), enqueued_at: now, seq: self.seq, pod }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    fn pod(index: usize) -> PodId {
        PodId::from_index(index)
    }

    #[test]
    fn higher_priority_first_then_first_come() {
        let mut queue = Queue::default();
        queue.add(pod(0), 0, SimTime::ZERO);
        queue.add(pod(1), 0, SimTime::ZERO);
        queue.add(pod(2), 100, SimTime::from_ms(5));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [pod(2), pod(0), pod(1)]);
    }

    #[test]
    fn only_what_helps_wakes_a_pod() {
        let mut queue = Queue::default();
        let refused_by = Plugins::from_iter([3, 5]);
        queue.set_aside(pod(0), 0, refused_by, SimTime::ZERO);
        assert!(!queue.wake(SimTime::from_ms(1), |_, plugins| plugins != refused_by));
        assert_eq!(queue.pop(), None);
        assert!(queue.wake(SimTime::from_ms(1), |_, plugins| plugins.places().eq([3, 5])));
        assert_eq!(queue.pop(), Some(pod(0)), "an idle scheduler does not honour back-off");
    }

    #[test]
    fn a_pod_that_backs_off_lets_fresh_ones_go_first() {
        let mut queue = Queue::default();
        queue.set_aside(pod(0), 1_000, Plugins::default(), SimTime::ZERO);
        queue.wake(SimTime::from_ms(500), |_, _| true);
        queue.add(pod(1), 0, SimTime::from_ms(500));
        assert_eq!(queue.pop(), Some(pod(1)));
        assert_eq!(queue.pop(), Some(pod(0)));
    }

    #[test]
    fn who_is_deleted_is_passed_over_wherever_it_waits() {
        let mut queue = Queue::default();
        for index in [0, 1] {
            queue.set_aside(pod(index), 0, Plugins::default(), SimTime::ZERO);
        }
        queue.wake(SimTime::from_ms(500), |woken, _| woken == pod(0));
        for index in [2, 3] {
            queue.add(pod(index), 0, SimTime::from_ms(500));
        }
        for index in [0, 1, 2] {
            queue.remove(pod(index));
        }
        assert_eq!((queue.pop(), queue.pop()), (Some(pod(3)), None));
        assert!(queue.unschedulable.is_empty() && queue.deleted.is_empty());
    }

    #[test]
    fn nobody_is_set_aside_for_ever() {
        let mut queue = Queue::default();
        queue.set_aside(pod(0), 0, Plugins::default(), SimTime::ZERO);
        assert!(!queue.flush(SimTime::from_ms(300_000)));
        assert!(queue.flush(SimTime::from_ms(330_000)));
        assert_eq!(queue.pop(), Some(pod(0)));
    }

    #[test]
    fn backoff_doubles_up_to_ten_seconds() {
        let seconds = |backoff: Backoff| -> Vec<u64> {
            (1..7).map(|n| backoff.after(n).as_ms() / 1_000).collect()
        };
        assert_eq!(seconds(Backoff::default()), [1, 2, 4, 8, 10, 10]);
        let patient = Backoff { first: Span::from_secs(3), longest: Span::from_secs(60) };
        assert_eq!(seconds(patient), [3, 6, 12, 24, 48, 60]);
        assert_eq!(patient.after(u32::MAX), Span::from_secs(60));
    }
}

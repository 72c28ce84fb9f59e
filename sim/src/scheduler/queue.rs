//! Pods that wait for a scheduling cycle: active, backing off, or set aside as unschedulable.
//!
//! As in kube-scheduler 1.36, an idle scheduler does not sit out a back-off: when no pod is active,
//! the first one that is backing off is tried at once. Back-off only decides who goes first.
// kube-scheduler: backend/queue (activeQ, backoffQ, unschedulablePods, SchedulerPopFromBackoffQ)

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::line::{Line, Turn};
use crate::model::pod::{PodId, SpecId};
use crate::table::Table;
use crate::time::{SimTime, Span};

/// After this long a pod is tried again although nothing happened that helps it.
const LONGEST_ASIDE: Span = Span::from_secs(300);
/// How often the queue looks for such pods.
pub const FLUSH_EVERY: Span = Span::from_secs(30);

/// A pod that has failed at least once.
#[derive(Clone, Copy, Debug)]
struct Failed {
    turn: Turn,
    enqueued_at: SimTime,
    attempts: u32,
}

/// Pods that were set aside and that nothing can tell apart: what helps one of them helps all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Aside {
    /// What they ask for.
    pub spec: SpecId,
    /// The priority of that.
    pub priority: i32,
    /// The pod, if it is not like others of its spec.
    pub alone: Option<PodId>,
    /// Who refused them.
    pub refused_by: Plugins,
}

/// Plugins by their place in the profile: a set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
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
    /// After a number of failures.
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
    /// By priority.
    active: Line<Reverse<i32>>,
    /// By the whole second at which the back-off ends, then by priority.
    backing_off: Line<(u64, Reverse<i32>)>,
    /// No entry is empty.
    unschedulable: BTreeMap<Aside, Vec<Failed>>,
    /// Empty entries that keep their memory: those who are woken mostly fail again at once.
    spare: Vec<Vec<Failed>>,
    /// Pods that were deleted and are passed over when their turn comes: to find them in the line would
    /// take as long as the line is.
    deleted: BTreeSet<PodId>,
    /// How often each pod that is not bound yet has failed.
    failures: Table<PodId, u32>,
    seq: u64,
}

impl Queue {
    /// No pod waits yet.
    #[must_use]
    pub fn new(backoff: Backoff) -> Queue {
        Queue { backoff, ..Queue::default() }
    }

    /// A new pod.
    pub fn add(&mut self, pod: PodId, priority: i32) {
        let turn = self.turn(pod);
        self.active.push(Reverse(priority), turn);
    }

    /// The pod whose turn it is.
    pub fn pop(&mut self) -> Option<PodId> {
        loop {
            let turn = self.active.pop().or_else(|| self.backing_off.pop())?;
            if self.deleted.is_empty() || !self.deleted.remove(&turn.pod) {
                return Some(turn.pod);
            }
        }
    }

    /// A pod that was just tried could not be scheduled.
    pub fn set_aside(&mut self, pod: PodId, aside: Aside, now: SimTime) {
        let attempts = self.failures.slot(pod);
        *attempts += 1;
        let attempts = *attempts;
        let turn = self.turn(pod);
        let failed = Failed { turn, enqueued_at: now, attempts };
        let spare = || self.spare.pop().unwrap_or_default();
        self.unschedulable.entry(aside).or_insert_with(spare).push(failed);
    }

    /// A pod that was just tried is bound; nothing about it needs remembering.
    pub fn forget(&mut self, pod: PodId) {
        *self.failures.slot(pod) = 0;
    }

    /// A pod that waits was deleted. It never comes back.
    pub fn remove(&mut self, pod: PodId) {
        if !self.take_out(pod) {
            self.deleted.insert(pod);
        }
        self.forget(pod);
    }

    /// Something happened: pods that it helps go back to the queue. Whether any did.
    pub fn wake(&mut self, now: SimTime, helps: impl Fn(Aside) -> bool) -> bool {
        let helped: Vec<_> = self.unschedulable.extract_if(.., |aside, _| helps(*aside)).collect();
        let any = !helped.is_empty();
        self.take_back(now, helped);
        any
    }

    /// Pods that have been set aside for long go back to the queue, whatever happened. Whether any
    /// did.
    // kube-scheduler: backend/queue flushUnschedulablePodsLeftover
    pub fn flush(&mut self, now: SimTime) -> bool {
        let mut woken = Vec::new();
        self.unschedulable.retain(|aside, pods| {
            // The earlier it was tried, the further in front it stands.
            let fresh = pods.partition_point(|it| it.enqueued_at + LONGEST_ASIDE < now);
            if fresh > 0 {
                woken.push((*aside, pods.drain(..fresh).collect()));
            }
            !pods.is_empty()
        });
        let any = !woken.is_empty();
        self.take_back(now, woken);
        any
    }

    /// Pods that were set aside go back to the queue.
    fn take_back(&mut self, now: SimTime, groups: Vec<(Aside, Vec<Failed>)>) {
        for (Aside { priority, .. }, mut pods) in groups {
            let priority = Reverse(priority);
            for Failed { turn, enqueued_at, attempts } in pods.drain(..) {
                let ends = enqueued_at + self.backoff.after(attempts);
                match ends <= now {
                    true => self.active.push(priority, turn),
                    false => self.backing_off.push((ends.as_ms() / 1_000, priority), turn),
                }
            }
            self.spare.push(pods);
        }
    }

    /// Takes out a pod that was set aside; whether it was.
    fn take_out(&mut self, pod: PodId) -> bool {
        let place = |(aside, pods): (&Aside, &Vec<Failed>)| {
            Some((*aside, pods.iter().position(|failed| failed.turn.pod == pod)?))
        };
        let Some((aside, place)) = self.unschedulable.iter().find_map(place) else { return false };
        if let Some(pods) = self.unschedulable.get_mut(&aside) {
            pods.remove(place);
            if pods.is_empty() {
                self.unschedulable.remove(&aside);
            }
        }
        true
    }

    /// Whether any pods are set aside as unschedulable.
    pub fn has_unschedulable(&self) -> bool {
        !self.unschedulable.is_empty()
    }

    fn turn(&mut self, pod: PodId) -> Turn {
        self.seq += 1;
        Turn { seq: self.seq, pod }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    /// Pods of one spec that these plugins refused.
    fn aside(refused_by: Plugins) -> Aside {
        Aside { spec: SpecId::from_index(0), priority: 0, alone: None, refused_by }
    }

    /// A pod that is not like others.
    fn alone(pod: PodId) -> Aside {
        Aside { alone: Some(pod), ..aside(Plugins::default()) }
    }

    fn pod(index: usize) -> PodId {
        PodId::from_index(index)
    }

    #[test]
    fn higher_priority_first_then_first_come() {
        let mut queue = Queue::default();
        queue.add(pod(0), 0);
        queue.add(pod(1), 0);
        queue.add(pod(2), 100);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [pod(2), pod(0), pod(1)]);
    }

    #[test]
    fn only_what_helps_wakes_a_pod() {
        let mut queue = Queue::default();
        let refused_by = Plugins::from_iter([3, 5]);
        queue.set_aside(pod(0), aside(refused_by), SimTime::ZERO);
        assert!(!queue.wake(SimTime::from_ms(1), |aside| aside.refused_by != refused_by));
        assert_eq!(queue.pop(), None);
        assert!(queue.wake(SimTime::from_ms(1), |aside| aside.refused_by.places().eq([3, 5])));
        assert_eq!(queue.pop(), Some(pod(0)), "an idle scheduler does not honour back-off");
    }

    #[test]
    fn a_pod_that_backs_off_lets_fresh_ones_go_first() {
        let mut queue = Queue::default();
        queue.set_aside(
            pod(0),
            Aside { priority: 1_000, ..aside(Plugins::default()) },
            SimTime::ZERO,
        );
        queue.wake(SimTime::from_ms(500), |_| true);
        queue.add(pod(1), 0);
        assert_eq!(queue.pop(), Some(pod(1)));
        assert_eq!(queue.pop(), Some(pod(0)));
    }

    #[test]
    fn who_is_deleted_is_passed_over_wherever_it_waits() {
        let mut queue = Queue::default();
        for index in [0, 1] {
            queue.set_aside(pod(index), alone(pod(index)), SimTime::ZERO);
        }
        queue.wake(SimTime::from_ms(500), |aside| aside.alone == Some(pod(0)));
        for index in [2, 3] {
            queue.add(pod(index), 0);
        }
        for index in [0, 1, 2] {
            queue.remove(pod(index));
        }
        assert_eq!((queue.pop(), queue.pop()), (Some(pod(3)), None));
        assert!(queue.unschedulable.is_empty() && queue.deleted.is_empty());
    }

    #[test]
    fn no_pod_is_set_aside_for_ever() {
        let mut queue = Queue::default();
        queue.set_aside(pod(0), aside(Plugins::default()), SimTime::ZERO);
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

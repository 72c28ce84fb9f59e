//! Pods that wait for a scheduling cycle: active, backing off, or set aside as unschedulable.
//!
//! As in kube-scheduler 1.36, an idle scheduler does not sit out a back-off: when no pod is active,
//! the first one that is backing off is tried at once. Back-off only decides who goes first.
// kube-scheduler: backend/queue (activeQ, backoffQ, unschedulablePods, SchedulerPopFromBackoffQ)

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::framework::Changes;
use crate::time::{SimTime, Span};
use crate::world::pod::PodId;

const FIRST_BACKOFF: Span = Span::from_secs(1);
const LONGEST_BACKOFF: Span = Span::from_secs(10);

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
    woken_by: Changes,
}

/// The scheduling queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    active: BTreeSet<Turn>,
    /// By the whole second at which the back-off ends, then by turn.
    backing_off: BTreeSet<(u64, Turn)>,
    unschedulable: BTreeMap<PodId, Failed>,
    /// How often each pod that is not bound yet has failed.
    failures: BTreeMap<PodId, u32>,
    seq: u64,
}

impl Queue {
    /// A new pod.
    pub fn add(&mut self, pod: PodId, priority: i32, now: SimTime) {
        let turn = self.turn(pod, priority, now);
        self.active.insert(turn);
    }

    /// The pod whose turn it is.
    pub fn pop(&mut self) -> Option<PodId> {
        let turn = self
            .active
            .pop_first()
            .or_else(|| self.backing_off.pop_first().map(|(_, turn)| turn))?;
        Some(turn.pod)
    }

    /// A pod that was just tried could not be scheduled.
    pub fn set_aside(&mut self, pod: PodId, priority: i32, woken_by: Changes, now: SimTime) {
        let attempts = self.failures.entry(pod).or_default();
        *attempts += 1;
        let attempts = *attempts;
        let turn = self.turn(pod, priority, now);
        self.unschedulable.insert(pod, Failed { turn, attempts, woken_by });
    }

    /// A pod that was just tried is bound; nothing about it needs remembering.
    pub fn forget(&mut self, pod: PodId) {
        self.failures.remove(&pod);
    }

    /// Something changed: pods that it may help go back to the queue. Whether any did.
    pub fn wake(&mut self, changes: Changes, now: SimTime) -> bool {
        let mut woken = false;
        let (active, backing_off) = (&mut self.active, &mut self.backing_off);
        self.unschedulable.retain(|_, failed| {
            if !failed.woken_by.meets(changes) {
                return true;
            }
            let ends = failed.turn.enqueued_at + backoff(failed.attempts);
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

/// 1, 2, 4, 8, 10, 10, … seconds.
fn backoff(attempts: u32) -> Span {
    let doubled = FIRST_BACKOFF * (1 << (attempts - 1).min(8));
    doubled.min(LONGEST_BACKOFF)
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
    fn only_a_change_that_helps_wakes_a_pod() {
        let mut queue = Queue::default();
        queue.set_aside(pod(0), 0, Changes::NODE_ADDED, SimTime::ZERO);
        assert!(!queue.wake(Changes::POD_LEFT, SimTime::from_ms(1)));
        assert_eq!(queue.pop(), None);
        assert!(queue.wake(Changes::NODE_ADDED, SimTime::from_ms(1)));
        assert_eq!(queue.pop(), Some(pod(0)), "an idle scheduler does not honour back-off");
    }

    #[test]
    fn a_pod_that_backs_off_lets_fresh_ones_go_first() {
        let mut queue = Queue::default();
        queue.set_aside(pod(0), 1_000, Changes::NODE_ADDED, SimTime::ZERO);
        queue.wake(Changes::NODE_ADDED, SimTime::from_ms(500));
        queue.add(pod(1), 0, SimTime::from_ms(500));
        assert_eq!(queue.pop(), Some(pod(1)));
        assert_eq!(queue.pop(), Some(pod(0)));
    }

    #[test]
    fn backoff_doubles_up_to_ten_seconds() {
        let seconds: Vec<_> = (1..7).map(|n| backoff(n).as_ms() / 1_000).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
    }
}

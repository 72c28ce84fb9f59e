//! kube-scheduler in virtual time: one pod, one cycle, one decision.

pub mod framework;
pub mod inquiry;
pub mod plain;
pub mod plugins;
pub mod profile;
pub mod queue;
pub mod sums;

use crate::action::Action;
use crate::rng::{Root, Stream};
use crate::time::SimTime;
use crate::world::World;
use crate::world::pod::PodId;
use framework::{Changes, PodView};
use plain::Walk;
use profile::Profile;
use queue::Queue;

/// A scheduler: a profile and the pods that wait for it.
pub struct Scheduler {
    profile: Profile,
    queue: Queue,
    root: Root,
    cycles: u64,
}

impl Scheduler {
    /// A scheduler with an empty queue.
    #[must_use]
    pub fn new(profile: Profile, root: Root) -> Scheduler {
        Scheduler { profile, queue: Queue::default(), root, cycles: 0 }
    }

    /// A new pod enters the queue.
    pub fn enqueue(&mut self, pod: PodId, world: &World) {
        self.queue.add(pod, world.spec_of(pod).priority, world.now());
    }

    /// Something changed that may help pods which were set aside. Whether any are tried again.
    pub fn wake(&mut self, changes: Changes, now: SimTime) -> bool {
        self.queue.wake(changes, now)
    }

    /// Tries the next pod: where it should go, or why nowhere. `None` when nobody waits.
    pub fn next(&mut self, world: &World) -> Option<Action> {
        let pod = self.queue.pop()?;
        self.cycles += 1;
        let view = PodView::of(pod, world);
        let evaluation = plain::evaluate(&self.profile, view, world, Walk::WHOLE);
        let best = evaluation.best();
        if best.is_empty() {
            let (refusal, woken_by) = (evaluation.refusal(), evaluation.woken_by());
            self.queue.set_aside(pod, view.spec.priority, woken_by, world.now());
            return Some(Action::Refuse { pod, refusal });
        }
        self.queue.forget(pod);
        Some(Action::Bind { pod, node: best[self.tie_break(pod, best.len(), world)] })
    }

    /// How many cycles there have been.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Which of `ties` equally good nodes a pod gets. kube-scheduler leaves this to chance; here
    /// chance is keyed by the pod, so that nobody else's choice depends on it.
    // kube-scheduler: schedule_one.go selectHost
    fn tie_break(&self, pod: PodId, ties: usize, world: &World) -> usize {
        if ties == 1 {
            return 0;
        }
        let pods = world.pods();
        let workload = world.model().workloads[pods.workload(pod)].key;
        let key = [workload, u64::from(pods.replica(pod)), u64::from(pods.attempt(pod))];
        self.root.stream(Stream::TieBreak, &key).below(ties)
    }
}

//! A glance: whether a pass could touch any pod of an autoscaler at all, without looking at each.
//!
//! In almost every minute of a run it could not. Pods of a workload are of few kinds: those of one kind
//! have containers that state the same. What speaks for touching a pod depends on that and on its age
//! alone, and grows with its age; so one pod of each kind answers for all, the one that was started first.
//!
//! Pods of which more is remembered are not answered for: those that are being resized, those that were
//! killed for want of memory, and those that have more CPU to start with.

use super::subject::{Pod, Subject};
use super::{Api, Refusal, Resize, Updater};
use crate::autoscalers::vpa::recommender::PodNumber;

impl Updater {
    /// Whether a pass might touch a pod that a glance answers for, by those that were started first of each
    /// kind. If not, a pass over pods of these kinds calls for nothing and remembers nothing.
    #[must_use]
    pub fn may_touch(&self, subject: &Subject<'_>, first: &[Pod], now_ms: i64) -> bool {
        first.iter().any(|pod| self.assess(subject, pod, now_ms).1.is_ok())
    }

    /// The plain form, which looks at each pod: whether a pass calls for nothing and remembers nothing.
    #[must_use]
    pub fn is_idle(&self, subject: &Subject<'_>, now_ms: i64) -> bool {
        let (mut updater, mut calls) = (self.clone(), Counted(0));
        updater.pass(std::slice::from_ref(subject), &|_| true, now_ms, &mut calls);
        calls.0 == 0 && updater == *self
    }
}

/// Counts calls, and refuses them.
struct Counted(usize);

impl Api for Counted {
    fn evict(&mut self, _: PodNumber, _: i64) -> bool {
        self.0 += 1;
        false
    }

    fn resize(&mut self, _: PodNumber, _: &Resize, _: i64) -> Result<(), Refusal> {
        self.0 += 1;
        Err(Refusal::Other)
    }
}

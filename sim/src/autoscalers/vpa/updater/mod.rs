//! The updater: which running pods are evicted, or resized in place, for what is recommended for them.
//!
//! ```text
//! pods of an autoscaler ──► is there anything to do at all?            (glance)
//!                       ──► groups by owner: how many may be missing   (budget)
//!                       ──► evict, resize, wait or give up?             (in_place)
//!                       ──► worth it? which first?                      (priority)
//!                       ──► one call after another, each after its budget was looked at again
//! ```
//!
//! A pass is a function of what is seen, of what is remembered and of what the API answers.

mod budget;
mod config;
mod glance;
mod in_place;
mod memory;
mod pass;
mod priority;
mod rate;
mod resize;
pub mod subject;
mod verdict;

pub use config::{Gates, RateLimit, UpdaterConfig};
pub use memory::Memory;
pub use priority::Priority;
pub use resize::Resize;
pub use verdict::{Reason, Refusal, Verdict};

use std::collections::BTreeMap;

use super::estimator::Recommended;
use super::recommender::PodNumber;
use super::sizing;
use crate::model::vpa::UpdateMode;
use pass::Pass;
use rate::Bucket;
use subject::{Pod, Subject};

/// What the updater asks of the cluster. Calls come one by one, at the times that rate limits leave them,
/// and what is answered decides about the next.
pub trait Api {
    /// Evicts a pod. Whether the eviction API, which obeys budgets, has allowed it.
    fn evict(&mut self, pod: PodNumber, at_ms: i64) -> bool;

    /// Resizes a pod in place.
    ///
    /// # Errors
    /// Why that is refused.
    fn resize(&mut self, pod: PodNumber, resize: &Resize, at_ms: i64) -> Result<(), Refusal>;
}

/// The updater between its passes. Times are in milliseconds of Unix time.
#[derive(Clone, PartialEq, Debug)]
pub struct Updater {
    config: UpdaterConfig,
    memory: Memory,
    evictions: Bucket,
    resizes: Bucket,
}

/// What a pass has come to.
#[derive(Clone, PartialEq, Debug)]
pub struct Passed {
    /// What was done with each pod, or why nothing was.
    pub verdicts: BTreeMap<PodNumber, Verdict>,
    /// When it was over; the next may begin no sooner.
    pub ended_ms: i64,
}

impl Updater {
    /// One that remembers nothing.
    #[must_use]
    pub fn new(config: UpdaterConfig) -> Updater {
        Updater::remembering(config, Memory::default())
    }

    /// One that remembers something.
    #[must_use]
    pub fn remembering(config: UpdaterConfig, memory: Memory) -> Updater {
        let bucket = || Bucket::new(config.rate_limit);
        Updater { evictions: bucket(), resizes: bucket(), config, memory }
    }

    /// What it remembers.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether it skips a pass, because the admission controller has given no sign of life for a minute.
    // VPA: updater/logic/updater.go RunOnce, utils/status/status_object.go
    #[must_use]
    pub fn waits_for_admission(&self, renewed_ms: Option<i64>, now_ms: i64) -> bool {
        let is_valid = renewed_ms.is_some_and(|at_ms| now_ms - at_ms < ADMISSION_TIMEOUT_MS);
        self.config.use_admission_controller_status && !is_valid
    }

    /// One pass over the autoscalers that are [considered](subject::is_considered), in order; a pod is
    /// among the pods of the one that [controls](super::controlling) it alone. `lives` is whether a pod
    /// lives at all, controlled or not.
    // VPA: updater/logic/updater.go RunOnce
    pub fn pass(
        &mut self,
        subjects: &[Subject<'_>],
        lives: &dyn Fn(PodNumber) -> bool,
        now_ms: i64,
        api: &mut dyn Api,
    ) -> Passed {
        if !subjects.is_empty() {
            self.memory.infeasible.retain(|pod, _| lives(*pod));
        }
        let mut pass = Pass::new(self, now_ms, api);
        for subject in subjects {
            if pass.serve(subject).is_break() {
                break;
            }
        }
        pass.ended()
    }

    /// What speaks for touching a pod, before it is asked how many of its group may be missing, and
    /// whether that is enough.
    ///
    /// # Errors
    /// Why it is left as it is.
    // VPA: updater/priority/update_priority_calculator.go AddPod
    pub fn assess(
        &self,
        subject: &Subject<'_>,
        pod: &Pod,
        now_ms: i64,
    ) -> (Priority, Result<(), Reason>) {
        match Known::of(subject, pod) {
            Some(known) => (known.priority, self.judge(subject, pod, &known, now_ms)),
            None => (Priority::default(), Err(Reason::NoRecommendation)),
        }
    }

    /// Whether what speaks for touching a pod is enough.
    fn judge(
        &self,
        subject: &Subject<'_>,
        pod: &Pod,
        Known { processed, priority }: &Known,
        now_ms: i64,
    ) -> Result<(), Reason> {
        if subject.spec.mode == UpdateMode::InPlace && self.memory.is_infeasible(pod, processed) {
            return Err(Reason::Infeasible);
        }
        priority::accept(&self.config, subject, (pod, processed), *priority, now_ms)
    }
}

/// What is the same for all pods of an autoscaler whose containers are the same.
struct Known {
    processed: Recommended,
    priority: Priority,
}

impl Known {
    fn of(subject: &Subject<'_>, pod: &Pod) -> Option<Known> {
        let processed = processed(subject, pod)?;
        Some(Known { priority: Priority::of(pod, &processed), processed })
    }
}

/// How old the last sign of life of the admission controller may be.
// VPA: utils/status/status_object.go AdmissionControllerStatusTimeout
const ADMISSION_TIMEOUT_MS: i64 = 60_000;

/// What is recommended for a pod, of what is recommended for pods of its kind.
fn processed(subject: &Subject<'_>, pod: &Pod) -> Option<Recommended> {
    let recommended = subject.recommended?;
    Some(sizing::for_pod(subject.spec, recommended, &pod.actual(), &subject.ranges))
}

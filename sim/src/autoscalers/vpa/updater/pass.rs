//! One pass: from what is seen to the calls that are made, in their order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::budget::{Group, Groups};
use super::in_place::{self, Decision};
use super::priority::Priority;
use super::resize::{self, Resize};
use super::subject::{Container, Pod, Subject};
use super::verdict::{Reason, Refusal, Verdict};
use super::{Api, Known, Passed, Updater};
use crate::autoscalers::vpa::recommender::PodNumber;
use crate::model::vpa::UpdateMode;

/// A pass in the middle of its work.
pub(super) struct Pass<'p> {
    updater: &'p mut Updater,
    /// The present, which waiting for a rate limit moves.
    now_ms: i64,
    api: &'p mut dyn Api,
    verdicts: BTreeMap<PodNumber, Verdict>,
}

impl<'p> Pass<'p> {
    pub(super) fn new(updater: &'p mut Updater, now_ms: i64, api: &'p mut dyn Api) -> Pass<'p> {
        Pass { updater, now_ms, api, verdicts: BTreeMap::new() }
    }

    pub(super) fn ended(self) -> Passed {
        Passed { verdicts: self.verdicts, ended_ms: self.now_ms }
    }

    /// Serves one autoscaler. The pass is over if a rate limit lets no call pass, ever.
    // VPA: updater/logic/updater.go RunOnce
    pub(super) fn serve(&mut self, subject: &Subject<'_>) -> ControlFlow<()> {
        let mut groups = Groups::of(&self.updater.config, subject);
        let mut pods: Vec<&Pod> = subject.pods.iter().collect();
        let gates = self.updater.config.gates;
        if gates.cpu_startup_boost && subject.spec.boosts() {
            let boosted: Vec<&Pod> = pods.extract_if(.., |pod| pod.is_boosted()).collect();
            self.unboost(subject, &boosted, &mut groups)?;
        }
        match subject.spec.mode {
            UpdateMode::Recreate => self.evict(subject, &pods, &mut groups),
            UpdateMode::InPlaceOrRecreate => self.resize_all(subject, &pods, &mut groups),
            UpdateMode::InPlace if gates.in_place => self.resize_all(subject, &pods, &mut groups),
            UpdateMode::Off | UpdateMode::Initial | UpdateMode::InPlace => {
                pods.into_iter().for_each(|pod| self.leave(pod, Reason::Mode));
                ControlFlow::Continue(())
            }
        }
    }

    /// Takes back the CPU that containers had more to start with.
    fn unboost(
        &mut self,
        subject: &Subject<'_>,
        boosted: &[&Pod],
        groups: &mut Groups,
    ) -> ControlFlow<()> {
        for pod in boosted {
            self.leave(pod, Reason::Boosted);
            let is_over = resize::loses_any_boost(subject.spec, pod, self.now_ms);
            let may = groups.of_pod(pod).is_some_and(Group::is_disruptable);
            if is_over && may && !pod.is_pending && pod.resizing().is_none() {
                // What is refused is tried again in the next pass.
                let _ = self.resize(subject, pod, groups)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Evicts pods, those that need it most first.
    fn evict(
        &mut self,
        subject: &Subject<'_>,
        pods: &[&Pod],
        groups: &mut Groups,
    ) -> ControlFlow<()> {
        let mut candidates = Vec::new();
        for pod in pods {
            match self.may_evict(pod, groups) {
                Ok(()) => candidates.push(*pod),
                Err(reason) => self.leave(pod, reason),
            }
        }
        let queue = self.in_order(subject, candidates);
        self.evict_each(queue, groups)
    }

    /// Resizes pods in place, those that need it most first, and then evicts those that cannot be resized
    /// if their autoscaler does so.
    fn resize_all(
        &mut self,
        subject: &Subject<'_>,
        pods: &[&Pod],
        groups: &mut Groups,
    ) -> ControlFlow<()> {
        let never_evicts = subject.spec.mode == UpdateMode::InPlace;
        let mut candidates = Vec::new();
        for pod in pods {
            match self.decide(subject, pod, groups) {
                Decision::Deferred(reason) if !never_evicts => self.leave(pod, reason),
                Decision::StillInfeasible => self.leave(pod, Reason::Infeasible),
                _ => candidates.push(*pod),
            }
        }
        let mut evicted = Vec::new();
        for pod in self.in_order(subject, candidates) {
            match self.decide(subject, pod, groups) {
                Decision::Deferred(reason) if !never_evicts => {
                    self.leave(pod, reason);
                    continue;
                }
                Decision::StillInfeasible => {
                    self.leave(pod, Reason::Infeasible);
                    continue;
                }
                Decision::Evict => {
                    evicted.push(pod);
                    continue;
                }
                Decision::Infeasible => self.remember_infeasible(subject, pod),
                // A resize that is under way is patched with what is recommended now.
                Decision::Approved | Decision::Deferred(_) => {}
            }
            let resized = self.resize(subject, pod, groups)?;
            match resized {
                Ok(()) => {}
                Err(Some(Refusal::NodeCapacity)) if never_evicts => {
                    self.remember_infeasible(subject, pod);
                }
                Err(_) if never_evicts => {}
                Err(_) => evicted.push(pod),
            }
        }
        self.evict_each(evicted, groups)
    }

    /// The pods that are worth touching, those first that need it most.
    fn in_order<'s>(&mut self, subject: &Subject<'_>, candidates: Vec<&'s Pod>) -> Vec<&'s Pod> {
        let mut accepted = Vec::new();
        // Replicas are mostly alike.
        let mut last: Option<(&[Container], Option<Known>)> = None;
        for pod in candidates {
            let alike = last.take_if(|(containers, _)| *containers == pod.containers);
            let known = alike.map_or_else(|| Known::of(subject, pod), |(_, known)| known);
            let verdict = match &known {
                Some(known) => self.updater.judge(subject, pod, known, self.now_ms),
                None => Err(Reason::NoRecommendation),
            };
            match verdict {
                Ok(()) => {
                    accepted.push((
                        known.as_ref().map_or_else(Priority::default, |it| it.priority),
                        pod,
                    ));
                }
                Err(reason) => self.leave(pod, reason),
            }
            last = Some((&pod.containers, known));
        }
        Priority::sort(&mut accepted);
        accepted.into_iter().map(|(_, pod)| pod).collect()
    }

    // VPA: updater/restriction/pods_eviction_restriction.go Evict
    fn evict_each(&mut self, queue: Vec<&Pod>, groups: &mut Groups) -> ControlFlow<()> {
        for pod in queue {
            if let Err(reason) = self.may_evict(pod, groups) {
                // That a resize was refused says more than that an eviction is not allowed.
                self.verdicts.entry(pod.number).or_insert(Verdict::Left(reason));
                continue;
            }
            let Some(at_ms) = self.updater.evictions.take(self.now_ms) else {
                return ControlFlow::Break(());
            };
            self.now_ms = at_ms;
            let is_evicted = self.api.evict(pod.number, at_ms);
            if is_evicted && !pod.is_pending {
                groups.disrupt(pod);
            }
            let verdict = if is_evicted { Verdict::Evicted } else { Verdict::EvictionRefused };
            self.verdicts.insert(pod.number, verdict);
        }
        ControlFlow::Continue(())
    }

    // VPA: updater/restriction/pods_eviction_restriction.go CanEvict
    fn may_evict(&mut self, pod: &Pod, groups: &Groups) -> Result<(), Reason> {
        let group = groups.of_pod(pod).filter(|group| !group.is_too_small);
        let group = group.ok_or(Reason::Group)?;
        if pod.is_pending {
            return Ok(());
        }
        if pod.resizing().is_some() {
            let is_stuck = in_place::is_stuck(&mut self.updater.memory, pod, group, self.now_ms);
            return if is_stuck { Ok(()) } else { Err(Reason::Resizing) };
        }
        if group.is_disruptable() { Ok(()) } else { Err(Reason::Budget) }
    }

    fn decide(&mut self, subject: &Subject<'_>, pod: &Pod, groups: &Groups) -> Decision {
        let Updater { config, memory, .. } = &mut *self.updater;
        in_place::decide(config, memory, subject, (pod, groups), self.now_ms)
    }

    /// Resizes a pod in place. It fails without a reason if there was no call to make.
    // VPA: updater/restriction/pods_inplace_restriction.go InPlaceUpdate
    fn resize(
        &mut self,
        subject: &Subject<'_>,
        pod: &Pod,
        groups: &mut Groups,
    ) -> ControlFlow<(), Result<(), Option<Refusal>>> {
        let Some(at_ms) = self.updater.resizes.take(self.now_ms) else {
            return ControlFlow::Break(());
        };
        self.now_ms = at_ms;
        if groups.of_pod(pod).is_none() {
            self.leave(pod, Reason::Group);
            return ControlFlow::Continue(Err(None));
        }
        let processed = super::processed(subject, pod).unwrap_or_default();
        let Some(resize) = Resize::of(subject, pod, &processed, at_ms) else {
            self.leave(pod, Reason::NothingToSet);
            return ControlFlow::Continue(Err(None));
        };
        let answer = self.api.resize(pod.number, &resize, at_ms);
        let verdict = match answer {
            Ok(()) => {
                groups.disrupt(pod);
                Verdict::Resized
            }
            Err(refusal) => Verdict::ResizeRefused(refusal),
        };
        self.verdicts.insert(pod.number, verdict);
        ControlFlow::Continue(answer.map_err(Some))
    }

    fn remember_infeasible(&mut self, subject: &Subject<'_>, pod: &Pod) {
        let recommended = subject.recommended.cloned().unwrap_or_default();
        self.updater.memory.infeasible.insert(pod.number, recommended);
    }

    fn leave(&mut self, pod: &Pod, reason: Reason) {
        self.verdicts.insert(pod.number, Verdict::Left(reason));
    }
}

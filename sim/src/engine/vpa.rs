//! VerticalPodAutoscalers in the engine: a pass of the recommender every minute, what it tells, and a pass
//! of the updater after it.
//!
//! Nothing of it happens in a run without such autoscalers.

use std::collections::BTreeSet;

use super::Simulation;
use crate::action::Action;
use crate::autoscalers::vpa::recommender::PodNumber;
use crate::autoscalers::vpa::updater::subject::Subject;
use crate::autoscalers::vpa::updater::{Api, Refusal, Resize};
use crate::event::Event;
use crate::fact::{Cause, Fact};
use crate::lifecycle::vpa_updates::any_acts;
use crate::lifecycle::vpas::{Changed, INTERVAL, ranges_of, stays, with_sizes};
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodSpec};
use crate::table::Id;
use crate::world::Room;

impl Simulation<'_> {
    /// The recommender looks again after its interval, if it has anything to look at.
    pub(crate) fn await_vpa_pass(&mut self) {
        if !self.vpas.is_empty() {
            self.agenda.schedule(self.world.now() + INTERVAL, Event::VpaPass);
        }
    }

    /// One pass of the recommender, and then one of the updater.
    pub(crate) fn vpa_pass(&mut self) {
        let changed = self.vpas.recommend(&self.world, &mut self.watched, self.metrics.as_ref());
        for Changed { workload, container, target } in changed {
            let (cpu, memory) = (target.cpu.unwrap_or(0), target.memory.unwrap_or(0));
            self.record(Fact::VpaRecommended { workload, container, cpu, memory });
        }
        if any_acts(&self.world) {
            self.retry_resizes(None);
            self.update_pods();
        }
        self.await_vpa_pass();
    }

    /// How many pods passes of the updater have looked at one by one so far: what passes cost.
    #[must_use]
    pub fn pods_looked_at_by_vpa(&self) -> u64 {
        self.vpa_updates.looked_at
    }

    /// The updater evicts pods, or resizes them in place.
    fn update_pods(&mut self) {
        let Some(mut updater) = self.vpa_updates.updater.take() else { return };
        let model = std::sync::Arc::clone(&self.setup.model);
        let seen = self.vpa_updates.sees((&self.world, &self.vpas, &self.watched), &updater);
        self.vpa_updates.looked_at += seen.iter().map(|seen| seen.pods.len() as u64).sum::<u64>();
        let recommended: Vec<_> =
            seen.iter().map(|seen| self.vpas.recommended(seen.id).cloned()).collect();
        let subjects = seen.iter().zip(&recommended).map(|(seen, recommended)| Subject {
            spec: &model.vpas[seen.id].spec,
            recommended: recommended.as_ref().filter(|it| !it.is_empty()),
            ranges: ranges_of(&self.world, model.vpas[seen.id].workload),
            pods: &seen.pods,
        });
        let subjects: Vec<Subject<'_>> = subjects.collect();
        // Of pods that were infeasible to resize, which are few.
        let tried = updater.memory().infeasible.keys();
        let lives = |number: &&PodNumber| pod_of(**number).is_some_and(|it| stays(&self.world, it));
        let living: BTreeSet<PodNumber> = tried.filter(lives).copied().collect();
        let now_ms = i64::try_from(self.world.now().as_ms()).unwrap_or(i64::MAX);
        updater.pass(&subjects, &|pod| living.contains(&pod), now_ms, &mut Calls(self));
        self.vpa_updates.updater = Some(updater);
    }

    /// Kubelets try again what they had no room for: that of a node from which a pod has gone, or on which one
    /// was resized, and all of them now and then.
    // kubelet: pkg/kubelet/allocation/allocation_manager.go RetryPendingResizes
    pub(crate) fn retry_resizes(&mut self, on: Option<NodeId>) {
        for (pod, spec) in self.vpa_updates.may_fit(&self.world, on) {
            self.resize_or_wait(pod, spec);
        }
    }

    /// The kubelet of a pod resizes it if there is room, or keeps it waiting.
    // kubelet: pkg/kubelet/allocation/allocation_manager.go canResizePod
    fn resize_or_wait(&mut self, pod: PodId, spec: PodSpec) {
        let room = self.world.room_to_resize(pod, &spec);
        if room == Room::Fits {
            self.vpa_updates.done(pod);
            let spec = self.world.add_spec(spec);
            self.apply(Action::Resize { pod, spec });
            return;
        }
        let infeasible = room == Room::Never;
        if self.vpa_updates.wait(pod, spec, infeasible, self.world.now()) {
            let workload = self.world.pods().workload(pod);
            self.record(Fact::PodResizePending { pod, workload, infeasible });
        }
    }
}

/// What the updater asks of the cluster.
struct Calls<'c, 's>(&'c mut Simulation<'s>);

impl Api for Calls<'_, '_> {
    fn evict(&mut self, pod: PodNumber, _: i64) -> bool {
        pod_of(pod).is_some_and(|pod| self.0.evict(pod, Cause::VpaUpdate))
    }

    fn resize(&mut self, pod: PodNumber, resize: &Resize, _: i64) -> Result<(), Refusal> {
        let pod = pod_of(pod).ok_or(Refusal::Other)?;
        let spec = with_sizes(self.0.world.spec_of(pod), &resize.containers);
        if spec != *self.0.world.spec_of(pod) {
            self.0.resize_or_wait(pod, spec);
            self.0.retry_resizes(self.0.world.pods().phase(pod).node());
        }
        resize.unboosted.iter().for_each(|container| self.0.vpas.unboosted(pod, *container));
        Ok(())
    }
}

fn pod_of(number: PodNumber) -> Option<PodId> {
    usize::try_from(number).ok().map(PodId::from_index)
}

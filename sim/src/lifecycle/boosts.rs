//! Boosts: which containers began with more CPU than they keep, and what they stated before.
//!
//! Nothing of it happens without the feature gate `CPUStartupBoost`.
// VPA: admission-controller/resource/pod/patch/resource_updates.go applyCPUStartupBoost

use std::collections::BTreeMap;

use crate::autoscalers::vpa::Flags;
use crate::autoscalers::vpa::sizing::{Sized, Sizes};
use crate::model::pod::PodId;
use crate::model::vpa::VpaSpec;
use crate::names::NameId;
use crate::table::Id;

/// The containers that have more CPU to start with.
#[derive(Clone, Debug, Default)]
pub(super) struct Boosts {
    /// Whether the gate is on.
    is_on: bool,
    /// The most CPU that a container begins with, in millicores.
    pub(super) most: Option<u64>,
    /// What each of them stated before: its annotation.
    before: BTreeMap<(PodId, NameId), Sizes>,
}

impl Boosts {
    pub(super) fn new(flags: &Flags) -> Boosts {
        let is_on = flags.updater.gates.cpu_startup_boost;
        Boosts { is_on, most: flags.max_cpu_boost, before: BTreeMap::new() }
    }

    /// Whether containers begin with more CPU under an autoscaler.
    pub(super) fn apply(&self, vpa: &VpaSpec) -> bool {
        self.is_on && vpa.boosts()
    }

    /// A pod was created, whose containers were to have these sizes before its autoscaler changed them.
    pub(super) fn created(&mut self, pod: PodId, vpa: &VpaSpec, before: Vec<Sized>) {
        let boosts = |name: NameId| {
            let own = vpa.policy(name).and_then(|policy| policy.boost);
            !vpa.leaves(name) && own.or(vpa.boost).is_some()
        };
        let boosted = before.into_iter().filter(|(name, _)| boosts(*name));
        self.before.extend(boosted.map(|(name, sizes)| ((pod, name), sizes)));
    }

    /// Whether a container of a pod has more CPU to start with.
    pub(super) fn has(&self, pod: PodId) -> bool {
        let mut of_pod = self.before.range((pod, NameId::from_index(0))..);
        of_pod.next().is_some_and(|((boosted, _), _)| *boosted == pod)
    }

    /// What a container stated before it was given more CPU, if it still has that.
    pub(super) fn before(&self, pod: PodId, container: NameId) -> Option<Sizes> {
        self.before.get(&(pod, container)).copied()
    }

    /// A container loses what it had more, or its pod is gone.
    pub(super) fn end(&mut self, pod: PodId, container: Option<NameId>) {
        self.before.retain(|(boosted, name), _| {
            *boosted != pod || container.is_some_and(|container| container != *name)
        });
    }
}

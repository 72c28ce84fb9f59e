//! How many pods of a group may be missing at once.
//!
//! The updater counts for itself, pass by pass; PodDisruptionBudgets are for the eviction API to obey.

use std::collections::BTreeMap;

use super::config::UpdaterConfig;
use super::subject::{OwnerNumber, Pod, Replicas, Subject};
use crate::model::vpa::UpdateMode;

/// Pods with one direct owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Group {
    configured: u32,
    /// How many of them may be missing.
    tolerance: u32,
    running: u32,
    /// How many were evicted or resized in this pass.
    disrupted: u32,
    /// Whether it has so few pods that they may be resized, and never evicted.
    pub(super) is_too_small: bool,
}

impl Group {
    /// Whether a running pod of it may be evicted or resized now.
    // VPA: updater/restriction/pods_restriction_factory.go isPodDisruptable
    pub(super) fn is_disruptable(&self) -> bool {
        let all_run = self.configured == self.running;
        self.running.saturating_sub(self.disrupted) > self.configured - self.tolerance
            || (all_run && self.tolerance == 0 && self.disrupted == 0)
    }
}

/// The groups of an autoscaler's pods of which enough is known to touch them.
pub(super) struct Groups {
    by_owner: BTreeMap<OwnerNumber, Group>,
}

impl Groups {
    // VPA: updater/restriction/pods_restriction_factory.go GetCreatorMaps
    pub(super) fn of(config: &UpdaterConfig, subject: &Subject<'_>) -> Groups {
        let mut members: BTreeMap<OwnerNumber, (Replicas, Vec<&Pod>)> = BTreeMap::new();
        for pod in subject.pods {
            if let Some(owner) = pod.owner {
                members.entry(owner.number).or_insert((owner.replicas, Vec::new())).1.push(pod);
            }
        }
        let required = subject.spec.min_replicas.unwrap_or(config.min_replicas);
        let in_place =
            matches!(subject.spec.mode, UpdateMode::InPlaceOrRecreate | UpdateMode::InPlace);
        let skips = in_place && config.in_place_skip_disruption_budget;
        let group = |(owner, (replicas, pods)): (OwnerNumber, (Replicas, Vec<&Pod>))| {
            let live = count(pods.iter());
            let is_small = live < required;
            if is_small && !skips && !pods.iter().any(|pod| pod.is_boosted()) {
                return None;
            }
            let configured = match replicas {
                Replicas::Configured(configured) => configured,
                Replicas::Live => live,
            };
            let group = Group {
                configured,
                tolerance: share(configured, config.eviction_tolerance),
                running: count(pods.iter().filter(|pod| !pod.is_pending)),
                disrupted: 0,
                is_too_small: is_small && skips,
            };
            (configured > 0).then_some((owner, group))
        };
        Groups { by_owner: members.into_iter().filter_map(group).collect() }
    }

    /// The group of a pod, if enough is known of it.
    pub(super) fn of_pod(&self, pod: &Pod) -> Option<&Group> {
        self.by_owner.get(&pod.owner?.number)
    }

    /// A running pod was evicted or resized.
    pub(super) fn disrupt(&mut self, pod: &Pod) {
        let group = pod.owner.and_then(|owner| self.by_owner.get_mut(&owner.number));
        if let Some(group) = group {
            group.disrupted += 1;
        }
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

/// A part of a number of pods, rounded down, and at most all of them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn share(of: u32, part: f64) -> u32 {
    ((f64::from(of) * part) as u32).min(of)
}

//! Pods alike that fail alike: what no node took a moment ago, no node takes now.
//!
//! In a storm that finds no room, hundreds of pods of one spec are tried at every change of the
//! cluster, and all but the first few hear what the one before them heard. Where nothing is in the
//! journal since, that is what a search of every node, and of every victim on it, would say again.

use super::framework::PodView;
use super::preemption::Preemption;
use super::queue::Plugins;
use crate::fact::refusal::{Refusal, RefusalId};
use crate::model::pod::SpecId;
use crate::table::Table;
use crate::world::World;
use crate::world::journal::Cursor;

/// What the last pod of each spec heard that failed.
#[derive(Default)]
pub(super) struct Failures {
    by_spec: Table<SpecId, Option<Box<Failure>>>,
}

/// Why a pod failed, and when.
struct Failure {
    /// Every change up to here was taken into account.
    at: Cursor,
    refused_by: Plugins,
    refusal: Refusal,
    id: Option<RefusalId>,
}

impl Failures {
    /// Keeps how a pod failed, if that holds for every pod of its spec until something changes.
    pub(super) fn remember(
        &mut self,
        pod: PodView<'_>,
        refused_by: Plugins,
        refusal: &Refusal,
        preemption: Option<&Preemption>,
        world: &World,
    ) {
        let lasts = refusal.outright.is_empty() && preemption.is_none_or(Preemption::lasts);
        if lasts && is_like_others(pod, world) {
            let at = world.journal().now();
            let failure = Failure { at, refused_by, refusal: refusal.clone(), id: None };
            *self.by_spec.slot(pod.spec_id) = Some(Box::new(failure));
        }
    }

    /// How a pod fails that asks for the same as one before it, if nothing has changed since.
    pub(super) fn recall(
        &mut self,
        pod: PodView<'_>,
        world: &World,
    ) -> Option<(Plugins, RefusalId)> {
        let failure = self.by_spec.slot(pod.spec_id).as_mut()?;
        if failure.at != world.journal().now() || !is_like_others(pod, world) {
            return None;
        }
        let known = failure.id.or_else(|| world.refusals().id_of(&failure.refusal))?;
        failure.id = Some(known);
        Some((failure.refused_by, known))
    }
}

/// Whether nodes cannot tell a pod from others of its spec, and all that they say of it follows from
/// what the journal records: nominations of other pods are in there, its own makes a pod differ.
fn is_like_others(pod: PodView<'_>, world: &World) -> bool {
    pod.is_ranked() && pod.id.is_some_and(|pod| world.pods().nominated(pod).is_none())
}

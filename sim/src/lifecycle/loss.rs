//! How a cluster finds out that a node is lost, and what it then does with the pods that were there.
//!
//! The kubelet is silent, the node unreachable, and the taint for that drives pods away as any
//! `NoExecute` taint does; but with nobody left to stop them, their objects stay until the node's
//! object is deleted. Zones that lose many nodes at once are treated no differently: the rate limit
//! of evictions is not modelled.

use super::taint_manager;
use crate::providers::interruption::{Loss, NodeObject};
use crate::time::SimTime;
use crate::world::World;
use crate::world::disruption::Reason;
use crate::world::pod::PodId;
use crate::world::taints::{Effect, Taint};

/// What the cluster does with a pod that is lost with its node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aftermath {
    /// When the pod's object is marked as deleted, if ever: a ReplicaSet then replaces it.
    pub marked_at: Option<SimTime>,
    /// When the object is gone and its name is free, if ever.
    pub gone_at: Option<SimTime>,
    /// What is then said of the pod's end.
    pub reason: Option<Reason>,
}

/// What will be done with a pod whose node is lost now.
#[must_use]
pub fn aftermath(world: &World, pod: PodId, loss: &Loss) -> Aftermath {
    let model = world.model();
    let unreachable_at = world.now() + loss.unreachable_after;
    let taint = Taint { key: model.unreachable_key, value: model.empty, effect: Effect::NoExecute };
    let patience = taint_manager::patience(world, pod, &[taint]);
    let tolerated_until = patience.map(|span| unreachable_at + span);
    let gone_at = match loss.object {
        NodeObject::Deleted { after, orphans_after } => {
            Some(unreachable_at + after + orphans_after)
        }
        NodeObject::Kept => None,
    };
    match (tolerated_until, gone_at) {
        (Some(until), gone) if gone.is_none_or(|gone| until < gone) => Aftermath {
            marked_at: Some(until),
            gone_at,
            reason: Some(Reason::DeletionByTaintManager),
        },
        (_, Some(gone)) => {
            Aftermath { marked_at: Some(gone), gone_at, reason: Some(Reason::DeletionByPodGc) }
        }
        (_, None) => Aftermath { marked_at: None, gone_at: None, reason: None },
    }
}

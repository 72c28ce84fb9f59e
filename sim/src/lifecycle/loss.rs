//! How a cluster finds out that a node is lost, and what it then does with the pods that were there.
//!
//! The kubelet is silent, the node unreachable, and the taint for that drives pods away as any
//! `NoExecute` taint does; but with no kubelet left to stop them, their objects stay until the node's
//! object is deleted. How soon an unreachable node is tainted is another matter: `eviction_rate.rs`.

use super::taint_manager;
use crate::action::{Action, Waiting};
use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::taints::{Effect, Taint};
use crate::providers::interruption::{Loss, NodeObject};
use crate::time::{SimTime, Span};
use crate::world::World;

/// What the cluster does with a pod that is lost with its node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aftermath {
    /// When the cluster takes the node to be lost, and the pod not to be ready.
    pub unreachable_at: SimTime,
    /// When the pod's object is marked as deleted: a ReplicaSet then replaces it.
    pub marked: Mark,
    /// When the object is gone and its name is free, if ever.
    pub gone_at: Option<SimTime>,
    /// What is then said of the pod's end, unless its node has to wait for the taint for so long that
    /// the object's end comes first.
    pub reason: Option<DisruptionReason>,
}

/// When a pod's object is marked as deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Then, with the object of its node.
    At(SimTime),
    /// So long after its node has been tainted.
    AfterTaint(Span),
    /// Never.
    Never,
}

impl Mark {
    /// How the controller of a pod that was lost with `node` learns of it.
    pub(super) fn noticed(self, pod: PodId, node: NodeId) -> Option<Action> {
        match self {
            Mark::At(at) => Some(Action::Wake { at, who: Waiting::LostPod(pod) }),
            Mark::AfterTaint(tolerates) => Some(Action::AwaitTaint { pod, node, tolerates }),
            Mark::Never => None,
        }
    }
}

/// What will be done with a pod whose node is lost now, if pod garbage collection deletes the pods of
/// the node so long after its object is deleted.
#[must_use]
pub fn aftermath(world: &World, pod: PodId, loss: &Loss, collected_after: Span) -> Aftermath {
    let model = world.model();
    let unreachable_at = world.now() + loss.unreachable_after;
    let taint = Taint { key: model.unreachable_key, value: model.empty, effect: Effect::NoExecute };
    let patience = taint_manager::patience(world, pod, &[taint]);
    let gone_at = match loss.object {
        NodeObject::Deleted { after, .. } => Some(unreachable_at + after + collected_after),
        NodeObject::Kept => None,
    };
    match (patience, gone_at) {
        (Some(span), gone) if gone.is_none_or(|gone| unreachable_at + span < gone) => Aftermath {
            unreachable_at,
            marked: Mark::AfterTaint(span),
            gone_at,
            reason: Some(DisruptionReason::DeletionByTaintManager),
        },
        (_, Some(gone)) => {
            let reason = Some(DisruptionReason::DeletionByPodGc);
            Aftermath { unreachable_at, marked: Mark::At(gone), gone_at, reason }
        }
        (_, None) => Aftermath { unreachable_at, marked: Mark::Never, gone_at: None, reason: None },
    }
}

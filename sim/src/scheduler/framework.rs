//! The extension points of the scheduler, by their Kubernetes names.
//!
//! A plugin is a pure function of a pod and of one node as it is shown to it. It never looks a node
//! up by itself, so the same plugin judges real nodes, nodes without their victims, and nodes that
//! an autoscaler only imagines.

use crate::world::World;
use crate::world::node::NodeId;
use crate::world::pod::{PodId, PodSpec};
use crate::world::refusal::Reason;

pub use crate::world::NodeView;

/// A pod as a plugin sees it.
#[derive(Clone, Copy)]
pub struct PodView<'w> {
    /// What it asks for.
    pub spec: &'w PodSpec,
    /// The one node that a DaemonSet meant it for.
    pub meant_for: Option<NodeId>,
}

impl<'w> PodView<'w> {
    /// The view of a pod of the world.
    #[must_use]
    pub fn of(pod: PodId, world: &'w World) -> PodView<'w> {
        PodView { spec: world.spec_of(pod), meant_for: world.pods().meant_for(pod) }
    }
}

/// Keeps a pod off nodes on which it must not run.
pub trait Filter: Sync {
    /// Looks at the pod alone, once per cycle (PreFilter).
    fn prepare(&self, _pod: PodView<'_>, _world: &World) -> Prepared {
        Prepared::Run
    }

    /// Judges one node (Filter).
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict;

    /// What may turn a refusal by this plugin into a pass, and is worth another attempt.
    fn woken_by(&self) -> Changes;
}

/// What a filter says about a pod before it has seen a node.
pub enum Prepared {
    /// Ask for every node.
    Run,
    /// This pod never concerns the plugin in this cycle.
    Skip,
    /// Only these nodes can do.
    Only(Vec<NodeId>),
}

/// What a filter says about one node.
pub enum Verdict {
    /// The pod may run there.
    Pass,
    /// It may not.
    Reject(Code, Reasons),
}

/// Whether removing pods from a node could change a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// Yes: the node is a candidate for preemption.
    Unschedulable,
    /// No.
    UnschedulableAndUnresolvable,
}

/// Why a node was refused: nearly always for one reason.
pub enum Reasons {
    /// One reason.
    One(Reason),
    /// Several, in the plugin's order.
    Several(Vec<Reason>),
}

impl Reasons {
    /// The reasons as a list.
    pub fn as_slice(&self) -> &[Reason] {
        match self {
            Reasons::One(reason) => std::slice::from_ref(reason),
            Reasons::Several(reasons) => reasons,
        }
    }
}

impl Verdict {
    /// A refusal for one fixed reason, which no removal of pods can change.
    #[must_use]
    pub fn unresolvable(text: &'static str) -> Verdict {
        Verdict::Reject(Code::UnschedulableAndUnresolvable, Reasons::One(Reason::Text(text)))
    }
}

/// Prefers some of the nodes on which a pod may run.
pub trait Score: Sync {
    /// Whether the plugin has anything to say about this pod (PreScore). If not it adds nothing.
    fn applies(&self, _pod: &PodSpec) -> bool {
        true
    }

    /// How good one node is, in the plugin's own units.
    fn raw(&self, pod: &PodSpec, node: NodeView<'_>) -> i64;

    /// The score from 0 to 100, given the least and greatest raw score over all feasible nodes.
    fn normalize(&self, raw: i64, _min: i64, _max: i64) -> i64 {
        raw
    }
}

/// Kinds of change after which an unschedulable pod may fit: a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes(u8);

impl Changes {
    /// None.
    pub const NONE: Changes = Changes(0);
    /// A node joined the cluster, or became more welcoming.
    pub const NODE_ADDED: Changes = Changes(1);
    /// A pod left a node, and its resources with it.
    pub const POD_LEFT: Changes = Changes(2);

    /// Changes of either set.
    #[must_use]
    pub const fn or(self, other: Changes) -> Changes {
        Changes(self.0 | other.0)
    }

    /// Whether the sets have a change in common.
    #[must_use]
    pub const fn meets(self, other: Changes) -> bool {
        self.0 & other.0 != 0
    }
}

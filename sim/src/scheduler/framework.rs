//! The extension points of the scheduler, by their Kubernetes names.
//!
//! A plugin is a pure function of a pod and of what it is shown. It never looks a node up by
//! itself, so the same plugin judges real nodes, nodes without their victims, and nodes that an
//! autoscaler only imagines. It says beforehand what it needs to know:
//!
//! * of a node alone, it sees a [`NodeView`];
//! * of the rest of the cluster, it names the [`Sum`]s over domains that it reads, and is shown how
//!   they stand [`Around`] a node.
//!
//! So what a plugin said about a node stays true until that node, or one of those sums, changes.

use std::sync::Arc;

use super::columns::Columns;
use crate::fact::refusal::UnschedulableReason;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::relations::{Alike, Related};
use crate::model::selectors::{BorneTerm, Selectors, TermId};
use crate::names::NameId;
use crate::world::World;
use crate::world::load::NodeLoad;

pub use super::sums::{Around, Counted, Include, Scope, Sum};
pub use crate::world::NodeView;

/// A pod as a plugin sees it.
#[derive(Clone, Copy)]
pub struct PodView<'w> {
    /// Which pod it is, if it exists.
    pub id: Option<PodId>,
    /// What it asks for.
    pub spec: &'w PodSpec,
    /// Which spec that is.
    pub spec_id: SpecId,
    /// Which selectors match pods like it.
    pub related: &'w Related,
    /// The classes of pods like it.
    pub alike: Alike,
    /// The selectors and terms of all.
    pub selectors: &'w Selectors,
    /// The one node that a DaemonSet meant it for.
    pub meant_for: Option<NodeId>,
}

impl<'w> PodView<'w> {
    /// The view of a pod of the world.
    #[must_use]
    pub fn of(pod: PodId, world: &'w World) -> PodView<'w> {
        let meant_for = world.pods().meant_for(pod);
        PodView { id: Some(pod), meant_for, ..PodView::of_spec(world.pods().spec(pod), world) }
    }

    /// The view of a pod that there could be.
    #[must_use]
    pub fn of_spec(spec_id: SpecId, world: &'w World) -> PodView<'w> {
        PodView {
            id: None,
            spec: world.spec(spec_id),
            spec_id,
            related: world.specs().related(spec_id),
            alike: world.specs().alike(spec_id),
            selectors: &world.model().selectors,
            meant_for: None,
        }
    }

    /// Whether what nodes say of it can be remembered: it does not restrict itself to nodes that it
    /// names, and depends on nothing but nodes.
    pub(super) fn is_ranked(self) -> bool {
        self.meant_for.is_none() && !self.spec.names_nodes() && !self.spec.reads_shared_state()
    }

    /// The terms of other pods that mean it.
    pub fn targeted_by(self) -> impl Iterator<Item = (TermId, &'w BorneTerm)> {
        self.related.targeted_by.iter().map(move |id| (*id, self.selectors.term(*id)))
    }
}

/// Keeps a pod off nodes on which it must not run.
pub trait Filter: Send + Sync {
    /// Looks at the pod alone, once per cycle (PreFilter).
    fn prepare(&self, _pod: PodView<'_>, _world: &World) -> Prepared {
        Prepared::Run
    }

    /// The sums over domains that [`judge`](Self::judge) reads of such a pod, in its own order.
    fn sums(&self, _pod: PodView<'_>) -> Vec<Sum> {
        Vec::new()
    }

    /// Whether, as the sums stand in all, the pod does not concern the plugin in this cycle, not
    /// even on a node with more pods (PreFilter's Skip, where it depends on more than the pod).
    fn skips(&self, _pod: PodView<'_>, _around: Around<'_>) -> bool {
        false
    }

    /// Judges a node by itself (Filter).
    fn check(&self, _pod: PodView<'_>, _node: NodeView<'_>) -> Verdict {
        Verdict::Pass
    }

    /// Whether [`check`](Self::check) depends on how much the pod asks for. Such a filter looks at
    /// nothing else, neither beforehand nor at sums.
    fn reads_size(&self) -> bool {
        false
    }

    /// Rules out the nodes at places from `first` on that it refuses: [`check`](Self::check) of many
    /// nodes at once. False, and nothing is ruled out, if it cannot.
    fn check_at_once(
        &self,
        _pod: &PodSpec,
        _columns: &Columns,
        _first: usize,
        _open: &mut [bool],
    ) -> bool {
        false
    }

    /// Judges a node by its domains (Filter).
    fn judge(&self, _pod: PodView<'_>, _around: Around<'_>) -> Verdict {
        Verdict::Pass
    }

    /// Whether what happened may turn a refusal by this plugin into a pass (QueueingHint).
    fn helped_by(&self, pod: PodView<'_>, happening: Happening, world: &World) -> bool {
        match happening {
            Happening::NodeJoined(node) => {
                let empty = NodeLoad::default();
                self.check(pod, world.view(node).with_load(&empty)) == Verdict::Pass
            }
            Happening::NodeLeft => !self.sums(pod).is_empty(),
            Happening::PodPlaced(spec) | Happening::PodLeft(spec) => {
                self.sums(pod).iter().any(|sum| sum.counts(spec, world.model()))
            }
        }
    }
}

/// What a filter says about a pod before it has seen a node.
pub enum Prepared {
    /// Ask for every node.
    Run,
    /// This pod never concerns the plugin in this cycle.
    Skip,
    /// Only these nodes can do.
    Only(Candidates),
    /// No node can do.
    Reject(Code, Reasons),
}

/// The nodes to which a pod restricts itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidates {
    /// Those of them that there are.
    pub nodes: Vec<NodeId>,
    /// The names it gives, of nodes that may not exist; empty if it gives none.
    pub names: Vec<NameId>,
}

/// What a filter says about one node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The pod may run there.
    Pass,
    /// It may not.
    Reject(Code, Reasons),
}

/// Whether removing pods from a node could change a refusal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Code {
    /// Yes: the node is a candidate for preemption.
    Unschedulable,
    /// No.
    UnschedulableAndUnresolvable,
}

/// Why a node was refused: nearly always for one reason.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reasons {
    /// One reason.
    One(UnschedulableReason),
    /// Several, in the plugin's order.
    Several(Vec<UnschedulableReason>),
}

impl Reasons {
    /// The reasons as a list.
    pub fn as_slice(&self) -> &[UnschedulableReason] {
        match self {
            Reasons::One(reason) => std::slice::from_ref(reason),
            Reasons::Several(reasons) => reasons,
        }
    }
}

impl Verdict {
    /// A refusal for one fixed reason, which the removal of pods may change.
    #[must_use]
    pub fn unschedulable(text: &'static str) -> Verdict {
        Verdict::Reject(Code::Unschedulable, Reasons::One(UnschedulableReason::Text(text)))
    }

    /// A refusal for one fixed reason, which no removal of pods can change.
    #[must_use]
    pub fn unresolvable(text: &'static str) -> Verdict {
        Verdict::Reject(
            Code::UnschedulableAndUnresolvable,
            Reasons::One(UnschedulableReason::Text(text)),
        )
    }
}

/// Prefers some of the nodes on which a pod may run, each for itself, from 0 to 100 (Score without
/// NormalizeScore).
pub trait Score: Send + Sync {
    /// Whether the plugin has anything to say about this pod (PreScore). If not it adds nothing.
    fn applies(&self, _pod: &PodSpec) -> bool {
        true
    }

    /// How good one node is, from 0 to 100.
    fn score(&self, pod: &PodSpec, node: NodeView<'_>) -> i64;

    /// Whether that depends on how much the pod asks for.
    fn reads_size(&self) -> bool {
        false
    }

    /// Adds how good the nodes at places from `first` on are, times a weight: [`score`](Self::score)
    /// of many nodes at once. False, and nothing is added, if it cannot.
    fn score_at_once(
        &self,
        _pod: &PodSpec,
        _weight: f64,
        _columns: &Columns,
        _first: usize,
        _sums: &mut [f64],
    ) -> bool {
        false
    }
}

/// Prefers some of the nodes on which a pod may run, compared with the others (Score with
/// NormalizeScore). What is compared depends on all feasible nodes, so nothing of it is remembered.
pub trait RelativeScore: Send + Sync {
    /// Whether the plugin has anything to say about this pod (PreScore). If not it adds nothing.
    fn applies(&self, _pod: PodView<'_>) -> bool {
        true
    }

    /// The sums over domains that it reads of such a pod, in its own order.
    fn sums(&self, _pod: PodView<'_>) -> Vec<Sum> {
        Vec::new()
    }

    /// What it knows of a node by itself; nodes of one grade are alike to it. It is asked only of
    /// scores that read no sums.
    fn grade(&self, _pod: PodView<'_>, _node: NodeView<'_>) -> i64 {
        0
    }

    /// Whether, as the sums stand in all, it has nothing to say after all.
    fn skips(&self, _pod: PodView<'_>, _around: Around<'_>) -> bool {
        false
    }

    /// Whether a node is left out of the comparison.
    fn ignores(&self, _pod: PodView<'_>, _around: Around<'_>) -> bool {
        false
    }

    /// How good a node is, in the plugin's own units.
    fn raw(&self, pod: PodView<'_>, grade: i64, around: Around<'_>, feasible: &Feasible) -> i64;

    /// The score from 0 to 100, given the least and greatest raw score over all feasible nodes
    /// that are not ignored.
    fn normalize(&self, raw: i64, min: i64, max: i64) -> i64;
}

/// A score, alone or in comparison.
#[derive(Clone)]
pub enum Scorer {
    /// Of each node for itself.
    Own(Arc<dyn Score>),
    /// Of each node in comparison with the others.
    Relative(Arc<dyn RelativeScore>),
}

/// The nodes that a relative score compares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Feasible {
    /// How many there are.
    pub nodes: usize,
    /// For each of the plugin's sums, in how many domains they are; nodes without the label form
    /// one domain together.
    pub domains: Vec<usize>,
}

/// Something that happened, after which a pod may fit that did not before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happening {
    /// A node joined the cluster.
    NodeJoined(NodeId),
    /// A node left, and with it a domain or a share of one.
    NodeLeft,
    /// A pod of this spec was put on a node.
    PodPlaced(SpecId),
    /// A pod of this spec left its node.
    PodLeft(SpecId),
}

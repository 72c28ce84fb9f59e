//! Which pods the kubelet of a node admits.
//!
//! The scheduler does not ask it. One that shuts its node down admits no pod, and one whose node is under
//! pressure not every pod: a pod that tolerates the taints of such a node is bound to it, and fails there before anything of it has run.
// kubelet: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go Admit

use std::collections::BTreeSet;

use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::time::Span;

/// From the binding of a pod that is turned away until its controller has heard of it. An assumption:
/// what the messages from the scheduler to the kubelet and from there to the controller take.
pub const HEARD_AFTER: Span = Span::from_secs(1);

/// What kubelets know that the cluster does not.
#[derive(Clone, Debug, Default)]
pub struct Kubelets {
    shutting_down: BTreeSet<NodeId>,
    /// Pods that were turned away, of which the cluster does not know it yet.
    turned_away: BTreeSet<PodId>,
}

impl Kubelets {
    /// The kubelet of a node shuts it down.
    pub fn shuts_down(&mut self, node: NodeId) {
        self.shutting_down.insert(node);
    }

    /// A node is gone.
    pub fn gone(&mut self, node: NodeId) {
        self.shutting_down.remove(&node);
    }

    /// Whether the kubelet of its new node admits a pod, which it does not if the node is short of
    /// something that the pod would take; it is remembered if not.
    pub fn admits(&mut self, pod: PodId, node: NodeId, under_pressure: bool) -> bool {
        let admits = !under_pressure && !self.shutting_down.contains(&node);
        if !admits {
            self.turned_away.insert(pod);
        }
        admits
    }

    /// Whether a pod was turned away; that is known from now on.
    pub fn turned_away(&mut self, pod: PodId) -> bool {
        self.turned_away.remove(&pod)
    }
}

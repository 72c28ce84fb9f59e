//! What becomes of the pods of an instance that is taken: who tells them, and who finds out.

use crate::time::Span;

/// What becomes of the pods of an instance that is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interruption {
    /// Who acts on the provider's notice.
    pub drained_by: DrainedBy,
    /// How long before an instance is gone its operating system begins to shut down. Of those who
    /// might act, only the kubelet waits for it.
    pub shutdown_signal: Span,
    /// How the kubelet shuts a node down.
    pub shutdown: Shutdown,
    /// How the cluster finds out that a node is lost.
    pub loss: Loss,
}

/// Who acts on the provider's notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DrainedBy {
    /// A termination handler: it cordons the node and evicts its pods, as far as budgets let it.
    Handler,
    /// The kubelet, with its graceful node shutdown: it asks no budget.
    Kubelet,
    /// Nothing: pods run until the instance is gone.
    Nothing,
}

/// How the kubelet shuts a node down.
// Kubernetes documentation, "Node Shutdowns": Graceful node shutdown
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shutdown {
    /// `shutdownGracePeriod`: how long all of it may take.
    pub total: Span,
    /// `shutdownGracePeriodCriticalPods`: how much of that, at the end, is for critical pods.
    pub critical: Span,
}

/// How the cluster finds out that a node is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loss {
    /// `node-monitor-grace-period`: how long a kubelet may be silent until its node is unreachable.
    pub unreachable_after: Span,
    /// What becomes of the node's object.
    pub object: NodeObject,
}

/// What becomes of the object of a node that is unreachable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeObject {
    /// The cloud's controller looks for the instance, and deletes the object of one that is gone.
    Deleted {
        /// From unreachable to deleted.
        after: Span,
        /// From the deletion until pod garbage collection deletes the pods that were on it, at the
        /// soonest: a node is in quarantine first.
        orphans_after: Span,
        /// The same at the latest: it finds the deletion, and the end of the quarantine, at its own
        /// period only.
        orphans_within: Span,
    },
    /// It stays: pods are deleted when they no longer tolerate that, and never leave.
    Kept,
}

impl Shutdown {
    /// How much of it is for pods that are not critical.
    #[must_use]
    pub fn ordinary(&self) -> Span {
        Span::from_ms(self.total.as_ms().saturating_sub(self.critical.as_ms()))
    }
}

impl Loss {
    /// Where the cloud's controller cleans up.
    // Kubernetes documentation, "Nodes", and kubernetes/kubernetes issue 127352; pod GC:
    // pkg/controller/podgc gcCheckPeriod 20 s, quarantineTime 40 s
    pub const CLEANED_UP: Loss = Loss {
        unreachable_after: Span::from_secs(50),
        object: NodeObject::Deleted {
            after: Span::from_secs(10),
            orphans_after: Span::from_secs(40),
            orphans_within: Span::from_secs(80),
        },
    };

    /// The same with pods that are deleted as soon as they can be, so that times add up by hand.
    #[must_use]
    pub fn at_the_soonest(self) -> Loss {
        let object = match self.object {
            NodeObject::Deleted { after, orphans_after, .. } => {
                NodeObject::Deleted { after, orphans_after, orphans_within: orphans_after }
            }
            NodeObject::Kept => NodeObject::Kept,
        };
        Loss { object, ..self }
    }
}

//! Taints keep pods off nodes; tolerations let them on again.

use crate::names::NameId;
use crate::time::Span;

/// What a taint does to pods that do not tolerate it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// Keeps new pods away.
    NoSchedule,
    /// Makes the node a worse choice.
    PreferNoSchedule,
    /// Keeps new pods away and evicts those that run there.
    NoExecute,
}

/// A mark on a node that repels pods.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Taint {
    /// Its key.
    pub key: NameId,
    /// Its value, possibly the empty name.
    pub value: NameId,
    /// What it does.
    pub effect: Effect,
}

/// A pod's permission to run on nodes with certain taints.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Toleration {
    /// The key it tolerates; `None` is every key.
    pub key: Option<NameId>,
    /// How values are compared.
    pub operator: TolerationOperator,
    /// The effect it tolerates; `None` is every effect.
    pub effect: Option<Effect>,
    /// How long a `NoExecute` taint is tolerated; `None` is for ever.
    pub seconds: Option<Span>,
}

/// How a toleration compares values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TolerationOperator {
    /// The taint's value must be this one.
    Equal(NameId),
    /// Any value.
    Exists,
    /// An operator that this version of Kubernetes knows but has switched off; matches nothing.
    Never,
}

impl Toleration {
    /// Whether this toleration covers `taint`.
    // kube-scheduler: api/core/v1/toleration.go ToleratesTaint
    #[must_use]
    pub fn covers(&self, taint: &Taint) -> bool {
        self.effect.is_none_or(|effect| effect == taint.effect)
            && self.key.is_none_or(|key| key == taint.key)
            && match self.operator {
                TolerationOperator::Equal(value) => value == taint.value,
                TolerationOperator::Exists => true,
                TolerationOperator::Never => false,
            }
    }
}

/// Whether one of `tolerations` covers `taint`.
#[must_use]
pub fn tolerated(tolerations: &[Toleration], taint: &Taint) -> bool {
    tolerations.iter().any(|toleration| toleration.covers(taint))
}

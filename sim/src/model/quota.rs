//! ResourceQuotas: how much the pods of a namespace may request together.

use super::resources::Lane;
use crate::names::NameId;

/// A ResourceQuota.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quota {
    /// Its namespace.
    pub namespace: NameId,
    /// `spec.hard`, as far as it limits requests: the most of each resource, pods themselves included.
    pub hard: Vec<(Lane, u64)>,
}

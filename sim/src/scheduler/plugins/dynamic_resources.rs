//! DynamicResources: claims on devices. Only that a claim is missing is modelled
//! ([`awaits_device`](crate::model::pod::PodTraits::awaits_device)); pods without claims it treats
//! alike.

use crate::model::pod::PodSpec;
use crate::scheduler::framework::{NodeView, Score};

/// See the module.
pub struct DynamicResources;

impl Score for DynamicResources {
    fn score(&self, _: &PodSpec, _: NodeView<'_>) -> i64 {
        0
    }
}

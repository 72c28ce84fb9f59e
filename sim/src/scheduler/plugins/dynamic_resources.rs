//! DynamicResources: claims on devices. Only that a claim is missing is modelled
//! ([`awaits_device`](crate::world::pod::PodSpec::awaits_device)); pods without claims it treats
//! alike.

use crate::scheduler::framework::{NodeView, Score};
use crate::world::pod::PodSpec;

/// See the module.
pub struct DynamicResources;

impl Score for DynamicResources {
    fn score(&self, _: &PodSpec, _: NodeView<'_>) -> i64 {
        0
    }
}

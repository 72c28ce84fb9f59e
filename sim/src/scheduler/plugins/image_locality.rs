//! ImageLocality: prefers nodes that have the pod's images already.
//!
//! What it says of a node depends on how many nodes have an image, so it holds until a node joins or
//! leaves, or pulls one.

use crate::model::images::ImageId;
use crate::model::pod::PodSpec;
use crate::scheduler::framework::{NodeView, Score};

/// Less than this is not worth anything, in bytes.
const AT_LEAST: i64 = 23 << 20;
/// More than this for a container makes no difference, in bytes.
const AT_MOST: i64 = 1_000 << 20;

/// See the module.
pub struct ImageLocality;

impl Score for ImageLocality {
    /// How much there is already, each image scaled by how common it is, lest everything gather on
    /// the one node that has it.
    // kube-scheduler: plugins/imagelocality/image_locality.go (float64, in this order)
    fn score(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        let world = node.world();
        let nodes = world.registered().len();
        let here = pod.images.known.iter().filter(|image| node.has_image(**image));
        let scaled = |image: &ImageId| {
            let spread = world.holders(*image) as f64 / nodes as f64;
            scale(world.model().images.bytes(*image), spread)
        };
        priority(here.map(scaled).sum(), pod.images.containers)
    }
}

/// Sizes are far below what a float holds exactly, and never negative.
#[allow(clippy::cast_possible_truncation)]
fn scale(bytes: u64, spread: f64) -> i64 {
    (bytes as f64 * spread) as i64
}

fn priority(sum: i64, containers: u32) -> i64 {
    if containers == 0 {
        return 0;
    }
    let at_most = AT_MOST * i64::from(containers);
    100 * (sum.clamp(AT_LEAST, at_most) - AT_LEAST) / (at_most - AT_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_what_is_worth_nothing_and_what_makes_no_difference() {
        assert_eq!(priority(0, 1), 0);
        assert_eq!(priority(23 << 20, 1), 0);
        assert_eq!(priority(5_000 << 20, 1), 100);
        // (500 - 23) of (2 x 1000 - 23) MiB.
        assert_eq!(priority(500 << 20, 2), 24);
        assert_eq!(scale(1_001, 0.5), 500);
    }
}

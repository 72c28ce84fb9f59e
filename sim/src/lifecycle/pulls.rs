//! Image pulls: what each node is pulling, and which pods wait for it.
//!
//! A pod's containers start one after the other, and each asks for its image when it is its turn. A
//! node pulls one image at a time, in the order in which they were asked for; an image that is there by
//! then takes no time.
// kubelet: images/image_manager.go EnsureImageExists, images/puller.go serialImagePuller
// (serializeImagePulls: true, the default)

use std::collections::{BTreeMap, VecDeque};

use crate::model::images::ImageId;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::world::World;
use crate::world::pods::Phase;

/// What every node is pulling.
#[derive(Clone, Debug, Default)]
pub struct Pulls(BTreeMap<NodeId, Queue>);

#[derive(Clone, Debug, Default)]
struct Queue {
    /// What is being pulled.
    pulling: Option<ImageId>,
    /// Who asked for what, the one that is being pulled for first.
    asked: VecDeque<(PodId, ImageId)>,
}

/// What follows from a change to a node's queue.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Next {
    /// Pods all of whose images are there.
    pub start: Vec<PodId>,
    /// The image that the node begins to pull.
    pub pull: Option<ImageId>,
}

impl Pulls {
    /// The containers of a pod are to start on its node.
    pub fn ask(&mut self, world: &World, pod: PodId, node: NodeId) -> Next {
        let Some(image) = missing(world, pod, node) else {
            return Next { start: vec![pod], pull: None };
        };
        let queue = self.0.entry(node).or_default();
        queue.asked.push_back((pod, image));
        queue.go_on(world, node)
    }

    /// What a node has been pulling, and now has.
    pub fn done(&mut self, node: NodeId) -> Option<ImageId> {
        self.0.get_mut(&node)?.pulling.take()
    }

    /// A node turns to what was asked for next.
    pub fn go_on(&mut self, world: &World, node: NodeId) -> Next {
        self.0.get_mut(&node).map(|queue| queue.go_on(world, node)).unwrap_or_default()
    }

    /// A node is gone.
    pub fn lost(&mut self, node: NodeId) {
        self.0.remove(&node);
    }
}

impl Queue {
    fn go_on(&mut self, world: &World, node: NodeId) -> Next {
        let mut next = Next::default();
        while self.pulling.is_none() {
            let Some((pod, image)) = self.asked.front().copied() else { break };
            if !matches!(world.pods().phase(pod), Phase::Starting { .. }) {
                self.asked.pop_front();
            } else if world.view(node).has_image(image) {
                self.asked.pop_front();
                match missing(world, pod, node) {
                    Some(image) => self.asked.push_back((pod, image)),
                    None => next.start.push(pod),
                }
            } else {
                self.pulling = Some(image);
                next.pull = Some(image);
            }
        }
        next
    }
}

/// The image of a pod that its node does not have and that it comes to first.
fn missing(world: &World, pod: PodId, node: NodeId) -> Option<ImageId> {
    let images = &world.spec_of(pod).images.known;
    images.iter().copied().find(|image| !world.view(node).has_image(*image))
}

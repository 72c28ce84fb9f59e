//! Which nodes have which images.
//!
//! A node has the images that it had at the start and those that it has pulled since, until it is gone:
//! kubelets collect no garbage here.

use crate::model::images::ImageId;
use crate::model::node::NodeId;
use crate::table::{Id, Table};

/// Which nodes have which images.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct HeldImages {
    on: Table<NodeId, Vec<ImageId>>,
    /// How many registered nodes have each.
    holders: Table<ImageId, usize>,
}

impl HeldImages {
    /// The next node, which has these images, sorted.
    pub(super) fn add_node(&mut self, images: Vec<ImageId>) {
        self.on.push(images);
    }

    /// Forgets the last node.
    pub(super) fn pop_node(&mut self) {
        self.on.pop();
    }

    /// A node registers.
    pub(super) fn join(&mut self, node: NodeId) {
        for image in &self.on[node] {
            while self.holders.len() <= image.index() {
                self.holders.push(0);
            }
            self.holders[*image] += 1;
        }
    }

    /// A registered node has another image from now on.
    pub(super) fn pull(&mut self, node: NodeId, image: ImageId) {
        let Err(at) = self.on[node].binary_search(&image) else { return };
        self.on[node].insert(at, image);
        while self.holders.len() <= image.index() {
            self.holders.push(0);
        }
        self.holders[image] += 1;
    }

    /// A registered node leaves.
    pub(super) fn leave(&mut self, node: NodeId) {
        for image in &self.on[node] {
            self.holders[*image] -= 1;
        }
    }

    /// The images of a node, sorted.
    pub(super) fn on(&self, node: NodeId) -> &[ImageId] {
        &self.on[node]
    }

    /// How many registered nodes have an image.
    pub(super) fn holders(&self, image: ImageId) -> usize {
        if image.index() < self.holders.len() { self.holders[image] } else { 0 }
    }
}

//! Images: which nodes have them already, and how large they are.
//!
//! A node has the images that it had at the start and those that it has pulled since, until it is gone:
//! kubelets collect no garbage here.

use indexmap::IndexMap;

use crate::names::NameId;
use crate::table::{Id, id};

id! {
    /// An image by one of its names.
    ImageId
}

/// Every image that a node has from the start or may pull, with its size in bytes.
#[derive(Clone, Debug, Default)]
pub struct Images(IndexMap<NameId, u64>);

impl Images {
    /// The id of an image, new or known. Its size is what was said first.
    // kube-scheduler: backend/cache/cache.go addNodeImageStates
    pub fn intern(&mut self, name: NameId, bytes: u64) -> ImageId {
        let entry = self.0.entry(name);
        let id = ImageId::from_index(entry.index());
        entry.or_insert(bytes);
        id
    }

    /// The id of an image, if there is one of that name.
    #[must_use]
    pub fn find(&self, name: NameId) -> Option<ImageId> {
        self.0.get_index_of(&name).map(ImageId::from_index)
    }

    /// The ids of all images.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ImageId> + use<> {
        (0..self.0.len()).map(ImageId::from_index)
    }

    /// The name of an image.
    #[must_use]
    pub fn name(&self, image: ImageId) -> NameId {
        *self.0.get_index(image.index()).expect("an image that was given out").0
    }

    /// How large an image is.
    #[must_use]
    pub fn bytes(&self, image: ImageId) -> u64 {
        self.0[image.index()]
    }
}

/// The images of a pod.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodImages {
    /// Those that are known at all, in the order of its containers, as often as it names them.
    pub known: Vec<ImageId>,
    /// How many containers it has; none if it has no known image.
    pub containers: u32,
}

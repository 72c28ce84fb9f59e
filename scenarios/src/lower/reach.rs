//! From where a claim's volume is reached: from everywhere, from its zone, or from its node alone.

use crate::kube::{Object, PersistentVolumeClaimSpec, PersistentVolumeSpec};

/// Access modes of file systems in the network, which every zone reaches.
const FROM_EVERYWHERE: [&str; 2] = ["ReadWriteMany", "ReadOnlyMany"];

/// From where a volume is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// A file system in the network.
    Everywhere,
    /// A disk in the network.
    Zone,
    /// A part of one node.
    Node,
    /// A directory that every node has one of.
    AnyNode,
}

impl Reach {
    /// What a volume says of itself, if it does: drivers have disks and file systems.
    #[must_use]
    pub fn of_volume(volume: &PersistentVolumeSpec) -> Option<Reach> {
        let is_disk = volume.gce_persistent_disk.is_some()
            || volume.aws_elastic_block_store.is_some()
            || volume.azure_disk.is_some();
        let kinds = [
            (volume.nfs.is_some(), Reach::Everywhere),
            (is_disk, Reach::Zone),
            (volume.local.is_some(), Reach::Node),
            (volume.host_path.is_some(), Reach::AnyNode),
        ];
        kinds.into_iter().find_map(|(is, reach)| is.then_some(reach))
    }

    /// What a claim's access modes say.
    #[must_use]
    pub fn by_modes(claim: &PersistentVolumeClaimSpec) -> Reach {
        let shared = |mode: &String| FROM_EVERYWHERE.contains(&mode.as_str());
        if claim.access_modes.iter().any(shared) { Reach::Everywhere } else { Reach::Zone }
    }

    /// Whether it is on the disk of a node.
    #[must_use]
    pub fn is_on_a_node(self) -> bool {
        matches!(self, Reach::Node | Reach::AnyNode)
    }
}

/// Whether all that an object of storage says to the simulation is how far its volumes reach.
#[must_use]
pub fn says_only_reach(object: &Object) -> bool {
    let Object::PersistentVolume(it) = object else { return false };
    // Which zone a disk is in is more than that.
    matches!(Reach::of_volume(&it.spec), Some(Reach::Everywhere | Reach::Node | Reach::AnyNode))
}

//! The accessibility of volumes, in CSI's word: from every node, from a zone, or from one node alone.

use crate::kube::{Object, PersistentVolumeClaimSpec, PersistentVolumeSpec};

/// Access modes of file systems in the network, which every zone reaches.
const FROM_EVERYWHERE: [&str; 2] = ["ReadWriteMany", "ReadOnlyMany"];

/// From where a volume can be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Accessibility {
    /// A file system in the network.
    Everywhere,
    /// A disk in the network.
    Zone,
    /// A part of one node.
    Node,
    /// A directory that every node has one of.
    AnyNode,
}

impl Accessibility {
    /// That of a volume whose source decides it; drivers have both disks and file systems.
    #[must_use]
    pub fn of_volume(volume: &PersistentVolumeSpec) -> Option<Accessibility> {
        let is_disk = volume.gce_persistent_disk.is_some()
            || volume.aws_elastic_block_store.is_some()
            || volume.azure_disk.is_some();
        let kinds = [
            (volume.nfs.is_some(), Accessibility::Everywhere),
            (is_disk, Accessibility::Zone),
            (volume.local.is_some(), Accessibility::Node),
            (volume.host_path.is_some(), Accessibility::AnyNode),
        ];
        kinds.into_iter().find_map(|(is, from)| is.then_some(from))
    }

    /// That which a claim's access modes suggest.
    #[must_use]
    pub fn by_modes(claim: &PersistentVolumeClaimSpec) -> Accessibility {
        let shared = |mode: &String| FROM_EVERYWHERE.contains(&mode.as_str());
        if claim.access_modes.iter().any(shared) {
            Accessibility::Everywhere
        } else {
            Accessibility::Zone
        }
    }

    /// Whether it is on the disk of a node.
    #[must_use]
    pub fn is_on_a_node(self) -> bool {
        matches!(self, Accessibility::Node | Accessibility::AnyNode)
    }
}

/// Whether the object contributes accessibility only.
#[must_use]
pub fn is_only_accessibility(object: &Object) -> bool {
    let Object::PersistentVolume(it) = object else { return false };
    // A disk also contributes its zone.
    matches!(
        Accessibility::of_volume(&it.spec),
        Some(Accessibility::Everywhere | Accessibility::Node | Accessibility::AnyNode)
    )
}

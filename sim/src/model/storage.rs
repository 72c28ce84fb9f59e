//! Storage as a cluster describes it: claims, the volumes they have or may get, disks, drivers.
//!
//! All of it stays as it is during a run, but for what the scheduler reserves when it places a pod
//! (`world/reserved.rs`).

use std::collections::BTreeMap;

use indexmap::IndexSet;

use super::labels::{LabelSet, NodeSelectorTerm, Requirement};
use crate::names::NameId;
use crate::table::{Id, Table, id};

id! {
    /// A PersistentVolumeClaim.
    ClaimId
    /// A PersistentVolume.
    VolumeId
    /// A StorageClass.
    StorageClassId
    /// A distinct [`Disk`].
    DiskId
    /// A distinct [`Attachable`].
    AttachableId
}

/// Everything that pods store data on.
#[derive(Clone, Debug, Default)]
pub struct Storage {
    /// Claims; they are added by [`add_claim`](Self::add_claim).
    pub claims: Table<ClaimId, Claim>,
    /// Volumes.
    pub volumes: Table<VolumeId, Volume>,
    /// Classes.
    pub classes: Table<StorageClassId, StorageClass>,
    /// How much room drivers say there is.
    pub capacities: Vec<Capacity>,
    by_name: BTreeMap<NameId, ClaimId>,
    disks: IndexSet<Disk>,
    attachables: IndexSet<Attachable>,
}

/// A claim on a volume.
#[derive(Clone, Debug)]
pub struct Claim {
    /// `namespace/name`.
    pub name: NameId,
    /// The uid of the pod it was made for, if it was made for one.
    pub owner: Option<NameId>,
    /// Its class, if there is one of that name.
    pub class: Option<StorageClassId>,
    /// How large the volume must be, in bytes.
    pub size: u64,
    /// How it is to be used.
    pub access: Access,
    /// Which volumes it may have.
    pub selector: Option<Vec<Requirement>>,
    /// The volume it names, whether it has it already or not.
    pub volume: Named,
    /// How far it is.
    pub state: ClaimState,
    /// What counts against the limits of a node that a pod with this claim is on.
    pub attachable: Option<AttachableId>,
}

/// A volume that a claim names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// It names none.
    None,
    /// This one.
    Volume(VolumeId),
    /// One that is not there; the sentence says so.
    Missing(NameId),
}

/// How far a claim is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClaimState {
    /// It has its volume.
    Bound,
    /// It gets a volume when a pod that uses it is placed.
    Waiting {
        /// The node that was chosen for it, but for which it has no volume yet.
        chosen: Option<NameId>,
    },
    /// No pod can use it; the sentence says why.
    Unusable(NameId),
    /// It should have a volume by now, whatever pods do, and has none.
    Late,
}

/// Ways of using a volume.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Access {
    /// Access modes, one bit each, `ReadWriteOncePod` being the last.
    pub modes: u8,
    /// As a block device rather than a file system.
    pub block: bool,
}

impl Access {
    /// The bit of `ReadWriteOncePod`.
    const ONE_POD: u8 = 1 << 3;

    /// Whether only one pod may use it at a time.
    #[must_use]
    pub fn is_for_one_pod(self) -> bool {
        self.modes & Access::ONE_POD != 0
    }

    /// Whether a volume that offers `self` can be used in these ways.
    // component-helpers: storage/volume CheckVolumeModeMismatches, CheckAccessModes
    #[must_use]
    pub fn allows(self, wanted: Access) -> bool {
        self.block == wanted.block && wanted.modes & !self.modes == 0
    }
}

/// A volume.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its class; none of them if it has none.
    pub class: Option<StorageClassId>,
    /// How large it is, in bytes.
    pub size: u64,
    /// How it can be used.
    pub access: Access,
    /// Its labels.
    pub labels: LabelSet,
    /// From which nodes it can be reached; none is from all of them.
    pub reachable_from: Option<Vec<NodeSelectorTerm>>,
    /// In which zones it is, by its labels.
    pub zones: Vec<ZoneRule>,
    /// Whose it is.
    pub owner: Owner,
    /// Whether a claim that does not own it may have it.
    pub available: bool,
}

/// Whose a volume is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// Without one.
    Unclaimed,
    /// This claim's.
    Claim(ClaimId),
    /// That of a claim which is not there.
    Stranger,
}

/// What a zone label of a volume asks of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneRule {
    /// The node's label.
    pub key: NameId,
    /// The label that is looked at where the node lacks that one.
    pub present_key: NameId,
    /// Its values.
    pub values: Vec<NameId>,
}

/// A kind of volume.
#[derive(Clone, Debug)]
pub struct StorageClass {
    /// Whether it has a provisioner.
    pub provisions: bool,
    /// Where; nothing is everywhere.
    pub topologies: Vec<Vec<Requirement>>,
    /// Whether its driver says how much room there is.
    pub tracks_capacity: bool,
}

/// How much room there is for a class, where.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// The class.
    pub class: StorageClassId,
    /// For which nodes.
    pub nodes: Vec<Requirement>,
    /// How large a volume can be, in bytes.
    pub most: u64,
}

/// A disk that a pod names itself, without a claim.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Disk {
    /// Which disk.
    pub medium: Medium,
    /// Whether the pod only reads.
    pub read_only: bool,
}

/// What tells disks apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Medium {
    /// A disk of Google's, by name.
    GcePersistentDisk(NameId),
    /// A disk of Amazon's, by its id.
    AwsElasticBlockStore(NameId),
    /// A disk in the network, by its qualified name.
    Iscsi(NameId),
    /// A disk of Ceph's.
    Rbd {
        /// The servers.
        monitors: Vec<NameId>,
        /// The pool.
        pool: NameId,
        /// The disk.
        image: NameId,
    },
}

impl Disk {
    /// Whether two pods cannot have both on one node.
    // kube-scheduler: plugins/volumerestrictions/volume_restrictions.go isVolumeConflict
    #[must_use]
    pub fn conflicts(&self, other: &Disk) -> bool {
        let both_read = self.read_only && other.read_only;
        match (&self.medium, &other.medium) {
            (Medium::AwsElasticBlockStore(disk), Medium::AwsElasticBlockStore(other)) => {
                disk == other
            }
            (
                Medium::Rbd { monitors, pool, image },
                Medium::Rbd { monitors: others, pool: other_pool, image: other_image },
            ) => {
                let same = (pool, image) == (other_pool, other_image);
                same && !both_read && monitors.iter().any(|monitor| others.contains(monitor))
            }
            (disk, other) => disk == other && !both_read,
        }
    }
}

/// A volume that a driver attaches to a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Attachable {
    /// The driver.
    pub driver: NameId,
    /// What the driver calls it.
    pub handle: NameId,
}

impl Storage {
    /// One more claim.
    pub fn add_claim(&mut self, claim: Claim) -> ClaimId {
        let name = claim.name;
        let id = self.claims.push(claim);
        self.by_name.insert(name, id);
        id
    }

    /// The id of a disk, new or known.
    pub fn intern_disk(&mut self, disk: Disk) -> DiskId {
        DiskId::from_index(self.disks.insert_full(disk).0)
    }

    /// The id of something that is attached, new or known.
    pub fn intern_attachable(&mut self, attachable: Attachable) -> AttachableId {
        AttachableId::from_index(self.attachables.insert_full(attachable).0)
    }

    /// What drivers attach to a node for a pod with these volumes.
    pub fn attached_for<'s>(
        &'s self,
        volumes: &'s PodVolumes,
    ) -> impl Iterator<Item = AttachableId> + 's {
        let claimed = volumes.claims.iter().filter_map(|claim| self.claims[claim.claim].attachable);
        claimed.chain(volumes.attached.iter().copied())
    }

    /// The disk behind an id.
    pub fn disk(&self, id: DiskId) -> &Disk {
        &self.disks[id.index()]
    }

    /// What is attached behind an id.
    pub fn attachable(&self, id: AttachableId) -> Attachable {
        self.attachables[id.index()]
    }

    /// The claim of this name.
    #[must_use]
    pub fn claim_named(&self, name: NameId) -> Option<ClaimId> {
        self.by_name.get(&name).copied()
    }
}

/// The volumes of a pod, as far as they decide where it can run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodVolumes {
    /// Claims it uses, in order.
    pub claims: Vec<ClaimUse>,
    /// Disks it names itself.
    pub disks: Vec<DiskId>,
    /// Those of them that a driver attaches.
    pub attached: Vec<AttachableId>,
    /// What is wrong with them, so that no node will do.
    pub wrong: Wrong,
    /// Whether a claim gets its volume only when the pod is placed.
    pub undecided: bool,
}

/// A claim as a pod uses it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ClaimUse {
    /// The claim.
    pub claim: ClaimId,
    /// Whether it was made for the pod (a generic ephemeral volume).
    pub ephemeral: bool,
    /// Whether no other pod may use it at the same time (`ReadWriteOncePod`).
    pub alone: bool,
}

/// Sentences that say why no node will do, each by the plugin that says it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Wrong {
    /// A claim is not there (VolumeRestrictions).
    pub restrictions: Option<NameId>,
    /// A claim cannot be used (VolumeBinding).
    pub binding: Option<NameId>,
    /// A volume is not there (VolumeZone).
    pub zone: Option<NameId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;

    #[test]
    fn disks_conflict_unless_all_only_read() {
        let mut names = Names::default();
        let [a, b, c] = ["a", "b", "c"].map(|name| names.intern(name));
        let conflict = |medium: &Medium, other: &Medium, read_only: bool| {
            let disk = |medium: &Medium| Disk { medium: medium.clone(), read_only };
            disk(medium).conflicts(&disk(other))
        };
        let gce = Medium::GcePersistentDisk(a);
        assert!(conflict(&gce, &gce, false) && !conflict(&gce, &gce, true));
        assert!(!conflict(&gce, &Medium::Iscsi(a), false));
        let ebs = Medium::AwsElasticBlockStore(a);
        assert!(conflict(&ebs, &ebs, true), "whether it is read or written");
        let rbd =
            |monitors: &[NameId]| Medium::Rbd { monitors: monitors.to_vec(), pool: a, image: a };
        assert!(conflict(&rbd(&[a, b]), &rbd(&[b, c]), false), "one server in common");
        assert!(!conflict(&rbd(&[a]), &rbd(&[c]), false));
    }

    #[test]
    fn a_volume_must_offer_every_wanted_mode() {
        let access = |modes, block| Access { modes, block };
        assert!(access(0b11, false).allows(access(0b01, false)));
        assert!(!access(0b01, false).allows(access(0b11, false)));
        assert!(!access(0b01, true).allows(access(0b01, false)));
    }
}

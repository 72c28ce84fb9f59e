//! Storage: claims, volumes, classes, and what drivers say of nodes.

use std::collections::BTreeMap;

use super::{
    AwsElasticBlockStore, AzureDisk, GcePersistentDisk, HostPath, LabelSelector, LocalVolumeSource,
    NfsVolumeSource, NodeSelector, ObjectMeta, ObjectReference, Quantity, ResourceList,
    ResourceRequirements,
};

object! {
    /// A disk.
    pub struct PersistentVolume {
        /// Its name and labels.
        pub metadata: ObjectMeta,
        /// What it is.
        pub spec: PersistentVolumeSpec,
        /// How it was last seen.
        pub status: PersistentVolumeStatus,
    }

    /// What a disk is. Kinds of source that are not here have no bearing on where a pod runs.
    pub struct PersistentVolumeSpec {
        /// How large it is.
        pub capacity: ResourceList,
        /// Who may use it at a time.
        pub access_modes: Vec<String>,
        /// `Filesystem` (default) or `Block`.
        pub volume_mode: Option<String>,
        /// Its class.
        pub storage_class_name: String,
        /// The claim it belongs to.
        pub claim_ref: Option<ObjectReference>,
        /// From which nodes it can be reached.
        pub node_affinity: Option<VolumeNodeAffinity>,
        /// What becomes of it without its claim.
        pub persistent_volume_reclaim_policy: Option<String>,
        /// A driver's volume.
        pub csi: Option<CsiPersistentVolumeSource>,
        /// A directory of one node.
        pub local: Option<LocalVolumeSource>,
        /// A directory of the node.
        pub host_path: Option<HostPath>,
        /// A file system in the network.
        pub nfs: Option<NfsVolumeSource>,
        /// A disk of Google's.
        pub gce_persistent_disk: Option<GcePersistentDisk>,
        /// A disk of Amazon's.
        pub aws_elastic_block_store: Option<AwsElasticBlockStore>,
        /// A disk of Microsoft's.
        pub azure_disk: Option<AzureDisk>,
    }

    /// From which nodes a disk can be reached.
    pub struct VolumeNodeAffinity {
        /// One of these must match.
        pub required: Option<NodeSelector>,
    }

    /// A driver's volume.
    pub struct CsiPersistentVolumeSource {
        /// The driver.
        pub driver: String,
        /// The volume's name there.
        pub volume_handle: String,
    }

    /// How a disk was last seen.
    pub struct PersistentVolumeStatus {
        /// `Available`, `Bound`, `Released` or `Failed`.
        pub phase: Option<String>,
    }

    /// A claim on a disk.
    pub struct PersistentVolumeClaim {
        /// Its name and annotations.
        pub metadata: ObjectMeta,
        /// What it asks for.
        pub spec: PersistentVolumeClaimSpec,
        /// How it was last seen.
        pub status: PersistentVolumeClaimStatus,
    }

    /// What a claim asks for.
    pub struct PersistentVolumeClaimSpec {
        /// Who may use it at a time.
        pub access_modes: Vec<String>,
        /// How large it must be.
        pub resources: ResourceRequirements,
        /// Its class; none is the default class.
        pub storage_class_name: Option<String>,
        /// `Filesystem` (default) or `Block`.
        pub volume_mode: Option<String>,
        /// The disk it has.
        pub volume_name: String,
        /// Which disks it may have.
        pub selector: Option<LabelSelector>,
    }

    /// How a claim was last seen.
    pub struct PersistentVolumeClaimStatus {
        /// `Pending`, `Bound` or `Lost`.
        pub phase: Option<String>,
    }

    /// A kind of disk.
    pub struct StorageClass {
        /// Its name.
        pub metadata: ObjectMeta,
        /// Who makes disks of it.
        pub provisioner: String,
        /// What is passed to it.
        pub parameters: BTreeMap<String, String>,
        /// `Immediate` (default) or `WaitForFirstConsumer`.
        pub volume_binding_mode: Option<String>,
        /// Where disks can be made; none is anywhere.
        pub allowed_topologies: Vec<TopologySelectorTerm>,
        /// What becomes of a disk without its claim.
        pub reclaim_policy: Option<String>,
    }

    /// Requirements on a node's labels that must all hold.
    pub struct TopologySelectorTerm {
        /// The requirements.
        pub match_label_expressions: Vec<TopologySelectorLabelRequirement>,
    }

    /// A label and the values it may have.
    pub struct TopologySelectorLabelRequirement {
        /// The label.
        pub key: String,
        /// The values.
        pub values: Vec<String>,
    }

    /// The drivers of a node.
    pub struct CsiNode {
        /// The node's name.
        pub metadata: ObjectMeta,
        /// The drivers.
        pub spec: CsiNodeSpec,
    }

    /// The drivers of a node.
    pub struct CsiNodeSpec {
        /// One entry each.
        pub drivers: Vec<CsiNodeDriver>,
    }

    /// A driver on a node.
    pub struct CsiNodeDriver {
        /// The driver.
        pub name: String,
        /// What it calls the node.
        #[serde(rename = "nodeID")]
        pub node_id: String,
        /// The labels that say what the node can reach.
        pub topology_keys: Vec<String>,
        /// How much it can attach there.
        pub allocatable: Option<VolumeNodeResources>,
    }

    /// How much a driver can attach to a node.
    pub struct VolumeNodeResources {
        /// How many volumes; none is any number.
        pub count: Option<u32>,
    }

    /// A driver.
    pub struct CsiDriver {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it can do.
        pub spec: CsiDriverSpec,
    }

    /// What a driver can do.
    pub struct CsiDriverSpec {
        /// Whether it says how much room there is.
        pub storage_capacity: Option<bool>,
        /// Whether volumes must be attached to a node; they must by default.
        pub attach_required: Option<bool>,
    }

    /// How much room there is for a class, where.
    pub struct CsiStorageCapacity {
        /// Its name.
        pub metadata: ObjectMeta,
        /// The class.
        pub storage_class_name: String,
        /// Which nodes can reach it.
        pub node_topology: Option<LabelSelector>,
        /// How much there is.
        pub capacity: Option<Quantity>,
        /// How large one disk can be.
        pub maximum_volume_size: Option<Quantity>,
    }

    /// A volume that is attached to a node, or is to be.
    pub struct VolumeAttachment {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What, where.
        pub spec: VolumeAttachmentSpec,
        /// How it was last seen.
        pub status: VolumeAttachmentStatus,
    }

    /// What is attached, where.
    pub struct VolumeAttachmentSpec {
        /// The driver.
        pub attacher: String,
        /// The node.
        pub node_name: String,
        /// The volume.
        pub source: VolumeAttachmentSource,
    }

    /// A volume that is attached.
    pub struct VolumeAttachmentSource {
        /// By its name.
        pub persistent_volume_name: Option<String>,
        /// Or as it is.
        pub inline_volume_spec: Option<Box<PersistentVolumeSpec>>,
    }

    /// How an attachment was last seen.
    pub struct VolumeAttachmentStatus {
        /// Whether it is attached.
        pub attached: bool,
    }
}

/// The provisioner of classes whose volumes are made by hand.
pub const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";

/// How much storage a list asks for.
///
/// # Errors
/// A sentence that says what is wrong with the amount.
pub fn storage_of(list: &ResourceList) -> Result<u64, String> {
    list.get("storage").map_or(Ok(0), |quantity| Ok(quantity.amount()?.value()))
}

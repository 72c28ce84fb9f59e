//! Volumes of a pod: those that decide where it can run, and those that are lost with its node.

use std::collections::BTreeMap;

use super::{AnySource, ObjectMeta, PersistentVolumeClaimSpec, Quantity};

object! {
    /// A volume of a pod. Other kinds (configMap, secret, nfs, ...) have no bearing on where it runs.
    pub struct Volume {
        /// What the pod's containers call it.
        pub name: String,
        /// A claim.
        pub persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
        /// A claim that is made for the pod.
        pub ephemeral: Option<Box<EphemeralVolumeSource>>,
        /// A directory that is lost with the pod.
        pub empty_dir: Option<EmptyDir>,
        /// A directory of the node.
        pub host_path: Option<HostPath>,
        /// A driver's own volume.
        pub csi: Option<CsiVolumeSource>,
        /// An image.
        pub image: Option<ImageVolumeSource>,
        /// A disk of Google's.
        pub gce_persistent_disk: Option<GcePersistentDisk>,
        /// A disk of Amazon's.
        pub aws_elastic_block_store: Option<AwsElasticBlockStore>,
        /// A disk of Microsoft's.
        pub azure_disk: Option<AzureDisk>,
        /// A disk in the network.
        pub iscsi: Option<Box<Iscsi>>,
        /// A disk of Ceph's.
        pub rbd: Option<Box<Rbd>>,
        /// A repository.
        #[judged = "PodSecurity"]
        pub git_repo: Option<AnySource>,
        /// A file system in the network.
        #[judged = "PodSecurity"]
        pub nfs: Option<AnySource>,
        /// A file system of Gluster's.
        #[judged = "PodSecurity"]
        pub glusterfs: Option<AnySource>,
        /// A volume of a driver of the node's.
        #[judged = "PodSecurity"]
        pub flex_volume: Option<AnySource>,
        /// A disk of OpenStack's.
        #[judged = "PodSecurity"]
        pub cinder: Option<AnySource>,
        /// A file system of Ceph's.
        #[judged = "PodSecurity"]
        pub cephfs: Option<AnySource>,
        /// A disk of Flocker's.
        #[judged = "PodSecurity"]
        pub flocker: Option<AnySource>,
        /// A disk on Fibre Channel.
        #[judged = "PodSecurity"]
        pub fc: Option<AnySource>,
        /// A file system of Microsoft's.
        #[judged = "PodSecurity"]
        pub azure_file: Option<AnySource>,
        /// A disk of vSphere's.
        #[judged = "PodSecurity"]
        pub vsphere_volume: Option<AnySource>,
        /// A file system of Quobyte's.
        #[judged = "PodSecurity"]
        pub quobyte: Option<AnySource>,
        /// A disk of Portworx's.
        #[judged = "PodSecurity"]
        pub portworx_volume: Option<AnySource>,
        /// A disk of ScaleIO's.
        #[judged = "PodSecurity"]
        #[serde(rename = "scaleIO")]
        pub scale_io: Option<AnySource>,
        /// A disk of StorageOS's.
        #[judged = "PodSecurity"]
        pub storageos: Option<AnySource>,
        /// A disk of Photon's.
        #[judged = "PodSecurity"]
        pub photon_persistent_disk: Option<AnySource>,
    }

    /// A claim.
    pub struct PersistentVolumeClaimVolumeSource {
        /// Its name, in the pod's namespace.
        pub claim_name: String,
        /// Whether the pod only reads.
        pub read_only: bool,
    }

    /// A claim that is made for one pod.
    pub struct EphemeralVolumeSource {
        /// Of what.
        pub volume_claim_template: Option<PersistentVolumeClaimTemplate>,
    }

    /// What a claim is made of.
    pub struct PersistentVolumeClaimTemplate {
        /// Labels and annotations.
        pub metadata: ObjectMeta,
        /// What it asks for.
        pub spec: PersistentVolumeClaimSpec,
    }

    /// A directory that is lost with the pod.
    pub struct EmptyDir {
        /// `Memory`, or the node's disk.
        pub medium: String,
        /// How large it may grow.
        pub size_limit: Option<Quantity>,
    }

    /// A directory of the node.
    pub struct HostPath {
        /// Where.
        pub path: String,
        /// What must be there.
        #[serde(rename = "type")]
        pub kind: Option<String>,
    }

    /// A directory of one node, behind a PersistentVolume.
    pub struct LocalVolumeSource {
        /// Where.
        pub path: String,
    }

    /// A file system in the network, behind a PersistentVolume.
    pub struct NfsVolumeSource {
        /// Whose.
        pub server: String,
        /// Where.
        pub path: String,
        /// Whether it is only read.
        pub read_only: bool,
    }

    /// A driver's own volume.
    pub struct CsiVolumeSource {
        /// The driver.
        pub driver: String,
        /// Whether the pod only reads.
        pub read_only: bool,
        /// What is passed to the driver.
        pub volume_attributes: BTreeMap<String, String>,
    }

    /// An image that is mounted.
    pub struct ImageVolumeSource {
        /// Which.
        pub reference: String,
        /// `Always`, `IfNotPresent` or `Never`.
        pub pull_policy: Option<String>,
    }

    /// A disk of Google's.
    pub struct GcePersistentDisk {
        /// Its name.
        pub pd_name: String,
        /// Whether the pod only reads.
        pub read_only: bool,
    }

    /// A disk of Amazon's.
    pub struct AwsElasticBlockStore {
        /// Its name.
        #[serde(rename = "volumeID")]
        pub volume_id: String,
        /// Whether the pod only reads.
        pub read_only: bool,
    }

    /// A disk of Microsoft's.
    pub struct AzureDisk {
        /// Its name.
        pub disk_name: String,
        /// Its address.
        #[serde(rename = "diskURI")]
        pub disk_uri: String,
        /// Whether the pod only reads.
        pub read_only: bool,
    }

    /// A disk in the network.
    pub struct Iscsi {
        /// The server.
        pub target_portal: String,
        /// The disk's name there.
        pub iqn: String,
        /// Its number.
        pub lun: i32,
        /// Whether the pod only reads.
        pub read_only: bool,
    }

    /// A disk of Ceph's.
    pub struct Rbd {
        /// The servers.
        pub monitors: Vec<String>,
        /// The disk's name.
        pub image: String,
        /// Its pool; `rbd` by default.
        pub pool: Option<String>,
        /// Whether the pod only reads.
        pub read_only: bool,
    }
}

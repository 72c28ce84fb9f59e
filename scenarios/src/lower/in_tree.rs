//! Disks of the clouds that Kubernetes once knew by itself, and the drivers that took them over.
//!
//! They count against those drivers' limits like any other volume.
// csi-translation-lib: plugins/{aws_ebs,gce_pd,azure_disk}.go

use sim::model::Model;
use sim::model::storage::{Attachable, AttachableId};

use crate::kube::{
    AwsElasticBlockStore, AzureDisk, GcePersistentDisk, PersistentVolumeSpec, Volume,
};

const EBS: &str = "ebs.csi.aws.com";
const PERSISTENT_DISK: &str = "pd.csi.storage.gke.io";
const AZURE_DISK: &str = "disk.csi.azure.com";

/// The driver that attaches what a provisioner makes; none if nothing is attached.
#[must_use]
pub fn driver(provisioner: &str) -> Option<&str> {
    match provisioner {
        "kubernetes.io/aws-ebs" => Some(EBS),
        "kubernetes.io/gce-pd" => Some(PERSISTENT_DISK),
        "kubernetes.io/azure-disk" => Some(AZURE_DISK),
        "" => None,
        other => (!other.starts_with("kubernetes.io/")).then_some(other),
    }
}

/// What is attached for a volume of a pod that names its disk itself.
pub fn of_pod(model: &mut Model, volume: &Volume) -> Option<AttachableId> {
    let Volume { aws_elastic_block_store, gce_persistent_disk, azure_disk, .. } = volume;
    any(model, aws_elastic_block_store.as_ref(), gce_persistent_disk.as_ref(), azure_disk.as_ref())
}

/// What is attached for a PersistentVolume that names its disk itself.
pub fn of_volume(model: &mut Model, spec: &PersistentVolumeSpec) -> Option<AttachableId> {
    let PersistentVolumeSpec { aws_elastic_block_store, gce_persistent_disk, azure_disk, .. } =
        spec;
    any(model, aws_elastic_block_store.as_ref(), gce_persistent_disk.as_ref(), azure_disk.as_ref())
}

fn any(
    model: &mut Model,
    ebs: Option<&AwsElasticBlockStore>,
    gce: Option<&GcePersistentDisk>,
    azure: Option<&AzureDisk>,
) -> Option<AttachableId> {
    if let Some(disk) = ebs {
        // `aws://zone/vol-1` is the older spelling of `vol-1`.
        let id = disk.volume_id.rsplit('/').next().unwrap_or_default();
        return Some(attachable(model, EBS, id));
    }
    if let Some(disk) = gce {
        return Some(attachable(model, PERSISTENT_DISK, &disk.pd_name));
    }
    azure.map(|disk| attachable(model, AZURE_DISK, &disk.disk_uri))
}

/// What a driver attaches.
pub fn attachable(model: &mut Model, driver: &str, handle: &str) -> AttachableId {
    let (driver, handle) = (model.names.intern(driver), model.names.intern(handle));
    model.storage.intern_attachable(Attachable { driver, handle })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_the_same_volume_however_it_is_named() {
        let mut model = Model::default();
        let ebs = |id: &str| AwsElasticBlockStore { volume_id: id.into(), read_only: false };
        let inline = Volume {
            aws_elastic_block_store: Some(ebs("aws://us-east-1a/vol-1")),
            ..Volume::default()
        };
        let spec = PersistentVolumeSpec {
            aws_elastic_block_store: Some(ebs("vol-1")),
            ..PersistentVolumeSpec::default()
        };
        let volume = of_volume(&mut model, &spec);
        assert!(volume.is_some() && volume == of_pod(&mut model, &inline));
        assert_eq!(volume, Some(attachable(&mut model, EBS, "vol-1")));
    }

    #[test]
    fn provisioners_that_make_nothing_attachable() {
        assert_eq!(driver("kubernetes.io/no-provisioner"), None);
        assert_eq!(driver("kubernetes.io/gce-pd"), Some(PERSISTENT_DISK));
        assert_eq!(driver("some.org/driver"), Some("some.org/driver"));
    }
}

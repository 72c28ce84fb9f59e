//! The volumes of a pod, as far as they decide where it can run.

use sim::model::Model;
use sim::model::storage::{
    ClaimId, ClaimState, ClaimUse, Disk, DiskId, Medium, Named, PodVolumes, Wrong,
};
use sim::names::NameId;

use super::in_tree;
use crate::kube::{self, ObjectMeta, Volume};

/// Ceph's pool where none is named.
const DEFAULT_POOL: &str = "rbd";

/// What a pod's volumes ask of its node. Claims are looked at only of pods that the API server has
/// admitted: what a controller makes pods of says too little about them.
pub fn pod_volumes(
    model: &mut Model,
    spec: &kube::PodSpec,
    admitted: Option<&ObjectMeta>,
) -> PodVolumes {
    let mut volumes = PodVolumes::default();
    for volume in &spec.volumes {
        volumes.disks.extend(disk(model, volume));
        volumes.attached.extend(in_tree::of_pod(model, volume));
    }
    if let Some(pod) = admitted {
        let mut unbound = false;
        for volume in &spec.volumes {
            if let Some(claim) = claim(model, pod, volume, &mut volumes.wrong) {
                let state = model.storage.claims[claim.claim].state;
                unbound |= state == ClaimState::Late;
                volumes.undecided |= matches!(state, ClaimState::Waiting { .. });
                volumes.claims.push(claim);
            }
        }
        if unbound && volumes.wrong.binding.is_none() {
            let sentence = "pod has unbound immediate PersistentVolumeClaims";
            volumes.wrong.binding = Some(model.names.intern(sentence));
        }
    }
    volumes
}

/// The claim behind a volume, if there is one; what is wrong with it is said in `wrong`, where
/// the first complaint of each plugin counts.
fn claim(
    model: &mut Model,
    pod: &ObjectMeta,
    volume: &Volume,
    wrong: &mut Wrong,
) -> Option<ClaimUse> {
    let ephemeral = volume.persistent_volume_claim.is_none();
    let name = match &volume.persistent_volume_claim {
        Some(source) => source.claim_name.clone(),
        None => format!("{}-{}", pod.name, volume.ephemeral.as_ref().map(|_| &volume.name)?),
    };
    let full_name = format!("{}/{name}", pod.namespace());
    let id = model.names.find(&full_name).and_then(|name| model.storage.claim_named(name));
    let Some(id) = id else {
        if ephemeral {
            // kube-scheduler: volumebinding/volume_binding.go podHasPVCs
            let sentence = format!(
                "waiting for ephemeral volume controller to create the persistentvolumeclaim \
                 {name:?}"
            );
            wrong.binding.get_or_insert(model.names.intern(&sentence));
        } else {
            let sentence = format!("persistentvolumeclaim {name:?} not found");
            wrong.restrictions.get_or_insert(model.names.intern(&sentence));
        }
        return None;
    };
    complain(model, pod, id, ephemeral, wrong);
    let alone = !ephemeral && model.storage.claims[id].access.is_for_one_pod();
    Some(ClaimUse { claim: id, ephemeral, alone })
}

/// What is wrong with a claim that is there.
fn complain(model: &mut Model, pod: &ObjectMeta, id: ClaimId, ephemeral: bool, wrong: &mut Wrong) {
    let claim = &model.storage.claims[id];
    if let (Named::Missing(sentence), false) = (claim.volume, ephemeral) {
        wrong.zone.get_or_insert(sentence);
    }
    if let ClaimState::Unusable(sentence) = claim.state {
        wrong.binding.get_or_insert(sentence);
    } else if ephemeral && !is_owner(model, claim.owner, pod) {
        // component-helpers: storage/ephemeral/ephemeral.go VolumeIsForPod
        let claim = model.names.text(model.storage.claims[id].name);
        let sentence = format!(
            "PVC {claim} was not created for pod {}/{} (pod is not owner)",
            pod.namespace(),
            pod.name
        );
        wrong.binding.get_or_insert(model.names.intern(&sentence));
    }
}

/// Whether this is the pod that a claim was made for.
fn is_owner(model: &Model, owner: Option<NameId>, pod: &ObjectMeta) -> bool {
    let Some(owner) = owner.map(|uid| model.names.text(uid)) else { return false };
    if pod.uid.is_empty() {
        return owner == format!("{}/{}", pod.namespace(), pod.name);
    }
    owner == pod.uid
}

/// The disk that a volume names itself.
fn disk(model: &mut Model, volume: &Volume) -> Option<DiskId> {
    let names = &mut model.names;
    let (medium, read_only) = if let Some(it) = &volume.gce_persistent_disk {
        (Medium::GcePersistentDisk(names.intern(&it.pd_name)), it.read_only)
    } else if let Some(it) = &volume.aws_elastic_block_store {
        (Medium::AwsElasticBlockStore(names.intern(&it.volume_id)), it.read_only)
    } else if let Some(it) = &volume.iscsi {
        (Medium::Iscsi(names.intern(&it.iqn)), it.read_only)
    } else {
        let it: &kube::Rbd = volume.rbd.as_ref()?;
        let pool = it.pool.as_deref().filter(|pool| !pool.is_empty()).unwrap_or(DEFAULT_POOL);
        let rbd = Medium::Rbd {
            monitors: it.monitors.iter().map(|monitor| names.intern(monitor)).collect(),
            pool: names.intern(pool),
            image: names.intern(&it.image),
        };
        (rbd, it.read_only)
    };
    Some(model.storage.intern_disk(Disk { medium, read_only }))
}

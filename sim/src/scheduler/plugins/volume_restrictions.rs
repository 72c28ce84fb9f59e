//! VolumeRestrictions: disks that only one pod of a node can have, claims for one pod of all.

use crate::fact::refusal::UnschedulableReason;
use crate::model::storage::{ClaimId, DiskId};
use crate::scheduler::framework::{
    Around, Code, Counted, Filter, Happening, Include, NodeView, PodView, Prepared, Reasons, Scope,
    Sum, Verdict,
};
use crate::world::World;

/// See the module.
pub struct VolumeRestrictions;

impl Filter for VolumeRestrictions {
    // kube-scheduler: plugins/volumerestrictions/volume_restrictions.go PreFilter
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        let volumes = &pod.spec.volumes;
        if let Some(sentence) = volumes.wrong.restrictions {
            let reasons = Reasons::One(UnschedulableReason::Said(sentence));
            return Prepared::Reject(Code::UnschedulableAndUnresolvable, reasons);
        }
        let concerned = !volumes.disks.is_empty() || alone(pod).next().is_some();
        if concerned { Prepared::Run } else { Prepared::Skip }
    }

    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let parts: Vec<_> = alone(pod).map(|claim| (1, Counted::Users(claim))).collect();
        let users = Sum { scope: Scope::Cluster, parts, include: Include::default() };
        if users.parts.is_empty() { Vec::new() } else { vec![users] }
    }

    fn skips(&self, pod: PodView<'_>, around: Around<'_>) -> bool {
        pod.spec.volumes.disks.is_empty() && (0..around.len()).all(|sum| around.total(sum) == 0)
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let storage = &node.world().model().storage;
        let conflicts = |disk: &_| {
            let disk = storage.disk(*disk);
            node.load().disks().any(|other| disk.conflicts(storage.disk(other)))
        };
        if pod.spec.volumes.disks.iter().any(conflicts) {
            return Verdict::unschedulable("node(s) had no available disk");
        }
        Verdict::Pass
    }

    fn judge(&self, _: PodView<'_>, around: Around<'_>) -> Verdict {
        if !around.is_empty() && around.total(0) > 0 {
            return Verdict::unschedulable(
                "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access \
                 mode already in-use by another pod",
            );
        }
        Verdict::Pass
    }

    // kube-scheduler: plugins/volumerestrictions/volume_restrictions.go isSchedulableAfterPodDeleted
    fn helped_by(&self, pod: PodView<'_>, happening: Happening, world: &World) -> bool {
        match happening {
            Happening::NodeJoined(_) => true,
            Happening::PodLeft(spec) => {
                let model = world.model();
                let disk = |disk| model.storage.disk(disk);
                let freed = &model.specs[spec].volumes.disks;
                let conflicts = |wanted: &DiskId| {
                    freed.iter().any(|freed| disk(*wanted).conflicts(disk(*freed)))
                };
                pod.spec.volumes.disks.iter().any(conflicts)
                    || self.sums(pod).iter().any(|sum| sum.counts(spec, model))
            }
            Happening::NodeLeft | Happening::PodPlaced(_) => false,
        }
    }
}

/// Claims of a pod that no other pod may use.
fn alone(pod: PodView<'_>) -> impl Iterator<Item = ClaimId> {
    pod.spec.volumes.claims.iter().filter(|claim| claim.alone).map(|claim| claim.claim)
}

//! NodeVolumeLimits: a driver attaches a limited number of volumes to a node.

use crate::model::storage::AttachableId;
use crate::names::NameId;
use crate::scheduler::framework::{Filter, Happening, NodeView, PodView, Prepared, Verdict};
use crate::world::World;

/// See the module.
pub struct NodeVolumeLimits;

impl Filter for NodeVolumeLimits {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        let volumes = &pod.spec.volumes;
        let none = volumes.claims.is_empty() && volumes.attached.is_empty();
        if none { Prepared::Skip } else { Prepared::Run }
    }

    // kube-scheduler: plugins/nodevolumelimits/csi.go Filter
    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let limits = &node.shape().volume_limits;
        if limits.is_empty() {
            return Verdict::Pass;
        }
        let storage = &node.world().model().storage;
        let attached: Vec<AttachableId> = node.load().attached().collect();
        let mut new: Vec<AttachableId> = storage.attached_for(&pod.spec.volumes).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|volume| !attached.contains(volume));
        let found = node.found_attached().iter().filter(|volume| !attached.contains(volume));
        let all: Vec<AttachableId> = attached.iter().chain(found).copied().collect();
        let of = |driver: NameId, volumes: &[AttachableId]| {
            volumes.iter().filter(|volume| storage.attachable(**volume).driver == driver).count()
        };
        let exceeds = |(driver, limit): &(NameId, u32)| {
            let count = of(*driver, &new);
            count > 0 && of(*driver, &all) + count > *limit as usize
        };
        if limits.iter().any(exceeds) {
            return Verdict::unschedulable("node(s) exceed max volume count");
        }
        Verdict::Pass
    }

    // kube-scheduler: plugins/nodevolumelimits/csi.go isSchedulableAfterPodDeleted
    fn helped_by(&self, _: PodView<'_>, happening: Happening, world: &World) -> bool {
        match happening {
            Happening::NodeJoined(_) => true,
            Happening::PodLeft(spec) => {
                let model = world.model();
                model.storage.attached_for(&model.specs[spec].volumes).next().is_some()
            }
            Happening::NodeLeft | Happening::PodPlaced(_) => false,
        }
    }
}

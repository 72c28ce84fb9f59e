//! VolumeZone: a pod runs in the zone that the labels of its volumes name.

use crate::fact::refusal::UnschedulableReason;
use crate::model::storage::{Named, ZoneRule};
use crate::scheduler::framework::{Code, Filter, NodeView, PodView, Prepared, Reasons, Verdict};
use crate::world::World;

/// See the module.
pub struct VolumeZone;

impl Filter for VolumeZone {
    // kube-scheduler: plugins/volumezone/volume_zone.go PreFilter
    fn prepare(&self, pod: PodView<'_>, world: &World) -> Prepared {
        if let Some(sentence) = pod.spec.volumes.wrong.zone {
            let reasons = Reasons::One(UnschedulableReason::Said(sentence));
            return Prepared::Reject(Code::UnschedulableAndUnresolvable, reasons);
        }
        if rules(pod, world).next().is_none() { Prepared::Skip } else { Prepared::Run }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let world = node.world();
        if world.model().zone_keys.iter().all(|key| node.label(*key).is_none()) {
            return Verdict::Pass;
        }
        let holds = |rule: &ZoneRule| {
            let zone = node.label(rule.key).or_else(|| node.label(rule.present_key));
            zone.is_some_and(|zone| rule.values.contains(&zone))
        };
        if rules(pod, world).all(holds) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) had no available volume zone")
    }
}

/// What the volumes ask for that a pod's own claims name.
fn rules<'w>(pod: PodView<'w>, world: &'w World) -> impl Iterator<Item = &'w ZoneRule> {
    let storage = &world.model().storage;
    let claims = pod.spec.volumes.claims.iter().filter(|claim| !claim.ephemeral);
    claims
        .filter_map(|claim| match storage.claims[claim.claim].volume {
            Named::Volume(volume) => Some(volume),
            Named::None | Named::Missing(_) => None,
        })
        .flat_map(|volume| &storage.volumes[volume].zones)
}

//! VolumeBinding: a pod runs where its volumes can be reached, or where they can be made.

use crate::fact::refusal::UnschedulableReason;
use crate::scheduler::framework::{Code, Filter, NodeView, PodView, Prepared, Reasons, Verdict};
use crate::world::World;
use crate::world::reserved::{Lacks, find};

/// See the module.
pub struct VolumeBinding;

impl Filter for VolumeBinding {
    // kube-scheduler: plugins/volumebinding/volume_binding.go PreFilter
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        let volumes = &pod.spec.volumes;
        if let Some(sentence) = volumes.wrong.binding {
            let reasons = Reasons::One(UnschedulableReason::Said(sentence));
            return Prepared::Reject(Code::UnschedulableAndUnresolvable, reasons);
        }
        if volumes.claims.is_empty() { Prepared::Skip } else { Prepared::Run }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let Err(Lacks { reach, volume, room, existence }) = find(&pod.spec.volumes.claims, node)
        else {
            return Verdict::Pass;
        };
        // kube-scheduler: volumebinding/binder.go ErrReason*
        let reasons = [
            (reach, "node(s) didn't match PersistentVolume's node affinity"),
            (volume, "node(s) didn't find available persistent volumes to bind"),
            (room, "node(s) did not have enough free storage"),
            (
                existence,
                "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
            ),
        ];
        let reasons: Vec<UnschedulableReason> = reasons
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, text)| UnschedulableReason::Text(text))
            .collect();
        let reasons = match *reasons {
            [reason] => Reasons::One(reason),
            _ => Reasons::Several(reasons),
        };
        Verdict::Reject(Code::UnschedulableAndUnresolvable, reasons)
    }
}

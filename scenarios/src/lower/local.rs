//! Which workloads keep data on the disks of their nodes, where it is lost with the node.

use sim::table::Id;
use sim::world::workload::WorkloadId;

use super::Lowering;
use super::surroundings::Surroundings;
use crate::file::Kind;
use crate::kube::{HostPath, Volume};
use crate::manifests::Written;

/// Paths of the node that hold nothing of the pod's own.
const NOT_DATA: [&str; 4] = ["File", "Socket", "CharDevice", "BlockDevice"];

impl Lowering<'_> {
    /// Finds the workloads whose pods lose data with their nodes.
    pub(super) fn local_data(&mut self, workloads: &[Written], around: &Surroundings) {
        for (index, written) in workloads.iter().enumerate() {
            if keeps_data_on_its_node(written, around) {
                self.model.local_data.insert(WorkloadId::from_index(index));
            }
        }
    }
}

fn keeps_data_on_its_node(written: &Written, around: &Surroundings) -> bool {
    // It looks at the files of whichever node it is on.
    if written.kind == Kind::DaemonSet {
        return false;
    }
    let local = |volume: &Volume| match written.kind {
        // Whoever asks for a name and an order asks for memory, too.
        Kind::StatefulSet => {
            volume.host_path.as_ref().is_some_and(is_data)
                || volume.empty_dir.as_ref().is_some_and(|it| it.medium != "Memory")
        }
        // Of others, `emptyDir` is scratch: any eviction takes it.
        _ => volume.host_path.as_ref().is_some_and(is_data),
    };
    let mut claims = written.claims().map(|name| format!("{}/{name}", written.namespace));
    written.spec.template.spec.volumes.iter().any(local)
        || written.spec.volume_claim_templates.iter().any(|claim| around.is_local(&claim.spec))
        || claims.any(|name| around.claim(&name).is_some_and(|claim| around.is_local(claim)))
}

fn is_data(path: &HostPath) -> bool {
    path.kind.as_deref().is_none_or(|kind| !NOT_DATA.contains(&kind))
}

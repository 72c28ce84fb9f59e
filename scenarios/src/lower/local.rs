//! Which workloads keep data on the disks of their nodes, where it is lost with the node.

use sim::model::workload::WorkloadId;
use sim::table::Id;

use super::Lowering;
use crate::assumption;
use crate::file::Kind;
use crate::kube::{HostPath, PersistentVolumeClaimSpec, PodSpec, Volume};
use crate::workloads::Written;
use manifests::accessibility::Accessibility;
use manifests::context::ClusterContext;

/// Types of paths that hold nothing of the pod's own.
const NOT_DATA: [&str; 4] = ["File", "Socket", "CharDevice", "BlockDevice"];
/// How the paths of sockets end, whose type is seldom given.
const SOCKET: &str = ".sock";

impl Lowering<'_> {
    /// Finds the workloads whose pods lose data with their nodes.
    pub(super) fn local_data(&mut self, workloads: &[Written], context: &ClusterContext) {
        let mut claiming = Vec::new();
        for (index, written) in workloads.iter().enumerate() {
            // It looks at the files of whichever node it is on.
            if written.kind == Kind::DaemonSet {
                continue;
            }
            let reaches: Vec<Accessibility> = reaches(written, context).collect();
            if reaches.iter().any(|reach| reach.is_on_a_node())
                || writes_to_its_node(written, context)
            {
                self.terms.local_data.insert(WorkloadId::from_index(index));
            }
            if reaches.contains(&Accessibility::Node) {
                claiming.push(format!("{}/{}", written.namespace, written.name));
            }
        }
        if !claiming.is_empty() {
            self.assumptions.push(assumption::LOCAL_VOLUMES.about(&[&claiming.join(", ")]));
        }
    }
}

/// From where the volumes of a workload's claims are reached, as far as the claims are known.
fn reaches<'w>(
    written: &'w Written,
    context: &'w ClusterContext,
) -> impl Iterator<Item = Accessibility> + 'w {
    let own = written.spec.volume_claim_templates.iter().map(|claim| &claim.spec);
    let named = written.claims().map(|name| format!("{}/{name}", written.namespace));
    let named = named.filter_map(|name| context.claim(&name));
    own.chain(named).map(|claim| context.accessibility(claim))
}

/// Whether pods write to a volume on their node for which they need no claim that outlasts them.
fn writes_to_its_node(written: &Written, context: &ClusterContext) -> bool {
    let pod = &written.spec.template.spec;
    let claims = !written.spec.volume_claim_templates.is_empty() || written.claims().count() > 0;
    // A StatefulSet without claims is assumed to rely on its emptyDir. With claims, and for other kinds,
    // an emptyDir is scratch: any eviction takes it.
    let remembers = written.kind == Kind::StatefulSet && !claims;
    let on_node = |volume: &Volume| {
        volume.host_path.as_ref().is_some_and(is_data)
            || remembers && is_lost_with_the_pod(volume, context)
    };
    pod.volumes.iter().any(|volume| on_node(volume) && is_written(pod, &volume.name))
}

/// Whether a volume is a directory of the node that is there only for the pod.
fn is_lost_with_the_pod(volume: &Volume, context: &ClusterContext) -> bool {
    let is_local = |claim: &PersistentVolumeClaimSpec| context.accessibility(claim).is_on_a_node();
    let template = volume.ephemeral.as_ref().and_then(|it| it.volume_claim_template.as_ref());
    volume.empty_dir.as_ref().is_some_and(|it| it.medium != "Memory")
        || template.is_some_and(|template| is_local(&template.spec))
}

/// Whether a container may write to a volume.
fn is_written(pod: &PodSpec, volume: &str) -> bool {
    let mut containers = pod.init_containers.iter().chain(&pod.containers);
    containers
        .any(|it| it.volume_mounts.iter().any(|mount| mount.name == volume && !mount.read_only))
}

fn is_data(path: &HostPath) -> bool {
    !path.path.ends_with(SOCKET)
        && path.kind.as_deref().is_none_or(|kind| !NOT_DATA.contains(&kind))
}

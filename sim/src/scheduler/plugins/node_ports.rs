//! NodePorts: two pods cannot have the same port of one host.

use crate::scheduler::framework::{Filter, Happening, NodeView, PodView, Prepared, Verdict};
use crate::world::World;

/// See the module.
pub struct NodePorts;

impl Filter for NodePorts {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if pod.spec.host_ports.is_empty() { Prepared::Skip } else { Prepared::Run }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let taken = node.load().host_ports();
        let wanted = &pod.spec.host_ports;
        if wanted.iter().any(|port| taken.iter().any(|other| port.conflicts(other))) {
            let text = "node(s) didn't have free ports for the requested pod ports";
            return Verdict::unschedulable(text);
        }
        Verdict::Pass
    }

    // kube-scheduler: plugins/nodeports/node_ports.go isSchedulableAfterPodDeleted
    fn helped_by(&self, pod: PodView<'_>, happening: Happening, world: &World) -> bool {
        match happening {
            Happening::NodeJoined(_) => true,
            Happening::PodLeft(spec) => {
                let freed = &world.model().specs[spec].host_ports;
                let wanted = &pod.spec.host_ports;
                wanted.iter().any(|port| freed.iter().any(|other| port.conflicts(other)))
            }
            Happening::NodeLeft | Happening::PodPlaced(_) => false,
        }
    }
}

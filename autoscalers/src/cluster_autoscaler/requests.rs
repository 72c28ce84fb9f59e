//! What pods request, as the Cluster Autoscaler adds it up: what regular containers state.
//!
//! Init containers and overhead are left out, as upstream does where it orders pods and weighs waste.

use sim::model::containers::ContainerKind;
use sim::model::pod::PodSpec;
use sim::model::resources::Lane;

/// CPU in millicores, and memory in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Requests {
    /// CPU in millicores.
    pub cpu: u64,
    /// Memory in bytes.
    pub memory: u64,
}

impl Requests {
    /// What the regular containers of a pod request together.
    #[must_use]
    pub fn of(spec: &PodSpec) -> Requests {
        if spec.containers.list.is_empty() {
            let [cpu, memory] = [Lane::CPU, Lane::MEMORY].map(|lane| spec.requests[lane]);
            return Requests { cpu, memory };
        }
        let mut sum = Requests::default();
        for container in &spec.containers.list {
            if container.kind == ContainerKind::Regular {
                let stated = container.resources.requests;
                sum.cpu += stated.cpu.unwrap_or(0);
                sum.memory += stated.memory.unwrap_or(0);
            }
        }
        sum
    }

    /// What the first regular container requests.
    #[must_use]
    pub fn of_first_container(spec: &PodSpec) -> Requests {
        let mut regular =
            spec.containers.list.iter().filter(|it| it.kind == ContainerKind::Regular);
        match regular.next() {
            None => Requests::of(spec),
            Some(container) => {
                let stated = container.resources.requests;
                let [cpu, memory] = [stated.cpu, stated.memory].map(Option::unwrap_or_default);
                Requests { cpu, memory }
            }
        }
    }
}

/// A share of an amount: requests over what there is.
#[must_use]
pub fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

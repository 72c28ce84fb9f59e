//! How much of a node is requested: of CPU or memory, whichever is more; of a GPU alone where it has one.
// Cluster Autoscaler: simulator/utilization/info.go Calculate

use sim::model::node::NodeId;
use sim::model::resources::Lane;
use sim::world::World;

use super::drain::PodTraits;
use crate::cluster_autoscaler::GPU;
use crate::cluster_autoscaler::requests::share;

/// What part of a node is requested.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Utilization {
    /// Of CPU.
    pub cpu: f64,
    /// Of memory.
    pub memory: f64,
    /// Of GPUs, if it has any; then nothing else counts.
    pub gpu: Option<f64>,
}

/// Which pods are left out, and what they request taken off what the node has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ignored {
    /// Those of DaemonSets.
    pub daemon_sets: bool,
    /// Mirror pods.
    pub mirrors: bool,
}

impl Utilization {
    /// That of a node with these pods.
    #[must_use]
    pub fn of(node: NodeId, pods: &[PodTraits], ignored: Ignored, world: &World) -> Utilization {
        let allocatable = &world.view(node).shape().allocatable;
        let of = |lane: Lane| {
            let (mut requested, mut left_out) = (0_u64, 0_u64);
            for pod in pods {
                let amount = world.spec_of(pod.pod).requests[lane];
                let is_ignored = (ignored.daemon_sets && pod.is_of_daemon_set)
                    || (ignored.mirrors && pod.is_mirror);
                if is_ignored {
                    left_out += amount;
                } else if !pod.is_long_terminating {
                    requested += amount;
                }
            }
            match allocatable[lane] {
                0 => 0.0,
                whole => requested as f64 / (i128::from(whole) - i128::from(left_out)) as f64,
            }
        };
        let gpu = world.model().known_lane(GPU).filter(|lane| allocatable[*lane] > 0);
        Utilization { cpu: of(Lane::CPU), memory: of(Lane::MEMORY), gpu: gpu.map(of) }
    }

    /// The same where no pod is left out: what is on the node is added up already.
    #[must_use]
    pub fn of_load(node: NodeId, world: &World) -> Utilization {
        let view = world.view(node);
        let (allocatable, requested) = (&view.shape().allocatable, view.load().requested());
        let of = |lane: Lane| match allocatable[lane] {
            0 => 0.0,
            whole => share(requested[lane], whole),
        };
        let gpu = world.model().known_lane(GPU).filter(|lane| allocatable[*lane] > 0);
        Utilization { cpu: of(Lane::CPU), memory: of(Lane::MEMORY), gpu: gpu.map(of) }
    }

    /// The one that counts, and of which resource it is.
    #[must_use]
    pub fn most(&self) -> (f64, &'static str) {
        match self.gpu {
            Some(gpu) => (gpu, GPU),
            None if self.cpu > self.memory => (self.cpu, "cpu"),
            None => (self.memory, "memory"),
        }
    }
}

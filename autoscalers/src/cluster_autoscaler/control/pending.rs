//! Pending pods, as far as nodes are added for them: those that count, and that fit on no node that is
//! there or on its way.
// Cluster Autoscaler: core/podlistprocessor

use sim::autoscalers::waiting::Waiting;
use sim::model::pod::PodId;
use sim::model::resources::Lane;
use sim::model::workload::Controller;
use sim::time::SimTime;
use sim::world::World;
use sim::world::pods::Phase;
use sim::world::trial::Trial;

use super::actuator::Actuator;
use super::view::ClusterView;
use super::{GPU_POD_BUFFER, POD_BUFFER};
use crate::cluster_autoscaler::GPU;
use crate::cluster_autoscaler::config::Flags;
use crate::cluster_autoscaler::equivalence::PendingPod;
use crate::cluster_autoscaler::snapshot::Filters;

pub(super) struct Pending(Vec<PodId>);

impl Pending {
    /// The pods that wait and count, and those on nodes that are drained, which are taken off them.
    // filter_out_expendable.go, currently_drained_nodes.go
    pub(super) fn of(
        waiting: &Waiting,
        actuator: &Actuator,
        flags: &Flags,
        trial: &mut Trial<'_>,
    ) -> Pending {
        let now = trial.now();
        let counts = |pod: &PodId| {
            let old_enough = trial.pods().created_at(*pod) + flags.new_pod_scale_up_delay <= now;
            trial.pods().phase(*pod) == Phase::Pending
                && !is_of_daemon_set(*pod, trial)
                && trial.spec_of(*pod).priority >= flags.expendable_pods_priority_cutoff
                && old_enough
        };
        let mut pods: Vec<PodId> = waiting.iter().map(|(pod, _)| pod).filter(counts).collect();
        for node in actuator.drained() {
            for pod in trial.placement().pods_on(node).to_vec() {
                let runs = matches!(
                    trial.pods().phase(pod),
                    Phase::Starting { .. } | Phase::Running { .. }
                );
                let is_bare =
                    trial.model().workloads[trial.pods().workload(pod)].controller.is_bare();
                if runs && !is_bare && !is_of_daemon_set(pod, trial) {
                    trial.evict(pod);
                    pods.push(pod);
                }
            }
        }
        Pending(pods)
    }

    /// Places those that fit on a node that is there or on its way: the others. Those of the highest
    /// priority come first.
    // filter_out_schedulable.go
    pub(super) fn without_those_that_fit(
        mut self,
        filters: &Filters,
        view: &mut ClusterView,
        trial: &mut Trial<'_>,
    ) -> Pending {
        self.0.sort_by_key(|pod| std::cmp::Reverse(trial.spec_of(*pod).priority));
        self.0.retain(|pod| match filters.any_node(*pod, trial, &mut view.list, |_| true) {
            Some(node) => {
                trial.bind(*pod, node);
                false
            }
            None => true,
        });
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they are so new that others may follow them.
    // static_autoscaler.go allPodsAreNew
    pub(super) fn are_new(&self, now: SimTime, world: &World) -> bool {
        let oldest = |wanted: &dyn Fn(PodId) -> bool| {
            let pods = self.0.iter().filter(|pod| wanted(**pod));
            pods.map(|pod| world.pods().created_at(*pod)).min()
        };
        let gpu = world.model().known_lane(GPU);
        let wants_gpu =
            |pod: PodId| gpu.is_some_and(|lane: Lane| world.spec_of(pod).requests[lane] > 0);
        oldest(&|_| true).is_some_and(|created| created + POD_BUFFER > now)
            || oldest(&wants_gpu).is_some_and(|created| created + GPU_POD_BUFFER > now)
    }

    /// The pods with what makes them alike: one controller, one revision, one spec.
    pub(super) fn grouped(&self, world: &World) -> Vec<PendingPod> {
        let grouped = self.0.iter().map(|pod| {
            let workload = world.pods().workload(*pod);
            let controller = world.model().workloads[workload].controller;
            // Each Job, and the ReplicaSet of each revision, is a controller of its own.
            let run = controller.run_of(world.pods().replica(*pod));
            let part = u64::from(run.max(world.pods().revision(*pod)));
            let id = (u64::from(workload.number()) << 32) | part;
            PendingPod {
                pod: *pod,
                controller: (!controller.is_bare()).then_some(id),
                variant: u64::from(world.pods().spec(*pod).number()),
            }
        });
        grouped.collect()
    }
}

fn is_of_daemon_set(pod: PodId, world: &World) -> bool {
    world.model().workloads[world.pods().workload(pod)].controller == Controller::DaemonSet
}

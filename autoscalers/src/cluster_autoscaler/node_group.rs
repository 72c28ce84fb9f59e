//! Node groups: what the Cluster Autoscaler can make larger or smaller.

use sim::model::catalog::CapacityType;
use sim::model::node::{NodeId, NodeShape};
use sim::model::pod::SpecId;
use sim::model::pool::PoolId;
use sim::model::resources::Resources;
use sim::model::workload::WorkloadId;
use sim::time::Span;
use sim::world::World;
use sim::world::trial::Trial;

/// A node group, by its place in the order of the cloud provider.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GroupId(pub usize);

/// A node group: an Auto Scaling group, a managed instance group, a scale set.
#[derive(Clone, Debug)]
pub struct NodeGroup {
    /// Its name, as expanders know it.
    pub name: String,
    /// The pool that it is.
    pub pool: PoolId,
    /// The template of that pool that stands for all of its nodes: of a group of mixed instances the
    /// first.
    // Cluster Autoscaler: cloudprovider/aws/aws_manager.go, "only the first instance type"
    pub template: usize,
    /// How many nodes it has at least.
    pub min_size: u32,
    /// How many nodes it has at most.
    pub max_size: u32,
    /// The pods that DaemonSets put on each new node.
    pub daemons: Vec<(WorkloadId, SpecId)>,
    /// What it sets otherwise than the flags.
    pub options: GroupOptions,
}

/// What a node group sets otherwise than the flags. None is as the flags say.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct GroupOptions {
    /// In place of `--scale-down-utilization-threshold`.
    pub scale_down_utilization_threshold: Option<f64>,
    /// In place of `--scale-down-gpu-utilization-threshold`.
    pub scale_down_gpu_utilization_threshold: Option<f64>,
    /// In place of `--scale-down-unneeded-time`.
    pub scale_down_unneeded_time: Option<Span>,
    /// In place of `--scale-down-unready-time`.
    pub scale_down_unready_time: Option<Span>,
    /// In place of `--max-node-provision-time`.
    pub max_node_provision_time: Option<Span>,
    /// In place of `--max-node-startup-time`.
    pub max_node_startup_time: Option<Span>,
    /// In place of `--ignore-daemonsets-utilization`.
    pub ignore_daemonsets_utilization: Option<bool>,
    /// Whether the group has either no node or as many as it may have.
    pub zero_or_max_node_scaling: bool,
}

impl NodeGroup {
    /// What a new node of the group is.
    #[must_use]
    pub fn shape<'w>(&self, world: &'w World) -> &'w NodeShape {
        &world.model().pools[self.pool].templates[self.template].shape
    }

    /// What the machine of a new node has, before the system takes its part.
    #[must_use]
    pub fn capacity(&self, world: &World) -> Resources {
        let offering = world.model().pools[self.pool].templates[self.template].offering;
        world.model().catalog.instance_type(offering).capacity
    }

    /// What a new node costs in an hour, in US dollars.
    #[must_use]
    pub fn price(&self, world: &World) -> f64 {
        let offering = world.model().pools[self.pool].templates[self.template].offering;
        world.price(offering).as_usd_f64()
    }

    /// Whether the provider may take its nodes away.
    #[must_use]
    pub fn is_spot(&self, world: &World) -> bool {
        let offering = world.model().pools[self.pool].templates[self.template].offering;
        world.model().catalog.offerings[offering].capacity_type == CapacityType::Spot
    }

    /// One more node of the group, with the pods of its DaemonSets.
    pub fn imagine(&self, trial: &mut Trial<'_>) -> NodeId {
        let node = trial.imagine_node(self.pool, self.template);
        for (workload, spec) in &self.daemons {
            let load = trial.placement().load(node).requested();
            let allocatable = &trial.view(node).shape().allocatable;
            if !trial.spec(*spec).requests.fits(load, allocatable) {
                continue;
            }
            let pod = trial.imagine_pod(*workload, 0, *spec);
            trial.bind(pod, node);
        }
        node
    }
}

//! Names: what the nodes and pods of a run are called, as its facts introduce them.

use std::collections::BTreeMap;

use sim::Legend;
use sim::fact::Cause;
use sim::fact::Fact;
use sim::fact::refusal::Refusal;
use sim::model::budget::BudgetId;
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::images::ImageId;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit, PodId};
use sim::model::pool::PoolId;
use sim::model::quota::Counted;
use sim::model::workload::{Controller, WorkloadId};
use sim::names::NameId;
use sim::table::Id;

/// Gives names, once a fact has introduced what they are for.
pub struct Namer<'a> {
    legend: &'a Legend,
    nodes: BTreeMap<NodeId, String>,
    pods: BTreeMap<PodId, String>,
}

impl<'a> Namer<'a> {
    /// Nothing has been introduced yet.
    #[must_use]
    pub fn new(legend: &'a Legend) -> Namer<'a> {
        let (nodes, pods) = (BTreeMap::new(), BTreeMap::new());
        Namer { legend, nodes, pods }
    }

    /// Takes in the name that a fact introduces, if it introduces one.
    pub fn learn(&mut self, fact: &Fact) {
        match *fact {
            Fact::NodeLaunched { node, pool, .. } => {
                self.nodes.insert(node, self.legend.model.node_name(node, pool));
            }
            Fact::PodCreated { pod, workload, replica, attempt } => {
                let model = &self.legend.model;
                let owner = self.workload(workload);
                let found = model.start.pods.get(pod.index());
                let name = match (found, model.workloads[workload].controller) {
                    (Some(found), _) => {
                        let namespace = model.workloads[workload].namespace;
                        format!("{}/{}", self.text(namespace), self.text(found.name))
                    }
                    (None, Controller::Pod { .. }) => owner,
                    (None, Controller::ArrivingPods { .. }) => format!("{owner}-{replica}"),
                    // A StatefulSet gives the name of a pod to its successor.
                    (None, Controller::StatefulSet { .. }) => format!("{owner}-{replica}"),
                    (
                        None,
                        controller @ (Controller::CronJob { job, .. }
                        | Controller::ArrivingJobs { job, .. }),
                    ) => {
                        let run = controller.run_of(replica);
                        let index = replica - run * job.completions;
                        format!("{}-{index}-{attempt}", self.job(workload, run))
                    }
                    (
                        None,
                        Controller::Deployment { .. }
                        | Controller::DaemonSet
                        | Controller::Job(_)
                        | Controller::DeadlineJob(_),
                    ) => format!("{owner}-{replica}-{attempt}"),
                };
                self.pods.insert(pod, name);
            }
            _ => {}
        }
    }

    /// The name of a node: its own if it was there from the start, else its pool's and its number.
    #[must_use]
    pub fn node(&self, node: NodeId) -> &str {
        self.nodes.get(&node).map_or("(unknown)", |name| name)
    }

    /// The namespace and name of a pod.
    #[must_use]
    pub fn pod(&self, pod: PodId) -> &str {
        self.pods.get(&pod).map_or("(unknown)", |name| name)
    }

    /// The namespace and name of a workload.
    #[must_use]
    pub fn workload(&self, id: WorkloadId) -> String {
        let workload = &self.legend.model.workloads[id];
        format!("{}/{}", self.text(workload.namespace), self.text(workload.name))
    }

    /// The namespace and name of a Job: its own, or that of its CronJob or of what arrives with its
    /// number.
    #[must_use]
    pub fn job(&self, id: WorkloadId, run: u32) -> String {
        match self.legend.model.workloads[id].controller {
            Controller::CronJob { .. }
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => format!("{}-{run}", self.workload(id)),
            _ => self.workload(id),
        }
    }

    /// The name of a container of a workload's pods.
    #[must_use]
    pub fn container(&self, id: WorkloadId, place: u32) -> String {
        let model = &self.legend.model;
        let list = &model.specs[model.workloads[id].spec].containers.list;
        let name = list.get(place as usize).map(|container| self.text(container.name));
        name.map_or_else(|| format!("container {place}"), str::to_owned)
    }

    /// The name of a pool.
    #[must_use]
    pub fn pool(&self, pool: PoolId) -> &'a str {
        self.text(self.legend.model.pools[pool].name)
    }

    /// Namespace and name of a budget.
    #[must_use]
    pub fn budget(&self, id: BudgetId) -> String {
        let budget = &self.legend.model.budgets[id];
        format!("{}/{}", self.text(budget.namespace), self.text(budget.name))
    }

    /// What a quota counts of pods, as its `hard` names it.
    #[must_use]
    pub fn counted(&self, what: Counted) -> String {
        self.legend.model.counted_name(what)
    }

    /// The name of an image.
    #[must_use]
    pub fn image(&self, image: ImageId) -> &'a str {
        self.text(self.legend.model.images.name(image))
    }

    /// What was bought: the instance type, the zone and the capacity type.
    #[must_use]
    pub fn offering(&self, id: OfferingId) -> [&'a str; 3] {
        let catalog = &self.legend.model.catalog;
        let offering = &catalog.offerings[id];
        let instance_type = catalog.instance_type(id).name;
        let capacity_type = capacity_type(offering.capacity_type);
        [self.text(instance_type), self.text(offering.zone), capacity_type]
    }

    /// What the nodes said to a pod, in kube-scheduler's words.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        refusal.message(&self.legend.model)
    }

    /// A name that the scenario gives.
    #[must_use]
    pub fn text(&self, name: NameId) -> &'a str {
        self.legend.model.names.text(name)
    }
}

/// A capacity type, as Karpenter's label `karpenter.sh/capacity-type` spells it.
#[must_use]
pub fn capacity_type(capacity_type: CapacityType) -> &'static str {
    match capacity_type {
        CapacityType::OnDemand => "on-demand",
        CapacityType::Spot => "spot",
    }
}

/// The kind of a workload.
#[must_use]
pub fn kind(controller: Controller) -> &'static str {
    match controller {
        Controller::Deployment { .. } => "Deployment",
        Controller::StatefulSet { .. } => "StatefulSet",
        Controller::DaemonSet => "DaemonSet",
        Controller::Job(_) | Controller::ArrivingJobs { .. } => "Job",
        Controller::CronJob { .. } => "CronJob",
        Controller::Pod { .. } | Controller::ArrivingPods { .. } => "Pod",
        Controller::DeadlineJob(_) => "DeadlineJob",
    }
}

/// How a pod ended, in one word.
#[must_use]
pub fn end(end: End) -> &'static str {
    match end {
        End::Completed => "Completed",
        End::Clean => "Clean",
        End::CutShort(Limit::Deadline) => "CutShortByDeadline",
        End::CutShort(Limit::NodeShutdown) => "CutShortByNodeShutdown",
        End::CutShort(Limit::NodePressure) => "CutShortByNodePressure",
        End::CutShort(Limit::Grace) => "CutShortByGrace",
        End::KilledWithoutWarning => "KilledWithoutWarning",
        End::Rejected => "RejectedByKubelet",
        End::OomKilled => "OOMKilled",
    }
}

/// Why an instance or a pod had to go.
#[must_use]
pub fn reason(why: Cause) -> &'static str {
    match why {
        Cause::Reclaimed => "Reclaimed",
        Cause::Outbid => "Outbid",
        Cause::Drained => "Drained",
        Cause::Failed => "Failed",
        Cause::InitialState => "Found",
        Cause::Preempted => "Preempted",
        Cause::Tainted => "Tainted",
        Cause::Released => "Released",
        Cause::JobOver => "JobOver",
        Cause::ScaledDown => "ScaledDown",
        Cause::RolledOut => "RolledOut",
        Cause::NodePressure => "NodePressure",
        Cause::VpaUpdate => "VpaUpdate",
    }
}

/// A workload as `namespace/name`.
pub(crate) fn workload_name(legend: &Legend, id: sim::model::workload::WorkloadId) -> String {
    let (model, workload) = (&legend.model, &legend.model.workloads[id]);
    format!("{}/{}", model.names.text(workload.namespace), model.names.text(workload.name))
}

//! Fit: what VerticalPodAutoscalers recommend for each container, and what speaks for it.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact, Sink};
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

/// Folds facts into the last recommendation for each container.
#[derive(Clone)]
pub struct Fit {
    legend: Legend,
    /// Each container that something is recommended for, by its workload and its place in its pods.
    pub containers: BTreeMap<(WorkloadId, u32), Fitted>,
    /// How many replicas each of their workloads is to have at the end.
    pub replicas: BTreeMap<WorkloadId, u32>,
    /// Pods that were evicted for what is recommended, by workload.
    pub evictions: BTreeMap<WorkloadId, u64>,
}

/// What is recommended for a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fitted {
    /// CPU in milli-cores.
    pub cpu: u64,
    /// Memory in bytes.
    pub memory: u64,
    /// How often it was killed because memory was out.
    pub kills: u64,
}

impl Fit {
    /// Nothing is recommended yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Fit {
        let model = &legend.model;
        let of = |workload: WorkloadId| model.workloads[workload].controller.desired_replicas();
        let sized = model.vpas.rows().map(|vpa| vpa.workload);
        Fit {
            legend: legend.clone(),
            containers: BTreeMap::new(),
            replicas: sized.filter_map(|workload| Some((workload, of(workload)?))).collect(),
            evictions: BTreeMap::new(),
        }
    }
}

impl Sink for Fit {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let counts = u64::from(at >= self.legend.from && at < self.legend.to);
        match *fact {
            Fact::VpaRecommended { workload, container, cpu, memory } => {
                let row = self.containers.entry((workload, container)).or_default();
                (row.cpu, row.memory) = (cpu, memory);
            }
            Fact::ContainerOomKilled { workload, container, .. } => {
                if let Some(row) = self.containers.get_mut(&(workload, container)) {
                    row.kills += counts;
                }
            }
            Fact::PodTerminating { workload, why: Cause::VpaUpdate, .. } => {
                *self.evictions.entry(workload).or_default() += counts;
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                if let Some(own) = self.replicas.get_mut(&workload) {
                    *own = replicas;
                }
            }
            _ => {}
        }
    }
}

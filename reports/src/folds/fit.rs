//! Fit: what VerticalPodAutoscalers recommend for each container, and what speaks for it.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact, Sink};
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

/// What is recommended in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fit {
    /// Each container that something is recommended for, by its workload and its place in its pods.
    pub containers: BTreeMap<(WorkloadId, u32), Fitted>,
    /// How many replicas each of their workloads is to have at the end.
    pub replicas: BTreeMap<WorkloadId, u32>,
    /// Pods that were evicted for what is recommended, by workload.
    pub evictions: BTreeMap<WorkloadId, u64>,
    /// How long pods used anything, and were kept from CPU by their limits, by workload.
    pub throttled: BTreeMap<WorkloadId, Throttled>,
}

/// Folds facts into the last recommendation for each container.
#[derive(Clone)]
pub struct FitFold {
    legend: Legend,
    fit: Fit,
    /// The pods of these workloads that use anything now.
    pods: BTreeMap<(PodId, WorkloadId), Using>,
}

/// Pod-milliseconds of the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Throttled {
    /// Those in which pods used anything.
    pub used_ms: u128,
    /// Those of them in which their limits kept CPU from them.
    pub throttled_ms: u128,
}

/// Since when a pod uses anything, and is throttled, if it is.
#[derive(Clone, Copy, Debug)]
struct Using {
    since: SimTime,
    throttled: Option<SimTime>,
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

impl FitFold {
    /// Nothing is recommended yet.
    #[must_use]
    pub fn new(legend: &Legend) -> FitFold {
        let model = &legend.model;
        let of = |workload: WorkloadId| model.workloads[workload].controller.desired_replicas();
        let sized = || model.vpas.rows().map(|vpa| vpa.workload);
        let fit = Fit {
            replicas: sized().filter_map(|workload| Some((workload, of(workload)?))).collect(),
            throttled: sized().map(|workload| (workload, Throttled::default())).collect(),
            ..Fit::default()
        };
        FitFold { legend: legend.clone(), fit, pods: BTreeMap::new() }
    }

    /// The figures at the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Fit {
        for (pod, workload) in self.pods.keys().copied().collect::<Vec<_>>() {
            self.ends(pod, workload, self.legend.to);
        }
        self.fit
    }

    /// How much of the time from one instant to another is in the window.
    fn within(&self, from: SimTime, to: SimTime) -> u128 {
        u128::from(to.min(self.legend.to).since(from.max(self.legend.from)).as_ms())
    }

    /// A pod gets all of the CPU that its limits would allow from now on, or less.
    fn limited(&mut self, pod: PodId, workload: WorkloadId, at: SimTime, limited: bool) {
        let Some(using) = self.pods.get_mut(&(pod, workload)) else { return };
        let since = using.throttled;
        match (since, limited) {
            (None, true) => using.throttled = Some(at),
            (Some(since), false) => {
                using.throttled = None;
                let ms = self.within(since, at);
                self.fit.throttled.entry(workload).or_default().throttled_ms += ms;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn ends(&mut self, pod: PodId, workload: WorkloadId, at: SimTime) {
        self.limited(pod, workload, at, false);
        if let Some(using) = self.pods.remove(&(pod, workload)) {
            let ms = self.within(using.since, at);
            self.fit.throttled.entry(workload).or_default().used_ms += ms;
        }
    }
}

impl Sink for FitFold {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let counts = u64::from(at >= self.legend.from && at < self.legend.to);
        match *fact {
            Fact::VpaRecommended { workload, container, cpu, memory } => {
                let row = self.fit.containers.entry((workload, container)).or_default();
                (row.cpu, row.memory) = (cpu, memory);
            }
            Fact::ContainerOomKilled { workload, container, .. } => {
                if let Some(row) = self.fit.containers.get_mut(&(workload, container)) {
                    row.kills += counts;
                }
            }
            Fact::PodTerminating { workload, why: Cause::VpaUpdate, .. } => {
                *self.fit.evictions.entry(workload).or_default() += counts;
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                if let Some(own) = self.fit.replicas.get_mut(&workload) {
                    *own = replicas;
                }
            }
            Fact::PodUses { pod, workload, .. } if self.fit.throttled.contains_key(&workload) => {
                let using = Using { since: at, throttled: None };
                self.pods.entry((pod, workload)).or_insert(using);
            }
            Fact::CpuShared { pod, workload, demand, limited, .. } => {
                self.limited(pod, workload, at, limited < demand);
            }
            Fact::PodEnded { pod, workload, .. } => self.ends(pod, workload, at),
            _ => {}
        }
    }
}

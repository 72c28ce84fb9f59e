//! Start-up: how long pods take from their binding until they are ready, and for what.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;

/// Folds facts into what it took pods to start. Pods of DaemonSets are left out.
#[derive(Clone)]
pub struct StartUp {
    legend: Legend,
    /// Since when pods are bound that are not ready.
    bound: BTreeMap<PodId, SimTime>,
    /// Since when pods wait for disks to be attached.
    waiting: BTreeMap<PodId, SimTime>,
    started: Started,
}

/// What it took pods to start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Started {
    /// From binding to readiness.
    pub takes: Waits,
    /// Images that nodes pulled.
    pub images_pulled: u64,
    /// Milliseconds for which pods waited for disks to be attached, over pods.
    pub disk_wait_ms: u128,
    /// Whether any image was pulled or disk attached, in the window or before.
    pub any: bool,
}

impl StartUp {
    /// No pod has been bound yet.
    #[must_use]
    pub fn new(legend: &Legend) -> StartUp {
        let legend = legend.clone();
        let (bound, waiting) = (BTreeMap::new(), BTreeMap::new());
        StartUp { legend, bound, waiting, started: Started::default() }
    }

    /// What it came to; pods that are not ready at the end still wait.
    #[must_use]
    pub fn finish(mut self) -> Started {
        let to = self.legend.to;
        for pod in self.bound.keys().copied().collect::<Vec<_>>() {
            self.never_ready(to, pod);
        }
        for pod in self.waiting.keys().copied().collect::<Vec<_>>() {
            self.waits_no_longer(to, pod);
        }
        self.started
    }

    /// A pod stops before it is ready, or the window does. It took at least that long: without it
    /// the slow would be missing.
    fn never_ready(&mut self, at: SimTime, pod: PodId) {
        let since = self.bound.remove(&pod).filter(|since| *since >= self.legend.from);
        if let Some(since) = since {
            self.started.takes.still_waits(at.since(since));
        }
    }

    /// A pod waits for its disks no longer.
    fn waits_no_longer(&mut self, at: SimTime, pod: PodId) {
        if let Some(since) = self.waiting.remove(&pod) {
            let waited = at.since(since.max(self.legend.from));
            self.started.disk_wait_ms += u128::from(waited.as_ms());
        }
    }
}

impl Sink for StartUp {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodScheduled { pod, workload, .. } => {
                let workload = &self.legend.model.workloads[workload];
                if workload.controller != Controller::DaemonSet {
                    self.bound.insert(pod, at);
                }
                if workload.volumes.is_some() {
                    self.waiting.insert(pod, at);
                }
            }
            Fact::VolumesAttached { pod, .. } => {
                self.started.any = true;
                self.waits_no_longer(at, pod);
            }
            Fact::PodReady { pod, .. } => {
                let since = self.bound.remove(&pod).filter(|since| *since >= self.legend.from);
                if let Some(since) = since {
                    self.started.takes.ended(at.since(since));
                }
            }
            Fact::PodTerminating { pod, .. } | Fact::PodEnded { pod, .. } => {
                self.never_ready(at, pod);
                self.waits_no_longer(at, pod);
            }
            Fact::ImagePulled { .. } => {
                self.started.any = true;
                self.started.images_pulled += u64::from(at >= self.legend.from);
            }
            _ => {}
        }
    }
}

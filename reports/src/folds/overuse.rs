//! Overuse: what became of pods that would use more than they may, or than there is.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use super::users::Users;

/// What became of such pods in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overuse {
    /// Containers that were killed because memory was out.
    pub oom_kills: u64,
    /// Those of them that were killed for their node's sake.
    pub oom_kills_of_nodes: u64,
    /// The same by workload.
    pub kills_of: BTreeMap<WorkloadId, u64>,
    /// Containers that were started again.
    pub restarts: u64,
    /// Pods that kubelets evicted from nodes under pressure.
    pub evictions: u64,
    /// CPU that pods would have used, in milli-core-milliseconds.
    pub demand: u128,
    /// What of it their limits kept from them.
    pub throttled: u128,
    /// What of it others had on their nodes.
    pub contended: u128,
    /// Whether anything models usage.
    pub any: bool,
}

/// Folds facts into kills, restarts, evictions, and CPU that pods did not get.
#[derive(Clone)]
pub struct OveruseFold {
    legend: Legend,
    sums: Overuse,
    since: SimTime,
    users: Users,
    /// What pods do not get that do not get all.
    short: BTreeMap<PodId, Short>,
    /// Sums over them now: what is throttled, what is contended.
    now: [u64; 2],
}

/// What a pod would use, and does not get, in milli-cores.
#[derive(Clone, Copy, Default)]
struct Short {
    throttled: u64,
    contended: u64,
}

impl OveruseFold {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> OveruseFold {
        OveruseFold {
            legend: legend.clone(),
            sums: Overuse::default(),
            since: SimTime::ZERO,
            users: Users::default(),
            short: BTreeMap::new(),
            now: [0; 2],
        }
    }

    /// The figures at the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Overuse {
        self.advance(self.legend.to);
        self.sums
    }

    /// Integrates up to an instant.
    fn advance(&mut self, at: SimTime) {
        let ms = at.min(self.legend.to).since(self.since.max(self.legend.from)).as_ms();
        self.since = at;
        let now = [self.users.sum[0], self.now[0], self.now[1]];
        let [demand, throttled, contended] = now.map(|sum| u128::from(sum) * u128::from(ms));
        self.sums.demand += demand;
        self.sums.throttled += throttled;
        self.sums.contended += contended;
    }

    fn gets(&mut self, pod: PodId, short: Short) {
        let before = match short.throttled + short.contended {
            0 => self.short.remove(&pod),
            _ => self.short.insert(pod, short),
        };
        let before = before.unwrap_or_default();
        self.now[0] = self.now[0] - before.throttled + short.throttled;
        self.now[1] = self.now[1] - before.contended + short.contended;
    }
}

impl Sink for OveruseFold {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let counts = u64::from(at >= self.legend.from && at < self.legend.to);
        match *fact {
            Fact::ContainerOomKilled { workload, of_node, .. } => {
                self.sums.oom_kills += counts;
                self.sums.oom_kills_of_nodes += counts * u64::from(of_node);
                *self.sums.kills_of.entry(workload).or_default() += counts;
            }
            Fact::ContainerRestarted { .. } => self.sums.restarts += counts,
            Fact::PodEvicted { .. } => self.sums.evictions += counts,
            Fact::PodUses { .. } | Fact::ReplicasUse { .. } => {
                self.sums.any = true;
                self.advance(at);
                self.users.fact(fact);
            }
            Fact::CpuShared { pod, demand, limited, granted, .. } => {
                self.advance(at);
                let (throttled, contended) = (demand - limited, limited - granted);
                self.gets(pod, Short { throttled, contended });
            }
            Fact::PodEnded { pod, .. } => {
                self.advance(at);
                self.users.fact(fact);
                self.gets(pod, Short::default());
            }
            _ => {}
        }
    }
}

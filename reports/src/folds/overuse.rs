//! Overuse: what became of pods that would use more than they may, or than there is.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

/// Folds facts into kills, restarts, evictions, and CPU that pods did not get.
#[derive(Clone)]
pub struct Overuse {
    legend: Legend,
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
    since: SimTime,
    users: BTreeMap<PodId, User>,
    /// The pods of workloads that use the same.
    followers: BTreeMap<WorkloadId, Vec<PodId>>,
    /// Sums over pods now: demand, what is throttled, what is contended.
    now: [u64; 3],
}

/// What a pod would use, and does not get, in milli-cores.
#[derive(Clone, Copy, Default)]
struct User {
    demand: u64,
    throttled: u64,
    contended: u64,
}

impl User {
    fn sums(self) -> [u64; 3] {
        [self.demand, self.throttled, self.contended]
    }
}

impl Overuse {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Overuse {
        Overuse {
            legend: legend.clone(),
            oom_kills: 0,
            oom_kills_of_nodes: 0,
            kills_of: BTreeMap::new(),
            restarts: 0,
            evictions: 0,
            demand: 0,
            throttled: 0,
            contended: 0,
            any: false,
            since: SimTime::ZERO,
            users: BTreeMap::new(),
            followers: BTreeMap::new(),
            now: [0; 3],
        }
    }

    /// The figures at the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Overuse {
        self.advance(self.legend.to);
        self
    }

    /// Integrates up to an instant.
    fn advance(&mut self, at: SimTime) {
        let ms = at.min(self.legend.to).since(self.since.max(self.legend.from)).as_ms();
        self.since = at;
        let [demand, throttled, contended] = self.now.map(|sum| u128::from(sum) * u128::from(ms));
        self.demand += demand;
        self.throttled += throttled;
        self.contended += contended;
    }

    fn change(&mut self, pod: PodId, change: impl FnOnce(&mut User)) {
        let user = self.users.entry(pod).or_default();
        let before = user.sums();
        change(user);
        for (sum, (before, after)) in self.now.iter_mut().zip(before.into_iter().zip(user.sums())) {
            *sum = *sum - before + after;
        }
    }

    fn ends(&mut self, pod: PodId, workload: WorkloadId) {
        if self.users.contains_key(&pod) {
            self.change(pod, |user| *user = User::default());
            self.users.remove(&pod);
            self.follow(pod, workload, false);
        }
    }

    fn follow(&mut self, pod: PodId, workload: WorkloadId, follows: bool) {
        let followers = self.followers.entry(workload).or_default();
        match (followers.binary_search(&pod), follows) {
            (Err(place), true) => followers.insert(place, pod),
            (Ok(place), false) => {
                followers.remove(place);
            }
            _ => {}
        }
    }
}

impl Sink for Overuse {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let counts = u64::from(at >= self.legend.from && at < self.legend.to);
        match *fact {
            Fact::ContainerOomKilled { workload, of_node, .. } => {
                self.oom_kills += counts;
                self.oom_kills_of_nodes += counts * u64::from(of_node);
                *self.kills_of.entry(workload).or_default() += counts;
            }
            Fact::ContainerRestarted { .. } => self.restarts += counts,
            Fact::PodEvicted { .. } => self.evictions += counts,
            Fact::PodUses { pod, workload, cpu, follows, .. } => {
                self.any = true;
                self.advance(at);
                self.change(pod, |user| user.demand = cpu);
                self.follow(pod, workload, follows);
            }
            Fact::ReplicasUse { workload, cpu, .. } => {
                self.advance(at);
                for pod in self.followers.get(&workload).cloned().unwrap_or_default() {
                    self.change(pod, |user| user.demand = cpu);
                }
            }
            Fact::CpuShared { pod, demand, limited, granted, .. } => {
                self.advance(at);
                self.change(pod, |user| {
                    user.throttled = demand - limited;
                    user.contended = limited - granted;
                });
            }
            Fact::PodEnded { pod, workload, .. } => {
                self.advance(at);
                self.ends(pod, workload);
            }
            _ => {}
        }
    }
}

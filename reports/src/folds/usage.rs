//! Usage: how much pods use of what nodes offer, over time, requests that are not served, and pods that
//! are created meanwhile.
//!
//! Folded only where a scenario models usage, or lets pods arrive.

use std::collections::{BTreeMap, BTreeSet};

use sim::fact::{Fact, Sink};
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use super::capacity::Sums;
use super::series::STEPS;
use super::utilisation::{Step, Utilisation};

/// What one run used.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Used {
    /// Integrals of what pods used: milli-core-milliseconds, byte-milliseconds.
    pub integral: [u128; 2],
    /// Requests of each workload that serves any, in millionths: offered and served.
    pub requests: BTreeMap<WorkloadId, Requests>,
}

/// Requests of one workload, in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Requests {
    /// Those that there were.
    pub offered: u128,
    /// Those of them that ready replicas served.
    pub served: u128,
}

/// Folds facts into what is used.
#[derive(Clone)]
pub struct Usage {
    legend: Legend,
    /// Whether anything models usage; otherwise only what is created is of interest.
    models_usage: bool,
    since: SimTime,
    pods: Users,
    rates: BTreeMap<WorkloadId, (u64, u64)>,
    used: Used,
    series: Utilisation,
}

/// Pods that use something now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    pods: BTreeMap<PodId, User>,
    followers: BTreeMap<WorkloadId, BTreeSet<PodId>>,
    /// The sum over all of them: milli-cores and bytes.
    pub(crate) sum: [u64; 2],
}

#[derive(Clone, Copy, Debug)]
struct User {
    workload: WorkloadId,
    node: NodeId,
    used: [u64; 2],
}

impl Users {
    /// Takes note of a fact. Which nodes it changes, and what each used of CPU before and uses now, is
    /// given to `changed`.
    pub(crate) fn fact(&mut self, fact: &Fact, mut changed: impl FnMut(NodeId, u64, u64)) {
        match *fact {
            Fact::PodUses { pod, workload, node, cpu, memory, follows } => {
                let used = [cpu, memory];
                let before = self.pods.insert(pod, User { workload, node, used });
                let before = before.map_or([0; 2], |user| user.used);
                self.replace(before, used);
                changed(node, before[0], cpu);
                let followers = self.followers.entry(workload).or_default();
                if follows {
                    followers.insert(pod);
                } else {
                    followers.remove(&pod);
                }
            }
            Fact::ReplicasUse { workload, cpu, memory, .. } => {
                let used = [cpu, memory];
                let followers = self.followers.get(&workload).into_iter().flatten();
                let mut sums = Vec::new();
                for pod in followers {
                    let Some(user) = self.pods.get_mut(pod) else { continue };
                    let before = std::mem::replace(&mut user.used, used);
                    sums.push(before);
                    changed(user.node, before[0], cpu);
                }
                sums.into_iter().for_each(|before| self.replace(before, used));
            }
            Fact::PodEnded { pod, .. } => {
                let Some(user) = self.pods.remove(&pod) else { return };
                self.replace(user.used, [0; 2]);
                changed(user.node, user.used[0], 0);
                if let Some(followers) = self.followers.get_mut(&user.workload) {
                    followers.remove(&pod);
                }
            }
            _ => {}
        }
    }

    fn replace(&mut self, before: [u64; 2], used: [u64; 2]) {
        for lane in 0..2 {
            self.sum[lane] = self.sum[lane] - before[lane] + used[lane];
        }
    }
}

impl Usage {
    /// Nothing is used yet; none where nothing models usage and nothing arrives.
    #[must_use]
    pub fn new(legend: &Legend) -> Option<Usage> {
        let models_usage = !legend.model.usage.is_empty();
        let arrives = legend.model.generators.rows().next().is_some();
        (models_usage || arrives).then(|| Usage {
            legend: legend.clone(),
            models_usage,
            since: SimTime::ZERO,
            pods: Users::default(),
            rates: BTreeMap::new(),
            used: Used::default(),
            series: Utilisation::new(STEPS),
        })
    }

    /// Integrates up to an instant, with what nodes offer and pods request until then.
    pub fn advance(&mut self, at: SimTime, nodes: &Sums<u64>) {
        if !self.models_usage {
            return;
        }
        let (from, to) = (self.since.max(self.legend.from), at.min(self.legend.to));
        self.since = at;
        let ms = u128::from(to.since(from).as_ms());
        if ms == 0 {
            return;
        }
        for lane in 0..2 {
            self.used.integral[lane] += u128::from(self.pods.sum[lane]) * ms;
        }
        let (mut offered, mut served) = (0, 0);
        for (workload, rate) in &self.rates {
            let row = self.used.requests.entry(*workload).or_default();
            row.offered += u128::from(rate.0) * ms;
            row.served += u128::from(rate.1) * ms;
            offered += rate.0;
            served += rate.1;
        }
        let step = Step {
            allocatable: nodes.allocatable,
            requested: nodes.requested,
            // As nodes are counted: in MiB.
            used: [self.pods.sum[0], self.pods.sum[1] >> 20],
            offered,
            served,
            created: 0,
        };
        self.series.over((self.legend.from, self.legend.to), (from, to), &step);
    }

    /// What was used, and how that came about over time.
    #[must_use]
    pub fn finish(self) -> (Used, Utilisation) {
        let window = self.legend.to.since(self.legend.from);
        (self.used, self.series.finish(window))
    }
}

impl Sink for Usage {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.pods.fact(fact, |_, _, _| {});
        match *fact {
            Fact::LoadChanged { workload, offered, served, .. } => {
                self.rates.insert(workload, (offered, served));
            }
            Fact::PodCreated { attempt: 0, .. } if at > SimTime::ZERO => {
                self.series.created((self.legend.from, self.legend.to), at);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use sim::table::Id;

    use super::*;

    #[test]
    fn followers_change_together_and_those_that_end_use_nothing() {
        let workload = WorkloadId::from_index(0);
        let (pod, node) = (PodId::from_index, NodeId::from_index(0));
        let uses = |at: usize, cpu, follows| Fact::PodUses {
            pod: pod(at),
            workload,
            node,
            cpu,
            memory: 8,
            follows,
        };
        let mut users = Users::default();
        let mut on_node = 0_i64;
        let mut tell = |users: &mut Users, fact: Fact| {
            users.fact(&fact, |_, before, now| on_node += now as i64 - before as i64);
            assert_eq!(on_node, users.sum[0] as i64);
            users.sum
        };
        assert_eq!(tell(&mut users, uses(0, 100, true)), [100, 8]);
        assert_eq!(tell(&mut users, uses(1, 100, true)), [200, 16]);
        assert_eq!(tell(&mut users, uses(2, 30, false)), [230, 24]);
        let all = Fact::ReplicasUse { workload, pods: 2, cpu: 150, memory: 9 };
        assert_eq!(tell(&mut users, all), [330, 26]);
        assert_eq!(tell(&mut users, uses(1, 20, false)), [200, 25]);
    }
}

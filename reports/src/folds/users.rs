//! Users: which pods use how much now. Replicas that use the same change together, at the price of one.

use std::collections::{BTreeMap, BTreeSet};

use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;

/// Pods that use something now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    pods: BTreeMap<PodId, User>,
    groups: BTreeMap<WorkloadId, Group>,
    /// The sum over all of them: milli-cores and bytes.
    pub(crate) sum: [u64; 2],
}

#[derive(Clone, Copy, Debug)]
struct User {
    workload: WorkloadId,
    node: NodeId,
    used: [u64; 2],
    follows: bool,
    /// How many changes of its group are older than what it uses.
    changes: u64,
}

/// The pods of a workload that follow it.
#[derive(Clone, Debug, Default)]
struct Group {
    members: BTreeSet<PodId>,
    /// What each of them uses that has not used anything else since.
    used: [u64; 2],
    changes: u64,
    sum: [u64; 2],
}

impl Users {
    /// Takes note of a fact.
    pub(crate) fn fact(&mut self, fact: &Fact) {
        match *fact {
            Fact::PodUses { pod, workload, node, cpu, memory, follows } => {
                let now = User { workload, node, used: [cpu, memory], follows, changes: 0 };
                self.uses(pod, now);
            }
            Fact::ReplicasUse { workload, cpu, memory, .. } => {
                let Some(group) = self.groups.get_mut(&workload) else { return };
                let count = group.members.len() as u64;
                let sum = [cpu, memory].map(|used| used * count);
                replace(&mut self.sum, group.sum, sum);
                (group.sum, group.used) = (sum, [cpu, memory]);
                group.changes += 1;
            }
            Fact::PodEnded { pod, .. } => {
                let Some(before) = self.pods.remove(&pod) else { return };
                let used = self.leave(pod, before);
                replace(&mut self.sum, used, [0; 2]);
            }
            _ => {}
        }
    }

    /// The same; which nodes it changes, and what each used of CPU before and uses now, is given to
    /// `changed`.
    pub(crate) fn fact_by_node(&mut self, fact: &Fact, mut changed: impl FnMut(NodeId, u64, u64)) {
        match *fact {
            Fact::PodUses { pod, node, cpu, .. } => changed(node, self.cpu_of(pod), cpu),
            Fact::ReplicasUse { workload, cpu, .. } => {
                let group = self.groups.get(&workload);
                for pod in group.iter().flat_map(|group| &group.members) {
                    if let Some(user) = self.pods.get(pod) {
                        changed(user.node, self.cpu_of(*pod), cpu);
                    }
                }
            }
            Fact::PodEnded { pod, .. } => {
                if let Some(user) = self.pods.get(&pod) {
                    changed(user.node, self.cpu_of(pod), 0);
                }
            }
            _ => {}
        }
        self.fact(fact);
    }

    fn cpu_of(&self, pod: PodId) -> u64 {
        self.pods.get(&pod).map_or(0, |user| self.used_by(*user)[0])
    }

    fn used_by(&self, user: User) -> [u64; 2] {
        let group = self.groups.get(&user.workload).filter(|_| user.follows);
        match group.filter(|group| group.changes > user.changes) {
            Some(group) => group.used,
            None => user.used,
        }
    }

    fn uses(&mut self, pod: PodId, mut now: User) {
        let before = self.pods.get(&pod).copied();
        let used = match before {
            Some(before) if before.follows => self.leave(pod, before),
            Some(before) => before.used,
            None => [0; 2],
        };
        if now.follows {
            let group = self.groups.entry(now.workload).or_default();
            group.members.insert(pod);
            replace(&mut group.sum, [0; 2], now.used);
            now.changes = group.changes;
        }
        self.pods.insert(pod, now);
        replace(&mut self.sum, used, now.used);
    }

    /// A pod follows its workload no longer: what it used.
    fn leave(&mut self, pod: PodId, user: User) -> [u64; 2] {
        let used = self.used_by(user);
        if user.follows
            && let Some(group) = self.groups.get_mut(&user.workload)
        {
            group.members.remove(&pod);
            replace(&mut group.sum, used, [0; 2]);
        }
        used
    }
}

fn replace(sum: &mut [u64; 2], before: [u64; 2], now: [u64; 2]) {
    for (sum, (before, now)) in sum.iter_mut().zip(before.into_iter().zip(now)) {
        *sum = *sum - before + now;
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
            users.fact_by_node(&fact, |_, before, now| on_node += now as i64 - before as i64);
            assert_eq!(on_node, users.sum[0] as i64);
            users.sum
        };
        assert_eq!(tell(&mut users, uses(0, 100, true)), [100, 8]);
        assert_eq!(tell(&mut users, uses(1, 100, true)), [200, 16]);
        assert_eq!(tell(&mut users, uses(2, 30, false)), [230, 24]);
        let all = Fact::ReplicasUse { workload, pods: 2, cpu: 150, memory: 9 };
        assert_eq!(tell(&mut users, all), [330, 26]);
        assert_eq!(tell(&mut users, uses(1, 20, false)), [200, 25]);
        // One that comes between two changes uses what it says until the next.
        assert_eq!(tell(&mut users, uses(3, 7, true)), [207, 33]);
        let all = Fact::ReplicasUse { workload, pods: 2, cpu: 1, memory: 9 };
        assert_eq!(tell(&mut users, all), [1 + 1 + 20 + 30, 9 + 9 + 8 + 8]);
    }
}

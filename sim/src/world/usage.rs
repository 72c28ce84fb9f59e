//! What containers use now, and the sums of that on nodes. A pod that models no usage is not in it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::World;
use crate::fact::Fact;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::usage::{Held, Used};
use crate::model::workload::WorkloadId;
use crate::table::Table;

/// What is used now. Everything is empty in a run that models no usage.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Usage {
    /// Only those that use something now, so that what arrives and goes leaves nothing behind.
    pods: IndexMap<PodId, PodUsage, FxBuildHasher>,
    nodes: Table<NodeId, OnNode>,
    /// The pods of each workload that use something, in order.
    users: BTreeMap<WorkloadId, Vec<PodId>>,
}

/// What the pods of a node that model usage come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct OnNode {
    used: Used,
    held: Held,
    pods: usize,
}

/// What one pod uses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PodUsage {
    node: NodeId,
    containers: Vec<Used>,
    held: Vec<Held>,
    /// Whether it uses what every replica of its workload does.
    follows: bool,
}

impl PodUsage {
    fn whole(&self) -> Used {
        self.containers.iter().copied().sum()
    }

    fn whole_held(&self) -> Held {
        self.held.iter().copied().sum()
    }

    /// Its containers use this from now on, which is in the sum of its node.
    fn replace(&mut self, containers: &[Used], sum: &mut Used) {
        *sum -= self.whole();
        self.containers.clear();
        self.containers.extend_from_slice(containers);
        *sum += self.whole();
    }
}

impl Usage {
    fn row(&self, pod: PodId) -> Option<&PodUsage> {
        self.pods.get(&pod)
    }

    /// A pod is no longer on its node: what it used.
    pub(super) fn leave(&mut self, pod: PodId, workload: WorkloadId) -> Option<PodUsage> {
        let row = self.pods.swap_remove(&pod)?;
        let on_node = &mut self.nodes[row.node];
        on_node.used -= row.whole();
        on_node.held -= row.whole_held();
        on_node.pods -= 1;
        let users = self.users.entry(workload).or_default();
        if let Ok(at) = users.binary_search(&pod) {
            users.remove(at);
        }
        Some(row)
    }

    /// A pod is on its node again, and uses what it did.
    pub(super) fn come_back(&mut self, pod: PodId, workload: WorkloadId, row: PodUsage) {
        let on_node = &mut self.nodes[row.node];
        on_node.used += row.whole();
        on_node.held += row.whole_held();
        on_node.pods += 1;
        let users = self.users.entry(workload).or_default();
        users.insert(users.partition_point(|other| *other < pod), pod);
        self.pods.insert(pod, row);
    }

    fn set(&mut self, pod: PodId, containers: &[Used], follows: bool) {
        let row = self.pods.get_mut(&pod).expect("it is known");
        row.replace(containers, &mut self.nodes[row.node].used);
        row.follows = follows;
    }

    /// The first sum that a recount does not give.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut sums: BTreeMap<NodeId, OnNode> = BTreeMap::new();
        for row in self.pods.values() {
            let on_node = sums.entry(row.node).or_default();
            on_node.used += row.whole();
            on_node.held += row.whole_held();
            on_node.pods += 1;
        }
        for (node, sum) in self.nodes.iter() {
            if sums.get(&node).copied().unwrap_or_default() != *sum {
                return Err(format!("what is used on {node:?} does not add up"));
            }
        }
        let users = self.users.values().map(Vec::len).sum::<usize>();
        if users != self.pods.len() {
            return Err("the pods that use something are not those of workloads".into());
        }
        Ok(())
    }
}

impl World {
    /// What a container of a pod uses now; none where nothing models it or it does not run on a node.
    #[must_use]
    pub fn usage_of(&self, pod: PodId, container: usize) -> Option<Used> {
        self.usage.row(pod)?.containers.get(container).copied()
    }

    /// What all containers of a pod use now; none where nothing models it or it is on no node.
    #[must_use]
    pub fn pod_usage(&self, pod: PodId) -> Option<Used> {
        self.usage.row(pod).map(PodUsage::whole)
    }

    /// What the pods of a node that model usage use together.
    #[must_use]
    pub fn usage_on(&self, node: NodeId) -> Used {
        self.usage.nodes.get(node).copied().unwrap_or_default().used
    }

    /// What all pods of a node use together, if each of them models usage.
    #[must_use]
    pub fn usage_of_all_on(&self, node: NodeId) -> Option<Used> {
        let on_node = self.usage.nodes.get(node).copied().unwrap_or_default();
        (on_node.pods == self.placement.pods_on(node).len()).then_some(on_node.used)
    }

    /// What they hold of the node together, beside CPU and memory.
    #[must_use]
    pub fn held_on(&self, node: NodeId) -> Held {
        self.usage.nodes.get(node).copied().unwrap_or_default().held
    }

    /// What each container of a pod holds of its node, in their order; empty where nothing models it.
    #[must_use]
    pub fn held_by(&self, pod: PodId) -> &[Held] {
        self.usage.row(pod).map_or(&[], |row| &row.held)
    }

    /// The containers of a pod hold this of its node from now on. No fact if they did before, or the pod is
    /// on none.
    pub fn pod_holds(&mut self, pod: PodId, held: &[Held]) -> Option<Fact> {
        let row = self.usage.pods.get_mut(&pod).filter(|row| row.held != held)?;
        let node = row.node;
        let sum = &mut self.usage.nodes[node].held;
        *sum -= row.whole_held();
        row.held = held.to_vec();
        *sum += row.whole_held();
        let Held { disk, processes } = row.whole_held();
        let workload = self.pods.workload(pod);
        Some(Fact::PodHolds { pod, workload, node, disk, processes })
    }

    /// The pods of a workload that use something, in order.
    #[must_use]
    pub fn users(&self, workload: WorkloadId) -> &[PodId] {
        self.usage.users.get(&workload).map_or(&[], |users| users)
    }

    /// Those of them that use what every replica does, in order.
    pub fn followers(&self, workload: WorkloadId) -> impl Iterator<Item = PodId> + '_ {
        let follows = |pod: &PodId| self.usage.row(*pod).is_some_and(|row| row.follows);
        self.users(workload).iter().copied().filter(follows)
    }

    /// The containers of a pod use this from now on; whether it follows its workload from now on. No
    /// fact if that was so before.
    ///
    /// # Panics
    /// If the pod is on no node.
    pub fn pod_uses(&mut self, pod: PodId, containers: &[Used], follows: bool) -> Option<Fact> {
        let node = self.pods.phase(pod).node().expect("only a pod on a node uses anything");
        let workload = self.pods.workload(pod);
        if let Some(row) = self.usage.row(pod) {
            if row.containers == containers && row.follows == follows {
                return None;
            }
        } else {
            self.usage
                .pods
                .insert(pod, PodUsage { node, containers: Vec::new(), held: Vec::new(), follows });
            self.usage.nodes.slot(node).pods += 1;
            let users = self.usage.users.entry(workload).or_default();
            let at = users.partition_point(|other| *other < pod);
            users.insert(at, pod);
        }
        self.usage.set(pod, containers, follows);
        let Used { cpu, memory } = containers.iter().copied().sum();
        Some(Fact::PodUses { pod, workload, node, cpu, memory, follows })
    }

    /// The containers of every pod that follows a workload use this from now on. No fact if all of them
    /// did before.
    pub fn replicas_use(&mut self, workload: WorkloadId, containers: &[Used]) -> Option<Fact> {
        let Usage { pods, nodes, users } = &mut self.usage;
        let (mut count, mut changed) = (0_u32, false);
        for pod in users.get(&workload).into_iter().flatten() {
            let Some(row) = pods.get_mut(pod).filter(|row| row.follows) else { continue };
            count += 1;
            if row.containers != containers {
                changed = true;
                row.replace(containers, &mut nodes[row.node].used);
            }
        }
        if !changed {
            return None;
        }
        let Used { cpu, memory } = containers.iter().copied().sum();
        Some(Fact::ReplicasUse { workload, pods: count, cpu, memory })
    }
}

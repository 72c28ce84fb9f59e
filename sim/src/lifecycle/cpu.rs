//! The CPU of nodes: which pods get less of it than they would use, because of their limits or because
//! others want it, too.
//!
//! Pods of a node share what is allocatable on it: the system is taken to use what is reserved for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::Fact;
use crate::kubelet::cpu::{divide, weight};
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::resources::Lane;
use crate::world::World;

/// What pods get that do not get all.
#[derive(Clone, Debug, Default)]
pub struct Cpu {
    short: BTreeMap<PodId, Share>,
    /// Nodes whose pods want more than there is.
    full: BTreeSet<NodeId>,
}

/// What a pod gets, in milli-cores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Share {
    demand: u64,
    limited: u64,
    granted: u64,
}

impl Share {
    fn is_whole(self) -> bool {
        self.granted == self.demand
    }
}

impl Cpu {
    /// What pods use on a node has changed, of this pod if of one: what others get now, each with how
    /// fast it gets on, in thousandths of full speed.
    pub fn changed(
        &mut self,
        world: &World,
        node: NodeId,
        pod: Option<PodId>,
    ) -> Vec<(Fact, PodId, u32)> {
        let total = world.view(node).shape().allocatable[Lane::CPU];
        let was_full = self.full.contains(&node);
        if !was_full && world.usage_on(node).cpu <= total {
            let alone = pod.and_then(|pod| Some((pod, unshared(world, pod)?)));
            let changed = alone.and_then(|(pod, share)| self.set(world, node, pod, share));
            return changed.into_iter().collect();
        }
        let on_node = world.placement().pods_on(node).iter();
        let mut shares: Vec<(PodId, Share)> =
            on_node.filter_map(|pod| Some((*pod, unshared(world, *pod)?))).collect();
        let wants: Vec<(u64, u64)> = shares
            .iter()
            .map(|(pod, share)| (share.limited, weight(world.spec_of(*pod).requests[Lane::CPU])))
            .collect();
        let is_full = wants.iter().map(|(want, _)| want).sum::<u64>() > total;
        match is_full {
            true => self.full.insert(node),
            false => self.full.remove(&node),
        };
        if is_full {
            for ((_, share), granted) in shares.iter_mut().zip(divide(&wants, total)) {
                share.granted = granted;
            }
        }
        let each = shares.into_iter();
        each.filter_map(|(pod, share)| self.set(world, node, pod, share)).collect()
    }

    /// A pod is no more.
    pub fn pod_ends(&mut self, pod: PodId) {
        self.short.remove(&pod);
    }

    /// A node is gone.
    pub fn node_ends(&mut self, node: NodeId) {
        self.full.remove(&node);
    }

    /// Whether the pods of a node want more than there is.
    #[must_use]
    pub fn is_full(&self, node: NodeId) -> bool {
        self.full.contains(&node)
    }

    fn set(
        &mut self,
        world: &World,
        node: NodeId,
        pod: PodId,
        share: Share,
    ) -> Option<(Fact, PodId, u32)> {
        let before = match share.is_whole() {
            true => self.short.remove(&pod),
            false => self.short.insert(pod, share),
        };
        let same = before.map_or(share.is_whole(), |before| before == share);
        if same {
            return None;
        }
        let Share { demand, limited, granted } = share;
        let workload = world.pods().workload(pod);
        let fact = Fact::CpuShared { pod, workload, node, demand, limited, granted };
        let speed = (u128::from(granted) * 1_000).checked_div(u128::from(demand)).unwrap_or(1_000);
        Some((fact, pod, u32::try_from(speed).unwrap_or(1_000).max(1)))
    }
}

/// What a pod would get alone: what it uses, within the limits of its containers.
fn unshared(world: &World, pod: PodId) -> Option<Share> {
    let demand = world.pod_usage(pod)?.cpu;
    let list = &world.spec_of(pod).containers.list;
    let limited = if list.is_empty() {
        demand
    } else {
        let each = list.iter().enumerate().filter_map(|(place, container)| {
            let used = world.usage_of(pod, place)?.cpu;
            Some(container.resources.limits.cpu.map_or(used, |limit| limit.min(used)))
        });
        each.sum()
    };
    Some(Share { demand, limited, granted: limited })
}

//! Node groups of the Cluster Autoscaler: a pool that buys machines of several sizes, or in both ways, is
//! several of them, because the program takes all nodes of a group to be alike.
// Cluster Autoscaler FAQ, "How can I scale a node group with mixed instances": the same CPU and memory

use std::collections::BTreeMap;

use sim::providers::Provider;

use crate::bought::Bought;
use crate::file::{Capacity, CapacityTypes, Instance, Pool};

/// What machines of one group have in common: milli-cores, bytes, architecture, accelerators.
type Size = (u64, u64, String, u64);

/// The groups of a pool; itself if it is one.
pub(crate) fn of(pool: &Pool, provider: &'static Provider, region: &str) -> Vec<Pool> {
    let mut sizes: BTreeMap<Size, Vec<Instance>> = BTreeMap::new();
    for instance in &pool.instance_types {
        // What is wrong with a type is said when the pool is lowered.
        let Ok(bought) = Bought::of(instance, provider, region) else { return vec![pool.clone()] };
        let size = (bought.capacity.0, bought.capacity.1, bought.arch, bought.gpus);
        sizes.entry(size).or_default().push(instance.clone());
    }
    let ways: Vec<Capacity> =
        [Capacity::Spot, Capacity::OnDemand].into_iter().filter(|way| pool.buys(*way)).collect();
    if sizes.len() <= 1 && ways.len() <= 1 {
        return vec![pool.clone()];
    }
    let mut groups = Vec::new();
    for ((cpu, memory, arch, gpus), instance_types) in &sizes {
        for way in &ways {
            let mut name = pool.name.clone();
            if sizes.len() > 1 {
                name += &format!("-{}x{}", cpu / 1_000, memory >> 30);
                let arm = arch == "arm64";
                name += if arm { "-arm" } else { "" };
                name += &if *gpus > 0 { format!("-{gpus}gpu") } else { String::new() };
            }
            if ways.len() > 1 {
                name += match way {
                    Capacity::Spot => "-spot",
                    Capacity::OnDemand => "-on-demand",
                };
            }
            groups.push(Pool {
                name,
                // The first begins with the nodes of all.
                count: pool.count.filter(|_| groups.is_empty()),
                instance_types: instance_types.clone(),
                capacity_type: Some(CapacityTypes::One(*way)),
                ..pool.clone()
            });
        }
    }
    groups
}

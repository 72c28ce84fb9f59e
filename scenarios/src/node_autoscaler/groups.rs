//! Node groups of the Cluster Autoscaler: a pool that buys machines of several sizes, or in both ways, is
//! several of them, because the program takes all nodes of a group to be alike.
// Cluster Autoscaler FAQ, "How can I scale a node group with mixed instances": the same CPU and memory

use std::collections::BTreeMap;

use sim::providers::Provider;

use super::requirements;
use crate::bought::Bought;
use crate::file::node_autoscaler::Requirement;
use crate::file::{Capacity, CapacityTypes, Instance, Pool};
use crate::node_labels;

/// What machines of one group have in common: milli-cores, bytes, architecture, accelerators.
type Size = (u64, u64, String, u64);

/// The groups of a pool; itself if it is one.
pub(crate) fn of(pool: &Pool, provider: &'static Provider, region: &str) -> Vec<Pool> {
    let allowed = Allowed::of(pool, provider, region);
    // By size, and whether on spot.
    let mut sizes: BTreeMap<Size, BTreeMap<bool, Vec<Instance>>> = BTreeMap::new();
    for instance in &pool.instance_types {
        // What is wrong with a type is said when the pool is lowered.
        let Ok(bought) = Bought::of(instance, provider, region) else { return vec![pool.clone()] };
        for spot in [true, false] {
            if allowed.is_bought(&bought, spot) {
                let arch = bought.arch.clone();
                let size = (bought.capacity.0, bought.capacity.1, arch, bought.gpus);
                let of_size = sizes.entry(size).or_default();
                of_size.entry(spot).or_default().push(instance.clone());
            }
        }
    }
    let groups: usize = sizes.values().map(BTreeMap::len).sum();
    if groups <= 1 {
        let way = sizes.values().flat_map(BTreeMap::keys).next().copied();
        let capacity_type = way.map(one_way).or_else(|| pool.capacity_type.clone());
        return vec![Pool { capacity_type, ..pool.clone() }];
    }
    let both = sizes.values().any(|ways| ways.len() > 1);
    // Nodes of a cluster are there without being counted.
    let is_found = pool.match_labels.is_some() || !pool.nodes.is_empty();
    let mut groups = Vec::new();
    for (size, ways) in &sizes {
        for (spot, instance_types) in ways.iter().rev() {
            let mut name = pool.name.clone();
            if sizes.len() > 1 {
                name += &suffix(size);
            }
            if both {
                name += if *spot { "-spot" } else { "-on-demand" };
            }
            groups.push(Pool {
                name,
                // The first begins with the nodes of all.
                count: pool.count.filter(|_| groups.is_empty() && !is_found),
                instance_types: instance_types.clone(),
                capacity_type: Some(one_way(*spot)),
                ..pool.clone()
            });
        }
    }
    groups
}

/// `-4x16` for 4 CPUs and 16 GiB.
fn suffix((cpu, memory, arch, gpus): &Size) -> String {
    let arm = if arch == "arm64" { "-arm" } else { "" };
    let gpus = if *gpus > 0 { format!("-{gpus}gpu") } else { String::new() };
    format!("-{}x{}{arm}{gpus}", cpu / 1_000, memory >> 30)
}

fn one_way(spot: bool) -> CapacityTypes {
    CapacityTypes::One(if spot { Capacity::Spot } else { Capacity::OnDemand })
}

/// What a pool may buy.
struct Allowed<'p> {
    pool: &'p Pool,
    provider: &'static Provider,
    region: &'p str,
    zones: Vec<String>,
    requirements: Vec<Requirement>,
}

impl<'p> Allowed<'p> {
    fn of(pool: &'p Pool, provider: &'static Provider, region: &'p str) -> Allowed<'p> {
        let zones = node_labels::zones(pool, provider, region);
        Allowed { pool, provider, region, zones, requirements: requirements::of(pool) }
    }

    /// Whether there may be a node of a machine in any zone. What is not sold on spot is none there.
    fn is_bought(&self, bought: &Bought, spot: bool) -> bool {
        let Allowed { pool, provider, region, zones, requirements } = self;
        let way = if spot { Capacity::Spot } else { Capacity::OnDemand };
        let in_zone = |zone: &String| {
            let node = node_labels::Node { pool, bought, spot, region, zone };
            let mut labels = node_labels::of(node, provider);
            labels.extend(requirements::custom_labels(pool));
            requirements::unmet(requirements, &labels).is_none()
        };
        pool.buys(way) && (!spot || bought.spot.is_some()) && zones.iter().any(in_zone)
    }
}

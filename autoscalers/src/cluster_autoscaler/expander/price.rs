//! price: the options whose nodes cost the least for what pods request, of a size that suits the cluster.
// Cluster Autoscaler: expander/price/price.go, preferred.go

use sim::model::resources::Lane;

use super::{About, ExpansionOption, least_by};
use crate::cluster_autoscaler::requests::Requests;

/// What a pod is taken to cost in an hour, in US dollars.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PodPrices {
    /// For a core.
    pub core: f64,
    /// For a GiB of memory.
    pub gib: f64,
}

impl Default for PodPrices {
    /// What a core and a GiB of the general purpose machines of Compute Engine cost.
    // Cluster Autoscaler: cloudprovider/gce/gce_price_info.go
    fn default() -> Self {
        PodPrices { core: 0.033_174, gib: 0.004_446 }
    }
}

/// The pod that keeps small sums from deciding.
// priceStabilizationPod: 500m and 500 MiB
const STABILIZATION: Requests = Requests { cpu: 500, memory: 500 << 20 };

/// How unfit a node with a GPU is for pods that need none.
const GPU_UNFITNESS: f64 = 1_000.0;

impl PodPrices {
    fn of(&self, requests: Requests) -> f64 {
        let cores = requests.cpu as f64 / 1_000.0;
        let gib = requests.memory as f64 / f64::from(1 << 30);
        cores * self.core + gib * self.gib
    }
}

/// The preferred number of cores of a node, by how many nodes the cluster has.
#[must_use]
pub fn preferred_cpu(nodes: usize) -> u64 {
    const SIZES: [(usize, u64); 5] = [(2, 1), (6, 2), (20, 4), (60, 8), (200, 16)];
    SIZES.iter().find(|(most, _)| nodes <= *most).map_or(32, |(_, cores)| *cores)
}

pub(super) fn best<'o>(
    options: Vec<&'o ExpansionOption>,
    about: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    let stabilization = about.pod_prices.of(STABILIZATION);
    let preferred = preferred_cpu(about.nodes) as f64;
    least_by(options, |option| {
        let group = about.group(option);
        let nodes = f64::from(option.nodes);
        let cost = group.price(about.world) * nodes + stabilization;
        let worth = about.pod_prices.of(about.requests(option)) + stabilization;
        let capacity = group.capacity(about.world);
        let cores = capacity[Lane::CPU] as f64 / 1_000.0;
        let unfitness = (preferred / cores).max(cores / preferred);
        let suppressed = (unfitness - 1.0) * (1.0 - libm::tanh((nodes - 1.0) / 15.0)) + 1.0;
        let unfitness = if has_gpu(about, &capacity) { GPU_UNFITNESS } else { suppressed };
        unfitness * (cost / worth)
    })
}

fn has_gpu(about: &About<'_>, capacity: &sim::model::resources::Resources) -> bool {
    let gpu = about.world.model().known_lane(crate::cluster_autoscaler::GPU);
    gpu.is_some_and(|lane| capacity[lane] > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Cluster Autoscaler: expander/price/preferred_test.go
    #[test]
    fn nodes_are_to_grow_with_the_cluster() {
        let preferred = [1, 2, 3, 6, 7, 20, 21, 60, 61, 200, 201].map(preferred_cpu);
        assert_eq!(preferred, [1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32]);
    }
}

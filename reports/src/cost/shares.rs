//! Shares: how the price of a machine is split between its resources, and so between its pods.

use sim::Legend;
use sim::model::resources::{LANES, Lane, Resources};

/// OpenCost's default prices, as weights: per vCPU, per GiB and per GPU, in millionths of a dollar
/// an hour.
// opencost/opencost: configs/default.json (CPU, RAM, GPU)
const CPU: u128 = 31_611;
const MEMORY: u128 = 4_237;
const GPU: u128 = 950_000;

/// What an amount of resources weighs in the price of a machine.
#[derive(Clone, Debug)]
pub struct Weights {
    /// The lanes that are GPUs.
    gpus: Vec<Lane>,
}

impl Weights {
    /// The weights of a scenario.
    #[must_use]
    pub fn new(legend: &Legend) -> Weights {
        let lanes = (0..LANES).filter_map(|lane| u8::try_from(lane).ok()).map(Lane);
        let is_gpu = |lane: &Lane| legend.model.lane_name(*lane).ends_with("/gpu");
        Weights { gpus: lanes.filter(is_gpu).collect() }
    }

    /// What all of an amount weighs, in arbitrary units.
    #[must_use]
    pub fn of(&self, amount: &Resources) -> u128 {
        let gpus: u128 = self.gpus.iter().map(|lane| u128::from(amount[*lane])).sum();
        cpu(amount[Lane::CPU]) + memory(amount[Lane::MEMORY]) + gpus * GPU * (1 << 20)
    }
}

/// What thousandths of a vCPU weigh.
#[must_use]
pub fn cpu(milli: u64) -> u128 {
    u128::from(milli) * CPU * (1 << 20) / 1_000
}

/// What bytes of memory weigh.
#[must_use]
pub fn memory(bytes: u64) -> u128 {
    u128::from(bytes) * MEMORY / (1 << 10)
}

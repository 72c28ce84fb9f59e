//! Exposure: how much of what was never seen one replication may see, which turns a share of
//! replications into a rate.

use sim::{Legend, Run};

use crate::figures::Figures;

/// How much one replication may see of what none of them saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure {
    /// Nodes taken, in one replication.
    pub(super) nodes: Option<f64>,
    /// Pods disrupted, in one replication.
    pub(super) pods: Option<f64>,
}

impl Exposure {
    /// Nothing: where reclaims have no rate, what did not happen cannot.
    pub(super) const NONE: Exposure = Exposure { nodes: None, pods: None };

    /// What the worst replication saw; if none saw any, every spot node once, with its share of the
    /// replicas.
    pub(super) fn of(runs: &[(Figures, Run)], legend: &Legend) -> Exposure {
        let window = legend.to.since(legend.from).as_ms() as f64 * runs.len() as f64;
        let sum = |of: fn(&Figures) -> u128| runs.iter().map(|(f, _)| of(f)).sum::<u128>() as f64;
        let spot = sum(|f| f.capacity.spot_ms) / window;
        if spot == 0.0 {
            return Exposure::NONE;
        }
        let replicas = sum(|f| f.availability.iter().map(|(_, it)| it.desired_ms).sum()) / window;
        let nodes = sum(|f| f.capacity.node_ms) / window;
        let worst = |of: fn(&Figures) -> u64| {
            let most = runs.iter().map(|(figures, _)| of(figures)).max();
            most.filter(|most| *most > 0).map(|most| most as f64)
        };
        let all = [spot.ceil(), (spot * (replicas / nodes).max(1.0)).ceil()];
        Exposure {
            nodes: worst(|f| f.disruption.reclaims).or(Some(all[0])),
            pods: worst(|f| f.disruption.ends.total()).or(Some(all[1])),
        }
    }
}

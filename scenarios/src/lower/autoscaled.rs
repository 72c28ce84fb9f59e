//! Pools whose nodes follow demand: what bounds them, and which nodes their requirements allow.

use std::collections::BTreeMap;

use sim::model::pool::{Autoscaled, Keeper, NodeTemplate};
use sim::model::resources::{Lane, Resources};

use super::Lowering;
use crate::bought::Bought;
use crate::file::{self, Pool};
use crate::node_autoscaler::requirements;
use crate::node_labels;
use crate::quantity::Quantity;
use crate::tree::Step;

/// How many nodes a node group has at most that does not say so.
const MAX_SIZE: u32 = 1_000;

impl Lowering<'_> {
    /// What bounds a pool that follows demand.
    pub(super) fn bounds(&mut self, pool: &Pool) -> Keeper {
        let mut bounds = Autoscaled {
            initial: pool.nodes_at_start(),
            weight: pool.weight.unwrap_or(0),
            ..Autoscaled::default()
        };
        match pool.keeper {
            file::Keeper::Karpenter => {
                (bounds.max_size, bounds.most) = self.limits(pool);
                // Karpenter: pkg/controllers/node/termination/controller.go
                bounds.terminates_drained = true;
            }
            file::Keeper::ClusterAutoscaler => {
                bounds.min_size = pool.min_size.unwrap_or(0);
                bounds.max_size = Some(pool.max_size.unwrap_or(MAX_SIZE));
            }
            file::Keeper::FixedSize => {}
        }
        Keeper::Autoscaled(bounds)
    }

    /// How many nodes a NodePool has at most, and what they have in sum.
    fn limits(&mut self, pool: &Pool) -> (Option<u32>, Resources) {
        let (mut nodes, mut most) = (None, Resources::UNLIMITED);
        for (resource, amount) in &pool.limits {
            let Ok(amount) = Quantity::parse(&amount.text()) else { continue };
            if resource == "nodes" {
                nodes = u32::try_from(amount.value()).ok();
            } else if let Some(lane) = self.model.lane(resource) {
                most[lane] = if lane == Lane::CPU { amount.milli() } else { amount.value() };
            }
        }
        (nodes, most)
    }

    /// Whether a pool's requirements allow a node; one that they do not is counted by the first that it
    /// does not meet.
    pub(super) fn allows(&mut self, pool: &Pool, spot: bool, bought: &Bought, zone: &str) -> bool {
        let wanted = requirements::of(pool);
        if wanted.is_empty() {
            return true;
        }
        let region = &self.file.region;
        let node = node_labels::Node { pool, bought, spot, region, zone };
        let mut labels = node_labels::of(node, self.provider);
        labels.extend(requirements::custom_labels(pool));
        let unmet = requirements::unmet(&wanted, &labels);
        if let Some(unmet) = unmet {
            *self.unmet.entry(requirements::written(unmet)).or_insert(0) += 1;
        }
        unmet.is_none()
    }

    /// What a NodePool may launch, with each value of the labels that only its requirements know: pods choose
    /// among them. All nodes of a node group are alike.
    // Karpenter: pkg/controllers/provisioning/scheduling/nodeclaimtemplate.go
    pub(super) fn with_each_value(
        &mut self,
        pool: &Pool,
        mut templates: Vec<NodeTemplate>,
    ) -> Vec<NodeTemplate> {
        if pool.keeper != file::Keeper::Karpenter {
            return templates;
        }
        for (key, values) in requirements::custom_values(pool) {
            let key = self.model.names.intern(&key);
            let with_the_first = templates.clone();
            for value in values.iter().skip(1) {
                let value = self.model.names.intern(value);
                templates.extend(with_the_first.iter().cloned().map(|mut template| {
                    template.shape.labels.set(key, value);
                    template
                }));
            }
        }
        templates
    }

    /// Says that a pool that follows demand could never launch anything.
    pub(super) fn refuse_what_never_launches(&mut self, pool: &Pool, path: &[Step]) {
        let unmet: BTreeMap<String, u32> = std::mem::take(&mut self.unmet);
        let most =
            unmet.iter().max_by_key(|(_, count)| **count).map(|(written, _)| written.as_str());
        let name = &pool.name;
        let (message, help) = match most {
            Some(written) => (
                format!(
                    "pool `{name}` can never launch a node: no instance type meets `{written}`"
                ),
                "`spotsim catalogue` lists types; correct the requirement, or `zones`".to_owned(),
            ),
            None => (
                format!("pool `{name}` can never launch a node: there is no instance type for it"),
                format!(
                    "the catalogue has none of {} in {}: list `instanceTypes`, and describe them in place",
                    self.provider.name, self.file.region
                ),
            ),
        };
        self.error("E1202", path, message, Some(help));
    }
}

//! Which domains there could be: what NodePools may launch, whether any node is there or not.

use indexmap::IndexMap;
use sim::model::taints::Taint;
use sim::names::NameId;

use super::node_filter::NodeFilter;
use crate::karpenter::input::{Cluster, NodePool};
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::Requirements;

/// The values that a label could have on a new node, each with the taints that nodes would have there.
// Karpenter: topologydomaingroup.go, topology.go buildDomainGroups
#[derive(Clone, Debug, Default)]
pub(crate) struct Domains<'a>(IndexMap<NameId, Vec<&'a [Taint]>>);

impl<'a> Domains<'a> {
    /// The domains of a label, over all NodePools that are given.
    pub(crate) fn of(key: NameId, cluster: &Cluster<'a>, pools: &[usize]) -> Domains<'a> {
        let mut domains = Domains::default();
        for pool in pools {
            let pool = &*cluster.node_pools[*pool];
            let of_pool = of_pool(key, pool, cluster);
            for number in &pool.instance_types {
                let of_type = cluster.instance_types[*number].requirements.get(key);
                let both = match (of_pool.as_ref(), of_type) {
                    (Some(one), Some(two)) => &one.intersection(two, cluster.names),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => continue,
                };
                // Whatever a requirement names is a domain, even if it names it to exclude it.
                both.values().iter().for_each(|value| domains.insert(*value, &pool.taints));
            }
            if let Some(listed) = of_pool.filter(Requirement::is_list) {
                listed.values().iter().for_each(|value| domains.insert(*value, &pool.taints));
            }
        }
        domains
    }

    fn insert(&mut self, domain: NameId, taints: &'a [Taint]) {
        let there = self.0.entry(domain).or_default();
        if taints.is_empty() {
            *there = vec![taints];
        } else if !there.iter().any(|set| set.is_empty() || *set == taints) {
            there.push(taints);
        }
    }

    /// The domains in which nodes would be counted.
    pub(crate) fn counted(&self, filter: &NodeFilter) -> impl Iterator<Item = NameId> {
        self.0.iter().filter_map(move |(domain, sets)| {
            sets.iter().any(|taints| !filter.refuses_taints(taints)).then_some(*domain)
        })
    }
}

/// What a NodePool requires of a label.
fn of_pool(key: NameId, pool: &NodePool, cluster: &Cluster<'_>) -> Option<Requirement> {
    let (keys, names) = (cluster.keys, cluster.names);
    let is_asked = |expression: &&super::super::requirement::Expression| {
        keys.normalized(expression.key) == key
    };
    let mut requirements = Requirements::of(pool.requirements.iter().filter(is_asked), keys, names);
    let labels = pool.labels.iter().filter(|(label, _)| keys.normalized(*label) == key).collect();
    requirements.add_all(&Requirements::of_labels(&labels, keys, names), names);
    requirements.get(key).cloned()
}

//! Workloads that are kept off spot, as a required node affinity keeps them.

use sim::providers::Provider;

use super::Cluster;
use crate::kube::{Expression, NodeSelectorTerm, Operator, PodSpec};

/// The label that nodes of every provider have here, besides what the provider sets.
const CAPACITY_TYPE: (&str, &str) = ("karpenter.sh/capacity-type", "spot");

impl Cluster<'_> {
    /// Keeps workloads, given as `namespace/name`, off spot from now on. Pods that run already stay
    /// where they are. Returns the names that no workload has.
    pub(crate) fn keep_off_spot<'n>(
        &mut self,
        names: &'n [String],
        provider: &Provider,
    ) -> Vec<&'n str> {
        let mut unknown = Vec::new();
        for name in names {
            let of = |it: &crate::workloads::Written| format!("{}/{}", it.namespace, it.name);
            let mut any = false;
            for (index, workload) in self.workloads.iter_mut().enumerate() {
                if of(workload) == *name {
                    any = true;
                    self.off_spot.insert(index);
                    keep_off_spot(&mut workload.spec.template.spec, provider);
                }
            }
            if !any {
                unknown.push(name.as_str());
            }
        }
        unknown
    }
}

/// Adds to what a pod requires of its node that it is not spot.
pub(crate) fn keep_off_spot(spec: &mut PodSpec, provider: &Provider) {
    let labels = provider.labels_of(true).chain([CAPACITY_TYPE]);
    let not_spot = labels.map(|(key, value)| Expression {
        key: key.to_owned(),
        operator: Operator::NotIn,
        values: vec![value.to_owned()],
    });
    let not_spot: Vec<Expression> = not_spot.collect();
    let affinity = spec.affinity.get_or_insert_default();
    let required = &mut affinity.node_affinity.get_or_insert_default().required;
    match required {
        // Terms are alternatives, so each of them has to require it.
        Some(required) => {
            for term in &mut required.node_selector_terms {
                term.match_expressions.extend(not_spot.iter().cloned());
            }
        }
        None => {
            let term = NodeSelectorTerm { match_expressions: not_spot, match_fields: Vec::new() };
            required.get_or_insert_default().node_selector_terms.push(term);
        }
    }
}

//! Placement rules against the world as it stands.

use super::World;
use super::pods::Phase;
use crate::model::node::NodeId;
use crate::model::workload::WorkloadId;
use crate::terms::rules::{Census, Place, Rule};

impl World {
    /// A node, as rules look at it.
    #[must_use]
    pub fn place_for_rules(&self, node: NodeId) -> Place<'_> {
        let labels = &self.view(node).shape().labels;
        Place { node, labels, hostname: self.nodes().hostname(node) }
    }

    /// The pods of a rule in each domain, counted afresh.
    #[must_use]
    pub fn census(&self, rule: &Rule) -> Census {
        let model = self.model();
        let mut census = Census::new(rule, model);
        let is_there = |node: &&NodeId| !self.view(**node).is_lost();
        for node in self.registered().iter().filter(is_there) {
            if let Some(domain) = rule.domain(self.place_for_rules(*node), model) {
                census.node_joins(domain);
            }
        }
        for (id, workload) in model.workloads.iter() {
            if workload.created_at <= self.now() {
                census.wanted += self.replicas_of_rule(rule, id).unwrap_or(0);
            }
        }
        for pod in self.pods().ids().filter(|pod| rule.means(self.base_spec(*pod), model)) {
            let (phase, workload) = (self.pods().phase(pod), self.pods().workload(pod));
            let stays =
                !matches!(phase, Phase::Terminating { .. } | Phase::Ended(_) | Phase::Withdrawn);
            if stays && rule.replicas(workload, model).is_none() {
                census.wanted += 1;
            }
            if let Some(node) = phase.node().filter(|_| stays)
                && let Some(domain) = rule.domain(self.place_for_rules(node), model)
            {
                census.pod_comes(domain);
            }
        }
        census
    }

    fn replicas_of_rule(&self, rule: &Rule, workload: WorkloadId) -> Option<u32> {
        let replicas = rule.replicas(workload, &self.model)?;
        let selected = rule.means(self.model.workloads[workload].spec, &self.model);
        if selected { self.replicas(workload) } else { Some(replicas) }
    }
}

//! Pods that no node of the scenario takes even when it is empty: said before anything is simulated.

use std::collections::BTreeSet;

use sim::model::HOSTNAME_LABEL;
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::node::NodeShape;
use sim::model::pod::{NodeSelectorTerm, PodSpec};
use sim::model::resources::{Lane, Resources};
use sim::model::taints::tolerated;
use sim::names::NameId;

use super::Lowering;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::workloads::Written;

/// As many values are listed as are read at a glance.
const MOST_LISTED: usize = 5;

impl Lowering<'_> {
    /// Says which workloads have pods that no node takes even when it is empty.
    pub(super) fn warn_of_what_fits_nowhere(&mut self, workloads: &[Written]) {
        let mut found = Vec::new();
        for (workload, written) in self.model.workloads.rows().zip(workloads) {
            let spec = &self.model.specs[workload.spec];
            let who = format!("{:?} {}/{}", written.kind, written.namespace, written.name);
            let at = |code, message: String| {
                Diagnostic::new(code, message).at(&written.source, written.span.clone())
            };
            if let Some((why, help)) = self.labels_nowhere(spec) {
                let mut diagnostic = at("W0011", format!("{who} finds no node: {why}"));
                diagnostic.help = help;
                found.push(diagnostic);
            }
            if let Some(name) = spec.node_name.map(|name| self.model.names.text(name))
                && !self.can_be_a_node(name)
            {
                let message = format!("{who} names the node `{name}`, which is never there");
                let help = "take `nodeName` out, so that the scheduler finds a node, or select one by \
                            its labels (`nodeSelector`)";
                found.push(at("W0019", message).help(help));
            }
            if let Some(why) = self.too_large_or_unwelcome(spec) {
                let message = format!("{who} fits on no node of this scenario: {why}");
                found.push(at("W0001", message));
            }
        }
        found.into_iter().for_each(|diagnostic| self.found.push(diagnostic));
    }

    /// Whether a node of this name stands at the start, or may be launched: its pool's name and number.
    fn can_be_a_node(&self, name: &str) -> bool {
        let number = |rest: &str| {
            let digits = rest.strip_prefix('-').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        let names = &self.model.names;
        let mut pools = self.model.pools.rows().map(|pool| names.text(pool.name));
        self.model.start.nodes.iter().any(|node| names.text(node.name) == name)
            || pools.any(|pool| name.strip_prefix(pool).is_some_and(number))
    }

    /// Everything that pools may launch, and what stands already.
    fn shapes(&self) -> impl Iterator<Item = &NodeShape> {
        let launched = self.model.pools.rows().flat_map(|pool| &pool.templates);
        let standing = self.model.start.nodes.iter().map(|node| &node.shape);
        launched.map(|template| &template.shape).chain(standing)
    }

    fn too_large_or_unwelcome(&self, spec: &PodSpec) -> Option<String> {
        let fits = |shape: &NodeShape| spec.requests.fits(&Resources::ZERO, &shape.allocatable);
        let welcome = |shape: &NodeShape| {
            shape.taints.iter().all(|taint| tolerated(&spec.tolerations, taint))
        };
        if self.shapes().any(|shape| fits(shape) && welcome(shape)) {
            return None;
        }
        if self.shapes().any(fits) {
            return Some("every node it fits on has a taint it does not tolerate".into());
        }
        let (cpu, memory) = (spec.requests[Lane::CPU], spec.requests[Lane::MEMORY] >> 20);
        Some(format!("it asks for {cpu}m CPU and {memory} MiB"))
    }

    /// Why no node has the labels that a pod asks for, and what may have been meant; nothing if one
    /// has them.
    // kube-scheduler: plugins/nodeaffinity, GetRequiredNodeAffinity: the selector and one of the terms
    fn labels_nowhere(&self, spec: &PodSpec) -> Option<(String, Option<String>)> {
        let selector: Vec<Requirement> = spec
            .node_selector
            .iter()
            .map(|(key, value)| Requirement { key: *key, operator: Operator::In(vec![*value]) })
            .collect();
        let none = [NodeSelectorTerm { labels: Vec::new(), name: Vec::new() }];
        let terms = spec.required_affinity.as_deref();
        let allowed = |labels: &LabelSet, all: &[Requirement]| {
            all.iter().all(|requirement| self.may_be(requirement, labels))
        };
        let term_allows = |shape: &NodeShape, term: &NodeSelectorTerm| {
            // A term without anything in it matches no node.
            (terms.is_none() || !term.labels.is_empty() || !term.name.is_empty())
                && allowed(&shape.labels, &term.labels)
        };
        let mut shapes = self.shapes().peekable();
        shapes.peek()?;
        let terms_or_none = terms.unwrap_or(&none);
        if shapes.any(|shape| {
            allowed(&shape.labels, &selector)
                && terms_or_none.iter().any(|term| term_allows(shape, term))
        }) {
            return None;
        }
        let asked = selector.iter().chain(terms_or_none.iter().flat_map(|term| &term.labels));
        let nowhere = |one: &&Requirement| !self.shapes().any(|it| self.may_be(one, &it.labels));
        let of_selector = selector.iter().find(nowhere);
        let of_terms = || terms_or_none.iter().flat_map(|term| &term.labels).find(nowhere);
        Some(match of_selector.or_else(of_terms) {
            Some(one) => self.unknown(one),
            None => {
                let all: Vec<String> = asked.map(|one| self.in_words(one)).collect();
                (format!("none has all of {}", all.join(", ")), None)
            }
        })
    }

    /// Whether a node with these labels satisfies a requirement; what it will be called is not known.
    fn may_be(&self, requirement: &Requirement, labels: &LabelSet) -> bool {
        let names = &self.model.names;
        names.text(requirement.key) == HOSTNAME_LABEL
            || requirement.allows(labels.get(requirement.key), names)
    }

    /// What is wrong with a requirement that no node satisfies, and what may have been meant.
    fn unknown(&self, requirement: &Requirement) -> (String, Option<String>) {
        let text = |name: NameId| self.model.names.text(name);
        let key = text(requirement.key);
        let values = self.shapes().filter_map(|shape| shape.labels.get(requirement.key));
        let values: BTreeSet<&str> = values.map(text).collect();
        if values.is_empty() {
            let keys: BTreeSet<&str> = self
                .shapes()
                .flat_map(|shape| shape.labels.iter())
                .map(|(key, _)| text(key))
                .collect();
            let near = did_you_mean(key, keys).map(|near| format!("did you mean `{near}`?"));
            let give = format!("give the pool it is meant for `labels: {{{key}: ...}}`");
            return (format!("none has the label `{key}`"), Some(near.unwrap_or(give)));
        }
        let near = match &requirement.operator {
            Operator::In(wanted) => {
                wanted.iter().find_map(|value| did_you_mean(text(*value), values.iter().copied()))
            }
            _ => None,
        };
        let mut there: Vec<&str> = values.iter().copied().take(MOST_LISTED).collect();
        if values.len() > MOST_LISTED {
            there.push("...");
        }
        let help = near.map_or_else(
            || format!("nodes have `{key}`: {}", there.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        (format!("none has {}", self.in_words(requirement)), Some(help))
    }

    fn in_words(&self, Requirement { key, operator }: &Requirement) -> String {
        let text = |name: &NameId| self.model.names.text(*name);
        let list = |values: &[NameId]| values.iter().map(text).collect::<Vec<_>>().join(", ");
        let key = text(key);
        match operator {
            Operator::In(values) if values.len() == 1 => format!("`{key}: {}`", list(values)),
            Operator::In(values) => format!("`{key}` in ({})", list(values)),
            Operator::NotIn(values) => format!("`{key}` not in ({})", list(values)),
            Operator::Exists => format!("`{key}`"),
            Operator::DoesNotExist => format!("no `{key}`"),
            Operator::Gt(bound) => format!("`{key}` > {bound}"),
            Operator::Lt(bound) => format!("`{key}` < {bound}"),
        }
    }
}

//! From placement rules as a scenario states them to rules that can be watched.

use std::collections::BTreeSet;

use sim::model::HOSTNAME_LABEL;
use sim::model::labels;
use sim::model::labels::Requirement;
use sim::names::NameId;
use sim::terms::rules::{Amount, Kind, Pods, Rule};

use super::Lowering;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::file::rules::{self, Bound, Operator, Per, Selector};
use crate::tree::Step;

/// What a rule can say.
const KINDS: &str = "`never`, `atLeast`, `atMost`, `apart` or `together`";

impl Lowering<'_> {
    /// Lowers every rule; pools and workloads must be there already.
    pub(super) fn rules(&mut self) {
        let mut names = BTreeSet::new();
        let file = self.file;
        for (index, rule) in file.rules.iter().enumerate() {
            if !names.insert(rule.name.as_str()) {
                let message = format!("rule `{}` is there twice", rule.name);
                self.error("E0203", &place(index, &["name"]), message, None);
            }
            let labels = self.selector(&rule.pod_selector, &place(index, &["podSelector"]));
            let namespace = rule.namespace.as_deref().map(|name| self.model.names.intern(name));
            let Some(kind) = self.kind(rule, index) else { continue };
            let rule = Rule { name: rule.name.clone(), pods: Pods { namespace, labels }, kind };
            self.warn_of_nothing(&rule, index);
            self.terms.rules.push(rule);
        }
    }

    /// The one thing that a rule says.
    fn kind(&mut self, rule: &rules::Rule, index: usize) -> Option<Kind> {
        let mut said: Vec<Option<Kind>> = Vec::new();
        if let Some(on) = &rule.never {
            let path = place(index, &["never", "nodeSelector"]);
            said.push(Some(Kind::Never { nodes: self.selector(&on.node_selector, &path) }));
        }
        if let Some(bound) = &rule.at_least {
            let bound = self.bound(bound, "atLeast", index);
            said.push(bound.map(|(amount, key)| Kind::AtLeast { amount, key }));
        }
        if let Some(bound) = &rule.at_most {
            let bound = self.bound(bound, "atMost", index);
            said.push(bound.map(|(amount, key)| Kind::AtMost { amount, key }));
        }
        if let Some(Per { topology_key }) = &rule.apart {
            let key = self.key(topology_key, "apart", index);
            said.push(key.map(|key| Kind::Apart { key }));
        }
        if let Some(Per { topology_key }) = &rule.together {
            let key = self.key(topology_key, "together", index);
            said.push(key.map(|key| Kind::Together { key }));
        }
        if said.len() != 1 {
            let much = if said.is_empty() { "nothing" } else { "more than one thing" };
            let message = format!("rule `{}` says {much}", rule.name);
            let help = format!("a rule says one of {KINDS}");
            self.error("E0401", &place(index, &[]), message, Some(help));
            return None;
        }
        said.pop().flatten()
    }

    fn bound(&mut self, bound: &Bound, field: &str, index: usize) -> Option<(Amount, NameId)> {
        let amount = self.amount(&bound.pods, &place(index, &[field, "pods"]));
        let key = self.key(&bound.topology_key, field, index);
        amount.zip(key)
    }

    fn amount(&mut self, amount: &rules::Amount, path: &[Step]) -> Option<Amount> {
        match amount {
            rules::Amount::Number(pods) => Some(Amount::Pods(*pods)),
            rules::Amount::Percent(text) => {
                let number = text.strip_suffix('%').and_then(|number| number.parse().ok());
                let percent = number.filter(|percent| *percent <= 100);
                if percent.is_none() {
                    let message = format!("`pods` is `{text}`, which is no percentage");
                    let help = "a number of pods, or a whole percentage from 0% to 100%";
                    self.error("E0104", path, message, Some(help.into()));
                }
                percent.map(Amount::Percent)
            }
        }
    }

    /// A label by which nodes form domains: one that some node has.
    fn key(&mut self, key: &str, field: &str, index: usize) -> Option<NameId> {
        let name = self.model.names.intern(key);
        let model = &self.model;
        let known: BTreeSet<&str> = model
            .node_labels()
            .flat_map(|labels| labels.iter().map(|(key, _)| model.names.text(key)))
            .chain([HOSTNAME_LABEL])
            .collect();
        if known.contains(key) {
            return Some(name);
        }
        let help = match did_you_mean(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let listed = known.into_iter().collect::<Vec<_>>().join(", ");
                format!("the labels of this scenario's nodes are {listed}")
            }
        };
        let message = format!("no node of this scenario has the label `{key}`");
        self.error("E0402", &place(index, &[field, "topologyKey"]), message, Some(help));
        None
    }

    fn selector(&mut self, selector: &Selector, path: &[Step]) -> Vec<Requirement> {
        let names = &mut self.model.names;
        let mut asked: Vec<Requirement> = Vec::new();
        for (key, value) in &selector.match_labels {
            let operator = labels::Operator::In(vec![names.intern(value)]);
            asked.push(Requirement { key: names.intern(key), operator });
        }
        for (index, it) in selector.match_expressions.iter().enumerate() {
            let names = &mut self.model.names;
            let values: Vec<NameId> = it.values.iter().map(|value| names.intern(value)).collect();
            let key = names.intern(&it.key);
            let compares = matches!(it.operator, Operator::In | Operator::NotIn);
            if compares == values.is_empty() {
                let wants = if compares { "needs `values`" } else { "takes no `values`" };
                let message = format!("`{:?}` {wants}", it.operator);
                let mut path = path.to_vec();
                path.extend(["matchExpressions".into(), index.into()]);
                self.error("E0401", &path, message, None);
            }
            let operator = match it.operator {
                Operator::In => labels::Operator::In(values),
                Operator::NotIn => labels::Operator::NotIn(values),
                Operator::Exists => labels::Operator::Exists,
                Operator::DoesNotExist => labels::Operator::DoesNotExist,
            };
            asked.push(Requirement { key, operator });
        }
        asked
    }

    /// A rule that selects no pod holds, but not for the reason that its author thinks.
    fn warn_of_nothing(&mut self, rule: &Rule, index: usize) {
        let model = &self.model;
        let created = model.workloads.rows().map(|workload| workload.spec);
        let found = model.start.pods.iter().map(|pod| pod.spec);
        let no_pod = !created.chain(found).any(|spec| rule.means(spec, model));
        let no_node = match &rule.kind {
            Kind::Never { nodes } => !model.node_labels().any(|labels| {
                let mut asked = nodes.iter().filter(|asked| asked.key != model.hostname_key);
                asked.all(|asked| asked.allows(labels.get(asked.key), &model.names))
            }),
            _ => false,
        };
        let (what, field) = match (no_pod, no_node) {
            (true, _) => ("pod", &["podSelector"][..]),
            (false, true) => ("node", &["never", "nodeSelector"][..]),
            (false, false) => return,
        };
        let message = format!("rule `{}` selects no {what} of this scenario", rule.name);
        let span = self.tree.at(&place(index, field)).span.clone();
        self.found.push(Diagnostic::new("W0002", message).at(self.source, span));
    }
}

/// Where a field of a rule stands.
fn place(index: usize, fields: &[&str]) -> Vec<Step> {
    let mut path = vec!["rules".into(), index.into()];
    path.extend(fields.iter().map(|field| Step::from(*field)));
    path
}

//! Labels, selectors of labels, taints and tolerations as the simulator keeps them.

use sim::Span;
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::pod::NodeSelectorTerm;
use sim::model::taints::{Effect, Taint, Toleration, TolerationOperator};
use sim::names::{NameId, Names};

use crate::file;
use crate::kube::{self, LabelSelector, Labels};

/// Taints of a pool as the simulator keeps them.
pub fn taints(written: &[file::Taint], names: &mut Names) -> Vec<Taint> {
    let taints = written.iter().map(|taint| Taint {
        key: names.intern(&taint.key),
        value: names.intern(&taint.value),
        effect: effect(taint.effect.into()),
    });
    taints.collect()
}

/// Labels as the simulator keeps them.
pub fn label_set(names: &mut Names, labels: &Labels) -> LabelSet {
    labels.iter().map(|(key, value)| (names.intern(key), names.intern(value))).collect()
}

/// What a selector asks of labels. Without any requirement, all labels satisfy it.
///
/// # Errors
/// A sentence that says what is wrong with it.
// apimachinery: pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector
pub fn requirements(
    names: &mut Names,
    selector: &LabelSelector,
) -> Result<Vec<Requirement>, String> {
    let equal = |(key, value): (&String, &String)| kube::Expression {
        key: key.clone(),
        operator: kube::Operator::In,
        values: vec![value.clone()],
    };
    let labels: Vec<kube::Expression> = selector.match_labels.iter().map(equal).collect();
    let all = labels.iter().chain(&selector.match_expressions);
    all.map(|expression| match expression.operator {
        kube::Operator::Gt | kube::Operator::Lt => {
            Err(format!("a label selector cannot compare (`{}`)", expression.key))
        }
        _ => requirement(names, expression)
            .ok_or_else(|| format!("what is asked of `{}` makes no sense", expression.key)),
    })
    .collect()
}

/// What is asked of one label; none if it makes no sense.
pub fn requirement(names: &mut Names, expression: &kube::Expression) -> Option<Requirement> {
    let values: Vec<NameId> = expression.values.iter().map(|value| names.intern(value)).collect();
    let bound = || expression.values.first().and_then(|value| value.parse().ok());
    let operator = match expression.operator {
        kube::Operator::In => Operator::In(values),
        kube::Operator::NotIn => Operator::NotIn(values),
        kube::Operator::Exists => Operator::Exists,
        kube::Operator::DoesNotExist => Operator::DoesNotExist,
        kube::Operator::Gt => Operator::Gt(bound()?),
        kube::Operator::Lt => Operator::Lt(bound()?),
    };
    Some(Requirement { key: names.intern(&expression.key), operator })
}

/// Required terms, if there are any to satisfy, and preferred ones with their weights.
pub fn node_affinity(
    names: &mut Names,
    affinity: Option<&kube::NodeAffinity>,
) -> (Option<Vec<NodeSelectorTerm>>, Vec<(i64, NodeSelectorTerm)>) {
    let Some(affinity) = affinity else { return (None, Vec::new()) };
    let required = affinity.required.as_ref().map(|required| node_selector(names, required));
    let mut preferred = Vec::new();
    for kube::PreferredSchedulingTerm { weight, preference } in &affinity.preferred {
        preferred.push((*weight, selector_term(names, preference)));
    }
    (required, preferred)
}

/// The terms of a node selector, of which one must match.
pub fn node_selector(names: &mut Names, selector: &kube::NodeSelector) -> Vec<NodeSelectorTerm> {
    selector.node_selector_terms.iter().map(|term| selector_term(names, term)).collect()
}

/// A term of an affinity. One that makes no sense matches nothing, and yet the nodes that it names
/// are named.
pub fn selector_term(names: &mut Names, term: &kube::NodeSelectorTerm) -> NodeSelectorTerm {
    let mut makes_sense = true;
    let mut all = |expressions: &[kube::Expression], one_value: bool| -> Vec<Requirement> {
        let understood = expressions.iter().filter_map(|expression| {
            let requirement = requirement(names, expression);
            makes_sense &= requirement.is_some() && (!one_value || expression.values.len() == 1);
            requirement
        });
        understood.collect()
    };
    let (mut labels, name) = (all(&term.match_expressions, false), all(&term.match_fields, true));
    if !makes_sense {
        let key = names.intern("(what makes no sense)");
        labels.push(Requirement { key, operator: Operator::In(Vec::new()) });
    }
    NodeSelectorTerm { labels, name }
}

/// An effect as the simulator knows it.
#[must_use]
pub fn effect(effect: kube::Effect) -> Effect {
    match effect {
        kube::Effect::NoSchedule => Effect::NoSchedule,
        kube::Effect::PreferNoSchedule => Effect::PreferNoSchedule,
        kube::Effect::NoExecute => Effect::NoExecute,
    }
}

/// A toleration as the simulator knows it.
pub fn toleration(names: &mut Names, toleration: &kube::Toleration) -> Toleration {
    let value = names.intern(&toleration.value);
    Toleration {
        key: toleration.key.as_deref().filter(|key| !key.is_empty()).map(|key| names.intern(key)),
        operator: match toleration.operator.as_deref() {
            None | Some("" | "Equal") => TolerationOperator::Equal(value),
            Some("Exists") => TolerationOperator::Exists,
            Some(_) => TolerationOperator::Never,
        },
        effect: toleration.effect.map(effect),
        seconds: toleration
            .toleration_seconds
            .map(|seconds| Span::from_secs_capped(u64::try_from(seconds).unwrap_or(0))),
    }
}

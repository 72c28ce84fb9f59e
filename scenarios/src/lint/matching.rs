//! Whether labels are selected and whether a pool's nodes take a pod, as a reviewer would reckon it
//! from the texts alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::Effect;
use crate::kube::{Expression, LabelSelector, Operator, PodSpec, Toleration};

/// Labels and what values they may have: those of one object, or those of all nodes of a pool.
pub(crate) type Labels = BTreeMap<String, BTreeSet<String>>;

/// The labels of one object.
pub(crate) fn labels(of: &BTreeMap<String, String>) -> Labels {
    of.iter().map(|(key, value)| (key.clone(), BTreeSet::from([value.clone()]))).collect()
}

/// Whether a selector selects these labels. No selector selects nothing.
pub(crate) fn selects(selector: Option<&LabelSelector>, labels: &Labels) -> bool {
    selector.is_some_and(|selector| {
        selector.match_labels.iter().all(|(key, value)| has(labels, key, value))
            && selector.match_expressions.iter().all(|expression| holds(expression, labels))
    })
}

/// Whether nodes with these labels and taints may take a pod.
pub(crate) fn admits(labels: &Labels, taints: &[crate::file::Taint], pod: &PodSpec) -> bool {
    let node_affinity = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = node_affinity.and_then(|affinity| affinity.required.as_ref());
    pod.node_selector.iter().all(|(key, value)| has(labels, key, value))
        && required.is_none_or(|selector| {
            let all_hold = |term: &[Expression]| term.iter().all(|one| holds(one, labels));
            selector.node_selector_terms.iter().any(|term| all_hold(&term.match_expressions))
        })
        && taints
            .iter()
            .filter(|taint| !matches!(taint.effect, Effect::PreferNoSchedule))
            .all(|taint| pod.tolerations.iter().any(|toleration| covers(toleration, taint)))
}

fn has(labels: &Labels, key: &str, value: &str) -> bool {
    labels.get(key).is_some_and(|values| values.contains(value))
}

/// Whether some of the values may fulfil a requirement.
fn holds(expression: &Expression, labels: &Labels) -> bool {
    let Expression { key, operator, values: wanted } = expression;
    let values = labels.get(key);
    match operator {
        Operator::In => values.is_some_and(|values| values.iter().any(|v| wanted.contains(v))),
        Operator::NotIn => values.is_none_or(|values| values.iter().any(|v| !wanted.contains(v))),
        Operator::DoesNotExist => values.is_none(),
        // What a number is compared with is not known from a pool's text: the benefit of the doubt.
        Operator::Exists | Operator::Gt | Operator::Lt => values.is_some(),
    }
}

fn covers(toleration: &Toleration, taint: &crate::file::Taint) -> bool {
    let exists = toleration.operator.as_deref() == Some("Exists");
    let key = toleration.key.as_deref().unwrap_or_default();
    (key == taint.key || (key.is_empty() && exists))
        && (exists || toleration.value == taint.value)
        && toleration.effect.is_none_or(|effect| effect == taint.effect.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(text: &str) -> PodSpec {
        let tree = crate::tree::parse(text).unwrap().remove(0);
        serde_json::from_value(tree.to_json()).unwrap()
    }

    #[test]
    fn a_pool_takes_a_pod_by_labels_and_taints() {
        let zones = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        let pool = Labels::from([
            ("zone".to_owned(), zones),
            ("capacity".to_owned(), BTreeSet::from(["spot".to_owned()])),
        ]);
        let taint = |effect| crate::file::Taint { key: "spot".into(), value: "yes".into(), effect };
        let taints = [taint(Effect::NoSchedule), taint(Effect::PreferNoSchedule)];
        let tolerates = "tolerations: [{key: spot, value: 'yes'}]\n";
        for (text, untainted, tainted) in [
            ("containers: []", true, false),
            (tolerates, true, true),
            ("tolerations: [{operator: Exists}]", true, true),
            ("tolerations: [{key: spot, value: 'no'}]", true, false),
            ("nodeSelector: {zone: a}", true, false),
            ("nodeSelector: {zone: c}", false, false),
            (&format!("{tolerates}nodeSelector: {{capacity: on-demand}}"), false, false),
            (&required("{key: zone, operator: NotIn, values: [a]}"), true, false),
            (&required("{key: capacity, operator: NotIn, values: [spot]}"), false, false),
            (&required("{key: gpu, operator: DoesNotExist}"), true, false),
        ] {
            let spec = pod(text);
            assert_eq!(admits(&pool, &[], &spec), untainted, "{text}");
            assert_eq!(admits(&pool, &taints, &spec), tainted, "{text}");
        }
    }

    fn required(expression: &str) -> String {
        format!(
            "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
             {{nodeSelectorTerms: [{{matchExpressions: [{expression}]}}]}}}}}}"
        )
    }
}

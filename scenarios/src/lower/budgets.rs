//! PodDisruptionBudgets: of which pods how many may be missing.

use std::collections::BTreeMap;

use sim::model::Model;
use sim::model::budget::{Amount, Budget, Limit};
use sim::model::selectors::{Namespaces, PodSelector};

use super::labels::requirements;
use crate::kube::{IntOrString, LabelSelector, PodDisruptionBudget};

/// A budget as its status says how it stands. `pods` are the start pods by `namespace/name`.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn as_seen(
    model: &mut Model,
    budget: &PodDisruptionBudget,
    pods: &BTreeMap<String, usize>,
) -> Result<Budget, String> {
    let namespace = budget.metadata.namespace();
    let disrupted = budget.status.disrupted_pods.keys();
    let disrupted = disrupted.filter_map(|pod| pods.get(&format!("{namespace}/{pod}")).copied());
    let (disrupted, allowed) = (disrupted.collect(), budget.status.disruptions_allowed);
    let limit = Limit::Allowed(i64::from(allowed));
    Ok(Budget { disrupted, limit, ..as_written(model, budget)? })
}

/// A budget as its spec demands.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn as_written(model: &mut Model, budget: &PodDisruptionBudget) -> Result<Budget, String> {
    let spec = &budget.spec;
    let limit = match (&spec.min_available, &spec.max_unavailable) {
        (Some(_), Some(_)) => {
            return Err("`minAvailable` and `maxUnavailable` exclude each other".into());
        }
        (Some(least), None) => Limit::MinAvailable(amount("minAvailable", least)?),
        (None, Some(most)) => Limit::MaxUnavailable(amount("maxUnavailable", most)?),
        (None, None) => Limit::MinAvailable(Amount::Pods(1)),
    };
    let names = &mut model.names;
    let namespace = names.intern(budget.metadata.namespace());
    // kube-scheduler: plugins/defaultpreemption filterPodsWithPDBViolation
    let selects_all = spec.selector.as_ref() == Some(&LabelSelector::default());
    let selector = match &spec.selector {
        None => None,
        Some(selector) => {
            let labels = requirements(names, selector)?;
            let namespaces = Namespaces::Only(vec![namespace]);
            Some(model.selectors.intern(PodSelector::Pods { namespaces, labels }))
        }
    };
    let name = names.intern(&budget.metadata.name);
    let unready_may_go = match spec.unhealthy_pod_eviction_policy.as_deref() {
        None | Some("IfHealthyBudget") => false,
        Some("AlwaysAllow") => true,
        Some(other) => {
            return Err(format!(
                "`unhealthyPodEvictionPolicy: {other}` is neither `IfHealthyBudget` nor \
                 `AlwaysAllow`"
            ));
        }
    };
    let disrupted = Vec::new();
    Ok(Budget { namespace, name, selector, selects_all, limit, unready_may_go, disrupted })
}

fn amount(field: &str, amount: &IntOrString) -> Result<Amount, String> {
    let wrong = |text: &str| format!("`{field}: {text}` is neither a number of pods nor a share");
    match amount {
        IntOrString::Int(pods) => {
            u32::try_from(*pods).map(Amount::Pods).map_err(|_| wrong(&pods.to_string()))
        }
        IntOrString::Text(text) => {
            let percent = text.strip_suffix('%').and_then(|number| number.parse().ok());
            percent.map(Amount::Percent).ok_or_else(|| wrong(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(spec: &str) -> PodDisruptionBudget {
        let text = format!(
            r#"{{"metadata": {{"name": "b", "namespace": "a"}}, "spec": {spec},
                "status": {{"disruptionsAllowed": 2, "disruptedPods": {{"p": "now", "q": "now"}}}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn limits_in_every_spelling() {
        let limit = |spec: &str| as_written(&mut Model::default(), &budget(spec)).map(|b| b.limit);
        assert_eq!(limit(r#"{"minAvailable": 3}"#), Ok(Limit::MinAvailable(Amount::Pods(3))));
        let share = limit(r#"{"maxUnavailable": "25%"}"#);
        assert_eq!(share, Ok(Limit::MaxUnavailable(Amount::Percent(25))));
        assert_eq!(limit("{}"), Ok(Limit::MinAvailable(Amount::Pods(1))));
        assert!(limit(r#"{"minAvailable": "many"}"#).unwrap_err().contains("neither"));
        assert!(limit(r#"{"minAvailable": -1}"#).is_err());
        assert!(limit(r#"{"minAvailable": 1, "maxUnavailable": 1}"#).is_err());
    }

    #[test]
    fn the_status_says_what_is_allowed_now() {
        let mut model = Model::default();
        let pods = BTreeMap::from([("a/p".to_owned(), 4), ("b/q".to_owned(), 5)]);
        let selector = r#"{"selector": {"matchLabels": {"app": "x"}}}"#;
        let seen = as_seen(&mut model, &budget(selector), &pods).unwrap();
        assert_eq!((seen.limit, seen.disrupted), (Limit::Allowed(2), vec![4]));
        assert!(seen.selector.is_some());
        let none = as_seen(&mut model, &budget(r#"{"selector": {}}"#), &pods).unwrap();
        assert!(none.selects_all, "to preemption, this selects none");
        let none = as_seen(&mut model, &budget("{}"), &pods).unwrap();
        assert_eq!((none.selector, none.selects_all), (None, false));
    }
}

//! ResourceQuotas: what they count, and which pods.

use sim::model::Model;
use sim::model::containers::QosClass;
use sim::model::quota::{Counted, Quota, QuotaId};
use sim::model::resources::Lane;
use sim::table::Id;

use super::Lowering;
use super::requests::amount;
use crate::diagnostic::Diagnostic;
use crate::kube::{self, PodSpec, ResourceQuota, ScopedSelectorRequirement};
use manifests::context::ClusterContext;

impl Lowering<'_> {
    /// What the quotas of the cluster count.
    pub(super) fn quota_limits(&mut self, context: &ClusterContext) {
        for (quota, error) in limits(&mut self.model, context) {
            let name = quota.metadata.full_name();
            self.found.push(Diagnostic::new("E0301", format!("ResourceQuota {name}: {error}")));
        }
    }
}

/// Adds the quotas of a cluster, in the order of the context: pods name them by that.
pub(crate) fn quotas(model: &mut Model, context: &ClusterContext) {
    for quota in context.quotas() {
        let namespace = model.names.intern(quota.metadata.namespace());
        let name = model.names.intern(&quota.metadata.name);
        model.quotas.push(Quota { namespace, name, hard: Vec::new() });
    }
}

/// Adds what quotas count, once all resources are known that pods request; those that are wrong are
/// handed back.
pub(crate) fn limits<'c>(
    model: &mut Model,
    context: &'c ClusterContext,
) -> Vec<(&'c ResourceQuota, String)> {
    let mut wrong = Vec::new();
    let ids: Vec<QuotaId> = model.quotas.ids().collect();
    for (id, quota) in ids.into_iter().zip(context.quotas()) {
        match hard(model, quota) {
            Ok(hard) => model.quotas[id].hard = hard,
            Err(error) => wrong.push((quota, error)),
        }
    }
    wrong
}

fn hard(model: &Model, quota: &ResourceQuota) -> Result<Vec<(Counted, u64)>, String> {
    let mut hard = Vec::new();
    for (name, quantity) in &quota.spec.hard {
        let quantity = quantity.amount().map_err(|error| format!("{name}: {error}"))?;
        if let Some((counted, resource)) = counted(model, name) {
            hard.push((counted, amount(resource, quantity)));
        }
    }
    Ok(hard)
}

/// What a key of `spec.hard` counts of pods, and the resource that is measured by; none if it counts
/// anything else, or a resource that no pod here requests.
// API server: pkg/quota/v1/evaluator/core/pods.go podResources, podComputeUsageHelper
fn counted<'k>(model: &Model, key: &'k str) -> Option<(Counted, &'k str)> {
    let native = |name: &str| match name {
        "cpu" => Some(Lane::CPU),
        "memory" => Some(Lane::MEMORY),
        "ephemeral-storage" => Some(Lane::EPHEMERAL_STORAGE),
        _ => None,
    };
    if matches!(key, "pods" | "count/pods") {
        return Some((Counted::Pods, key));
    }
    if let Some(name) = key.strip_prefix("limits.") {
        return Some((Counted::Limits(native(name)?), name));
    }
    let name = key.strip_prefix("requests.").unwrap_or(key);
    if let Some(lane) = native(name) {
        return Some((Counted::Requests(lane), name));
    }
    let is_counted = name.starts_with("hugepages-") || name.contains('/') && name != key;
    let lane = model.known_lane(name).filter(|_| is_counted)?;
    Some((Counted::Requests(lane), name))
}

/// The quotas that count a pod: those of its namespace whose every scope it is in.
// API server: pkg/quota/v1/evaluator/core/pods.go podMatchesScopeFunc
pub(super) fn quotas_of(
    model: &Model,
    context: &ClusterContext,
    (namespace, pod, qos): (&str, &PodSpec, QosClass),
) -> Vec<QuotaId> {
    let covers = |quota: &ResourceQuota| {
        let scopes = quota.spec.scopes.iter().map(|scope| ScopedSelectorRequirement {
            scope_name: scope.clone(),
            operator: "Exists".into(),
            values: Vec::new(),
        });
        let selector = quota.spec.scope_selector.iter().flat_map(|it| &it.match_expressions);
        quota.metadata.namespace() == namespace
            && scopes.chain(selector.cloned()).all(|scope| is_in(&scope, pod, qos))
    };
    let all = context.quotas().iter().take(model.quotas.len()).enumerate();
    all.filter(|(_, quota)| covers(quota)).map(|(index, _)| QuotaId::from_index(index)).collect()
}

fn is_in(scope: &ScopedSelectorRequirement, pod: &PodSpec, qos: QosClass) -> bool {
    match scope.scope_name.as_str() {
        "Terminating" => pod.active_deadline_seconds.is_some(),
        "NotTerminating" => pod.active_deadline_seconds.is_none(),
        "BestEffort" => qos == QosClass::BestEffort,
        "NotBestEffort" => qos != QosClass::BestEffort,
        "PriorityClass" => {
            let class = pod.priority_class_name.as_deref().filter(|name| !name.is_empty());
            let named = class.is_some_and(|class| scope.values.iter().any(|it| it == class));
            match scope.operator.as_str() {
                "In" => named,
                "NotIn" => !named,
                "DoesNotExist" => class.is_none(),
                _ => class.is_some(),
            }
        }
        "CrossNamespacePodAffinity" => names_namespaces(pod),
        _ => false,
    }
}

/// Whether a pod wants to be near pods of other namespaces, or far from them.
// API server: pkg/quota/v1/evaluator/core/pods.go usesCrossNamespacePodAffinity
fn names_namespaces(pod: &PodSpec) -> bool {
    let affinity = pod.affinity.as_deref();
    let both = affinity.map(|it| [&it.pod_affinity, &it.pod_anti_affinity]);
    both.into_iter().flatten().flatten().any(|affinity: &kube::PodAffinity| {
        let required = affinity.required.iter();
        let preferred = affinity.preferred.iter();
        let mut terms = required.chain(preferred.map(|it| &it.pod_affinity_term));
        terms.any(|term| !term.namespaces.is_empty() || term.namespace_selector.is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::super::containers::{Defaulting, qos_class};
    use super::*;
    use crate::kube::Object;

    /// The names of the quotas that count a pod.
    fn counting(all: &str, pod: &str) -> Vec<String> {
        let objects: Vec<Object> = serde_json::from_str(all).unwrap();
        let context = ClusterContext::of(&objects);
        let mut model = Model::default();
        quotas(&mut model, &context);
        let pod: PodSpec = serde_json::from_str(pod).unwrap();
        let qos = qos_class(&pod, Defaulting::Completed).unwrap();
        let found = quotas_of(&model, &context, ("shop", &pod, qos));
        found.iter().map(|id| model.names.text(model.quotas[*id].name).to_owned()).collect()
    }

    fn quota(name: &str, spec: &str) -> String {
        format!(
            r#"{{"apiVersion": "v1", "kind": "ResourceQuota", "spec": {spec},
                "metadata": {{"name": "{name}", "namespace": "shop"}}}}"#
        )
    }

    #[test]
    fn scopes_choose_pods() {
        let class = |operator: &str, values: &str| {
            format!(
                r#"{{"scopeSelector": {{"matchExpressions": [{{"scopeName": "PriorityClass",
                    "operator": "{operator}", "values": [{values}]}}]}}}}"#
            )
        };
        let quotas = [
            quota("all", "{}"),
            quota("bare", r#"{"scopes": ["BestEffort"]}"#),
            quota("sized", r#"{"scopes": ["NotBestEffort", "NotTerminating"]}"#),
            quota("short", r#"{"scopes": ["Terminating"]}"#),
            quota("high", &class("In", r#""high""#)),
            quota("not-high", &class("NotIn", r#""high""#)),
            quota("any-class", &class("Exists", "")),
            quota("no-class", &class("DoesNotExist", "")),
            quota("near", r#"{"scopes": ["CrossNamespacePodAffinity"]}"#),
            quota("other", "{}").replace("shop", "elsewhere"),
        ];
        let quotas = format!("[{}]", quotas.join(", "));
        let bare = counting(&quotas, r#"{"activeDeadlineSeconds": 60}"#);
        assert_eq!(bare, ["all", "bare", "short", "not-high", "no-class"]);
        let high = counting(
            &quotas,
            r#"{"priorityClassName": "high", "containers": [{"resources": {"limits": {"cpu": 1}}}],
                "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
                [{"topologyKey": "zone", "namespaces": ["db"]}]}}}"#,
        );
        assert_eq!(high, ["all", "sized", "high", "any-class", "near"]);
    }

    #[test]
    fn keys_of_a_quota() {
        let mut model = Model::default();
        let gpu = model.lane("nvidia.com/gpu").unwrap();
        let of = |key| counted(&model, key).map(|(counted, _)| counted);
        assert_eq!(of("pods"), Some(Counted::Pods));
        assert_eq!(of("cpu"), Some(Counted::Requests(Lane::CPU)));
        assert_eq!(of("requests.memory"), Some(Counted::Requests(Lane::MEMORY)));
        assert_eq!(of("limits.cpu"), Some(Counted::Limits(Lane::CPU)));
        assert_eq!(of("requests.nvidia.com/gpu"), Some(Counted::Requests(gpu)));
        assert_eq!(of("nvidia.com/gpu"), None, "not counted without `requests.`");
        assert_eq!(of("requests.storage"), None);
        assert_eq!(of("count/services"), None);
        assert_eq!(of("requests.a.b/unused"), None);
    }
}

//! What LimitRanges give to containers that do not state what they need.
// API server: plugin/pkg/admission/limitranger/admission.go PodMutateLimitFunc

use std::collections::BTreeSet;

use crate::kube::{Container, LimitRange, LimitRangeItem, PodSpec, ResourceList};

/// The type of a bound of containers.
pub const CONTAINER: &str = "Container";
/// The type of a bound of pods.
pub const POD: &str = "Pod";

/// Completes the containers of a pod that comes into a namespace with these LimitRanges.
pub fn complete(pod: &mut PodSpec, ranges: &[LimitRange]) {
    for range in ranges {
        let (requests, limits) = defaults(range);
        for container in pod.containers.iter_mut().chain(&mut pod.init_containers) {
            give(container, &requests, &limits);
        }
    }
}

/// The resources whose bounds are kept to.
const BOUNDED: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// What a LimitRange says and pods are not held to, as it is counted.
#[must_use]
pub fn not_kept_to(range: &LimitRange) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for item in &range.spec.limits {
        if !matches!(item.kind.as_str(), CONTAINER | POD) {
            all.insert(format!("LimitRange: bounds of the type {}", item.kind));
            continue;
        }
        let bounds = [&item.min, &item.max, &item.max_limit_request_ratio];
        let names = bounds.into_iter().flat_map(ResourceList::keys);
        for name in names.filter(|name| !BOUNDED.contains(&name.as_str())) {
            all.insert(format!("LimitRange: bounds of {name}"));
        }
    }
    all
}

/// The requests and limits of containers that state none.
// limitranger/admission.go defaultContainerResourceRequirements
fn defaults(range: &LimitRange) -> (ResourceList, ResourceList) {
    let (mut requests, mut limits) = (ResourceList::new(), ResourceList::new());
    for item in range.spec.limits.iter().filter(|it| it.kind == CONTAINER) {
        let (own_requests, own_limits) = completed(item);
        requests.extend(own_requests);
        limits.extend(own_limits);
    }
    (requests, limits)
}

/// The defaults of one item: what is not given is the maximum, the default limit, the minimum.
// API server: apis/core/v1/defaults.go SetDefaults_LimitRangeItem
fn completed(item: &LimitRangeItem) -> (ResourceList, ResourceList) {
    let or = |mut one: ResourceList, other: &ResourceList| {
        for (name, quantity) in other {
            one.entry(name.clone()).or_insert_with(|| quantity.clone());
        }
        one
    };
    let limits = or(item.default.clone(), &item.max);
    let requests = or(or(item.default_request.clone(), &limits), &item.min);
    (requests, limits)
}

/// Gives a container what it does not state. Its own limit counts as a request before a default does.
// API server: apis/core/v1/defaults.go SetDefaults_Pod, before any admission;
// limitranger/admission.go mergeContainerResources
fn give(container: &mut Container, requests: &ResourceList, limits: &ResourceList) {
    let own = &mut container.resources;
    for (name, limit) in &own.limits {
        own.requests.entry(name.clone()).or_insert_with(|| limit.clone());
    }
    for (name, limit) in limits {
        own.limits.entry(name.clone()).or_insert_with(|| limit.clone());
    }
    for (name, request) in requests {
        own.requests.entry(name.clone()).or_insert_with(|| request.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ranges(items: &[serde_json::Value]) -> Vec<LimitRange> {
        let range = |item| json!({"metadata": {"name": "r"}, "spec": {"limits": [item]}});
        items.iter().map(|it| serde_json::from_value(range(it)).unwrap()).collect()
    }

    /// What a container with these resources has when it comes into a namespace with these bounds.
    fn completed(items: &[serde_json::Value], resources: &serde_json::Value) -> serde_json::Value {
        let pod = json!({"initContainers": [{"resources": resources}],
            "containers": [{"resources": resources}]});
        let mut pod: PodSpec = serde_json::from_value(pod).unwrap();
        complete(&mut pod, &ranges(items));
        assert_eq!(pod.containers[0].resources, pod.init_containers[0].resources);
        serde_json::to_value(&pod.containers[0].resources).unwrap()
    }

    #[test]
    fn what_is_not_stated_is_the_default() {
        let item = json!({"type": "Container", "default": {"cpu": "1"},
            "defaultRequest": {"cpu": "100m", "memory": "1Gi"}});
        assert_eq!(
            completed(std::slice::from_ref(&item), &json!({})),
            json!({"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": "1"}})
        );
        let stated = json!({"requests": {"memory": "2Gi"}, "limits": {"cpu": "3"}});
        assert_eq!(
            completed(&[item], &stated),
            json!({"requests": {"cpu": "3", "memory": "2Gi"}, "limits": {"cpu": "3"}}),
            "its own limit is its request"
        );
    }

    #[test]
    fn a_default_that_is_not_given_follows_from_the_bounds() {
        let item = json!({"type": "Container", "min": {"cpu": "1", "memory": "1Gi"},
            "max": {"cpu": "4"}});
        assert_eq!(
            completed(&[item], &json!({})),
            json!({"requests": {"cpu": "4", "memory": "1Gi"}, "limits": {"cpu": "4"}})
        );
    }

    #[test]
    fn the_first_of_several_ranges_gives_and_bounds_of_pods_give_nothing() {
        let of = |kind: &str, cpu: &str| json!({"type": kind, "default": {"cpu": cpu}});
        assert_eq!(
            completed(&[of("Pod", "1"), of("Container", "2"), of("Container", "3")], &json!({})),
            json!({"requests": {"cpu": "2"}, "limits": {"cpu": "2"}})
        );
    }
}

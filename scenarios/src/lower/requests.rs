//! What a pod takes of a node: its containers' requests, added up as kube-scheduler does.
//!
//! A pod has three answers, which differ in what is assumed of containers that name nothing, and in
//! whether the pod's own requests count ([`Requests`]).
// component-helpers: resource/helpers.go PodRequests

use std::collections::BTreeMap;

use sim::model::Model;
use sim::model::resources::{Lane, Resources};

use crate::kube::{self, Container, PodStatus, ResourceList};
use crate::quantity::Quantity;

/// What kube-scheduler assumes of a container that does not name the resource.
// kube-scheduler: util/pod_resources.go DefaultMilliCPURequest, DefaultMemoryRequest
const ASSUMED: [(&str, &str); 2] = [("cpu", "100m"), ("memory", "200Mi")];

/// Resources by name.
pub(super) type Amounts = BTreeMap<String, Quantity>;

/// What a pod asks for, in the three ways in which the scheduler counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requests {
    /// What must be free on its node.
    pub real: Resources,
    /// What LeastAllocated counts of it when it is on a node.
    pub nonzero: Resources,
    /// What LeastAllocated counts of it while it looks for a node.
    pub scored: Resources,
}

/// How requests are added up.
#[derive(Clone, Copy)]
struct Sum<'p> {
    spec: &'p kube::PodSpec,
    /// What is in force on the node, for a pod that is on one.
    status: Option<&'p PodStatus>,
    /// Resources that every container is taken to ask for.
    assumed: &'p [(&'static str, &'static str)],
    /// Whether what the pod asks for as a whole takes the place of its containers' sum.
    whole: bool,
}

/// What a pod asks for. The status counts only of a pod that is on a node.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn requests(
    model: &mut Model,
    spec: &kube::PodSpec,
    status: Option<&PodStatus>,
) -> Result<Requests, String> {
    let real = Sum { spec, status, assumed: &[], whole: true };
    let sum = real.amounts()?;
    // kube-scheduler: framework/types.go getNonMissingContainerRequests
    let missing: Vec<_> =
        ASSUMED.iter().copied().filter(|(name, _)| !sum.contains_key(*name)).collect();
    let nonzero = Sum { assumed: if has_whole(spec) { &missing } else { &ASSUMED }, ..real };
    // kube-scheduler: noderesources/fit.go NewFit makes its scorer without pod-level resources.
    let scored = Sum { assumed: &ASSUMED, whole: false, ..real };
    Ok(Requests {
        real: resources(model, &sum)?,
        nonzero: resources(model, &nonzero.amounts()?)?,
        scored: resources(model, &scored.amounts()?)?,
    })
}

/// Amounts by lane; the pod itself counts as one pod.
fn resources(model: &mut Model, amounts: &Amounts) -> Result<Resources, String> {
    let mut result = Resources::ZERO;
    for (name, quantity) in amounts.iter().filter(|(name, _)| is_counted(name)) {
        let amount = amount(name, *quantity);
        if amount > 0 {
            let lane = model.lane(name).ok_or_else(|| {
                format!("`{name}` is one kind of resource too many: a scenario can use eight")
            })?;
            result[lane] = amount;
        }
    }
    result[Lane::PODS] = 1;
    Ok(result)
}

/// A quantity as the scheduler counts it: CPU in thousandths, everything else whole.
#[must_use]
pub fn amount(resource: &str, quantity: Quantity) -> u64 {
    if resource == "cpu" { quantity.milli() } else { quantity.value() }
}

/// Whether the scheduler counts a resource at all.
// kube-scheduler: framework/types.go Resource.Add, util/utils.go IsScalarResourceName
fn is_counted(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage")
        || name.contains('/')
        || name.starts_with("hugepages-")
        || name.starts_with("attachable-volumes-")
}

impl Sum<'_> {
    /// What its containers take, or what the pod asks for as a whole; and its overhead.
    fn amounts(&self) -> Result<Amounts, String> {
        let mut sum = self.of_containers()?;
        if self.whole && has_whole(self.spec) {
            let whole = whole(self.spec, &sum)?;
            sum.extend(whole.into_iter().filter(|(name, _)| has_pod_level(name)));
        }
        add(&mut sum, &amounts(&self.spec.overhead)?);
        Ok(sum)
    }

    /// Containers side by side, or the most that is in use while init containers run.
    // component-helpers: resource/helpers.go AggregateContainerRequests
    fn of_containers(&self) -> Result<Amounts, String> {
        let mut sum = Amounts::new();
        for container in &self.spec.containers {
            add(&mut sum, &self.container(container, true)?);
        }
        let mut sidecars = Amounts::new();
        let mut most = Amounts::new();
        for container in &self.spec.init_containers {
            let is_sidecar = is_sidecar(container);
            let own = self.container(container, is_sidecar)?;
            if is_sidecar {
                add(&mut sum, &own);
                add(&mut sidecars, &own);
                raise(&mut most, &sidecars);
            } else {
                let mut during = sidecars.clone();
                add(&mut during, &own);
                raise(&mut most, &during);
            }
        }
        raise(&mut sum, &most);
        Ok(sum)
    }

    /// What one container counts for.
    fn container(&self, container: &Container, may_use_status: bool) -> Result<Amounts, String> {
        let mut own = asked(&container.resources)?;
        if let Some(status) = self.status.filter(|_| may_use_status) {
            let mut all = status.container_statuses.iter().chain(&status.init_container_statuses);
            let seen = all.find(|seen| seen.name == container.name);
            if let Some((seen, in_force)) = seen.and_then(|s| Some((s, s.resources.as_ref()?))) {
                if is_resize_infeasible(status) {
                    own.clear();
                }
                raise(&mut own, &amounts(&in_force.requests)?);
                raise(&mut own, &amounts(&seen.allocated_resources)?);
            }
        }
        for (name, quantity) in self.assumed {
            if !own.contains_key(*name) {
                own.insert((*name).to_owned(), Quantity::parse(quantity)?);
            }
        }
        Ok(own)
    }
}

/// What the pod asks for as a whole. A limit counts where neither it nor a container asks.
// API server: apis/core/v1/defaults.go setDefaultPodRequests
fn whole(spec: &kube::PodSpec, of_containers: &Amounts) -> Result<Amounts, String> {
    let Some(resources) = &spec.resources else { return Ok(Amounts::new()) };
    let mut whole = amounts(&resources.limits)?;
    whole.retain(|name, _| !of_containers.contains_key(name));
    whole.extend(amounts(&resources.requests)?);
    Ok(whole)
}

/// What the pod asks for as a whole, as the API server completes it: with what its containers ask for
/// where it says nothing.
// API server: apis/core/v1/defaults.go setDefaultPodRequests
pub(super) fn whole_completed(spec: &kube::PodSpec) -> Result<Amounts, String> {
    let sum = Sum { spec, status: None, assumed: &[], whole: false };
    let mut whole_requests = sum.of_containers()?;
    let whole = whole(spec, &whole_requests)?;
    whole_requests.retain(|name, _| has_pod_level(name));
    whole_requests.extend(whole);
    Ok(whole_requests)
}

/// Whether a pod asks for anything as a whole.
// component-helpers: resource/helpers.go IsPodLevelResourcesSet
pub(super) fn has_whole(spec: &kube::PodSpec) -> bool {
    spec.resources.as_ref().is_some_and(|it| {
        it.requests.keys().chain(it.limits.keys()).any(|name| has_pod_level(name))
    })
}

/// Whether a pod can ask for a resource as a whole.
// component-helpers: resource/helpers.go IsSupportedPodLevelResource
fn has_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || name.starts_with("hugepages-")
}

/// Whether an init container runs beside those that come after it.
#[must_use]
pub fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// Whether the node has said that it will never give the pod what its spec now asks for.
// component-helpers: resource/helpers.go IsPodResizeInfeasible
fn is_resize_infeasible(status: &PodStatus) -> bool {
    status.conditions.iter().any(|it| it.kind == "PodResizePending" && it.reason == "Infeasible")
}

/// Requests; a limit without a request is a request, as the API server sets it.
pub(super) fn asked(resources: &kube::ResourceRequirements) -> Result<Amounts, String> {
    let mut asked = amounts(&resources.limits)?;
    asked.extend(amounts(&resources.requests)?);
    Ok(asked)
}

pub(super) fn amounts(quantities: &ResourceList) -> Result<Amounts, String> {
    let read = |(name, quantity): (&String, &kube::Quantity)| {
        let quantity = quantity.amount().map_err(|error| format!("{name}: {error}"))?;
        Ok((name.clone(), quantity))
    };
    quantities.iter().map(read).collect()
}

pub(super) fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, quantity) in more {
        let before = sum.get(name).copied().unwrap_or_default();
        sum.insert(name.clone(), before.plus(*quantity));
    }
}

fn raise(most: &mut Amounts, other: &Amounts) {
    for (name, quantity) in other {
        let before = most.get(name).copied().unwrap_or_default();
        most.insert(name.clone(), before.max(*quantity));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CPU and memory (MiB) of each of the three answers, for a pod spec and status in JSON.
    fn of(spec: &str, status: Option<&str>) -> [(u64, u64); 3] {
        let spec: kube::PodSpec = serde_json::from_str(spec).unwrap();
        let status: Option<PodStatus> = status.map(|text| serde_json::from_str(text).unwrap());
        let Requests { real, nonzero, scored } =
            requests(&mut Model::default(), &spec, status.as_ref()).unwrap();
        [real, nonzero, scored].map(|it| (it[Lane::CPU], it[Lane::MEMORY] >> 20))
    }

    #[test]
    fn each_container_that_names_nothing_counts_for_something() {
        let spec = r#"{"containers": [
            {"resources": {"requests": {"cpu": "0"}}},
            {"resources": {"requests": {"memory": "10Mi"}}}
        ]}"#;
        assert_eq!(of(spec, None), [(0, 10), (100, 210), (100, 210)], "zero is a request");
        let fractions = r#"{"containers": [
            {"resources": {"requests": {"cpu": "100u", "memory": "1Mi"}}},
            {"resources": {"requests": {"cpu": "100u", "memory": "1Mi"}}}
        ]}"#;
        assert_eq!(of(fractions, None)[0], (1, 2), "the sum is rounded up, not its parts");
        let limit = r#"{"containers": [{"resources": {"limits": {"cpu": "1"}}}]}"#;
        assert_eq!(of(limit, None)[0], (1_000, 0), "a limit without a request is one");
    }

    #[test]
    fn sidecars_run_beside_the_init_containers_after_them() {
        let spec = r#"{"initContainers": [
            {"resources": {"requests": {"cpu": "5", "memory": "1Mi"}}},
            {"restartPolicy": "Always", "resources": {"requests": {"cpu": "1", "memory": "1Mi"}}},
            {"resources": {"requests": {"cpu": "3", "memory": "9Mi"}}}
        ], "containers": [{"resources": {"requests": {"cpu": "2", "memory": "1Mi"}}}],
        "overhead": {"cpu": "250m"}}"#;
        // CPU: the most is the first init container; memory: the last one with the sidecar.
        assert_eq!(of(spec, None)[0], (5_250, 10));
    }

    #[test]
    fn what_the_pod_asks_for_as_a_whole_replaces_the_sum_but_for_its_score() {
        let spec = r#"{"resources": {"requests": {"cpu": "3"}}, "overhead": {"cpu": "1"},
            "containers": [{"resources": {"requests": {"cpu": "2"}}}, {}]}"#;
        assert_eq!(of(spec, None), [(4_000, 0), (4_000, 400), (3_100, 400)]);
        let limit = r#"{"resources": {"limits": {"cpu": "3", "memory": "5Mi"}},
            "containers": [{"resources": {"requests": {"cpu": "2"}}}]}"#;
        assert_eq!(of(limit, None)[0], (2_000, 5));
    }

    #[test]
    fn on_a_node_what_is_in_force_counts_too() {
        let spec = r#"{"containers": [
            {"name": "a", "resources": {"requests": {"cpu": "1", "memory": "8Mi"}}}]}"#;
        let status = |conditions: &str| {
            format!(
                r#"{{"containerStatuses": [{{"name": "a",
                    "allocatedResources": {{"cpu": "2"}},
                    "resources": {{"requests": {{"memory": "4Mi"}}}}}}], "conditions": {conditions}}}"#
            )
        };
        assert_eq!(of(spec, Some(&status("[]")))[0], (2_000, 8));
        let infeasible = r#"[{"type": "PodResizePending", "reason": "Infeasible"}]"#;
        assert_eq!(of(spec, Some(&status(infeasible)))[0], (2_000, 4));
        let unseen =
            r#"{"containerStatuses": [{"name": "a", "allocatedResources": {"cpu": "2"}}]}"#;
        assert_eq!(of(spec, Some(unseen))[0], (1_000, 8), "without `resources` nothing is known");
    }

    #[test]
    fn only_so_many_kinds_of_resource() {
        let of = |kinds: usize, quantity: &str| {
            let list: Vec<_> = (0..kinds).map(|i| format!(r#""a.b/{i}": "{quantity}""#)).collect();
            let list = list.join(", ");
            let spec =
                format!(r#"{{"containers": [{{"resources": {{"requests": {{{list}}}}}}}]}}"#);
            requests(&mut Model::default(), &serde_json::from_str(&spec).unwrap(), None)
        };
        assert!(of(4, "1").is_ok() && of(5, "0").is_ok());
        assert!(of(5, "1").unwrap_err().contains("one kind of resource too many"));
    }
}

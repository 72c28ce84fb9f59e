//! A pod's containers, each with what it requests and may use, and the QoS class that follows.

use sim::model::containers::{
    Amounts, Container, ContainerKind, Containers, QosClass, Requirements, RestartPolicy,
};
use sim::names::Names;

use super::requests::{self, amount, is_sidecar};
use crate::kube::{self, PodSpec};
use crate::quantity::Quantity;

/// Whether requests that are not stated follow from limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Defaulting {
    /// As the API server completes a pod.
    // API server: apis/core/v1/defaults.go SetDefaults_Pod
    Completed,
    /// As it is written.
    AsWritten,
}

/// Requests and limits, by name.
type Stated = (requests::Amounts, requests::Amounts);

/// The containers of a pod.
///
/// # Errors
/// A sentence that says which quantity is wrong.
pub fn containers(
    names: &mut Names,
    spec: &PodSpec,
    defaulting: Defaulting,
) -> Result<Containers, String> {
    let mut lower = |container: &kube::Container, kind| -> Result<Container, String> {
        let resources = requirements(&stated(&container.resources, defaulting)?);
        Ok(Container { name: names.intern(&container.name), kind, resources })
    };
    let mut list = Vec::with_capacity(spec.init_containers.len() + spec.containers.len());
    for container in &spec.init_containers {
        let sidecar = is_sidecar(container);
        let kind = if sidecar { ContainerKind::Sidecar } else { ContainerKind::Init };
        list.push(lower(container, kind)?);
    }
    for container in &spec.containers {
        list.push(lower(container, ContainerKind::Regular)?);
    }
    let whole = if requests::has_whole(spec) { whole(spec, defaulting)? } else { None };
    Ok(Containers {
        list,
        whole: whole.as_ref().map(requirements),
        overhead: lanes(&requests::amounts(&spec.overhead)?),
    })
}

/// The QoS class of a pod. Of what its containers or the pod as a whole state, cpu and memory above
/// zero count.
///
/// # Errors
/// A sentence that says which quantity is wrong.
// API server: apis/core/helper/qos/qos.go ComputePodQOS
pub fn qos_class(spec: &PodSpec, defaulting: Defaulting) -> Result<QosClass, String> {
    let mut requests = requests::Amounts::new();
    let mut limits = requests::Amounts::new();
    let mut limited = true;
    if let Some((asked, most)) = whole(spec, defaulting)? {
        requests::add(&mut requests, &counted(asked));
        limited = most.is_empty() || counted(most.clone()).len() == COUNTED.len();
        requests::add(&mut limits, &counted(most));
    } else {
        for container in spec.init_containers.iter().chain(&spec.containers) {
            let (asked, most) = stated(&container.resources, defaulting)?;
            let most = counted(most);
            limited &= most.len() == COUNTED.len();
            requests::add(&mut requests, &counted(asked));
            requests::add(&mut limits, &most);
        }
    }
    Ok(if requests.is_empty() && limits.is_empty() {
        QosClass::BestEffort
    } else if limited && requests == limits {
        QosClass::Guaranteed
    } else {
        QosClass::Burstable
    })
}

/// `spec.restartPolicy`.
pub(super) fn restart_policy(spec: &PodSpec) -> RestartPolicy {
    match spec.restart_policy.as_deref() {
        Some("OnFailure") => RestartPolicy::OnFailure,
        Some("Never") => RestartPolicy::Never,
        _ => RestartPolicy::Always,
    }
}

/// The resources that decide the QoS class.
const COUNTED: [&str; 2] = ["cpu", "memory"];

fn counted(mut amounts: requests::Amounts) -> requests::Amounts {
    amounts
        .retain(|name, amount| COUNTED.contains(&name.as_str()) && *amount > Quantity::default());
    amounts
}

fn stated(
    resources: &kube::ResourceRequirements,
    defaulting: Defaulting,
) -> Result<Stated, String> {
    let asked = match defaulting {
        Defaulting::Completed => requests::asked(resources)?,
        Defaulting::AsWritten => requests::amounts(&resources.requests)?,
    };
    Ok((asked, requests::amounts(&resources.limits)?))
}

/// What the pod states as a whole, if it has `spec.resources`.
fn whole(spec: &PodSpec, defaulting: Defaulting) -> Result<Option<Stated>, String> {
    let Some(resources) = &spec.resources else { return Ok(None) };
    let asked = match defaulting {
        Defaulting::Completed => requests::whole_completed(spec)?,
        Defaulting::AsWritten => requests::amounts(&resources.requests)?,
    };
    Ok(Some((asked, requests::amounts(&resources.limits)?)))
}

fn requirements((requests, limits): &Stated) -> Requirements {
    Requirements { requests: lanes(requests), limits: lanes(limits) }
}

fn lanes(amounts: &requests::Amounts) -> Amounts {
    let of = |name: &str| amounts.get(name).map(|quantity| amount(name, *quantity));
    Amounts { cpu: of("cpu"), memory: of("memory"), ephemeral_storage: of("ephemeral-storage") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> PodSpec {
        serde_json::from_str(text).unwrap()
    }

    fn class(text: &str) -> [QosClass; 2] {
        let spec = spec(text);
        [Defaulting::AsWritten, Defaulting::Completed].map(|it| qos_class(&spec, it).unwrap())
    }

    #[test]
    fn the_class_follows_from_every_container() {
        use QosClass::{BestEffort, Burstable, Guaranteed};
        let both = r#""limits": {"cpu": "1", "memory": "1Gi"}"#;
        let cases = [
            (r#"{"containers": [{}]}"#.to_owned(), [BestEffort; 2]),
            // Neither zero nor any other resource counts.
            (
                r#"{"containers": [{"resources": {"requests": {"cpu": "0", "a.b/c": "1"},
                "limits": {"a.b/c": "1", "ephemeral-storage": "1Gi"}}}]}"#
                    .to_owned(),
                [BestEffort; 2],
            ),
            (
                r#"{"containers": [{"resources": {"requests": {"cpu": "1"}}}]}"#.to_owned(),
                [Burstable; 2],
            ),
            // A limit without a request is completed.
            (
                format!(r#"{{"containers": [{{"resources": {{{both}}}}}]}}"#),
                [Burstable, Guaranteed],
            ),
            // Every container needs both limits, init containers, too.
            (
                format!(
                    r#"{{"initContainers": [{{}}], "containers": [{{"resources": {{{both}}}}}]}}"#
                ),
                [Burstable; 2],
            ),
            // Equal in what is exact, not in what is rounded.
            (
                r#"{"containers": [{"resources": {"requests": {"cpu": "100u", "memory": "1Gi"},
                    "limits": {"cpu": "1m", "memory": "1Gi"}}}]}"#
                    .to_owned(),
                [Burstable; 2],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(class(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_pod_states_as_a_whole_is_all_that_counts() {
        use QosClass::{BestEffort, Burstable, Guaranteed};
        let of = |whole: &str| {
            class(&format!(
                r#"{{"resources": {whole}, "containers": [{{"resources":
                    {{"requests": {{"cpu": "1"}}}}}}, {{}}]}}"#
            ))
        };
        assert_eq!(of("{}"), [BestEffort, Burstable], "completed with what containers request");
        let equal = r#"{"cpu": "2", "memory": "1Gi"}"#;
        assert_eq!(of(&format!(r#"{{"requests": {equal}, "limits": {equal}}}"#)), [Guaranteed; 2]);
        assert_eq!(of(r#"{"requests": {"cpu": "2"}, "limits": {"cpu": "2"}}"#), [Burstable; 2]);
        assert_eq!(of(&format!(r#"{{"limits": {equal}}}"#)), [Burstable; 2], "one core, limit two");
    }

    #[test]
    fn containers_keep_what_they_state() {
        let spec = spec(
            r#"{"overhead": {"cpu": "250m"}, "resources": {"limits": {"memory": "3Gi"}},
            "initContainers": [{"name": "wait"}, {"name": "proxy", "restartPolicy": "Always"}],
            "containers": [{"name": "web", "resources": {"requests": {"cpu": "100m"},
                "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "2Gi"}}}]}"#,
        );
        let mut names = Names::default();
        let kept = containers(&mut names, &spec, Defaulting::Completed).unwrap();
        let kinds: Vec<_> = kept.list.iter().map(|it| (names.text(it.name), it.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("wait", ContainerKind::Init),
                ("proxy", ContainerKind::Sidecar),
                ("web", ContainerKind::Regular)
            ]
        );
        let gib = Some(1 << 30);
        let Requirements { requests, limits } = kept.list[2].resources;
        assert_eq!((requests.cpu, requests.memory), (Some(100), gib));
        assert_eq!((limits.cpu, limits.ephemeral_storage), (Some(1_000), Some(2 << 30)));
        let whole = kept.whole.unwrap();
        assert_eq!((whole.requests.cpu, whole.requests.memory), (Some(100), gib));
        assert_eq!((whole.limits.cpu, whole.limits.memory), (None, Some(3 << 30)));
        assert_eq!(kept.overhead.cpu, Some(250));
        assert_eq!(kept.list[0].resources, Requirements::default(), "it states nothing");
        let written = containers(&mut names, &spec, Defaulting::AsWritten).unwrap();
        assert_eq!(written.list[2].resources.requests.memory, None);
    }
}

//! A cluster as it stands and nothing else: no prices, no controllers, enough to ask the scheduler
//! where a pod would go.
//!
//! Every pod is a workload of its own, and every node belongs to one pool that costs nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering, OfferingId};
use sim::model::node::NodeShape;
use sim::model::pod::SpecId;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool, PoolId};
use sim::model::resources::Resources;
use sim::model::start::StartPod;
use sim::model::workload::{Controller, Workload};
use sim::{MicroUsdPerHour, SimTime, digest};

use super::budgets;
use super::nodes::{images, start_node};
use super::pods::{Source, pod_spec};
use super::storage;
use crate::kube::{self, Object};
use manifests::context::ClusterContext;

/// A cluster as it stands.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its nodes and pods, as a start state.
    pub model: Model,
    /// Each node's place in the start state, by name.
    pub nodes: BTreeMap<String, usize>,
    /// Each pod's place in the start state, by `namespace/name`.
    pub pods: BTreeMap<String, usize>,
    /// Pods that are said to run on nodes which are not there. They count nowhere.
    pub lost: Vec<String>,
}

/// Takes over a cluster. Pods that `waits` names are taken to wait for a node even if they are on
/// one; finished ones are not there at all.
///
/// # Errors
/// For each object that cannot be understood, what it is and what is wrong with it.
pub fn snapshot(objects: &[Object], waits: &[&str]) -> Result<Snapshot, Vec<String>> {
    let mut snapshot = Snapshot {
        model: Model::default(),
        nodes: BTreeMap::new(),
        pods: BTreeMap::new(),
        lost: Vec::new(),
    };
    let context = ClusterContext::of(objects);
    let pool = free_pool(&mut snapshot.model);
    let nodes: Vec<&kube::Node> = objects.iter().filter_map(as_node).collect();
    for (index, node) in nodes.iter().enumerate() {
        snapshot.nodes.insert(node.metadata.name.clone(), index);
        images(&mut snapshot.model, node);
    }
    let pods: Vec<&kube::Pod> = objects.iter().filter_map(as_pod).filter(|p| !ended(p)).collect();
    let newest = pods.iter().filter_map(|pod| started(pod)).max().unwrap_or_default();
    let mut wrong = storage::read(&mut snapshot.model, objects).err().unwrap_or_default();
    for pod in pods {
        let name = format!("{}/{}", pod.metadata.namespace(), pod.metadata.name);
        let waiting = waits.contains(&name.as_str());
        let mut source = Source::of_pod(pod, &context);
        source.status = source.status.filter(|_| !waiting);
        match pod_spec(&mut snapshot.model, &context, source) {
            Ok(spec) => {
                let spec = snapshot.model.specs.intern(spec);
                // T+0 is just after the youngest pod has started.
                let started_ms = started(pod).map(|at| at.saturating_sub(newest) - 1);
                snapshot.add_pod(pod, name, spec, waiting, started_ms);
            }
            Err(error) => wrong.push(format!("Pod {name}: {error}")),
        }
    }
    for node in nodes {
        let offering = snapshot.model.pools[pool].templates[0].offering;
        match start_node(&mut snapshot.model, node, pool, offering) {
            Ok(start) => snapshot.model.start.nodes.push(start),
            Err(error) => wrong.push(format!("Node {}: {error}", node.metadata.name)),
        }
    }
    for object in objects {
        let Object::PodDisruptionBudget(budget) = object else { continue };
        match budgets::as_seen(&mut snapshot.model, budget, &snapshot.pods) {
            Ok(budget) => {
                snapshot.model.budgets.push(budget);
            }
            Err(error) => {
                wrong.push(format!("PodDisruptionBudget {}: {error}", budget.metadata.full_name()))
            }
        }
    }
    storage::equip(&mut snapshot.model, objects);
    if wrong.is_empty() { Ok(snapshot) } else { Err(wrong) }
}

impl Snapshot {
    fn add_pod(
        &mut self,
        pod: &kube::Pod,
        name: String,
        spec: SpecId,
        waiting: bool,
        started_ms: Option<i64>,
    ) {
        let at = |node: &Option<String>| {
            node.as_deref()
                .filter(|node| !node.is_empty())
                .map(|node| self.nodes.get(node).copied())
        };
        let node = if waiting { None } else { at(&pod.spec.node_name) };
        if node == Some(None) {
            self.lost.push(name);
            return;
        }
        let nominated = at(&pod.status.nominated_node_name).flatten();
        let model = &mut self.model;
        let workload = model.workloads.push(Workload {
            namespace: model.names.intern(pod.metadata.namespace()),
            name: model.names.intern(&pod.metadata.name),
            controller: Controller::Pod { duration: None },
            spec,
            volumes: None,
            created_at: SimTime::ZERO,
            key: digest::of_name(&name),
        });
        self.pods.insert(name, model.start.pods.len());
        model.start.pods.push(StartPod {
            name: model.names.intern(&pod.metadata.name),
            workload,
            spec,
            node: node.flatten(),
            nominated: nominated.filter(|_| node.is_none()),
            terminating: pod.metadata.deletion_timestamp.is_some(),
            preempted: pod.status.conditions.iter().any(is_preemption),
            started_ms,
            restarts: BTreeMap::new(),
        });
    }
}

/// Whether the scheduler tells a pod to stop, so that another may run.
pub(super) fn is_preemption(condition: &kube::Condition) -> bool {
    condition.kind == "DisruptionTarget"
        && condition.status == "True"
        && condition.reason == "PreemptionByScheduler"
}

/// One pool of nodes that cost nothing.
fn free_pool(model: &mut Model) -> PoolId {
    let name = model.names.intern("cluster");
    let instance_type = model.catalog.instance_types.push(InstanceType::plain(
        name,
        Resources::ZERO,
        MicroUsdPerHour(0),
    ));
    let offering: OfferingId =
        model.catalog.offerings.push(Offering::on_demand(instance_type, name, MicroUsdPerHour(0)));
    let template = NodeTemplate { offering, shape: NodeShape::plain(Resources::ZERO) };
    model.pools.push(Pool {
        name,

        templates: vec![template],
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    })
}

fn as_node(object: &Object) -> Option<&kube::Node> {
    if let Object::Node(node) = object { Some(node) } else { None }
}

fn as_pod(object: &Object) -> Option<&kube::Pod> {
    if let Object::Pod(pod) = object { Some(pod) } else { None }
}

/// Whether a pod has run to its end, so that the scheduler does not know it any more.
// kube-scheduler: scheduler.go newPodInformer
fn ended(pod: &kube::Pod) -> bool {
    matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
}

/// When a pod was taken up by its node, in milliseconds of Unix time.
fn started(pod: &kube::Pod) -> Option<i64> {
    let at: Timestamp = pod.status.start_time.as_deref()?.parse().ok()?;
    Some(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_are_where_they_are_but_for_those_that_wait() {
        let objects = r#"[
            {"kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"some.org/x": "3"}}},
            {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"nodeName": "n1", "containers": [
                {"resources": {"requests": {"some.org/x": "2"}}}]},
             "status": {"startTime": "2026-05-01T00:00:10Z"}},
            {"kind": "Pod", "metadata": {"name": "b", "deletionTimestamp": "2026-05-01T00:01:00Z"},
             "spec": {"nodeName": "n1"}, "status": {"startTime": "2026-05-01T00:00:00Z"}},
            {"kind": "Pod", "metadata": {"name": "c"}, "spec": {"nodeName": "n1"}},
            {"kind": "Pod", "metadata": {"name": "d"}, "status": {"nominatedNodeName": "n1"}},
            {"kind": "Pod", "metadata": {"name": "e"}, "spec": {"nodeName": "gone"}},
            {"kind": "Pod", "metadata": {"name": "f"}, "spec": {"nodeName": "n1"},
             "status": {"phase": "Succeeded"}}]"#;
        let objects: Vec<Object> = serde_json::from_str(objects).unwrap();
        let snapshot = snapshot(&objects, &["default/c"]).unwrap();
        let pods = &snapshot.model.start.pods;
        let rows: Vec<_> = pods.iter().map(|p| (p.node, p.nominated, p.started_ms)).collect();
        assert_eq!(
            rows,
            [
                (Some(0), None, Some(-1)),
                (Some(0), None, Some(-10_001)),
                (None, None, None),
                (None, Some(0), None)
            ]
        );
        assert!(pods[1].terminating && !pods[0].terminating);
        assert_eq!(snapshot.lost, ["default/e"]);
        let lane = snapshot.model.known_lane("some.org/x").unwrap();
        assert_eq!(snapshot.model.start.nodes[0].shape.allocatable[lane], 3);
        let waiting = &snapshot.model.specs[pods[snapshot.pods["default/c"]].spec];
        assert!(waiting.node_name.is_some(), "it still asks for that node");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let objects = r#"[
            {"kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "much"}}},
            {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"priorityClassName": "none"}}]"#;
        let objects: Vec<Object> = serde_json::from_str(objects).unwrap();
        let wrong = snapshot(&objects, &[]).unwrap_err();
        assert!(wrong[0].starts_with("Pod default/a: there is no PriorityClass `none`"));
        assert!(wrong[1].starts_with("Node n1: cpu: `much` is not a quantity"));
    }
}

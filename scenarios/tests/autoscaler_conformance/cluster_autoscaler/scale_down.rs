//! What one loop could remove: utilization, eligibility, drain rules, and where pods would go.

use std::collections::BTreeMap;
use std::sync::Arc;

use autoscalers::cluster_autoscaler::config::{DrainFlags, Flags};
use autoscalers::cluster_autoscaler::node_group::GroupOptions;
use autoscalers::cluster_autoscaler::scale_down::budgets::RemainingBudgets;
use autoscalers::cluster_autoscaler::scale_down::drain::{
    Owner, OwnerKind, PodTraits, SafeToEvict,
};
use autoscalers::cluster_autoscaler::scale_down::eligibility::{self, NodeTraits};
use autoscalers::cluster_autoscaler::scale_down::removal::{RemovalSimulator, Unremovable};
use autoscalers::cluster_autoscaler::scale_down::utilization::{Ignored, Utilization};
use autoscalers::cluster_autoscaler::snapshot::{Filters, NodeList};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sim::Span;
use sim::model::Model;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::taints::{Effect, Taint};
use sim::table::Id;
use sim::world::World;

use super::cluster::{Group, list, name, names_of_pods, taken_over};

const TO_BE_DELETED: &str = "ToBeDeletedByClusterAutoscaler";
const ANNOTATION: &str = "cluster-autoscaler.kubernetes.io";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    scale_down_utilization_threshold: f64,
    ignore_daemon_sets_utilization: bool,
    ignore_mirror_pods_utilization: bool,
    scale_down_unready_enabled: bool,
    skip_nodes_with_system_pods: bool,
    skip_nodes_with_local_storage: bool,
    skip_nodes_with_custom_controller_pods: bool,
    min_replica_count: i64,
    blocking_system_pod_disruption_timeout_seconds: u64,
}

/// A case that has been taken over.
struct Cluster {
    groups: Vec<(Group, GroupOptions)>,
    flags: Flags,
    now: Timestamp,
    world: World,
    taint: Taint,
    /// The pods of each node, in order.
    pods: BTreeMap<String, Vec<PodTraits>>,
    names: BTreeMap<PodId, String>,
}

/// Answers a case.
pub fn answer(case: &Json) -> Result<Json, String> {
    let mut cluster = Cluster::of(case)?;
    let nodes: Vec<String> =
        list(case, "nodes").map(|node| text(&node["metadata"]["name"])).collect();
    let mut rows = Vec::new();
    let mut eligible = Vec::new();
    for (index, (node, json)) in nodes.iter().zip(list(case, "nodes")).enumerate() {
        let (mut row, is_eligible) = cluster.eligibility(NodeId::from_index(index), node, json)?;
        eligible.extend(is_eligible.then_some(index));
        row.extend(cluster.alone(index, node, nodes.len()));
        rows.push(Json::from(row));
    }
    let (removable, risky) = cluster.sequence(&eligible, &nodes);
    Ok(json!({"nodes": rows, "removableSequential": removable, "riskySequential": risky}))
}

impl Cluster {
    fn of(case: &Json) -> Result<Cluster, String> {
        let read = |error: serde_json::Error| error.to_string();
        let options = Options::deserialize(&case["options"]).map_err(read)?;
        let groups: Vec<Group> = Vec::deserialize(&case["nodeGroups"]).map_err(read)?;
        let groups = groups.into_iter().map(|group| {
            let options = GroupOptions {
                scale_down_utilization_threshold: group.options["scaleDownUtilizationThreshold"]
                    .as_f64(),
                ignore_daemonsets_utilization: group.options["ignoreDaemonSetsUtilization"]
                    .as_bool(),
                ..GroupOptions::default()
            };
            (group, options)
        });
        let objects = list(case, "nodes").chain(list(case, "pods"));
        let mut snapshot = taken_over(objects.chain(list(case, "podDisruptionBudgets")))?;
        let taint = taint(&mut snapshot.model);
        let now = time(&case["now"])?;
        let mut pods: BTreeMap<String, Vec<PodTraits>> = BTreeMap::new();
        for pod in list(case, "pods") {
            let id = PodId::from_index(snapshot.pods[&name(pod)]);
            let traits = pod_traits(case, pod, id, now)?;
            pods.entry(text(&pod["spec"]["nodeName"])).or_default().push(traits);
        }
        let names = names_of_pods(&snapshot);
        let world = World::standing(&Arc::new(std::mem::take(&mut snapshot.model)));
        Ok(Cluster {
            groups: groups.collect(),
            flags: flags(&options),
            now,
            world,
            taint,
            pods,
            names,
        })
    }

    fn pods_of(&self, node: &str) -> &[PodTraits] {
        self.pods.get(node).map_or(&[], Vec::as_slice)
    }

    /// Utilization, and whether the node is looked at.
    fn eligibility(
        &self,
        id: NodeId,
        node: &str,
        json: &Json,
    ) -> Result<(Map<String, Json>, bool), String> {
        let group = self.groups.iter().find(|(group, _)| group.nodes.iter().any(|it| it == node));
        let group = group.map(|(_, options)| options);
        let own = group.and_then(|group| group.ignore_daemonsets_utilization);
        let ignored = Ignored {
            daemon_sets: own.unwrap_or(self.flags.ignore_daemonsets_utilization),
            mirrors: self.flags.ignore_mirror_pods_utilization,
        };
        let utilization = Utilization::of(id, self.pods_of(node), ignored, &self.world);
        let taints = json["spec"]["taints"].as_array();
        let taint = taints.into_iter().flatten().find(|taint| taint["key"] == TO_BE_DELETED);
        let tainted = taint.map(|taint| text(&taint["value"]).parse::<i64>());
        let tainted = tainted.transpose().map_err(|error| error.to_string())?;
        let seconds = tainted.map(|at| u64::try_from(self.now.as_second() - at).unwrap_or(0));
        let conditions = json["status"]["conditions"].as_array();
        let ready = conditions.into_iter().flatten().find(|it| it["type"] == "Ready");
        let disabled =
            &json["metadata"]["annotations"][format!("{ANNOTATION}/scale-down-disabled")];
        let traits = NodeTraits {
            tainted_ago: seconds.map(Span::from_secs),
            scale_down_disabled: *disabled == "true",
            group,
            is_ready: ready.is_some_and(|it| it["status"] == "True"),
            utilization,
        };
        let checked = eligibility::check(&traits, &self.flags);
        let mut row = Map::new();
        row.insert("node".into(), node.into());
        row.insert("eligible".into(), checked.is_ok().into());
        let is_computed = match checked {
            Ok(()) => true,
            Err(reason) => {
                row.insert("ineligibleReason".into(), reason.name().into());
                reason == eligibility::Ineligible::NotUnderutilized
            }
        };
        let [cpu, memory] = [utilization.cpu, utilization.memory];
        row.insert("cpuUtil".into(), if is_computed { cpu } else { 0.0 }.into());
        row.insert("memUtil".into(), if is_computed { memory } else { 0.0 }.into());
        if is_computed {
            let (most, of) = utilization.most();
            row.insert("utilization".into(), most.into());
            row.insert("utilizationResource".into(), of.into());
        }
        Ok((row, checked.is_ok()))
    }

    /// Whether the node could be removed if nothing else was.
    fn alone(&mut self, index: usize, node: &str, nodes: usize) -> Map<String, Json> {
        let pods = self.pods.get(node).cloned().unwrap_or_default();
        let filters = Filters::default();
        let mut simulator = simulator(&self.flags.drain, &filters, &self.taint, nodes, &self.world);
        let removed = simulator.remove(NodeId::from_index(index), &pods, &mut self.world.trial());
        let mut row = Map::new();
        let mut say = |key: &str, value: Json| row.insert(key.into(), value);
        let names = |pods: &[PodId]| {
            let mut names: Vec<String> = pods.iter().map(|pod| self.names[pod].clone()).collect();
            names.sort();
            names
        };
        say("removableAlone", removed.is_ok().into());
        match removed {
            Ok(removable) => {
                say("podsToReschedule", names(&removable.to_reschedule).into());
                say("daemonSetPods", names(&removable.of_daemon_sets).into());
                say("onCompletionPods", names(&removable.awaited).into());
            }
            Err(Unremovable::BlockedByPod(pod, reason)) => {
                say("unremovableReason", "BlockedByPod".into());
                say("blockingPod", self.names[&pod].clone().into());
                say("blockingReason", reason.name().into());
            }
            Err(Unremovable::NoPlaceToMovePods) => {
                say("unremovableReason", "NoPlaceToMovePods".into());
            }
        }
        row
    }

    /// Which nodes are removed one after the other, and which of them at a risk.
    fn sequence(&mut self, eligible: &[usize], nodes: &[String]) -> (Vec<String>, Vec<String>) {
        let filters = Filters::default();
        let drain = self.flags.drain;
        let mut simulator = simulator(&drain, &filters, &self.taint, nodes.len(), &self.world);
        let (mut removable, mut risky) = (Vec::new(), Vec::new());
        let mut trial = self.world.trial();
        for index in eligible {
            let name = &nodes[*index];
            // Pods that have moved here move again, whatever they were.
            let pods = present(&self.pods, NodeId::from_index(*index), name, &trial);
            let removed = simulator.remove(NodeId::from_index(*index), &pods, &mut trial);
            if let Ok(removed) = removed {
                removable.push(name.clone());
                risky.extend(removed.is_risky.then(|| name.clone()));
            }
        }
        (removable, risky)
    }
}

/// The pods that are on a node by now, in the order of their arrival.
fn present(
    pods: &BTreeMap<String, Vec<PodTraits>>,
    node: NodeId,
    name: &str,
    world: &World,
) -> Vec<PodTraits> {
    let own = pods.get(name).cloned().unwrap_or_default();
    let others = pods.values().flatten();
    let there = world.placement().pods_on(node);
    let is_own = |pod: &PodTraits| own.iter().any(|it| it.pod == pod.pod);
    let moved = there.iter().filter_map(|id| others.clone().find(|pod| pod.pod == *id));
    let moved: Vec<PodTraits> = moved.filter(|pod| !is_own(pod)).cloned().collect();
    own.iter().cloned().chain(moved).collect()
}

fn simulator<'r>(
    flags: &'r DrainFlags,
    filters: &'r Filters,
    taint: &Taint,
    nodes: usize,
    world: &World,
) -> RemovalSimulator<'r> {
    let list = NodeList::of((0..nodes).map(NodeId::from_index).collect());
    RemovalSimulator::new(flags, filters, taint.clone(), list, RemainingBudgets::of(world))
}

fn flags(options: &Options) -> Flags {
    Flags {
        scale_down_utilization_threshold: options.scale_down_utilization_threshold,
        ignore_daemonsets_utilization: options.ignore_daemon_sets_utilization,
        ignore_mirror_pods_utilization: options.ignore_mirror_pods_utilization,
        scale_down_unready_enabled: options.scale_down_unready_enabled,
        drain: DrainFlags {
            skip_nodes_with_system_pods: options.skip_nodes_with_system_pods,
            blocking_system_pod_disruption_timeout: Span::from_secs(
                options.blocking_system_pod_disruption_timeout_seconds,
            ),
            skip_nodes_with_local_storage: options.skip_nodes_with_local_storage,
            skip_nodes_with_custom_controller_pods: options.skip_nodes_with_custom_controller_pods,
            min_replica_count: options.min_replica_count,
        },
        ..Flags::default()
    }
}

fn taint(model: &mut Model) -> Taint {
    let (key, value) = (model.names.intern(TO_BE_DELETED), model.empty);
    Taint { key, value, effect: Effect::NoSchedule }
}

/// What the drain rules read of a pod.
// Cluster Autoscaler: utils/drain/drain.go, utils/pod/pod.go
fn pod_traits(case: &Json, pod: &Json, id: PodId, now: Timestamp) -> Result<PodTraits, String> {
    let (metadata, spec) = (&pod["metadata"], &pod["spec"]);
    let annotations = &metadata["annotations"];
    let own = |name: &str| annotations[format!("{ANNOTATION}/{name}")].as_str();
    let owners = metadata["ownerReferences"].as_array();
    let owner = owners.into_iter().flatten().find(|it| it["controller"] == true);
    let controller = owner.map(|owner| controller(case, pod, owner));
    let phase = pod["status"]["phase"].as_str();
    let restarts = spec["restartPolicy"].as_str().unwrap_or("Always");
    let deleted = &metadata["deletionTimestamp"];
    let is_long_terminating = if deleted.is_null() {
        false
    } else {
        let grace = spec["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
        time(deleted)?.as_second() + grace + 30 < now.as_second()
    };
    let created = time(&metadata["creationTimestamp"])?;
    let age = u64::try_from(now.as_second() - created.as_second()).unwrap_or(0);
    Ok(PodTraits {
        pod: id,
        is_mirror: !annotations["kubernetes.io/config.mirror"].is_null(),
        is_of_daemon_set: controller.is_some_and(|it| it.kind == OwnerKind::DaemonSet)
            || own("daemonset-pod") == Some("true"),
        is_long_terminating,
        is_terminal: phase == Some("Failed")
            || (phase == Some("Succeeded") && matches!(restarts, "Never" | "OnFailure")),
        controller,
        safe_to_evict: match own("safe-to-evict") {
            Some("true") => Some(SafeToEvict::Yes),
            Some("false") => Some(SafeToEvict::No),
            Some("on-completion") => Some(SafeToEvict::OnCompletion),
            _ => None,
        },
        is_of_system: metadata["namespace"] == "kube-system",
        age: Span::from_secs(age),
        has_local_storage: has_local_storage(spec, own("safe-to-evict-local-volumes")),
    })
}

fn controller(case: &Json, pod: &Json, owner: &Json) -> Owner {
    let (kind, list_name) = match owner["kind"].as_str() {
        Some("ReplicaSet") => (OwnerKind::ReplicaSet, "replicaSets"),
        Some("ReplicationController") => {
            (OwnerKind::ReplicationController, "replicationControllers")
        }
        Some("StatefulSet") => (OwnerKind::StatefulSet, "statefulSets"),
        Some("Job") => (OwnerKind::Job, "jobs"),
        Some("DaemonSet") => (OwnerKind::DaemonSet, "daemonSets"),
        _ => (OwnerKind::Custom, ""),
    };
    let mut known = list(case, list_name);
    let found = known.find(|it| {
        it["metadata"]["name"] == owner["name"]
            && it["metadata"]["namespace"] == pod["metadata"]["namespace"]
    });
    let replicas = found.and_then(|it| it["spec"]["replicas"].as_i64());
    Owner { kind, exists: found.is_some(), replicas }
}

/// Whether a volume of the pod is on the node, and the annotation does not give it up.
// Cluster Autoscaler: utils/drain/drain.go HasBlockingLocalStorage
fn has_local_storage(spec: &Json, given_up: Option<&str>) -> bool {
    let given_up: Vec<&str> = given_up.unwrap_or_default().split(',').collect();
    list(spec, "volumes").any(|volume| {
        let empty_dir = &volume["emptyDir"];
        let is_local = !volume["hostPath"].is_null()
            || (!empty_dir.is_null() && empty_dir["medium"] != "Memory");
        is_local && !volume["name"].as_str().is_some_and(|name| given_up.contains(&name))
    })
}

fn time(json: &Json) -> Result<Timestamp, String> {
    text(json).parse().map_err(|error: jiff::Error| error.to_string())
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

//! What each node says to a pod, and what exactly is in the way there.

use std::collections::BTreeMap;

use serde::Serialize;
use sim::fact::refusal::UnschedulableReason;
use sim::model::labels::{Operator, Requirement};
use sim::model::node::NodeId;
use sim::model::pod::{HostPort, PodId, Protocol};
use sim::model::resources::Lane;
use sim::model::selectors::{SelectorId, TermId, TermKind, TopologyKeyId};
use sim::model::storage::Named;
use sim::model::taints::{Effect, Taint, tolerated};
use sim::names::NameId;
use sim::scheduler::framework::{NodeView, PodView};
use sim::scheduler::nominated::with_nominated;
use sim::scheduler::plain::Evaluation;
use sim::scheduler::prepared_cycle::Rejection;
use sim::world::World;
use sim::world::load::NodeLoad;

use super::{Context, amounts};

/// What one node says.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeAnswer {
    /// Its name.
    pub node: String,
    /// Whether it takes the pod.
    pub fits: bool,
    /// The plugin that refuses first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin: Option<&'static str>,
    /// Why, in the scheduler's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What exactly is in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// How much is missing of each resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<Shortage>,
    /// The sum of its scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// What each plugin gives it, times the plugin's weight.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<&'static str, i64>,
}

/// How much is missing of a resource on a node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shortage {
    /// Which resource.
    pub resource: String,
    /// How much the pod asks for.
    pub wanted: String,
    /// How much is missing.
    pub by: String,
    /// How much is left there.
    pub left: String,
    /// How much the node has for all pods together.
    pub allocatable: String,
    /// What `by` is, to compare.
    #[serde(skip)]
    pub missing: u64,
    /// What `allocatable` is, to compare.
    #[serde(skip)]
    pub size: u64,
    /// Whether the pod asks for more than the node would have if it were empty.
    pub never: bool,
}

/// The answers of all nodes that were asked, the best first and then by name.
pub(super) fn answers(
    context: &Context<'_>,
    pod: PodView<'_>,
    world: &World,
    evaluation: &Evaluation,
) -> Vec<NodeAnswer> {
    let outright = evaluation.outright.as_ref();
    let asked: Vec<(NodeId, Option<&Rejection>)> = match outright {
        Some(_) => world.registered().iter().map(|node| (*node, outright)).collect(),
        None => evaluation.verdicts.iter().map(|(node, said)| (*node, said.as_ref())).collect(),
    };
    let mut answers: Vec<NodeAnswer> = asked
        .into_iter()
        .map(|(node, said)| match said {
            Some(rejection) => refusal(context, pod, world.view(node), rejection),
            None => scored(world, node, evaluation),
        })
        .collect();
    answers.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.node.cmp(&b.node)));
    answers
}

fn scored(world: &World, node: NodeId, evaluation: &Evaluation) -> NodeAnswer {
    let scored = evaluation.scores.iter().find(|scored| scored.node == node);
    NodeAnswer {
        node: world.node_name(node),
        fits: true,
        plugin: None,
        reasons: Vec::new(),
        details: Vec::new(),
        short: Vec::new(),
        total: scored.map(|scored| scored.total),
        scores: scored.iter().flat_map(|scored| scored.by_plugin.iter().copied()).collect(),
    }
}

fn refusal(
    context: &Context<'_>,
    pod: PodView<'_>,
    node: NodeView<'_>,
    rejection: &Rejection,
) -> NodeAnswer {
    let model = node.world().model();
    let reasons = rejection.reasons.as_slice();
    NodeAnswer {
        node: node.world().node_name(node.id()),
        fits: false,
        plugin: rejection.plugin,
        reasons: reasons.iter().map(|reason| reason.text(model)).collect(),
        details: details(context, pod, node, rejection),
        short: reasons.iter().filter_map(|reason| shortage(*reason, pod, node)).collect(),
        total: None,
        scores: BTreeMap::new(),
    }
}

fn shortage(reason: UnschedulableReason, pod: PodView<'_>, node: NodeView<'_>) -> Option<Shortage> {
    let UnschedulableReason::Insufficient(lane) = reason else { return None };
    let model = node.world().model();
    let (wanted, left) = (pod.spec.requests[lane], left(lane, pod, node));
    let allocatable = node.shape().allocatable[lane];
    let missing = wanted.saturating_sub(left);
    Some(Shortage {
        resource: model.lane_name(lane).to_owned(),
        wanted: amounts::exact(lane, wanted, model),
        by: amounts::about(lane, missing, model),
        left: amounts::about(lane, left, model),
        allocatable: amounts::about(lane, allocatable, model),
        missing,
        size: allocatable,
        never: wanted > allocatable,
    })
}

/// What is left of a resource on a node, beside the pods that are nominated to it.
pub(super) fn left(lane: Lane, pod: PodView<'_>, node: NodeView<'_>) -> u64 {
    let with: Option<NodeLoad> = with_nominated(pod, node, node.load());
    let load = with.as_ref().unwrap_or(node.load());
    node.shape().allocatable[lane].saturating_sub(load.requested()[lane])
}

/// What exactly is in the way, where the scheduler's own words do not say.
fn details(
    context: &Context<'_>,
    pod: PodView<'_>,
    node: NodeView<'_>,
    rejection: &Rejection,
) -> Vec<String> {
    let names = &node.world().model().names;
    let text = |name: NameId| names.text(name);
    match rejection.plugin {
        Some("TaintToleration") => {
            repelling(pod, node).into_iter().map(|taint| taint_text(taint, node.world())).collect()
        }
        Some("NodeAffinity") => {
            let label = |key: NameId| match node.label(key) {
                Some(value) => format!("the node has {}", text(value)),
                None => "the node has none".to_owned(),
            };
            let selector = pod.spec.node_selector.iter();
            let selector = selector.filter(|(key, value)| node.label(*key) != Some(*value));
            let selector = selector.map(|(key, value)| {
                format!("wants {}={}, {}", text(*key), text(*value), label(*key))
            });
            let terms = pod.spec.required_affinity.iter().flatten();
            let unmet = terms.flat_map(|term| &term.labels);
            let unmet = unmet.filter(|wanted| !wanted.allows(node.label(wanted.key), names));
            let unmet = unmet.map(|wanted| {
                format!("wants {}, {}", requirement(wanted, node.world()), label(wanted.key))
            });
            selector.chain(unmet).collect()
        }
        Some("NodeUnschedulable") => vec!["it is cordoned (spec.unschedulable)".into()],
        Some("VolumeBinding" | "VolumeZone") => out_of_reach(pod, node),
        Some("NodePorts") => taken_ports(context, pod, node),
        Some("PodTopologySpread") => crowded(pod, node),
        Some("InterPodAffinity") => neighbours(context, pod, node),
        _ => Vec::new(),
    }
}

/// The taints of a node that keep a pod away.
pub(super) fn repelling<'n>(pod: PodView<'_>, node: NodeView<'n>) -> Vec<&'n Taint> {
    let taints = node.shape().taints.iter();
    let hard = taints.filter(|taint| taint.effect != Effect::PreferNoSchedule);
    hard.filter(|taint| !tolerated(&pod.spec.tolerations, taint)).collect()
}

/// A taint as `kubectl taint` writes it.
pub(super) fn taint_text(taint: &Taint, world: &World) -> String {
    let text = |name: NameId| world.model().names.text(name);
    let effect = match taint.effect {
        Effect::NoSchedule => "NoSchedule",
        Effect::PreferNoSchedule => "PreferNoSchedule",
        Effect::NoExecute => "NoExecute",
    };
    match text(taint.value) {
        "" => format!("{}:{effect}", text(taint.key)),
        value => format!("{}={value}:{effect}", text(taint.key)),
    }
}

/// A requirement as `kubectl` prints selectors.
pub(super) fn requirement(wanted: &Requirement, world: &World) -> String {
    let names = &world.model().names;
    let key = names.text(wanted.key);
    let list = |values: &[NameId]| {
        let values: Vec<&str> = values.iter().map(|value| names.text(*value)).collect();
        values.join(", ")
    };
    match &wanted.operator {
        Operator::In(values) if values.len() == 1 => format!("{key}={}", list(values)),
        Operator::In(values) => format!("{key} in ({})", list(values)),
        Operator::NotIn(values) => format!("{key} not in ({})", list(values)),
        Operator::Exists => format!("{key} to exist"),
        Operator::DoesNotExist => format!("{key} not to exist"),
        Operator::Gt(bound) => format!("{key} > {bound}"),
        Operator::Lt(bound) => format!("{key} < {bound}"),
    }
}

/// A host port with its protocol.
pub(super) fn port(port: &HostPort) -> String {
    let protocol = match port.protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
    };
    format!("{}/{protocol}", port.port)
}

/// The claims whose volumes cannot be reached from a node, with where they can be.
fn out_of_reach(pod: PodView<'_>, node: NodeView<'_>) -> Vec<String> {
    let world = node.world();
    let (names, storage) = (&world.model().names, &world.model().storage);
    let mut details = Vec::new();
    for claim in pod.spec.volumes.claims.iter().map(|claim| &storage.claims[claim.claim]) {
        let Named::Volume(volume) = claim.volume else { continue };
        let name = names.text(claim.name);
        let volume = &storage.volumes[volume];
        let terms = volume.reachable_from.iter().flatten();
        let unmet = terms.flat_map(|term| &term.labels);
        let unmet = unmet.filter(|wanted| !wanted.allows(node.label(wanted.key), names));
        let unmet = unmet.map(|wanted| requirement(wanted, world));
        let zones = volume.zones.iter().filter(|rule| {
            let zone = node.label(rule.key).or_else(|| node.label(rule.present_key));
            !zone.is_some_and(|zone| rule.values.contains(&zone))
        });
        let zones = zones.flat_map(|rule| {
            rule.values
                .iter()
                .map(|value| format!("{}={}", names.text(rule.key), names.text(*value)))
        });
        let mut from: Vec<String> = unmet.chain(zones).collect();
        from.dedup();
        if !from.is_empty() {
            let from = from.join(" or ");
            details.push(format!("the volume of claim {name} can only be reached from {from}"));
        }
    }
    details
}

fn taken_ports(context: &Context<'_>, pod: PodView<'_>, node: NodeView<'_>) -> Vec<String> {
    let world = node.world();
    let holds = |wanted: &HostPort| {
        let mut pods = node.load().pods().iter();
        let by = pods
            .find(|other| world.spec_of(**other).host_ports.iter().any(|p| p.conflicts(wanted)))?;
        Some(format!("port {} is taken by {}", port(wanted), (context.pod_name)(*by)))
    };
    pod.spec.host_ports.iter().filter_map(holds).collect()
}

/// The constraints that a node's domains are too full for, as far as the node tells.
fn crowded(pod: PodView<'_>, node: NodeView<'_>) -> Vec<String> {
    let world = node.world();
    let key = |key: TopologyKeyId| world.model().names.text(world.model().selectors.key(key));
    let constraints = pod.spec.spread.iter().filter(|constraint| constraint.required);
    constraints
        .map(|constraint| {
            let Some(value) = domain_name(constraint.key, node) else {
                return format!("the node has no label {}", key(constraint.key));
            };
            let here =
                constraint.counted.map_or(0, |selector| count(selector, constraint.key, node));
            let (key, skew) = (key(constraint.key), constraint.max_skew);
            format!("{key}={value} has {here} of its kind already; maxSkew is {skew}")
        })
        .collect()
}

/// How many pods a selector means in the domain of a node.
fn count(selector: SelectorId, key: TopologyKeyId, node: NodeView<'_>) -> u32 {
    let domain = node.domain(key);
    let world = node.world();
    let nodes = world.registered().iter().map(|other| world.view(*other));
    nodes
        .filter(|other| other.domain(key) == domain)
        .map(|other| other.load().matched(selector).alive)
        .sum()
}

/// What the domain of a node is called.
fn domain_name(key: TopologyKeyId, node: NodeView<'_>) -> Option<String> {
    let world = node.world();
    let label = world.model().selectors.key(key);
    let value = node.label(label)?;
    if value == world.model().unmentioned_host {
        return Some(world.node_name(node.id()));
    }
    Some(world.model().names.text(value).to_owned())
}

/// The pods near a node that a pod must not be near, or that do not want it near.
fn neighbours(context: &Context<'_>, pod: PodView<'_>, node: NodeView<'_>) -> Vec<String> {
    let world = node.world();
    let near = |key: TopologyKeyId, means: &dyn Fn(PodId) -> bool| {
        let domain = node.domain(key)?;
        let same = |other: &&NodeId| world.view(**other).domain(key) == Some(domain);
        let nodes = world.registered().iter().filter(same);
        nodes.flat_map(|other| world.placement().pods_on(*other)).copied().find(|pod| means(*pod))
    };
    let place = |key: TopologyKeyId| {
        let label = world.model().names.text(world.model().selectors.key(key));
        format!("{label}={}", domain_name(key, node).unwrap_or_default())
    };
    let mut details = Vec::new();
    for term in &pod.spec.pod_affinity.required_anti {
        let means = |other: PodId| matched(term.selector, other, world);
        if let Some(other) = near(term.key, &means) {
            let other = (context.pod_name)(other);
            details.push(format!("it must not be with {other}, which is in {}", place(term.key)));
        }
    }
    for (id, term) in pod.targeted_by().filter(|(_, term)| term.kind == TermKind::KeepsAway) {
        if let Some(other) = near(term.key, &|other| bears(id, other, world)) {
            let other = (context.pod_name)(other);
            details.push(format!("{other} in {} keeps it away", place(term.key)));
        }
    }
    details
}

fn matched(selector: SelectorId, pod: PodId, world: &World) -> bool {
    let related = world.specs().related(world.pods().spec(pod));
    related.matched_by.binary_search(&selector).is_ok()
}

/// Whether a pod bears a term.
pub(super) fn bears(term: TermId, pod: PodId, world: &World) -> bool {
    world.spec_of(pod).pod_affinity.borne.contains(&term)
}

//! Ideas: changes to a pod or to its cluster that might let it fit.

use std::collections::BTreeSet;

use sim::model::labels::Requirement;
use sim::model::node::NodeId;
use sim::model::pod::{AffinityTerm, HostPort, PodSpec};
use sim::model::relations::Related;
use sim::model::resources::Lane;
use sim::model::selectors::{TermId, TermKind};
use sim::model::taints::{Taint, Toleration, TolerationOperator};
use sim::names::NameId;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::Evaluation;
use sim::world::World;
use sim::world::trial::Trial;

use super::nodes::{bears, port, repelling, requirement, taint_text};
use super::{Context, amounts};

/// Taints that say that something is wrong with a node: tolerating them would not put it right.
pub(super) const CONDITIONS: &str = "node.kubernetes.io/";

/// One change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Idea {
    /// A cordoned node takes pods again.
    UncordonNode(NodeId),
    /// A node has none of the taints any more that say that something is wrong with it.
    RepairNode(NodeId),
    /// A constraint allows more pods of a kind in one domain than in another.
    RaiseMaxSkew(usize, u32),
    /// A constraint is only a preference.
    PreferSpread(usize),
    /// The pod puts up with these taints.
    AddToleration(Vec<Taint>),
    /// A label is not asked of nodes.
    DropNodeSelector((NameId, NameId)),
    /// A requirement is not made of nodes.
    DropNodeAffinity(Requirement),
    /// No node is named.
    DropNodeName,
    /// Nothing is required of nodes.
    DropNodeRequirements,
    /// The pod may be without the pods that it must be near.
    DropPodAffinity,
    /// The pod may be near pods that it must not be near.
    DropPodAntiAffinity(AffinityTerm),
    /// Pods that keep it away do not.
    DropAntiAffinityOfOthers(TermId),
    /// A port of the host is not taken.
    DropHostPort(HostPort),
    /// So much less is requested that only this remains.
    LowerRequest(Lane, u64),
    /// There are more nodes of a kind.
    AddNodes(usize, usize),
}

/// A pod as it could be.
#[derive(Clone)]
pub(super) struct Altered {
    pub(super) spec: PodSpec,
    pub(super) related: Related,
}

impl Idea {
    /// Makes the change; imagined nodes are added to `imagined`, each with the number of its kind.
    pub(super) fn apply(
        &self,
        context: &Context<'_>,
        pod: &mut Altered,
        trial: &mut Trial<'_>,
        imagined: &mut Vec<(NodeId, usize)>,
    ) {
        let Altered { spec, related } = pod;
        match self {
            Idea::UncordonNode(node) => trial.uncordon(*node),
            Idea::RepairNode(node) => {
                let names = &trial.model().names;
                let mut taints = trial.view(*node).shape().taints.clone();
                taints.retain(|taint| !names.text(taint.key).starts_with(CONDITIONS));
                trial.taint(*node, taints);
            }
            Idea::RaiseMaxSkew(at, skew) => spec.spread[*at].max_skew = *skew,
            Idea::PreferSpread(at) => spec.spread[*at].required = false,
            Idea::AddToleration(taints) => {
                spec.tolerations.extend(taints.iter().map(|taint| Toleration {
                    key: Some(taint.key),
                    operator: TolerationOperator::Equal(taint.value),
                    effect: Some(taint.effect),
                    seconds: None,
                }))
            }
            Idea::DropNodeSelector(label) => spec.node_selector.retain(|it| it != label),
            Idea::DropNodeAffinity(requirement) => {
                let terms = spec.required_affinity.get_or_insert_default();
                terms.iter_mut().for_each(|term| term.labels.retain(|it| it != requirement));
                // A term without requirements would match nothing.
                if terms.iter().any(|term| term.labels.is_empty() && term.name.is_empty()) {
                    spec.required_affinity = None;
                }
            }
            Idea::DropNodeName => spec.node_name = None,
            Idea::DropNodeRequirements => {
                spec.node_selector.clear();
                spec.required_affinity = None;
            }
            Idea::DropPodAffinity => {
                spec.pod_affinity.required.clear();
                spec.pod_affinity.required_pods = None;
            }
            Idea::DropPodAntiAffinity(term) => {
                spec.pod_affinity.required_anti.retain(|it| it != term)
            }
            Idea::DropAntiAffinityOfOthers(term) => related.targeted_by.retain(|it| it != term),
            Idea::DropHostPort(port) => spec.host_ports.retain(|it| it != port),
            Idea::LowerRequest(lane, amount) => spec.requests[*lane] = *amount,
            Idea::AddNodes(kind, count) => {
                let it = &context.kinds[*kind];
                for _ in 0..*count {
                    imagined.push((trial.imagine_node(it.pool, it.template), *kind));
                }
            }
        }
    }

    /// What it costs, to be compared: what is least missed first, what costs money last.
    pub(super) fn cost(&self, spec: &PodSpec) -> (u8, u64) {
        match self {
            Idea::UncordonNode(_) | Idea::RepairNode(_) => (0, 0),
            Idea::RaiseMaxSkew(_, skew) => (1, u64::from(*skew)),
            Idea::DropNodeName => (1, 0),
            Idea::AddToleration(taints) => (2, taints.len() as u64),
            Idea::DropNodeSelector(_) | Idea::DropNodeAffinity(_) => (2, 1),
            Idea::LowerRequest(lane, to) => {
                // In percent; a pod that gives up a tenth may well not notice.
                let wanted = spec.requests[*lane].max(1);
                let less = (wanted - (*to).min(wanted)).saturating_mul(100) / wanted;
                (if less <= 10 { 1 } else { 3 }, less)
            }
            Idea::PreferSpread(_) | Idea::DropNodeRequirements => (3, 0),
            Idea::DropPodAntiAffinity(_) | Idea::DropHostPort(_) | Idea::DropPodAffinity => {
                (3, 100)
            }
            Idea::DropAntiAffinityOfOthers(_) => (4, 0),
            Idea::AddNodes(_, count) => (5, *count as u64),
        }
    }

    /// What kind of change it is, for programs.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Idea::UncordonNode(_) => "uncordonNode",
            Idea::RepairNode(_) => "repairNode",
            Idea::RaiseMaxSkew(..) => "raiseMaxSkew",
            Idea::PreferSpread(_) => "preferSpread",
            Idea::AddToleration(_) => "addToleration",
            Idea::DropNodeSelector(_) => "dropNodeSelector",
            Idea::DropNodeAffinity(_) => "dropNodeAffinity",
            Idea::DropNodeName => "dropNodeName",
            Idea::DropNodeRequirements => "dropNodeRequirements",
            Idea::DropPodAffinity => "dropPodAffinity",
            Idea::DropPodAntiAffinity(_) => "dropPodAntiAffinity",
            Idea::DropAntiAffinityOfOthers(_) => "dropAntiAffinityOfOthers",
            Idea::DropHostPort(_) => "dropHostPort",
            Idea::LowerRequest(..) => "lowerRequest",
            Idea::AddNodes(..) => "addNodes",
        }
    }

    /// The change in words.
    pub(super) fn tell(&self, context: &Context<'_>, pod: PodView<'_>, world: &World) -> String {
        let model = world.model();
        let text = |name: NameId| model.names.text(name);
        let key = |at: usize| text(model.selectors.key(pod.spec.spread[at].key));
        let domain = |term: &AffinityTerm| text(model.selectors.key(term.key));
        match self {
            Idea::UncordonNode(node) => {
                let node = world.node_name(*node);
                format!("uncordon {node} (kubectl uncordon {node})")
            }
            Idea::RepairNode(node) => {
                let taints = world.view(*node).shape().taints.iter();
                let wrong = taints.filter(|taint| text(taint.key).starts_with(CONDITIONS));
                let wrong: Vec<String> = wrong.map(|taint| taint_text(taint, world)).collect();
                format!("repair {}, which is {}", world.node_name(*node), wrong.join(", "))
            }
            Idea::RaiseMaxSkew(at, skew) => format!(
                "raise maxSkew of the spread over {} from {} to {skew}",
                key(*at),
                pod.spec.spread[*at].max_skew
            ),
            Idea::PreferSpread(at) => {
                format!("make the spread over {} ScheduleAnyway", key(*at))
            }
            Idea::AddToleration(taints) => {
                let taints: Vec<String> = taints.iter().map(|it| taint_text(it, world)).collect();
                format!("tolerate {}", taints.join(" and "))
            }
            Idea::DropNodeSelector((key, value)) => {
                format!("drop {}={} from its nodeSelector", text(*key), text(*value))
            }
            Idea::DropNodeAffinity(wanted) => {
                format!("drop {} from its required node affinity", requirement(wanted, world))
            }
            Idea::DropNodeName => "leave out spec.nodeName".into(),
            Idea::DropNodeRequirements => "drop its nodeSelector and required node affinity".into(),
            Idea::DropPodAffinity => "drop its required pod affinity".into(),
            Idea::DropPodAntiAffinity(term) => {
                format!("drop its required pod anti-affinity over {}", domain(term))
            }
            Idea::DropAntiAffinityOfOthers(term) => {
                let over = text(model.selectors.key(model.selectors.term(*term).key));
                let nodes = world.registered().iter();
                let pods = nodes.flat_map(|node| world.placement().pods_on(*node)).copied();
                let bearing: Vec<_> = pods.filter(|pod| bears(*term, *pod, world)).collect();
                let of = bearing.first().map_or_else(String::new, |pod| (context.pod_name)(*pod));
                let more = match bearing.len() {
                    0 | 1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                format!("drop the required pod anti-affinity over {over} of {of}{more}")
            }
            Idea::DropHostPort(wanted) => format!("do without host port {}", port(wanted)),
            Idea::LowerRequest(lane, to) => format!(
                "lower its {} request from {} to {}",
                model.lane_name(*lane),
                amounts::exact(*lane, pod.spec.requests[*lane], model),
                amounts::exact(*lane, *to, model)
            ),
            Idea::AddNodes(kind, count) => {
                let nodes = if *count == 1 { "node" } else { "nodes" };
                format!("add {count} {nodes} {}", context.kinds[*kind].name)
            }
        }
    }
}

/// Every idea that the pod and the nodes that refuse it suggest.
pub(super) fn all(
    context: &Context<'_>,
    pod: PodView<'_>,
    world: &World,
    evaluation: &Evaluation,
) -> Vec<Idea> {
    let mut ideas = about_nodes(world, evaluation);
    ideas.extend(about_pod(pod));
    let mut repelled = BTreeSet::new();
    for node in world.registered() {
        let taints: Vec<Taint> = repelling(pod, world.view(*node)).into_iter().cloned().collect();
        let wrong = |taint: &Taint| world.model().names.text(taint.key).starts_with(CONDITIONS);
        if !taints.is_empty() && !taints.iter().any(wrong) {
            repelled.insert(taints);
        }
    }
    ideas.extend(repelled.into_iter().map(Idea::AddToleration));
    ideas.extend((0..context.kinds.len()).map(|kind| Idea::AddNodes(kind, 1)));
    ideas
}

/// What could be done about nodes: cordoned or broken ones, one of each shape.
fn about_nodes(world: &World, evaluation: &Evaluation) -> Vec<Idea> {
    let mut ideas = Vec::new();
    let mut seen = BTreeSet::new();
    for (node, _) in evaluation.verdicts.iter().filter(|(_, said)| said.is_some()) {
        let view = world.view(*node);
        // What is gone cannot be mended.
        if view.is_lost() {
            continue;
        }
        let text = |taint: &Taint| world.model().names.text(taint.key).to_owned();
        let wrong = view.shape().taints.iter().any(|taint| {
            text(taint).starts_with(CONDITIONS) && taint.key != world.model().unschedulable_key
        });
        // What is about to be taken away is of no use.
        if world.nodes().announced(*node) {
            continue;
        }
        let idea = if wrong && !view.cordoned() {
            Idea::RepairNode(*node)
        } else if view.cordoned() && !wrong {
            Idea::UncordonNode(*node)
        } else {
            continue;
        };
        // Of nodes alike, the emptiest are as good as any; a few are enough to see that.
        if seen.insert((world.nodes().shape(*node), view.load().requested()[Lane::CPU])) {
            ideas.push(idea);
        }
    }
    ideas.truncate(MOST_NODES);
    ideas
}

/// The number of cordoned or broken nodes that are tried.
const MOST_NODES: usize = 50;

/// What could be asked for less.
fn about_pod(pod: PodView<'_>) -> Vec<Idea> {
    let spec = pod.spec;
    let mut ideas = Vec::new();
    let lanes = Lane::all().filter(|lane| *lane != Lane::PODS && spec.requests[*lane] > 0);
    ideas.extend(lanes.map(|lane| Idea::LowerRequest(lane, 0)));
    for (at, constraint) in spec.spread.iter().enumerate().filter(|(_, it)| it.required) {
        ideas.push(Idea::RaiseMaxSkew(at, constraint.max_skew + 1));
        ideas.push(Idea::PreferSpread(at));
    }
    ideas.extend(spec.node_selector.iter().map(|label| Idea::DropNodeSelector(*label)));
    let terms = spec.required_affinity.iter().flatten();
    for wanted in terms.flat_map(|term| &term.labels) {
        let idea = Idea::DropNodeAffinity(wanted.clone());
        if !ideas.contains(&idea) {
            ideas.push(idea);
        }
    }
    let demands = spec.node_selector.len() + spec.required_affinity.iter().flatten().count();
    if demands > 1 {
        ideas.push(Idea::DropNodeRequirements);
    }
    ideas.extend(spec.node_name.map(|_| Idea::DropNodeName));
    if !spec.pod_affinity.required.is_empty() {
        ideas.push(Idea::DropPodAffinity);
    }
    ideas.extend(
        spec.pod_affinity.required_anti.iter().map(|term| Idea::DropPodAntiAffinity(term.clone())),
    );
    let keeping = pod.targeted_by().filter(|(_, term)| term.kind == TermKind::KeepsAway);
    ideas.extend(keeping.map(|(id, _)| Idea::DropAntiAffinityOfOthers(id)));
    ideas.extend(spec.host_ports.iter().map(|port| Idea::DropHostPort(port.clone())));
    ideas
}

//! The estimator: how many new nodes of one group pending pods need, and which of them find room there.
//!
//! Groups of pods are packed one after the other, the most demanding first. Which node takes a pod is for
//! `Bins` to say. There are two kinds of them: `plain`, which asks the scheduler's filters about every
//! pod, and `counted`, which adds up what nodes have left and gives the same answer where nothing but
//! that decides.
// Cluster Autoscaler: estimator/binpacking_estimator.go

mod bins;
mod counted;
mod fastpath;
mod limit;
mod plain;

use sim::model::pod::{PodId, PodSpec};
use sim::model::resources::Lane;
use sim::world::World;
use sim::world::trial::Trial;

use super::equivalence::PodGroup;
use super::node_group::NodeGroup;
use super::requests::{Requests, share};
use super::snapshot::{Filters, NodeList};
use bins::{Bins, Put};
use counted::Counted;
use plain::Plain;

pub use limit::NodeLimit;

/// What an estimate is about.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The pods, in groups that each fit on an empty new node.
    pub pods: &'q [&'q PodGroup],
    /// The node group.
    pub group: &'q NodeGroup,
    /// How many nodes may be added.
    pub limit: NodeLimit,
    /// `--fastpath-binpacking-enabled`.
    pub fastpath: bool,
    /// Whether every pod asks every filter, whatever that takes.
    pub plain: bool,
}

/// How many nodes, for which pods.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Estimate {
    /// How many nodes get a pod.
    pub nodes: u32,
    /// The pods that find room, in the order in which they do.
    pub pods: Vec<PodId>,
}

/// How many new nodes pods need. Nothing stays of what is tried out but where the next search begins.
#[must_use]
pub fn estimate(
    question: Question<'_>,
    filters: &Filters,
    trial: &mut Trial<'_>,
    list: &mut NodeList,
) -> Estimate {
    let mut pods = ordered(question, trial);
    let extrapolated = question.fastpath && fastpath::move_last(&mut pods, question.group, trial);
    let fork = &mut trial.fork();
    let counted =
        if question.plain { None } else { Counted::of(question.group, &pods, list, fork) };
    match counted {
        Some(bins) => pack(&pods, bins, question.limit, extrapolated),
        None => {
            let bins = Plain::new(question.group, filters, fork, list);
            pack(&pods, bins, question.limit, extrapolated)
        }
    }
}

/// The groups, the most demanding first.
// Cluster Autoscaler: estimator/decreasing_pod_orderer.go
fn ordered<'q>(question: Question<'q>, world: &World) -> Vec<&'q PodGroup> {
    let allocatable = question.group.shape(world).allocatable;
    let score = |group: &PodGroup| {
        let requests = Requests::of(world.spec_of(group.pods[0]));
        let part = |lane: Lane, requested: u64| match allocatable[lane] {
            0 => 0.0,
            whole => share(requested, whole),
        };
        part(Lane::CPU, requests.cpu) + part(Lane::MEMORY, requests.memory)
    };
    let mut scored: Vec<(f64, &PodGroup)> =
        question.pods.iter().map(|group| (score(group), *group)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, group)| group).collect()
}

/// Packs groups of pods into bins.
fn pack(pods: &[&PodGroup], mut bins: impl Bins, limit: NodeLimit, extrapolated: bool) -> Estimate {
    let mut packing = Packing { limit, estimate: Estimate::default(), extrapolated: 0 };
    let mut may_add = true;
    for (index, group) in pods.iter().enumerate() {
        let reused = bins.reuse(index, &group.pods);
        packing.estimate.pods.extend(&group.pods[..reused]);
        let rest = &group.pods[reused..];
        if may_add {
            let is_last = index + 1 == pods.len();
            may_add = if is_last && extrapolated {
                packing.extrapolate(index, rest, &mut bins)
            } else {
                packing.on_new_nodes(index, rest, &mut bins)
            };
        }
    }
    packing.estimate.nodes = bins.occupied() + packing.extrapolated;
    packing.estimate
}

struct Packing {
    limit: NodeLimit,
    estimate: Estimate,
    /// Nodes that are only reckoned with.
    extrapolated: u32,
}

impl Packing {
    /// Puts pods on the newest node, and adds another when it is full. Whether more may be added.
    // tryToScheduleOnNewNodes
    fn on_new_nodes(&mut self, group: usize, pods: &[PodId], bins: &mut impl Bins) -> bool {
        for pod in pods {
            if bins.has_newest() {
                let put = match bins.put_on_newest(group, *pod) {
                    Put::Done => true,
                    Put::Refused { by_host_spread } => {
                        by_host_spread && bins.put_elsewhere(group, *pod)
                    }
                };
                if put {
                    self.estimate.pods.push(*pod);
                    continue;
                }
                // Another empty node would not help either.
                if bins.newest_is_empty() {
                    return true;
                }
            }
            if !self.limit.permits() {
                return false;
            }
            bins.add();
            // The node stays, though it does not help.
            if bins.put_on_newest(group, *pod) != Put::Done {
                break;
            }
            self.estimate.pods.push(*pod);
        }
        true
    }

    /// Fills one new node, and reckons with as many like it as the rest of the pods need. Whether more
    /// may be added.
    // tryFastPath
    fn extrapolate(&mut self, group: usize, pods: &[PodId], bins: &mut impl Bins) -> bool {
        if pods.is_empty() {
            return true;
        }
        if !self.limit.permits() {
            return false;
        }
        bins.add();
        let fits = |pod: &&PodId| bins.put_on_newest(group, **pod) == Put::Done;
        let per_node = pods.iter().take_while(fits).count();
        self.estimate.pods.extend(&pods[..per_node]);
        if per_node == 0 {
            return true;
        }
        for node in pods[per_node..].chunks(per_node) {
            if !self.limit.permits() {
                return false;
            }
            self.extrapolated += 1;
            self.estimate.pods.extend(node);
        }
        true
    }
}

/// Whether a pod spreads over hosts, by a constraint of any kind.
// isPodUsingHostNameTopologyKey
fn spreads_over_hosts(spec: &PodSpec) -> bool {
    use sim::model::selectors::TopologyKeyId;
    spec.spread.iter().any(|constraint| constraint.key == TopologyKeyId::HOSTNAME)
}

//! Which pools could be bought as spot, and what keeps the others.
//!
//! A pool moves when its pods have twins or may begin anew: a reclaim then costs time, not a service
//! and not data. It stays when StatefulSets, local data or more than a few singletons are on it.

use std::collections::BTreeSet;

use super::Place;
use crate::cluster::pools::{RecognisedPool, is_spot, zone};
use crate::cluster::{Cluster, Member, counted};
use crate::file::{Capacity, Kind};
use crate::kube::PodSpec;

/// What is proposed for a pool, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Proposal {
    /// Whether it is to move to spot.
    pub(super) moves: bool,
    /// The nodes of it that stay on-demand then, by index.
    pub(super) base: Vec<usize>,
    why: String,
}

/// A pool moves in spite of singletons if they are not more than one in this many of its pods; they
/// are named, so that they can be kept elsewhere.
const FEW: usize = 20;
/// One in this many nodes stays on-demand when a pool moves, and those that hold singletons: what is
/// left when all spot of a type is taken at once.
const BASE: usize = 4;
/// How many names are shown before it gets long.
const SHOWN: usize = 3;

impl Proposal {
    pub(super) fn of(pool: &RecognisedPool, cluster: &Cluster<'_>, place: &Place) -> Proposal {
        let stays = |why: String| Proposal { moves: false, base: Vec::new(), why };
        if pool.capacity == Capacity::Spot {
            return stays("it is on spot already".into());
        }
        let no_price = pool
            .types
            .keys()
            .find(|name| place.listed(name).is_none_or(|it| it.spot_micro_usd.is_none()));
        if let Some(name) = no_price {
            return stays(format!("the catalogue has no spot price for {name}"));
        }
        let nodes: BTreeSet<usize> = pool.nodes.iter().copied().collect();
        let here: Vec<&Member<'_>> = cluster
            .pods
            .iter()
            .filter(|member| member.node.is_some_and(|node| nodes.contains(&node)))
            .filter(|member| cluster.workloads[member.workload].kind != Kind::DaemonSet)
            .collect();
        let mut holds: [(&str, BTreeSet<usize>); 3] = [
            ("StatefulSet", BTreeSet::new()),
            ("singleton", BTreeSet::new()),
            ("workload with data on its node", BTreeSet::new()),
        ];
        for member in &here {
            for ((_, held), because) in holds.iter_mut().zip(what_holds(cluster, member)) {
                if because {
                    held.insert(member.workload);
                }
            }
        }
        let [sets, singletons, local] = &holds;
        let few = here.len() >= FEW * singletons.1.len();
        let held: Vec<String> = [sets, singletons, local]
            .into_iter()
            .filter(|(_, held)| !held.is_empty())
            .map(|(what, held)| format!("{} ({})", counted(held.len(), what), names(cluster, held)))
            .collect();
        if !(sets.1.is_empty() && local.1.is_empty() && few) {
            return stays(held.join(", "));
        }
        let workloads: BTreeSet<usize> = here.iter().map(|member| member.workload).collect();
        let mut why = match workloads.len() {
            0 => "nothing but DaemonSets runs on it".into(),
            _ => format!(
                "{} of {} have twins or may begin anew",
                counted(here.len() - singletons.1.len(), "pod"),
                counted(workloads.len() - singletons.1.len(), "workload")
            ),
        };
        if !held.is_empty() {
            why += &format!("; kept off it: {}", held.join(", "));
        }
        let holding = here.iter().filter(|member| singletons.1.contains(&member.workload));
        let base = base(pool, holding.filter_map(|member| member.node).collect(), cluster);
        if base.len() == pool.nodes.len() {
            return stays(format!("a singleton is on every node of it: {}", held.join(", ")));
        }
        match base.len() {
            0 => {}
            1 => why += &format!("; 1 of {} nodes stays on-demand", pool.nodes.len()),
            some => why += &format!("; {some} of {} nodes stay on-demand", pool.nodes.len()),
        }
        Proposal { moves: true, base, why }
    }

    /// In words.
    pub(super) fn sentence(&self) -> String {
        format!("{}: {}", if self.moves { "Moves to spot" } else { "Stays" }, self.why)
    }
}

/// What speaks against spot for a pod: that it is of a StatefulSet, the only one of its workload, or
/// keeps data on its node.
fn what_holds(cluster: &Cluster<'_>, member: &Member<'_>) -> [bool; 3] {
    let workload = &cluster.workloads[member.workload];
    let singleton = match workload.kind {
        Kind::Deployment => workload.spec.replicas.unwrap_or(1) <= 1,
        Kind::Pod => true,
        Kind::StatefulSet | Kind::DaemonSet | Kind::Job | Kind::CronJob => false,
    };
    [workload.kind == Kind::StatefulSet, singleton, has_local_data(&member.pod.spec)]
}

/// The workloads that are to be kept off spot, as `namespace/name`: those that something speaks
/// against and that are not on it today.
pub(super) fn off_spot(cluster: &Cluster<'_>) -> BTreeSet<String> {
    let on_spot =
        |member: &Member<'_>| member.node.is_some_and(|node| is_spot(cluster.nodes[node].0));
    let there: BTreeSet<usize> =
        cluster.pods.iter().filter(|it| on_spot(it)).map(|it| it.workload).collect();
    let held = cluster.pods.iter().filter(|member| {
        cluster.workloads[member.workload].kind != Kind::DaemonSet
            && !there.contains(&member.workload)
            && what_holds(cluster, member).contains(&true)
    });
    let name = |member: &Member<'_>| {
        let workload = &cluster.workloads[member.workload];
        format!("{}/{}", workload.namespace, workload.name)
    };
    held.map(name).collect()
}

/// The nodes of a pool that stay on-demand: those in `holding`, and more until there is one in so
/// many, from the zones with fewest of them. A single node is no base.
fn base(pool: &RecognisedPool, holding: BTreeSet<usize>, cluster: &Cluster<'_>) -> Vec<usize> {
    let mut base: Vec<usize> = holding.into_iter().collect();
    let wanted = if pool.nodes.len() > 1 { pool.nodes.len().div_ceil(BASE) } else { 0 };
    let zone_of = |node: usize| zone(cluster.nodes[node].0);
    while base.len() < wanted {
        let others = pool.nodes.iter().copied().filter(|node| !base.contains(node));
        let in_its_zone =
            |node: &usize| base.iter().filter(|it| zone_of(**it) == zone_of(*node)).count();
        let Some(next) = others.min_by_key(in_its_zone) else { break };
        base.push(next);
    }
    base.sort_unstable();
    base
}

fn names(cluster: &Cluster<'_>, workloads: &BTreeSet<usize>) -> String {
    let mut names: Vec<String> = workloads
        .iter()
        .take(SHOWN)
        .map(|index| {
            let workload = &cluster.workloads[*index];
            format!("{}/{}", workload.namespace, workload.name)
        })
        .collect();
    if workloads.len() > SHOWN {
        names.push(format!("and {} more", workloads.len() - SHOWN));
    }
    names.join(", ")
}

/// Whether a pod keeps something on its node that is gone when the node is.
fn has_local_data(pod: &PodSpec) -> bool {
    pod.volumes.iter().any(|volume| volume.host_path.is_some())
}

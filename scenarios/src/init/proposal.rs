//! Which pools could be bought as spot, and what keeps the others.
//!
//! A pool moves when its pods have twins or may begin anew: a reclaim then costs time, not a service
//! and not data. It stays when StatefulSets, local data or more than a few singletons are on it.

use std::collections::BTreeSet;

use super::Place;
use crate::cluster::pools::RecognisedPool;
use crate::cluster::{Cluster, Member, counted};
use crate::file::{Capacity, Kind};
use crate::kube::PodSpec;

/// What is proposed for a pool, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Proposal {
    /// Whether it is to move to spot.
    pub(super) moves: bool,
    why: String,
}

/// A pool moves in spite of singletons if they are not more than one in this many of its pods; they
/// are named, so that they can be kept elsewhere.
const FEW: usize = 20;
/// How many names are shown before it gets long.
const SHOWN: usize = 3;

impl Proposal {
    pub(super) fn of(pool: &RecognisedPool, cluster: &Cluster<'_>, place: &Place) -> Proposal {
        let stays = |why: String| Proposal { moves: false, why };
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
            let workload = &cluster.workloads[member.workload];
            let singleton = match workload.kind {
                Kind::Deployment => workload.spec.replicas.unwrap_or(1) <= 1,
                Kind::Pod => true,
                Kind::StatefulSet | Kind::DaemonSet | Kind::Job | Kind::CronJob => false,
            };
            let because =
                [workload.kind == Kind::StatefulSet, singleton, has_local_data(&member.pod.spec)];
            for ((_, held), because) in holds.iter_mut().zip(because) {
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
            why += &format!("; keep off it {}", held.join(", "));
        }
        Proposal { moves: true, why }
    }

    /// In words.
    pub(super) fn sentence(&self) -> String {
        format!("{}: {}", if self.moves { "Moves to spot" } else { "Stays" }, self.why)
    }
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

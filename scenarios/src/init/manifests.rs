//! A scenario for manifests: they say what runs, and the pools are sized so that it fits.

use std::collections::BTreeMap;
use std::fmt::Write;

use sim::model::Model;
use sim::model::resources::{Lane, Resources};
use sim::providers::platform::Drafts;

use super::alike::{alike, is_rationed};
use super::trial::{self, Tried, Waiting};
use super::{Draft, Files, yaml};
use crate::catalogue::{self, Listed};
use crate::cluster::counted;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::estimate::value_of;
use crate::file::{Kind, ProviderName};
use crate::lower::requests::requests;
use crate::template::SCHEMA_FILE;
use crate::workloads::Written;

/// Room that is left free, in percent of what is asked for.
const HEADROOM: u64 = 30;
/// Pods that a node has no room for besides its own agents.
const AGENTS: u64 = 10;
/// How much dearer the common family may be than another, in percent, and be proposed.
const FAMILIAR: u64 = 20;
/// After how many sizes none of which places more pods no larger one is tried: with three zones in
/// turn, one of them may be of no use.
const IN_VAIN: u32 = 3;

/// As many as a pool may have: of the two of a draft one has two thirds.
const MOST_NODES: u64 = 1_000_000;

/// Drafts a scenario for workloads.
pub(super) fn draft(
    workloads: &[Written],
    files: Files<'_>,
    provider: ProviderName,
) -> Result<Draft, Diagnostics> {
    let Drafts { region, zones, common, .. } = provider.drafts;
    let listed = |name| catalogue::region(provider.catalogue, region).find(|it| it.name == name);
    let Some(common) = common.and_then(listed) else {
        let message = format!("there are no instance types of `{}` to size", provider.name);
        let help = "choose aws, gcp or azure with --provider; the types can be replaced afterwards";
        return Err(Diagnostic::new("E0201", message).help(help).into());
    };
    let demands = demands(workloads)?;
    let listed = smallest_for(&demands, common);
    let least = fewest(&demands, listed);
    if least > MOST_NODES {
        return Err(too_many(workloads, &demands, (least, listed)).into());
    }
    let pools = Pools { listed, zones: &zones, provider, files, least };
    let Sized { nodes, text, waiting, untried } = pools.sized()?;
    let pods: u64 = demands.iter().map(|it| it.pods).sum();
    let missing: u64 = waiting.iter().map(|it| it.pods).sum();
    let (shown, name) = (counted(count(nodes), "node"), &listed.name);
    let fit = match missing {
        _ if untried.is_some() => format!("{shown} of {name} would hold them by their requests"),
        0 => format!("{shown} of {name} would hold them"),
        _ => format!(
            "{shown} of {name} would hold them but for {}, which {} there",
            counted(count(missing), "pod"),
            if missing == 1 { "never runs" } else { "never run" }
        ),
    };
    let notes = vec![
        format!("{} of {}", counted(workloads.len(), "workload"), counted(count(pods), "pod")),
        fit,
    ];
    let mut gaps = gaps(&waiting, &demands, provider);
    gaps.extend(untried.map(|refusal| {
        format!("whether they fit was not tried, and `run` asks for consent: {}", refusal.message)
    }));
    Ok(Draft { scenario: text, spot: None, notes, gaps })
}

/// What is to be done about pods that fit nowhere: one sentence for all that lack the same.
fn gaps(waiting: &[Waiting], demands: &[Demand], provider: ProviderName) -> Vec<String> {
    let special = |it: &Waiting| {
        let demand = demands.iter().find(|demand| demand.workload == it.workload);
        demand.and_then(|demand| demand.special.as_deref())
    };
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<&Waiting>> = BTreeMap::new();
    for it in waiting {
        groups.entry((&it.why, special(it))).or_default().push(it);
    }
    groups.into_iter().map(|((_, special), group)| gap(&group, special, provider)).collect()
}

fn gap(group: &[&Waiting], special: Option<&str>, provider: ProviderName) -> String {
    let what = match special {
        Some(special) => format!(
            "give it a pool whose type has {special} (`spotsim catalogue provider={} gpus=1..`)",
            provider.catalogue
        ),
        None => "give it a pool with the size, labels and zones that it asks for".into(),
    };
    format!("{}. Until then it never runs: {what}", trial::sentence(group))
}

/// No scenario has this many nodes in two pools: what asks for most of them is to be corrected.
fn too_many(
    workloads: &[Written],
    demands: &[Demand],
    (nodes, listed): (u64, &Listed),
) -> Diagnostic {
    let message = format!(
        "the pods ask for {} of {}, and the pools of a draft have {} at most",
        counted(count(nodes), "node"),
        listed.name,
        counted(count(MOST_NODES), "node"),
    );
    let wrong = Diagnostic::new("E0212", message).help("correct the number of pods");
    let most = workloads.iter().zip(demands).max_by_key(|(_, demand)| demand.pods);
    match most {
        Some((written, demand)) => wrong
            .at(&written.source, value_of("replicas", written))
            .label(format!("it has {}", counted(count(demand.pods), "pod"))),
        None => wrong,
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What a workload asks for.
struct Demand {
    /// Namespace and name.
    workload: String,
    /// How many pods it has at a time; one for a DaemonSet, whatever the number of nodes.
    pods: u64,
    /// What each of them asks for.
    each: Resources,
    /// Something that ordinary nodes do not have, if it asks for that.
    special: Option<String>,
    /// Whether each node has one of its pods.
    on_every_node: bool,
}

fn demands(workloads: &[Written]) -> Result<Vec<Demand>, Diagnostics> {
    let mut model = Model::default();
    let demand = |workload: &Written| {
        let spec = &workload.spec;
        let full = format!("{}/{}", workload.namespace, workload.name);
        let each = requests(&mut model, &spec.template.spec, None).map_err(|error| {
            let wrong = Diagnostic::new("E0301", format!("{full}: {error}"));
            Diagnostics::from(wrong.at(&workload.source, workload.span.clone()))
        })?;
        let pods = u64::from(match workload.kind {
            Kind::Deployment | Kind::StatefulSet => spec.replicas.unwrap_or(1),
            Kind::Job | Kind::CronJob => spec.parallelism.unwrap_or(1),
            Kind::DaemonSet | Kind::Pod => 1,
        });
        let mut containers = spec.template.spec.containers.iter();
        let special = containers.find_map(|container| {
            let asked =
                container.resources.requests.keys().chain(container.resources.limits.keys());
            asked.into_iter().find(|name| name.contains('/')).cloned()
        });
        let on_every_node = workload.kind == Kind::DaemonSet;
        Ok(Demand { workload: full, pods, each: each.real, special, on_every_node })
    };
    workloads.iter().map(demand).collect()
}

/// What an ordinary node of a type leaves to other pods than those of DaemonSets.
fn room(listed: &Listed, demands: &[Demand]) -> Resources {
    let allocatable = &listed.allocatable;
    let mut room = Resources::one_pod(allocatable.cpu_milli, allocatable.memory_mib << 20);
    room[Lane::PODS] = listed.max_pods.saturating_sub(AGENTS).max(1);
    for daemon in demands.iter().filter(|it| it.on_every_node && it.special.is_none()) {
        for lane in [Lane::CPU, Lane::MEMORY, Lane::PODS] {
            room[lane] = room[lane].saturating_sub(daemon.each[lane]);
        }
    }
    room
}

fn holds(room: &Resources, demand: &Demand) -> bool {
    [Lane::CPU, Lane::MEMORY].into_iter().all(|lane| demand.each[lane] <= room[lane])
}

/// The common type, or the cheapest larger one that takes the largest pod besides DaemonSets. What
/// fits no type at all does not count.
fn smallest_for(demands: &[Demand], common: &'static Listed) -> &'static Listed {
    let mut types: Vec<&Listed> = catalogue::region(&common.provider, &common.region)
        .filter(|it| it.arch == common.arch && it.gpus == 0 && it.vcpu >= common.vcpu)
        .filter(|it| it.spot_micro_usd.is_some() && it.nvme_gib.is_none() && !is_rationed(it))
        // As much memory for each vCPU at least: other pods are to fit beside the largest.
        .filter(|it| it.memory_mib * common.vcpu >= common.memory_mib * it.vcpu)
        .collect();
    let price = |it: &Listed| match it.family == common.family {
        true => it.on_demand_micro_usd * (100 - FAMILIAR) / 100,
        false => it.on_demand_micro_usd,
    };
    types.sort_by_key(|it| (it.name != common.name, price(it), it.band, &it.name));
    let rooms: Vec<Resources> = types.iter().map(|it| room(it, demands)).collect();
    let pods = demands.iter().filter(|it| !it.on_every_node && it.special.is_none());
    let possible: Vec<&Demand> =
        pods.filter(|demand| rooms.iter().any(|room| holds(room, demand))).collect();
    let all_fit = |room: &Resources| possible.iter().all(|demand| holds(room, demand));
    let fitting = types.iter().zip(&rooms).find(|(_, room)| all_fit(room));
    fitting.map_or(common, |(listed, _)| listed)
}

/// How many nodes of a type it takes at least, with headroom.
fn fewest(demands: &[Demand], listed: &Listed) -> u64 {
    let room = room(listed, demands);
    let mut sum = Resources::ZERO;
    for demand in demands.iter().filter(|it| !it.on_every_node && holds(&room, it)) {
        for lane in [Lane::CPU, Lane::MEMORY, Lane::PODS] {
            sum[lane] = sum[lane].saturating_add(demand.pods.saturating_mul(demand.each[lane]));
        }
    }
    let headroom = |lane: Lane| if lane == Lane::PODS { 0 } else { HEADROOM };
    let nodes = [Lane::CPU, Lane::MEMORY, Lane::PODS]
        .map(|lane| (sum[lane], sum[lane].saturating_mul(headroom(lane)) / 100, room[lane]))
        .map(|(sum, more, room)| sum.saturating_add(more).div_ceil(room.max(1)));
    nodes.into_iter().max().unwrap_or(0).max(3)
}

/// The pools of a draft but for their sizes.
struct Pools<'p> {
    listed: &'static Listed,
    zones: &'p [&'p str; 3],
    provider: ProviderName,
    files: Files<'p>,
    /// How many nodes to begin with.
    least: u64,
}

/// A size, and what finds no node at it.
struct Sized {
    nodes: u64,
    text: String,
    waiting: Vec<Waiting>,
    /// Why it was not tried whether they fit, if it was not.
    untried: Option<Box<Diagnostic>>,
}

impl Pools<'_> {
    /// The first size at which every pod finds a node, by trial; if there is none, the smallest at
    /// which most of them do.
    fn sized(&self) -> Result<Sized, Diagnostics> {
        let (mut nodes, mut in_vain) = (self.least, 0);
        let mut best: Option<(u64, Sized)> = None;
        loop {
            let text = self.text(nodes);
            let waiting = match trial::tried(&text, self.files.scenario)? {
                Tried::Waiting(waiting) => waiting,
                Tried::TooLarge(refusal) => {
                    let untried = Some(refusal);
                    return Ok(Sized { nodes, text, waiting: Vec::new(), untried });
                }
            };
            let pods = waiting.iter().map(|it| it.pods).sum();
            if best.as_ref().is_none_or(|(fewest, _)| pods < *fewest) {
                (best, in_vain) = (Some((pods, Sized { nodes, text, waiting, untried: None })), 0);
            } else {
                in_vain += 1;
            }
            match best {
                Some((pods, best)) if pods == 0 || in_vain == IN_VAIN => return Ok(best),
                // More nodes would be more than a pool has.
                Some((_, best)) if nodes == MOST_NODES => return Ok(best),
                _ => nodes = (nodes + (nodes / 4).max(1)).min(MOST_NODES),
            }
        }
    }

    fn text(&self, nodes: u64) -> String {
        let Pools { listed, zones, provider, files, .. } = *self;
        let base = nodes.div_ceil(3);
        let mut text = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n#\n");
        let about = format!(
            "What runs is in {}. How large its cluster is these files do not say: {} of {} hold it \
             with {HEADROOM} % to spare, of which two thirds are on spot. Change them to what you \
             have.",
            files.from.join(", "),
            counted(count(nodes), "node"),
            listed.name,
        );
        text += &yaml::comment(0, &about);
        let stem = files.scenario.rsplit('/').next().unwrap_or(files.scenario);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let _ = write!(
            text,
            "apiVersion: spotsim/v1\nname: {}\nhorizon: 7d\nprovider: {}\nregion: {}\n\npools:\n",
            yaml::scalar(stem),
            provider.name,
            listed.region,
        );
        let several = alike(listed);
        for (pool, count, capacity, types) in [
            ("base", base, "on-demand", &several[..1]),
            ("spot", nodes - base, "spot", &several[..]),
        ] {
            let _ = writeln!(
                text,
                "  - name: {pool}\n    count: {count}\n    capacityType: {capacity}\n    \
                 instanceTypes: {}\n    zones: {}",
                yaml::list(types.iter().map(|it| it.name.as_str())),
                yaml::list(zones.iter().copied())
            );
        }
        let _ = writeln!(text, "\nmanifests:");
        for file in files.from {
            let _ = writeln!(text, "  - {}", yaml::scalar(file));
        }
        text
    }
}

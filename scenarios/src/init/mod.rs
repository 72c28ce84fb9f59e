//! `spotsim init --from`: a scenario that says what a cluster is, and one that says what it might
//! become.

mod alike;
mod from;
mod manifests;
mod parts;
mod proposal;
mod synthetic;
mod trial;
pub(crate) mod yaml;

use std::collections::BTreeMap;
use std::fmt::Write;

pub use from::from_files;
use serde_json::Value;
pub use synthetic::{Synthetic, like, synthetic};

use crate::catalogue::{self, Listed};
use crate::cluster::pools::{self, RecognisedPool};
use crate::cluster::{Cluster, counted};
use crate::diagnostic::Diagnostics;
use crate::examine::zones::unknown;
use crate::file::{Capacity, ProviderName};
use crate::kube::{Node, Taint};
use crate::template::SCHEMA_FILE;
use alike::alike;
use parts::Part;
use proposal::Proposal;

/// What was made of a cluster.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The cluster as it stands.
    pub scenario: String,
    /// The same with pools on spot; none if no pool can move.
    pub spot: Option<String>,
    /// What was understood, and what is proposed for each pool, in one line each.
    pub notes: Vec<String>,
    /// What has to be filled in before the scenario runs.
    pub gaps: Vec<String>,
}

/// Names of the files that a draft becomes.
#[derive(Clone, Copy, Debug)]
pub struct Files<'f> {
    /// The dump, as the user wrote it.
    pub from: &'f [String],
    /// The scenario.
    pub scenario: &'f str,
    /// The proposal.
    pub spot: &'f str,
}

/// Drafts both scenarios.
///
/// # Errors
/// What a run of them would refuse of the dump: it looks closer at one than a draft does.
fn draft(cluster: &Cluster<'_>, files: Files<'_>) -> Result<Draft, Diagnostics> {
    let nodes: Vec<&Node> = cluster.nodes.iter().map(|(node, _)| *node).collect();
    let mut recognised = pools::recognise(&nodes);
    // The pool without labels takes what no other pool took.
    recognised.sort_by_key(|pool| pool.match_labels.is_empty());
    let place = Place::of(&nodes);
    let proposals: Vec<Proposal> =
        recognised.iter().map(|pool| Proposal::of(pool, cluster, &place)).collect();
    let writer =
        Writer { cluster, nodes: &nodes, place: &place, files, pools: &recognised, trial: false };
    let by_demand = !cluster.node_pools.is_empty();
    let as_it_stands: Vec<Part> = match by_demand {
        true => parts::under_karpenter(&recognised, &cluster.node_pools),
        false => recognised.iter().map(parts::as_it_stands).collect(),
    };
    let each = recognised.iter().zip(&proposals);
    let proposed: Vec<Part> =
        each.flat_map(|(pool, proposal)| parts::proposed(pool, proposal, &nodes)).collect();
    let mut notes: Vec<String> = place.notes(nodes.len());
    if by_demand {
        let names = cluster.node_pools.iter().map(|it| it.metadata.name.as_str());
        let names: Vec<&str> = names.collect();
        notes.push(format!("Karpenter keeps its NodePools: {}", names.join(", ")));
    } else {
        for (pool, proposal) in recognised.iter().zip(&proposals) {
            notes.push(format!("{}: {}", pool.name, proposal.sentence()));
        }
    }
    let moves = !by_demand && proposals.iter().any(|proposal| proposal.moves);
    let mut gaps = writer.gaps();
    let trial = Writer { trial: true, ..writer };
    let mut refused = trial::read(&trial.scenario(&as_it_stands, false), files.scenario)?;
    if moves {
        refused.extend(trial::read(&trial.scenario(&proposed, true), files.spot)?);
    }
    // Mostly both drafts are refused for the same.
    for gap in refused {
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }
    Ok(Draft {
        scenario: writer.scenario(&as_it_stands, false),
        spot: moves.then(|| writer.scenario(&proposed, true)),
        notes,
        gaps,
    })
}

/// What a NodePool says, a line for each field and for each requirement.
fn node_pool(text: &mut String, pool: &RecognisedPool, said: &Value) {
    if !pool.zones.is_empty() {
        let zones = yaml::list(pool.zones.iter().map(String::as_str));
        let _ = writeln!(text, "    zones: {zones}");
    }
    for (field, value) in said.as_object().into_iter().flatten() {
        match (field.as_str(), value) {
            ("name", _) => {}
            ("requirements" | "taints" | "startupTaints", Value::Array(items)) => {
                let _ = writeln!(text, "    {field}:");
                for item in items {
                    let _ = writeln!(text, "      - {}", yaml::flow(item));
                }
            }
            (_, value) => {
                let _ = writeln!(text, "    {field}: {}", yaml::flow(value));
            }
        }
    }
}

/// Where a cluster is.
pub(crate) struct Place {
    provider: ProviderName,
    region: String,
    /// How many nodes are elsewhere.
    elsewhere: usize,
}

impl Place {
    fn of(nodes: &[&Node]) -> Place {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for node in nodes {
            let region = pools::region(node).unwrap_or("nowhere");
            *counts.entry((pools::provider(node).name, region)).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count);
        let ((name, region), count) = most.map_or((("generic", "nowhere"), 0), |(k, n)| (*k, *n));
        let provider = name.parse().unwrap_or_default();
        let provider = pools::variant(provider, nodes);
        Place { provider, region: region.to_owned(), elsewhere: nodes.len() - count }
    }

    /// A type in the catalogue.
    fn listed(&self, name: &str) -> Option<&'static Listed> {
        catalogue::region(self.provider.catalogue, &self.region).find(|listed| listed.name == name)
    }

    fn notes(&self, nodes: usize) -> Vec<String> {
        let mut notes = vec![format!("{} {}", self.provider.name, self.region)];
        if self.elsewhere > 0 {
            notes.push(format!(
                "{} of {nodes} nodes are in another region or cloud: a scenario has one",
                self.elsewhere
            ));
        }
        notes
    }
}

#[derive(Clone, Copy)]
struct Writer<'w> {
    cluster: &'w Cluster<'w>,
    nodes: &'w [&'w Node],
    place: &'w Place,
    files: Files<'w>,
    pools: &'w [RecognisedPool],
    /// Whether the text is only read again: sizes and prices are filled in, and the other draft, which is not
    /// written yet, is not named.
    trial: bool,
}

impl Writer<'_> {
    /// The scenario as it stands, or as it is proposed.
    fn scenario(&self, parts: &[Part], proposed: bool) -> String {
        let Files { from, scenario, spot } = self.files;
        let source = from.join(", ");
        let mut text = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n#\n");
        text += &yaml::comment(
            0,
            &if proposed {
                format!(
                    "The cluster of {source} with pools on spot, as a proposal. {scenario} is the \
                     cluster as it stands."
                )
            } else {
                format!("The cluster of {source} as it stands.")
            },
        );
        for line in self.cluster.understood() {
            text += &yaml::comment(0, &line);
        }
        text += "# Every field is explained at the prompt: spotsim explain cluster\n";
        let name = if proposed { spot } else { scenario };
        let name = name.rsplit('/').next().unwrap_or(name);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let file = match from {
            [one] => yaml::scalar(one),
            many => yaml::list(many.iter().map(String::as_str)),
        };
        let kept_off = if proposed { self.kept_off() } else { String::new() };
        let today = match proposed && !self.trial {
            true => format!(
                "# What is paid today: the saving is measured against it, too.\ntoday: {}\n",
                yaml::scalar(scenario.rsplit('/').next().unwrap_or(scenario))
            ),
            false => String::new(),
        };
        let keeper = match self.cluster.node_pools.is_empty() {
            true => "",
            false => {
                "# `cluster-autoscaler` keeps the same pools as node groups.\nautoscaler: karpenter\n"
            }
        };
        let _ = write!(
            text,
            "apiVersion: spotsim/v1\nname: {}\nhorizon: 7d\nprovider: {}\nregion: {}\n{today}\n\
             cluster:\n  file: {file}\n  \
             # Every pod where it runs now. `reschedule` begins with empty nodes instead.\n  \
             placement: keep\n{kept_off}\n{keeper}pools:\n",
            yaml::scalar(name),
            self.place.provider.name,
            yaml::scalar(&self.place.region),
        );
        for part in parts {
            self.pool(&mut text, part);
        }
        text
    }

    /// The workloads that the proposal keeps off spot.
    fn kept_off(&self) -> String {
        let names = proposal::off_spot(self.cluster);
        if names.is_empty() {
            return String::new();
        }
        let mut text = yaml::comment(
            2,
            "Single replicas, StatefulSets and data on nodes: give them a required node affinity, \
             as is simulated here.",
        );
        text += "  onDemandOnly:\n";
        for name in names {
            let _ = writeln!(text, "    - {}", yaml::scalar(&name));
        }
        text
    }

    fn pool(&self, text: &mut String, part: &Part) {
        let pool = &part.pool;
        let kinds = pool.types.iter().map(|(name, count)| format!("{count} {name}"));
        let kinds: Vec<String> = kinds.collect();
        let about = format!(
            "{}, {}: {}.",
            pool.platform,
            counted(pool.nodes.len(), "node"),
            kinds.join(", ")
        );
        let about = match &part.about {
            Some(proposed) => format!("{about} {proposed}"),
            None => about,
        };
        *text += &yaml::comment(2, &about);
        let spot = part.capacity == Capacity::Spot;
        let capacity = if spot { "spot" } else { "on-demand" };
        let nodes = if part.by_name {
            let names = pool.nodes.iter().map(|index| self.nodes[*index].metadata.name.as_str());
            format!("nodes: {}", yaml::list(names))
        } else {
            format!("matchLabels: {}", yaml::map(&pool.match_labels))
        };
        let count = pool.nodes.len();
        let _ = write!(
            text,
            "  - name: {}\n    {nodes}\n    count: {count}\n",
            yaml::scalar(&pool.name)
        );
        if let Some(said) = &part.node_pool {
            node_pool(text, pool, said);
            return;
        }
        let _ = writeln!(text, "    capacityType: {capacity}");
        if !self.cluster.node_pools.is_empty() {
            let _ = writeln!(text, "    autoscaler: none");
        }
        self.types(text, part);
        if !pool.zones.is_empty() {
            let zones = yaml::list(pool.zones.iter().map(String::as_str));
            let _ = writeln!(text, "    zones: {zones}");
        }
        if !pool.labels.is_empty() {
            let _ = writeln!(text, "    labels:");
            for (key, value) in &pool.labels {
                let _ = writeln!(text, "      {}: {}", yaml::scalar(key), yaml::scalar(value));
            }
        }
        if !pool.taints.is_empty() {
            let _ = writeln!(text, "    taints:");
            for Taint { key, value, effect } in &pool.taints {
                let (key, value) = (yaml::scalar(key), yaml::scalar(value));
                let _ =
                    writeln!(text, "      - {{key: {key}, value: {value}, effect: {effect:?}}}");
            }
        }
    }

    fn types(&self, text: &mut String, part: &Part) {
        let (pool, spot) = (&part.pool, part.capacity == Capacity::Spot);
        let only = match &pool.types.keys().collect::<Vec<_>>()[..] {
            [only] if part.widened && pool.nodes.len() > 1 => self.place.listed(only),
            _ => None,
        };
        if let Some(only) = only {
            let names = yaml::list(alike(only).into_iter().map(|it| it.name.as_str()));
            *text += &yaml::comment(4, "Types of one size: when one is taken, others are there.");
            let _ = writeln!(text, "    instanceTypes: {names}");
            return;
        }
        if pool.types.keys().all(|name| self.place.listed(name).is_some()) && !pool.types.is_empty()
        {
            let names = yaml::list(pool.types.keys().map(String::as_str));
            let _ = writeln!(text, "    instanceTypes: {names}");
            return;
        }
        let _ = writeln!(text, "    instanceTypes:");
        let unnamed = BTreeMap::from([("unnamed".to_owned(), pool.nodes.len())]);
        let types = if pool.types.is_empty() { &unnamed } else { &pool.types };
        for name in types.keys() {
            if self.place.listed(name).is_some() {
                let _ = writeln!(text, "      - {}", yaml::scalar(name));
                continue;
            }
            *text += &yaml::comment(
                6,
                &format!(
                    "{name} is not in the catalogue for {}: write its price in dollars per hour.",
                    self.place.region
                ),
            );
            let _ = writeln!(text, "      - name: {}", yaml::scalar(name));
            for (resource, much) in self.sizes(pool, name) {
                let _ = writeln!(text, "        {resource}: {much}");
            }
            for size in self.unknown_sizes(pool, name).filter(|_| self.trial) {
                let much = if size == "cpu" { "1" } else { "1Gi" };
                let _ = writeln!(text, "        {size}: {much}");
            }
            let price = if self.trial { " 1" } else { "" };
            let _ = writeln!(text, "        onDemandPrice:{price}");
            if spot {
                let _ = writeln!(text, "        spotPrice:{price}");
            }
        }
    }

    /// What pods can ask for on nodes of a type that is not in the catalogue, as far as one of them
    /// says it in a way that a scenario may.
    fn sizes(&self, pool: &RecognisedPool, name: &str) -> Vec<(&'static str, String)> {
        let mut members = pool.nodes.iter().map(|index| self.nodes[*index]);
        let one = members.find(|node| pools::instance_type(node).unwrap_or("unnamed") == name);
        let size = |resource: &'static str| {
            let much = one?.status.allocatable.get(resource)?;
            let amount = much.amount().ok()?;
            let written = match resource {
                "pods" => u32::try_from(amount.value()).ok()?.to_string(),
                _ if amount.milli() == 0 => return None,
                _ => much.to_string(),
            };
            Some((resource, written))
        };
        ["cpu", "memory", "pods"].into_iter().filter_map(size).collect()
    }

    /// The sizes of such a type that its nodes do not say.
    fn unknown_sizes(
        &self,
        pool: &RecognisedPool,
        name: &str,
    ) -> impl Iterator<Item = &'static str> + use<> {
        let said = self.sizes(pool, name);
        let unknown = |size: &&str| said.iter().all(|(resource, _)| resource != size);
        let unknown: Vec<&str> = ["cpu", "memory"].into_iter().filter(unknown).collect();
        unknown.into_iter()
    }

    /// What has to be written of such a type.
    fn written(&self, pool: &RecognisedPool, name: &str) -> String {
        let sizes = self.unknown_sizes(pool, name).map(|size| format!("`{size}`, "));
        format!("{}`onDemandPrice`", sizes.collect::<String>())
    }

    /// What has to be filled in.
    fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for pool in self.pools {
            for name in pool.types.keys().filter(|name| self.place.listed(name).is_none()) {
                gaps.push(format!(
                    "{name} is not in the catalogue for {}: write its {} under pool `{}`",
                    self.place.region,
                    self.written(pool, name),
                    pool.name
                ));
            }
            for zone in &pool.zones {
                if let Some(advice) = unknown(self.place.provider, &self.place.region, zone) {
                    gaps.push(format!(
                        "zone {zone} of pool `{}` is not in {}, and would be refused: {advice}",
                        pool.name, self.place.region
                    ));
                }
            }
            if pool.types.is_empty() {
                gaps.push(format!(
                    "the nodes of pool `{}` do not say of which type they are: write {} there",
                    pool.name,
                    self.written(pool, "unnamed")
                ));
            }
        }
        gaps
    }
}

//! From a cluster's nodes and pods to the state from which a run starts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sim::model::Model;
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::pod::SpecId;
use sim::model::pool::PoolId;
use sim::model::start::StartPod;
use sim::model::workload::WorkloadId;
use sim::table::Id;

use super::Lowering;
use super::nodes::{as_initialized, start_node};
use super::pods::{Source, pod_spec};
use super::snapshot::is_preemption;
use super::storage;
use crate::cluster::{Cluster, counted, forget_own_node, keep_off_spot, pools};
use crate::diagnostic::Diagnostic;
use crate::file::{Kind, Pool};
use crate::kube::{Node, Pod};
use crate::load::Origin;
use crate::tree::Step;
use manifests::context::ClusterContext;

/// Nodes that are of a pool but of a type or in a zone that it does not list: how many, and one.
type Strangers<'o> = BTreeMap<(usize, String, String), (usize, &'o Origin)>;

impl Lowering<'_> {
    /// Takes over nodes as they are and pods where they run. The cluster's workloads are the
    /// model's from `first` on.
    pub(super) fn start(&mut self, cluster: &Cluster<'_>, first: usize, context: &ClusterContext) {
        for wrong in storage::read(&mut self.model, &cluster.storage).err().unwrap_or_default() {
            self.found.push(Diagnostic::new("E0301", wrong));
        }
        self.start_pods(cluster, first, context);
        // Of a node's resources only those are kept that a pod asks for, so pods go first.
        let mut strangers = Strangers::new();
        for (node, origin) in &cluster.nodes {
            let Some((pool, offering)) = self.home_of(node, origin, &mut strangers) else {
                continue;
            };
            self.count_drifted(node, cluster, pool);
            let mut node = self.as_bought(node, offering);
            as_initialized(&mut node, &self.file.pools[pool]);
            match start_node(&mut self.model, &node, PoolId::from_index(pool), offering) {
                Ok(start) => self.model.start.nodes.push(start),
                Err(error) => {
                    let message = format!("{}: {error}", origin.name);
                    self.found.push(origin.diagnostic("E0301", &message));
                }
            }
        }
        self.assume_of_drifted();
        storage::equip(&mut self.model, &cluster.storage);
        self.refuse_unknown_nodes(cluster);
        for ((pool, machine, zone), (count, origin)) in strangers {
            let pool = &self.file.pools[pool].name;
            let message = format!(
                "{} of pool `{pool}` {} {machine} in {zone}, which the pool does not list",
                counted(count, "node"),
                if count == 1 { "is" } else { "are" },
            );
            let help = format!(
                "add {machine} to `instanceTypes` and {zone} to `zones` of `{pool}`; a type that \
                 is not in the catalogue needs its price there"
            );
            self.found.push(origin.diagnostic("E0305", &message).help(help));
        }
    }

    /// Says which nodes pools name that are not there.
    fn refuse_unknown_nodes(&mut self, cluster: &Cluster<'_>) {
        for (index, pool) in self.file.pools.iter().enumerate() {
            for (which, name) in pool.nodes.iter().enumerate() {
                if cluster.nodes.iter().all(|(node, _)| node.metadata.name != *name) {
                    let (pools, nodes) = (Step::Key("pools".into()), Step::Key("nodes".into()));
                    let path = [pools, Step::Index(index), nodes, Step::Index(which)];
                    let message =
                        format!("pool `{}` names node `{name}`, which is not there", pool.name);
                    let help = "take the name out, or dump the cluster again".to_owned();
                    self.error("E0204", &path, message, Some(help));
                }
            }
        }
    }

    /// The pool a node belongs to, and how it was bought: as the template that it is like, or, of a NodePool that
    /// would not launch its like today, as its labels say.
    fn home_of<'o>(
        &mut self,
        node: &Node,
        origin: &'o Origin,
        strangers: &mut Strangers<'o>,
    ) -> Option<(usize, OfferingId)> {
        let labels = &node.metadata.labels;
        let fits = |pool: &Pool| {
            let wanted = pool.match_labels.as_ref();
            wanted.is_some_and(|all| all.iter().all(|(key, value)| labels.get(key) == Some(value)))
        };
        let named = |pool: &Pool| pool.nodes.contains(&node.metadata.name);
        let mut all = self.file.pools.iter();
        let by_name = all.position(named);
        // A pool that is several node groups has its labels on each of them.
        let has_it = |index: &usize| self.template_like(node, *index).is_some();
        let fitting = (0..self.file.pools.len()).filter(|it| fits(&self.file.pools[*it]));
        let fitting: Vec<usize> = fitting.collect();
        let of_labels = fitting.iter().copied().find(has_it).or(fitting.first().copied());
        let Some(pool) = by_name.or(of_labels) else {
            let message = format!("{} belongs to no pool", origin.name);
            let help = "give a pool the `matchLabels` that its nodes have in the dump; `spotsim \
                        init --from` writes them";
            self.found.push(origin.diagnostic("E0304", &message).help(help));
            return None;
        };
        let templates = &self.model.pools[PoolId::from_index(pool)].templates;
        let like = self.template_like(node, pool).map(|template| templates[template].offering);
        let offering = like.or_else(|| self.drifted_offering(node, pool));
        let (machine, zone) = (pools::instance_type(node), pools::zone(node));
        if offering.is_none() {
            let unnamed = |name: Option<&str>, what: &str| name.unwrap_or(what).to_owned();
            let key = (pool, unnamed(machine, "of no type"), unnamed(zone, "no zone"));
            strangers.entry(key).or_insert((0, origin)).0 += 1;
        }
        offering.map(|offering| (pool, offering))
    }

    /// The template of a pool that a node is like.
    pub(super) fn template_like(&self, node: &Node, pool: usize) -> Option<usize> {
        let (machine, zone) = (pools::instance_type(node), pools::zone(node));
        let catalog = &self.model.catalog;
        let text = |name| self.model.names.text(name);
        let templates = &self.model.pools[PoolId::from_index(pool)].templates;
        let of_file = &self.file.pools[pool];
        let both = of_file.buys_both() || of_file.follows_demand();
        templates.iter().position(|template| {
            let offering = &catalog.offerings[template.offering];
            let name = text(catalog.instance_types[offering.instance_type].name);
            let as_spot = offering.capacity_type == CapacityType::Spot;
            // A node that does not say what or where it is may be any of the pool's.
            (!both || as_spot == pools::is_spot(node))
                && machine.is_none_or(|machine| machine == name)
                && zone.is_none_or(|zone| zone == text(offering.zone))
        })
    }

    /// A node as its pool buys it: where that is not how it was bought, its labels change.
    fn as_bought(&self, node: &Node, offering: OfferingId) -> Node {
        let spot = self.model.catalog.offerings[offering].capacity_type == CapacityType::Spot;
        let mut node = node.clone();
        if pools::is_spot(&node) != spot {
            let labels = &mut node.metadata.labels;
            if let Some(capacity) = labels.get_mut("karpenter.sh/capacity-type") {
                *capacity = if spot { "spot" } else { "on-demand" }.into();
            }
            labels.retain(|label, _| {
                label == "karpenter.sh/capacity-type" || !pools::says_how_bought(label)
            });
            let bought = self.provider.labels_of(spot);
            labels.extend(bought.map(|(key, value)| (key.to_owned(), value.to_owned())));
        }
        node
    }

    fn start_pods(&mut self, cluster: &Cluster<'_>, first: usize, context: &ClusterContext) {
        let nodes = cluster.nodes.iter().enumerate();
        let nodes: BTreeMap<&str, usize> =
            nodes.map(|(index, (node, _))| (node.metadata.name.as_str(), index)).collect();
        let newest = cluster.pods.iter().filter_map(|member| started(member.pod)).max();
        for member in &cluster.pods {
            let mut pod = member.pod.clone();
            if cluster.workloads[member.workload].kind == Kind::DaemonSet {
                forget_own_node(&mut pod.spec);
            }
            if cluster.off_spot.contains(&member.workload) {
                keep_off_spot(&mut pod.spec, self.provider);
            }
            let spec = match pod_spec(&mut self.model, context, Source::of_pod(&pod, context)) {
                Ok(spec) => self.model.specs.intern(spec),
                Err(error) => {
                    let message = format!("{}: {error}", member.origin.name);
                    self.found.push(member.origin.diagnostic("E0301", &message));
                    continue;
                }
            };
            let restarts = restarts(&self.model, spec, &pod);
            let nominated = pod.status.nominated_node_name.as_deref();
            let nominated = nominated.and_then(|name| nodes.get(name).copied());
            self.model.start.pods.push(StartPod {
                name: self.model.names.intern(&pod.metadata.name),
                workload: WorkloadId::from_index(first + member.workload),
                spec,
                node: member.node,
                nominated: nominated.filter(|_| member.node.is_none()),
                terminating: pod.metadata.deletion_timestamp.is_some(),
                preempted: pod.status.conditions.iter().any(is_preemption),
                // T+0 is just after the youngest pod has started.
                started_ms: started(&pod).zip(newest).map(|(at, newest)| at - newest - 1),
                restarts,
            });
        }
    }
}

/// How often each container of a pod was started again, by its place in its spec.
fn restarts(model: &Model, spec: SpecId, pod: &Pod) -> BTreeMap<u32, u32> {
    let statuses =
        || pod.status.container_statuses.iter().chain(&pod.status.init_container_statuses);
    let list = (0..).zip(&model.specs[spec].containers.list);
    let restarted = list.filter_map(|(place, container)| {
        let name = model.names.text(container.name);
        let count = statuses().find(|status| status.name == name)?.restart_count;
        (count > 0).then_some((place, count))
    });
    restarted.collect()
}

/// When a pod was taken up by its node, in milliseconds of Unix time.
pub(super) fn started(pod: &Pod) -> Option<i64> {
    let at: Timestamp = pod.status.start_time.as_deref()?.parse().ok()?;
    Some(at.as_millisecond())
}

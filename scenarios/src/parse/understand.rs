//! Understanding: what objects mean for each other, before it is said in the simulator's terms.

use manifests::context::ClusterContext;
use manifests::limit_ranges;

use super::Place;
use super::read::Read;
use crate::autoscalers::Autoscalers;
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::examine;
use crate::file::{File, Placement};
use crate::kube::{Object, PodDisruptionBudget};
use crate::load::{Loaded, Origin};
use crate::tree::Step;
use crate::unmodelled::Tally;
use crate::workloads::{self, Written};

/// What is to run, and what it refers to.
pub(crate) struct Understood<'r> {
    /// Every workload: those of the scenario, what arrives, those of its manifests, of its cluster.
    pub(crate) workloads: Vec<Written>,
    /// The index of the first workload of the cluster.
    pub(crate) first_of_cluster: usize,
    /// Disruption budgets.
    pub(crate) budgets: Vec<(PodDisruptionBudget, Origin)>,
    /// What workloads and pods refer to.
    pub(crate) context: ClusterContext,
    /// The cluster that is taken over.
    pub(crate) cluster: Option<Cluster<'r>>,
    /// What sets how many pods workloads have.
    pub(crate) autoscalers: Autoscalers,
}

impl<'r> Understood<'r> {
    /// The cluster that the simulation starts from, if pods stay where they are.
    pub(crate) fn start(&self, read: &Read) -> Option<(&Cluster<'r>, usize)> {
        let of_file = read.file.cluster.as_ref();
        let keeps = of_file.is_some_and(|it| it.placement == Placement::Keep);
        self.cluster.as_ref().filter(|_| keeps).map(|cluster| (cluster, self.first_of_cluster))
    }
}

/// Understands what was read.
pub(super) fn understand<'r>(
    read: &'r Read,
    place: Place<'_>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Understood<'r> {
    let all = || read.manifests.iter().chain(read.dump.iter().flatten());
    let mut context = ClusterContext::of(all().map(|loaded| &loaded.object));
    count_bounds(all(), tally);
    let budgets = all().filter_map(workloads::budget).collect();
    let autoscalers = Autoscalers::of(all(), &read.autoscalers);
    let of_manifests = workloads::workloads(&read.manifests, tally);
    examine::examine_manifests(&read.file, &of_manifests, found);
    let mut cluster = read.dump.as_ref().map(|objects| Cluster::of(objects, tally, found));
    if let (Some(cluster), Some(written)) = (&mut cluster, &read.file.cluster) {
        keep_off_spot(cluster, &read.file, &written.on_demand_only, place, found);
    }
    let mut workloads = read.workloads.clone();
    workloads.extend_from_slice(&read.arrivals.workloads);
    workloads.extend(of_manifests);
    let first_of_cluster = workloads.len();
    workloads.extend(cluster.iter().flat_map(|cluster| cluster.workloads.iter().cloned()));
    autoscalers.hold(&mut workloads, tally);
    for workload in &mut workloads {
        let ranges = context.limit_ranges_of(&workload.namespace);
        limit_ranges::complete(&mut workload.spec.template.spec, ranges);
    }
    for workload in &workloads {
        context.mention(&workload.namespace);
        workload.count_unknown_claims(&context, tally);
    }
    Understood { workloads, first_of_cluster, budgets, context, cluster, autoscalers }
}

/// Counts bounds of LimitRanges that pods are not held to.
fn count_bounds<'l>(objects: impl Iterator<Item = &'l Loaded>, tally: &mut Tally) {
    for Loaded { object, origin, .. } in objects {
        if let Object::LimitRange(range) = object {
            limit_ranges::not_kept_to(range).iter().for_each(|it| tally.count(it, origin));
        }
    }
}

/// Keeps workloads of a cluster off spot, and says which of them are not there.
fn keep_off_spot(
    cluster: &mut Cluster<'_>,
    file: &File,
    names: &[String],
    (source, tree): Place<'_>,
    found: &mut Diagnostics,
) {
    let provider = file.provider.provider();
    let known: Vec<String> =
        cluster.workloads.iter().map(|it| format!("{}/{}", it.namespace, it.name)).collect();
    for name in cluster.keep_off_spot(names, provider) {
        let index = names.iter().position(|it| it == name).unwrap_or_default();
        let keys = ["cluster", "onDemandOnly"].map(|key| Step::Key(key.into()));
        let span = tree.at(&[&keys[..], &[Step::Index(index)]].concat()).span.clone();
        let message = format!("`onDemandOnly` names `{name}`, which is no workload of the cluster");
        let nearest = did_you_mean(name, known.iter().map(String::as_str));
        let help = nearest.map_or_else(
            || "write `namespace/name` of a workload, or take it out".to_owned(),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        found.push(Diagnostic::new("E0204", message).at(source, span).help(help));
    }
}

//! From what a scenario says to what the simulator runs: names become ids, texts become amounts.
//! Nothing after this knows YAML.

mod annotations;
mod autoscaled;
mod autoscaler_flags;
pub(crate) mod autoscalers;
pub mod budgets;
mod clock;
pub mod containers;
mod contract;
pub mod cron_jobs;
mod deadline_jobs;
mod drifted;
pub mod hpa;
pub mod in_tree;
mod interruption;
mod jobs;
mod kubelets;
pub mod labels;
pub(crate) mod limit_ranges;
mod local;
mod market;
mod node_groups;
pub mod nodes;
mod nowhere;
mod paid_volumes;
mod planned;
pub mod pods;
mod probes;
pub(crate) mod programs;
pub(crate) mod quotas;
mod reclaims;
pub(crate) mod refill;
pub mod replicas;
pub mod requests;
pub(crate) mod retries;
mod rollouts;
mod rules;
pub mod selectors;
pub mod snapshot;
mod start;
mod start_up;
pub mod storage;
pub(crate) mod usage;
pub mod volumes;
pub mod vpa;
mod vpa_history;
mod zonal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, InstanceTypeId, Kin, Offering, OfferingId};
use sim::model::node::NodeShape;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::{Lane, Resources};
use sim::model::workload::{Controller, Workload};
use sim::providers::Provider;
use sim::setup::Draft;
use sim::terms::Terms;
use sim::{SimTime, Span, digest};

use crate::assumption::{self, Assumption};
use crate::bought::Bought;
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::expect;
use crate::file::{self, Kind};
use crate::kube::PodDisruptionBudget;
use crate::load::Origin;
use crate::node_autoscaler::requirements;
use crate::node_labels;
use crate::traces::Trace;
use crate::tree::{Node, Step};
use crate::workloads::Written;
use manifests::context::ClusterContext;

/// What a node offers of local disk; scenarios do not say.
const EPHEMERAL_STORAGE: u64 = 100 << 30;

/// What is to run, and what it refers to.
#[derive(Clone, Copy)]
pub struct LoweringInput<'s> {
    /// The workloads.
    pub workloads: &'s [Written],
    /// How many of their pods may be missing.
    pub budgets: &'s [(PodDisruptionBudget, Origin)],
    /// Capacity as it was seen.
    pub traces: &'s [Trace],
    /// What they refer to.
    pub context: &'s ClusterContext,
    /// The cluster that the simulation starts from, and the index of its first workload.
    pub start: Option<(&'s Cluster<'s>, usize)>,
}

/// Turns a scenario into a draft of a setup and a list of what was assumed on the way.
pub struct Lowering<'l> {
    file: &'l file::File,
    source: &'l Source,
    tree: &'l Node,
    provider: &'static Provider,
    model: Model,
    terms: Terms,
    offerings: BTreeMap<(String, String, bool), OfferingId>,
    instance_types: BTreeMap<String, InstanceTypeId>,
    assumptions: Vec<Assumption>,
    /// Types that are taken to be reclaimed as often as their provider's default says.
    unknown_bands: BTreeSet<String>,
    /// Types of which what pods can ask for is computed.
    computed: BTreeSet<String>,
    /// Capacity as it was seen.
    traces: &'l [Trace],
    /// How many nodes of a pool each of its requirements rules out.
    unmet: BTreeMap<String, u32>,
    /// How many nodes of a cluster are not what each NodePool would launch, by its name.
    drifted: BTreeMap<String, usize>,
    found: &'l mut Diagnostics,
}

impl<'l> Lowering<'l> {
    /// Lowers everything; what is wrong is added to `found`.
    pub fn lower(
        file: &'l file::File,
        (source, tree): (&'l Source, &'l Node),
        input: LoweringInput<'l>,
        found: &'l mut Diagnostics,
    ) -> Option<(Draft, Vec<Assumption>)> {
        let LoweringInput { workloads, budgets, traces, context, start } = input;
        let provider = file.provider.provider();
        let mut lowering = Lowering {
            file,
            source,
            tree,
            provider,
            model: Model::default(),
            terms: Terms::default(),
            offerings: BTreeMap::new(),
            instance_types: BTreeMap::new(),
            assumptions: provider.defaults().filter(|it| it.listed).map(Into::into).collect(),
            unknown_bands: BTreeSet::new(),
            computed: BTreeSet::new(),
            traces,
            unmet: BTreeMap::new(),
            drifted: BTreeMap::new(),
            found,
        };
        lowering.pools();
        let deadline_jobs = lowering.deadline_jobs();
        lowering.assume();
        lowering.contract();
        lowering.check_pull_rate();
        lowering.images(workloads, start.map(|(cluster, _)| cluster));
        quotas::quotas(&mut lowering.model, context);
        lowering.limit_ranges(context);
        lowering.workloads(workloads, context);
        lowering.probes(workloads, start.map(|(cluster, _)| cluster));
        lowering.budgets(budgets);
        let interruption = lowering.interruption();
        let kubelets = lowering.kubelets();
        if let Some((cluster, first)) = start.filter(|_| !lowering.found.has_errors()) {
            lowering.start(cluster, first, context);
        }
        lowering.quota_limits(context);
        // Which labels nodes have that are not understood is not known.
        if start.is_none() || !lowering.found.has_errors() {
            lowering.rules();
        }
        lowering.terms.expect =
            expect::lower(&file.expect, (source, tree), &lowering.model, lowering.found);
        lowering.rollouts(workloads, context);
        if lowering.found.has_errors() {
            return None;
        }
        lowering.zonal_volumes(workloads, context);
        lowering.local_data(workloads, context);
        lowering.paid_volumes(workloads, context);
        let start_up = lowering.start_up();
        lowering.warn_of_what_fits_nowhere(workloads);
        lowering.add_deadline_jobs(deadline_jobs);
        let market = lowering.market();
        // All were checked against the schema.
        let (warm_up, horizon) =
            (Span::parse(&file.warm_up).ok()?, Span::parse(&file.horizon).ok()?);
        let cycle_takes = Span::parse(&file.scheduling_cycle).ok()?;
        let draft = Draft::new(lowering.model, market, provider, warm_up, horizon);
        let terms = Arc::new(lowering.terms);
        let vpa = file.vpa_flags.as_ref().map(autoscaler_flags::vpa).unwrap_or_default();
        let hpa = file.hpa_flags.as_ref().map(autoscaler_flags::hpa).unwrap_or_default();
        let draft =
            Draft { terms, cycle_takes, interruption, kubelets, start_up, vpa, hpa, ..draft };
        // What comes after goes by the time that is simulated.
        if let Err(error) = draft.check_window() {
            let span = tree.at(&[Step::Key("horizon".into())]).span.clone();
            lowering.found.push(Diagnostic::new("E0204", error.to_string()).at(source, span));
            return None;
        }
        Some((draft, lowering.assumptions))
    }

    /// Says what is assumed of every scenario, and of the types of this one.
    fn assume(&mut self) {
        self.assume_of_replacement();
        self.assume_of_market();
        self.assumptions
            .extend([assumption::POD_STARTUP.about(&[]), assumption::POD_SHUTDOWN.about(&[])]);
        let listed = |names: &BTreeSet<String>| {
            names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        if !self.unknown_bands.is_empty() && self.asks_for_rates() {
            let rate = self.provider.reclaims_per_hour.to_string();
            let types = listed(&self.unknown_bands);
            self.assumptions.push(assumption::UNKNOWN_BAND.about(&[&types, &rate]));
        }
        if !self.computed.is_empty() {
            let types = listed(&self.computed);
            self.assumptions.push(assumption::COMPUTED_ALLOCATABLE.about(&[&types]));
        }
    }

    fn pools(&mut self) {
        let mut names = BTreeSet::new();
        for (index, pool) in self.file.pools.iter().enumerate() {
            let place = |field: &str| {
                [Step::Key("pools".into()), Step::Index(index), Step::Key(field.into())]
            };
            if !names.insert(pool.name.as_str()) {
                self.error(
                    "E0203",
                    &place("name"),
                    format!("pool `{}` is there twice", pool.name),
                    None,
                );
            }
            let zones = node_labels::zones(pool, self.provider, &self.file.region);
            let spot = pool.buys_spot();
            let mut templates = self.templates(pool, spot, &zones, &place("instanceTypes"));
            let main = templates.len();
            // What is wrong with a type was said already.
            if pool.buys_both() && !self.found.has_errors() {
                templates.extend(self.templates(pool, false, &zones, &place("instanceTypes")));
            }
            let templates = self.with_each_value(pool, templates);
            let name = self.model.names.intern(&pool.name);
            let max_price = self.max_price(pool, &place("maxPrice"));
            let keeper = if pool.follows_demand() {
                if templates.is_empty() && !self.found.has_errors() {
                    self.refuse_what_never_launches(pool, &place("requirements"));
                }
                self.unmet.clear();
                self.bounds(pool)
            } else {
                let refill = self.refill(pool, main, &place);
                Keeper::FixedSize { size: pool.nodes_at_start(), refill }
            };
            let limits = Limits { max_price };
            self.model.pools.push(Pool { name, templates, limits, keeper });
        }
    }

    /// What a pool may launch, on spot or on-demand: each type in each zone.
    fn templates(
        &mut self,
        pool: &file::Pool,
        spot: bool,
        zones: &[String],
        path: &[Step],
    ) -> Vec<NodeTemplate> {
        let mut templates = Vec::new();
        for (number, instance) in pool.instance_types.iter().enumerate() {
            let path = [path, &[Step::Index(number)]].concat();
            let bought = match Bought::of(instance, self.provider, &self.file.region) {
                Ok(bought) => bought,
                Err(unknown) => {
                    self.error(unknown.code, &path, unknown.message, Some(unknown.help));
                    continue;
                }
            };
            let each = zones.iter().map(|zone| self.template(pool, spot, &bought, zone, &path));
            templates.extend(each.flatten());
        }
        templates
    }

    fn template(
        &mut self,
        pool: &file::Pool,
        spot: bool,
        bought: &Bought,
        zone: &str,
        path: &[Step],
    ) -> Option<NodeTemplate> {
        if !self.allows(pool, spot, bought, zone) {
            return None;
        }
        // Of many types, some are not sold like that.
        if spot && bought.spot.is_none() && pool.follows_demand() {
            return None;
        }
        if spot && bought.spot.is_none() {
            let name = &bought.name;
            let message = format!("instance type `{name}` has no spot price");
            let help = format!(
                "choose another type (`spotsim catalogue {} spot=0..`), or give the price: \
                 {{name: {name}, spotPrice: ...}}",
                self.provider.catalogue
            );
            self.error("E0202", path, message, Some(help));
            return None;
        }
        let offering = self.offering(spot, bought, zone, path)?;
        let allocatable = self.model.catalog.instance_type(offering).allocatable;
        let shape = self.shape(pool, spot, bought, zone, allocatable);
        Some(NodeTemplate { offering, shape })
    }

    /// What a machine is sold as in a zone, on spot or on-demand.
    pub(super) fn offering(
        &mut self,
        spot: bool,
        bought: &Bought,
        zone: &str,
        path: &[Step],
    ) -> Option<OfferingId> {
        let rate = if spot { self.rate(bought) } else { 0.0 };
        let machine = self.machine(bought);
        let zone_name = self.model.names.intern(zone);
        let catalog = &mut self.model.catalog;
        let instance_type = *self
            .instance_types
            .entry(bought.name.clone())
            .or_insert_with(|| catalog.instance_types.push(machine.clone()));
        let key =
            format!("{}/{}/{}/{zone}", self.provider.catalogue, self.file.region, bought.name);
        let bought_as = Offering {
            instance_type,
            zone: zone_name,
            capacity_type: if spot { CapacityType::Spot } else { CapacityType::OnDemand },
            price: bought.spot.filter(|_| spot).unwrap_or(machine.on_demand),
            reclaims_per_hour: rate,
            key: digest::of_name(&key),
            kin: Kin::of(&self.file.region, &bought.name, &bought.family, zone),
        };
        let offering = *self
            .offerings
            .entry((bought.name.clone(), zone.to_owned(), spot))
            .or_insert_with(|| catalog.offerings.push(bought_as.clone()));
        if catalog.instance_types[instance_type] != machine
            || catalog.offerings[offering] != bought_as
        {
            let message = format!("instance type `{}` is described in two ways", bought.name);
            let help = "a type is one thing in all pools: give both the same figures, or one of \
                        them another name";
            self.error("E0206", path, message, Some(help.into()));
            return None;
        }
        if bought.computed {
            self.computed.insert(bought.name.clone());
        }
        Some(offering)
    }

    fn machine(&mut self, bought: &Bought) -> InstanceType {
        let gpu_lane = if bought.gpus > 0 { self.model.lane(bought.gpu_resource) } else { None };
        let size = |(cpu, memory): (u64, u64)| {
            let mut size = Resources::one_pod(cpu, memory);
            size[Lane::PODS] = bought.pods;
            size[Lane::EPHEMERAL_STORAGE] = EPHEMERAL_STORAGE;
            if let Some(lane) = gpu_lane {
                size[lane] = bought.gpus;
            }
            size
        };
        InstanceType {
            name: self.model.names.intern(&bought.name),
            capacity: size(bought.capacity),
            allocatable: size(bought.allocatable),
            on_demand: self.negotiated(bought.on_demand, bought.discount),
            list_price: bought.on_demand,
            scarce: bought.gpus > 0,
        }
    }

    fn shape(
        &mut self,
        pool: &file::Pool,
        spot: bool,
        bought: &Bought,
        zone: &str,
        allocatable: Resources,
    ) -> NodeShape {
        let region = &self.file.region;
        let node = node_labels::Node { pool, bought, spot, region, zone };
        let mut labels = node_labels::of(node, self.provider);
        labels.extend(requirements::custom_labels(pool));
        let names = &mut self.model.names;
        let taints = labels::taints(&pool.taints, names);
        NodeShape {
            labels: labels::label_set(names, &labels),
            taints,
            ..NodeShape::plain(allocatable)
        }
    }

    fn workloads(&mut self, workloads: &[Written], context: &ClusterContext) {
        let mut names = BTreeSet::new();
        let mut unsaid = jobs::Unsaid::default();
        for written in workloads {
            let full = format!("{:?}/{}/{}", written.kind, written.namespace, written.name);
            let wrong = |message: String| {
                Diagnostic::new("E0301", message).at(&written.source, written.span.clone())
            };
            if !names.insert(full.clone()) {
                let mut twice = wrong(format!("{full} is there twice"));
                twice.code = "E0203";
                self.found.push(twice);
                continue;
            }
            let template = &written.spec.template;
            let source = pods::Source {
                namespace: &written.namespace,
                labels: &template.metadata.labels,
                annotations: &written.annotations,
                spec: &template.spec,
                controller: written.spec.selector.as_ref(),
                admitted: None,
                status: None,
            };
            let spec = pods::pod_spec(&mut self.model, context, source);
            let controller = self.controller(written, &mut unsaid);
            let required = annotations::count_annotation(&written.annotations, "spotsim/required");
            match (spec, controller.and_then(|it| required.map(|required| (it, required)))) {
                (Ok(spec), Ok((controller, required))) => {
                    let spec = self.model.specs.intern(spec);
                    let created_at =
                        SimTime::ZERO + Span::parse(&written.start_at).unwrap_or_default();
                    let workload = Workload {
                        namespace: self.model.names.intern(&written.namespace),
                        name: self.model.names.intern(&written.name),
                        controller,
                        spec,
                        volumes: None,
                        created_at,
                        key: digest::of_name(&full),
                    };
                    let id = self.model.workloads.push(workload);
                    self.terms.required.extend(required.map(|required| (id, required)));
                }
                (Err(error), _) | (_, Err(error)) => {
                    self.found.push(wrong(format!("{full}: {error}")))
                }
            }
        }
        self.assumptions.extend(unsaid.assumptions());
    }

    fn budgets(&mut self, budgets: &[(PodDisruptionBudget, Origin)]) {
        for (budget, origin) in budgets {
            match budgets::as_written(&mut self.model, budget) {
                Ok(budget) => drop(self.model.budgets.push(budget)),
                Err(error) => {
                    let message = format!("{}: {error}", origin.name);
                    self.found.push(origin.diagnostic("E0301", &message));
                }
            }
        }
    }

    fn controller(
        &mut self,
        written: &Written,
        unsaid: &mut jobs::Unsaid,
    ) -> Result<Controller, String> {
        let spec = &written.spec;
        let replicas = spec.replicas.unwrap_or(1);
        let min_ready = Span::from_secs(u64::from(spec.min_ready_seconds));
        Ok(match written.kind {
            Kind::Deployment => Controller::Deployment { replicas, min_ready },
            Kind::StatefulSet => {
                let ordered = spec.pod_management_policy.as_deref() != Some("Parallel");
                Controller::StatefulSet { replicas, min_ready, ordered }
            }
            Kind::DaemonSet => Controller::DaemonSet,
            Kind::Pod => {
                let duration =
                    annotations::span_annotation(&written.annotations, "spotsim/duration")?;
                Controller::Pod { duration }
            }
            Kind::Job => Controller::Job(jobs::job(&mut self.model, self.file, written, unsaid)?),
            Kind::CronJob => {
                let job = jobs::job(&mut self.model, self.file, written, unsaid)?;
                let spec = spec.cron_job.as_deref().ok_or("it has no schedule")?;
                cron_jobs::cron_job(&mut self.model, spec, job)?
            }
        })
    }

    fn error(&mut self, code: &'static str, path: &[Step], message: String, help: Option<String>) {
        let span = self.tree.at(path).span.clone();
        let mut diagnostic = Diagnostic::new(code, message).at(self.source, span);
        diagnostic.help = help;
        self.found.push(diagnostic);
    }
}

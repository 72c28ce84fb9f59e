//! From what a scenario says to what the simulator runs: names become ids, texts become amounts.
//! Nothing after this knows YAML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim::market::constant::Constant;
use sim::providers::{self, Provider};
use sim::world::Model;
use sim::world::catalog::{CapacityType, InstanceType, InstanceTypeId, Offering, OfferingId};
use sim::world::node::NodeShape;
use sim::world::pool::{NodeTemplate, Pool};
use sim::world::resources::{Lane, Resources};
use sim::world::taints::{Taint, tolerated};
use sim::world::workload::{Controller, Workload};
use sim::{MicroUsdPerHour, Setup, SimTime, Span, digest};

use crate::assumption::{self, Assumption};
use crate::catalogue::{self, BAND_RECLAIMS_PER_HOUR, Listed};
use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::{self, Capacity, Instance, Kind};
use crate::manifests::Written;
use crate::pods;
use crate::quantity::Quantity;
use crate::tree::{Node, Step};

/// How long a Job's pod runs of which nobody says how long.
const DEFAULT_JOB_DURATION: Span = Span::from_secs(600);
/// What a node offers of local disk; scenarios do not say.
const EPHEMERAL_STORAGE: u64 = 100 << 30;

/// Turns a scenario into a setup and a list of what was assumed on the way.
pub struct Lowering<'l> {
    file: &'l file::File,
    source: &'l Source,
    tree: &'l Node,
    provider: &'static Provider,
    model: Model,
    offerings: BTreeMap<(String, String, bool), OfferingId>,
    instance_types: BTreeMap<String, InstanceTypeId>,
    assumptions: Vec<Assumption>,
    /// Types that are taken to be reclaimed as often as their provider's default says.
    unknown_bands: BTreeSet<String>,
    found: &'l mut Diagnostics,
}

impl<'l> Lowering<'l> {
    /// Lowers everything; what is wrong is added to `found`.
    pub fn lower(
        file: &'l file::File,
        source: &'l Source,
        tree: &'l Node,
        workloads: &[Written],
        found: &'l mut Diagnostics,
    ) -> Option<(Setup, Vec<Assumption>)> {
        let provider = providers::named(file.provider.name())?;
        let mut lowering = Lowering {
            file,
            source,
            tree,
            provider,
            model: Model::default(),
            offerings: BTreeMap::new(),
            instance_types: BTreeMap::new(),
            assumptions: provider.defaults.iter().filter(|d| d.listed).map(Into::into).collect(),
            unknown_bands: BTreeSet::new(),
            found,
        };
        lowering.pools();
        lowering.assume();
        lowering.workloads(workloads);
        if lowering.found.has_errors() {
            return None;
        }
        lowering.warn_of_what_fits_nowhere(workloads);
        let market = Constant { missed_notices: file.market.missed_notices };
        // Both were checked against the schema.
        let (warm_up, horizon) =
            (Span::parse(&file.warm_up).ok()?, Span::parse(&file.horizon).ok()?);
        match Setup::new(lowering.model, Arc::new(market), provider, warm_up, horizon) {
            Ok(setup) => Some((setup, lowering.assumptions)),
            Err(error) => {
                let span = tree.at(&[Step::Key("horizon".into())]).span.clone();
                lowering.found.push(Diagnostic::new("E0204", error.to_string()).at(source, span));
                None
            }
        }
    }

    /// Says what is assumed of every scenario, and of the types of this one.
    fn assume(&mut self) {
        let market = &self.file.market;
        let rate = match market.reclaims_per_hour {
            Some(rate) => format!("{rate} reclaims per instance and hour"),
            None if self.provider.name == "aws" => {
                "the interruption bands of the AWS Spot Advisor (2025-06)".to_owned()
            }
            None => format!("{} reclaims per instance and hour", self.provider.reclaims_per_hour),
        };
        let scale = market.reclaim_scale.to_string();
        self.assumptions.extend([
            assumption::POOL_REPLACEMENT.about(&[]),
            assumption::MEMORYLESS_RECLAIMS.about(&[&rate, &scale]),
            assumption::POD_STARTUP.about(&[]),
            assumption::POD_SHUTDOWN.about(&[]),
        ]);
        if !self.unknown_bands.is_empty() {
            let types: Vec<&str> = self.unknown_bands.iter().map(String::as_str).collect();
            let rate = self.provider.reclaims_per_hour.to_string();
            self.assumptions.push(assumption::UNKNOWN_BAND.about(&[&types.join(", "), &rate]));
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
            let zones = if pool.zones.is_empty() {
                vec![format!("{}{}", self.file.region, self.provider.first_zone)]
            } else {
                pool.zones.clone()
            };
            let mut templates = Vec::new();
            for (number, instance) in pool.instance_types.iter().enumerate() {
                let mut path = place("instanceTypes").to_vec();
                path.push(Step::Index(number));
                let Some(bought) = self.bought(instance, &path) else { continue };
                for zone in &zones {
                    if let Some(template) = self.template(pool, &bought, zone, &path) {
                        templates.push(template);
                    }
                }
            }
            let name = self.model.names.intern(&pool.name);
            self.model.pools.push(Pool { name, size: pool.count, templates });
        }
    }

    /// The machine that an entry of `instanceTypes` means.
    fn bought(&mut self, instance: &Instance, path: &[Step]) -> Option<Bought> {
        match instance {
            Instance::Inline(inline) => {
                let amount = |quantity: &file::Quantity| Quantity::parse(&quantity.text());
                // Both were checked against the schema.
                let (cpu, memory) = (amount(&inline.cpu).ok()?, amount(&inline.memory).ok()?);
                Some(Bought {
                    name: inline.name.clone(),
                    arch: "amd64".into(),
                    capacity: (cpu.milli(), memory.value()),
                    allocatable: (cpu.milli(), memory.value()),
                    pods: u64::from(inline.pods),
                    gpus: u64::from(inline.gpus),
                    on_demand: MicroUsdPerHour::from_usd(inline.on_demand_price)?,
                    spot: inline.spot_price.and_then(MicroUsdPerHour::from_usd),
                    rate: inline.reclaims_per_hour,
                })
            }
            Instance::Named(name) => {
                let listed = catalogue::region(self.provider.name, &self.file.region);
                if let Some(listed) = listed.iter().find(|listed| listed.name == *name) {
                    return Some(Bought::of(listed));
                }
                let help = if listed.is_empty() {
                    let known = catalogue::regions(self.provider.name).join(", ");
                    let known = if known.is_empty() { "no region of it".into() } else { known };
                    format!(
                        "the catalogue knows {known}; for another region describe the type in place"
                    )
                } else {
                    did_you_mean(name, listed.iter().map(|listed| listed.name.as_str()))
                        .map_or_else(
                            || {
                                "describe the type in place: name, cpu, memory, onDemandPrice"
                                    .to_owned()
                            },
                            |near| format!("did you mean `{near}`?"),
                        )
                };
                let message = format!(
                    "instance type `{name}` is not in the catalogue for {}",
                    self.file.region
                );
                self.error("E0201", path, message, Some(help));
                None
            }
        }
    }

    fn template(
        &mut self,
        pool: &file::Pool,
        bought: &Bought,
        zone: &str,
        path: &[Step],
    ) -> Option<NodeTemplate> {
        let spot = pool.capacity_type == Capacity::Spot;
        if spot && bought.spot.is_none() {
            let message = format!("instance type `{}` has no spot price", bought.name);
            let help = "choose another type, or describe this one in place with a `spotPrice`";
            self.error("E0202", path, message, Some(help.into()));
            return None;
        }
        let gpu_lane = if bought.gpus > 0 { self.model.lane("nvidia.com/gpu") } else { None };
        let size = |(cpu, memory): (u64, u64)| {
            let mut size = Resources::one_pod(cpu, memory);
            size[Lane::PODS] = bought.pods;
            size[Lane::EPHEMERAL_STORAGE] = EPHEMERAL_STORAGE;
            if let Some(lane) = gpu_lane {
                size[lane] = bought.gpus;
            }
            size
        };
        let (capacity, allocatable) = (size(bought.capacity), size(bought.allocatable));
        let names = &mut self.model.names;
        let name = names.intern(&bought.name);
        let instance_type = *self.instance_types.entry(bought.name.clone()).or_insert_with(|| {
            let on_demand = bought.on_demand;
            self.model.catalog.instance_types.push(InstanceType {
                name,
                capacity,
                allocatable,
                on_demand,
            })
        });
        let zone_name = names.intern(zone);
        let rate = if spot { self.rate(bought) } else { 0.0 };
        let key = format!("{}/{}/{}/{zone}", self.provider.name, self.file.region, bought.name);
        let capacity_type = if spot { CapacityType::Spot } else { CapacityType::OnDemand };
        let offering = *self
            .offerings
            .entry((bought.name.clone(), zone.to_owned(), spot))
            .or_insert_with(|| {
                self.model.catalog.offerings.push(Offering {
                    instance_type,
                    zone: zone_name,
                    capacity_type,
                    price: bought.spot.filter(|_| spot).unwrap_or(bought.on_demand),
                    reclaims_per_hour: rate,
                    key: digest::of_name(&key),
                })
            });
        let shape = self.shape(pool, bought, zone, allocatable);
        Some(NodeTemplate { offering, shape })
    }

    fn shape(
        &mut self,
        pool: &file::Pool,
        bought: &Bought,
        zone: &str,
        allocatable: Resources,
    ) -> NodeShape {
        let spot = pool.capacity_type == Capacity::Spot;
        let well_known = [
            ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", &bought.arch),
            ("node.kubernetes.io/instance-type", &bought.name),
            ("topology.kubernetes.io/zone", zone),
            ("topology.kubernetes.io/region", &self.file.region),
            ("karpenter.sh/capacity-type", if spot { "spot" } else { "on-demand" }),
            ("spotsim/pool", &pool.name),
        ];
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        let mut labels: BTreeMap<String, String> = well_known.into_iter().map(owned).collect();
        labels.extend(self.provider.labels_of(spot).map(owned));
        labels.extend(pool.labels.clone());
        let names = &mut self.model.names;
        let taints = pool.taints.iter().map(|taint| Taint {
            key: names.intern(&taint.key),
            value: names.intern(&taint.value),
            effect: pods::effect(taint.effect),
        });
        let taints = taints.collect();
        NodeShape { labels: pods::label_set(names, &labels), taints, allocatable }
    }

    /// Reclaims per hour of one of these on spot.
    fn rate(&mut self, bought: &Bought) -> f64 {
        let market = &self.file.market;
        let rate = market.reclaims_per_hour.or(bought.rate).unwrap_or_else(|| {
            self.unknown_bands.insert(bought.name.clone());
            self.provider.reclaims_per_hour
        });
        rate * market.reclaim_scale
    }

    fn workloads(&mut self, workloads: &[Written]) {
        let mut names = BTreeSet::new();
        let mut guessed = 0;
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
            let spec =
                pods::pod_spec(&mut self.model, &written.namespace, template, &written.annotations);
            let controller = self.controller(written, &mut guessed);
            match (spec, controller) {
                (Ok(spec), Ok(controller)) => {
                    let spec = self.model.specs.intern(spec);
                    let created_at =
                        SimTime::ZERO + Span::parse(&written.start_at).unwrap_or_default();
                    let workload = Workload {
                        namespace: self.model.names.intern(&written.namespace),
                        name: self.model.names.intern(&written.name),
                        controller,
                        spec,
                        created_at,
                        key: digest::of_name(&full),
                    };
                    self.model.workloads.push(workload);
                }
                (Err(error), _) | (_, Err(error)) => {
                    self.found.push(wrong(format!("{full}: {error}")))
                }
            }
        }
        if guessed > 0 {
            self.assumptions.push(assumption::JOB_DURATION.about(&[&guessed.to_string()]));
        }
    }

    fn controller(&self, written: &Written, guessed: &mut usize) -> Result<Controller, String> {
        let spec = &written.spec;
        let replicas = spec.replicas.unwrap_or(1);
        let min_ready = Span::from_secs(u64::from(spec.min_ready_seconds));
        let stated = pods::span_annotation(&written.annotations, "spotsim/duration")?;
        Ok(match written.kind {
            Kind::Deployment => Controller::Deployment { replicas, min_ready },
            Kind::StatefulSet => Controller::StatefulSet { replicas, min_ready },
            Kind::DaemonSet => Controller::DaemonSet,
            Kind::Pod => Controller::Pod { duration: stated },
            Kind::Job => {
                let labels = &spec.template.metadata.labels;
                let by_selector = || {
                    let rules = self.file.job_durations.iter();
                    let mut fitting = rules.filter(|rule| {
                        rule.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
                    });
                    fitting.next().and_then(|rule| Span::parse(&rule.duration).ok())
                };
                let duration = stated.or_else(by_selector).unwrap_or_else(|| {
                    *guessed += 1;
                    DEFAULT_JOB_DURATION
                });
                let parallelism = spec.parallelism.unwrap_or(1);
                let completions = spec.completions.unwrap_or(parallelism);
                Controller::Job { completions, parallelism, duration }
            }
        })
    }

    /// Says which workloads have pods that no node takes even when it is empty.
    fn warn_of_what_fits_nowhere(&mut self, workloads: &[Written]) {
        for (workload, written) in self.model.workloads.rows().zip(workloads) {
            let spec = &self.model.specs[workload.spec];
            let shapes =
                || self.model.pools.rows().flat_map(|pool| &pool.templates).map(|t| &t.shape);
            let fits = |shape: &NodeShape| spec.requests.fits(&Resources::ZERO, &shape.allocatable);
            let welcome = |shape: &NodeShape| {
                shape.taints.iter().all(|taint| tolerated(&spec.tolerations, taint))
            };
            if shapes().any(|shape| fits(shape) && welcome(shape)) {
                continue;
            }
            let asks = format!(
                "it asks for {}m CPU and {} MiB",
                spec.requests[Lane::CPU],
                spec.requests[Lane::MEMORY] >> 20
            );
            let why = if shapes().any(fits) {
                "every node it fits on has a taint it does not tolerate"
            } else {
                asks.as_str()
            };
            let message = format!(
                "{:?} {}/{} fits on no node of this scenario: {why}",
                written.kind, written.namespace, written.name
            );
            self.found
                .push(Diagnostic::new("W0001", message).at(&written.source, written.span.clone()));
        }
    }

    fn error(&mut self, code: &'static str, path: &[Step], message: String, help: Option<String>) {
        let span = self.tree.at(path).span.clone();
        let mut diagnostic = Diagnostic::new(code, message).at(self.source, span);
        diagnostic.help = help;
        self.found.push(diagnostic);
    }
}

/// An instance type as a pool buys it.
struct Bought {
    name: String,
    arch: String,
    /// CPU in millicores, memory in bytes.
    capacity: (u64, u64),
    allocatable: (u64, u64),
    pods: u64,
    gpus: u64,
    on_demand: MicroUsdPerHour,
    spot: Option<MicroUsdPerHour>,
    rate: Option<f64>,
}

impl Bought {
    fn of(listed: &Listed) -> Bought {
        let capacity = (listed.vcpu * 1_000, listed.memory_mib << 20);
        let cpu = listed.allocatable_cpu_milli.unwrap_or(capacity.0);
        let memory = listed.allocatable_memory_mib.map_or(capacity.1, |mib| mib << 20);
        Bought {
            name: listed.name.clone(),
            arch: listed.arch.clone(),
            capacity,
            allocatable: (cpu, memory),
            pods: listed.max_pods.unwrap_or(110),
            gpus: listed.gpus,
            on_demand: MicroUsdPerHour(listed.on_demand_micro_usd),
            spot: listed.spot_micro_usd.map(MicroUsdPerHour),
            rate: listed.band.and_then(|band| BAND_RECLAIMS_PER_HOUR.get(band)).copied(),
        }
    }
}

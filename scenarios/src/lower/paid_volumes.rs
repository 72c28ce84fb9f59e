//! The persistent volumes of a scenario: what they cost, and which have no price.

use std::collections::BTreeMap;
use std::fmt::Write;

use glob::Pattern;
use sim::model::workload::WorkloadId;
use sim::money::HOURS_PER_MONTH;
use sim::table::Id;
use sim::terms::contract::PaidVolumes;
use sim::{MicroUsdPerHour, SimTime};

use super::Lowering;
use crate::assumption;
use crate::catalogue::charges;
use crate::file::Kind;
use crate::kube::PersistentVolumeClaimSpec;
use crate::workloads::Written;
use manifests::context::ClusterContext;

const GIB: u64 = 1 << 30;

/// Volumes that are alike.
struct Volumes<'v> {
    /// Their name, or what their names have in common.
    name: String,
    count: u64,
    claim: &'v PersistentVolumeClaimSpec,
    from: SimTime,
    /// Whether they outlive their pods. What those cost that do not depends on what happens to pods, and
    /// is not billed.
    lasting: bool,
}

/// What a GiB costs in a month, and of what.
struct Price {
    of: String,
    usd: f64,
}

impl Lowering<'_> {
    /// Bills the volumes that have a price, and lists all others. What is part of a node is neither.
    pub(super) fn paid_volumes(&mut self, workloads: &[Written], context: &ClusterContext) {
        let prices = self.volume_prices();
        let (mut billed, mut unbilled) = (BTreeMap::<String, (u64, f64)>::new(), Vec::new());
        for volumes in self.persistent(workloads, context) {
            let (size, claim) = (context.size(volumes.claim), volumes.claim);
            let class = context.class_of(claim);
            let total = size.saturating_mul(volumes.count);
            let price = self.price_of(class, &prices, context);
            let Some(price) = price.filter(|_| volumes.lasting) else {
                let Volumes { name, count, .. } = &volumes;
                let many = if *count == 1 { String::new() } else { format!("{count} x ") };
                let class = match class {
                    _ if !volumes.lasting => "ephemeral".into(),
                    Some(class) => format!("class {class}"),
                    None => "no class".into(),
                };
                unbilled.push(format!("{name} ({many}{}, {class})", text(size)));
                continue;
            };
            let usd = total as f64 / GIB as f64 * price.usd / HOURS_PER_MONTH;
            let Some(rate) = MicroUsdPerHour::from_usd(usd) else {
                let message =
                    format!("`{}` costs more than a million dollars an hour", volumes.name);
                self.error("E0103", &["volumePrices".into()], message, None);
                continue;
            };
            let sum = billed.entry(price.of).or_insert((0, price.usd));
            sum.0 = sum.0.saturating_add(total);
            let name = self.model.names.intern(&volumes.name);
            let (count, from) = (volumes.count, volumes.from);
            self.terms.contract.volumes.push(PaidVolumes { name, count, size, from, rate });
        }
        if !billed.is_empty() {
            let mut all = String::new();
            for (of, (size, usd)) in billed {
                let comma = if all.is_empty() { "" } else { ", " };
                let _ = write!(all, "{comma}{} of {of} at ${usd} a GiB and month", text(size));
            }
            self.assumptions.push(assumption::VOLUMES_BILLED.about(&[&all]));
        }
        if !unbilled.is_empty() {
            self.assumptions.push(assumption::VOLUMES_NOT_BILLED.about(&[&unbilled.join(", ")]));
        }
    }

    /// Every persistent volume: claims that have one or get one, those of StatefulSets that are yet to
    /// be made, and those that live with their pods.
    fn persistent<'v>(
        &self,
        workloads: &'v [Written],
        context: &'v ClusterContext,
    ) -> Vec<Volumes<'v>> {
        let mut first_used: BTreeMap<String, SimTime> = BTreeMap::new();
        let mut own = Vec::new();
        for (index, written) in workloads.iter().enumerate() {
            let from = self.model.workloads[WorkloadId::from_index(index)].created_at;
            let Written { namespace, name, spec, .. } = written;
            let mut uses = |claim: String| {
                let first = first_used.entry(claim).or_insert(from);
                *first = from.min(*first);
            };
            written.claims().for_each(|claim| uses(format!("{namespace}/{claim}")));
            let replicas = u64::from(spec.replicas.unwrap_or(1));
            if written.kind == Kind::StatefulSet {
                for template in &spec.volume_claim_templates {
                    let common = format!("{namespace}/{}-{name}", template.metadata.name);
                    // Of claims there are as many as were made, of replicas any number.
                    let is_replicas = |claim: &str| {
                        let ordinal = claim.strip_prefix(&common)?.strip_prefix('-')?;
                        let number: u64 = ordinal.parse().ok()?;
                        Some(number < replicas && number.to_string() == ordinal)
                    };
                    let made: Vec<&str> = context
                        .claims()
                        .map(|(name, _)| name)
                        .filter(|name| is_replicas(name) == Some(true))
                        .collect();
                    let (claim, count) = (&template.spec, replicas - made.len() as u64);
                    made.into_iter().for_each(|name| uses(name.to_owned()));
                    own.push(Volumes { name: common, count, claim, from, lasting: true });
                }
            }
            for volume in &spec.template.spec.volumes {
                let ephemeral = volume.ephemeral.as_ref();
                if let Some(template) = ephemeral.and_then(|it| it.volume_claim_template.as_ref()) {
                    let name = format!("{namespace}/{name}-{}", volume.name);
                    let (claim, lasting) = (&template.spec, false);
                    own.push(Volumes { name, count: replicas, claim, from, lasting });
                }
            }
        }
        let there = context.claims().filter_map(|(name, claim)| {
            let class = context.class_of(claim).and_then(|class| context.class(class));
            // API server: apis/storage/v1/defaults.go SetDefaults_StorageClass
            let at_once = class.is_some_and(|it| {
                it.volume_binding_mode.as_deref().is_none_or(|it| it == "Immediate")
            });
            let made = !claim.volume_name.is_empty() || at_once;
            let from = if made { Some(SimTime::ZERO) } else { first_used.get(name).copied() };
            Some(Volumes { name: name.to_owned(), count: 1, claim, from: from?, lasting: true })
        });
        let mut all: Vec<Volumes<'v>> = there.chain(own).collect();
        all.retain(|it| it.count > 0 && !context.accessibility(it.claim).is_on_a_node());
        all
    }

    /// The prices that the scenario states, by class.
    fn volume_prices(&mut self) -> Vec<(Pattern, Price)> {
        let mut prices = Vec::new();
        for (index, price) in self.file.volume_prices.iter().enumerate() {
            let class = price.storage_class.as_deref().unwrap_or("*");
            match Pattern::new(class) {
                Ok(pattern) => {
                    let of = format!("class {class}");
                    prices.push((pattern, Price { of, usd: price.price_per_gib_month }));
                }
                Err(error) => {
                    let path = ["volumePrices".into(), index.into(), "storageClass".into()];
                    self.error(
                        "E0104",
                        &path,
                        format!("`{class}` is not a pattern: {error}"),
                        None,
                    );
                }
            }
        }
        prices
    }

    /// What volumes of a class cost: what the scenario says, or else what the disk is listed at that
    /// the class describes.
    fn price_of(
        &self,
        class: Option<&str>,
        stated: &[(Pattern, Price)],
        context: &ClusterContext,
    ) -> Option<Price> {
        let name = class.unwrap_or_default();
        if let Some((_, Price { of, usd })) = stated.iter().find(|(it, _)| it.matches(name)) {
            return Some(Price { of: of.clone(), usd: *usd });
        }
        let class = context.class(class?)?;
        let parameter = |key: &str| class.parameters.get(key).map(String::as_str);
        let disk = charges::made_by(&class.provisioner, &self.file.region, parameter)?;
        Some(Price { of: disk.kind.into(), usd: disk.usd_per_gib_month })
    }
}

/// A size in the largest unit that it is a whole number of.
fn text(bytes: u64) -> String {
    let units = [(40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")];
    let whole = units.iter().find(|(shift, _)| bytes > 0 && bytes.is_multiple_of(1 << shift));
    whole.map_or_else(|| bytes.to_string(), |(shift, unit)| format!("{}{unit}", bytes >> shift))
}

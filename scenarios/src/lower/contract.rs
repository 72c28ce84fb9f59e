//! From the contract as a scenario states it to amounts and rates that bills are made by.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use glob::Pattern;
use sim::MicroUsdPerHour;
use sim::model::catalog::InstanceTypeId;
use sim::model::resources::Lane;
use sim::money::HOURS_PER_MONTH;
use sim::terms::contract::{Commitment, Unit};

use super::Lowering;
use crate::assumption;
use crate::catalogue::{self, charges};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::file::contract::{self, CommittedUse, ReservedInstances, SavingsPlan};
use crate::quantity::Quantity;
use crate::tree::Step;

/// What a commitment can be.
const KINDS: &str = "`reservedInstances`, `committedUse` or `savingsPlan`";
/// A whole, in the parts that percentages are rounded to.
const WHOLE: u64 = 1_000_000;
/// The most that a price may be, in micro-dollars an hour: a million dollars.
const MOST: u128 = 1_000_000_000_000;

/// A commitment with what decides when it is applied.
struct Ordered {
    /// The narrower first; then the larger discount, of savings plans.
    rank: (Unit, bool, Reverse<u64>),
    commitment: Commitment,
}

impl Lowering<'_> {
    /// Lowers the contract; pools must be there already.
    pub(super) fn contract(&mut self) {
        let file = self.file;
        let mut names = BTreeSet::new();
        let mut all: Vec<Ordered> = Vec::new();
        for (index, commitment) in file.commitments.iter().enumerate() {
            if !names.insert(commitment.name.as_str()) {
                let message = format!("commitment `{}` is there twice", commitment.name);
                self.error("E0203", &place(index, &["name"]), message, None);
            }
            all.extend(self.commitment(commitment, index));
        }
        // AWS: Savings Plans User Guide, "Understanding how Savings Plans apply to your AWS usage":
        // after reserved instances, plans for a family before plans for all, the highest savings first.
        all.sort_by_key(|ordered| ordered.rank);
        let contract = &mut self.terms.contract;
        contract.commitments = all.into_iter().map(|ordered| ordered.commitment).collect();
        let listed = file.control_plane.and_then(charges::fee).map(|fee| fee.usd_per_hour);
        contract.control_plane = price(file.control_plane_price.or(listed).unwrap_or(0.0));
        if let Some(volume) = &file.boot_volume {
            let gib = Quantity::parse(&volume.size.text()).map_or(0, Quantity::value) as f64
                / f64::from(1 << 30);
            let per_hour =
                MicroUsdPerHour::from_usd(gib * volume.price_per_gib_month / HOURS_PER_MONTH);
            match per_hour {
                Some(per_hour) => self.terms.contract.boot_volume = per_hour,
                None => {
                    let message = "a boot volume costs more than a million dollars an hour".into();
                    self.error("E0103", &["bootVolume".into(), "size".into()], message, None);
                }
            }
        }
        self.assume_contract();
    }

    /// Says what is assumed of commitments, and what is not counted.
    fn assume_contract(&mut self) {
        if !self.file.commitments.is_empty() {
            self.assumptions.push(assumption::COMMITMENTS.about(&[]));
        }
        let mut missing = Vec::new();
        let said = self.file.control_plane_price.is_some();
        match self.file.control_plane.and_then(charges::fee).filter(|_| !said) {
            Some(fee) => {
                let (usd, source) = (format!("{:.2}", fee.usd_per_hour), fee.source);
                self.assumptions.push(assumption::MANAGEMENT_FEE.about(&[fee.name, &usd, source]));
            }
            None if said => {}
            None => missing.push("the control plane (`controlPlane`)"),
        }
        if self.file.boot_volume.is_none() {
            missing.push("boot volumes (`bootVolume`)");
        }
        missing.push("traffic");
        self.assumptions.push(assumption::NOT_COUNTED.about(&[&missing.join(", ")]));
    }

    fn commitment(&mut self, it: &contract::Commitment, index: usize) -> Vec<Ordered> {
        let mut said = Vec::new();
        if let Some(reserved) = &it.reserved_instances {
            said.push(self.reserved(it, reserved, index));
        }
        if let Some(committed) = &it.committed_use {
            said.push(self.committed(it, committed, index));
        }
        if let Some(plan) = &it.savings_plan {
            said.push(self.plan(it, plan, index));
        }
        if said.len() != 1 {
            let much = if said.is_empty() { "nothing" } else { "more than one thing" };
            let message = format!("commitment `{}` covers {much}", it.name);
            let help = format!("a commitment is one of {KINDS}");
            self.error("E0901", &place(index, &[]), message, Some(help));
            return Vec::new();
        }
        let mut all = said.pop().unwrap_or_default();
        for Ordered { commitment, .. } in &mut all {
            commitment.prepaid = part(commitment.rate, ppm(it.prepaid_percent));
        }
        if all.iter().any(|ordered| ordered.commitment.instance_types.is_empty()) {
            let message = format!("commitment `{}` covers nothing of this scenario", it.name);
            self.warn("W0007", &place(index, &[]), message);
        } else if all.iter().any(|ordered| self.is_dearer(&ordered.commitment)) {
            let message = format!("commitment `{}` costs more than what it covers", it.name);
            self.warn("W0008", &place(index, &[]), message);
        }
        all
    }

    fn reserved(
        &mut self,
        it: &contract::Commitment,
        reserved: &ReservedInstances,
        index: usize,
    ) -> Vec<Ordered> {
        let name = &reserved.instance_type;
        let known = self.instance_types.get(name).copied();
        let listed = || catalogue::region(self.provider.catalogue, &self.file.region);
        if known.is_none() && !listed().any(|listed| listed.name == *name) {
            let names = self.instance_types.keys().map(String::as_str);
            let help = did_you_mean(name, names.chain(listed().map(|it| it.name.as_str())))
                .map(|near| format!("did you mean `{near}`?"));
            let path = place(index, &["reservedInstances", "instanceType"]);
            let message = format!("instance type `{name}` is in no pool and not in the catalogue");
            self.error("E0201", &path, message, help);
            return Vec::new();
        }
        let zone = reserved.zone.as_deref().map(|zone| self.model.names.intern(zone));
        let offered = self.model.catalog.offerings.rows().any(|offering| {
            Some(offering.instance_type) == known && zone.is_none_or(|zone| zone == offering.zone)
        });
        let each = price(reserved.price_per_hour);
        let amount = u64::from(reserved.count);
        let rate = self.rate_of_all(u128::from(each.0) * u128::from(amount), index);
        let mut commitment = self.of(it, Unit::Instance, amount, rate);
        commitment.zone = zone;
        commitment.instance_types = known.filter(|_| offered).into_iter().collect();
        vec![Ordered { rank: (Unit::Instance, zone.is_none(), Reverse(0)), commitment }]
    }

    fn committed(
        &mut self,
        it: &contract::Commitment,
        committed: &CommittedUse,
        index: usize,
    ) -> Vec<Ordered> {
        let types = self.types(&committed.instance_types, &place(index, &["committedUse"]));
        let amount = |quantity: &Option<crate::file::Quantity>| {
            quantity.as_ref().and_then(|it| Quantity::parse(&it.text()).ok())
        };
        let (cpu, memory) = (amount(&committed.cpu), amount(&committed.memory));
        let parts = [
            (Unit::MilliCpu, cpu.map(Quantity::milli), committed.cpu_price, 1_000),
            (Unit::MemoryByte, memory.map(Quantity::value), committed.memory_price, 1 << 30),
        ];
        let mut all = Vec::new();
        for (unit, amount, usd, one) in parts {
            match (amount, usd) {
                (Some(amount), Some(usd)) if amount > 0 => {
                    let exact = u128::from(price(usd).0) * u128::from(amount) / one;
                    let rate = self.rate_of_all(exact, index);
                    let mut commitment = self.of(it, unit, amount, rate);
                    commitment.instance_types.clone_from(&types);
                    let wide = committed.instance_types.is_empty();
                    all.push(Ordered { rank: (unit, wide, Reverse(0)), commitment });
                }
                (None, None) => {}
                _ => {
                    let message = format!(
                        "commitment `{}` has an amount without a price, or a price without an amount",
                        it.name
                    );
                    let help = "give both: `cpu` with `cpuPrice`, `memory` with `memoryPrice`";
                    let path = place(index, &["committedUse"]);
                    self.error("E0901", &path, message, Some(help.into()));
                    return Vec::new();
                }
            }
        }
        if all.is_empty() {
            let message = format!("commitment `{}` commits to nothing", it.name);
            let help = "give `cpu` with `cpuPrice`, `memory` with `memoryPrice`, or both";
            self.error("E0901", &place(index, &["committedUse"]), message, Some(help.into()));
        }
        all
    }

    fn plan(
        &mut self,
        it: &contract::Commitment,
        plan: &SavingsPlan,
        index: usize,
    ) -> Vec<Ordered> {
        let types = self.types(&plan.instance_types, &place(index, &["savingsPlan"]));
        let rate = price(plan.dollars_per_hour);
        let discount = ppm(plan.discount_percent);
        // So much on-demand time is what the dollars buy at the discount.
        let worth = u128::from(rate.0) * u128::from(WHOLE) / u128::from(WHOLE - discount);
        let amount = u64::try_from(worth).expect("a hundred million dollars an hour at most");
        let mut commitment = self.of(it, Unit::MicroUsdPerHour, amount.max(1), rate);
        commitment.instance_types = types;
        let rank = (Unit::MicroUsdPerHour, plan.instance_types.is_empty(), Reverse(discount));
        vec![Ordered { rank, commitment }]
    }

    fn of(
        &mut self,
        it: &contract::Commitment,
        unit: Unit,
        amount: u64,
        rate: MicroUsdPerHour,
    ) -> Commitment {
        let name = self.model.names.intern(&it.name);
        let (instance_types, zone, prepaid) = (Vec::new(), None, MicroUsdPerHour(0));
        Commitment { name, instance_types, zone, unit, amount, rate, prepaid }
    }

    /// The instance types of the scenario that one of the patterns means; all if there are none.
    fn types(&mut self, patterns: &[String], path: &[Step]) -> Vec<InstanceTypeId> {
        let mut meant = Vec::new();
        for (index, text) in patterns.iter().enumerate() {
            match Pattern::new(text) {
                Ok(pattern) => meant.push(pattern),
                Err(error) => {
                    let mut path = path.to_vec();
                    path.extend(["instanceTypes".into(), index.into()]);
                    let message = format!("`{text}` is not a pattern: {error}");
                    self.error("E0104", &path, message, None);
                }
            }
        }
        let types = self.instance_types.iter();
        let fits = |name: &str| meant.iter().any(|pattern| pattern.matches(name));
        types.filter(|(name, _)| patterns.is_empty() || fits(name)).map(|(_, id)| *id).collect()
    }

    /// What all of a commitment costs.
    fn rate_of_all(&mut self, rate: u128, index: usize) -> MicroUsdPerHour {
        if rate > MOST {
            let message = "the commitment costs more than a million dollars an hour".into();
            self.error("E0103", &place(index, &[]), message, None);
        }
        MicroUsdPerHour(u64::try_from(rate.min(MOST)).expect("at most a million dollars"))
    }

    /// Whether a commitment costs more than any of what it covers would without it.
    fn is_dearer(&self, commitment: &Commitment) -> bool {
        let rate = |used: u64| u128::from(commitment.rate.0) * u128::from(used);
        commitment.instance_types.iter().all(|id| {
            let machine = &self.model.catalog.instance_types[*id];
            let used = match commitment.unit {
                Unit::Instance => 1,
                Unit::MilliCpu => machine.capacity[Lane::CPU],
                Unit::MemoryByte => machine.capacity[Lane::MEMORY],
                Unit::MicroUsdPerHour => return false,
            };
            rate(used) > u128::from(machine.on_demand.0) * u128::from(commitment.amount)
        })
    }

    /// An on-demand price less what was negotiated: for the type, or else for all.
    pub(super) fn negotiated(
        &self,
        list: MicroUsdPerHour,
        of_type: Option<f64>,
    ) -> MicroUsdPerHour {
        let percent = of_type.unwrap_or(self.file.on_demand_discount);
        MicroUsdPerHour(list.0 - part(list, ppm(percent)).0)
    }

    fn warn(&mut self, code: &'static str, path: &[Step], message: String) {
        let span = self.tree.at(path).span.clone();
        self.found.push(Diagnostic::new(code, message).at(self.source, span));
    }
}

/// A price that the schema has found to be in range.
fn price(usd: f64) -> MicroUsdPerHour {
    MicroUsdPerHour::from_usd(usd).unwrap_or_default()
}

/// A percentage in millionths.
fn ppm(percent: f64) -> u64 {
    // In range by the schema.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ppm = (percent * WHOLE as f64 / 100.0).round() as u64;
    ppm.min(WHOLE)
}

/// Millionths of a price, rounded down.
fn part(price: MicroUsdPerHour, ppm: u64) -> MicroUsdPerHour {
    let part = u128::from(price.0) * u128::from(ppm) / u128::from(WHOLE);
    MicroUsdPerHour(u64::try_from(part).expect("at most the price"))
}

/// Where a field of a commitment stands.
fn place(index: usize, fields: &[&str]) -> Vec<Step> {
    let mut path = vec!["commitments".into(), index.into()];
    path.extend(fields.iter().map(|field| Step::from(*field)));
    path
}

//! A variant in the summary: its plan, what it saves, and what of it never runs.

use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend, Run};

use super::exposure::Exposure;
use super::{Change, NeverPlaced, Plan, Role, Saving, Simulated, Tail, Unplaced};
use super::{never_placed, plan, tails, unplaced};
use crate::expect::Judged;
use crate::figures::Figures;
use crate::rules::RuleSummary;
use crate::stats::Estimate;

/// The name of the variant that has the same workload on on-demand nodes only.
pub const ON_DEMAND: &str = "on-demand";

/// One way to run the cluster, and what all replications of it say together.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// What it is in the report.
    pub role: Role,
    /// What it changes in the scenario.
    pub changes: Vec<Change>,
    /// Its figures.
    pub plan: Plan,
    /// What it saves against the baseline; none of the baseline itself, or where there is none.
    pub saving: Option<Saving>,
    /// What the subject saves against it; none of the subject itself.
    pub subject_saves: Option<Saving>,
    /// What it saves against its own nodes at on-demand prices.
    pub same_nodes: Saving,
    /// The discount on spot time, in percent; not a saving.
    pub discount_percent: Option<Estimate>,
    /// Work done by pods that end, relative to the baseline.
    pub delivered_ratio: Option<Estimate>,
    /// Wanted replica time that was available, relative to the baseline.
    pub delivered_replicas_ratio: Option<Estimate>,
    /// What never runs; none when every pod finds a node.
    pub never_placed: Option<NeverPlaced>,
    /// Pods that still wait for a node at the end, in any replication, and why.
    pub unplaced: Vec<Unplaced>,
    /// How each placement rule fared.
    pub rules: Vec<RuleSummary>,
    /// How each expectation fared.
    pub expectations: Vec<Judged>,
    /// How bad figures get; of the subject alone.
    pub tails: Vec<Tail>,
}

impl Variant {
    /// Whether it is the same workload on on-demand nodes only.
    #[must_use]
    pub fn is_on_demand(&self) -> bool {
        self.role == Role::Baseline && self.name == ON_DEMAND
    }

    /// What a saving against it is a saving against.
    #[must_use]
    pub fn described(&self) -> &str {
        match self.role {
            _ if self.is_on_demand() => "the same workload on on-demand",
            Role::Reference if self.name == "today" => "what is paid today",
            _ => &self.name,
        }
    }
}

/// What all replications of a variant say together, beside the baseline and the subject.
pub(super) fn of(
    it: &Simulated<'_>,
    baseline: Option<&Simulated<'_>>,
    subject: &Simulated<'_>,
    seed: u64,
) -> Variant {
    let own = costs(it, |f| f.money.total());
    let saves = |against: &[f64], own: &[f64]| {
        let differences: Vec<f64> = against.iter().zip(own).map(|(b, c)| b - c).collect();
        Saving {
            usd_monthly: Estimate::of(&differences),
            percent: Estimate::of_ratio(&differences, against).map(|ratio| ratio.times(100.0)),
        }
    };
    let list = costs(it, |f| f.money.spot_on_demand);
    let spot = costs(it, |f| f.money.spot);
    let discounts: Vec<f64> = list.iter().zip(&spot).map(|(list, spot)| list - spot).collect();
    let baseline = baseline.filter(|_| it.role != Role::Baseline);
    let ratio = |of: fn(&[(Figures, Run)]) -> Vec<f64>| {
        baseline.and_then(|baseline| Estimate::of_ratio(&of(it.runs), &of(baseline.runs)))
    };
    let exposure = if it.has_rates { Exposure::of(it.runs, it.legend) } else { Exposure::NONE };
    let saving = baseline.map(|baseline| saves(&costs(baseline, |f| f.money.total()), &own));
    let subject_saves =
        (it.role != Role::Subject).then(|| saves(&own, &costs(subject, |f| f.money.total())));
    Variant {
        name: it.name.to_owned(),
        role: it.role,
        changes: it.changes.clone(),
        plan: plan(it.runs, it.legend, seed, exposure),
        saving,
        subject_saves,
        same_nodes: saves(&costs(it, |f| f.money.same_nodes), &own),
        discount_percent: Estimate::of_ratio(&discounts, &list).map(|r| r.times(100.0)),
        delivered_ratio: ratio(useful),
        delivered_replicas_ratio: ratio(replicas),
        never_placed: never_placed(
            it.runs.iter().map(|(figures, _)| &figures.placed[..]),
            it.legend,
        ),
        unplaced: unplaced::of(it.runs, it.legend),
        rules: it.rules.clone(),
        expectations: it.expectations.clone(),
        tails: match it.role {
            Role::Subject => tails::of(it.runs, it.legend, seed),
            Role::Baseline | Role::Reference | Role::Alternative => Vec::new(),
        },
    }
}

/// A cost of each replication, in dollars a month.
fn costs(it: &Simulated<'_>, of: fn(&Figures) -> Cost) -> Vec<f64> {
    let monthly = HOURS_PER_MONTH / hours(it.legend);
    it.runs.iter().map(|(figures, _)| of(figures).as_usd_f64() * monthly).collect()
}

/// The length of the window, in hours.
pub(super) fn hours(legend: &Legend) -> f64 {
    legend.to.since(legend.from).as_hours_f64()
}

/// Milliseconds of work that got done.
fn useful(runs: &[(Figures, Run)]) -> Vec<f64> {
    runs.iter().map(|(f, _)| f.capacity.useful_ms as f64).collect()
}

/// Milliseconds of wanted replica time that was available.
fn replicas(runs: &[(Figures, Run)]) -> Vec<f64> {
    let available = |f: &Figures| f.availability.iter().map(|(_, it)| it.available_ms()).sum();
    let each = runs.iter().map(|(figures, _)| -> u128 { available(figures) });
    each.map(|ms| ms as f64).collect()
}

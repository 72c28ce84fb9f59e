//! The summary as a document: the JSON that programs rely on, whatever the variants are.
//!
//! The subject is `proposed`. The baseline is `onDemand` where it is the same workload on on-demand
//! nodes, and what is paid today is `today`; every other variant is in `variants`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Change, LeftOut, NeverPlaced, Plan, Role, Saving, Scaled, Summary, Tail, Unplaced, Variant,
};
use crate::expect::Judged;
use crate::rules::RuleSummary;
use crate::stats::Estimate;

/// Something that was assumed because the scenario does not state it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assumption {
    /// What `spotsim explain` knows it by.
    pub id: String,
    /// What is taken to be so.
    pub text: String,
}

/// What all replications say together.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Summary")]
pub(crate) struct Document<'s> {
    /// The version of this format.
    schema: &'static str,
    /// The scenario's name.
    scenario: &'s str,
    /// The version of the program.
    version: &'s str,
    /// The seed; with the scenario and the version it determines everything here.
    seed: u64,
    /// How many replications there were of each plan.
    replications: usize,
    /// The length of the window over which figures are taken, in hours.
    window_hours: f64,
    /// A hash of every fact of every run: equal digests are equal results.
    digest: &'s str,
    /// What never runs; none when every pod finds a node. Where there is any, the saving is that of an
    /// incomplete workload.
    never_placed: Option<&'s NeverPlaced>,
    /// What the scenario saves.
    saving: Savings<'s>,
    /// The scenario as it is.
    proposed: &'s Plan,
    /// The same workload on on-demand nodes only; not there where that was not simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand: Option<&'s Plan>,
    /// What is paid today; none if the scenario does not name it.
    today: Option<&'s Plan>,
    /// Work done by pods that end, relative to the baseline; none when there are none.
    delivered_ratio: Option<Estimate>,
    /// Wanted replica time that was available, relative to the baseline; none when no workload has
    /// replicas. Below 1 the saving is in part that of a smaller service.
    delivered_replicas_ratio: Option<Estimate>,
    /// What the result would be if reclaims were more or less frequent.
    sensitivity: &'s [Scaled],
    /// Multiples of the rates of reclaims that were not tried, for they would be out of all proportion.
    sensitivity_left_out: &'s [LeftOut],
    /// How many times the stated rates of reclaims the scenario has; none if none are stated.
    reclaim_scale: Option<f64>,
    /// Pods that still wait for a node at the end, in any replication, and why.
    unplaced: &'s [Unplaced],
    /// How each placement rule fared in the scenario as it is.
    rules: &'s [RuleSummary],
    /// How each expectation fared in the scenario as it is; not there where it states none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    expectations: &'s [Judged],
    /// How bad figures of the scenario as it is get; not there where no replication differs from another.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tails: &'s [Tail],
    /// What was assumed.
    assumptions: &'s [Assumption],
    /// What was written and is not modelled.
    unmodelled: &'s [String],
    /// What looks wrong.
    warnings: &'s [String],
    /// Every other variant, in order; not there where there is no other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<Other<'s>>,
}

/// What the scenario saves, against two baselines, and against what is paid today.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Savings<'s> {
    /// Against what is paid today, and then this is the headline; none if the scenario does not name
    /// it.
    today: Option<&'s Saving>,
    /// Against the same workload simulated on on-demand nodes only: the headline where nothing is known
    /// of today. Not there where that was not simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand_plan: Option<&'s Saving>,
    /// Against the nodes of this very run at on-demand prices.
    same_nodes: &'s Saving,
    /// The discount on spot time, in percent; not a saving.
    discount_percent: Option<Estimate>,
}

/// A variant that is neither the scenario as it is, nor one of its usual baselines.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Other<'s> {
    /// What it is called.
    name: &'s str,
    /// Whether all others are measured against it.
    baseline: bool,
    /// What it changes in the scenario.
    changes: &'s [Change],
    /// Its figures.
    plan: &'s Plan,
    /// What it saves against the baseline; none of the baseline itself, or where there is none.
    saving: Option<&'s Saving>,
    /// Work done by pods that end, relative to the baseline.
    delivered_ratio: Option<Estimate>,
    /// Wanted replica time that was available, relative to the baseline.
    delivered_replicas_ratio: Option<Estimate>,
    /// What never runs of it; none when every pod finds a node.
    never_placed: Option<&'s NeverPlaced>,
}

impl<'s> Document<'s> {
    pub(super) fn of(summary: &'s Summary) -> Document<'s> {
        let subject = summary.subject();
        let on_demand = summary.baseline().filter(|it| it.is_on_demand());
        let today = summary.reference();
        let named = |it: &&Variant| {
            !std::ptr::eq(*it, subject)
                && on_demand.is_none_or(|on_demand| !std::ptr::eq(*it, on_demand))
                && today.is_none_or(|today| !std::ptr::eq(*it, today))
        };
        Document {
            schema: summary.schema,
            scenario: &summary.scenario,
            version: &summary.version,
            seed: summary.seed,
            replications: summary.replications,
            window_hours: summary.window_hours,
            digest: &summary.digest,
            never_placed: subject.never_placed.as_ref(),
            saving: Savings {
                today: today.and_then(|it| it.subject_saves.as_ref()),
                on_demand_plan: on_demand.and_then(|it| it.subject_saves.as_ref()),
                same_nodes: &subject.same_nodes,
                discount_percent: subject.discount_percent,
            },
            proposed: &subject.plan,
            on_demand: on_demand.map(|it| &it.plan),
            today: today.map(|it| &it.plan),
            delivered_ratio: subject.delivered_ratio,
            delivered_replicas_ratio: subject.delivered_replicas_ratio,
            sensitivity: &summary.sensitivity,
            sensitivity_left_out: &summary.sensitivity_left_out,
            reclaim_scale: summary.reclaim_scale,
            unplaced: &subject.unplaced,
            rules: &subject.rules,
            expectations: &subject.expectations,
            tails: &subject.tails,
            assumptions: &summary.assumptions,
            unmodelled: &summary.unmodelled,
            warnings: &summary.warnings,
            variants: summary.variants.iter().filter(named).map(Other::of).collect(),
        }
    }
}

impl<'s> Other<'s> {
    fn of(it: &'s Variant) -> Other<'s> {
        Other {
            name: &it.name,
            baseline: it.role == Role::Baseline,
            changes: &it.changes,
            plan: &it.plan,
            saving: it.saving.as_ref(),
            delivered_ratio: it.delivered_ratio,
            delivered_replicas_ratio: it.delivered_replicas_ratio,
            never_placed: it.never_placed.as_ref(),
        }
    }
}

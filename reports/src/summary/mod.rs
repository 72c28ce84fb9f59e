//! The summary: what all replications say together, in a format that programs can rely on.

mod arrivals;
mod availability;
mod batch;
mod budgets;
mod cost;
mod declared;
mod document;
mod exposure;
mod fallbacks;
mod fit;
mod impact;
mod input;
mod never_placed;
mod node_autoscaling;
mod overuse;
mod replications;
mod rollouts;
pub mod sensitivity;
mod start_up;
mod tails;
mod unplaced;
mod usage;
mod variant;
mod volumes;
mod waits;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use sim::digest::Digest;
use sim::model::disruption::DisruptionReason;
use sim::model::workload::Controller;
use sim::plain::{plain, plain_lines};
use sim::{Cost, Legend, Run};

use crate::figures::Figures;
use crate::names::workload_name;
use crate::stats::Estimate;
pub use arrivals::GeneratorArrivals;
pub use availability::WorkloadAvailability;
pub use batch::{Batch, JobFate};
pub use budgets::Budgets;
pub use cost::{CostBy, CostRow, breakdown};
pub use document::Assumption;
pub(crate) use document::Document;
use exposure::Exposure;
pub use fallbacks::Fallbacks;
pub use fit::ContainerFit;
pub use impact::{ImpactSummary, OfferingImpact, WorkloadImpact, WorstBurst};
pub use input::{Change, Input, Role, Simulated};
pub(crate) use never_placed::in_some;
pub use never_placed::{NeverPlaced, WorkloadNeverPlaced, never_placed};
pub use node_autoscaling::{Consolidations, NodeAutoscaling};
pub use overuse::{Overuse, WorkloadKills};
use replications::Replications;
pub use rollouts::{Rollouts, WorkloadRollouts};
pub use sensitivity::{LeftOut, Scaled};
pub use start_up::StartUp;
pub use tails::Tail;
pub use unplaced::Unplaced;
pub use usage::WorkloadLoad;
pub use variant::{ON_DEMAND, Variant};
pub use volumes::{DataLost, Volumes, WorkloadLoss};
pub use waits::Pending;

/// The version of this format.
pub const SCHEMA: &str = "spotsim/summary/v1";

/// What all replications say together. Its JSON has the subject under `proposed`.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// The version of the format.
    pub schema: &'static str,
    /// The scenario's name.
    pub scenario: String,
    /// The version of the program.
    pub version: String,
    /// The seed; with the scenario and the version it determines everything here.
    pub seed: u64,
    /// How many replications there were of each variant.
    pub replications: usize,
    /// The length of the window over which figures are taken, in hours.
    pub window_hours: f64,
    /// A hash of every fact of every run: equal digests are equal results.
    pub digest: String,
    /// Whether anything makes pods: a scenario may be jobs with deadlines alone, of which there are none.
    pub has_pods: bool,
    /// Every variant, in the order in which they were given.
    pub variants: Vec<Variant>,
    /// What the result of the subject would be if reclaims were more or less frequent.
    pub sensitivity: Vec<Scaled>,
    /// Multiples of the rates of reclaims that were not tried, for they would be out of all proportion.
    pub sensitivity_left_out: Vec<LeftOut>,
    /// How many times the stated rates of reclaims the scenario has; none if none are stated.
    pub reclaim_scale: Option<f64>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What was written and is not modelled.
    pub unmodelled: Vec<String>,
    /// What looks wrong.
    pub warnings: Vec<String>,
}

/// A saving against one baseline.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Saving {
    /// In dollars per month of 730 h; negative when it costs more.
    pub usd_monthly: Estimate,
    /// In percent of the baseline; none when the baseline is nothing.
    pub percent: Option<Estimate>,
}

/// The figures of one plan.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Total cost in the window over all replications, in micro-dollars, exact but for rounding.
    pub cost_micro_usd_total: u64,
    /// Dollars per month of 730 h.
    pub cost_monthly: Estimate,
    /// Of it for spot instances.
    pub spot_cost_monthly: Estimate,
    /// Of it for unused commitments.
    pub commitment_unused_monthly: Estimate,
    /// Of it for what is paid besides: control plane and boot volumes.
    pub other_cost_monthly: Estimate,
    /// Of it for capacity that no pod requested.
    pub idle_cost_monthly: Estimate,
    /// What is paid for nothing: idle capacity, unused commitments and lost work.
    pub waste_monthly: Estimate,
    /// The same at the on-demand prices that the provider publishes, whatever was bought.
    pub list_cost_monthly: Estimate,
    /// The same at negotiated and spot prices, without commitments.
    pub contracted_cost_monthly: Estimate,
    /// What invoices show: the cost less what was paid in advance.
    pub billed_cost_monthly: Estimate,
    /// The cost by pool, capacity type, instance type, zone, namespace and workload.
    pub cost_by: Vec<CostBy>,
    /// Instances, on average over time.
    pub nodes_mean: Estimate,
    /// The most instances at once, over all replications.
    pub nodes_peak: u64,
    /// The fewest registered nodes at once, over all replications.
    pub nodes_ready_least: u64,
    /// Node-hours a day by which pools had fewer registered nodes than their size: capacity that was
    /// wanted and not there.
    pub node_hours_short_per_day: Estimate,
    /// Share of allocatable CPU that is requested, in percent.
    pub cpu_requested_percent: Option<Estimate>,
    /// Share of allocatable memory that is requested, in percent.
    pub memory_requested_percent: Option<Estimate>,
    /// Share of allocatable CPU that is used, in percent; left out where nothing models usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_used_percent: Option<Estimate>,
    /// Share of allocatable memory that is used, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_used_percent: Option<Estimate>,
    /// Requests that ready replicas could not serve, by workload, the worst first; left out where no
    /// load is modelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Vec<WorkloadLoad>>,
    /// vCPU-hours that no pod requested, in the window.
    pub idle_cpu_hours: Estimate,
    /// Instances taken by the provider, per day.
    pub reclaims_per_day: Estimate,
    /// Those of them because spot cost more than their pool pays.
    pub outbid_per_day: Estimate,
    /// Those of them without notice, per day.
    pub notices_missed_per_day: Estimate,
    /// Instances that failed a day, spot and on-demand, which are no reclaims; if any did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_per_day: Option<Estimate>,
    /// Pods whose end they did not choose, per day.
    pub pods_disrupted_per_day: Estimate,
    /// Of them: had the time they needed.
    pub ends_clean_per_day: Estimate,
    /// Of them: terminating, and killed before they had stopped.
    pub ends_cut_short_per_day: Estimate,
    /// Of them: killed without having been asked to terminate.
    pub ends_killed_without_warning_per_day: Estimate,
    /// Pods disrupted by what Kubernetes says of it, per day: the reason of their condition
    /// `DisruptionTarget`, or `none`.
    pub pods_disrupted_by_reason_per_day: BTreeMap<&'static str, Estimate>,
    /// How pools made do with on-demand; none when none may.
    pub fallbacks: Option<Fallbacks>,
    /// What became of PodDisruptionBudgets; none when there are none.
    pub budgets: Option<Budgets>,
    /// What it took pods to start; none when neither images nor disks had to come to their nodes.
    pub start_up: Option<StartUp>,
    /// What became of pods that would use more than they may, or than there is; none when nothing models
    /// usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overuse: Option<Overuse>,
    /// What VerticalPodAutoscalers recommend for containers; left out where nothing recommends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Vec<ContainerFit>>,
    /// How rollouts went; if any is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollouts: Option<Rollouts>,
    /// What became of pods with zonal volumes; none when there are none.
    pub volumes: Option<Volumes>,
    /// Workloads that lost data with nodes; none when no pod keeps any there.
    pub data_lost: Option<DataLost>,
    /// Pods of DaemonSets that ended with their nodes, per day; not among the disrupted.
    pub daemon_set_ends_per_day: Estimate,
    /// Bare pods that ended so and will not come back, over all replications.
    pub bare_pods_lost: u64,
    /// Seconds from creation to binding: median, averaged over replications.
    pub pending_seconds_p50: Option<Pending>,
    /// 95th percentile, averaged over replications.
    pub pending_seconds_p95: Option<Pending>,
    /// The longest, over all replications.
    pub pending_seconds_max: Option<Pending>,
    /// Attempts with at least one failed scheduling cycle, per replication.
    pub unschedulable: Estimate,
    /// Attempts that scheduling gates still hold back at the end, per replication; not among those
    /// that wait.
    pub gated: Estimate,
    /// Pods that ran to their end, per replication.
    pub completed: Estimate,
    /// What became of Jobs and of the time of their pods; none when there are none.
    pub batch: Option<Batch>,
    /// What a program that buys nodes launches and removes, and why; left out where no pool follows demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_autoscaling: Option<NodeAutoscaling>,
    /// Further figures by their names; not there where none of them occurs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<&'static str, Estimate>,
    /// What arrived, generator by generator; if anything may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Vec<GeneratorArrivals>>,
    /// Each workload with replicas, the least available first.
    pub availability: Vec<WorkloadAvailability>,
    /// Whom reclaims hit and how badly, and who caused it.
    #[serde(rename = "harm")]
    pub impact: ImpactSummary,
}

impl Summary {
    /// The variant that the report is about: without a subject, the first.
    #[must_use]
    pub fn subject(&self) -> &Variant {
        self.of_role(Role::Subject).unwrap_or(&self.variants[0])
    }

    /// The variant that all others are measured against, if there is one.
    #[must_use]
    pub fn baseline(&self) -> Option<&Variant> {
        self.of_role(Role::Baseline)
    }

    /// What else the subject is measured against: what is paid today.
    #[must_use]
    pub fn reference(&self) -> Option<&Variant> {
        self.of_role(Role::Reference)
    }

    fn of_role(&self, role: Role) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.role == role)
    }

    /// The saving of the subject that decides, and what it is measured against: what is paid today, if
    /// that is known, else the baseline, else the same nodes at on-demand prices.
    #[must_use]
    pub fn headline(&self) -> (&Saving, &str) {
        let against = self.reference().or(self.baseline());
        match against.and_then(|it| Some((it.subject_saves.as_ref()?, &it.name[..]))) {
            Some(headline) => headline,
            None => (&self.subject().same_nodes, "the same nodes at on-demand prices"),
        }
    }

    /// As JSON on one line.
    ///
    /// # Panics
    /// Never: there is nothing in it that JSON cannot say.
    #[must_use]
    pub fn to_line(&self) -> String {
        let text = serde_json::to_string(&Document::of(self)).expect("plain data");
        plain(&text).into_owned()
    }

    /// As indented JSON.
    ///
    /// # Panics
    /// Never: there is nothing in it that JSON cannot say.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(&Document::of(self)).expect("plain data");
        plain_lines(&text).into_owned()
    }
}

/// What all replications say together.
///
/// # Panics
/// If variants have different numbers of replications, or there are none.
#[must_use]
pub fn summarize(input: Input<'_>) -> Summary {
    let variants = &input.variants;
    let role = |role| variants.iter().find(|it| it.role == role);
    let subject = role(Role::Subject).unwrap_or(&variants[0]);
    let baseline = role(Role::Baseline);
    assert!(variants.iter().all(|it| it.runs.len() == subject.runs.len()), "variants are paired");
    assert!(!subject.runs.is_empty(), "at least one replication");
    let mut digest = Digest::EMPTY;
    let runs = variants.iter().flat_map(|it| it.runs);
    runs.for_each(|(_, run)| digest.mix(run.digest));
    let scaled = input.scaled.iter().map(|(scale, runs)| {
        sensitivity::summarize(*scale, runs, baseline.map(|it| it.runs), subject.legend)
    });
    Summary {
        schema: SCHEMA,
        scenario: plain(input.scenario).into_owned(),
        version: input.version.to_owned(),
        seed: input.seed,
        replications: subject.runs.len(),
        window_hours: variant::hours(subject.legend),
        digest: format!("{:016x}", digest.value()),
        has_pods: has_pods(subject.legend),
        variants: variants
            .iter()
            .map(|it| variant::of(it, baseline, subject, input.seed))
            .collect(),
        sensitivity: scaled.collect(),
        sensitivity_left_out: input.left_out,
        reclaim_scale: input.reclaim_scale,
        assumptions: input.assumptions,
        unmodelled: input.unmodelled,
        warnings: input.warnings,
    }
}

fn has_pods(legend: &Legend) -> bool {
    let mut workloads = legend.model.workloads.rows();
    workloads.any(|it| !matches!(it.controller, Controller::DeadlineJob(_)))
}

fn plan(runs: &[(Figures, Run)], legend: &Legend, seed: u64, exposure: Exposure) -> Plan {
    let replications = Replications::new(runs, legend, exposure);
    let hours = replications.hours;
    let values = |of: &dyn Fn(&Figures) -> f64| replications.values(of);
    let each = |of: &dyn Fn(&Figures) -> f64| replications.mean(of);
    let per_month = |of: &dyn Fn(&Figures) -> Cost| replications.per_month(of);
    let days = hours / 24.0;
    let per_day = |of: &dyn Fn(&Figures) -> u64, most: Option<f64>| {
        Estimate::of_events(&values(&|f| of(f) as f64 / days), most.map(|most| most / days))
    };
    let nodes_per_day = |of: &dyn Fn(&Figures) -> u64| per_day(of, exposure.nodes);
    let pods_per_day = |of: &dyn Fn(&Figures) -> u64| per_day(of, exposure.pods);
    let requested = |lane: usize| {
        let requested = values(&|f| f.capacity.integral.requested[lane] as f64);
        let allocatable = values(&|f| f.capacity.integral.allocatable[lane] as f64);
        Estimate::of_ratio(&requested, &allocatable).map(|ratio| ratio.times(100.0))
    };
    let window_ms = hours * 3_600_000.0;
    let total: Cost = runs.iter().map(|(figures, _)| figures.money.total()).sum();
    Plan {
        cost_micro_usd_total: total.micro_usd(),
        cost_monthly: per_month(&|f| f.money.total()),
        spot_cost_monthly: per_month(&|f| f.money.spot),
        commitment_unused_monthly: per_month(&|f| f.money.commitment_unused),
        other_cost_monthly: per_month(&|f| f.money.other),
        idle_cost_monthly: per_month(&|f| f.money.idle),
        waste_monthly: per_month(&|f| f.money.waste()),
        list_cost_monthly: per_month(&|f| f.money.list),
        contracted_cost_monthly: per_month(&|f| f.money.contracted),
        billed_cost_monthly: per_month(&|f| f.money.billed()),
        cost_by: cost::by(runs, legend),
        nodes_mean: each(&|f| f.capacity.node_ms as f64 / window_ms),
        nodes_ready_least: runs
            .iter()
            .map(|(f, _)| f.capacity.least_ready_nodes)
            .min()
            .unwrap_or(0),
        nodes_peak: runs.iter().map(|(f, _)| f.capacity.peak_nodes).max().unwrap_or(0),
        node_hours_short_per_day: each(&|f| f.capacity.short_ms as f64 / 3.6e6 * 24.0 / hours),
        cpu_requested_percent: requested(0),
        memory_requested_percent: requested(1),
        cpu_used_percent: usage::used(replications, 0),
        memory_used_percent: usage::used(replications, 1),
        load: usage::load(replications, legend, seed),
        idle_cpu_hours: each(&|f| f.capacity.integral.idle_cpu as f64 / 3.6e9),
        reclaims_per_day: nodes_per_day(&|f| f.disruption.reclaims),
        outbid_per_day: per_day(&|f| f.disruption.outbid, None),
        notices_missed_per_day: nodes_per_day(&|f| f.disruption.notices_missed),
        failures_per_day: Some(nodes_per_day(&|f| f.disruption.failures))
            .filter(|failures| failures.mean > 0.0),
        pods_disrupted_per_day: pods_per_day(&|f| f.disruption.ends.total()),
        ends_clean_per_day: pods_per_day(&|f| f.disruption.ends.clean),
        ends_cut_short_per_day: pods_per_day(&|f| f.disruption.ends.cut_short()),
        ends_killed_without_warning_per_day: pods_per_day(&|f| {
            f.disruption.ends.killed_without_warning
        }),
        pods_disrupted_by_reason_per_day: reasons(runs)
            .into_iter()
            .map(|reason| {
                let of = |f: &Figures| f.disruption.by_reason.get(&reason).copied().unwrap_or(0);
                (reason.map_or("none", DisruptionReason::name), pods_per_day(&of))
            })
            .collect(),
        fallbacks: fallbacks::of(replications, legend),
        budgets: budgets::of(replications, legend),
        start_up: start_up::of(replications),
        overuse: overuse::of(replications, legend),
        fit: fit::of(replications, legend),
        rollouts: rollouts::of(replications, legend),
        volumes: volumes::of(replications, legend),
        data_lost: volumes::data_lost(replications, legend),
        daemon_set_ends_per_day: pods_per_day(&|f| f.disruption.daemon_ends.total()),
        bare_pods_lost: runs.iter().map(|(f, _)| f.disruption.bare_pods_lost).sum(),
        pending_seconds_p50: waits::mean(runs, |f| f.pending.p50()),
        pending_seconds_p95: waits::mean(runs, |f| f.pending.p95()),
        pending_seconds_max: waits::longest(runs, |f| f.pending.longest()),
        unschedulable: each(&|f| f.unschedulable as f64),
        gated: each(&|f| f.gated as f64),
        completed: each(&|f| f.capacity.completed as f64),
        batch: batch::of(replications, legend),
        node_autoscaling: node_autoscaling::of(replications),
        figures: declared::of(replications),
        arrivals: arrivals::of(replications, legend),
        availability: availability::of(runs, legend, seed),
        impact: impact::summarize(runs, legend, seed),
    }
}

/// The reasons that occur, in any replication.
fn reasons(runs: &[(Figures, Run)]) -> BTreeSet<Option<DisruptionReason>> {
    runs.iter().flat_map(|(figures, _)| figures.disruption.by_reason.keys().copied()).collect()
}

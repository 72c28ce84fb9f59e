//! Requests that fit, in the summary: what containers request, what is recommended, and what that is
//! worth.

use schemars::JsonSchema;
use serde::Serialize;
use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend};

use super::replications::Replications;
use super::workload_name;
use crate::cost::shares;
use crate::figures::Figures;
use crate::folds::fit::{Fitted, Throttled};
use crate::stats::Estimate;

/// Hours in a week.
const WEEK: f64 = 168.0;

/// What a VerticalPodAutoscaler recommends for one container, at the end of the window.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerFit {
    /// Namespace and name of its workload.
    pub workload: String,
    /// Its name.
    pub container: String,
    /// How many pods have it at the end; none of a DaemonSet.
    pub replicas: Option<Estimate>,
    /// CPU that it requests as it is written, in milli-cores.
    pub cpu_requested_milli: u64,
    /// CPU that is recommended; none if it is not sized by CPU.
    pub cpu_recommended_milli: Option<Estimate>,
    /// Memory that it requests as it is written, in bytes.
    pub memory_requested_bytes: u64,
    /// Memory that is recommended; none if it is not sized by memory.
    pub memory_recommended_bytes: Option<Estimate>,
    /// What all its pods request beyond what is recommended, in dollars a month at what the cluster pays
    /// for what its nodes offer; negative where they request too little. A bound on what could be saved:
    /// as long as no node goes away, nothing is.
    pub slack_usd_monthly: Option<Estimate>,
    /// What of that is CPU.
    pub cpu_slack_usd_monthly: Option<Estimate>,
    /// What of it is memory.
    pub memory_slack_usd_monthly: Option<Estimate>,
    /// How often it was killed because memory was out, per week.
    pub oom_kills_per_week: Estimate,
    /// Pods of its workload that were evicted for what is recommended, per day.
    pub vpa_evictions_per_day: Estimate,
    /// Share of the time in which limits keep CPU from pods of its workload, in percent; none where they
    /// use none.
    pub throttled_percent: Option<Estimate>,
}

/// Every container for which anything is recommended; none where nothing recommends.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Vec<ContainerFit>> {
    let mut all: Vec<_> = replications
        .runs
        .iter()
        .flat_map(|(figures, _)| figures.fit.containers.keys().copied())
        .collect();
    all.sort_unstable();
    all.dedup();
    let rows = all.into_iter().filter_map(|(workload, place)| {
        let model = &legend.model;
        let list = &model.specs[model.workloads[workload].spec].containers.list;
        let container = list.get(place as usize)?;
        let requests = container.resources.requests;
        let (cpu, memory) = (requests.cpu.unwrap_or(0), requests.memory.unwrap_or(0));
        let own = |figures: &Figures| {
            figures.fit.containers.get(&(workload, place)).copied().unwrap_or_default()
        };
        let replicas = |figures: &Figures| figures.fit.replicas.get(&workload).copied();
        let has_replicas = replications.runs.iter().all(|(it, _)| replicas(it).is_some());
        let recommended = |of: fn(Fitted) -> u64| {
            let estimate = replications.mean(|figures| of(own(figures)) as f64);
            (estimate.mean > 0.0).then_some(estimate)
        };
        let excess = |requested: u64, fit: u64, weighs: fn(u64) -> u128| match fit {
            0 => 0.0,
            fit => weighs(requested) as f64 - weighs(fit) as f64,
        };
        let of_all = |figures: &Figures, each: f64| {
            each * f64::from(replicas(figures).unwrap_or(0)) * price(figures, replications.hours)
        };
        let cpu_slack =
            |figures: &Figures| of_all(figures, excess(cpu, own(figures).cpu, shares::cpu));
        let memory_slack = |figures: &Figures| {
            of_all(figures, excess(memory, own(figures).memory, shares::memory))
        };
        let slack = |figures: &Figures| cpu_slack(figures) + memory_slack(figures);
        let of_throttled = |part: fn(Throttled) -> u128| {
            replications.values(|figures: &Figures| {
                part(figures.fit.throttled.get(&workload).copied().unwrap_or_default()) as f64
            })
        };
        let throttled =
            Estimate::of_ratio(&of_throttled(|it| it.throttled_ms), &of_throttled(|it| it.used_ms));
        Some(ContainerFit {
            workload: workload_name(legend, workload),
            container: model.names.text(container.name).to_owned(),
            replicas: has_replicas
                .then(|| replications.mean(|figures| f64::from(replicas(figures).unwrap_or(0)))),
            cpu_requested_milli: cpu,
            cpu_recommended_milli: recommended(|fit| fit.cpu),
            memory_requested_bytes: memory,
            memory_recommended_bytes: recommended(|fit| fit.memory),
            slack_usd_monthly: has_replicas.then(|| replications.mean(slack)),
            cpu_slack_usd_monthly: has_replicas.then(|| replications.mean(cpu_slack)),
            memory_slack_usd_monthly: has_replicas.then(|| replications.mean(memory_slack)),
            oom_kills_per_week: replications
                .mean(|figures| own(figures).kills as f64 * WEEK / replications.hours),
            vpa_evictions_per_day: replications.per_day(|figures| {
                figures.fit.evictions.get(&workload).copied().unwrap_or(0) as f64
            }),
            throttled_percent: throttled.map(|share| share.times(100.0)),
        })
    });
    let mut rows: Vec<ContainerFit> = rows.collect();
    // Where most is requested beyond what is recommended comes first.
    let slack = |row: &ContainerFit| row.slack_usd_monthly.map_or(f64::MIN, |slack| slack.mean);
    rows.sort_by(|one, other| slack(other).total_cmp(&slack(one)));
    (!rows.is_empty()).then_some(rows)
}

/// What a month of one unit of weight costs, of what nodes offer.
fn price(figures: &Figures, hours: f64) -> f64 {
    let window = hours * 3_600_000.0;
    let [cpu, mib] = figures.capacity.integral.allocatable.map(|sum| sum as f64 / window);
    let offered = cpu * shares::cpu(1_000) as f64 / 1_000.0 + mib * shares::memory(1 << 20) as f64;
    let paid: Cost = figures.money.on_demand + figures.money.spot;
    match offered > 0.0 {
        true => paid.as_usd_f64() * HOURS_PER_MONTH / hours / offered,
        false => 0.0,
    }
}

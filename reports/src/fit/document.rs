//! The back-test for programs: everything, with amounts in plain units.

use backtest::{Comparison, Judged, LaneScore, RECOMMENDERS, Score, Setting, Tuned, Walked};
use serde_json::{Value, json};
use sim::model::vpa::{CpuMemory, Stated};

use super::amounts::{Amount, core_hours, gib_hours};
use super::{Report, containers};

/// The version of this format.
const SCHEMA: &str = "spotsim/fit/v1";

/// The back-test as a value.
#[must_use]
pub fn document(report: &Report<'_>) -> Value {
    let Report { history, comparison, plan, prices, .. } = *report;
    let all = |it: &Judged| {
        let rule = RECOMMENDERS.iter().find(|rule| rule.id == it.id);
        let mut value = score(report, &it.score);
        value["id"] = it.id.into();
        value["name"] = it.name.into();
        value["about"] = rule.map_or("", |rule| rule.about).into();
        value
    };
    let own = history.containers.iter().enumerate().map(|(index, it)| {
        let (start, end) = it.span_ms().unwrap_or_default();
        json!({
            "namespace": it.name.namespace,
            "workload": it.name.workload,
            "container": it.name.container,
            "pods": it.replicas,
            "samples": it.samples.len(),
            "recordedHours": end.abs_diff(start) as f64 / super::amounts::HOUR_MS,
            "gapHours": it.gaps_ms as f64 / super::amounts::HOUR_MS,
            "requests": sizes(it.stated_at(end).requests),
            "limits": sizes(it.stated_at(end).limits),
            "recommenders": by_recommender(report, comparison, index),
        })
    });
    json!({
        "schema": SCHEMA,
        "judgedHours": report.judged_hours(),
        "stepSeconds": plan.step.as_secs_f64(),
        "learnSeconds": plan.learn.as_secs_f64(),
        "thresholdPercent": plan.threshold_percent,
        "prices": { "coreHourUsd": prices.core_hour, "gibHourUsd": prices.gib_hour },
        "recommenders": comparison.judged.iter().map(all).collect::<Vec<_>>(),
        "containers": own.collect::<Vec<_>>(),
        "tuned": report.tuned.iter().map(|it| tuned(report, it)).collect::<Vec<_>>(),
        "notes": report.understood,
    })
}

fn by_recommender(report: &Report<'_>, comparison: &Comparison, index: usize) -> Value {
    let container = &report.history.containers[index];
    let each = comparison.judged.iter().map(|it| {
        let walked: &Walked = &it.containers[index];
        let mut value = score(report, &walked.score);
        value["recommended"] = sizes(container.recommendable(walked.now));
        value["oomKillsPerWeekAtMost"] = json!(containers::unseen(report, container, walked));
        (it.id.to_owned(), value)
    });
    Value::Object(each.collect())
}

fn sizes(stated: Stated) -> Value {
    json!({ "cpuMillicores": stated.cpu, "memoryBytes": stated.memory })
}

fn score(report: &Report<'_>, score: &Score) -> Value {
    let lanes = &score.lanes;
    json!({
        "requested": amount(report, lanes, |lane| lane.requested),
        "unused": amount(report, lanes, |lane| lane.wasted),
        "aboveRequest": {
            "coreHours": core_hours(lanes.cpu.above_request.amount),
            "gibHours": gib_hours(lanes.memory.above_request.amount),
            "cpuPercentOfTime": lanes.cpu.short().map(|it| 100.0 * it),
            "memoryPercentOfTime": lanes.memory.short().map(|it| 100.0 * it),
        },
        "aboveLimit": {
            "coreHours": core_hours(lanes.cpu.above_limit.amount),
            "gibHours": gib_hours(lanes.memory.above_limit.amount),
            "cpuPercentOfTime": lanes.cpu.over_limit().map(|it| 100.0 * it),
            "memoryPercentOfTime": lanes.memory.over_limit().map(|it| 100.0 * it),
        },
        "oomKills": score.kills(),
        "oomKillsPerWeek": report.weekly(score.kills()),
        "changes": score.changes,
    })
}

fn amount(report: &Report<'_>, lanes: &CpuMemory<LaneScore>, of: Amount) -> Value {
    json!({
        "coreHours": core_hours(of(&lanes.cpu)),
        "gibHours": gib_hours(of(&lanes.memory)),
        "usdMonthly": report.monthly(lanes, of),
    })
}

fn tuned(report: &Report<'_>, tuned: &Tuned) -> Value {
    let Setting { percentile, margin_percent, half_life_hours } = tuned.setting;
    let mut value = score(report, &tuned.score);
    value["percentile"] = percentile.into();
    value["marginPercent"] = margin_percent.into();
    value["halfLifeHours"] = half_life_hours.into();
    value["onFront"] = json!({ "cpu": tuned.on_front.cpu, "memory": tuned.on_front.memory });
    value
}

//! The summary for people: one line that answers, then the evidence, then the caveats.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::format;
pub(crate) use crate::format::{many, rate, thousands, time, usd, usd_to};
use crate::layout::{self, Row};
use crate::rules;
use crate::spread;
use crate::stats::Estimate;
use crate::summary::{
    Batch, Budgets, Fallbacks, Pending, Plan, Saving, StartUp, Summary, Volumes,
    WorkloadAvailability, impact, sensitivity,
};

/// Below this many replications an interval is a rough one.
const FEW: usize = 30;

/// One figure of a plan.
type Figure = fn(&Plan) -> Estimate;
/// One figure of its fallbacks.
type OfFallbacks = fn(&Fallbacks) -> Estimate;
/// One figure of its budgets.
type OfBudgets = fn(&Budgets) -> Estimate;

/// How pools made do with on-demand, where any may.
const FALLBACKS: [(&str, OfFallbacks); 2] = [
    ("Fallbacks /day", |fallbacks| fallbacks.fell_back_per_day),
    ("  and back to spot", |fallbacks| fallbacks.back_to_spot_per_day),
];

/// What became of budgets, where there are any.
const BUDGETS: [(&str, OfBudgets); 2] = [
    ("Past a budget, pods /day", |budgets| budgets.violations_per_day),
    ("  budgets short, min /day", |budgets| budgets.short_minutes_per_day),
];

/// One figure of its Jobs.
type OfBatch = fn(&Batch) -> Estimate;

/// What became of the time of pods that do work, where there was any of it.
const BATCH: [(&str, OfBatch); 3] = [
    ("  lost work, pod-h /day", |batch| batch.lost_work_pod_hours_per_day),
    ("  checkpoints, pod-h /day", |batch| batch.checkpoint_overhead_pod_hours_per_day),
    ("  waiting, pod-h /day", |batch| batch.waiting_pod_hours_per_day),
];

/// How many workloads that lost data are named.
const NAMED_LOSSES: usize = 3;

/// The answer in one line: the saving beside its risk, or that there is none because pods never run.
#[must_use]
pub fn verdict(summary: &Summary) -> String {
    let (name, risk) = (&summary.scenario, risk(summary));
    match &summary.never_placed {
        Some(never) => {
            let clause = never.clause(summary.replications);
            format!("{name}: {clause}, so that no saving is claimed; {risk}.")
        }
        None => format!("{name}: spot {}, at {risk}.", money(summary)),
    }
}

/// What is saved against what is paid today, or else against the on-demand plan, in one clause.
fn money(summary: &Summary) -> String {
    let (saving, baseline) = summary.saving.headline();
    let against = if summary.saving.today.is_some() { " against today" } else { "" };
    let dollars = saving.usd_monthly;
    let percent = saving.percent.map_or_else(String::new, |percent| {
        let single = format::percent_singly(if percent.mean < 0.0 {
            // A loss is told as how much more it costs.
            Estimate { p05: percent.p95.map(|it| -it), p95: percent.p05.map(|it| -it), ..percent }
        } else {
            percent
        });
        let single = match &single[..] {
            _ if summary.replications < 2 => "; 1 replication, no interval".into(),
            "" => single,
            _ => format!("; single {} {single} %", spread::periods(summary)),
        };
        format!(" ({:.1} %{single})", percent.mean.abs())
    });
    if dollars.covers_zero() {
        format!("no detectable saving{against}{percent}")
    } else if dollars.mean == 0.0 {
        format!("saves nothing per month{against}")
    } else if dollars.mean < 0.0 {
        format!("costs {}/month MORE than {baseline}{percent}", usd(-dollars.mean))
    } else {
        format!("saves {}/month{against}{percent}", usd(dollars.mean))
    }
}

/// What it costs in reclaims, disruptions and waiting, in one clause.
fn risk(summary: &Summary) -> String {
    let plan = &summary.proposed;
    // The stated rates are what a reader takes for granted.
    let times = summary.reclaim_scale.filter(|scale| (scale - 1.0).abs() > 1e-9);
    let times = times.map_or_else(String::new, |scale| format!(" (at ×{scale} the stated rates)"));
    let mut risk = format!(
        "{} node reclaims/day{times}, {} pods disrupted/day of which {} are cut short or killed, p95 pending {}",
        rate(plan.reclaims_per_day.mean),
        rate(plan.pods_disrupted_per_day.mean),
        rate(plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean),
        pending(plan.pending_seconds_p95),
    );
    let waiting: u64 = summary.unplaced.iter().map(|row| row.pods).sum();
    let never = summary.never_placed.as_ref().map_or(0, |never| never.pods);
    if waiting > never {
        let waiting = many(waiting - never, "pod");
        let _ = write!(risk, ", and {waiting} still waiting for a node at the end");
    }
    if let Some(failed) = plan.batch.as_ref().and_then(|batch| batch.jobs_failed)
        && failed.mean > 0.0
    {
        let _ = write!(risk, ", and {} Jobs failed a run", rate(failed.mean));
    }
    if let Some(ratio) = summary.delivered_ratio
        && ratio.mean < 0.9995
    {
        let _ = write!(risk, ", and {:.1} % of the work done", ratio.mean * 100.0);
    }
    if let Some(ratio) = summary.delivered_replicas_ratio
        && ratio.mean < 0.9995
    {
        let _ = write!(risk, ", and {:.1} % of the replica time available", ratio.mean * 100.0);
    }
    risk
}

/// The evidence and the caveats, its tables in so many columns. Its sentences are whole lines.
#[must_use]
pub fn table(summary: &Summary, columns: usize) -> String {
    let (base, plan) = (&summary.on_demand, &summary.proposed);
    let mut rows =
        vec![Row::new("", ["ON-DEMAND", "PROPOSED"].map(str::to_owned)).noted("CHANGE".into())];
    let mut row = |name: &str, base: String, plan: String, change: String| {
        rows.push(Row::new(name, [base, plan]).noted(change));
    };
    let change = |saving: &Saving| {
        let Some(percent) = saving.percent else { return String::new() };
        let within = percent
            .low
            .zip(percent.high)
            .map_or_else(String::new, |(low, high)| format!(" ({})", format::ends(-high, -low)));
        let of = if summary.never_placed.is_some() { " of what runs" } else { "" };
        format!("{:+.1} %{within}{of}", -percent.mean)
    };
    let own = usd(plan.cost_monthly.mean);
    row(
        "Cost /month",
        usd(base.cost_monthly.mean),
        own.clone(),
        change(&summary.saving.on_demand_plan),
    );
    row(
        "  of it idle",
        usd(base.idle_cost_monthly.mean),
        usd(plan.idle_cost_monthly.mean),
        String::new(),
    );
    let parts: [(&str, Figure); 2] = [
        ("  of it unused commitments", |plan| plan.commitment_unused_monthly),
        ("  of it beside instances", |plan| plan.other_cost_monthly),
    ];
    for (name, of) in parts {
        if of(base).mean > 0.0 || of(plan).mean > 0.0 {
            row(name, usd(of(base).mean), usd(of(plan).mean), String::new());
        }
    }
    if let Some((today, saving)) = summary.today.as_ref().zip(summary.saving.today.as_ref()) {
        row("Paid today /month", usd(today.cost_monthly.mean), own, change(saving));
    }
    let nodes = |plan: &Plan| format!("{:.1} / {}", plan.nodes_mean.mean, plan.nodes_peak);
    row("Nodes mean / peak", nodes(base), nodes(plan), String::new());
    let short = |plan: &Plan| plan.node_hours_short_per_day.mean;
    if short(base) > 0.0 || short(plan) > 0.0 {
        let of = "less than the pools' sizes".into();
        row("  short, node h /day", rate(short(base)), rate(short(plan)), of);
    }
    let daily: [(&str, Figure); 5] = [
        ("Reclaims /day", |plan| plan.reclaims_per_day),
        ("Pods disrupted /day", |plan| plan.pods_disrupted_per_day),
        ("  clean", |plan| plan.ends_clean_per_day),
        ("  cut short", |plan| plan.ends_cut_short_per_day),
        ("  killed without warning", |plan| plan.ends_killed_without_warning_per_day),
    ];
    for (name, of) in daily {
        let within = format::within(of(plan));
        row(name, rate(of(base).mean), rate(of(plan).mean), within);
    }
    let failed = |plan: &Plan| plan.failures_per_day.as_ref().map_or(0.0, |it| it.mean);
    if failed(base) > 0.0 || failed(plan) > 0.0 {
        row("Failed nodes /day", rate(failed(base)), rate(failed(plan)), String::new());
    }
    for (name, of) in FALLBACKS {
        let figure = |plan: &Plan| plan.fallbacks.as_ref().map(of);
        if let Some((base, plan)) = figure(base).zip(figure(plan)) {
            let within = format::within(plan);
            row(name, rate(base.mean), rate(plan.mean), within);
        }
    }
    for (name, of) in BUDGETS {
        let figure = |plan: &Plan| plan.budgets.as_ref().map(of);
        if let Some((base, plan)) = figure(base).zip(figure(plan)) {
            let within = format::within(plan);
            row(name, rate(base.mean), rate(plan.mean), within);
        }
    }
    volumes(base, plan, &mut row);
    if plan.bare_pods_lost > 0 {
        let each = |plan: &Plan| rate(plan.bare_pods_lost as f64 / summary.replications as f64);
        row("Bare pods lost", each(base), each(plan), "they do not come back".into());
    }
    let waits = |plan: &Plan| {
        [plan.pending_seconds_p50, plan.pending_seconds_p95, plan.pending_seconds_max]
            .map(pending)
            .join(" / ")
    };
    row("Pending p50 / p95 / max", waits(base), waits(plan), String::new());
    if let Some((base, plan)) = base.start_up.as_ref().zip(plan.start_up.as_ref()) {
        let times = |it: &StartUp| [it.seconds_p50, it.seconds_p95, it.seconds_max];
        let times = |it: &StartUp| times(it).map(pending).join(" / ");
        row("Started p50 / p95 / max", times(base), times(plan), "from the binding".into());
    }
    if plan.impact.replacement_seconds[0].is_some() {
        let times = |plan: &Plan| plan.impact.replacement_seconds.map(pending).join(" / ");
        row("Replaced p50 / p95 / max", times(base), times(plan), "from the notice".into());
    }
    if let Some(burst) = &plan.impact.worst_burst {
        let nodes = format!("{} of {}", burst.nodes, burst.of);
        let when = format!("run {} at {}", burst.run, burst.at);
        row("Most nodes taken in 5 min", "-".into(), nodes, when);
    }
    let requested = |plan: &Plan| {
        [plan.cpu_requested_percent, plan.memory_requested_percent]
            .map(|share| share.map_or("-".into(), |share| format!("{:.0} %", share.mean)))
            .join(" / ")
    };
    row("CPU / memory requested", requested(base), requested(plan), String::new());
    if plan.completed.mean > 0.0 || base.completed.mean > 0.0 {
        let done = |plan: &Plan| format!("{:.1}", plan.completed.mean);
        let ratio = summary
            .delivered_ratio
            .map_or_else(String::new, |ratio| format!("{:.1} % of the work", ratio.mean * 100.0));
        row("Pods completed", done(base), done(plan), ratio);
    }
    if let Some((base, plan)) = base.batch.as_ref().zip(plan.batch.as_ref()) {
        batch(base, plan, &mut row);
    }
    let least = |plan: &Plan| {
        let row = summary.least_available(plan);
        row.and_then(WorkloadAvailability::text).unwrap_or_else(|| "-".into())
    };
    let of = |plan: &Plan| summary.least_available(plan).map(|row| row.workload.clone());
    row("Least availability", least(base), least(plan), of(plan).unwrap_or_default());
    if let Some(row_of) = summary.least_available(plan).filter(|it| it.worst < Some(1.0))
        && summary.replications > 1
        && let Some((worst, run)) = row_of.worst_text().zip(row_of.worst_run.as_ref())
    {
        row("  in its worst run", String::new(), worst, format!("run {run}"));
    }

    let mut text = layout::table(&rows, 0, columns);
    text += &impact::tables(&summary.proposed.impact, columns);
    savings(summary, &mut text);
    text += &sensitivity::table(&summary.sensitivity, &summary.sensitivity_left_out, columns);
    unplaced(summary, &mut text);
    if !summary.rules.is_empty() {
        let _ = write!(text, "\n{}", rules::list(&summary.rules, summary.replications));
    }
    let assumptions: Vec<String> = summary.assumptions.iter().map(|a| a.text.clone()).collect();
    list(&mut text, "Assumptions", &assumptions);
    list(&mut text, "Not modelled", &summary.unmodelled);
    list(&mut text, "Warnings", &summary.warnings);
    let _ = writeln!(
        text,
        "\nseed {} · {} · digest {}",
        summary.seed,
        many(summary.replications as u64, "replication"),
        summary.digest
    );
    if summary.replications < FEW {
        let _ =
            writeln!(text, "fewer than {FEW} replications: take the intervals as rough (-n 100)");
    }
    text
}

/// Whose pods never run, and whose wait at the end.
fn unplaced(summary: &Summary, text: &mut String) {
    let never = summary.never_placed.as_ref();
    *text += &never.map_or_else(String::new, |it| format!("\n{}", it.list(summary.replications)));
    for row in &summary.unplaced {
        if never.is_none_or(|it| it.workloads.iter().all(|never| never.workload != row.workload)) {
            let pods = many(row.pods, "pod");
            let _ = writeln!(text, "Waiting at the end: {pods} of {}", row.workload);
            let _ = writeln!(text, "  {}", row.why);
        }
    }
}

fn volumes(base: &Plan, plan: &Plan, row: &mut impl FnMut(&str, String, String, String)) {
    let mut both = |name: &str, base: Estimate, plan: Estimate| {
        let within = format::within(plan);
        row(name, rate(base.mean), rate(plan.mean), within);
    };
    if let Some((base, plan)) = base.volumes.as_ref().zip(plan.volumes.as_ref()) {
        let of = |it: &Volumes| it.stranded_pod_minutes_per_day;
        both("Stranded, pod min /day", of(base), of(plan));
    }
    let started = base.start_up.as_ref().zip(plan.start_up.as_ref());
    if let Some((base, plan)) = started.filter(|_| plan.volumes.is_some()) {
        let of = |it: &StartUp| it.disk_wait_pod_minutes_per_day;
        both("  waiting for disks", of(base), of(plan));
    }
    if let Some((base, plan)) = base.data_lost.as_ref().zip(plan.data_lost.as_ref()) {
        both("Data lost, pods /day", base.pods_per_day, plan.pods_per_day);
        for loss in plan.workloads.iter().take(NAMED_LOSSES) {
            let of_base = base.workloads.iter().find(|it| it.workload == loss.workload);
            let zero = Estimate::of(&[0.0]);
            let of_base = of_base.map_or(zero, |it| it.pods_per_day);
            both(&format!("  {}", loss.workload), of_base, loss.pods_per_day);
        }
    }
}

fn batch(base: &Batch, plan: &Batch, row: &mut impl FnMut(&str, String, String, String)) {
    for (name, of) in BATCH {
        let (base, plan) = (of(base), of(plan));
        if base.mean > 0.0 || plan.mean > 0.0 {
            let within = format::within(plan);
            row(name, rate(base.mean), rate(plan.mean), within);
        }
    }
    let dollars = |batch: &Batch| usd(batch.lost_work_monthly.mean);
    if base.lost_work_monthly.mean > 0.0 || plan.lost_work_monthly.mean > 0.0 {
        row("  lost work, $ /month", dollars(base), dollars(plan), String::new());
    }
    let longest = |batch: &Batch| {
        let means = batch.jobs.iter().filter_map(|job| job.makespan_hours).map(|it| it.mean);
        means.max_by(f64::total_cmp).map_or("-".into(), |hours| format!("{hours:.1} h"))
    };
    if !plan.jobs.is_empty() {
        row("Longest makespan", longest(base), longest(plan), String::new());
    }
    let reasons = reasons(plan);
    let counts = [
        ("Jobs failed", base.jobs_failed.zip(plan.jobs_failed), Some(reasons)),
        ("Jobs never made", base.jobs_skipped.zip(plan.jobs_skipped), None),
        ("Jobs late", base.deadline_misses.zip(plan.deadline_misses), None),
    ];
    for (name, both, words) in counts {
        let Some((base, plan)) = both else { continue };
        let within = format::within(plan);
        let words = words.filter(|words| !words.is_empty());
        row(name, rate(base.mean), rate(plan.mean), words.unwrap_or(within));
    }
}

/// Why Jobs failed, the most frequent reason first.
fn reasons(batch: &Batch) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, count) in batch.jobs.iter().flat_map(|job| &job.failed) {
        *counts.entry(reason).or_default() += count;
    }
    let mut reasons: Vec<_> = counts.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let reasons: Vec<&str> = reasons.into_iter().map(|(reason, _)| reason).collect();
    reasons.join(", ")
}

fn savings(summary: &Summary, text: &mut String) {
    let saving = &summary.saving;
    text.push('\n');
    for (name, saving) in [
        ("against what is paid today", saving.today.as_ref()),
        ("against the same workload on on-demand", Some(&saving.on_demand_plan)),
        ("against the same nodes at on-demand prices", Some(&saving.same_nodes)),
    ] {
        let Some(saving) = saving else { continue };
        let dollars = saving.usd_monthly;
        let interval = format::usd_within(dollars);
        let of =
            if summary.never_placed.is_some() { "Incomplete workload, saving" } else { "Saving" };
        let _ = writeln!(text, "{of} {name}: {}/month{interval}", usd(dollars.mean));
    }
    if let Some(discount) = saving.discount_percent {
        let _ = writeln!(text, "Discount on spot time: {:.1} %", discount.mean);
    }
    let week = 168.0;
    if summary.window_hours < week {
        let _ = writeln!(
            text,
            "Per month is extrapolated from {}.",
            time(summary.window_hours * 3_600.0)
        );
    }
    for sentence in spread::sentences(summary) {
        let _ = writeln!(text, "{sentence}");
    }
}

fn list(text: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title} ({})", items.len());
    for item in items {
        let _ = writeln!(text, "  {item}");
    }
}

fn pending(wait: Option<Pending>) -> String {
    wait.map_or("-".into(), |wait| {
        let sign = if wait.at_least { ">" } else { "" };
        format!("{sign}{}", time(wait.seconds))
    })
}

/// The same in ASCII, for terminals whose locale is not UTF-8.
#[must_use]
pub fn to_ascii(text: &str) -> String {
    text.replace('–', "-")
        .replace('·', "|")
        .replace('×', "x")
        .replace('±', "+/-")
        .replace('…', "...")
        .replace('µ', "u")
        .replace('✓', "ok")
        .replace('✗', "BROKEN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locale_can_show_it() {
        assert_eq!(to_ascii("36–40 % ± 2 · …"), "36-40 % +/- 2 | ...");
    }
}

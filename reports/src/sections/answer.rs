//! The answer in one sentence: the saving beside its risk.

use std::fmt::Write;

use super::spread;
use crate::format::{many, percent_singly, rate, usd};
use crate::section::{Section, Value};
use crate::stats::Estimate;
use crate::summary::{ON_DEMAND, Summary, Variant};

pub(super) fn section(summary: &Summary) -> Option<Section> {
    Some(Section::new("Answer", verdict(summary), Vec::new()))
}

/// The answer in one line: the saving beside its risk, or why there is none to claim: pods never run,
/// or no node is spot.
pub(crate) fn verdict(summary: &Summary) -> String {
    let (name, risk, subject) = (&summary.scenario, risk(summary), summary.subject());
    match &subject.never_placed {
        Some(never) => {
            let clause = never.clause(summary.replications);
            format!("{name}: {clause}, so that no saving is claimed; {risk}.")
        }
        None if nothing_to_save(summary) => {
            format!("{name}: no spot capacity is used, so there is nothing to save; {risk}.")
        }
        None => {
            // What is compared with on-demand nodes is spot.
            let on_demand = summary.baseline().is_none_or(Variant::is_on_demand);
            let what = if on_demand && runs_spot(subject) { "spot" } else { &subject.name };
            format!("{name}: {what} {}, at {risk}.", money(summary))
        }
    }
}

/// Whether the subject costs what it is compared with because neither has any spot node.
pub(crate) fn nothing_to_save(summary: &Summary) -> bool {
    let against = summary.reference().or(summary.baseline());
    let spot = against.into_iter().chain([summary.subject()]).any(runs_spot);
    !spot && summary.headline().0.usd_monthly.mean == 0.0
}

/// Whether it pays for any spot time: a discount is known of such time alone.
fn runs_spot(variant: &Variant) -> bool {
    variant.discount_percent.is_some()
}

/// What is saved against what is paid today, or else against the on-demand plan, in one clause.
fn money(summary: &Summary) -> String {
    let (saving, baseline) = summary.headline();
    let usual = baseline == ON_DEMAND;
    let against = if usual { String::new() } else { format!(" against {baseline}") };
    let dollars = saving.usd_monthly;
    let percent = saving.percent.map_or_else(String::new, |percent| {
        let single = percent_singly(if percent.mean < 0.0 {
            // A loss is shown as how much more it costs.
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
    let subject = summary.subject();
    let plan = &subject.plan;
    // The stated rates are what a reader takes for granted.
    let times = summary.reclaim_scale.filter(|scale| (scale - 1.0).abs() > 1e-9);
    let times = times.map_or_else(String::new, |scale| format!(" (at ×{scale} the stated rates)"));
    let mut risk = format!("{} node reclaims/day{times}", rate(plan.reclaims_per_day.mean));
    if summary.has_pods {
        let harsh =
            plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean;
        let _ = write!(
            risk,
            ", {} pods disrupted/day of which {} are cut short or killed, p95 pending {}",
            rate(plan.pods_disrupted_per_day.mean),
            rate(harsh),
            Value::from(plan.pending_seconds_p95).text(),
        );
    }
    let waiting: u64 = subject.unplaced.iter().map(|row| row.pods).sum();
    let never = subject.never_placed.as_ref().map_or(0, |never| never.pods);
    if waiting > never {
        let waiting = many(waiting - never, "pod");
        let _ = write!(risk, ", and {waiting} still waiting for a node at the end");
    }
    if let Some(failed) = plan.batch.as_ref().and_then(|batch| batch.jobs_failed)
        && failed.mean > 0.0
    {
        let _ = write!(risk, ", and {} Jobs failed a run", rate(failed.mean));
    }
    if let Some(late) = plan.batch.as_ref().and_then(|batch| batch.deadline_misses)
        && (late.mean > 0.0 || !summary.has_pods)
    {
        let _ = write!(risk, ", and {} Jobs late a run", rate(late.mean));
    }
    if let Some(ratio) = subject.delivered_ratio
        && ratio.mean < 0.9995
    {
        let _ = write!(risk, ", and {:.1} % of the work done", ratio.mean * 100.0);
    }
    if let Some(ratio) = subject.delivered_replicas_ratio
        && ratio.mean < 0.9995
    {
        let _ = write!(risk, ", and {:.1} % of the replica time available", ratio.mean * 100.0);
    }
    risk
}

//! What the figures rest on: rules, prices, guesses, and what the history is too short for.

use backtest::{RECOMMENDERS, Setting};

use super::Report;
use super::amounts::HOUR_MS;
use crate::format::{many, time};
use crate::section::{Note, Section};

/// How much history VPA keeps in memory, and half-lives are short against.
const VPA_HISTORY_HOURS: f64 = 8.0 * 24.0;

pub(super) fn section(report: &Report<'_>) -> Section {
    let mut notes = vec![what_was_recorded(report)];
    notes.extend(too_short(report));
    notes.extend(rules(report));
    notes.extend(report.understood.iter().cloned());
    let claim = format!("What this rests on ({})", notes.len());
    Section::new("Notes", claim, notes.into_iter().map(|text| Note::new(text).into()).collect())
}

fn what_was_recorded(report: &Report<'_>) -> String {
    let containers = &report.history.containers;
    let samples: usize = containers.iter().map(|it| it.samples.len()).sum();
    let gaps: f64 = containers.iter().map(|it| it.gaps_ms as f64 / HOUR_MS).sum();
    let usual = containers.iter().map(backtest::Container::usual_ms).max().unwrap_or(0);
    let gaps = match gaps {
        0.0 => "no gaps".to_owned(),
        hours => format!("gaps of {} in all, in which nothing is judged", time(hours * 3_600.0)),
    };
    format!(
        "{} of {}, mostly {} apart, {gaps}",
        many(samples as u64, "sample"),
        many(containers.len() as u64, "container"),
        time(usual as f64 / 1_000.0)
    )
}

/// What there is too little history for.
fn too_short(report: &Report<'_>) -> Vec<String> {
    let (start, end) = report.history.span_ms().unwrap_or_default();
    let hours = end.abs_diff(start) as f64 / HOUR_MS;
    let half_life = Setting::DEFAULT.half_life_hours as f64;
    let has = time(hours * 3_600.0);
    let mut notes = Vec::new();
    if hours < half_life {
        notes.push(format!(
            "the history of {has} is shorter than one half-life of VPA (24 h): old samples weigh almost \
             as much as new ones, and no daily pattern can be seen"
        ));
    } else if hours < VPA_HISTORY_HOURS {
        notes.push(format!(
            "the history of {has} is shorter than the 8 days that VPA and the percentiles look back: \
             nothing of it is forgotten, and no week can be seen"
        ));
    }
    if report.judged_hours() <= 0.0 {
        notes.push("nothing was judged: everything is learned from".into());
    }
    let lanes = ["CPU", "memory"]
        .into_iter()
        .zip([backtest::history::Lane::Cpu, backtest::history::Lane::Memory]);
    for (name, lane) in lanes {
        let missing = report.history.containers.iter().filter(|it| !it.has(lane)).count();
        if missing > 0 {
            let containers = many(missing as u64, "container");
            notes.push(format!("of {containers} no {name} is recorded, and none is recommended"));
        }
    }
    notes
}

fn rules(report: &Report<'_>) -> Vec<String> {
    let plan = report.plan;
    let prices = report.prices;
    let mut notes = vec![
        format!(
            "a recommendation each {}, from samples that are over by then; the first {} of each container \
             are only learned from",
            plan.step, plan.learn
        ),
        "limits stay in proportion to requests, as VPA sets them; where no limit of memory is stated the \
         request is the limit, and where none of CPU is, nothing is throttled"
            .into(),
        "a sample of memory above the limit is an OOM kill, of which VPA learns; usage is as it was \
         recorded, not as it would have been after a kill or under throttling"
            .into(),
        match plan.threshold_percent {
            0 => "every change of a recommendation is put into force: each evicts the pods, or resizes \
                  them in place"
                .into(),
            percent => format!(
                "a recommendation is put into force if CPU and memory together differ by {percent} % from \
                 what is in force: each evicts the pods, or resizes them in place"
            ),
        },
        format!(
            "a core-hour at ${}, a GiB-hour at ${}, a month of 730 hours; a saving only where nodes go \
             away for it",
            prices.core_hour, prices.gib_hour
        ),
        "nothing here is random, so that counts and sums have no interval; a bound on kills that were not \
         seen takes days to be alike"
            .into(),
    ];
    for rule in &RECOMMENDERS {
        if report.comparison.of(rule.id).is_some() {
            notes.push(format!("{}: {}", rule.name, rule.about));
        }
    }
    let stated = |it: &&backtest::Container| it.stated.is_empty();
    let unstated = report.history.containers.iter().filter(stated).count();
    let all = report.history.containers.len();
    if unstated == all {
        notes.push("no requests are stated: there are none as they are to compare with".into());
    } else if unstated > 0 {
        notes.push(format!(
            "{unstated} of {all} containers state no requests, and are not in the row of requests as \
             they are"
        ));
    }
    notes
}

//! What is saved, against both baselines, with its interval.

use super::{Story, shows};
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Mark, Stroke};
use crate::format::{rate, time, usd, usd_to};
use crate::sections::nothing_to_save;
use crate::stats::Estimate;
use crate::summary::{ON_DEMAND, Saving};

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let (summary, subject) = (story.summary, story.about());
    let plan = &subject.plan;
    let own = plan.cost_monthly.mean;
    let besides = plan.commitment_unused_monthly.mean + plan.other_cost_monthly.mean;
    let instances = own - besides;
    let on_demand = instances - plan.spot_cost_monthly.mean;
    let others = summary.reference().into_iter().chain(summary.baseline());
    let others = others.filter_map(|it| {
        let nodes = if it.is_on_demand() { " nodes" } else { "" };
        Some((format!("{}{nodes}", it.described()), it.subject_saves.as_ref()?))
    });
    let same_nodes = ("the same nodes at on-demand prices".to_owned(), &subject.same_nodes);
    let rows: Vec<(String, &Saving)> = others.chain([same_nodes]).collect();
    let most = rows.iter().map(|(_, saving)| own + saving.usd_monthly.mean).fold(own, f64::max);
    let mut marks = Vec::new();
    let top = rows.len() as f64 - 0.5;
    let data = rows.iter().enumerate().map(|(index, (name, saving))| {
        let saved = saving.usd_monthly;
        let percent = saving.percent.map_or_else(|| "-".into(), |it| format!("{:.2} %", it.mean));
        let dollars = |value: f64| usd_to(value, 2);
        let values = [dollars(own + saved.mean), dollars(own), dollars(saved.mean), percent];
        let values = values.into_iter().chain([interval(saving)]).collect::<Vec<_>>();
        Datum::new(name, values).y(top - 0.5 - index as f64)
    });
    let columns = ["Against", "its cost", "cost", "saving", "of it", "interval"];
    let data = Data::of(columns, data.collect());
    for (index, (name, saving)) in rows.into_iter().enumerate() {
        row(&mut marks, &name, saving, [on_demand, instances, own], top - 0.5 - index as f64);
    }
    let x = Axis::from_zero("$ per month", most, false, |at, step| {
        usd_to(at, if step < 1.0 { 2 } else { 0 })
    });
    let x = Axis { lines: false, ..x };
    let y = Axis::bare(-0.5, top);
    Chart {
        name: "savings",
        title: title(story),
        subtitle: format!(
            "{}. Cost per month of 730 h, mean of {}. Whisker: 95 % interval of the saving",
            risk(story),
            story.replications()
        ),
        source: story.source(),
        key: Vec::new(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data,
    }
}

/// A baseline as a bar, the cost of the scenario as a bar on it, and what is between them.
fn row(marks: &mut Vec<Mark>, name: &str, saving: &Saving, cost: [f64; 3], height: f64) {
    let [on_demand, instances, own] = cost;
    let (low, high) = (height - 0.2, height + 0.2);
    let bar = |from: f64, to: f64, ink: Ink| Mark::Bar { from: (from, low), to: (to, high), ink };
    let baseline = own + saving.usd_monthly.mean;
    marks.push(bar(0.0, baseline, Ink::tint(Color::Black, 0.13)));
    marks.push(bar(0.0, on_demand, Ink::full(Color::Blue)));
    marks.push(bar(on_demand, instances, Ink::full(Color::Orange)));
    if own > instances {
        marks.push(bar(instances, own, Ink::full(Color::Green)));
    }
    let label = |at: (f64, f64), shift: (f64, f64), text: String, color: Color, strong: bool| {
        Mark::Label { at, shift, text, anchor: Anchor::Start, color, strong, until: None }
    };
    let heading = format!("{} for {name}", usd(baseline));
    marks.push(label((0.0, high), (0.0, -10.0), heading, Color::Black, false));
    // Letters on orange must be dark to be read.
    for (from, to, text, color) in [
        (0.0, on_demand, "on-demand", Color::White),
        (on_demand, instances, "spot", Color::Dark),
        (instances, own, "besides", Color::White),
    ] {
        // A name goes where there is room for it.
        if to - from > 0.12 * baseline.max(own) {
            let text = format!("{text} {}", usd(to - from));
            marks.push(Mark::Label {
                at: (from, height),
                shift: (10.0, 5.0),
                text,
                anchor: Anchor::Start,
                color,
                strong: true,
                until: Some(to),
            });
        }
    }
    if let Some((least, most)) = saving.usd_monthly.low.zip(saving.usd_monthly.high) {
        let ends = [baseline - most, baseline - least].map(|at| at.max(0.0));
        let mut line = |points| marks.push(Mark::line(points, Color::Black, Stroke::Plain));
        line(ends.map(|at| (at, height)).to_vec());
        ends.iter().for_each(|at| line(vec![(*at, height - 0.09), (*at, height + 0.09)]));
    }
    let text = finding(saving);
    marks.push(label((own.max(0.0), low), (0.0, 22.0), text, Color::Black, true));
    marks.push(label((own.max(0.0), low), (0.0, 41.0), interval(saving), Color::Grey, false));
}

fn finding(saving: &Saving) -> String {
    if saving.usd_monthly.mean == 0.0 {
        return "costs the same".into();
    }
    let percent = saving.percent.map_or_else(String::new, |p| format!(" ({:.1} %)", p.mean.abs()));
    let verb = if saving.usd_monthly.mean < 0.0 { "costs more by" } else { "saves" };
    format!("{verb} {}{percent}", usd(saving.usd_monthly.mean.abs()))
}

fn interval(saving: &Saving) -> String {
    match saving.usd_monthly {
        Estimate { low: Some(low), high: Some(high), .. } => {
            let cents = if high - low < 10.0 { 2 } else { 0 };
            format!("95 % CI of the mean {} to {}", usd_to(low, cents), usd_to(high, cents))
        }
        Estimate { p05: Some(_), .. } => "the same in every replication".into(),
        _ => "1 replication, no interval".into(),
    }
}

/// What the saving is at the price of.
fn risk(story: &Story<'_>) -> String {
    let plan = &story.about().plan;
    if !story.summary.has_pods {
        return format!("Risk: {} reclaims a day", rate(plan.reclaims_per_day.mean));
    }
    let hard = plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean;
    let waits = plan.pending_seconds_p95.map_or_else(String::new, |wait| {
        let more = if wait.at_least { ">" } else { "" };
        format!(", p95 pending {more}{}", time(wait.seconds))
    });
    format!(
        "Risk: {} reclaims and {} disrupted pods a day, {} of them cut short or killed{waits}",
        rate(plan.reclaims_per_day.mean),
        rate(plan.pods_disrupted_per_day.mean),
        rate(hard)
    )
}

fn title(story: &Story<'_>) -> String {
    if let Some(never) = &story.about().never_placed {
        return format!("{}: this is the saving of the others", never.count());
    }
    let (saving, against) = story.summary.headline();
    let today = if against == ON_DEMAND { String::new() } else { format!(" against {against}") };
    let dollars = saving.usd_monthly;
    if nothing_to_save(story.summary) {
        return "No spot capacity is used: there is nothing to save".into();
    }
    if dollars.mean == 0.0 {
        return format!("Nothing is saved{today}");
    }
    if !shows(dollars) {
        return format!("No detectable saving{today}");
    }
    let percent = saving.percent.map_or_else(String::new, |p| format!(", {:.1} %", p.mean.abs()));
    let amount = usd(dollars.mean.abs());
    if dollars.mean > 0.0 {
        let plan = &story.about().plan;
        if !story.summary.has_pods {
            let reclaims = rate(plan.reclaims_per_day.mean);
            return format!(
                "Spot saves {amount} a month{today}{percent}, at {reclaims} reclaims a day"
            );
        }
        let disrupted = rate(plan.pods_disrupted_per_day.mean);
        format!("Spot saves {amount} a month{today}{percent}, and disrupts {disrupted} pods a day")
    } else {
        format!("Spot costs {amount} a month more{today}{percent}")
    }
}

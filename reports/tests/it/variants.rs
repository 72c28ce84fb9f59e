//! A summary of any number of variants: one, two and four, each looked at in text, Markdown and JSON.

use crate::common;

use std::sync::Arc;

use common::{LIST, ON_DEMAND_OFFERING, SPOT, SPOT_OFFERING, s};
use reports::charts::typical::{Choice, Which};
use reports::charts::{self, Drawn, Story};
use reports::export::manifest::key;
use reports::export::{breakdown, series};
use reports::folds::series::Series;
use reports::summary::{self, Change, ON_DEMAND, Role, Simulated};
use reports::{Figures, Fold, Input, Recording, Summary, chart, render, sections};
use serde_json::Value;
use sim::fact::refusal::Refusals;
use sim::model::pool::{Keeper, Limits, Pool};
use sim::outcome::Counters;
use sim::table::Id;
use sim::{Fact, Legend, Run, Sink, Span};

/// What came out of a variant.
struct Made {
    name: &'static str,
    role: Role,
    runs: Vec<(Figures, Run)>,
    series: Series,
}

/// A day of a cluster with one pool.
fn day() -> Legend {
    let mut legend = common::legend(Span::ZERO, Span::from_hours(24));
    let model = Arc::get_mut(&mut legend.model).expect("one owner");
    let name = model.names.intern("pool");
    let (limits, keeper) = (Limits::default(), Keeper::of_size(0));
    model.pools.push(Pool { name, templates: Vec::new(), limits, keeper });
    legend
}

/// A day on some nodes, a number of them on spot.
fn made(
    legend: &Legend,
    (name, role): (&'static str, Role),
    (on_demand, spot): (usize, usize),
) -> Made {
    let mut fold = Fold::new(legend);
    let offerings = [(ON_DEMAND_OFFERING, LIST); 4].into_iter().take(on_demand);
    let offerings = offerings.chain([(SPOT_OFFERING, SPOT); 4].into_iter().take(spot));
    for (index, (offering, price)) in offerings.enumerate() {
        let (node, pool, offering) =
            (Id::from_index(index), Id::from_index(0), Id::from_index(offering));
        fold.fact(s(0), &Fact::NodeLaunched { node, pool, offering, price });
        fold.fact(s(60), &Fact::NodeReady { node });
    }
    let digest = name.len() as u64;
    let run = Run { digest, counters: Counters::default(), refusals: Refusals::default() };
    let (figures, series) = fold.finish(&run);
    Made { name, role, runs: vec![(figures, run)], series }
}

fn change(path: &str, value: &str) -> Change {
    Change { path: path.into(), value: value.into() }
}

fn simulated<'a>(legend: &'a Legend, it: &'a Made) -> Simulated<'a> {
    Simulated {
        name: it.name,
        role: it.role,
        changes: match it.role {
            Role::Alternative => vec![change("pools.spot.count", it.name)],
            _ => Vec::new(),
        },
        legend,
        runs: &it.runs,
        has_rates: false,
        rules: Vec::new(),
        expectations: Vec::new(),
    }
}

fn summary(legend: &Legend, made: &[Made]) -> Summary {
    reports::summarize(Input {
        scenario: "shop",
        seed: 7,
        version: "0",
        variants: made.iter().map(|it| simulated(legend, it)).collect(),
        scaled: Vec::new(),
        left_out: Vec::new(),
        reclaim_scale: None,
        assumptions: Vec::new(),
        unmodelled: Vec::new(),
        warnings: Vec::new(),
    })
}

/// Every way to look at a summary: text, Markdown, JSON, tables and charts.
fn looked_at(legend: &Legend, made: &[Made]) -> (String, Value) {
    let summary = summary(legend, made);
    let text = format!("{}\n{}", reports::verdict(&summary), reports::table(&summary, 100));
    let sections = sections::of(&summary);
    let markdown = render::markdown::render(&sections);
    for it in &summary.variants {
        let column = it.name.to_uppercase();
        assert!(text.contains(&column) && markdown.contains(&column), "{column} in\n{text}");
    }
    assert!(render::json::render(&sections)["sections"].is_array());
    let subject = made.iter().find(|it| it.role == Role::Subject).expect("one is the subject");
    let others: Vec<&Made> = made.iter().filter(|it| it.role != Role::Subject).collect();
    let names = |it: &&Made| key(it.name);
    let drawn: Vec<Drawn<'_>> = others
        .iter()
        .map(|other| Drawn {
            variant: summary.variants.iter().find(|it| it.name == other.name).expect("it is there"),
            series: &other.series,
        })
        .collect();
    let refusals = Refusals::default();
    let recording = Recording { legend, facts: &[], refusals: &refusals };
    let shown = Choice { replication: 0, which: Which::Only };
    let story =
        Story { summary: &summary, subject: &subject.series, others: &drawn, recording, shown };
    for chart in charts::all(&story) {
        assert!(chart::svg(&chart).starts_with("<svg"), "{}", chart.name);
    }
    let mut table = Vec::new();
    let columns: Vec<(&str, &Series)> = others.iter().map(|it| (it.name, &it.series)).collect();
    series::write(&subject.series, &columns, &mut table).expect("there is room");
    let mut costs = Vec::new();
    let sums: Vec<_> = others.iter().map(|it| (it.name, summary::breakdown(&it.runs))).collect();
    breakdown::write(&summary::breakdown(&subject.runs), &sums, 1, legend, &mut costs)
        .expect("there is room");
    for (file, more) in [(table, 8), (costs, 4)] {
        let file = String::from_utf8(file).expect("a text");
        let head = file.lines().next().expect("a head").split(',').count();
        let each = if more == 8 { 1 } else { 2 };
        assert_eq!(head, more + each * others.len(), "{file}");
        assert!(file.lines().all(|line| line.split(',').count() == head), "{file}");
    }
    assert_eq!(others.iter().map(names).filter(|key| key.contains('-')).count(), 0);
    (text, serde_json::from_str(&summary.to_json()).expect("a summary is JSON"))
}

#[test]
fn one_variant_is_measured_against_its_own_nodes() {
    let legend = day();
    let only = [made(&legend, ("proposed", Role::Subject), (1, 2))];
    let (text, json) = looked_at(&legend, &only);
    assert!(text.starts_with("shop: spot saves $3,679/month against the same nodes"), "{text}");
    assert!(json.get("onDemand").is_none() && json["saving"].get("onDemandPlan").is_none());
    assert_eq!(json["deliveredRatio"], Value::Null);
    assert!(json["proposed"]["costMonthly"]["mean"].as_f64().is_some());
}

#[test]
fn two_variants_are_a_baseline_and_the_subject() {
    let legend = day();
    let two = [
        made(&legend, ("proposed", Role::Subject), (1, 2)),
        made(&legend, (ON_DEMAND, Role::Baseline), (3, 0)),
    ];
    let (text, json) = looked_at(&legend, &two);
    assert!(text.starts_with("shop: spot saves $3,679/month ("), "{text}");
    assert!(text.contains("ON-DEMAND") && !text.contains("against the baseline"), "{text}");
    let saved = &json["saving"]["onDemandPlan"]["usdMonthly"]["mean"];
    assert_eq!(saved, &json["saving"]["sameNodes"]["usdMonthly"]["mean"]);
    assert!(json.get("variants").is_none());
}

/// Not that spot saves nothing: there is none.
#[test]
fn without_spot_there_is_nothing_to_save() {
    let legend = day();
    let two = [
        made(&legend, ("proposed", Role::Subject), (3, 0)),
        made(&legend, (ON_DEMAND, Role::Baseline), (3, 0)),
    ];
    for plans in [&two[..1], &two[..]] {
        let (text, _) = looked_at(&legend, plans);
        let expected =
            "shop: no spot capacity is used, so there is nothing to save; 0 node reclaims/day";
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("-0.0 %"), "{text}");
    }
    // A plan that is cheaper without spot saves something, and spot has no part in it.
    let base = [
        made(&legend, ("proposed", Role::Subject), (2, 0)),
        made(&legend, ("as-it-is", Role::Baseline), (3, 0)),
    ];
    let (text, _) = looked_at(&legend, &base);
    assert!(text.starts_with("shop: proposed saves $2,628/month against as-it-is"), "{text}");
}

#[test]
fn four_variants_are_measured_against_one_baseline() {
    let legend = day();
    let four = [
        made(&legend, ("as-it-is", Role::Baseline), (4, 0)),
        made(&legend, ("one", Role::Alternative), (3, 1)),
        made(&legend, ("two", Role::Alternative), (2, 2)),
        made(&legend, ("four", Role::Subject), (0, 4)),
    ];
    let (text, json) = looked_at(&legend, &four);
    assert!(text.starts_with("shop: four saves $7,358/month against as-it-is (70.0 %"), "{text}");
    // Each is 17.5 % of the bill: 70 % of one node of four.
    let against = text.lines().find(|line| line.contains("against the baseline")).expect("a row");
    let cells: Vec<&str> = against.split_whitespace().skip(3).collect();
    assert_eq!(cells, ["-", "-17.5", "%", "-35.0", "%", "-70.0", "%"]);
    let others = json["variants"].as_array().expect("a list");
    let names: Vec<&str> = others.iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["as-it-is", "one", "two"], "the subject is `proposed`");
    assert_eq!(others[0]["baseline"], true);
    assert_eq!(others[1]["changes"][0]["path"], "pools.spot.count");
    assert!(
        (others[2]["saving"]["percent"]["mean"].as_f64().expect("a share") - 35.0).abs() < 1e-9
    );
    assert!(json.get("onDemand").is_none());
}

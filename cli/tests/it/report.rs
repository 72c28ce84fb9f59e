//! The report as a page: its figures are those of the summary, names are text, and nothing is overwritten.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;

use serde_json::Value;

use super::support::{Place, small, stderr};

fn place() -> Place {
    Place::with("s.yaml", &small("6h", 2, 3))
}

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

/// What follows `begin` in a text, up to `end`.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> Vec<&'t str> {
    text.split(begin).skip(1).filter_map(|rest| rest.split_once(end)).map(|(it, _)| it).collect()
}

/// A value of a document by its path, with dots.
fn at<'v>(document: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(document, |value, step| match step.parse::<usize>() {
        Ok(index) => &value[index],
        Err(_) => &value[step],
    })
}

#[test]
fn figures_of_a_page_are_those_of_the_summary() {
    let place = place();
    let output = place.spotsim(&["run", "s.yaml", "-n", "8", "--out", "run", "--report", "r.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (page, summary) = (read(&place, "r.html"), place.json("run/summary.json"));
    assert!(page.len() < 500_000, "{}", page.len());
    let within = between(&page, "<script id=\"summary\" type=\"application/json\">", "</script>");
    assert_eq!(serde_json::from_str::<Value>(within[0]).unwrap(), summary);
    let figures = between(&page, "<data class=\"figure\" ", "</data>");
    assert!(figures.len() >= 5, "{figures:?}");
    for figure in figures {
        let value: f64 = between(figure, "value=\"", "\"")[0].parse().unwrap();
        let path = between(figure, "data-path=\"", "\"")[0];
        assert_eq!(at(&summary, path).as_f64(), Some(value), "{path}");
    }
    // Every figure of the sections, with its value for programs.
    let sections = read(&place, "r.html");
    let report =
        place.spotsim(&["run", "s.yaml", "-n", "8", "--out", "run", "-q", "--format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let shown = |text: &str| sections.contains(&format!(">{text}</data>"));
    for row in report["sections"][1]["blocks"][0]["table"]["rows"].as_array().unwrap() {
        for value in
            row["cells"].as_array().unwrap().iter().flat_map(|it| it["values"].as_array().unwrap())
        {
            assert!(value.is_null() || shown(value["text"].as_str().unwrap()), "{value}");
        }
    }
}

#[test]
fn every_chart_has_its_finding_its_description_and_its_numbers() {
    let place = place();
    place.spotsim(&["run", "s.yaml", "-n", "2", "--out", "run", "--report", "r.html", "-q"]);
    let page = read(&place, "r.html");
    let charts = between(&page, "<figure class=\"chart\"", "</figure>");
    assert_eq!(charts.len(), 8);
    for chart in charts {
        for part in [
            "<h3 id=",
            "<title id=",
            "<desc id=",
            "<details class=\"numbers\">",
            "<th scope=\"col\">",
        ] {
            assert!(chart.contains(part), "no {part} in {chart}");
        }
    }
    assert!(!page.contains("id=\"more\""), "a section is in no chapter");
}

#[test]
fn a_page_asks_for_nothing_and_runs_its_own_script_only() {
    let place = place();
    place.spotsim(&["run", "s.yaml", "-n", "2", "--report", "r.html", "-q"]);
    let page = read(&place, "r.html");
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"")[0];
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for asked in [" src=", "<link", "@import", "url(", "fetch(", " style=\"", " onclick"] {
        assert!(!page.contains(asked), "{asked}");
    }
}

/// What Kubernetes would refuse as a name is refused; what it would not is text.
#[test]
fn names_are_no_markup() {
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    let text = small("2h", 1, 1).replace("name: small", &format!("name: \"{hostile}\""));
    let place = Place::with("s.yaml", &text);
    let output = place.spotsim(&["run", "s.yaml", "-n", "2", "--out", "run", "--report", "r.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = read(&place, "r.html");
    assert!(page.contains("&lt;script&gt;alert(1)"), "the name is not there");
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "a name is markup");
    assert_eq!(page.matches("<script").count(), 2, "the summary, and the script of the page");
}

#[test]
fn nothing_is_overwritten_without_force() {
    let place = place();
    fs::write(place.path("r.html"), "years of work").unwrap();
    let args = ["run", "s.yaml", "-n", "2", "--out", "run", "--report", "r.html"];
    let output = place.spotsim(&args);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("r.html is already there"), "{}", stderr(&output));
    assert_eq!(read(&place, "r.html"), "years of work");
    assert!(place.spotsim(&[&args[..], &["--force"]].concat()).status.success());
    let again = place.spotsim(&args);
    assert!(stderr(&again).contains("already there, same bytes"), "{}", stderr(&again));
}

#[test]
fn a_kept_run_gives_the_same_page_text_and_pictures() {
    let place = place();
    let run =
        ["run", "s.yaml", "-n", "5", "--out", "run", "--report", "r.html", "--format", "markdown"];
    let printed = place.spotsim(&run);
    let args =
        ["report", "run", "--html", "a.html", "--md", "a.md", "--svg", "a.svg", "--png", "a.png"];
    let output = place.spotsim(&args);
    assert!(output.status.success(), "{}", stderr(&output));
    let same = |one: &str, other: &str| {
        assert!(
            fs::read(place.path(one)).unwrap() == fs::read(place.path(other)).unwrap(),
            "{one}"
        );
    };
    same("a.html", "r.html");
    same("a.svg", "run/savings.svg");
    same("a.png", "run/savings.png");
    assert_eq!(fs::read(place.path("a.md")).unwrap(), printed.stdout);
    // Another chart, and one that is not there.
    let chart = |name: &str| place.spotsim(&["report", "run", "--chart", name, "--svg", "b.svg"]);
    assert!(chart("disruption").status.success());
    same("b.svg", "run/disruption.svg");
    let unknown = chart("disruptions");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("there are savings, risk, cost"), "{}", stderr(&unknown));
    // A run that is another one now is not reported on.
    fs::write(place.path("s.yaml"), small("6h", 2, 2)).unwrap();
    let changed = place.spotsim(&["report", "run", "--html", "c.html"]);
    assert_eq!(changed.status.code(), Some(2));
    assert!(stderr(&changed).contains("s.yaml has changed"), "{}", stderr(&changed));
    assert!(!place.path("c.html").exists());
}

#[test]
fn a_demonstration_leaves_a_report_behind_and_replaces_none() {
    let place = place();
    let demo = |n: &str| place.spotsim(&["demo", "-n", n]);
    assert!(demo("2").status.success());
    let page = read(&place, "demo-report.html");
    assert!(page.contains("spotsim demo web-on-spot -n 2 --seed 42"));
    let other = demo("3");
    assert!(other.status.success(), "{}", stderr(&other));
    assert!(stderr(&other).contains("note: no report: "), "{}", stderr(&other));
    assert_eq!(read(&place, "demo-report.html"), page);
}

/// The run that is written out in forms of other programs is the recorded one, to the micro-dollar.
#[test]
fn data_for_other_programs_are_of_the_recorded_run() {
    let place = place();
    place.spotsim(&["run", "s.yaml", "-n", "2", "--out", "run", "-q"]);
    let args = "report run --focus f.csv --opencost a.json --events e.jsonl --perfetto t.json";
    let output = place.spotsim(&args.split(' ').collect::<Vec<_>>());
    assert!(output.status.success(), "{}", stderr(&output));
    let column = |file: &str, name: &str| -> Vec<f64> {
        let text = read(&place, file);
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let at = table.headers().unwrap().iter().position(|it| it == name).unwrap();
        table.records().map(|row| row.unwrap()[at].parse().unwrap()).collect()
    };
    let paid: f64 = column("run/costs.csv", "cost_usd").iter().sum();
    let focus: f64 = column("f.csv", "EffectiveCost").iter().sum();
    assert!((paid - focus).abs() < 1e-9, "{paid} and {focus}");
    let header = read(&place, "f.csv");
    for name in ["ServiceProviderName", "HostProviderName", "BillingPeriodStart", "PricingCategory"]
    {
        assert!(header.lines().next().unwrap().contains(name), "{header}");
    }
    let allocation = place.json("a.json");
    let rows = allocation["data"][0].as_object().unwrap();
    let shared: f64 = rows.values().map(|row| row["totalCost"].as_f64().unwrap()).sum();
    assert!((paid - shared).abs() < 1e-5, "{paid} and {shared}");
    assert!(rows.contains_key("default/web") && rows.contains_key("__idle__"), "{rows:?}");
    let events = read(&place, "e.jsonl");
    let scheduled = events.lines().filter(|line| line.contains("\"reason\":\"Scheduled\"")).count();
    let facts = read(&place, "run/facts.jsonl");
    assert_eq!(scheduled, facts.matches("\"kind\":\"PodScheduled\"").count());
    for line in events.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&event["kind"], &event["apiVersion"]), (&"Event".into(), &"v1".into()));
        assert!(
            event["involvedObject"]["name"].as_str().is_some_and(|it| !it.is_empty()),
            "{line}"
        );
    }
    let trace = place.json("t.json");
    let trace = trace["traceEvents"].as_array().unwrap();
    let pods = trace.iter().filter(|it| it["ph"] == "X" && it["tid"] != 0).count();
    assert_eq!(pods, scheduled, "each pod is on a node once");
    assert!(trace.iter().all(|it| it["ph"] == "M" || it["ts"].is_u64()));
}

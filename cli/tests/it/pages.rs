//! Pages of comparisons, sweeps and optima: their figures are those that the command prints, names are
//! text, and nothing is overwritten.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;

use serde_json::Value;

use super::support::{Place, small, stderr, stdout};

/// What follows `begin` in a text, up to `end`.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> Vec<&'t str> {
    text.split(begin).skip(1).filter_map(|rest| rest.split_once(end)).map(|(it, _)| it).collect()
}

/// Two plans whose files have names that are no markup.
fn place() -> Place {
    let place = Place::with("<b>a&b.yaml", &small("12h", 4, 10));
    fs::write(place.path("c.yaml"), small("12h", 5, 10)).unwrap();
    place
}

/// The page that a command writes, beside what it prints as JSON.
fn page(place: &Place, args: &[&str]) -> (String, Value) {
    let output = place.spotsim(&[args, &["-q", "-o", "json", "--report", "r.html"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(place.path("r.html")).unwrap();
    fs::remove_file(place.path("r.html")).unwrap();
    (page, serde_json::from_str(&stdout(&output)).unwrap())
}

#[test]
fn figures_of_pages_are_those_that_are_printed() {
    let place = place();
    let counts = ["--vary", "pools.spot.count=3..5:1"];
    let sweep = ["sweep", "c.yaml", "-n", "6", counts[0], counts[1]];
    let optimize = ["optimize", "c.yaml", "-n", "6", counts[0], counts[1]];
    for (args, id, drawn) in [
        (&["compare", "<b>a&b.yaml", "c.yaml", "-n", "12"][..], "comparison", "differences"),
        (&sweep, "sweep", "front"),
        (&optimize, "optimum", "front"),
    ] {
        let (page, printed) = page(&place, args);
        assert!(page.len() < 500_000, "{}", page.len());
        let data =
            between(&page, &format!("<script id=\"{id}\" type=\"application/json\">"), "</script>");
        assert_eq!(serde_json::from_str::<Value>(data[0]).unwrap(), printed, "{id}");
        let figures = between(&page, "<data class=\"figure\" ", "</data>");
        assert!(figures.len() >= 4, "{id}: {figures:?}");
        for figure in figures {
            let value: f64 = between(figure, "value=\"", "\"")[0].parse().unwrap();
            let path = between(figure, "data-path=\"", "\"")[0];
            let there = printed.pointer(path).and_then(Value::as_f64).unwrap();
            // Reading a number may be off by its last digit.
            assert!((there - value).abs() <= 1e-12 * value.abs(), "{id}: {path}: {there} {value}");
        }
        let charts = between(&page, "<figure class=\"chart\"", "</figure>");
        assert!(charts.iter().any(|it| it.contains(&format!("id=\"{drawn}-chart\""))), "{id}");
        for chart in charts {
            for part in ["<h3 id=", "<title id=", "<desc id=", "<details class=\"numbers\">"] {
                assert!(chart.contains(part), "{id}: no {part} in {chart}");
            }
        }
        assert_eq!(page.matches("<script").count(), 2, "the data, and the script of the page");
        assert!(!page.contains("<b>a"), "{id}: a name is markup");
        let typed = between(&page, "The same again: <code>", "</code>")[0].to_owned();
        assert!(typed.starts_with(&format!("spotsim {}", args[0])), "{typed}");
        assert!(!typed.contains("--report") && !typed.contains("-q"), "{typed}");
    }
}

/// A column of figures without a name says nothing to who reads or hears the page.
#[test]
fn columns_of_pages_have_heads() {
    let place = place();
    for (file, nodes) in [("d.yaml", 4), ("e.yaml", 5)] {
        let market = "market: {reclaims: {model: constant, perHour: 0.02}}\n";
        fs::write(place.path(file), small("2d", nodes, 10) + market).unwrap();
    }
    let (page, _) = page(&place, &["compare", "d.yaml", "e.yaml", "-n", "12"]);
    assert!(page.contains("No detectable difference"), "{page}");
    let heads = between(&page, "<th class=\"number\" scope=\"col\">", "</th>");
    assert!(heads.len() > 6 && heads.iter().all(|it| !it.is_empty()), "{heads:?}");
}

#[test]
fn pages_are_not_overwritten_without_force() {
    let place = place();
    let args = ["compare", "c.yaml", "c.yaml", "-n", "2", "--report", "r.html"];
    fs::write(place.path("r.html"), "years of work").unwrap();
    let output = place.spotsim(&args);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("r.html is already there"), "{}", stderr(&output));
    assert!(place.spotsim(&[&args[..], &["--force"]].concat()).status.success());
    let again = place.spotsim(&args);
    assert!(stderr(&again).contains("already there, same bytes"), "{}", stderr(&again));
}

/// Beside a page, or without one: a chart of it as a picture, and a comment.
#[test]
fn charts_and_comments_of_settings_and_plans_are_written() {
    let place = place();
    let vary = ["--vary", "pools.spot.count=3..5:1"];
    let sweep = [&["sweep", "c.yaml", "-n", "3"][..], &vary].concat();
    let optimize = [&["optimize", "c.yaml", "-n", "3"][..], &vary].concat();
    let compare = ["compare", "<b>a&b.yaml", "c.yaml", "-n", "3"];
    for (args, chart) in
        [(&sweep[..], "along-cost"), (&optimize, "front"), (&compare, "differences")]
    {
        let shown = ["--svg", "a.svg", "--png", "a.png", "--markdown", "a.md", "--chart"];
        let output = place.spotsim(&[args, &["--force", "-q"], &shown, &[chart]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let answer = stdout(&output).lines().next().unwrap().trim_end_matches('.').to_owned();
        assert!(fs::read_to_string(place.path("a.svg")).unwrap().starts_with("<svg"), "{args:?}");
        assert!(fs::read(place.path("a.png")).unwrap().starts_with(b"\x89PNG"), "{args:?}");
        let comment = fs::read_to_string(place.path("a.md")).unwrap();
        assert!(comment.starts_with("<!-- spotsim:report -->\n**"), "{comment}");
        let plain: String = comment.chars().filter(|it| *it != '\\').collect();
        assert!(plain.contains(&answer), "{answer}: {comment}");
    }
    let missing = [&sweep[..], &["-q", "--png", "b.png", "--chart", "pie"]].concat();
    let output = place.spotsim(&missing);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let says = "there is no chart \"pie\"; there are front, along-cost";
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
    assert!(!place.path("b.png").exists());
    let output = place.spotsim(&[&sweep[..], &["--chart", "front"]].concat());
    assert_eq!(output.status.code(), Some(2), "a chart of no picture: {}", stderr(&output));
}

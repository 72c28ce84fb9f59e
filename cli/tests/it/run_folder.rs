//! The run folder: whole or not at all, the same bytes again, and exact to the last micro-dollar.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::support::{Place, spotsim, stderr, stdout};

/// A folder with a scenario in it.
fn place() -> Place {
    let text = include_str!("../../../scenarios/library/web-on-spot.yaml");
    // Often enough that three weeks have something to tell.
    Place::with("scenario.yaml", &text.replace("{scale: 1}", "{scale: 30}"))
}

/// Runs the scenario into `run`.
fn run(place: &Place, more: &[&str]) -> Output {
    place.spotsim(&[&["run", "scenario.yaml", "-n", "3", "--out", "run"], more].concat())
}

/// Runs the scenario into `run` where no file may grow beyond `blocks` of 1 KiB.
fn run_limited(place: &Place, trap: &str, blocks: u32, more: &str) -> Output {
    let spotsim = env!("CARGO_BIN_EXE_spotsim");
    let run = format!("{spotsim} run scenario.yaml -n 3 --out run {more}");
    place.bash(&format!("{trap} ulimit -f {blocks}; exec {run}"))
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect()
}

#[test]
fn a_run_is_named_after_all_that_it_depends_on() {
    let place = place();
    let run = |args: &[&str]| {
        let output = place.spotsim(&[&["run", "scenario.yaml", "-q"], args].concat());
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    };
    run(&["-n", "2"]);
    run(&["-n", "2", "--threads", "1"]);
    assert_eq!(place.names("runs").len(), 1, "the same run again is the same folder");
    run(&["-n", "3"]);
    run(&["-n", "2", "--seed", "7"]);
    fs::write(
        place.path("scenario.yaml"),
        fs::read_to_string(place.path("scenario.yaml")).unwrap() + "# another\n",
    )
    .unwrap();
    run(&["-n", "2"]);
    let names = place.names("runs");
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("web-on-spot-")), "{names:?}");
}

#[test]
fn a_folder_is_never_overwritten_unless_forced() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let before = contents(&place.path("run"));
    let again = run(&place, &["--threads", "1"]);
    assert!(stderr(&again).contains("already there, same bytes"), "{}", stderr(&again));
    assert_eq!(contents(&place.path("run")), before);

    let other = run(&place, &["--seed", "7"]);
    assert_eq!(code(&other), Some(2));
    assert!(stderr(&other).contains("pass --force to replace it"), "{}", stderr(&other));
    assert_eq!(contents(&place.path("run")), before);

    assert_eq!(code(&run(&place, &["--seed", "7", "--force"])), Some(0));
    assert_ne!(contents(&place.path("run")), before);
    assert_eq!(place.names(""), ["run", "scenario.yaml"], "nothing is left beside it");

    // A file that was changed by hand is another run.
    fs::write(place.path("run/nodes.csv"), "").unwrap();
    assert_eq!(code(&run(&place, &["--seed", "7"])), Some(2));
}

#[test]
fn what_is_not_a_run_folder_is_never_replaced() {
    let place = place();
    fs::create_dir(place.path("run")).unwrap();
    fs::write(place.path("run/thesis.txt"), "years of work").unwrap();
    let output = run(&place, &["--force"]);
    assert_eq!(code(&output), Some(2));
    assert!(output.stdout.is_empty(), "nothing was simulated");
    assert_eq!(place.names("run"), ["thesis.txt"]);
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let place = place();
    let full = run_limited(&place, "trap '' XFSZ;", 8, "");
    assert_eq!(code(&full), Some(1), "{}", stderr(&full));
    assert!(
        stderr(&full).contains("cannot write run; nothing was left there"),
        "{}",
        stderr(&full)
    );
    assert!(stdout(&full).contains("saves"), "the answer is printed nevertheless");
    assert_eq!(place.names(""), ["scenario.yaml"]);
    // The same over a run that is there: it stays.
    assert_eq!(code(&run(&place, &[])), Some(0));
    let before = contents(&place.path("run"));
    let again = run_limited(&place, "trap '' XFSZ;", 8, "--seed 7 --force");
    assert_eq!(code(&again), Some(1));
    assert_eq!(contents(&place.path("run")), before);
}

#[test]
fn a_kill_leaves_nothing_half_written() {
    let place = place();
    let killed = run_limited(&place, "", 8, "");
    assert_eq!(code(&killed), None, "the signal ended it");
    assert!(!place.path("run").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let place = place();
    let mut command = spotsim(&place.path(""));
    command.args(["run", "scenario.yaml", "-n", "100000"]);
    let mut run = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // Once it has said what it simulates it listens to Ctrl-C.
    let mut said = String::new();
    let mut stderr = BufReader::new(run.stderr.take().unwrap());
    stderr.read_line(&mut said).unwrap();
    let kill = Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    assert!(kill.success());
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130), "{said}");
    assert_eq!(place.names(""), ["scenario.yaml"], "{said}");
}

#[test]
fn costs_sum_exactly_to_the_cost_of_the_run() {
    let place = place();
    for scenario in ["web-on-spot", "batch-on-spot", "mixed-critical-and-spot"] {
        let output = place.spotsim(&["demo", scenario, "-n", "1", "-q", "--out", scenario]);
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
        let table = fs::read_to_string(place.path(&format!("{scenario}/costs.csv"))).unwrap();
        let exact: u128 = table
            .lines()
            .skip(1)
            .map(|line| line.rsplit(',').next().unwrap().parse::<u128>().unwrap())
            .sum();
        let summary = place.json(&format!("{scenario}/summary.json"));
        let total = summary["proposed"]["costMicroUsdTotal"].as_u64().unwrap();
        assert_eq!(sim::Cost(exact).micro_usd(), total, "{scenario}");
    }
}

#[test]
fn series_average_to_the_cost_a_month() {
    let place = place();
    assert_eq!(code(&place.spotsim(&["demo", "-n", "7", "-q", "--out", "run"])), Some(0));
    let table = fs::read_to_string(place.path("run/series.csv")).unwrap();
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    // Steps are equal but for a millisecond.
    let mean = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64;
    let summary = place.json("run/summary.json");
    let monthly = |key: &str| summary[key]["costMonthly"]["mean"].as_f64().unwrap();
    assert!((730.0 * (mean(2) + mean(3) + mean(4)) - monthly("proposed")).abs() < 0.01);
    assert!((730.0 * mean(5) - monthly("onDemand")).abs() < 0.01);
    let nodes = summary["proposed"]["nodesMean"]["mean"].as_f64().unwrap();
    assert!((mean(6) + mean(7) - nodes).abs() < 1e-3);
}

#[test]
fn the_tables_count_what_the_summary_counts() {
    let place = place();
    assert_eq!(code(&place.spotsim(&["demo", "-n", "1", "-q", "--out", "run"])), Some(0));
    let summary = place.json("run/summary.json");
    let days = summary["windowHours"].as_f64().unwrap() / 24.0;
    let per_day = |key: &str| summary["proposed"][key]["mean"].as_f64().unwrap() * days;
    let table = |file: &str| fs::read_to_string(place.path(file)).unwrap();
    // The warm-up of an hour is in the tables and not in the summary.
    let late = |seconds: &str| seconds.parse::<f64>().is_ok_and(|seconds| seconds >= 3_600.0);
    let nodes = table("run/nodes.csv");
    let gone = nodes.lines().skip(1).filter(|line| late(line.split(',').nth(8).unwrap())).count();
    assert!((gone as f64 - per_day("reclaimsPerDay")).abs() < 1e-6, "{gone}");
    let pods = table("run/pods.csv");
    let ended = |end: &str| {
        let rows = pods.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[2] != "DaemonSet" && late(row[10]) && row[11] == end).count() as f64
    };
    assert!((ended("Clean") - per_day("endsCleanPerDay")).abs() < 1e-6);
    let cut_short = ended("CutShortByDeadline") + ended("CutShortByGrace");
    assert!((cut_short - per_day("endsCutShortPerDay")).abs() < 1e-6);
}

#[test]
fn every_column_and_kind_is_documented() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let page = include_str!("../../../docs/run-folder.md");
    // Charts are listed without the endings of their formats.
    let stem = |name: String| match name.rsplit_once('.') {
        Some((stem, "svg" | "png")) => stem.to_owned(),
        _ => name,
    };
    let mut words: Vec<String> = place.names("run").into_iter().map(stem).collect();
    for table in ["series.csv", "nodes.csv", "pods.csv", "costs.csv", "breakdown.csv"] {
        let text = fs::read_to_string(place.path("run").join(table)).unwrap();
        words.extend(text.lines().next().unwrap().split(',').map(str::to_owned));
    }
    let facts = fs::read_to_string(place.path("run/facts.jsonl")).unwrap();
    for line in facts.lines() {
        let fact: Value = serde_json::from_str(line).unwrap();
        words.push(fact["kind"].as_str().unwrap().to_owned());
    }
    for word in words {
        assert!(page.contains(&format!("`{word}`")), "docs/run-folder.md says nothing of {word}");
    }
}

/// The names in a text that stand between two marks and are written like those of facts.
fn names_between(text: &'static str, begin: &str, end: &str) -> BTreeSet<&'static str> {
    let parts = text.split(begin).skip(1).filter_map(|rest| rest.split(end).next());
    parts
        .filter(|part| part.starts_with(char::is_uppercase))
        .filter(|part| part.chars().all(char::is_alphanumeric))
        .collect()
}

#[test]
fn every_kind_of_fact_is_documented_and_no_other() {
    // What is written, whether or not a run at hand has such a fact.
    let written: BTreeSet<&str> = sim::Fact::KINDS.iter().map(|(kind, _)| *kind).collect();
    let page = include_str!("../../../docs/run-folder.md");
    let (_, facts) = page.split_once("### facts.jsonl").expect("a section");
    let (facts, _) = facts.split_once("The other keys").expect("what is not the kind");
    assert_eq!(names_between(facts, "`", "`"), written, "docs/run-folder.md, then the facts");
    assert!(written.len() > 30, "{written:?}");
}

#[test]
fn a_run_can_be_made_again() {
    let (place, elsewhere) = (place(), place());
    assert_eq!(code(&run(&place, &[])), Some(0));
    let equal = place.spotsim(&["run", "--verify", "run", "-q"]);
    assert_eq!(code(&equal), Some(0), "{}", stderr(&equal));
    assert!(
        stdout(&equal).starts_with("equal: 3 replications of both plans"),
        "{}",
        stdout(&equal)
    );
    // From elsewhere the scenario is not found, unless it is named.
    fs::remove_file(elsewhere.path("scenario.yaml")).unwrap();
    let (run, file) = (place.path("run"), place.path("scenario.yaml"));
    let (run, file) = (run.to_str().unwrap(), file.to_str().unwrap());
    assert_eq!(code(&elsewhere.spotsim(&["run", "--verify", run, "-q"])), Some(2));
    assert_eq!(code(&elsewhere.spotsim(&["run", "--verify", run, file, "-q"])), Some(0));
}

#[test]
fn the_first_fact_that_differs_is_named() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let file = place.path("run/facts.jsonl");
    let facts = fs::read_to_string(&file).unwrap();
    let differs = |text: &str| {
        fs::write(&file, text).unwrap();
        let output = place.spotsim(&["run", "--verify", "run", "-q"]);
        assert_eq!(code(&output), Some(1), "{}", stderr(&output));
        stdout(&output)
    };
    let scheduled = facts.lines().position(|line| line.contains("PodScheduled")).unwrap();
    let mut lines: Vec<&str> = facts.lines().collect();
    let changed = lines[scheduled].replace("\"waitedMs\":0", "\"waitedMs\":7");
    lines[scheduled] = &changed;
    let place_in_file = format!("facts.jsonl line {}, at T+0s, PodScheduled: ", scheduled + 1);
    let text = differs(&lines.join("\n"));
    assert_eq!(
        text,
        format!("different: {place_in_file}waitedMs is 7 in the file and 0 in the replay\n")
    );
    assert!(differs(facts.lines().next().unwrap()).contains("line 2: the file ends"));
    assert!(differs(&format!("{facts}{{}}\n")).contains("the replay ends, the file goes on"));
    assert!(differs("what?").contains("line 1 is not a fact"));
}

#[test]
fn another_scenario_is_another_run() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let text = fs::read_to_string(place.path("scenario.yaml")).unwrap();
    fs::write(place.path("scenario.yaml"), text.replace("{scale: 30}", "{scale: 300}")).unwrap();
    let output = place.spotsim(&["run", "--verify", "run"]);
    assert_eq!(code(&output), Some(1));
    assert!(stdout(&output).contains("different: facts.jsonl line "), "{}", stdout(&output));
    assert!(stderr(&output).contains("scenario.yaml has changed since"), "{}", stderr(&output));
}

#[test]
fn a_run_of_which_no_facts_were_kept_is_compared_by_its_digest() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let mut manifest = place.json("run/manifest.json");
    manifest["digests"]["onDemand"][2] = "0123456789abcdef".into();
    fs::write(place.path("run/manifest.json"), manifest.to_string()).unwrap();
    let output = place.spotsim(&["run", "--verify", "run", "-q"]);
    assert_eq!(code(&output), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("replication 2 of the on-demand plan has digest 0123456789abcdef"),
        "{text}"
    );
}

#[test]
fn a_run_is_explained_by_its_own_scenario_or_not_at_all() {
    let place = place();
    assert_eq!(code(&run(&place, &[])), Some(0));
    let facts = fs::read_to_string(place.path("run/facts.jsonl")).unwrap();
    let pod = facts.lines().find_map(|line| {
        let fact: Value = serde_json::from_str(line).unwrap();
        (fact["kind"] == "PodCreated").then(|| fact["pod"].as_str().unwrap().to_owned())
    });
    let pod = format!("pod/{}", pod.unwrap());
    let questions = [&["explain", "cost", "--run", "run"][..], &["explain", &pod, "--run", "run"]];
    for question in questions {
        assert_eq!(code(&place.spotsim(question)), Some(0), "{question:?}");
    }
    let was = fs::read_to_string(place.path("scenario.yaml")).unwrap();
    // What changes nothing is no other run.
    fs::write(place.path("scenario.yaml"), format!("{was}# a remark\n")).unwrap();
    for question in questions {
        assert_eq!(code(&place.spotsim(question)), Some(0), "{question:?}");
    }
    fs::write(place.path("scenario.yaml"), was.replace("{scale: 30}", "{scale: 60}")).unwrap();
    for question in questions {
        let output = place.spotsim(question);
        assert_eq!(code(&output), Some(2), "{question:?}");
        assert_eq!(stdout(&output), "", "{question:?}");
        let error = stderr(&output);
        for part in [
            "run holds another run than its scenario gives now",
            "scenario.yaml has changed since the run was made",
            "the replay differs at facts.jsonl line",
            "bring the files back as they were, or make the run again",
        ] {
            assert!(error.contains(part), "{question:?}: {error}");
        }
    }
}

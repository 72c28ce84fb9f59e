//! Replications that are kept: a run that is killed again and again, and a run that is made in parts, are
//! the run that was made at once, byte for byte.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::support::{Place, names, small, spotsim, stderr, stdout};

/// Every file of a folder, with what it holds.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| (name.clone(), fs::read(folder.join(name)).unwrap());
    names(folder).into_iter().map(read).collect()
}

fn made_at_once(place: &Place, n: &str) -> Vec<(String, Vec<u8>)> {
    let output = place.spotsim(&["run", "s.yaml", "-n", n, "-q", "--out", "at-once"]);
    assert!(output.status.success(), "{}", stderr(&output));
    files(&place.path("at-once"))
}

fn assert_same(made: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) {
    for ((name, bytes), (there, also)) in made.iter().zip(other) {
        assert!(name == there && bytes == also, "{name} differs");
    }
    assert_eq!(made.len(), other.len());
}

/// How many simulations a run says that it goes on from.
fn goes_on_from(said: &str) -> usize {
    let count = said.split("goes on from ").nth(1).and_then(|rest| rest.split(' ').next());
    count.map_or(0, |count| count.replace(',', "").parse().unwrap())
}

#[test]
fn a_run_that_is_killed_a_hundred_times_is_the_same_run() {
    let place = Place::with("s.yaml", &small("7d", 4, 10));
    let whole = made_at_once(&place, "60");
    let run = ["run", "s.yaml", "-n", "60", "--threads", "2", "--resume", "--out", "killed"];
    let (mut kills, mut before, mut finished, mut random) = (0, 0, 0, 1_u64);
    while kills < 100 {
        let mut command = spotsim(place.path("s.yaml").parent().unwrap());
        let mut child =
            command.args(run).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(4 + (random >> 33) % 60));
        // `kill` of the standard library is SIGKILL.
        kills += u32::from(child.kill().is_ok() && child.try_wait().unwrap().is_none());
        let output = child.wait_with_output().unwrap();
        let now = goes_on_from(&stderr(&output));
        if output.status.success() {
            assert_same(&files(&place.path("killed")), &whole);
            fs::remove_dir_all(place.path("killed")).unwrap();
            (finished, before) = (finished + 1, 0);
        } else if stderr(&output).contains("goes on from") {
            assert!(now >= before, "{now} of {before} simulations are left");
            before = now;
        }
    }
    while !place.spotsim(&run).status.success() {}
    assert_same(&files(&place.path("killed")), &whole);
    assert!(!place.path("killed.replications").exists(), "after {finished} whole runs");
}

#[test]
fn an_interrupted_run_keeps_what_is_finished() {
    let place = Place::with("s.yaml", &small("7d", 40, 100));
    let run = ["run", "s.yaml", "-n", "2000", "--resume", "--out", "r"];
    let mut command = spotsim(place.path("s.yaml").parent().unwrap());
    let child = command.args(run).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = place.path("r.replications");
    while fs::metadata(&journal).map_or(0, |it| it.len()) < 20_000 {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert!(stderr(&output).contains("what is finished is kept"), "{}", stderr(&output));
    // It is the journal of this run alone.
    let other = place.spotsim(&["run", "s.yaml", "-n", "3", "--resume", "--out", "r"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(stderr(&other).contains("a part of 2000 replications, not of 3"), "{}", stderr(&other));
    fs::write(&journal, "something else\n").unwrap();
    let other = place.spotsim(&run);
    assert_eq!(other.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&journal).unwrap(), "something else\n");
}

#[test]
fn shards_are_merged_to_the_same_bytes() {
    let place = Place::with("s.yaml", &small("2d", 4, 10));
    let whole = made_at_once(&place, "13");
    let shard = |which: &str, name: &str, more: &[&str]| {
        let args = ["run", "s.yaml", "-n", "13", "-q", "--shard", which, "--out", name];
        let output = place.spotsim(&[&args[..], more].concat());
        assert!(output.status.success() || more.contains(&"fails"), "{}", stderr(&output));
    };
    for (which, name) in [("1/3", "a"), ("2/3", "b"), ("3/3", "c")] {
        shard(which, name, &["--threads", "1"]);
    }
    let merge = |shards: &[&str]| {
        let args = [&["merge"], shards, &["-q", "--out", "merged"]].concat();
        let output = place.spotsim(&args);
        (output.status.code(), stderr(&output))
    };
    assert_eq!(merge(&["c", "a", "b"]), (Some(0), String::new()));
    assert_same(&files(&place.path("merged")), &whole);
    assert!(place.spotsim(&["run", "--verify", "merged"]).status.success());

    let refused = |shards: &[&str], why: &str| {
        let (code, said) = merge(shards);
        assert!(code == Some(2) && said.contains(why), "{code:?} {said}");
    };
    refused(&["a", "c"], "shards are missing: 2/3");
    refused(&["a", "b", "b"], "b is shard 2 already");
    shard("2/3", "seeded", &["--seed", "7"]);
    refused(&["a", "seeded", "c"], "its seed is 7, not 42");
    shard("2/4", "fourth", &[]);
    refused(&["a", "fourth", "c"], "it is one of 4 shards");
    let bytes = fs::read(place.path("b")).unwrap();
    fs::write(place.path("cut"), &bytes[..bytes.len() - 1]).unwrap();
    refused(&["a", "cut", "c"], "it is damaged");
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let old = head.replace("\"version\":\"0.1.0\"", "\"version\":\"0.0.9\"").into_bytes();
    fs::write(place.path("old"), [&old[..], &bytes[end..]].concat()).unwrap();
    refused(&["a", "old", "c"], "it was made by spotsim 0.0.9");
    refused(&["a", "s.yaml", "c"], "it is no file of replications");
    fs::write(place.path("s.yaml"), small("2d", 5, 10)).unwrap();
    refused(&["a", "b", "c"], "another text of the scenario");
    shard("2/3", "other", &[]);
    refused(&["a", "other", "c"], "another text of the scenario");
}

/// A database that prefers nodes that are kept, and goes to others only if both of these are gone at once.
const PLANTED: &str = r"apiVersion: spotsim/v1
name: planted
horizon: 2d
provider: aws
region: us-east-1
pools:
  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large], zones: [us-east-1a], labels: {tier: a}}
  - {name: b, count: 1, capacityType: spot, instanceTypes: [m6a.large], zones: [us-east-1b], labels: {tier: b}}
  - {name: c, count: 1, capacityType: on-demand, instanceTypes: [m6i.large], zones: [us-east-1c], labels: {tier: c}}
MARKET
workloads:
  - name: db
    replicas: 1
    labels: {app: db}
    template:
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - {weight: 100, preference: {matchExpressions: [{key: tier, operator: In, values: [a]}]}}
            - {weight: 50, preference: {matchExpressions: [{key: tier, operator: In, values: [b]}]}}
      containers:
        - {name: db, resources: {requests: {cpu: '1', memory: 1Gi}}}
rules:
  - name: db-never-on-c
    podSelector: {matchLabels: {app: db}}
    never: {nodeSelector: {matchLabels: {tier: c}}}
";

#[test]
fn a_planted_violation_is_found_and_shrunk_to_what_replays_it() {
    let planted = |market: &str| PLANTED.replace("MARKET\n", market);
    let place = Place::with("s.yaml", &planted("market: {reclaims: {model: none}}\n"));
    let output = place.spotsim(&["check", "s.yaml", "-n", "3", "-q"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let search = ["check", "s.yaml", "-n", "3", "-q", "--search", "300"];
    let output = place.spotsim(&search);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(99), "{said}");
    assert_eq!(stdout(&place.spotsim(&search)), said, "the same again");
    let fragment: Vec<&str> = said.lines().skip_while(|line| *line != "market:").collect();
    let fragment: Vec<&str> = fragment.into_iter().take_while(|line| !line.is_empty()).collect();
    let faults = fragment.iter().filter(|line| line.trim_start().starts_with("- {")).count();
    // Either both zones at once, or one while the other is out.
    assert!((1..=2).contains(&faults), "{said}");
    fs::write(place.path("again.yaml"), planted(&(fragment.join("\n") + "\n"))).unwrap();
    let output = place.spotsim(&["check", "again.yaml", "-n", "1", "-q"]);
    assert_eq!(output.status.code(), Some(99), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("✗ db-never-on-c"), "{}", stdout(&output));
    // With one fault less it holds.
    for leave in 0..faults {
        let at =
            fragment.iter().position(|line| line.trim_start().starts_with("- {")).unwrap() + leave;
        let mut fewer = fragment.clone();
        fewer.remove(at);
        let mut text = fewer.join("\n");
        if faults == 1 {
            text = text.replace("    events:", "");
        }
        fs::write(place.path("fewer.yaml"), planted(&(text + "\n"))).unwrap();
        let output = place.spotsim(&["check", "fewer.yaml", "-n", "1", "-q"]);
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    }
    let nothing = ["check", "none.yaml", "-n", "1", "-q", "--search", "5"];
    fs::write(place.path("none.yaml"), small("1d", 4, 10)).unwrap();
    let output = place.spotsim(&nothing);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing can be broken"), "{}", stderr(&output));
}

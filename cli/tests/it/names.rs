//! Names that act on terminals, in pictures and in spreadsheets: refused, or written out.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::Path;
use std::process::Output;

use super::support;

/// A name in it is `NAME`, as YAML writes a string between double quotes.
const SCENARIO: &str = r#"
apiVersion: spotsim/v1
name: "NAME"
horizon: 3h
region: us-east-1
pools:
  - {name: "NAME", count: 1, capacityType: spot, instanceTypes: [m6i.large]}
workloads:
  - name: web
    replicas: 1
    template: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}
market: {reclaims: {scale: 100}}
"#;

/// Window titles, colours, a cleared screen, C1 controls, directions, what has no width, lines.
const HOSTILE: [&str; 8] = [
    r"\e]0;title\a",
    r"\e[31mred\e[2J",
    r"\u009b2J",
    r"a\u202eb",
    r"a\u200bb\ufeff",
    r"one\r\ntwo\ttabs",
    r"\U000e0041\u2028",
    r"=cmd|' /C calc'!A0",
];

fn spotsim(dir: &Path, args: &[&str]) -> Output {
    support::spotsim(dir).args(args).output().unwrap()
}

/// Fails if a text has a character that acts. The colours of diagnostics are ours.
fn is_plain(what: &str, text: &str) {
    let text = text.replace("\r\n", "\n");
    let mut rest = String::new();
    for (index, part) in text.split("\u{1b}[").enumerate() {
        match part.split_once('m') {
            Some((color, part))
                if index > 0 && color.chars().all(|c| c.is_ascii_digit() || c == ';') =>
            {
                // Nothing is red, or cleared, that the program did not colour.
                rest += part;
            }
            _ if index > 0 => panic!("{what}: {part:?}"),
            _ => rest += part,
        }
    }
    let acts = |c: &char| *c != '\n' && sim::plain::plain(&c.to_string()) != c.to_string();
    let found: Vec<char> = rest.chars().filter(acts).collect();
    assert!(found.is_empty(), "{what}: {found:?} in {rest:?}");
}

#[test]
fn no_name_acts_on_a_terminal_or_in_a_file() {
    for name in HOSTILE {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("s.yaml"), SCENARIO.replace("NAME", name)).unwrap();
        for args in [
            &["run", "s.yaml", "-n", "2", "--out", "run", "--color", "always"][..],
            &["run", "s.yaml", "-n", "2", "--out", "run", "-o", "json", "--color", "always"],
            &["check", "s.yaml", "-n", "2", "--color", "always"],
            &["lint", "s.yaml", "--color", "always"],
            &["explain", "cost", "--run", "run", "--color", "always"],
            &["explain", "pod/web-0-0", "--run", "run", "--color", "always"],
        ] {
            let output = spotsim(dir.path(), args);
            assert_ne!(output.status.code(), Some(101), "{name} {args:?}");
            let what = format!("{name} {args:?}");
            is_plain(&what, &String::from_utf8(output.stdout).unwrap());
            is_plain(&what, &String::from_utf8(output.stderr).unwrap());
        }
        let Ok(files) = fs::read_dir(dir.path().join("run")) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|kind| kind != "png") {
                is_plain(
                    &format!("{name} {}", file.display()),
                    &fs::read_to_string(&file).unwrap(),
                );
            }
        }
    }
}

#[test]
fn the_folder_of_a_run_begins_like_a_name() {
    for (name, begins) in [("..", "run-"), ("-rf", "rf-"), (".git", "git-"), ("web", "web-")] {
        let dir = tempfile::tempdir().unwrap();
        let scenario = SCENARIO.replacen("NAME", name, 1).replace("NAME", "pool");
        fs::write(dir.path().join("s.yaml"), scenario).unwrap();
        let output = spotsim(dir.path(), &["run", "s.yaml", "-n", "1", "-q"]);
        let Ok(runs) = fs::read_dir(dir.path().join("runs")) else {
            assert_eq!(output.status.code(), Some(2), "{name} is refused, or runs");
            continue;
        };
        let runs: Vec<String> =
            runs.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        assert!(runs.len() == 1 && runs[0].starts_with(begins), "{name}: {runs:?}");
    }
}

#[test]
fn one_is_not_several_while_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("s.yaml"), SCENARIO.replace("NAME", "one")).unwrap();
    let output = spotsim(dir.path(), &["run", "s.yaml", "-n", "1", "--out", "run"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("one: 1 node, 1 workload, aws, 3h, 1 replication, seed"),
        "{stderr}"
    );
}

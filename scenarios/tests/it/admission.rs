//! Admission: every rule of the table refuses an object that breaks it, at its place, and no object
//! that does not. `.ci/check_admission.py` holds the same files against Kubernetes' own schemas.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use scenarios::admission::rules;
use scenarios::diagnostic::{Diagnostic, Source};
use scenarios::load::Loader;
use scenarios::unmodelled::Tally;
use scenarios::{Diagnostics, Scenario};

/// What an object is expected to give.
struct Case {
    file: String,
    /// The first line of the document.
    line: usize,
    code: String,
    rule: String,
    text: String,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/admission")
}

/// The documents of a file, each with the line that it begins at and its first line.
fn documents(file: &str) -> Vec<(usize, String, String)> {
    let text = std::fs::read_to_string(folder().join(file)).expect("a file of the corpus");
    let mut documents: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line == "---" {
            documents.push((number + 2, String::new()));
        } else if let Some((_, document)) = documents.last_mut() {
            *document += line;
            document.push('\n');
        }
    }
    let head = |document: &str| {
        document.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned()
    };
    documents.into_iter().map(|(line, text)| (line, head(&text), text)).collect()
}

fn cases() -> Vec<Case> {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|file| file.ends_with(".yaml") && file != "valid.yaml")
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        for (line, head, text) in documents(&file) {
            let (code, rest) = head.split_once(' ').expect("a code and a rule");
            let (rule, _) = rest.split_once(',').expect("a rule and what a schema says");
            let (code, rule) = (code.to_owned(), rule.to_owned());
            cases.push(Case { file: file.clone(), line, code, rule, text });
        }
    }
    cases
}

fn load(file: &str, text: &str) -> (usize, Diagnostics) {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&Source { file: file.into(), text: Arc::from(text) });
    let (objects, _) = loader.into_objects();
    (objects.len(), found)
}

#[test]
fn every_rule_is_broken_by_an_object_and_said_at_its_place() {
    let mut broken = BTreeSet::new();
    for Case { file, line, code, rule, text } in cases() {
        let (objects, found) = load(&file, &text);
        let case = format!("{file}:{line} {rule}\n{}", found.render(false));
        let all: Vec<&Diagnostic> = found.iter().collect();
        let [one] = all[..] else { panic!("not one finding: {case}") };
        assert_eq!(one.code, code, "{case}");
        assert_eq!(objects == 0, code.starts_with('E'), "{case}");
        if code != "E0301" {
            assert_eq!(one.label, format!("rule `{rule}`"), "{case}");
        }
        let here =
            text.lines().position(|line| line.contains("# here")).expect("a marked line") + 1;
        let (shown, _) = one.place.as_ref().expect("a place").line_column();
        assert_eq!(shown, here, "{case}");
        assert!(one.help.is_some(), "{case}");
        broken.insert(rule);
    }
    let size = ["meta-annotation-size"];
    for rule in rules::all().filter(|rule| !size.contains(&rule.name)) {
        assert!(broken.contains(rule.name), "the corpus has no object that breaks {}", rule.name);
    }
}

#[test]
fn what_breaks_no_rule_is_admitted() {
    for (line, head, text) in documents("valid.yaml") {
        let (objects, found) = load("valid.yaml", &text);
        assert!(found.is_empty(), "valid.yaml:{line} {head}\n{}", found.render(false));
        assert_eq!(objects, 1, "{head}");
    }
}

#[test]
fn a_rule_is_the_same_in_json_and_its_place_is_as_exact() {
    for Case { file, line, text, .. } in cases() {
        let (_, yaml) = load(&file, &text);
        let tree = scenarios::tree::parse(&text).expect("YAML").remove(0);
        let json = serde_json::to_string_pretty(&tree.to_json()).expect("JSON");
        let (_, json) = load(&file, &json);
        let words = |found: &Diagnostics| -> Vec<_> {
            let marked = |it: &Diagnostic| {
                let place = it.place.as_ref().expect("a place");
                let at = &place.text[place.span.clone()];
                at.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            found.iter().map(|it| (it.code, it.message.clone(), marked(it))).collect()
        };
        let (yaml, json) = (words(&yaml), words(&json));
        assert_eq!(yaml.len(), json.len(), "{file}:{line}");
        for (one, other) in yaml.iter().zip(&json) {
            assert_eq!((one.0, &one.1), (other.0, &other.1), "{file}:{line}");
        }
    }
}

#[test]
fn annotations_have_a_size_together() {
    let note = "x".repeat(300 << 10);
    let text = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: big\n  annotations: {{note: {note}}}\n"
    );
    let (_, found) = load("big.yaml", &text);
    let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["E0314"]);
}

#[test]
fn rules_have_names_of_their_own_and_a_source() {
    let names: BTreeSet<&str> = rules::all().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules::all().count());
    for rule in rules::all() {
        assert!(!rule.source.is_empty() && !rule.on.is_empty(), "{}", rule.name);
        assert!(scenarios::codes::named(rule.code).is_some(), "{}", rule.code);
        assert!(!rule.check.words().is_empty());
    }
}

/// What a cluster has admitted keeps what a new object would be refused for, and it is said once.
#[test]
fn an_object_of_a_cluster_is_not_refused() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, uid: {name}}}\nspec:\n  \
             containers: [{{name: app}}]\n  topologySpreadConstraints:\n    \
             - {{topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}}\n"
        )
    };
    let (objects, found) = load("dump.yaml", &[pod("a"), pod("b")].join("---\n"));
    let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
    assert_eq!((objects, &codes[..]), (2, &["W0013"][..]), "{}", found.render(false));
}

/// The same without uids, as dumps are when they are cut down to what matters.
#[test]
fn a_dump_is_not_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {allocatable: {cpu: 4, \
                memory: 8Gi, pods: 10}, conditions: [{type: Ready, status: \"True\"}]}\n---\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {priority: 2000000000, \
               containers: [{name: app, resources: {requests: {nvidia.com/gpu: 1}}}]}\n";
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let dump = write("dump.yaml", &(node.to_owned() + pod));
    let explained =
        scenarios::explain_pod::dump::Dump::read(&[dump]).expect("a cluster").explain("web");
    assert!(explained.is_ok());
    // Alone it is a manifest, which no cluster has seen.
    let alone = write("pod.yaml", pod);
    let aws = sim::providers::named("aws").expect("aws is modelled");
    let codes: Vec<_> = scenarios::lint::review(&[alone], aws).iter().map(|it| it.code).collect();
    assert!(codes.contains(&"E0311") && codes.contains(&"E0314"), "{codes:?}");
}

/// A missing `maxSkew` was an overflow once, in the arithmetic of the score.
#[test]
fn a_skew_of_nothing_is_arithmetic_as_any_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        folder.path().join("dump.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: db, uid: u, labels: {app: db}}\nspec:\n  \
         containers: [{name: app}]\n  topologySpreadConstraints:\n    \
         - topologyKey: topology.kubernetes.io/zone\n      whenUnsatisfiable: ScheduleAnyway\n      \
         labelSelector: {matchLabels: {app: db}}\n",
    )
    .expect("a file");
    let text = "apiVersion: spotsim/v1\nname: skew\nhorizon: 1h\nregion: us-east-1\n\
                pools: [{name: p, count: 9, capacityType: spot, instanceTypes: [m6i.large], \
                zones: [us-east-1a, us-east-1b]}]\nmanifests: [dump.yaml]\n";
    let source = Source { file: "skew.yaml".into(), text: Arc::from(text) };
    let scenario = Scenario::parse(&source, Some(folder.path())).expect("only a warning");
    let mut facts: Vec<(sim::SimTime, sim::Fact)> = Vec::new();
    sim::run(&scenario.setup, sim::Root { seed: 1, replication: 0 }, &mut facts);
    assert!(facts.iter().any(|(_, fact)| matches!(fact, sim::Fact::PodScheduled { .. })));
}

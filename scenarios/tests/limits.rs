//! Small inputs that would hang the program or take the machine's memory are refused, with their
//! place and with what lifts the limit; what is merely large is read.

use scenarios::diagnostic::{Diagnostics, Source};
use scenarios::load::{Loaded, Loader};
use scenarios::unmodelled::Tally;
use scenarios::{Diagnostic, Scenario, limits, tree};

/// A scenario with everything that it must have, and `more`.
fn scenario(more: &str) -> String {
    let mut text = String::from("apiVersion: spotsim/v1\nhorizon: 1h\nregion: us-east-1\n");
    for (key, line) in [
        ("name", "name: example\n"),
        (
            "pools",
            "pools: [{name: a, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}]\n",
        ),
    ] {
        if !more.contains(&format!("{key}:")) {
            text += line;
        }
    }
    text + more
}

fn source(text: String) -> Source {
    Source { file: "scenario.yaml".into(), text: text.into() }
}

/// What is wrong with a scenario.
fn wrong(more: &str) -> Diagnostics {
    match Scenario::parse(&source(scenario(more)), None) {
        Ok(_) => panic!("this is not refused"),
        Err(found) => found,
    }
}

/// The objects of a text, and what is wrong with them.
fn objects(text: String) -> (Vec<Loaded>, Diagnostics) {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&source(text));
    let (objects, _) = loader.into_objects();
    (objects, found)
}

/// The only error, which is that of a limit.
fn only(found: &Diagnostics) -> &Diagnostic {
    let first = found.iter().next().expect("an error");
    assert_eq!(found.iter().count(), 1, "{found}");
    assert_eq!(first.code, "E0004", "{found}");
    assert!(first.help.is_some(), "it says what to do");
    first
}

#[test]
fn aliases_of_a_large_text_are_counted_in_bytes() {
    let text = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(5_000));
    let found = wrong(&text);
    assert_eq!(
        only(&found).message,
        "scenario.yaml has more than 67 108 864 bytes that anchors and aliases add to a text"
    );
    let (line, column) = only(&found).place.as_ref().expect("a place").line_column();
    // Sixty-three copies are let through: the anchor is one as well.
    assert_eq!((line, column), (7, 4 + 63 * 4 + 1));
}

#[test]
fn aliases_of_aliases_are_counted_in_nodes() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert!(only(&wrong(&text)).message.contains("nodes that anchors and aliases add"));
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let text = format!("a: {}{}\n", "[".repeat(101), "]".repeat(101));
    assert!(only(&wrong(&text)).message.contains("more than 100 levels"));
    let text = format!("a: {}{}\n", "[".repeat(99), "]".repeat(99));
    assert!(tree::parse(&text).is_ok());
}

#[test]
fn a_map_of_many_keys_is_read() {
    let keys: String = (0..100_000).map(|key| format!("k{key}: v\n")).collect();
    let documents = tree::parse(&keys).expect("a map");
    assert_eq!(documents.len(), 1);
    let twice = keys + "k77: v\n";
    let error = tree::parse(&twice).expect_err("a key is there twice");
    assert_eq!(error.message, "`k77` is there twice");
}

#[test]
fn a_pod_of_many_labels_is_read() {
    let labels: String = (0..60_000).map(|key| format!("    k{key}: v\n")).collect();
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n{labels}\
         spec:\n  containers: [{{name: app}}]\n"
    );
    let (objects, found) = objects(text);
    assert!(found.is_empty(), "{found}");
    assert_eq!(objects[0].object.metadata().labels.len(), 60_000);
}

#[test]
fn every_limit_says_what_lifts_it() {
    for limit in limits::LIMITS {
        assert!(!limit.lift.is_empty() && !limit.guards.is_empty(), "{}", limit.what);
        assert!(!limit.exceeded(limit.most) && limit.exceeded(limit.most + 1));
    }
}

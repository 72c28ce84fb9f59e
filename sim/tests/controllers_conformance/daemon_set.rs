//! One sync of a DaemonSet's rolling update.

use serde_json::{Value as Json, json};
use sim::controllers::daemon_set::{Choice, Node, Pod, Update, roll};

use super::{amount, list};

pub fn answer(case: &Json) -> Json {
    let update = Update {
        max_surge: amount(&case["maxSurge"]),
        max_unavailable: amount(&case["maxUnavailable"]),
    };
    let mut names: Vec<&str> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    for node in list(&case["nodes"]) {
        names.push(node["name"].as_str().unwrap());
        nodes.push(Node { eligible: node["eligible"] == true, ..Node::default() });
    }
    for (number, pod) in list(&case["pods"]).iter().enumerate() {
        if pod["deleting"] == true {
            continue;
        }
        let node = pod["node"].as_str().unwrap();
        let at = names.iter().position(|name| *name == node).unwrap_or_else(|| {
            names.push(node);
            nodes.push(Node::default());
            nodes.len() - 1
        });
        let there = if pod["new"] == true { &mut nodes[at].new } else { &mut nodes[at].old };
        there.push(Pod { number, available: pod["available"] == true });
    }
    let done = roll(&update, &nodes);
    let pods = choice(&done.delete, |number| format!("p{number:02}"));
    let places = choice(&done.create, |number| names[number].to_owned());
    json!({
        "deleteCount": pods.0, "deleteAlways": pods.1, "deleteMaybe": pods.2,
        "createCount": places.0, "createAlways": places.1, "createMaybe": places.2,
    })
}

/// How many, which ones in every run, and which in some.
fn choice(choice: &Choice, name: impl Fn(usize) -> String) -> (usize, Vec<String>, Vec<String>) {
    let names = |numbers: &[usize]| -> Vec<String> { numbers.iter().map(|it| name(*it)).collect() };
    let (mut always, mut maybe) = (names(&choice.certain), Vec::new());
    if choice.taken == choice.candidates.len() {
        always.extend(names(&choice.candidates));
    } else if choice.taken > 0 {
        maybe = names(&choice.candidates);
    }
    always.sort();
    maybe.sort();
    (choice.chosen().count(), always, maybe)
}

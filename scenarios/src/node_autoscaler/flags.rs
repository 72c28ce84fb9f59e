//! Flags of the Cluster Autoscaler as they are spelled on its command line, and those of other versions.

use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::node_autoscaler::ClusterAutoscaler;
use crate::tree::{Node, Step, Value};

/// Flags that there were, and what is there instead.
// Cluster Autoscaler: config/flags/flags.go of 1.36, and of the versions that had them
const FORMER: [(&str, &str); 6] = [
    ("maxEmptyBulkDelete", "`maxScaleDownParallelism` bounds how many nodes are removed at a time"),
    ("scaleDownNonEmptyCandidatesCount", "nothing reads it since 1.36: leave it out"),
    ("scaleDownCandidatesPoolRatio", "nothing reads it since 1.36: leave it out"),
    ("scaleDownCandidatesPoolMinCount", "nothing reads it since 1.36: leave it out"),
    ("parallelDrain", "drains are parallel since 1.26: `maxDrainParallelism`"),
    ("maxAutoprovisionedNodeGroupCount", "node groups are those of `pools`: leave it out"),
];

/// Expanders that there are.
// Cluster Autoscaler: expander/expander.go AvailableExpanders
const EXPANDERS: [&str; 6] =
    ["random", "most-pods", "least-waste", "least-nodes", "price", "priority"];

/// Reads flags in the spelling of the command line, and refuses those of other versions.
pub(crate) fn in_camel_case(tree: &mut Node, source: &Source, found: &mut Diagnostics) {
    let autoscaler = [Step::from("autoscaler")];
    rename(tree.at_mut(&autoscaler), |key| match key {
        "cluster-autoscaler" => Some("clusterAutoscaler".to_owned()),
        _ => None,
    });
    let path = [Step::from("autoscaler"), Step::from("clusterAutoscaler")];
    rename(tree.at_mut(&path), |key| key.contains('-').then(|| camel_case(key)));
    let Some(Value::Map(flags)) = tree.at_mut(&path).map(|it| &mut it.value) else { return };
    for (was, instead) in FORMER {
        if let Some(at) = flags.iter().position(|(key, ..)| key == was) {
            let (_, span, _) = flags.remove(at);
            let message = format!("`{was}` is a flag of another version of the Cluster Autoscaler");
            found.push(Diagnostic::new("E1204", message).at(source, span).help(instead));
        }
    }
}

/// Whether a tree has flags at all.
pub(crate) fn are_in(tree: &Node) -> bool {
    matches!(tree.get("autoscaler").map(|it| &it.value), Some(Value::Map(_)))
}

fn rename(node: Option<&mut Node>, new: impl Fn(&str) -> Option<String>) {
    let Some(Value::Map(entries)) = node.map(|it| &mut it.value) else { return };
    for (key, ..) in entries {
        if let Some(new) = new(key) {
            *key = new;
        }
    }
}

/// `scale-down-unneeded-time` as `scaleDownUnneededTime`.
fn camel_case(flag: &str) -> String {
    let mut words = flag.trim_start_matches('-').split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|it| it.to_ascii_uppercase());
        text + &capital.into_iter().collect::<String>() + letters.as_str()
    })
}

/// Adds what is wrong with the values of flags.
pub(crate) fn check(
    flags: &ClusterAutoscaler,
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) {
    let at = |field: &str| {
        let path = ["autoscaler", "clusterAutoscaler", field].map(Step::from);
        tree.at(&path).span.clone()
    };
    for name in expanders(flags) {
        if !EXPANDERS.contains(&name) {
            let message = format!(
                "`{name}` is no expander of the Cluster Autoscaler; there are {}",
                EXPANDERS.join(", ")
            );
            let near = did_you_mean(name, EXPANDERS);
            let help = near.map_or_else(
                || "write one of them, or several: `priority,least-waste`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            found.push(Diagnostic::new("E1204", message).at(source, at("expander")).help(help));
        }
    }
    if expanders(flags).contains(&"priority") && flags.priorities.is_empty() {
        let message = "the expander `priority` has no `priorities` to go by".to_owned();
        let help = "write what the ConfigMap `cluster-autoscaler-priority-expander` says: \
                    `priorities: {10: [on-demand], 20: [spot]}`";
        found.push(Diagnostic::new("E1204", message).at(source, at("expander")).help(help));
    }
    for priority in flags.priorities.keys() {
        if priority.parse::<i64>().is_err() {
            let message = format!("`{priority}` is no priority: it is a whole number");
            let help = "write `priorities: {10: [on-demand], 20: [spot]}`";
            found.push(Diagnostic::new("E1204", message).at(source, at("priorities")).help(help));
        }
    }
}

/// The expanders that a flag names, in order.
pub(crate) fn expanders(flags: &ClusterAutoscaler) -> Vec<&str> {
    let text = flags.expander.as_deref().unwrap_or("least-waste");
    text.split(',').map(str::trim).collect()
}

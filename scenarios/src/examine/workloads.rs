//! Workloads in the short form of a scenario: the same rules as for whole objects.
//!
//! The short form leaves out what spotsim writes itself: selectors, and the labels that they select.
//! What it says is put where Kubernetes has it, judged there, and reported where it was written.

use serde_json::json;

use crate::admission::types::Type;
use crate::admission::{Admitted, Broken, judge, say};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::Kind;
use crate::load::Origin;
use crate::tree::{Node, Step};

/// Fields that only some kinds have, and which.
const OF_KINDS: [(&str, &[Kind]); 14] = [
    ("replicas", &[Kind::Deployment, Kind::StatefulSet]),
    ("hpa", &[Kind::Deployment, Kind::StatefulSet]),
    ("vpa", &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet]),
    ("minReadySeconds", &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet]),
    ("podManagementPolicy", &[Kind::StatefulSet]),
    ("completions", &[Kind::Job, Kind::CronJob]),
    ("parallelism", &[Kind::Job, Kind::CronJob]),
    ("backoffLimit", &[Kind::Job, Kind::CronJob]),
    ("activeDeadlineSeconds", &[Kind::Job, Kind::CronJob]),
    ("podFailurePolicy", &[Kind::Job, Kind::CronJob]),
    ("schedule", &[Kind::CronJob]),
    ("timeZone", &[Kind::CronJob]),
    ("concurrencyPolicy", &[Kind::CronJob]),
    ("startingDeadlineSeconds", &[Kind::CronJob]),
];

/// Judges a workload that a scenario writes itself.
pub(crate) fn examine(
    kind: Kind,
    node: &Node,
    origin: &Origin,
    found: &mut Diagnostics,
) -> Admitted {
    let before = found.iter().count();
    of_another_kind(kind, node, origin, found);
    let field = |name: &str| node.get(name).map(Node::to_json);
    let metadata = json!({ "name": field("name"), "namespace": field("namespace") });
    report(judge(Type::ObjectMeta, &metadata), &[], node, origin, found);
    let pods = json!({ "labels": field("labels"), "annotations": field("annotations") });
    let template = json!({ "metadata": pods, "spec": field("template") });
    let broken = match spec_of(kind) {
        Some(of) => judge(of, &json!({ "template": template })),
        None => judge(Type::PodTemplateSpec, &template),
    };
    report(broken, &["template"], node, origin, found);
    let new = found.iter().skip(before);
    let refused = new.into_iter().any(|it| it.code.starts_with('E'));
    if refused { Admitted::No } else { Admitted::Yes }
}

/// Says what is broken at the place of the short form. What lies outside of `within` was not written.
fn report(
    broken: Vec<Broken>,
    within: &[&str],
    node: &Node,
    origin: &Origin,
    found: &mut Diagnostics,
) {
    for mut one in broken {
        let rest = match (within, &one.path[..]) {
            (["template"], [Step::Key(key), rest @ ..]) if key == "template" => rest,
            // A bare pod is judged as a template.
            (["template"], [Step::Key(key), ..]) if key == "selector" => continue,
            (_, rest) => rest,
        };
        let short = match rest {
            [Step::Key(first), rest @ ..] if first == "metadata" => rest.to_vec(),
            [Step::Key(first), rest @ ..] if first == "spec" && !within.is_empty() => {
                [&[Step::from("template")], rest].concat()
            }
            rest => rest.to_vec(),
        };
        one.path = short;
        found.push(say(&one, origin, |path| node.at(path).span.clone()));
    }
}

/// Says which fields are those of other kinds.
fn of_another_kind(kind: Kind, node: &Node, origin: &Origin, found: &mut Diagnostics) {
    for (field, kinds) in OF_KINDS {
        let Some(value) = node.get(field) else { continue };
        if kinds.contains(&kind) {
            continue;
        }
        let kinds: Vec<String> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
        let message = format!("{}: a {kind:?} has no `{field}`", origin.name);
        let help = format!("take it out, or set `kind: {}`", kinds.join("` or `kind: "));
        let diagnostic = Diagnostic::new("E0209", message).at(&origin.source, value.span.clone());
        found.push(diagnostic.help(help));
    }
}

/// The spec of a kind of workload, as rules on its pods look at it.
fn spec_of(kind: Kind) -> Option<Type> {
    Some(match kind {
        Kind::Deployment => Type::DeploymentSpec,
        Kind::StatefulSet => Type::StatefulSetSpec,
        Kind::DaemonSet => Type::DaemonSetSpec,
        Kind::Job | Kind::CronJob => Type::JobSpec,
        Kind::Pod => return None,
    })
}

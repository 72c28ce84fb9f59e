//! The workloads that a scenario writes itself, in its short form.

use super::Place;
use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::Diagnostics;
use crate::kube::{LabelSelector, ObjectMeta, PersistentVolumeClaim, PodSpec, PodTemplateSpec};
use crate::load::{self, Origin};
use crate::tree::{Node, Step};
use crate::unmodelled::Tally;
use crate::workloads::{ControllerSpec, Written};
use crate::{examine, file};

/// The workloads that are written in the scenario itself.
pub(super) fn workloads(
    file: &file::File,
    (source, tree): Place<'_>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<Written> {
    let mut workloads = Vec::new();
    for (index, workload) in file.workloads.iter().enumerate() {
        let node = tree.at(&[Step::Key("workloads".into()), Step::Index(index)]);
        let (kind, name) = (workload.kind.name(), Some(workload.name.as_str()));
        let origin = Origin::new(source, node.span.clone(), kind, None, name);
        let admitted = examine::workloads::examine(workload.kind, node, &origin, found);
        if admitted == Admitted::No {
            continue;
        }
        let template = node.get("template").unwrap_or(node);
        let spec = load::typed::<PodSpec>(template, &origin, tally, found);
        let Some(spec) = spec else { continue };
        tally.not_simulated(&spec, &origin);
        let claims = claim_templates(workload, node, &origin, tally, found);
        let cron_job = match workload.cron_job() {
            Ok(cron_job) => cron_job,
            Err(message) => {
                found.push(origin.diagnostic("E0301", &message));
                continue;
            }
        };
        let metadata = ObjectMeta { labels: workload.labels.clone(), ..ObjectMeta::default() };
        // The API server would ask for a selector.
        let selects = matches!(workload.kind, file::Kind::Deployment | file::Kind::StatefulSet);
        let match_labels = workload.labels.clone();
        let selector = LabelSelector { match_labels, match_expressions: Vec::new() };
        workloads.push(Written {
            kind: workload.kind,
            namespace: workload.namespace.clone(),
            name: workload.name.clone(),
            spec: ControllerSpec {
                replicas: workload.replicas,
                min_ready_seconds: workload.min_ready_seconds,
                pod_management_policy: workload.pod_management_policy.map(|it| format!("{it:?}")),
                completions: workload.completions,
                parallelism: workload.parallelism,
                job: workload.limits().map(Box::new),
                cron_job: cron_job.map(Box::new),
                update: None,
                progress_deadline_seconds: None,
                selector: selects.then_some(selector),
                volume_claim_templates: claims,
                template: PodTemplateSpec { metadata, spec },
            },
            annotations: workload.annotations.clone(),
            start_at: workload.start_at.clone(),
            source: source.clone(),
            span: node.get("name").map_or(node.span.clone(), |name| name.span.clone()),
        });
    }
    workloads
}

/// The claims that each pod of a workload has of its own.
fn claim_templates(
    workload: &file::Workload,
    node: &Node,
    origin: &Origin,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<PersistentVolumeClaim> {
    if !workload.volume_claim_templates.is_empty() && workload.kind != file::Kind::StatefulSet {
        let message = "only a StatefulSet makes claims for its pods (`volumeClaimTemplates`)";
        let help = "set `kind: StatefulSet`, or let the pods share a claim of the manifests";
        found.push(origin.diagnostic("E0301", message).help(help));
    }
    let templates = node.get("volumeClaimTemplates");
    let each = (0..workload.volume_claim_templates.len()).filter_map(|index| {
        let template = templates?.at(&[Step::Index(index)]);
        let claim = (Type::PersistentVolumeClaim, &template.to_json());
        let place = |path: &[Step]| template.at(path).span.clone();
        if Account::default().examine(claim, origin, place, found) == Admitted::No {
            return None;
        }
        load::typed(template, origin, tally, found)
    });
    each.collect()
}

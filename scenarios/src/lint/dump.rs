//! The workloads and budgets of a scenario's `cluster`, for review: those of which only pods were
//! dumped, too.

use std::path::Path;

use super::input::{Place, ReviewInput, Workload, kind_name};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostics, Source};
use crate::file::ClusterDump;
use crate::kube::Object;
use crate::load::{Loader, Origin};
use crate::tree::{Node, Value};
use crate::unmodelled::Tally;
use crate::workloads::Written;

impl ReviewInput {
    /// Adds what a dump contains. The scenario that names it has been read, and what is wrong with the
    /// dump has been said.
    pub(super) fn dump(&mut self, dump: &ClusterDump, folder: Option<&Path>) {
        let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
        let mut loader = Loader::new(&mut tally, &mut found).of_a_cluster();
        for shown in dump.file.all() {
            let path = folder.map_or_else(|| shown.into(), |folder| folder.join(shown));
            if loader.path(&path, shown).is_err() {
                return;
            }
        }
        let (objects, _) = loader.into_objects();
        for loaded in &objects {
            match &loaded.object {
                Object::PodDisruptionBudget(it) => {
                    self.budgets.push((it.as_ref().clone(), place(&loaded.origin)));
                }
                Object::HorizontalPodAutoscaler(it) => self.autoscalers.push(it.as_ref().clone()),
                _ => {}
            }
        }
        let cluster = Cluster::of(&objects, &mut tally, &mut found);
        self.workloads.extend(cluster.workloads.into_iter().map(workload));
    }
}

fn workload(written: Written) -> Workload {
    let Written { kind, namespace, name, spec, annotations, source, span, .. } = written;
    let origin = Origin::new(&source, span, kind_name(kind), Some(&namespace), Some(&name));
    Workload {
        kind: kind_name(kind),
        template: spec.template,
        annotations: annotations.into_iter().collect(),
        job: spec.job,
        replicas: spec.replicas,
        place: place(&origin),
        path: &[],
        namespace,
        name,
    }
}

/// The first line of an object: a dump is read as a stream, and nothing is known of the parts.
fn place(origin: &Origin) -> Place {
    let Origin { source, span, .. } = origin;
    let end = source.text[span.clone()].find('\n').map_or(span.end, |at| span.start + at);
    let nothing = Value::Scalar(serde_json::Value::Null);
    Place { source: Source::clone(source), node: Node { span: span.start..end, value: nothing } }
}

//! What is reviewed, collected from files: of a scenario what its parse has read and understood, and
//! objects as any other reader of them reads them.

use std::path::{Path, PathBuf};

use super::input::{Place, ReviewInput, Workload};
use crate::diagnostic::{Diagnostics, Source};
use crate::file::Kind;
use crate::kube::Object;
use crate::load::{self, Loaded, Loader};
use crate::parse::{self, Read, Understood};
use crate::reading::Named;
use crate::tree::{Node, Step};
use crate::unmodelled::Tally;
use crate::workloads::Written;
use crate::{Scenario, reading, tree};

impl ReviewInput {
    /// Adds what files contain: scenarios with all that they name, and objects.
    pub(super) fn read(&mut self, files: &[PathBuf], found: &mut Diagnostics) {
        let (mut tally, mut of_objects) = (Tally::default(), Diagnostics::default());
        let mut loader = Loader::new(&mut tally, &mut of_objects).of_any_files();
        for file in files {
            match load::matching(file, &file.display().to_string()) {
                Ok(files) => {
                    files.iter().for_each(|(path, name)| self.file(path, name, &mut loader, found));
                }
                Err(error) => found.push(*error),
            }
        }
        let (objects, _) = loader.into_objects();
        objects.iter().for_each(|loaded| self.object(loaded));
        of_objects.iter().for_each(|error| found.push(error.clone()));
    }

    fn file(&mut self, path: &Path, name: &str, loader: &mut Loader<'_>, found: &mut Diagnostics) {
        let read = reading::source(path, name, Named::OnCommandLine)
            .and_then(|source| Ok((tree::documents(&source)?, source)));
        match read {
            Err(errors) => errors.iter().for_each(|error| found.push(error.clone())),
            Ok((documents, source)) if documents.iter().any(is_scenario) => {
                let parsed = Scenario::only_document(&source, documents).and_then(|tree| {
                    let look = |read: &Read, understood: &Understood<'_>| {
                        self.scenario((&source, &tree), read, understood);
                    };
                    parse::parse_and_look(&source, &tree, path.parent(), look)
                });
                let said = parsed.map_or_else(|errors| errors, |scenario| scenario.warnings);
                said.iter().for_each(|it| found.push(it.clone()));
            }
            Ok((documents, source)) => loader.documents(&source, documents),
        }
    }

    fn scenario(
        &mut self,
        (source, tree): (&Source, &Node),
        read: &Read,
        understood: &Understood<'_>,
    ) {
        let file = &read.file;
        self.use_nodes_of(file);
        let below = |key: &str, index: usize| Place {
            source: source.clone(),
            node: tree.at(&[Step::Key(key.into()), Step::Index(index)]).clone(),
        };
        for (index, pool) in file.pools.iter().enumerate() {
            self.pools.push((pool.clone(), below("pools", index)));
        }
        for (index, written) in read.workloads.iter().enumerate() {
            let place = below("workloads", index);
            self.workloads.push(of_written(written, place, &["template"]));
        }
        for (scaler, _) in &read.autoscalers.horizontal {
            self.autoscalers.push(scaler.clone());
        }
        for (scaler, origin) in &read.autoscalers.vertical {
            self.resizers.push((scaler.clone(), Place::of_first_line(origin)));
        }
        read.manifests.iter().for_each(|loaded| self.object(loaded));
        for Loaded { object, origin, .. } in read.dump.iter().flatten() {
            self.context.learn(object);
            self.protection(object, || Place::of_first_line(origin));
        }
        // Those of which only pods were dumped are among them.
        for written in understood.cluster.iter().flat_map(|cluster| &cluster.workloads) {
            self.workloads.push(of_written(written, Place::of_first_line(&written.origin()), &[]));
        }
    }

    /// Adds an object. What creates no pods and protects none is left out, and a pod of a ReplicaSet,
    /// say, is reviewed where it is written.
    fn object(&mut self, loaded: &Loaded) {
        let Loaded { object, origin, .. } = loaded;
        self.context.learn(object);
        if object.metadata().controller().is_some() {
            return;
        }
        let place = || match loaded.tree() {
            Some(node) => Place { source: origin.source.clone(), node },
            None => Place::of_first_line(origin),
        };
        self.protection(object, place);
        if let Some(it) = object.workload() {
            self.workloads.push(Workload {
                kind: it.kind,
                namespace: it.metadata.namespace().to_owned(),
                name: it.metadata.name.clone(),
                labels: it.pod_metadata.labels.clone(),
                spec: it.pod_spec.clone(),
                annotations: it.annotations().into_iter().collect(),
                job: it.job.cloned().map(Box::new),
                replicas: it.replicas,
                place: place(),
                path: it.path,
            });
        }
    }

    /// Adds an object that says how many pods there should be at least.
    fn protection(&mut self, object: &Object, place: impl Fn() -> Place) {
        match object {
            Object::PodDisruptionBudget(budget) => {
                self.budgets.push((budget.as_ref().clone(), place()));
            }
            Object::HorizontalPodAutoscaler(scaler) => {
                self.autoscalers.push(scaler.as_ref().clone());
            }
            Object::VerticalPodAutoscaler(scaler) => {
                self.resizers.push((scaler.as_ref().clone(), place()));
            }
            _ => {}
        }
    }
}

fn is_scenario(document: &Node) -> bool {
    document.get("apiVersion").and_then(Node::text).is_some_and(|v| v.starts_with("spotsim/"))
}

fn of_written(written: &Written, place: Place, path: &'static [&'static str]) -> Workload {
    let has_jobs = matches!(written.kind, Kind::Job | Kind::CronJob);
    Workload {
        kind: written.kind.into(),
        namespace: written.namespace.clone(),
        name: written.name.clone(),
        labels: written.spec.template.metadata.labels.clone(),
        spec: written.spec.template.spec.clone(),
        annotations: written.annotations.clone().into_iter().collect(),
        job: written.spec.job.clone().filter(|_| has_jobs),
        replicas: written.spec.replicas,
        place,
        path,
    }
}

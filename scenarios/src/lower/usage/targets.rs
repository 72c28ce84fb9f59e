//! Whose usage an entry states: one workload, or all that a generator or a population of services makes.

use std::collections::BTreeMap;

use sim::model::Model;
use sim::model::workload::WorkloadId;

use crate::file::File;

/// What an entry may name.
pub(super) struct Targets<'f> {
    file: &'f File,
    workloads: BTreeMap<(String, String), WorkloadId>,
}

/// What an entry names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// One workload, or one class of a generator.
    One(WorkloadId),
    /// All classes of a generator, or all services.
    Many(Vec<WorkloadId>),
}

impl Target {
    /// The workloads that are meant.
    pub(super) fn workloads(&self) -> &[WorkloadId] {
        match self {
            Target::One(workload) => std::slice::from_ref(workload),
            Target::Many(workloads) => workloads,
        }
    }
}

impl<'f> Targets<'f> {
    pub(super) fn new(file: &'f File, model: &Model) -> Targets<'f> {
        let text = |name| model.names.text(name).to_owned();
        let mut workloads = BTreeMap::new();
        for (id, row) in model.workloads.iter() {
            workloads.entry((text(row.namespace), text(row.name))).or_insert(id);
        }
        Targets { file, workloads }
    }

    /// What `namespace/name` names; a name alone is in `default`.
    pub(super) fn named(&self, named: &str) -> Option<Target> {
        let (namespace, name) = named.split_once('/').unwrap_or(("default", named));
        if let Some(one) = self.workload(namespace, name) {
            return Some(Target::One(one));
        }
        let made: Vec<WorkloadId> = self
            .made_by(namespace, name)
            .iter()
            .filter_map(|made| self.workload(namespace, made))
            .collect();
        (!made.is_empty()).then_some(Target::Many(made))
    }

    fn workload(&self, namespace: &str, name: &str) -> Option<WorkloadId> {
        self.workloads.get(&(namespace.to_owned(), name.to_owned())).copied()
    }

    /// The names of what a generator or a population makes.
    fn made_by(&self, namespace: &str, name: &str) -> Vec<String> {
        let is = |of: (&str, &str)| of == (namespace, name);
        let generators =
            self.file.arrivals.iter().filter(|it| is((it.namespace.as_str(), it.name.as_str())));
        let classes = generators
            .flat_map(|generator| generator.classes.iter().map(|it| format!("{name}-{}", it.name)));
        let services =
            self.file.services.iter().filter(|it| is((it.namespace.as_str(), it.name.as_str())));
        let services = services.flat_map(|it| (0..it.count).map(|k| crate::services::name(it, k)));
        classes.chain(services).collect()
    }

    /// Whether pods of one workload differ in what they request: sizes are drawn, or of a trace.
    pub(super) fn differ(&self, workload: WorkloadId) -> bool {
        self.file.arrivals.iter().any(|generator| {
            let own = |name: &str| self.workload(&generator.namespace, name) == Some(workload);
            let alone = generator.classes.len() < 2;
            match (&generator.trace, alone) {
                (Some(_), _) => own(&generator.name),
                (None, true) => {
                    own(&generator.name) && generator.classes.iter().any(|it| it.cpu.is_some())
                }
                (None, false) => generator.classes.iter().any(|class| {
                    class.cpu.is_some() && own(&format!("{}-{}", generator.name, class.name))
                }),
            }
        })
    }

    /// Every name that an entry may have.
    pub(super) fn known(&self) -> Vec<String> {
        let workloads =
            self.workloads.keys().map(|(namespace, name)| format!("{namespace}/{name}"));
        let generators =
            self.file.arrivals.iter().map(|it| format!("{}/{}", it.namespace, it.name));
        let services = self.file.services.iter().map(|it| format!("{}/{}", it.namespace, it.name));
        workloads.chain(generators).chain(services).collect()
    }
}

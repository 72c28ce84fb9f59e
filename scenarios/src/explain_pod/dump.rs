//! A cluster from files, to explain its pods: a dump or manifests, and no scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use sim::Root;
use sim::model::pod::PodId;
use sim::model::start::StartPod;
use sim::scheduler::profile::Profile;
use sim::table::Id;
use sim::world::World;

use super::kinds::{self, NodeKind};
use super::{Explanation, Situation, explain};
use crate::cluster::DUMP;
use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::kube::Object;
use crate::load::Loader;
use crate::lower::snapshot::{Snapshot, snapshot};
use crate::unmodelled::{Tally, Unmodelled};

/// A cluster as it stands in files.
pub struct Dump {
    snapshot: Snapshot,
    /// The names of pods, in the order of their ids.
    names: Vec<String>,
    daemons: BTreeSet<String>,
    kinds: Vec<NodeKind>,
    /// What the files say and is not modelled.
    pub unmodelled: Vec<Unmodelled>,
}

/// There is no pod of that name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoSuchPod {
    /// What was probably meant.
    pub nearest: Option<String>,
    /// How many pods there are.
    pub pods: usize,
}

impl Dump {
    /// Reads files, folders and globs.
    ///
    /// # Errors
    /// Everything that is wrong with them; and a cluster without nodes.
    pub fn read(files: &[PathBuf]) -> Result<Dump, Diagnostics> {
        let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
        let mut loader = Loader::new(&mut tally, &mut found).of_a_cluster();
        let unread: Vec<_> = files
            .iter()
            .filter_map(|file| loader.path(file, &file.display().to_string()).err())
            .collect();
        let (loaded, _) = loader.into_objects();
        unread.into_iter().for_each(|diagnostic| found.push(*diagnostic));
        if found.has_errors() {
            return Err(found);
        }
        let objects: Vec<Object> = loaded.into_iter().map(|it| it.object).collect();
        let mut snapshot = snapshot(&objects, &[]).map_err(|wrong| {
            let mut found = Diagnostics::default();
            wrong.into_iter().for_each(|wrong| found.push(Diagnostic::new("E0301", wrong)));
            found
        })?;
        if snapshot.nodes.is_empty() {
            let message = "there is no node in what was read";
            return Err(Diagnostic::new("E0301", message).help(DUMP).into());
        }
        let kinds = kinds::of_dump(&mut snapshot.model, &objects);
        let model = &snapshot.model;
        let text = |name| model.names.text(name);
        let full = |pod: &StartPod| {
            format!("{}/{}", text(model.workloads[pod.workload].namespace), text(pod.name))
        };
        let names = model.start.pods.iter().map(full).collect();
        let daemons = objects.iter().filter(|object| is_daemon(object)).map(full_name).collect();
        Ok(Dump { snapshot, names, daemons, kinds, unmodelled: tally.into_list() })
    }

    /// Explains the pod of this name: `namespace/name`, or the name alone in `default`.
    ///
    /// # Errors
    /// If there is none.
    pub fn explain(&self, name: &str) -> Result<Explanation, NoSuchPod> {
        let Some(index) = self.place(name) else {
            let known = self.snapshot.pods.keys().map(String::as_str);
            let nearest =
                did_you_mean(name, known).map(str::to_owned).or_else(|| self.namesake(name));
            return Err(NoSuchPod { nearest, pods: self.names.len() });
        };
        let mut world = World::standing(&Arc::new(self.snapshot.model.clone()));
        let pod_name = |pod: PodId| self.names[pod.index()].clone();
        let is_daemon = |pod: PodId| self.daemons.contains(&self.names[pod.index()]);
        let mut situation = Situation {
            world: &mut world,
            profile: &Profile::default(),
            root: Root { seed: 0, replication: 0 },
            pod_name: &pod_name,
            is_daemon: &is_daemon,
            kinds: &self.kinds,
        };
        Ok(explain(&mut situation, PodId::from_index(index)))
    }

    fn place(&self, name: &str) -> Option<usize> {
        let pods: &BTreeMap<String, usize> = &self.snapshot.pods;
        pods.get(name).or_else(|| pods.get(&format!("default/{name}"))).copied()
    }

    /// A pod of the same name in another namespace.
    fn namesake(&self, name: &str) -> Option<String> {
        let own = |full: &str| full.rsplit('/').next().map(str::to_owned);
        self.names.iter().find(|full| own(full) == own(name)).cloned()
    }
}

fn full_name(object: &Object) -> String {
    format!("{}/{}", object.metadata().namespace(), object.metadata().name)
}

/// Whether an object is a pod that has its like on every node.
fn is_daemon(object: &Object) -> bool {
    let owner = object.metadata().controller();
    matches!(object, Object::Pod(_)) && owner.is_some_and(|owner| owner.kind == "DaemonSet")
}

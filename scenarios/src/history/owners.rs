//! Whose pods were recorded: by the manifests of their workloads, or else by what their names look like.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sim::autoscalers::vpa::sizing::Sizes;

use super::{Bounds, Recorded, stated};
use crate::diagnostic::Diagnostics;
use crate::inputs::Input;
use crate::kube::{ObjectKind, Workload};
use crate::load::{Loaded, Loader};
use crate::unmodelled::Tally;
use crate::usage::{Key, is_named_by};

/// The workloads that manifests describe.
#[derive(Default)]
pub(super) struct Owners {
    workloads: Vec<Described>,
}

/// A workload of the manifests.
struct Described {
    namespace: String,
    name: String,
    kind: ObjectKind,
    replicas: Option<u32>,
    /// Its containers that run all the time.
    containers: Vec<Sized>,
}

/// A container of the manifests.
#[derive(Clone)]
struct Sized {
    name: String,
    /// The list of the PodSpec that it is in.
    list: &'static str,
    /// What it requests and is limited to.
    sizes: Sizes,
    /// Within which bounds its autoscaler keeps it.
    bounds: Option<Bounds>,
}

/// The letters that Kubernetes makes random names of: no vowels, which could make words.
// apimachinery: pkg/util/rand/rand.go alphanums
const RANDOM: &str = "bcdfghjklmnpqrstvwxz2456789";
/// How many of them a pod's own suffix has.
// apiserver: pkg/storage/names/generate.go randomLength
const SUFFIX: usize = 5;

impl Owners {
    /// Reads manifests or a dump of a cluster; what is wrong with them is among the findings.
    pub(super) fn read(paths: &[PathBuf], found: &mut Diagnostics) -> (Owners, Vec<Input>) {
        let (mut tally, mut lenient) = (Tally::default(), Diagnostics::default());
        // What has nodes is a cluster's, and has been admitted by it.
        let (objects, inputs) =
            load(paths, Loader::new(&mut tally, &mut lenient).of_a_cluster(), &mut *found);
        let is_node = |it: &Loaded| it.object.kind() == ObjectKind::Node;
        if objects.iter().any(is_node) {
            lenient.iter().for_each(|it| found.push(it.clone()));
            return (Owners::of(&objects, found), inputs);
        }
        let (mut tally, mut strict) = (Tally::default(), Diagnostics::default());
        let (objects, inputs) =
            load(paths, Loader::new(&mut tally, &mut strict), &mut Diagnostics::default());
        strict.iter().for_each(|it| found.push(it.clone()));
        (Owners::of(&objects, found), inputs)
    }

    fn of(objects: &[Loaded], found: &mut Diagnostics) -> Owners {
        let mut owners = Owners::default();
        for loaded in objects {
            let Some(workload) = loaded.object.workload() else { continue };
            // Pods and ReplicaSets of a dump belong to what made them.
            if workload.metadata.owner_references.iter().any(|it| it.controller) {
                continue;
            }
            let vpa = stated::autoscaler(objects, &workload);
            let containers = stated::sized(&workload).map(|(list, container)| {
                let sizes = stated::sizes(container, &loaded.origin, found);
                let bounds = vpa
                    .and_then(|(vpa, origin)| stated::bounds(vpa, &container.name, origin, found));
                Sized { name: container.name.clone(), list, sizes, bounds }
            });
            let containers = containers.collect();
            owners.workloads.push(Described::of(&workload, containers));
        }
        owners
    }

    /// Whether nothing is described.
    pub(super) fn is_empty(&self) -> bool {
        self.workloads.is_empty()
    }

    /// Whose series it is, with nothing recorded yet.
    pub(super) fn of_series(&self, key: &Key) -> Recorded {
        let fits = |it: &&Described| it.has(key);
        // `web-admin-...` is of `web-admin` and not of `web`.
        let described = self.workloads.iter().filter(fits).max_by_key(|it| it.name.len());
        described.map_or_else(|| guessed(key), |it| it.recorded(key))
    }
}

fn load(
    paths: &[PathBuf],
    mut loader: Loader<'_>,
    found: &mut Diagnostics,
) -> (Vec<Loaded>, Vec<Input>) {
    for path in paths {
        if let Err(diagnostic) = loader.path(path, &path.display().to_string()) {
            found.push(*diagnostic);
        }
    }
    loader.into_objects()
}

impl Described {
    fn of(workload: &Workload<'_>, containers: Vec<Sized>) -> Described {
        Described {
            namespace: workload.metadata.namespace().to_owned(),
            name: workload.metadata.name.clone(),
            kind: workload.kind,
            replicas: workload.kind.keeps_replicas().then(|| workload.replicas.unwrap_or(1)),
            containers,
        }
    }

    /// Whether a series is of one of its containers; what the record does not name fits.
    fn has(&self, key: &Key) -> bool {
        let parts = match self.kind {
            ObjectKind::Deployment | ObjectKind::CronJob => 2,
            _ => 1,
        };
        let pod = key.pod.is_empty()
            || key.pod == self.name
            || (self.kind != ObjectKind::Pod && is_named_by(&key.pod, &self.name, parts));
        let namespace = key.namespace.is_empty() || key.namespace == self.namespace;
        pod && namespace && self.container(key).is_some()
    }

    /// Which of its containers a series is of; the only one, where the record names none.
    fn container(&self, key: &Key) -> Option<&Sized> {
        if !key.container.is_empty() {
            return self.containers.iter().find(|it| it.name == key.container);
        }
        self.containers.first().filter(|_| self.containers.len() == 1)
    }

    fn recorded(&self, key: &Key) -> Recorded {
        let unknown = || Sized {
            name: key.container.clone(),
            list: "containers",
            sizes: Sizes::default(),
            bounds: None,
        };
        let Sized { name, list, sizes, bounds } =
            self.container(key).cloned().unwrap_or_else(unknown);
        Recorded {
            namespace: self.namespace.clone(),
            workload: self.name.clone(),
            kind: self.kind,
            has_manifest: true,
            container: name,
            list,
            alongside: self.containers.len(),
            replicas: self.replicas,
            // Of all times, as far as is known.
            stated: if sizes == Sizes::default() { Vec::new() } else { vec![(i64::MIN, sizes)] },
            bounds,
            pods: BTreeMap::new(),
        }
    }
}

/// Whose series it looks like.
fn guessed(key: &Key) -> Recorded {
    let (workload, kind) = looks_like(&key.pod);
    let names = [workload, &key.container, "unnamed"];
    let workload = names.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    Recorded {
        namespace: key.namespace.clone(),
        workload: workload.to_owned(),
        kind,
        has_manifest: false,
        container: key.container.clone(),
        list: "containers",
        alongside: 1,
        replicas: None,
        stated: Vec::new(),
        bounds: None,
        pods: BTreeMap::new(),
    }
}

/// The workload that gives its pods such names.
fn looks_like(pod: &str) -> (&str, ObjectKind) {
    let is_random = |part: &str| part.chars().all(|it| RANDOM.contains(it));
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|it| it.is_ascii_digit());
    let split = |text| str::rsplit_once(text, '-').filter(|(name, _)| !name.is_empty());
    let Some((front, last)) = split(pod) else { return (pod, ObjectKind::Pod) };
    if last.len() == SUFFIX && is_random(last) {
        return match split(front) {
            // The hash of a pod template has up to ten of the same letters.
            Some((name, hash)) if (6..=10).contains(&hash.len()) && is_random(hash) => {
                (name, ObjectKind::Deployment)
            }
            // A CronJob's Jobs are numbered by the minute.
            Some((name, minute)) if minute.len() >= 8 && is_number(minute) => {
                (name, ObjectKind::CronJob)
            }
            _ => (front, ObjectKind::DaemonSet),
        };
    }
    if is_number(last) { (front, ObjectKind::StatefulSet) } else { (pod, ObjectKind::Pod) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_without_manifests_are_known_by_their_names() {
        for (pod, workload, kind) in [
            ("web-7f9c4d8b6d-x2x4z", "web", ObjectKind::Deployment),
            ("web-admin-5d4f8c7b9-kghtm", "web-admin", ObjectKind::Deployment),
            ("db-0", "db", ObjectKind::StatefulSet),
            ("backup-29384756-x2x4z", "backup", ObjectKind::CronJob),
            ("fluentd-x2x4z", "fluentd", ObjectKind::DaemonSet),
            ("proxy-cache", "proxy-cache", ObjectKind::Pod),
            ("alone", "alone", ObjectKind::Pod),
            ("-0", "-0", ObjectKind::Pod),
            ("", "", ObjectKind::Pod),
        ] {
            assert_eq!(looks_like(pod), (workload, kind), "{pod}");
        }
    }
}

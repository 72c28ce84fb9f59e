//! Histories of usage for `spotsim fit`: what files record, by workload and container, with what
//! manifests say that those request.
//!
//! ```text
//! usage files ─► usage (samples by pod and container) ─┐
//!                                                       ├─► owners ─► History (by workload)
//! manifests ───► load ─► workloads and their sizes ─────┘
//! ```

mod owners;
mod stated;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::{CpuMemory, Stated};

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::Paths;
use crate::file::usage::{Amount, CpuUnit, Field, MemoryUnit, Replay};
use crate::inputs::Input;
use crate::kube::ObjectKind;
use crate::reading::{self, Named};
use crate::usage::{self, Clock, Key, Recording, Samples, sums_of_pods};
use owners::Owners;
pub use stated::Bounds;
pub use yaml::{Resized, yaml};

/// How the files of usage are to be read, where they do not say so themselves.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// What columns are called.
    pub map: BTreeMap<Field, String>,
    /// In what CPU is.
    pub cpu_unit: Option<CpuUnit>,
    /// In what memory is.
    pub memory_unit: Option<MemoryUnit>,
}

/// What was recorded, by workload and container.
#[derive(Debug, Default)]
pub struct History {
    /// Each container, by namespace, workload and name.
    pub containers: Vec<Recorded>,
    /// Whether its times are dates; otherwise they count from a start.
    pub dated: bool,
    /// What was understood, guessed and repaired, in sentences.
    pub notes: Vec<String>,
    /// The files that were read.
    pub inputs: Vec<Input>,
}

/// One container of a workload.
#[derive(Debug)]
pub struct Recorded {
    /// The namespace; empty where neither the record nor a manifest names it.
    pub namespace: String,
    /// The workload.
    pub workload: String,
    /// Its kind: of its manifest, or else as the names of its pods look.
    pub kind: ObjectKind,
    /// Whether there is a manifest of it.
    pub has_manifest: bool,
    /// The container; empty where neither the record nor a manifest names it.
    pub container: String,
    /// The list of the PodSpec that it is in: `containers`, or `initContainers` for a sidecar.
    pub list: &'static str,
    /// How many containers its pods have.
    pub alongside: usize,
    /// How many pods the manifest wants.
    pub replicas: Option<u32>,
    /// What it requests and is limited to, from which millisecond on.
    pub stated: Vec<(i64, Sizes)>,
    /// Within which bounds a VerticalPodAutoscaler of the manifests keeps it.
    pub bounds: Option<Bounds>,
    /// What each of its series used, by its name in the record: milliseconds and millicores, milliseconds and bytes.
    pub pods: BTreeMap<String, CpuMemory<Vec<(i64, f64)>>>,
}

/// Reads what files of usage record, and what manifests or a dump of a cluster say of it.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn read(
    usage: &[PathBuf],
    manifests: &[PathBuf],
    columns: &Columns,
) -> Result<History, Diagnostics> {
    let mut found = Diagnostics::default();
    let shown = |path: &Path| path.display().to_string();
    let mut sources: Vec<Source> = Vec::new();
    for path in usage {
        match reading::source(path, &shown(path), Named::OnCommandLine) {
            Ok(source) => sources.push(source),
            Err(errors) => errors.iter().for_each(|error| found.push(error.clone())),
        }
    }
    let replay = Replay {
        file: Paths::Several(Vec::new()),
        pods: None,
        map: columns.map.clone(),
        cpu_unit: columns.cpu_unit,
        memory_unit: columns.memory_unit,
        of: Amount::default(),
        wide: None,
        start: None,
        repeat: false,
    };
    let recording = usage::of_files(&sources, &replay, &mut found);
    let (owners, mut inputs) = Owners::read(manifests, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    inputs.splice(0..0, sources.iter().map(|it| Input::of(&it.file, it.text.as_bytes())));
    let mut history = History {
        dated: recording.clock == Some(Clock::Dated),
        notes: recording.notes.clone(),
        inputs,
        ..History::default()
    };
    history.fill(recording, &owners, &mut found);
    if found.has_errors() { Err(found) } else { Ok(history) }
}

impl History {
    /// Sorts the series by whose they are.
    fn fill(&mut self, recording: Recording, owners: &Owners, found: &mut Diagnostics) {
        let whole = sums_of_pods(&recording);
        let files: Vec<&str> = self.inputs.iter().map(|it| it.file.as_str()).collect();
        let files = files.join(", ");
        let mut by_container: BTreeMap<(String, String, String), Recorded> = BTreeMap::new();
        let (mut left_out, mut strangers) = (0, 0);
        for (key, samples) in recording.samples {
            if whole.contains(&key) {
                left_out += 1;
                continue;
            }
            let owner = owners.of_series(&key);
            strangers += usize::from(!owners.is_empty() && !owner.has_manifest);
            let name = (owner.namespace.clone(), owner.workload.clone(), owner.container.clone());
            let recorded = by_container.entry(name).or_insert(owner);
            for mistake in recorded.add(&key, samples) {
                let message = format!("{files}: {}: {mistake}", key.words());
                let help =
                    "a request is at most the limit; correct the columns of the one or the other";
                found.push(Diagnostic::new("E0803", message).help(help));
            }
        }
        self.containers = by_container.into_values().collect();
        // As many containers as were recorded, where no manifest says how many there are.
        let mut together: BTreeMap<(String, String), usize> = BTreeMap::new();
        for it in &self.containers {
            *together.entry((it.namespace.clone(), it.workload.clone())).or_default() += 1;
        }
        for it in self.containers.iter_mut().filter(|it| !it.has_manifest) {
            let own = (it.namespace.clone(), it.workload.clone());
            it.alongside = together.get(&own).copied().unwrap_or(1);
        }
        if left_out > 0 {
            self.notes.push(format!(
                "{left_out} series of pods as a whole left out: those of their containers are there"
            ));
        }
        if strangers > 0 {
            self.notes.push(format!(
                "{strangers} series of no workload of the manifests: sorted by the names of their \
                 pods, without requests"
            ));
        } else if owners.is_empty() {
            self.notes.push("workloads are those that the names of the pods look like".into());
        }
    }
}

impl Recorded {
    /// Adds what was recorded of a pod. What is wrong with what it requests.
    fn add(&mut self, key: &Key, samples: Samples) -> Vec<String> {
        let Samples { cpu, memory, requests, limits } = samples;
        self.pods.insert(key.words(), CpuMemory { cpu, memory });
        let stated = changes(&requests, &limits);
        let mut wrong = Vec::new();
        for (_, sizes) in &stated {
            let names = [("CPU", "m"), ("memory", " B")];
            let each = sizes.requests.zip(sizes.limits).each();
            for ((request, limit), (lane, unit)) in each.into_iter().zip(names) {
                if let (Some(request), Some(limit)) = (request, limit)
                    && request > limit
                {
                    wrong.push(format!(
                        "it requests {request}{unit} of {lane} and is limited to {limit}{unit}"
                    ));
                }
            }
        }
        // What the record says of its time is nearer than what manifests say of today.
        if !stated.is_empty() {
            if self.has_manifest && self.stated.len() == 1 && self.stated[0].0 == i64::MIN {
                self.stated.clear();
            }
            self.stated.extend(stated);
            self.stated.sort_by_key(|(at, _)| *at);
            self.stated.dedup_by(|later, before| later.1 == before.1);
        }
        wrong.dedup();
        wrong
    }
}

/// What was requested and the limit was, at each of its changes. A limit without a request is one.
fn changes(
    requests: &CpuMemory<Vec<(i64, f64)>>,
    limits: &CpuMemory<Vec<(i64, f64)>>,
) -> Vec<(i64, Sizes)> {
    let lanes = [&requests.cpu, &requests.memory, &limits.cpu, &limits.memory];
    let mut times: Vec<i64> = lanes.iter().flat_map(|it| it.iter().map(|(at, _)| *at)).collect();
    times.sort_unstable();
    times.dedup();
    let at = |lane: &[(i64, f64)], at: i64| {
        let after = lane.partition_point(|(from, _)| *from <= at);
        // Not negative, and saturates.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        after.checked_sub(1).map(|last| lane[last].1.round() as u64).filter(|it| *it > 0)
    };
    let each = times.into_iter().map(|time| {
        let limits = CpuMemory { cpu: at(&limits.cpu, time), memory: at(&limits.memory, time) };
        let requests =
            CpuMemory { cpu: at(&requests.cpu, time), memory: at(&requests.memory, time) };
        (time, defaulted(requests, limits))
    });
    each.collect()
}

/// Sizes in which a limit without a request is one, as the API server has it.
fn defaulted(requests: Stated, limits: Stated) -> Sizes {
    Sizes { requests: requests.zip(limits).map(|(request, limit)| request.or(limit)), limits }
}

//! Recorded data: capacity over time and lifetimes of instances, from CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sim::{SimTime, Span};

/// Why data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file cannot be read, or a line of it is not understood.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// Each line is well-formed, but together they make no sense.
    #[error("{}: {what}", path.display())]
    Nonsense {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// A pool that was watched.
#[derive(Clone, Debug, Deserialize)]
pub struct Pool {
    /// Its name.
    pub pool_id: String,
    /// The instance type.
    pub instance_type: String,
    /// How many instances were wanted.
    pub target_count: u32,
    /// How far apart looks at it were, in seconds.
    pub sample_gap_s: u64,
    /// For how long it was watched, in seconds.
    pub duration_s: u64,
    /// How many instances there were, from which moment on.
    #[serde(skip)]
    pub trace: Vec<(SimTime, u32)>,
}

impl Pool {
    /// For how long it was watched.
    #[must_use]
    pub fn duration(&self) -> Span {
        Span::from_secs(self.duration_s)
    }
}

/// The life of one instance.
#[derive(Clone, Debug, Deserialize)]
pub struct Life {
    /// The pool it was in.
    pub pool_id: String,
    /// The instance type.
    pub instance_type: String,
    /// How long it lived, in seconds.
    pub lifetime_s: u64,
    /// 1 if it was still alive when nobody watched any more.
    pub censored: u8,
}

/// The life of one preemptible VM.
#[derive(Clone, Debug, Deserialize)]
pub struct VmLife {
    /// How long it lived, in seconds.
    pub lifetime_s: f64,
    /// `preempted`, or `stop` by its user.
    pub ended_by: String,
}

impl VmLife {
    /// Whether the provider took it.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.ended_by == "preempted"
    }
}

#[derive(Deserialize)]
struct Sample {
    pool_id: String,
    t_s: u64,
    count: u32,
}

/// Pools with what was seen of them: `pools.csv` and `availability.csv`.
///
/// # Errors
/// If a file is missing or a line is not understood, or if time goes backwards.
pub fn pools(folder: &Path) -> Result<Vec<Pool>, DataError> {
    let path = folder.join("availability.csv");
    let mut traces: BTreeMap<String, Vec<(SimTime, u32)>> = BTreeMap::new();
    for Sample { pool_id, t_s, count } in rows(&path)? {
        let trace = traces.entry(pool_id.clone()).or_default();
        let at = SimTime::ZERO + Span::from_secs(t_s);
        // A trace closes with its last row again.
        if trace.last() == Some(&(at, count)) {
            continue;
        }
        if trace.last().is_some_and(|(last, _)| *last >= at) {
            let what = format!("time goes backwards in {pool_id} at {t_s} s");
            return Err(DataError::Nonsense { path, what });
        }
        trace.push((at, count));
    }
    let mut pools: Vec<Pool> = rows(&folder.join("pools.csv"))?;
    for pool in &mut pools {
        pool.trace = traces.remove(&pool.pool_id).unwrap_or_default();
        if pool.trace.is_empty() || pool.trace[0].0 != SimTime::ZERO {
            let what = format!("{} has no trace that begins at 0 s", pool.pool_id);
            return Err(DataError::Nonsense { path, what });
        }
    }
    Ok(pools)
}

/// Lives of instances: `lifetimes.csv`.
///
/// # Errors
/// If the file is missing or a line is not understood.
pub fn lives(folder: &Path) -> Result<Vec<Life>, DataError> {
    rows(&folder.join("lifetimes.csv"))
}

/// Lives of preemptible VMs: `gcp_preemptible_lifetimes.csv`.
///
/// # Errors
/// If the file is missing or a line is not understood.
pub fn vm_lives(folder: &Path) -> Result<Vec<VmLife>, DataError> {
    rows(&folder.join("gcp_preemptible_lifetimes.csv"))
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, DataError> {
    let wrong = |source| DataError::File { path: path.to_owned(), source };
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    reader.deserialize().collect::<Result<_, _>>().map_err(wrong)
}

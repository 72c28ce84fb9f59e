//! Recorded data: capacity over time and lifetimes of instances, from CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sim::{SimTime, Span};

use crate::fit::Slots;

/// Why data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file cannot be read, or a line of it is not understood.
    #[error("{}: {what}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
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
        add(&mut traces, &pool_id, t_s, count, &path)?;
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

/// Up and down times from one table, a trace or lives, of the pools whose name contains `pool`.
///
/// # Errors
/// If the file is missing, is neither kind of table, or a line is not understood, or if time goes
/// backwards.
pub fn read_slots(path: &Path, pool: Option<&str>, slots: &mut Slots) -> Result<(), DataError> {
    let wrong =
        |error: csv::Error| DataError::File { path: path.to_owned(), what: error.to_string() };
    let nonsense = |what: String| DataError::Nonsense { path: path.to_owned(), what };
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    let header = reader.headers().map_err(wrong)?.clone();
    let has = |name: &str| header.iter().any(|column| column == name);
    if !(has("t_s") && has("count") || has("lifetime_s") && has("censored")) {
        let columns: Vec<&str> = header.iter().collect();
        return Err(nonsense(format!(
            "a trace has the columns `t_s` and `count`, lives have `lifetime_s` and `censored`; \
             here are {}",
            columns.join(", ")
        )));
    }
    let mut traces: BTreeMap<String, Vec<(SimTime, u32)>> = BTreeMap::new();
    for row in reader.deserialize() {
        let row: Recorded = row.map_err(wrong)?;
        let name = row.pool_id.unwrap_or_default();
        if pool.is_some_and(|pool| !name.contains(pool)) {
            continue;
        }
        match (row.t_s, row.count, row.lifetime_s, row.censored) {
            (Some(t_s), Some(count), ..) => add(&mut traces, &name, t_s, count, path)?,
            (_, _, Some(lifetime), Some(censored)) if lifetime.is_finite() && lifetime >= 0.0 => {
                slots.push(true, lifetime / 3_600.0, censored == 0);
            }
            _ => return Err(nonsense("a row has no count, and no lifetime either".into())),
        }
    }
    for trace in traces.values() {
        slots.add(trace, trace.iter().map(|(_, count)| *count).max().unwrap_or(0));
    }
    Ok(())
}

/// A row of either kind of table.
#[derive(Deserialize)]
struct Recorded {
    pool_id: Option<String>,
    t_s: Option<u64>,
    count: Option<u32>,
    lifetime_s: Option<f64>,
    censored: Option<u8>,
}

/// Adds a count to the trace it belongs to.
fn add(
    traces: &mut BTreeMap<String, Vec<(SimTime, u32)>>,
    pool: &str,
    t_s: u64,
    count: u32,
    path: &Path,
) -> Result<(), DataError> {
    let at = SimTime::ZERO + Span::from_secs(t_s);
    let trace = traces.entry(pool.to_owned()).or_default();
    // A trace closes with its last row again.
    if trace.last() == Some(&(at, count)) {
        return Ok(());
    }
    if trace.last().is_some_and(|(last, _)| *last >= at) {
        let of = if pool.is_empty() { String::new() } else { format!(" of {pool}") };
        let what = format!("time goes backwards in the trace{of} at {t_s} s");
        return Err(DataError::Nonsense { path: path.to_owned(), what });
    }
    trace.push((at, count));
    Ok(())
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, DataError> {
    let wrong =
        |error: csv::Error| DataError::File { path: path.to_owned(), what: error.to_string() };
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    reader.deserialize().collect::<Result<_, _>>().map_err(wrong)
}

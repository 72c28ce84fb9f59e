//! Recorded data: capacity over time and lifetimes of instances, from CSV files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use scenarios::diagnostic::{Diagnostic, Source};
use scenarios::limits::SPELLS;
use scenarios::reading::{self, Named};
use scenarios::traces::{self, Counts};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sim::Span;

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
    /// What is compared with the data could not be simulated.
    #[error(transparent)]
    Run(#[from] spotsim::Error),
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
    pub trace: Counts,
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
    /// 1 if it was still alive when the observation ended.
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

/// Pools with what was seen of them: `pools.csv` and `availability.csv`.
///
/// # Errors
/// If a file is missing or a line is not understood, or if time goes backwards.
pub fn pools(folder: &Path) -> Result<Vec<Pool>, DataError> {
    pools_of(folder, "")
}

/// The same of files whose names begin so: SkyNomad's are `skynomad_pools.csv` and
/// `skynomad_availability.csv`.
///
/// # Errors
/// As of `pools`.
pub fn pools_of(folder: &Path, prefix: &str) -> Result<Vec<Pool>, DataError> {
    let path = folder.join(format!("{prefix}availability.csv"));
    let mut traces = counts(&path, &text(&path)?, |_| true)?;
    let mut pools: Vec<Pool> = rows(&folder.join(format!("{prefix}pools.csv")))?;
    for pool in &mut pools {
        let Some(trace) = traces.remove(&pool.pool_id) else {
            let what = format!("{} has no trace", pool.pool_id);
            return Err(DataError::Nonsense { path, what });
        };
        pool.trace = trace;
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
    let nonsense = |what: String| DataError::Nonsense { path: path.to_owned(), what };
    let is_wanted = |name: &str| pool.is_none_or(|pool| name.contains(pool));
    let text = text(path)?;
    let header = reader(&text).headers().map_err(|error| wrong(path, &error))?.clone();
    let has = |name: &str| header.iter().any(|column| column.trim() == name);
    if has("t_s") && has("count") {
        for trace in counts(path, &text, is_wanted)?.values() {
            let many = slots.up.len().saturating_add(slots.down.len());
            if SPELLS.exceeded(many.saturating_add(spells(trace))) {
                return Err(nonsense(format!("{}; {}", SPELLS.message("this"), SPELLS.lift)));
            }
            slots.add(trace, trace.iter().map(|(_, count)| *count).max().unwrap_or(0));
        }
        return Ok(());
    }
    if !(has("lifetime_s") && has("censored")) {
        const WANTED: &str =
            "a trace has the columns `t_s` and `count`, lives have `lifetime_s` and `censored`";
        let columns: Vec<&str> = header.iter().collect();
        // It may be any file, which is not to be quoted.
        let is_near = ["t_s", "count", "lifetime_s", "censored"].into_iter().any(has);
        let here = if is_near { columns.join(", ") } else { "other columns".to_owned() };
        return Err(nonsense(format!("{WANTED}; here are {here}")));
    }
    for (row, Ended { pool_id, lifetime_s, censored }) in (1..).zip(parsed(path, &text)?) {
        if !is_wanted(pool_id.as_deref().unwrap_or_default()) {
            continue;
        }
        if !(0.0..=LONGEST_LIFE_S).contains(&lifetime_s) {
            let what =
                format!("row {row}: {lifetime_s:?} s is no lifetime, which is 0 s to 100 years");
            return Err(nonsense(what));
        }
        if censored > 1 {
            let what = format!(
                "row {row}: `censored` is 1 where the end was not seen, or 0; not {censored}"
            );
            return Err(nonsense(what));
        }
        slots.push(true, lifetime_s / 3_600.0, censored == 0);
    }
    Ok(())
}

/// No instance has lived for a hundred years.
const LONGEST_LIFE_S: f64 = 100.0 * 365.0 * 86_400.0;

/// How many up and down times a trace has at most: one of each instance there ever was, and one
/// more with every instance that comes or goes.
fn spells(trace: &Counts) -> usize {
    let most = trace.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let moves = trace.windows(2).map(|pair| pair[0].1.abs_diff(pair[1].1));
    moves.fold(most as usize, |sum, many| sum.saturating_add(many as usize))
}

/// A row of a table of lives, from any source.
#[derive(Deserialize)]
struct Ended {
    pool_id: Option<String>,
    lifetime_s: f64,
    censored: u8,
}

/// The traces in a table, as a scenario would replay them, by pool.
fn counts(
    path: &Path,
    text: &str,
    is_wanted: impl FnMut(&str) -> bool,
) -> Result<BTreeMap<String, Counts>, DataError> {
    let file = Source { file: path.display().to_string(), text: text.into() };
    let in_line = |diagnostic: Box<Diagnostic>| {
        let Diagnostic { message, place, .. } = *diagnostic;
        let line = place.map_or(1, |place| place.line_column().0);
        DataError::File { path: path.to_owned(), what: format!("line {line}: {message}") }
    };
    traces::counts(&file, is_wanted).map_err(in_line)
}

pub(crate) fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, DataError> {
    parsed(path, &text(path)?)
}

fn parsed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<Vec<T>, DataError> {
    reader(text).deserialize().collect::<Result<_, _>>().map_err(|error| wrong(path, &error))
}

/// Tables are read alike: lines that begin with `#` say nothing.
fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes())
}

pub(crate) fn text(path: &Path) -> Result<String, DataError> {
    reading::text(path, Named::OnCommandLine).map_err(|error| wrong(path, &error))
}

fn wrong(path: &Path, error: &dyn fmt::Display) -> DataError {
    DataError::File { path: path.to_owned(), what: error.to_string() }
}

//! V8: jobs with deadlines over several zones, as SkyNomad's simulator runs them: uniform progress in its
//! forms, SkyNomad itself, and the clairvoyant optimum, run for run.
//!
//! The recordings and the published costs are those of the artifact of "SkyNomad" (NSDI 2027), of GCP's
//! H100 in October 2025 and AWS' V100 in February 2023.

pub mod cells;
mod frame;
pub mod job;
pub mod market;
mod one_zone;
mod optimum;
mod policies;
pub mod run;

use std::path::{Path, PathBuf};

use self::cells::{Cell, Judged, Table};
use self::market::Archive;
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V8",
    about: "jobs with deadlines over several zones: uniform progress, SkyNomad and the optimum",
    run,
};

/// The variable that names other cells than those of the program.
pub const CELLS: &str = "SPOTSIM_V8_CELLS";

/// The cells that were published.
const PUBLISHED: &str = include_str!("../../fixtures/v8.json");

/// The cells that `SPOTSIM_V8_CELLS` names, or those that were published.
///
/// # Errors
/// If a file that is named cannot be read, or has no cells.
pub fn table() -> Result<Table, DataError> {
    match std::env::var_os(CELLS).map(PathBuf::from) {
        Some(path) => Table::parse(&data::text(&path)?, &path),
        None => Table::parse(PUBLISHED, Path::new("fixtures/v8.json")),
    }
}

/// A row for each cell, with the mean cost of its runs; and how many runs differ in anything at all.
fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let archive = Archive::read(folder)?;
    let nonsense = |what: String| DataError::Nonsense { path: folder.to_owned(), what };
    let table = table()?;
    let mut rows = Vec::new();
    let mut differing = 0_usize;
    for cell in table.cells_list.iter().filter(|it| it.is_stated()) {
        let Judged { cost: [expected, got], differences, .. } =
            cell.judge(&archive).map_err(nonsense)?;
        differing += usize::from(!differences.is_empty());
        let (what, bound) = (cell.id.clone(), Bound::Within(cells::TOLERANCE));
        rows.push(Row { what, expected, got, bound, decimals: 2 });
    }
    let unstated: Vec<&Cell> = table.cells_list.iter().filter(|it| !it.is_stated()).collect();
    let row = |what: String, got: usize| Row {
        what,
        expected: 0.0,
        got: got as f64,
        bound: Bound::Within(0.0),
        decimals: 0,
    };
    rows.push(row("cells of which a run differs in money, ticks or moves".into(), differing));
    for cell in unstated {
        let what = format!("{}: published without its rules", cell.id);
        rows.push(Row { bound: Bound::Shown, ..row(what, 0) });
    }
    Ok(rows)
}

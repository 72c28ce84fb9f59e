//! V8: every run of every published cell, in money, ticks and moves.
//!
//! The recordings are not ours to give away: they are looked for in `data/spot` of the folder that
//! `SPOTSIM_SHARED` names, or of `shared` beside the repository. `SPOTSIM_V8_CELLS` names other cells.

use std::path::{Path, PathBuf};

use validation::skynomad::market::Archive;
use validation::skynomad::table;

fn recordings() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("SPOTSIM_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("data/spot");
    folder.join("skynomad_availability.csv").exists().then_some(folder)
}

#[test]
fn every_run_of_every_cell_is_as_published() {
    let Some(folder) = recordings() else {
        println!("skipped: the recordings are not there");
        return;
    };
    let archive = Archive::read(&folder).unwrap();
    let table = table().unwrap();
    let mut differing = Vec::new();
    let (mut cells, mut runs) = (0, 0);
    for cell in table.cells_list.iter().filter(|it| it.is_stated()) {
        let judged = cell.judge(&archive).unwrap();
        cells += 1;
        runs += cell.runs.iter().filter(|it| !it.tie).count();
        if !judged.differences.is_empty() {
            differing.push(format!("{}\n  {}", cell.id, judged.differences.join("\n  ")));
        }
    }
    println!("{cells} cells, {runs} runs, {} cells differ", differing.len());
    assert!(
        differing.is_empty(),
        "{} of {cells} cells:\n{}",
        differing.len(),
        differing.join("\n")
    );
}

/// A cell whose rules were not published is the only one that is not run.
#[test]
fn no_cell_with_rules_is_left_out() {
    let table = table().unwrap();
    let left_out = table.cells_list.iter().filter(|it| !it.is_stated());
    let left_out: Vec<&str> = left_out.map(|it| &it.id[..]).collect();
    assert!(left_out.iter().all(|id| id.contains("ratio value")), "{left_out:?}");
}

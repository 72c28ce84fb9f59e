//! `spotsim import`, and `spotsim init --from`: scenarios for what is there already.

use std::io::Write;
use std::path::{Path, PathBuf};

use reports::layout::{self, WIDE};
use scenarios::file::ProviderName;
use scenarios::init::{Files, from_files};
use scenarios::template::SCHEMA_FILE;

use crate::Outcome;
use crate::args::ImportArgs;
use crate::failure::Failure;
use crate::terminal;

/// Writes a scenario for Kubernetes objects.
pub(crate) fn run(args: &ImportArgs) -> Outcome {
    write(&args.files, &args.output, args.provider, args.force)
}

/// Writes the scenario that `files` are, and a proposal for spot beside it.
pub(crate) fn write(
    files: &[PathBuf],
    scenario: &Path,
    provider: ProviderName,
    force: bool,
) -> Outcome {
    let spot = beside(scenario, "-spot");
    let named: Vec<String> = files.iter().map(|file| seen_from(scenario, file)).collect();
    let (shown, spot_shown) = (scenario.display().to_string(), spot.display().to_string());
    let names = Files { from: &named, scenario: &shown, spot: &spot_shown };
    let draft = from_files(files, names, provider)
        .map_err(|diagnostics| Failure::Input { diagnostics, json: false })?;
    let schema = scenario.with_file_name(SCHEMA_FILE);
    let mut written = vec![
        (scenario.to_owned(), draft.scenario),
        (schema, format!("{:#}\n", scenarios::schema::schema())),
    ];
    written.extend(draft.spot.iter().map(|text| (spot.clone(), text.clone())));
    spotsim::write_files(&written, force)?;
    let mut stderr = terminal::stderr();
    let columns = terminal::columns().unwrap_or(WIDE);
    let mut label = "Read   ";
    for note in &draft.notes {
        write!(stderr, "{}", layout::fit(&format!("{label} {note}"), columns))?;
        label = "       ";
    }
    writeln!(stderr, "Wrote   {shown}")?;
    if draft.spot.is_some() {
        writeln!(stderr, "        {spot_shown}, the proposal")?;
    }
    let mut label = "To do  ";
    for gap in &draft.gaps {
        write!(stderr, "{}", layout::fit(&format!("{label} {gap}"), columns))?;
        label = "       ";
    }
    writeln!(stderr, "Next    spotsim run {}", draft.spot.map_or(shown, |_| spot_shown))?;
    Ok(())
}

/// The file of the same kind whose name has something added.
fn beside(scenario: &Path, more: &str) -> PathBuf {
    let stem = scenario.file_stem().unwrap_or_default().to_string_lossy();
    let name = match scenario.extension() {
        Some(extension) => format!("{stem}{more}.{}", extension.to_string_lossy()),
        None => format!("{stem}{more}"),
    };
    scenario.with_file_name(name)
}

/// A path as a scenario must name it: scenarios look from their own folder.
fn seen_from(scenario: &Path, file: &Path) -> String {
    let here = scenario.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    let file = match std::path::absolute(file) {
        Ok(whole) if !here => whole,
        _ => file.to_owned(),
    };
    file.display().to_string()
}

//! `spotsim run --verify`: make a run again, and name what differs.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, anyhow};
use reports::export::manifest::{Manifest, Origin};
use reports::export::{Recording, facts};
use scenarios::Scenario;

use super::differences;
use super::progress::Progress;
use crate::Outcome;
use crate::args::How;
use crate::consent;
use crate::experiment;
use crate::failure::Failure;
use crate::run_files::Contents;
use crate::run_folder;
use crate::terminal;

/// Makes the run in `folder` again, from `instead` if that is given and from the file it was made
/// from if not.
pub(crate) fn run(folder: &Path, instead: Option<&Path>, how: &How) -> Outcome {
    let manifest = run_folder::read(folder).map_err(Failure::Usage)?;
    let n = manifest.replications;
    let scenario = scenario(&manifest, instead)?;
    consent::admit(&scenario, n, experiment::simulations(&scenario), (how.large, false))?;
    consent::use_threads(how.threads, n)?;
    let progress = Progress::new(how.quiet, manifest.replications);
    for change in changes(&manifest, &scenario) {
        progress.note(&format!("note: {change}"));
    }
    for damage in differences::damage(folder, &manifest) {
        progress.note(&format!("note: {damage}"));
    }
    let interrupted = || {
        progress.note("interrupted: nothing was compared");
        progress.interruption()
    };
    let results = experiment::run(&scenario, manifest.seed, manifest.replications, &progress)?;
    let summary = results.summary(&scenario, progress.stop());
    if progress.interrupted() {
        return Err(interrupted());
    }
    let contents = Contents {
        scenario: &scenario,
        origin: &manifest.origin,
        results: &results,
        summary: &summary,
    };
    let found =
        match differences::all(folder, &manifest, &contents, instead.is_some(), progress.stop()) {
            Err(_) if progress.interrupted() => return Err(interrupted()),
            found => found.map_err(Failure::Internal)?,
        };
    let mut stdout = terminal::stdout();
    differences::print(&found, &mut stdout)?;
    if !found.is_empty() {
        return Err(Failure::Differs);
    }
    let (n, digest) = (manifest.replications, &manifest.digest);
    let plans = if results.today.is_some() { "all three" } else { "both" };
    writeln!(stdout, "equal: {n} replications of {plans} plans, digest {digest}")?;
    Ok(())
}

/// The scenario that a run was made from.
pub(crate) fn scenario(manifest: &Manifest, instead: Option<&Path>) -> Result<Scenario, Failure> {
    let loaded = match (instead, &manifest.origin) {
        (Some(file), _) => Scenario::load(file),
        (None, Origin::Bundled(name)) => Scenario::library(name),
        (None, Origin::File(file)) if !Path::new(file).exists() => {
            let gone = anyhow!("{file}, from which the run was made, is not there");
            let help =
                "stand where the run was made; `run --verify RUN SCENARIO` takes another file";
            return Err(Failure::Usage(gone.context(help)));
        }
        (None, Origin::File(file)) => Scenario::load(Path::new(file)),
    };
    loaded.map_err(|diagnostics| Failure::Input { diagnostics, json: false })
}

/// What is not as it was when the run was made: a difference is then no surprise.
pub(crate) fn changes(manifest: &Manifest, scenario: &Scenario) -> Vec<String> {
    let mut changes = Vec::new();
    let version = env!("CARGO_PKG_VERSION");
    if manifest.version != version {
        changes.push(format!("made by spotsim {}, this is {version}", manifest.version));
    }
    for (then, now) in manifest.inputs.iter().zip(&scenario.inputs) {
        if then.sha256 != now.sha256 {
            changes.push(format!("{} has changed since the run was made", now.file));
        }
    }
    if manifest.inputs.len() != scenario.inputs.len() {
        let (then, now) = (manifest.inputs.len(), scenario.inputs.len());
        changes.push(format!("the scenario is made of {now} files now, and was of {then}"));
    }
    changes
}

/// Refuses to speak of the run in `folder` by one that is another: what is in the folder is then not
/// what would be explained.
pub(crate) fn is_recorded(folder: &Path, changes: &[String], recording: Recording<'_>) -> Outcome {
    let recorded = facts_of(folder)?;
    let Some(place) = facts::first_difference(&recorded, recording) else { return Ok(()) };
    let mut why: Vec<&str> = changes.iter().map(String::as_str).collect();
    let place = format!("the replay differs at facts.jsonl {place}");
    why.push(&place);
    let what = anyhow!("{} holds another run than its scenario gives now", folder.display());
    let help = "nothing is explained; bring the files back as they were, or make the run again";
    Err(Failure::Usage(anyhow!("{what}: {}; {help}", why.join("; "))))
}

/// The facts in the folder of a run.
fn facts_of(folder: &Path) -> Result<String, Failure> {
    let path = folder.join("facts.jsonl");
    std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))
        .map_err(Failure::Usage)
}

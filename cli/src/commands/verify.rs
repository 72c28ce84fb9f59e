//! `spotsim run --verify`: make a run again, and name the first thing that differs.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, anyhow};
use reports::export::facts;
use reports::export::manifest::{self, Manifest, Origin};
use scenarios::Scenario;

use super::progress::Progress;
use super::run::use_threads;
use crate::Outcome;
use crate::args::How;
use crate::experiment::{self, Results};
use crate::failure::Failure;
use crate::run_folder;

/// Makes the run in `folder` again, from `instead` if that is given and from the file it was made
/// from if not.
pub(crate) fn run(folder: &Path, instead: Option<&Path>, how: &How) -> Outcome {
    use_threads(how)?;
    let manifest = run_folder::read(folder).map_err(Failure::Usage)?;
    let scenario = scenario(&manifest, instead)?;
    let progress = Progress::new(how.quiet, manifest.replications);
    for change in changes(&manifest, &scenario) {
        progress.note(&format!("note: {change}"));
    }
    let results = experiment::run(&scenario, manifest.seed, manifest.replications, &progress)?;
    if progress.interrupted() {
        progress.note("interrupted: nothing was compared");
        return Err(progress.interruption());
    }
    let path = folder.join("facts.jsonl");
    let recorded = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))
        .map_err(Failure::Usage)?;
    let mut stdout = anstream::stdout().lock();
    match difference(&manifest, &recorded, &results) {
        None => {
            let (n, digest) = (manifest.replications, &manifest.digest);
            let plans = if results.today.is_some() { "all three" } else { "both" };
            writeln!(stdout, "equal: {n} replications of {plans} plans, digest {digest}")?;
            Ok(())
        }
        Some(difference) => {
            writeln!(stdout, "different: {difference}")?;
            Err(Failure::Differs)
        }
    }
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

/// The first thing that differs, in words. Facts are kept of one run only; of all others the
/// digests tell that they differ, but not where.
fn difference(manifest: &Manifest, recorded: &str, results: &Results) -> Option<String> {
    if let Some(place) = facts::first_difference(recorded, results.recording()) {
        return Some(format!("facts.jsonl {place}"));
    }
    let (no_digests, no_runs) = (Vec::new(), Vec::new());
    let plans = [
        ("proposed", &manifest.digests.proposed, &results.proposed),
        ("on-demand", &manifest.digests.on_demand, &results.on_demand),
        (
            "present",
            manifest.digests.today.as_ref().unwrap_or(&no_digests),
            results.today.as_ref().unwrap_or(&no_runs),
        ),
    ];
    plans.into_iter().find_map(|(plan, there, runs)| {
        let here = runs.iter().map(|(_, run)| manifest::digest(run.digest));
        if there.len() != runs.len() {
            let (there, here) = (there.len(), runs.len());
            return Some(format!(
                "manifest.json lists {there} digests of the {plan} plan, not {here}"
            ));
        }
        there.iter().zip(here).enumerate().find(|(_, (there, here))| *there != here).map(
            |(replication, (there, here))| {
                format!(
                    "replication {replication} of the {plan} plan has digest {there} in the file \
                     and {here} in the replay; its facts were not kept"
                )
            },
        )
    })
}

//! Where a plan comes from: a scenario file, or a run folder with the metrics of its replications.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use reports::metrics::{Measured, read_table};
use scenarios::Scenario;
use serde_json::Value;

use crate::Error;
use crate::atomic_write::folder;
use crate::run_folder::{KeptRun, REPLICATIONS_TABLE, SCENARIO};

/// A plan that is to be compared.
pub struct PlanSource {
    /// What it is called.
    pub name: String,
    /// Its scenario, as JSON.
    pub(super) written: Value,
    /// The files that it is made of, with their hashes.
    pub(super) files: Vec<(String, String)>,
    pub(super) made: Made,
    path: PathBuf,
}

/// What is there of a plan.
pub(super) enum Made {
    /// A scenario, which is to be run.
    Scenario(Box<Scenario>),
    /// A run that was kept.
    Kept(Kept),
}

/// A run that was kept.
pub(super) struct Kept {
    pub(super) seed: u64,
    pub(super) replications: u32,
    pub(super) measured: Measured,
    version: String,
}

impl PlanSource {
    /// A scenario under a name.
    #[must_use]
    pub fn of(name: impl Into<String>, scenario: Scenario) -> PlanSource {
        let files = scenario.inputs.iter().map(|it| (it.file.clone(), it.sha256.clone()));
        PlanSource {
            name: name.into(),
            written: scenario.written(),
            files: files.collect(),
            made: Made::Scenario(Box::new(scenario)),
            path: PathBuf::new(),
        }
    }

    /// Reads a scenario file or a run folder.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario; what is missing or changed in the folder.
    pub fn read(path: &Path) -> Result<PlanSource, Error> {
        if path.is_dir() {
            return kept(path);
        }
        let scenario = Scenario::load(path).map_err(Error::Input)?;
        let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned());
        let name = stem.unwrap_or_else(|| scenario.name.clone());
        Ok(PlanSource { path: path.to_owned(), ..PlanSource::of(name, scenario) })
    }

    /// The scenario, if it is to be run.
    #[must_use]
    pub fn scenario(&self) -> Option<&Scenario> {
        match &self.made {
            Made::Scenario(scenario) => Some(scenario),
            Made::Kept(_) => None,
        }
    }

    pub(super) fn kept(&self) -> Option<&Kept> {
        match &self.made {
            Made::Scenario(_) => None,
            Made::Kept(kept) => Some(kept),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        match &self.made {
            Made::Scenario(scenario) => scenario.seed,
            Made::Kept(kept) => kept.seed,
        }
    }

    /// Refuses a kept run that has no pair for each replication.
    pub(super) fn is_of(&self, seed: u64, replications: u32) -> Result<(), Error> {
        let Some(kept) = self.kept() else { return Ok(()) };
        let own = env!("CARGO_PKG_VERSION");
        let why = if kept.version != own {
            format!("was made by spotsim {}, and this is {own}", kept.version)
        } else if kept.seed != seed {
            format!("has the seed {}, and the others {seed}", kept.seed)
        } else if kept.replications != replications {
            format!("has {} replications, and the others {replications}", kept.replications)
        } else {
            return Ok(());
        };
        let help = "only the same replications are compared; make the run again";
        let what = anyhow!("{} {why}; {help}", self.path.display());
        Err(Error::Refused(what))
    }
}

/// Reads a run folder.
fn kept(path: &Path) -> Result<PlanSource, Error> {
    let run = KeptRun::open(path)?;
    let manifest = run.manifest();
    let read = |name: &str| -> Result<Vec<u8>, Error> {
        let file = path.join(name);
        let listed = manifest.files.iter().find(|it| it.file == name);
        let damaged = |why: &str| {
            let help = "`spotsim run --verify` says more";
            Error::Refused(anyhow!("{} {why}; {help}", file.display()))
        };
        let listed = listed.ok_or_else(|| damaged("is not listed in manifest.json"))?;
        let bytes = folder::read(&file)
            .with_context(|| format!("cannot read {}", file.display()))
            .map_err(Error::Refused)?;
        if folder::hash_bytes(name, &bytes) != *listed {
            return Err(damaged("was changed after manifest.json was written"));
        }
        Ok(bytes)
    };
    let refused = |what: &dyn std::fmt::Display, name: &str| {
        let file = path.join(name);
        Error::Refused(anyhow!("{} cannot be compared: {what}", file.display()))
    };
    let table = read(REPLICATIONS_TABLE)?;
    let measured = read_table(&table[..]).map_err(|it| refused(&it, REPLICATIONS_TABLE))?;
    let written = read(SCENARIO)?;
    let written = serde_json::from_slice(&written).map_err(|it| refused(&it, SCENARIO))?;
    if measured.replications != manifest.replications as usize {
        let what = format!("it has {} replications", measured.replications);
        return Err(refused(&what, REPLICATIONS_TABLE));
    }
    let files = manifest.inputs.iter().map(|it| (it.file.clone(), it.sha256.clone()));
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
    Ok(PlanSource {
        name: name.unwrap_or_else(|| manifest.scenario.clone()),
        written,
        files: files.collect(),
        made: Made::Kept(Kept {
            seed: manifest.seed,
            replications: manifest.replications,
            measured,
            version: manifest.version.clone(),
        }),
        path: path.to_owned(),
    })
}

/// Gives plans names of their own: by their paths where the names of files are the same, and by their
/// places where paths are.
pub(super) fn tell_apart(plans: &mut [PlanSource]) {
    let all_differ = |plans: &[PlanSource]| {
        plans.iter().map(|it| &it.name).collect::<BTreeSet<_>>().len() == plans.len()
    };
    if !all_differ(plans) {
        for plan in plans.iter_mut().filter(|it| !it.path.as_os_str().is_empty()) {
            plan.name = plan.path.with_extension("").display().to_string();
        }
    }
    if !all_differ(plans) {
        for (index, plan) in plans.iter_mut().enumerate() {
            plan.name = format!("{} ({})", plan.name, index + 1);
        }
    }
}

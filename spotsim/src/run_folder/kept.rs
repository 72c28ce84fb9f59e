//! A run that was kept, to be made again: what it was made from, and whether it still is the same.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use reports::Recording;
use reports::Summary;
use reports::cost::trace::{self, Trace};
use reports::export::facts;
use reports::export::manifest::{Manifest, Origin};
use scenarios::Scenario;
use scenarios::explain_pod::Explanation;
use sim::{Fact, Legend, Root, SimTime, Stop};

use super::contents::Contents;
use super::explain_node::{self, NodeExplanation};
use super::{differences, explain_pod, read};
use crate::Error;
use crate::comparison::{RECORDED, Results};

/// A run folder that is there.
#[derive(Debug)]
pub struct KeptRun {
    folder: PathBuf,
    manifest: Manifest,
}

impl KeptRun {
    /// Reads the manifest of the run in `folder`.
    pub fn open(folder: &Path) -> Result<KeptRun, Error> {
        let manifest = read(folder).map_err(Error::Refused)?;
        Ok(KeptRun { folder: folder.to_owned(), manifest })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What its manifest says.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The scenario that it was made from; from the file `instead` if that is given.
    pub fn scenario(&self, instead: Option<&Path>) -> Result<Scenario, Error> {
        let loaded = match (instead, &self.manifest.origin) {
            (Some(file), _) => Scenario::load(file),
            (None, Origin::Bundled(name)) => Scenario::library(name),
            (None, Origin::File(file)) if is_gone(Path::new(file)) => {
                let gone = anyhow!("{file}, from which the run was made, is not there");
                let help =
                    "stand where the run was made; `run --verify RUN SCENARIO` takes another file";
                return Err(Error::Refused(gone.context(help)));
            }
            (None, Origin::File(file)) => Scenario::load(Path::new(file)),
        };
        let scenario = loaded.map_err(Error::Input)?;
        let changes = self.manifest.changes.get(&self.manifest.recorded.plan);
        let changes: Vec<(&str, &str)> =
            changes.into_iter().flatten().map(|it| (&it.path[..], &it.value[..])).collect();
        if changes.is_empty() {
            return Ok(scenario);
        }
        scenario.with(&changes).map_err(Error::Input)
    }

    /// What is not as it was when the run was made: a difference is then no surprise.
    #[must_use]
    pub fn changes(&self, scenario: &Scenario) -> Vec<String> {
        let manifest = &self.manifest;
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

    /// Files that are not as the manifest says, whatever a replay may say of them.
    #[must_use]
    pub fn damage(&self) -> Vec<String> {
        differences::damage(&self.folder, &self.manifest)
    }

    /// What differs from the same run made again, in words, one place of each file; the facts first,
    /// which say when it began. `inputs_moved` says that the inputs were read elsewhere, under other
    /// names.
    pub fn differences(
        &self,
        results: &Results<'_>,
        summary: &Summary,
        inputs_moved: bool,
        stop: Stop<'_>,
    ) -> Result<Vec<String>, Error> {
        let contents = Contents { origin: &self.manifest.origin, results, summary };
        differences::all(&self.folder, &self.manifest, &contents, inputs_moved, stop)
            .map_err(Error::Failed)
    }

    /// Where every cent of the recorded run comes from: it is made again.
    ///
    /// # Errors
    /// If what is in the folder is another run than the scenario gives now.
    pub fn trace_cost(&self, scenario: &Scenario) -> Result<Trace, Error> {
        let root = Root { seed: self.manifest.seed, replication: RECORDED };
        let mut facts: Vec<(SimTime, Fact)> = Vec::new();
        let run = sim::run(&scenario.setup, root, &mut facts);
        let legend = Legend::of(&scenario.setup);
        let recording = Recording { legend: &legend, facts: &facts, refusals: &run.refusals };
        self.is_recorded(scenario, recording)?;
        Ok(trace::of(recording))
    }

    /// Why a pod of the recorded run is where it is, or nowhere, as it stood at an instant, or else at
    /// the end: the run is made again.
    ///
    /// # Errors
    /// If there is no such pod or instant, or if what is in the folder is another run than the scenario
    /// gives now.
    pub fn explain_pod(
        &self,
        scenario: &Scenario,
        name: &str,
        at: Option<SimTime>,
    ) -> Result<Explanation, Error> {
        explain_pod::explained(self, scenario, name, at)
    }

    /// Why a node of the recorded run is still there, as it stood at an instant, or else at the end, and
    /// what would let it go: the run is made again.
    ///
    /// # Errors
    /// As [`explain_pod`](Self::explain_pod).
    pub fn explain_node(
        &self,
        scenario: &Scenario,
        name: &str,
        at: Option<SimTime>,
    ) -> Result<NodeExplanation, Error> {
        explain_node::explained(self, scenario, name, at)
    }

    /// Refuses to speak of the run by one that is another: what is in the folder is then not what
    /// would be explained.
    pub(super) fn is_recorded(
        &self,
        scenario: &Scenario,
        recording: Recording<'_>,
    ) -> Result<(), Error> {
        let path = self.folder.join("facts.jsonl");
        let recorded = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))
            .map_err(Error::Refused)?;
        let Some(place) = facts::first_difference(&recorded, recording) else { return Ok(()) };
        let mut why = self.changes(scenario);
        why.push(format!("the replay differs at facts.jsonl {place}"));
        let folder = self.folder.display();
        let what = anyhow!("{folder} holds another run than its scenario gives now");
        let help = "nothing is explained; bring the files back as they were, or make the run again";
        Err(Error::Refused(anyhow!("{what}: {}; {help}", why.join("; "))))
    }
}

/// Whether there is neither such a file nor a bundled scenario of that name.
fn is_gone(scenario: &Path) -> bool {
    !scenario.exists() && Scenario::bundled(scenario).is_none()
}

#[cfg(test)]
mod tests {
    use reports::summary::Change;

    use super::*;
    use crate::{Comparison, RunFolder};

    /// What was changed in a scenario is in the manifest, and is changed again to make the run again.
    #[test]
    fn a_run_of_a_changed_scenario_is_made_again_from_its_changes() {
        let place = tempfile::tempdir().unwrap();
        let origin = Origin::Bundled("web-on-spot".into());
        let changes = [("horizon", "2h"), ("pools.spot.count", "9")];
        let scenario = Scenario::library("web-on-spot").unwrap().with(&changes).unwrap();
        let made = |scenario: &Scenario| {
            let comparison = Comparison { replications: 1, ..Comparison::of(scenario) };
            comparison.run(Stop::NEVER, |_| {}).map(|it| it.summary(Stop::NEVER).digest)
        };
        let comparison = Comparison { replications: 1, ..Comparison::of(&scenario) };
        let results = comparison.run(Stop::NEVER, |_| {}).unwrap();
        let summary = results.summary(Stop::NEVER);
        let folder = RunFolder { path: place.path().join("run"), force: false, origin };
        folder.write(&results, &summary, Stop::NEVER).unwrap();

        let kept = KeptRun::open(&folder.path).unwrap();
        let change =
            |(path, value): (&str, &str)| Change { path: path.into(), value: value.into() };
        assert_eq!(kept.manifest().changes["proposed"], changes.map(change));
        assert!(!kept.manifest().changes.contains_key("onDemand"));
        let again = kept.scenario(None).unwrap();
        assert_eq!(kept.changes(&again), Vec::<String>::new());
        assert_eq!(made(&again).unwrap(), summary.digest);
        let found = kept.differences(&results, &summary, false, Stop::NEVER).unwrap();
        assert_eq!(found, Vec::<String>::new());
    }
}

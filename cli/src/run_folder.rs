//! The run folder: what an experiment leaves behind, to look into, to share and to make again.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use reports::export::manifest::{self, Digests, File, Manifest, Origin, Recorded};
use reports::export::{breakdown, costs, facts, nodes, pods, series};
use reports::{Summary, chart, charts};
use scenarios::Scenario;
use scenarios::inputs::sha256;
use sim::{Run, Stop};

use crate::experiment::{RECORDED, Results};
use crate::failure::Failure;
use crate::folder::{self, Draft};

/// The name of the file that says what the others are.
pub(crate) const MANIFEST: &str = "manifest.json";

/// What was found where a run folder was to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Written {
    /// Nothing, or something that was to be replaced.
    New,
    /// The same files, byte for byte.
    AlreadyThere,
    /// Nothing: the user wanted to stop. What was there is there.
    Stopped,
}

/// A run folder that is to be written.
pub(crate) struct RunFolder<'a> {
    /// Where.
    pub(crate) path: PathBuf,
    /// Whether to replace another run that is already there.
    pub(crate) force: bool,
    /// The scenario.
    pub(crate) scenario: &'a Scenario,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

impl RunFolder<'_> {
    /// Refuses a place that holds something else than a run, before any time is spent on it.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let there = self.path.exists() && !folder::is_empty(&self.path);
        if there && read(&self.path).is_err() {
            let what = anyhow!("{} is there and is not a run folder", self.path.display());
            return Err(Failure::Usage(
                what.context("nothing was simulated; choose another --out"),
            ));
        }
        Ok(())
    }

    /// Writes it, unless it is already there or no longer wanted.
    pub(crate) fn write(
        &self,
        results: &Results,
        summary: &Summary,
        stop: Stop<'_>,
    ) -> Result<Written, Failure> {
        let path = self.path.display();
        let cannot = |error: anyhow::Error| {
            Failure::Internal(error.context(format!("cannot write {path}; nothing was left there")))
        };
        let draft = Draft::begin(&self.path, stop).map_err(|error| cannot(error.into()))?;
        let files = match files(&draft, self.scenario, (results, summary), stop) {
            Err(_) if stop.is_wanted() => return Ok(Written::Stopped),
            other => other.map_err(cannot)?,
        };
        if self.path.exists() && !folder::is_empty(&self.path) {
            if is_the_same(&self.path, &files) {
                return Ok(Written::AlreadyThere);
            }
            if !self.force {
                let what = anyhow!("{path} holds another run");
                return Err(Failure::Usage(
                    what.context("not written; pass --force to replace it"),
                ));
            }
        }
        let manifest = self.manifest(results, summary, files).to_json() + "\n";
        let written = draft
            .write(MANIFEST, |out| out.write_all(manifest.as_bytes()))
            .and_then(|_| draft.publish());
        match written {
            Err(_) if stop.is_wanted() => Ok(Written::Stopped),
            other => other.map(|()| Written::New).map_err(|error| cannot(error.into())),
        }
    }

    fn manifest(&self, results: &Results, summary: &Summary, files: Vec<File>) -> Manifest {
        let digests = |runs: &[(reports::Figures, Run)]| {
            runs.iter().map(|(_, run)| manifest::digest(run.digest)).collect()
        };
        let replications = u32::try_from(results.pairs()).expect("counted in 32 bits");
        let what = match &self.origin {
            Origin::File(file) => format!("run {file}"),
            Origin::Bundled(name) => format!("demo {name}"),
        };
        let inputs = self.scenario.inputs.iter().map(|input| File {
            file: input.file.clone(),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        });
        Manifest {
            schema: manifest::SCHEMA.into(),
            version: summary.version.clone(),
            scenario: self.scenario.name.clone(),
            origin: self.origin.clone(),
            inputs: inputs.collect(),
            seed: results.seed,
            replications,
            command: format!("spotsim {what} -n {replications} --seed {}", results.seed),
            recorded: Recorded { plan: "proposed".into(), replication: RECORDED },
            digest: summary.digest.clone(),
            digests: Digests {
                proposed: digests(&results.proposed),
                on_demand: digests(&results.on_demand),
                today: results.today.as_deref().map(digests),
            },
            files,
        }
    }
}

/// The manifest of a run folder.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Manifest::from_json(&text)
        .map_err(|error| anyhow!("{} is not a manifest: {error}", path.display()))
}

/// Where a run goes if nobody says: named after the scenario, and after all that it depends on.
pub(crate) fn default_path(scenario: &Scenario, seed: u64, n: u32) -> PathBuf {
    let mut all = format!("{} {seed} {n}", env!("CARGO_PKG_VERSION"));
    for input in &scenario.inputs {
        all = format!("{all}\n{} {}", input.sha256, input.file);
    }
    let hash = &sha256(all.as_bytes())[..8];
    let fit = |c: char| if c.is_ascii_alphanumeric() || "._".contains(c) { c } else { '-' };
    let name: String = scenario.name.chars().map(fit).take(60).collect();
    Path::new("runs").join(format!("{}-{hash}", name.trim_start_matches('.')))
}

/// Writes all files but the manifest.
fn files(
    draft: &Draft<'_>,
    scenario: &Scenario,
    (results, summary): (&Results, &Summary),
    stop: Stop<'_>,
) -> anyhow::Result<Vec<File>> {
    let recording = results.recording();
    let [proposed, on_demand] = &results.series;
    let json = summary.to_json() + "\n";
    let mut files = vec![
        draft.write("summary.json", |out| out.write_all(json.as_bytes()))?,
        draft.write("series.csv", |out| series::write(proposed, on_demand, out))?,
        draft.write("nodes.csv", |out| nodes::write(recording, out))?,
        draft.write("pods.csv", |out| pods::write(recording, out))?,
        draft.write("costs.csv", |out| costs::write(recording, out))?,
        draft.write("breakdown.csv", |out| {
            breakdown::write(results.breakdowns(), results.pairs(), recording.legend, out)
        })?,
        draft.write("facts.jsonl", |out| facts::write(recording, out))?,
        draft.write("facts-on-demand.jsonl", |out| {
            facts::write(results.on_demand_recording(), out)
        })?,
    ];
    let shown = results.shown(&scenario.setup, stop).context(folder::STOPPED)?;
    for chart in charts::all(&results.story(summary, &shown)) {
        let [svg, png] = ["svg", "png"].map(|format| format!("{}.{format}", chart.name));
        files.push(draft.write(&svg, |out| out.write_all(chart::svg(&chart).as_bytes()))?);
        files.push(draft.write(&png, |out| out.write_all(&chart::png(&chart)))?);
    }
    Ok(files)
}

/// Whether a run folder holds exactly these files beside its manifest.
fn is_the_same(folder: &Path, files: &[File]) -> bool {
    read(folder).is_ok_and(|manifest| manifest.files == files)
        && files
            .iter()
            .all(|file| folder::hash(&folder.join(&file.file)).is_ok_and(|there| there == *file))
}

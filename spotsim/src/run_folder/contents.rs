//! The files of a run folder: what each of them holds, and the manifest that lists them.

use std::io::Write;

use anyhow::Context;
use reports::cost::ledger::Books;
use reports::export::manifest::{self, Digests, File, Manifest, Origin, Recorded};
use reports::export::{breakdown, costs, facts, nodes, pods, series};
use reports::metrics::write_table;
use reports::{Summary, chart};
use sim::Stop;
use sim::plain::plain_lines;

use super::requests;
use crate::atomic_write::folder;
use crate::comparison::{PROPOSED, RECORDED, Results};

/// The name of the file that says what the others are.
pub(super) const MANIFEST: &str = "manifest.json";

/// The scenario that was run, as JSON.
pub(crate) const SCENARIO: &str = "scenario.json";

/// The metrics of each replication.
pub(crate) const REPLICATIONS_TABLE: &str = "replications.csv";

/// The file with the facts of a variant's recorded run.
pub(super) fn facts_of(variant: &str) -> String {
    match variant {
        PROPOSED => "facts.jsonl".into(),
        other => format!("facts-{other}.jsonl"),
    }
}

/// Writes a file's content to the place it is given.
pub(super) type Fill<'f> = &'f dyn Fn(&mut dyn Write) -> anyhow::Result<()>;

/// What a run folder is made of.
#[derive(Clone, Copy)]
pub(super) struct Contents<'a> {
    /// Where the scenario comes from.
    pub(super) origin: &'a Origin,
    /// What came out.
    pub(super) results: &'a Results<'a>,
    /// Its figures.
    pub(super) summary: &'a Summary,
}

impl Contents<'_> {
    /// Hands over every file but the manifest, in the order of the manifest: its name, and what
    /// fills it.
    pub(super) fn each(
        &self,
        stop: Stop<'_>,
        mut keep: impl FnMut(&str, Fill<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut keep = |name: &str, fill: Fill<'_>| keep(name, fill).context(name.to_owned());
        let results = self.results;
        let recording = results.subject().recording().context("the run is not recorded")?;
        let books = Books::of(recording);
        let others: Vec<_> =
            results.others().map(|(variant, series)| (&variant.name[..], series)).collect();
        let json = self.summary.to_json() + "\n";
        keep("summary.json", &|out| Ok(out.write_all(json.as_bytes())?))?;
        let scenario = plain_lines(&format!("{:#}\n", results.scenario.written())).into_owned();
        keep(SCENARIO, &|out| Ok(out.write_all(scenario.as_bytes())?))?;
        keep(REPLICATIONS_TABLE, &|out| Ok(write_table(&results.readings().rows(), out)?))?;
        keep("series.csv", &|out| Ok(series::write(results.series(), &others, out)?))?;
        keep("nodes.csv", &|out| Ok(nodes::write(recording, &books, out)?))?;
        keep("pods.csv", &|out| Ok(pods::write(recording, out)?))?;
        keep("costs.csv", &|out| Ok(costs::write(recording, &books, out)?))?;
        keep("breakdown.csv", &|out| {
            let subject = results.subject().breakdown();
            let others = results.others();
            let others: Vec<_> = others.map(|(it, _)| (&it.name[..], it.breakdown())).collect();
            let (n, legend) = (results.pairs(), recording.legend);
            Ok(breakdown::write(&subject, &others, n, legend, out)?)
        })?;
        if let Some(yaml) = requests::text(self.summary, recording.legend) {
            keep("requests.yaml", &|out| Ok(out.write_all(yaml.as_bytes())?))?;
        }
        for (variant, recording) in results.recordings() {
            keep(&facts_of(variant), &|mut out| Ok(facts::write(recording, &mut out)?))?;
        }
        for chart in results.charts(self.summary, stop).context(folder::STOPPED)? {
            let [svg, png] = ["svg", "png"].map(|format| format!("{}.{format}", chart.name));
            keep(&svg, &|out| Ok(out.write_all(chart::svg(&chart).as_bytes())?))?;
            keep(&png, &|out| Ok(out.write_all(&chart::png(&chart))?))?;
        }
        Ok(())
    }

    /// The manifest that lists `files`.
    pub(super) fn manifest(&self, files: Vec<File>) -> Manifest {
        let (results, summary) = (self.results, self.summary);
        let digests = results.variants.iter().map(|(_, it)| {
            let runs = it.runs.iter().map(|(_, run)| manifest::digest(run.digest));
            (manifest::key(&it.name), runs.collect())
        });
        let changes = results.variants.iter().filter(|(_, it)| !it.changes.is_empty());
        let changes = changes.map(|(_, it)| (manifest::key(&it.name), it.changes.clone()));
        let replications = u32::try_from(results.pairs()).expect("counted in 32 bits");
        let inputs = results.scenario.inputs.iter().map(|input| File {
            file: input.file.clone(),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        });
        Manifest {
            schema: manifest::SCHEMA.into(),
            version: summary.version.clone(),
            scenario: results.scenario.name.clone(),
            origin: self.origin.clone(),
            inputs: inputs.collect(),
            seed: results.seed,
            replications,
            command: results.command(self.origin),
            changes: changes.collect(),
            recorded: Recorded { plan: results.subject().name.clone(), replication: RECORDED },
            digest: summary.digest.clone(),
            digests: Digests(digests.collect()),
            files,
        }
    }
}

//! `manifest.json`: what a run folder was made from and what it contains, so that it can be made
//! again and compared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::plain::plain_lines;

/// The version of this format.
pub const SCHEMA: &str = "spotsim/run/v1";

/// What a run folder was made from, and what it contains.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The version of this format.
    pub schema: String,
    /// The version of the program.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// Where the scenario comes from.
    pub origin: Origin,
    /// Every file that was read, the scenario first.
    pub inputs: Vec<File>,
    /// The seed.
    pub seed: u64,
    /// How many replications there were of each plan.
    pub replications: u32,
    /// What has to be typed to get the same again.
    pub command: String,
    /// Which run `facts.jsonl`, `nodes.csv`, `pods.csv` and `costs.csv` are of.
    pub recorded: Recorded,
    /// A hash of every fact of every run, as `summary.json` has it.
    pub digest: String,
    /// The same for each run alone.
    pub digests: Digests,
    /// Every other file in the folder.
    pub files: Vec<File>,
}

/// Where a scenario comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// From a file, by its name as it was typed.
    File(String),
    /// From the program itself, by its name there.
    Bundled(String),
}

/// A file by name and content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    /// Its name.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// Which run the files of a single run are of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recorded {
    /// `proposed`: the scenario as it is.
    pub plan: String,
    /// Which replication.
    pub replication: u32,
}

/// The digest of each run, in the order of the replications.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digests {
    /// Of the scenario as it is.
    pub proposed: Vec<String>,
    /// Of the same workload on on-demand nodes only.
    pub on_demand: Vec<String>,
    /// Of what is paid today, if the scenario names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Vec<String>>,
}

impl Manifest {
    /// As indented JSON.
    ///
    /// # Panics
    /// Never: there is nothing in it that JSON cannot say.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("plain data");
        plain_lines(&text).into_owned()
    }

    /// From JSON.
    ///
    /// # Errors
    /// If the text is not a manifest of this version.
    pub fn from_json(text: &str) -> Result<Manifest, String> {
        let manifest: Manifest = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if manifest.schema != SCHEMA {
            return Err(format!("its schema is {}, not {SCHEMA}", manifest.schema));
        }
        Ok(manifest)
    }
}

/// A digest as manifests write it.
#[must_use]
pub fn digest(value: u64) -> String {
    format!("{value:016x}")
}

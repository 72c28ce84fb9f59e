//! `manifest.json`: what a run folder was made from and what it contains, so that it can be made
//! again and compared.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sim::plain::plain_lines;

use crate::summary::Change;

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
    /// How many replications there were of each variant.
    pub replications: u32,
    /// What variants change in the scenario, by their keys; not there where none changes anything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<String, Vec<Change>>,
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
    /// The variant: `proposed` is the scenario as it is.
    pub plan: String,
    /// Which replication.
    pub replication: u32,
}

/// The digest of each run of each variant, in the order of the replications: in JSON an object with a
/// key for each variant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Digests(pub Vec<(String, Vec<String>)>);

impl Digests {
    /// Those of a variant, by its key.
    #[must_use]
    pub fn of(&self, key: &str) -> Option<&[String]> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, digests)| &digests[..])
    }
}

/// The key of a variant in a manifest: its name as JSON spells names, `onDemand`.
#[must_use]
pub fn key(name: &str) -> String {
    let mut key = String::new();
    for (index, word) in name.split('-').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 && !key.is_empty() => {
                key.extend(first.to_uppercase());
                key += letters.as_str();
            }
            _ => key += word,
        }
    }
    key
}

impl Serialize for Digests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, digests)| (key, digests)))
    }
}

impl<'de> Deserialize<'de> for Digests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Digests, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Digests;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("digests by variant")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Digests, A::Error> {
                let mut digests = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    digests.push(entry);
                }
                Ok(Digests(digests))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl JsonSchema for Digests {
    fn schema_name() -> Cow<'static, str> {
        "Digests".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, Vec<String>>::json_schema(generator)
    }
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
    /// If the text is not a manifest, or one of another version.
    pub fn from_json(text: &str) -> Result<Manifest, String> {
        #[derive(Deserialize)]
        struct Version {
            schema: Option<String>,
        }
        // A manifest of another version has other fields, which say nothing of what is wrong.
        let version: Version = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match version.schema {
            Some(schema) if schema != SCHEMA => {
                Err(format!("its schema is {schema}, not {SCHEMA}"))
            }
            _ => serde_json::from_str(text).map_err(|error| error.to_string()),
        }
    }
}

/// A digest as manifests write it.
#[must_use]
pub fn digest(value: u64) -> String {
    format!("{value:016x}")
}

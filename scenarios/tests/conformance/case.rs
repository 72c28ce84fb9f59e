//! The cases as they are written.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use scenarios::kube::Object;
use serde::Deserialize;
use serde_json::Value as Json;

/// A cluster, a question about it, and the answer that kube-scheduler gave.
#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    #[serde(rename = "case")]
    pub question: Question,
    pub expect: Json,
}

#[derive(Deserialize)]
pub struct Question {
    pub objects: Vec<Object>,
    /// `namespace/name` of the pods to schedule, in order of arrival.
    pub pending: Vec<String>,
    pub mode: Mode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Single,
    Sequence,
    Preempt,
}

/// Every case of a file.
pub fn read(path: &Path) -> Vec<Case> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines
        .enumerate()
        .map(|(number, line)| {
            let line = line.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            serde_json::from_str(&line)
                .unwrap_or_else(|error| panic!("{} line {}: {error}", path.display(), number + 1))
        })
        .collect()
}

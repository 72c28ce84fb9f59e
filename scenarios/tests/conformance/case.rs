//! The cases as they are written.

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

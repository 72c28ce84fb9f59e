//! The cases as they are written.

use std::collections::BTreeMap;

use manifests::kube::{HorizontalPodAutoscalerSpec, Object};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// A sequence of reconciles, and what the controller did in each.
#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    #[serde(rename = "case")]
    pub question: Question,
    pub expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    pub hpa_spec: Json,
    #[serde(default)]
    pub flags: Map<String, Json>,
    #[serde(default)]
    pub feature_gates: BTreeMap<String, bool>,
    #[serde(default)]
    pub other_hpas: BTreeMap<String, String>,
    pub pod_specs: BTreeMap<String, Json>,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub t: i64,
    pub hpa_spec: Option<Json>,
    pub scale: Scale,
    pub pods: Vec<Pod>,
    pub metrics: Metrics,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scale {
    #[serde(default)]
    pub spec: u32,
    #[serde(default)]
    pub status: u32,
    #[serde(default)]
    pub selector: String,
    pub get_error: Option<String>,
    pub update_error: Option<String>,
}

#[derive(Deserialize)]
pub struct Pod {
    pub name: String,
    pub spec: String,
    pub labels: Option<BTreeMap<String, String>>,
    pub phase: String,
    pub start: Option<i64>,
    pub ready: Option<Ready>,
    #[serde(default)]
    pub deleting: bool,
}

#[derive(Deserialize)]
pub struct Ready {
    pub status: String,
    pub at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    #[serde(default)]
    pub resource: Vec<PodMetrics>,
    pub resource_error: Option<String>,
    #[serde(default)]
    pub pods: BTreeMap<String, Vec<Custom>>,
    #[serde(default)]
    pub object: BTreeMap<String, String>,
    #[serde(default)]
    pub external: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
pub struct PodMetrics {
    pub pod: String,
    pub ts: i64,
    pub window: i64,
    pub containers: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
pub struct Custom {
    pub pod: String,
    pub value: String,
}

#[derive(Deserialize)]
pub struct Expect {
    pub steps: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    pub scaled_to: Option<u32>,
    pub desired: u32,
    pub current: u32,
    pub last_scale_time: Option<i64>,
    pub conditions: BTreeMap<String, Condition>,
    pub current_metrics: Vec<Json>,
    pub events: Vec<(String, String, String)>,
    pub error: Option<String>,
}

#[derive(Deserialize)]
pub struct Condition {
    pub status: String,
    pub reason: String,
    pub since: i64,
}

/// The spec as users write it, read as any manifest is.
pub fn spec(written: &Json) -> HorizontalPodAutoscalerSpec {
    let object = json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "hpa"},
        "spec": written,
    });
    match serde_json::from_value(object).expect("an object") {
        Object::HorizontalPodAutoscaler(it) => it.spec.clone(),
        _ => panic!("another kind"),
    }
}

//! Settings side by side as JSON.

use serde_json::{Map, Value, json};

use super::{Setting, Swept};
use crate::metrics::Column;

/// The version of this format.
const SCHEMA: &str = "spotsim/sweep/v1";

/// The settings as a value.
#[must_use]
pub fn document(swept: &Swept) -> Value {
    let front = swept.front();
    let settings = swept.settings.iter().enumerate().map(|(index, it)| {
        let mut value = setting(&swept.paths, it);
        value["onFront"] = front.contains(&index).into();
        value
    });
    json!({
        "schema": SCHEMA,
        "version": swept.version,
        "scenario": swept.scenario,
        "seed": swept.seed,
        "replications": swept.replications,
        "chosen": swept.chosen,
        "paths": swept.paths,
        "settings": settings.collect::<Vec<_>>(),
        "front": front,
        "cheapest": swept.cheapest(),
    })
}

/// One setting: its values, whether it keeps its expectations, and its metrics.
pub(super) fn setting(paths: &[String], setting: &Setting) -> Value {
    let values: Map<String, Value> =
        paths.iter().cloned().zip(setting.values.iter().map(|it| it.as_str().into())).collect();
    let metric = |column: &Column| {
        let worst = column.worst();
        let value = json!({
            "estimate": column.estimate(),
            "worst": worst.map(|(_, value)| value),
            "cvar95": column.cvar95(),
        });
        (column.key(), value)
    };
    let metrics: Map<String, Value> = setting.measured.columns.iter().map(metric).collect();
    json!({
        "values": values,
        "replications": setting.measured.replications,
        "keeps": setting.keeps(),
        "expectations": setting.judged,
        "metrics": metrics,
    })
}

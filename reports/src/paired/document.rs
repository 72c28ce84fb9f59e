//! A comparison as JSON.

use serde_json::{Value, json};

use super::{Compared, Difference};
use crate::metrics::Column;

/// The version of this format.
const SCHEMA: &str = "spotsim/compare/v1";

/// The comparison as a value: the metrics of each plan, and what becomes of each of them.
#[must_use]
pub fn document(compared: &Compared) -> Value {
    let plans = compared.plans.iter().map(|plan| {
        let metrics = plan.measured.columns.iter().map(metric);
        json!({
            "name": plan.name,
            "changes": plan.changes,
            "expectations": plan.judged,
            "metrics": metrics.collect::<serde_json::Map<_, _>>(),
        })
    });
    let differences = compared.differences();
    let differences = differences.iter().map(|(plan, rows)| {
        let rows: Vec<Value> = rows.iter().map(difference).collect();
        json!({ "plan": plan.name, "against": compared.plans[0].name, "differences": rows })
    });
    json!({
        "schema": SCHEMA,
        "version": compared.version,
        "seed": compared.seed,
        "replications": compared.replications,
        "plans": plans.collect::<Vec<_>>(),
        "comparisons": differences.collect::<Vec<_>>(),
        "worse": compared.any_worse(),
    })
}

/// A metric by its key: its mean, its interval and its tails.
pub(crate) fn metric(column: &Column) -> (String, Value) {
    let worst = column.worst();
    let value = json!({
        "estimate": column.estimate(),
        "worst": worst.map(|(_, value)| value),
        "worstReplication": worst.map(|(run, _)| run),
        "cvar95": column.cvar95(),
    });
    (column.key(), value)
}

fn difference(row: &Difference) -> Value {
    json!({
        "metric": row.key,
        "base": row.base,
        "plan": row.plan,
        "difference": row.difference,
        "verdict": row.verdict.name(),
    })
}

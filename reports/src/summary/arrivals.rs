//! Arrivals in the summary: what each generator let arrive.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::model::arrivals::GeneratorId;

use super::replications::Replications;
use crate::folds::arrivals::Arrived;
use crate::stats::Estimate;

/// What one generator let arrive.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneratorArrivals {
    /// Its name.
    pub generator: String,
    /// Jobs, or bare pods, per day.
    pub arrivals_per_day: Estimate,
    /// Their pods, per day.
    pub pods_per_day: Estimate,
    /// How long those are to run: pod-hours, per day.
    pub pod_hours_per_day: Estimate,
}

/// What arrived, generator by generator; none without any.
pub(super) fn of(
    replications: Replications<'_>,
    legend: &Legend,
) -> Option<Vec<GeneratorArrivals>> {
    let generators = &legend.model.generators;
    let per_day = |id: GeneratorId, of: fn(&Arrived) -> f64| {
        replications.per_day(|figures| of(&figures.arrived[id]))
    };
    let each = generators.iter().map(|(id, name)| GeneratorArrivals {
        generator: legend.model.names.text(*name).to_owned(),
        arrivals_per_day: per_day(id, |it| it.arrivals as f64),
        pods_per_day: per_day(id, |it| it.pods as f64),
        pod_hours_per_day: per_day(id, |it| it.pod_ms as f64 / 3.6e6),
    });
    (!generators.is_empty()).then(|| each.collect())
}

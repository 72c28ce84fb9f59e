//! Declared figures in the summary: those that occur in any replication, by their keys.

use std::collections::BTreeMap;

use super::replications::Replications;
use crate::folds::declared::{Measure, declarations};
use crate::stats::Estimate;

/// The figures that folds declare, where any replication has them.
pub(super) fn of(replications: Replications<'_>) -> BTreeMap<&'static str, Estimate> {
    let each = declarations().enumerate().filter_map(|(index, declaration)| {
        let mut runs = replications.runs.iter();
        runs.any(|(figures, _)| figures.declared[index].is_some()).then(|| {
            let value = |figures: &crate::Figures| figures.declared[index];
            let of = |figures: &crate::Figures| value(figures).unwrap_or(0.0);
            let estimate = match declaration.measure {
                Measure::PerDay => replications.per_day(of),
                Measure::PodsPerDay => replications.pod_events_per_day(of),
                Measure::Number | Measure::Percent => replications.mean(of),
                // A run in which nothing waits has no wait; it is not one of no time. So with bills.
                Measure::Seconds | Measure::Usd => {
                    let runs = replications.runs.iter();
                    let own = runs.filter_map(|(figures, _)| value(figures));
                    Estimate::of(&own.collect::<Vec<f64>>())
                }
            };
            (declaration.key, estimate)
        })
    });
    each.collect()
}

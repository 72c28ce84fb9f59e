//! Assumptions: what is taken to be so because the scenario does not state it, each with an id and a source.
//!
//! A provider brings its own, in [`sim::providers`]; the rest are listed here, each from the file of what it is about.

mod costs;
mod jobs;
mod machines;
mod market;
mod pods;
mod pools;
mod scaling;

use std::sync::LazyLock;

use sim::providers::PROVIDERS;
use sim::providers::citations::Sourced;

pub(crate) use costs::{
    COMMITMENTS, MANAGEMENT_FEE, NOT_COUNTED, VOLUMES_BILLED, VOLUMES_NOT_BILLED,
};
pub(crate) use jobs::{
    ACTIVE_DEADLINES, ARRIVAL_CLOCK, ARRIVAL_TRACE, CALENDAR, CHECKPOINT_OVERHEADS, DEADLINE_JOBS,
    DRAWN_SIZES, JOB_DURATION, JOB_EXIT_CODES, JOB_RETRIES, REPLICA_CALENDAR, WORK_QUEUES,
};
pub(crate) use machines::{COMPUTED_ALLOCATABLE, DRIFTED_NODES, UNKNOWN_BAND};
pub(crate) use market::{
    CONTENDED_RECLAIMS, MEMORYLESS_RECLAIMS, MISSING_PRICES, PRICE_GAPS, PRICES_AS_ON_AWS,
    PRICES_AS_ON_AZURE, PRICES_AS_ON_GCP, RECLAIMS_BY_SIZE_AND_ZONE, RECLAIMS_OF_2019,
    REPLAYED_PRICES, TIME_OF_DAY, TRACE_END, ZONES_CORRELATE,
};
pub(crate) use pods::{
    IMAGE_PULLS, KUBELET_SHUTDOWN, LOCAL_VOLUMES, POD_SHUTDOWN, POD_STARTUP, PROBES,
    VOLUME_ATTACHMENT, ZONAL_VOLUMES,
};
pub(crate) use pools::{
    DEEP_POOLS, DEPTH, FALLBACK_TIMES, POOL_REPLACEMENT, REACTION, WHEN_REFUSED, WHEN_TAKEN,
};
pub(crate) use scaling::{
    AUTOSCALED, HPA, LOAD_SERVED, USAGE_CLOCK, USAGE_PARTIAL, USAGE_REPLAYED, VPA, VPA_BLIND,
    VPA_HISTORY,
};

/// Something that was assumed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumption {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so.
    pub text: String,
    /// Where that comes from.
    pub source: &'static str,
}

/// A kind of assumption, before it is known what exactly it is about.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so; each `{}` is a value of the scenario at hand.
    pub text: &'static str,
    /// Where that comes from.
    pub source: &'static str,
}

/// Every kind that a scenario may give rise to, in the order in which they are listed.
pub static KINDS: &[Kind] = &[
    POOL_REPLACEMENT,
    DEPTH,
    DEEP_POOLS,
    WHEN_REFUSED,
    REACTION,
    WHEN_TAKEN,
    FALLBACK_TIMES,
    CONTENDED_RECLAIMS,
    MEMORYLESS_RECLAIMS,
    RECLAIMS_OF_2019,
    RECLAIMS_BY_SIZE_AND_ZONE,
    TRACE_END,
    TIME_OF_DAY,
    ZONES_CORRELATE,
    PRICES_AS_ON_AWS,
    PRICES_AS_ON_GCP,
    PRICES_AS_ON_AZURE,
    REPLAYED_PRICES,
    PRICE_GAPS,
    MISSING_PRICES,
    POD_STARTUP,
    PROBES,
    AUTOSCALED,
    HPA,
    VPA,
    VPA_HISTORY,
    VPA_BLIND,
    POD_SHUTDOWN,
    KUBELET_SHUTDOWN,
    UNKNOWN_BAND,
    DRIFTED_NODES,
    COMPUTED_ALLOCATABLE,
    JOB_DURATION,
    CHECKPOINT_OVERHEADS,
    JOB_RETRIES,
    JOB_EXIT_CODES,
    WORK_QUEUES,
    ACTIVE_DEADLINES,
    CALENDAR,
    ARRIVAL_CLOCK,
    ARRIVAL_TRACE,
    DRAWN_SIZES,
    REPLICA_CALENDAR,
    DEADLINE_JOBS,
    ZONAL_VOLUMES,
    LOCAL_VOLUMES,
    VOLUME_ATTACHMENT,
    IMAGE_PULLS,
    COMMITMENTS,
    NOT_COUNTED,
    MANAGEMENT_FEE,
    VOLUMES_BILLED,
    VOLUMES_NOT_BILLED,
    USAGE_CLOCK,
    USAGE_PARTIAL,
    USAGE_REPLAYED,
    LOAD_SERVED,
];

impl Kind {
    /// The assumption about these values, one for each `{}`.
    #[must_use]
    pub fn about(&self, values: &[&str]) -> Assumption {
        let mut parts = self.text.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (value, part) in values.iter().zip(parts) {
            text += value;
            text += part;
        }
        Assumption { id: self.id, text, source: self.source }
    }
}

impl From<Sourced> for Assumption {
    fn from(Sourced { id, text, source, .. }: Sourced) -> Assumption {
        Assumption { id, text, source }
    }
}

/// The providers' defaults, whose sentences are made once and live as long as those of [`KINDS`].
static DEFAULTS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let defaults = PROVIDERS.iter().flat_map(|provider| provider.defaults());
    defaults
        .map(|Sourced { id, text, source, .. }| Kind { id, text: text.leak(), source })
        .collect()
});

/// The kind of assumption with this id, a provider's defaults included.
#[must_use]
pub fn named(id: &str) -> Option<Kind> {
    all().find(|kind| kind.id == id)
}

/// Every kind of assumption, the providers' defaults first.
pub fn all() -> impl Iterator<Item = Kind> {
    DEFAULTS.iter().chain(KINDS).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_no_words_of_a_scenario() {
        let ids: Vec<&str> = all().map(|kind| kind.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        // A dash sets them apart from the fields of a scenario.
        assert!(ids.iter().all(|id| id.contains('-')), "{ids:?}");
    }

    #[test]
    fn values_take_their_places() {
        let text = MEMORYLESS_RECLAIMS.about(&["a band", "30"]).text;
        assert_eq!(
            text,
            "reclaims: without memory, from a band, times 30; real ones come in batches"
        );
        assert_eq!(POD_STARTUP.about(&[]).text, POD_STARTUP.text);
    }
}

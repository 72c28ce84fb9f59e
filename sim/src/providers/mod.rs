//! Cloud providers, as plain values with sources.

pub mod aws;
pub mod azure;
pub mod citations;
pub mod gcp;
pub mod gcp_preemptible;
pub mod generic;
pub mod interruption;
pub mod platform;
pub mod refills;
pub mod reserved;

use crate::time::Span;
use citations::Citation;
use interruption::Interruption;
use platform::{Drafts, KnownBy, Recorded, ZoneNames};
use reserved::Reserve;

/// What a provider does that matters here.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in scenario files.
    pub name: &'static str,
    /// What it is called in a list, with what sets it apart there.
    pub brief: &'static str,
    /// What is meant by it, in one sentence.
    pub about: &'static str,
    /// How long before an instance is gone the provider says so.
    pub notice: Span,
    /// From an accepted launch to a node that takes pods.
    pub boot: BootTime,
    /// How an instance's time becomes money.
    pub billing: Billing,
    /// What becomes of the pods of an instance that is taken.
    pub interruption: Interruption,
    /// No spot instance gets older than this.
    pub max_life: Option<Span>,
    /// Whether a request for spot may state a maximum price.
    pub takes_max_price: bool,
    /// Expected reclaims per hour of a spot instance of a type without figures of its own.
    pub reclaims_per_hour: f64,
    /// The labels that say how a node was bought.
    pub labels: &'static [CapacityLabel],
    /// Under which name the catalogue has its types; providers that share one meet the same prices.
    pub catalogue: &'static str,
    /// What follows a region's name in the name of its first zone.
    pub first_zone: &'static str,
    /// How the zones of its regions are called.
    pub zones: ZoneNames,
    /// How nodes of a running cluster are known to be its.
    pub known_by: KnownBy,
    /// Whether it recommends to replace an instance that is at risk, before its notice.
    pub recommends: bool,
    /// Where the reclaims of each of its types come from, unless one rate holds for all.
    pub bands: Option<&'static str>,
    /// Whose recorded instances tell when reclaims come and which come together.
    pub recorded: Option<Recorded>,
    /// What its managed Kubernetes keeps of a node for itself.
    pub reserve: Reserve,
    /// The number of pods that a node takes unless its type says otherwise.
    pub max_pods: u64,
    /// What drafts of scenarios for it begin with.
    pub drafts: Drafts,
    /// Who says each of the figures above.
    pub citations: &'static [Citation],
}

/// How long launches take: log-normal, by two of its quantiles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BootTime {
    /// Half of all launches take at most this long.
    pub median: Span,
    /// 95 % of all launches take at most this long.
    pub p95: Span,
}

/// How an instance's time becomes money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Billing {
    /// Time is rounded up to a multiple of this.
    pub granularity: Span,
    /// An instance is billed for at least this long.
    pub minimum: Span,
    /// A spot instance that the provider takes back earlier than this costs nothing.
    pub free_if_reclaimed_before: Span,
}

/// A label that a platform puts on its nodes, and its value by how a node was bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapacityLabel {
    /// Its key.
    pub key: &'static str,
    /// Its value on on-demand nodes, if they have it.
    pub on_demand: Option<&'static str>,
    /// Its value on spot nodes, if they have it.
    pub spot: Option<&'static str>,
}

impl Billing {
    /// For how long an instance that lived for `held` is billed.
    #[must_use]
    pub fn billed(&self, held: Span, spot_and_reclaimed: bool) -> Span {
        if spot_and_reclaimed && held < self.free_if_reclaimed_before {
            return Span::ZERO;
        }
        let steps = held.as_ms().div_ceil(self.granularity.as_ms().max(1));
        (self.granularity * steps).max(self.minimum)
    }
}

impl Provider {
    /// The labels of a node that was bought in this way, each with its value.
    pub fn labels_of(&self, spot: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.labels.iter().filter_map(move |label| {
            let value = if spot { label.spot } else { label.on_demand };
            value.map(|value| (label.key, value))
        })
    }
}

/// Who says [`Loss::CLEANED_UP`](interruption::Loss::CLEANED_UP).
const LOSS_SOURCE: &str =
    "Kubernetes documentation, \"Nodes\", and kubernetes/kubernetes issue 127352 (read 2026-11-24)";

/// Every provider that is modelled.
pub static PROVIDERS: &[&Provider] =
    &[&aws::AWS, &gcp::GCP, &gcp_preemptible::GCP_PREEMPTIBLE, &azure::AZURE, &generic::GENERIC];

/// The provider of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bills of a minute's, half an hour's and an hour's spot instance that the provider takes
    /// back, in seconds, worked by hand.
    #[test]
    fn reclaimed_instances_are_billed_by_each_providers_own_rule() {
        let billed = |name: &str, ms: u64, reclaimed: bool| {
            let billing = named(name).unwrap().billing;
            billing.billed(Span::from_ms(ms), reclaimed).as_ms() / 1_000
        };
        let held = [20_500, 59_999, 60_000, 90_001, 1_800_000, 3_600_000];
        let rows = [
            ("aws", true, [0, 0, 0, 0, 0, 3_600]),
            ("aws", false, [60, 60, 60, 91, 1_800, 3_600]),
            ("gcp", true, [0, 0, 60, 91, 1_800, 3_600]),
            ("gcp", false, [60, 60, 60, 91, 1_800, 3_600]),
            ("gcp-preemptible", true, [0, 0, 60, 91, 1_800, 3_600]),
            ("gcp-preemptible", false, [60, 60, 60, 91, 1_800, 3_600]),
            ("azure", true, [21, 60, 60, 91, 1_800, 3_600]),
            ("azure", false, [21, 60, 60, 91, 1_800, 3_600]),
            ("generic", true, [21, 60, 60, 91, 1_800, 3_600]),
            ("generic", false, [21, 60, 60, 91, 1_800, 3_600]),
        ];
        for (name, reclaimed, expected) in rows {
            assert_eq!(held.map(|ms| billed(name, ms, reclaimed)), expected, "{name} {reclaimed}");
        }
    }
}

//! Cloud providers, as plain values with sources.

pub mod aws;

use crate::time::Span;

/// What a provider does that matters here.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in scenario files.
    pub name: &'static str,
    /// How long before an instance is gone the provider says so.
    pub notice: Span,
    /// From an accepted launch to a node that takes pods.
    pub boot: BootTime,
    /// How an instance's time becomes money.
    pub billing: Billing,
    /// From the loss of an instance that nobody drained until the cluster has given up its pods.
    pub loss_noticed_after: Span,
    /// The label that says how a node was bought, with its values for on-demand and for spot.
    pub capacity_type_label: (&'static str, &'static str, &'static str),
    /// What is known of each figure above, in words: listed with every result.
    pub assumptions: &'static [&'static str],
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

/// Every provider that is modelled.
pub static PROVIDERS: &[&Provider] = &[&aws::AWS];

/// The provider of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.name == name)
}

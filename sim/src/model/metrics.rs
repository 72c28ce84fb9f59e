//! Metrics: who measures what containers use, and figures from outside of the cluster.

use std::collections::BTreeMap;

use super::usage::{Curve, Rate};
use crate::names::NameId;
use crate::time::Span;

/// How often metrics-server scrapes kubelets unless it is configured otherwise.
// metrics-server: manifests/base/deployment.yaml --metric-resolution
pub const RESOLUTION: Span = Span::from_secs(15);

/// Where autoscalers of pods get their metrics from.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MetricSources {
    /// How often metrics-server scrapes; none if the cluster has none, and then there are no metrics of
    /// resources.
    pub server: Option<Span>,
    /// Figures that an adapter serves, by their names.
    pub figures: BTreeMap<NameId, Figure>,
}

/// A figure over time, in thousandths.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Identity in random streams.
    pub key: u64,
    /// What it is when.
    pub curve: Curve<Rate>,
}

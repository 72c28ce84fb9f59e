//! Metrics of nodes that an autoscaler buys and removes.

use super::Better::{Lower, Neither};
use super::Unit::{Number, Seconds};
use super::{Better, Figure, Metric, Unit};

const fn of(
    figure: &'static str,
    key: &'static str,
    label: &'static str,
    unit: Unit,
    better: Better,
    means: &'static str,
) -> Metric {
    Metric { figure: Figure::Declared(figure), key, also: &[], label, unit, better, means }
}

pub(super) const LAUNCHES: Metric = of(
    "nodeLaunchesPerDay",
    "nodes.launches_per_day",
    "Nodes launched /day",
    Number,
    Neither,
    "instances that an autoscaler buys",
);

pub(super) const FALLBACKS: Metric = of(
    "fallbackLaunchesPerDay",
    "nodes.fallbacks_per_day",
    "Node fallbacks /day",
    Number,
    Lower,
    "on-demand instances that it buys for pools that buy spot as well",
);

pub(super) const REMOVALS: Metric = of(
    "nodeRemovalsPerDay",
    "nodes.removals_per_day",
    "Nodes removed /day",
    Number,
    Neither,
    "nodes that it decides to remove and does not keep after all",
);

pub(super) const EMPTY: Metric = of(
    "emptyRemovalsPerDay",
    "nodes.empty_removals_per_day",
    "Removed empty /day",
    Number,
    Neither,
    "those of them that have no pods but of DaemonSets",
);

pub(super) const UNDERUTILIZED: Metric = of(
    "underutilizedRemovalsPerDay",
    "nodes.underutilized_removals_per_day",
    "Consolidated /day",
    Number,
    Neither,
    "those of them whose pods fit elsewhere, or on something cheaper",
);

pub(super) const YOUNG: Metric = of(
    "youngRemovalsPerDay",
    "nodes.young_removals_per_day",
    "Removed young /day",
    Number,
    Lower,
    "those of them that were launched less than an hour before",
);

pub(super) const WASTED: Metric = of(
    "wastedLaunchesPerDay",
    "nodes.wasted_launches_per_day",
    "Wasted launches /day",
    Number,
    Lower,
    "instances that were gone before any pod but of DaemonSets was on them",
);

pub(super) const REFUSED: Metric = of(
    "refusedOfferingsPerDay",
    "nodes.refused_offerings_per_day",
    "Launches refused /day",
    Number,
    Lower,
    "requests for offerings that the provider has none of",
);

pub(super) const DECIDED: Metric = of(
    "decideSeconds",
    "nodes.decide_seconds",
    "Node decided after",
    Seconds,
    Lower,
    "from when no node was found for a pod to the launch of its own",
);

pub(super) const BOOTED: Metric = of(
    "bootSeconds",
    "nodes.boot_seconds",
    "Node there after",
    Seconds,
    Lower,
    "from that launch to when the node takes pods",
);

pub(super) const BOUND: Metric = of(
    "bindSeconds",
    "nodes.bind_seconds",
    "Pod bound after",
    Seconds,
    Lower,
    "from then to when the pod is bound to it",
);

//! From flags of autoscalers of pods in a scenario to what the programs are configured with.

use sim::Span;
use sim::autoscalers::{hpa, vpa};

use crate::file::autoscaling::{HpaFlags, VpaFlags};
use crate::quantity::Quantity;

/// What the programs of the VerticalPodAutoscaler are configured with.
pub(super) fn vpa(said: &VpaFlags) -> vpa::Flags {
    let mut flags = vpa::Flags::default();
    let (recommender, updater) = (&mut flags.recommender, &mut flags.updater);
    set(&mut recommender.margin, said.recommendation_margin_fraction);
    set(&mut recommender.min.cpu, said.pod_recommendation_min_cpu_millicores);
    let mebibytes = said.pod_recommendation_min_memory_mb.map(|number| number << 20);
    set(&mut recommender.min.memory, mebibytes);
    set(&mut recommender.target.cpu, said.target_cpu_percentile);
    set(&mut recommender.target.memory, said.target_memory_percentile);
    set(&mut recommender.lower.cpu, said.recommendation_lower_bound_cpu_percentile);
    set(&mut recommender.lower.memory, said.recommendation_lower_bound_memory_percentile);
    set(&mut recommender.upper.cpu, said.recommendation_upper_bound_cpu_percentile);
    set(&mut recommender.upper.memory, said.recommendation_upper_bound_memory_percentile);
    set(&mut recommender.half_life.cpu, span(said.cpu_histogram_decay_half_life.as_ref()));
    set(&mut recommender.half_life.memory, span(said.memory_histogram_decay_half_life.as_ref()));
    set(&mut recommender.oom_bump_up_ratio, said.oom_bump_up_ratio);
    set(&mut recommender.oom_min_bump_up, said.oom_min_bump_up_bytes);
    set(&mut updater.min_replicas, said.min_replicas);
    set(&mut updater.eviction_tolerance, said.eviction_tolerance);
    set(&mut updater.update_threshold, said.pod_update_threshold);
    set(&mut updater.lifetime_threshold, span(said.pod_lifetime_update_threshold.as_ref()));
    set(&mut updater.evict_after_oom, span(said.evict_after_oom_threshold.as_ref()));
    updater.gates.per_vpa_config = said.feature_gates.per_vpa_config;
    updater.gates.cpu_startup_boost = said.feature_gates.cpu_startup_boost;
    // It was checked against the schema.
    let most = said.max_allowed_cpu_boost.as_ref().map(|it| Quantity::parse(&it.text()));
    flags.max_cpu_boost = most.and_then(Result::ok).map(Quantity::milli).filter(|most| *most > 0);
    flags
}

/// What the HorizontalPodAutoscaler controller is configured with.
pub(super) fn hpa(said: &HpaFlags) -> hpa::Controller {
    let mut flags = hpa::Controller::default();
    set(&mut flags.tolerance, said.tolerance);
    set(&mut flags.downscale_stabilization, span(said.downscale_stabilization.as_ref()));
    set(&mut flags.cpu_initialization_period, span(said.cpu_initialization_period.as_ref()));
    set(&mut flags.initial_readiness_delay, span(said.initial_readiness_delay.as_ref()));
    flags
}

fn set<T>(flag: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *flag = said;
    }
}

/// A span that was checked against the schema.
fn span(text: Option<&String>) -> Option<Span> {
    text.and_then(|text| Span::parse(text).ok())
}

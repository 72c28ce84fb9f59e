//! How the updater is configured, and the defaults of its flags and feature gates.

use crate::time::Span;

/// How the updater is configured.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdaterConfig {
    /// How long it waits between two passes.
    pub interval: Span,
    /// How many live pods there must be in a group before one of them is touched.
    pub min_replicas: u32,
    /// The part of a group that may be missing at once.
    pub eviction_tolerance: f64,
    /// How often it evicts, and how often it resizes, each; `None` is as often as it likes.
    pub rate_limit: Option<RateLimit>,
    /// By which part requests must be off before a pod within the bounds is touched.
    pub update_threshold: f64,
    /// For how long a pod within the bounds is left alone.
    pub lifetime_threshold: Span,
    /// A container that is killed for want of memory within this time of its start is not waited for.
    pub evict_after_oom: Span,
    /// Whether passes are skipped while the admission controller gives no sign of life, because pods
    /// that are evicted then come back as they were.
    pub use_admission_controller_status: bool,
    /// Whether a resize that restarts no container asks for no budget.
    pub in_place_skip_disruption_budget: bool,
    /// The feature gates.
    pub gates: Gates,
}

/// Events in a second, and how many may come at once.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RateLimit {
    /// In a second.
    pub per_second: f64,
    /// At once.
    pub burst: u32,
}

/// The feature gates, all of which are alpha and off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gates {
    /// `PerVPAConfig`: an autoscaler may differ from the flags.
    pub per_vpa_config: bool,
    /// `CPUStartupBoost`: containers may begin with more CPU.
    pub cpu_startup_boost: bool,
    /// `InPlace`: the update mode of this name.
    pub in_place: bool,
}

impl Default for UpdaterConfig {
    // VPA: updater/config/config.go
    fn default() -> UpdaterConfig {
        UpdaterConfig {
            interval: Span::from_secs(60),
            min_replicas: 2,
            eviction_tolerance: 0.5,
            rate_limit: None,
            update_threshold: 0.1,
            lifetime_threshold: Span::from_hours(12),
            evict_after_oom: Span::from_secs(600),
            use_admission_controller_status: true,
            in_place_skip_disruption_budget: false,
            gates: Gates::default(),
        }
    }
}

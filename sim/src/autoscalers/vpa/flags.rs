//! How the three programs are configured in a run.

use super::config::RecommenderConfig;
use super::updater::UpdaterConfig;

/// How they are configured. The feature gates are those of the updater, which admission goes by, too.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Flags {
    /// The recommender.
    pub recommender: RecommenderConfig,
    /// The updater.
    pub updater: UpdaterConfig,
    /// The most CPU that a container begins with (`max-allowed-cpu-boost`), in millicores.
    pub max_cpu_boost: Option<u64>,
}

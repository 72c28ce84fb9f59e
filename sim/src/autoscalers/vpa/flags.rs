//! How the recommender and the updater are configured in a run.

use super::config::RecommenderConfig;
use super::updater::UpdaterConfig;

/// How both programs are configured.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Flags {
    /// The recommender.
    pub recommender: RecommenderConfig,
    /// The updater.
    pub updater: UpdaterConfig,
}

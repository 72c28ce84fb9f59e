//! What kubelets are configured with: one way for the cluster, and others for some pools.

use std::collections::BTreeMap;

use super::back_off::BackOffLimits;
use super::thresholds::EvictionConfig;
use crate::model::pool::PoolId;

/// What a kubelet is configured with; by default as 1.36 is on Linux.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KubeletConfig {
    /// When it evicts pods.
    pub eviction: EvictionConfig,
    /// How long it makes containers wait that exit again and again.
    pub back_off: BackOffLimits,
}

/// What the kubelets of a cluster are configured with.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KubeletConfigs {
    /// Those of pools that are not in `pools`.
    pub cluster: KubeletConfig,
    /// Those of some pools.
    pub pools: BTreeMap<PoolId, KubeletConfig>,
}

impl KubeletConfigs {
    /// What the kubelets of a pool are configured with.
    #[must_use]
    pub fn of(&self, pool: PoolId) -> &KubeletConfig {
        self.pools.get(&pool).unwrap_or(&self.cluster)
    }
}

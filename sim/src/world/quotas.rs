//! What the pods of each ResourceQuota use that are not over, kept as they come and go.

use super::World;
use super::pods::Phase;
use crate::model::Model;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::quota::QuotaId;
use crate::table::Table;

/// For each quota as much of what it counts as is used, in its own order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct QuotaUse(Table<QuotaId, Vec<u64>>);

impl QuotaUse {
    /// Nothing is used.
    pub(super) fn new(model: &Model) -> QuotaUse {
        QuotaUse(model.quotas.rows().map(|quota| vec![0; quota.hard.len()]).collect())
    }

    /// A pod begins to count, or no longer does.
    pub(super) fn count(&mut self, pod: &PodSpec, comes: bool, model: &Model) {
        for id in &pod.quotas {
            for (used, (what, _)) in self.0[*id].iter_mut().zip(&model.quotas[*id].hard) {
                let own = what.of(pod);
                *used = if comes { *used + own } else { *used - own };
            }
        }
    }

    /// A pod of this spec has gone from one phase to another.
    pub(super) fn moved(&mut self, pod: &PodSpec, from: Phase, to: Phase, model: &Model) {
        if is_over(from) != is_over(to) {
            self.count(pod, is_over(from), model);
        }
    }
}

/// Whether a pod in this phase no longer counts.
// API server: pkg/quota/v1/evaluator/core/pods.go QuotaV1Pod
fn is_over(phase: Phase) -> bool {
    matches!(phase, Phase::Ended(_) | Phase::Withdrawn)
}

impl World {
    /// How much is used of each thing that a quota counts, in its order.
    #[must_use]
    pub fn quota_use(&self, quota: QuotaId) -> &[u64] {
        &self.quota_use.0[quota]
    }

    /// A pod counts as another spec from now on.
    pub(super) fn recount_quotas(&mut self, pod: PodId, before: SpecId) {
        if self.model.quotas.is_empty() || is_over(self.pods.phase(pod)) {
            return;
        }
        let now = self.pods.spec(pod);
        self.quota_use.count(self.specs.get(before), false, &self.model);
        self.quota_use.count(self.specs.get(now), true, &self.model);
    }

    /// What quotas count, counted anew.
    pub(super) fn quota_use_recounted(&self) -> QuotaUse {
        let mut all = QuotaUse::new(&self.model);
        for pod in self.pods.ids().filter(|pod| !is_over(self.pods.phase(*pod))) {
            all.count(self.spec_of(pod), true, &self.model);
        }
        all
    }
}

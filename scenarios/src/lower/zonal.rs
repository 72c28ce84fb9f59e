//! Which workloads have volumes that hold their pods to a zone.

use std::collections::BTreeSet;

use sim::model::workload::WorkloadId;
use sim::model::zonal::Whose;
use sim::table::Id;

use super::Lowering;
use crate::assumption;
use crate::file::Kind;
use crate::kube::PersistentVolumeClaimSpec;
use crate::workloads::Written;
use manifests::accessibility::Accessibility;
use manifests::context::ClusterContext;

impl Lowering<'_> {
    /// Gives pods the volumes that hold them to a zone. What is there from the start must be known
    /// by now: its claims come first.
    pub(super) fn zonal_volumes(&mut self, workloads: &[Written], context: &ClusterContext) {
        let offerings = self.model.catalog.offerings.rows();
        let zones: BTreeSet<_> = offerings.map(|offering| offering.zone).collect();
        let mut of = Vec::new();
        for (index, written) in workloads.iter().enumerate() {
            if let Some(whose) = self.whose_volumes(written, context) {
                let workload = WorkloadId::from_index(index);
                self.model.add_zonal_volumes(workload, whose, zones.iter().copied());
                of.push(format!("{}/{}", written.namespace, written.name));
            }
        }
        if !of.is_empty() {
            self.assumptions.push(assumption::ZONAL_VOLUMES.about(&[&of.join(", ")]));
        }
    }

    /// Whose volumes hold the pods of a workload to a zone, if any do.
    fn whose_volumes(&mut self, written: &Written, context: &ClusterContext) -> Option<Whose> {
        let mut named = written.claims().map(|name| format!("{}/{name}", written.namespace));
        if written.kind == Kind::StatefulSet {
            let own = &written.spec.volume_claim_templates;
            // A set that is known by its pods alone shows the claims of one of them.
            let zonal = own.iter().any(|claim| is_zonal(&claim.spec, context))
                || named
                    .any(|name| context.claim(&name).is_some_and(|claim| is_zonal(claim, context)));
            return zonal.then_some(Whose::EachReplica);
        }
        let shared =
            named.find(|name| context.claim(name).is_some_and(|claim| is_zonal(claim, context)))?;
        Some(Whose::Claim(self.model.names.intern(&shared)))
    }
}

/// Whether a claim is one on a disk that a single zone reaches, and every node in it.
fn is_zonal(claim: &PersistentVolumeClaimSpec, context: &ClusterContext) -> bool {
    context.accessibility(claim) == Accessibility::Zone
}

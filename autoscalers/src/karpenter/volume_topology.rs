//! Where a pod's volumes let it run, and which volumes would be attached.

use sim::names::NameId;

use super::input::{Cluster, PersistentVolumeClaim, PodSpec};
use super::requirement::Expression;
use super::requirements::{Requirements, Undefined};

/// Whether all claims of a pod can be used. A pod whose claims cannot is not looked at.
// Karpenter: volumetopology.go ValidatePersistentVolumeClaims
pub(crate) fn usable(spec: &PodSpec, cluster: &Cluster<'_>) -> bool {
    spec.claims.iter().all(|name| {
        let claim = cluster.volumes.claims.get(&(spec.namespace, *name));
        claim.is_some_and(|claim| is_usable(claim, cluster))
    })
}

fn is_usable(claim: &PersistentVolumeClaim, cluster: &Cluster<'_>) -> bool {
    if claim.deleting || claim.lost {
        return false;
    }
    if let Some(volume) = claim.volume {
        let there = cluster.volumes.volumes.get(&volume).is_some_and(|volume| !volume.deleting);
        return claim.bind_completed && there;
    }
    let class = claim.class.and_then(|class| cluster.volumes.classes.get(&class));
    class.is_some_and(|class| !class.binds_immediately)
}

/// Alternatives of what volumes require of a node, to be tried in order; none requires nothing.
// Karpenter: volumetopology.go GetRequirements
pub(crate) fn alternatives(spec: &PodSpec, cluster: &Cluster<'_>) -> Vec<Requirements> {
    let mut product = vec![Requirements::default()];
    let mut bound = false;
    for name in &spec.claims {
        let terms = terms_of(spec.namespace, *name, cluster);
        if terms.is_empty() {
            continue;
        }
        bound = true;
        product = combined(&product, &terms, cluster);
    }
    if bound { product } else { Vec::new() }
}

/// What one claim requires, each alternative.
fn terms_of(namespace: NameId, name: NameId, cluster: &Cluster<'_>) -> Vec<Requirements> {
    let Some(claim) = cluster.volumes.claims.get(&(namespace, name)) else { return Vec::new() };
    let terms: &[Vec<Expression>] = match (claim.volume, claim.class) {
        (Some(volume), _) => cluster
            .volumes
            .volumes
            .get(&volume)
            .map_or(&[], |volume| volume.node_affinity.as_slice()),
        (None, Some(class)) => cluster
            .volumes
            .classes
            .get(&class)
            .map_or(&[], |class| class.allowed_topologies.as_slice()),
        (None, None) => &[],
    };
    terms.iter().map(|term| Requirements::of(term, cluster.keys, cluster.names)).collect()
}

/// Each of one with each of the other: those that can be true at once, or all if none can.
fn combined(
    ones: &[Requirements],
    others: &[Requirements],
    cluster: &Cluster<'_>,
) -> Vec<Requirements> {
    let pairs = || ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
    let merged = |(one, other): (&Requirements, &Requirements)| {
        let mut both = one.clone();
        both.add_all(other, cluster.names);
        both
    };
    let can_be = |pair: &(&Requirements, &Requirements)| {
        pair.0.compatible(pair.1, Undefined::WellKnown(cluster.keys), cluster.names)
    };
    let possible: Vec<Requirements> = pairs().filter(can_be).map(merged).collect();
    if possible.is_empty() { pairs().map(merged).collect() } else { possible }
}

/// The volumes that would be attached, each as its driver and its claim.
// Karpenter: pkg/scheduling/volumeusage.go GetVolumes
pub(crate) fn attached(spec: &PodSpec, cluster: &Cluster<'_>) -> Vec<(NameId, (NameId, NameId))> {
    let driver = |name: &NameId| {
        let claim = cluster.volumes.claims.get(&(spec.namespace, *name))?;
        let driver = match claim.volume {
            Some(volume) => cluster.volumes.volumes.get(&volume)?.driver?,
            None => cluster.volumes.classes.get(&claim.class?)?.provisioner,
        };
        Some((driver, (spec.namespace, *name)))
    };
    spec.claims.iter().filter_map(driver).collect()
}

//! Claims and volumes of the simulator as Karpenter sees them: where a pod's data lets it run.

use sim::model::labels::NodeSelectorTerm;
use sim::model::pod::PodSpec;
use sim::model::storage::{self, ClaimState, Named, Wrong};
use sim::names::{NameId, Names};
use sim::table::Id;
use sim::world::World;

use super::labels::expression;
use crate::karpenter::input::{PersistentVolume, PersistentVolumeClaim, StorageClass, Volumes};
use crate::karpenter::requirement::Expression;

/// The name of a claim that is not there. No claim can have it.
const MISSING: &str = "(a claim that is not there)";

/// The claims of a pod, by name; what is not known of them yet is added to `known`. They do not change during
/// a run: a pod whose volume has been made asks for another claim than before.
pub(super) fn claims(
    spec: &PodSpec,
    world: &World,
    names: &mut Names,
    known: &mut Volumes,
) -> Vec<NameId> {
    let namespace = spec.namespace.unwrap_or(world.model().empty);
    let volumes = &spec.volumes;
    let mut claims = Vec::new();
    for used in &volumes.claims {
        let claim = &world.model().storage.claims[used.claim];
        claims.push(claim.name);
        if !known.claims.contains_key(&(namespace, claim.name)) {
            let seen = seen(claim, world, names, known);
            known.claims.insert((namespace, claim.name), seen);
        }
    }
    if volumes.wrong != Wrong::default() {
        claims.push(names.intern(MISSING));
    }
    claims
}

/// A claim, with the volume or the class that says where it is.
fn seen(
    claim: &storage::Claim,
    world: &World,
    names: &mut Names,
    known: &mut Volumes,
) -> PersistentVolumeClaim {
    let storage = &world.model().storage;
    let volume = match claim.volume {
        Named::None => None,
        Named::Missing(sentence) => Some(sentence),
        Named::Volume(id) => {
            let name = names.intern(&format!("(volume {})", id.index()));
            let terms = storage.volumes[id].reachable_from.iter().flatten();
            let host = world.model().hostname_key;
            let of_term = |term: &NodeSelectorTerm| {
                // Karpenter: volumetopology.go getPersistentVolumeRequirements, what binds a volume to one host is
                // left out: the node would never be replaced.
                let asked = term.labels.iter().filter(|it| it.key != host);
                asked.map(|it| expression(it, names)).collect::<Vec<Expression>>()
            };
            let node_affinity = terms.map(of_term).collect();
            let driver = claim.attachable.map(|id| storage.attachable(id).driver);
            known.volumes.insert(name, PersistentVolume { node_affinity, driver, deleting: false });
            Some(name)
        }
    };
    let class = claim.class.map(|id| {
        let name = names.intern(&format!("(class {})", id.index()));
        let terms = storage.classes[id].topologies.iter();
        let of_term = |term: &Vec<_>| term.iter().map(|it| expression(it, names)).collect();
        let allowed_topologies = terms.map(of_term).collect();
        let provisioner = world.model().empty;
        let class = StorageClass { provisioner, allowed_topologies, binds_immediately: false };
        known.classes.insert(name, class);
        name
    });
    PersistentVolumeClaim {
        volume,
        class,
        bind_completed: claim.state == ClaimState::Bound,
        // One that should have its volume by now is bound at once, whatever pods there are: such a pod is not
        // looked at, as one whose claim is lost is not.
        lost: matches!(claim.state, ClaimState::Unusable(_) | ClaimState::Late),
        deleting: false,
    }
}

/// How many volumes of each driver can be attached to a node.
pub(super) fn attachable(limits: &[(NameId, u32)]) -> Vec<(NameId, usize)> {
    let limit =
        |(driver, most): &(NameId, u32)| (*driver, usize::try_from(*most).unwrap_or(usize::MAX));
    limits.iter().map(limit).collect()
}

//! What placing pods has reserved of storage, and what a pod's claims would get on a node.

use super::NodeView;
use super::zones::MadeVolumes;
use crate::model::Model;
use crate::model::labels::Requirement;
use crate::model::node::NodeId;
use crate::model::storage::{ClaimId, ClaimState, ClaimUse, Named, Owner, VolumeId};
use crate::table::Table;

/// What is reserved beyond what the cluster's objects say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reserved {
    /// The claim that gets each volume.
    volumes: Table<VolumeId, Option<ClaimId>>,
    /// The node on which each claim gets a new volume.
    nodes: Table<ClaimId, Option<NodeId>>,
}

/// What a pod's claims get on a node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gets {
    /// Volumes that are there.
    pub existing: Vec<(ClaimId, VolumeId)>,
    /// Volumes that are made for them.
    pub made: Vec<ClaimId>,
}

/// What placing a pod has changed of storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct StorageChange {
    /// What it has reserved for the pod's claims.
    pub(super) reserved: Option<Gets>,
    /// The zonal volumes that it has made.
    pub(super) made: Option<MadeVolumes>,
}

/// Why a pod's claims cannot be served on a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lacks {
    /// A volume cannot be reached from there.
    pub reach: bool,
    /// There is no volume, and none can be made.
    pub volume: bool,
    /// There is no room for a new volume.
    pub room: bool,
    /// A claim is bound to a volume that does not exist.
    pub existence: bool,
}

impl Reserved {
    /// Nothing is reserved yet.
    pub(super) fn new(model: &Model) -> Reserved {
        Reserved {
            volumes: model.storage.volumes.rows().map(|_| None).collect(),
            nodes: model.storage.claims.rows().map(|_| None).collect(),
        }
    }

    /// Reserves what a pod's claims get on a node: what of it was not reserved for them before.
    // kube-scheduler: volumebinding/binder.go AssumePodVolumes
    pub(super) fn take(&mut self, mut gets: Gets, node: NodeId) -> Gets {
        gets.existing.retain(|(claim, volume)| self.volumes[*volume].replace(*claim).is_none());
        gets.made.retain(|claim| self.nodes[*claim].replace(node).is_none());
        gets
    }

    /// Reserves nothing any more of what [`take`](Self::take) did.
    pub(super) fn give_back(&mut self, taken: &Gets) {
        taken.existing.iter().for_each(|(_, volume)| self.volumes[*volume] = None);
        taken.made.iter().for_each(|claim| self.nodes[*claim] = None);
    }
}

/// What claims get on a node.
///
/// # Errors
/// What is lacking there.
// kube-scheduler: volumebinding/binder.go FindPodVolumes
pub fn find(claims: &[ClaimUse], node: NodeView<'_>) -> Result<Gets, Lacks> {
    let storage = &node.world().model().storage;
    let mut lacks = Lacks::default();
    let mut gets = Gets::default();
    let state = |claim: ClaimId| storage.claims[claim].state;
    let ids = || claims.iter().map(|claim| claim.claim);
    check_bound(ids().filter(|claim| state(*claim) == ClaimState::Bound), node, &mut lacks);
    let mut to_make = Vec::new();
    let mut to_match = Vec::new();
    for claim in ids().filter(|claim| state(*claim) != ClaimState::Bound) {
        match chosen_here(claim, node) {
            Some(true) => to_make.push(claim),
            None => to_match.push(claim),
            Some(false) => return Err(Lacks { volume: true, ..lacks }),
        }
    }
    // The smallest first, so that each gets the smallest that will do.
    to_match.sort_by_key(|claim| storage.claims[*claim].size);
    for claim in to_match {
        match matching(claim, &gets, node) {
            Some(volume) => gets.existing.push((claim, volume)),
            None => to_make.push(claim),
        }
    }
    for claim in to_make {
        match can_make(claim, node) {
            Ok(()) => gets.made.push(claim),
            Err(Lacks { volume, room, .. }) => {
                (lacks.volume, lacks.room) = (volume, room);
                break;
            }
        }
    }
    if lacks == Lacks::default() { Ok(gets) } else { Err(lacks) }
}

/// Whether the volumes that claims have can be reached; the first that cannot ends it.
// kube-scheduler: volumebinding/binder.go checkBoundClaims
fn check_bound(claims: impl Iterator<Item = ClaimId>, node: NodeView<'_>, lacks: &mut Lacks) {
    let storage = &node.world().model().storage;
    for claim in claims {
        match storage.claims[claim].volume {
            Named::Volume(volume) if reaches(volume, node) => {}
            Named::Volume(_) => {
                lacks.reach = true;
                return;
            }
            Named::None | Named::Missing(_) => {
                lacks.existence = true;
                return;
            }
        }
    }
}

/// Whether a volume can be reached from a node.
fn reaches(volume: VolumeId, node: NodeView<'_>) -> bool {
    let volume = &node.world().model().storage.volumes[volume];
    volume.reachable_from.as_ref().is_none_or(|terms| terms.iter().any(|term| node.satisfies(term)))
}

/// Whether this is the node that was chosen for a claim; none if none was.
fn chosen_here(claim: ClaimId, node: NodeView<'_>) -> Option<bool> {
    if let Some(chosen) = node.world().reserved.nodes[claim] {
        return Some(chosen == node.id());
    }
    match node.world().model().storage.claims[claim].state {
        ClaimState::Waiting { chosen } => chosen.map(|name| name == node.name()),
        ClaimState::Bound | ClaimState::Unusable(_) | ClaimState::Late => None,
    }
}

/// The volume that suits a claim on a node: its own, or the smallest that is free.
// component-helpers: storage/volume/pv_helpers.go FindMatchingVolume
fn matching(claim: ClaimId, gets: &Gets, node: NodeView<'_>) -> Option<VolumeId> {
    let model = node.world().model();
    let wanted = &model.storage.claims[claim];
    let mut smallest: Option<(u64, VolumeId)> = None;
    for (id, volume) in model.storage.volumes.iter() {
        let owner = match node.world().reserved.volumes[id] {
            Some(claim) => Owner::Claim(claim),
            None => volume.owner,
        };
        let own = owner == Owner::Claim(claim);
        let taken = gets.existing.iter().any(|(_, other)| *other == id);
        if volume.class != wanted.class || taken || !(own || owner == Owner::Unclaimed) {
            continue;
        }
        if volume.size < wanted.size || volume.access.block != wanted.access.block {
            continue;
        }
        if own {
            return reaches(id, node).then_some(id);
        }
        let selected = wanted.selector.as_ref().is_none_or(|selector| {
            selector.iter().all(|it| it.allows(volume.labels.get(it.key), &model.names))
        });
        let suits = volume.available && selected && volume.access.allows(wanted.access);
        if suits && smallest.is_none_or(|(size, _)| volume.size < size) && reaches(id, node) {
            smallest = Some((volume.size, id));
        }
    }
    smallest.map(|(_, volume)| volume)
}

/// Whether a volume can be made for a claim so that a node reaches it.
// kube-scheduler: volumebinding/binder.go checkVolumeProvisions, hasEnoughCapacity
fn can_make(claim: ClaimId, node: NodeView<'_>) -> Result<(), Lacks> {
    let storage = &node.world().model().storage;
    let claim = &storage.claims[claim];
    let no_volume = Lacks { volume: true, ..Lacks::default() };
    let Some(id) = claim.class else { return Err(no_volume) };
    let class = &storage.classes[id];
    let satisfied = |requirements: &[Requirement]| {
        let names = &node.world().model().names;
        requirements.iter().all(|it| it.allows(node.label(it.key), names))
    };
    let here = class.topologies.is_empty()
        || class.topologies.iter().any(|term| !term.is_empty() && satisfied(term));
    if !class.provisions || !here {
        return Err(no_volume);
    }
    let has_room = || {
        let mut capacities = storage.capacities.iter().filter(|capacity| capacity.class == id);
        capacities.any(|capacity| capacity.most >= claim.size && satisfied(&capacity.nodes))
    };
    if class.tracks_capacity && !has_room() {
        return Err(Lacks { room: true, ..Lacks::default() });
    }
    Ok(())
}

//! Claims, volumes, classes and drivers of a cluster, and what they mean for its nodes.

use std::collections::{BTreeMap, BTreeSet};

use sim::model::Model;
use sim::model::storage::{
    Access, AttachableId, Capacity, Claim, ClaimId, ClaimState, Named, Owner, StorageClass,
    StorageClassId, Volume, VolumeId, ZoneRule,
};
use sim::names::NameId;
use sim::table::Id;

use super::in_tree::{self, attachable};
use super::labels::{label_set, node_selector, requirement, requirements};
use crate::kube::{
    self, CsiStorageCapacity, Expression, NO_PROVISIONER, Object, ObjectMeta, Operator,
    PersistentVolume, PersistentVolumeClaim, storage_of,
};

/// A claim with this annotation has its volume for good.
// component-helpers: storage/volume/pv_helpers.go AnnBindCompleted, AnnSelectedNode
const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
/// The node that the scheduler chose for a claim.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
/// How classes were named before there was a field for them.
const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
/// Labels that say where a volume is, each with its present spelling.
// kube-scheduler: volumezone/volume_zone.go topologyLabels, translateToGALabel
const ZONES: [(&str, &str); 4] = [
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
    ("topology.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("topology.kubernetes.io/region", "topology.kubernetes.io/region"),
];
/// Access modes, in the order of their bits.
const MODES: [&str; 4] = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/// Storage objects by name.
struct Objects<'o> {
    claims: Vec<&'o PersistentVolumeClaim>,
    volumes: Vec<&'o PersistentVolume>,
    classes: Vec<&'o kube::StorageClass>,
    capacities: Vec<&'o CsiStorageCapacity>,
    /// Drivers that say how much room there is.
    tracking: BTreeSet<&'o str>,
}

/// Reads the storage of a cluster into the model. It must be there before the pods.
///
/// # Errors
/// For each object that cannot be understood, what it is and what is wrong with it.
pub fn read<'o>(
    model: &mut Model,
    objects: impl IntoIterator<Item = &'o Object>,
) -> Result<(), Vec<String>> {
    let objects = Objects::of(objects);
    let mut reading = Reading {
        classes: named(objects.classes.iter().map(|class| class.metadata.name.clone())),
        volumes: named(objects.volumes.iter().map(|volume| volume.metadata.name.clone())),
        claims: named(objects.claims.iter().map(|claim| claim.metadata.full_name())),
        objects: &objects,
        model,
    };
    let mut wrong = Vec::new();
    for class in &objects.classes {
        let class = reading.class(class);
        reading.model.storage.classes.push(class);
    }
    for capacity in &objects.capacities {
        match reading.capacity(capacity) {
            Ok(capacity) => reading.model.storage.capacities.extend(capacity),
            Err(error) => {
                wrong.push(format!("CSIStorageCapacity {}: {error}", capacity.metadata.name));
            }
        }
    }
    for volume in &objects.volumes {
        match reading.volume(volume) {
            Ok(volume) => {
                reading.model.storage.volumes.push(volume);
            }
            Err(error) => wrong.push(format!("PersistentVolume {}: {error}", volume.metadata.name)),
        }
    }
    for claim in &objects.claims {
        match reading.claim(claim) {
            Ok(claim) => {
                reading.model.storage.add_claim(claim);
            }
            Err(error) => {
                let name = claim.metadata.full_name();
                wrong.push(format!("PersistentVolumeClaim {name}: {error}"));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Tells the start nodes of a model what their drivers can attach, and what is attached already.
pub fn equip<'o>(model: &mut Model, objects: impl IntoIterator<Item = &'o Object>) {
    let objects: Vec<&Object> = objects.into_iter().collect();
    let mut limits: BTreeMap<NameId, Vec<(NameId, u32)>> = BTreeMap::new();
    let mut attached: BTreeMap<NameId, Vec<AttachableId>> = BTreeMap::new();
    for object in &objects {
        match object {
            Object::CsiNode(node) => {
                let names = &mut model.names;
                let of_node = limits.entry(names.intern(&node.metadata.name)).or_default();
                for driver in &node.spec.drivers {
                    let count = driver.allocatable.as_ref().and_then(|it| it.count);
                    of_node.extend(count.map(|count| (names.intern(&driver.name), count)));
                }
            }
            Object::VolumeAttachment(it) => {
                let volume = attachment(model, &objects, &it.spec);
                let node = model.names.intern(&it.spec.node_name);
                attached.entry(node).or_default().extend(volume);
            }
            _ => {}
        }
    }
    for node in &mut model.start.nodes {
        node.shape.volume_limits = limits.remove(&node.name).unwrap_or_default();
        node.attached = attached.remove(&node.name).unwrap_or_default();
    }
}

/// What a VolumeAttachment attaches.
// kube-scheduler: nodevolumelimits/csi.go getNodeVolumeAttachmentInfo
fn attachment(
    model: &mut Model,
    objects: &[&Object],
    spec: &kube::VolumeAttachmentSpec,
) -> Option<AttachableId> {
    let named = spec.source.persistent_volume_name.as_ref()?;
    let volume = objects.iter().find_map(|object| match object {
        Object::PersistentVolume(volume) if volume.metadata.name == *named => Some(volume),
        _ => None,
    });
    let csi = volume?.spec.csi.as_ref()?;
    Some(attachable(model, &spec.attacher, &csi.volume_handle))
}

/// The ids that objects will have, in their order.
fn named<K: Id>(names: impl Iterator<Item = String>) -> BTreeMap<String, K> {
    names.enumerate().map(|(index, name)| (name, K::from_index(index))).collect()
}

impl<'o> Objects<'o> {
    fn of(objects: impl IntoIterator<Item = &'o Object>) -> Objects<'o> {
        let mut all = Objects {
            claims: Vec::new(),
            volumes: Vec::new(),
            classes: Vec::new(),
            capacities: Vec::new(),
            tracking: BTreeSet::new(),
        };
        for object in objects {
            match object {
                Object::PersistentVolumeClaim(it) => all.claims.push(it),
                Object::PersistentVolume(it) => all.volumes.push(it),
                Object::StorageClass(it) => all.classes.push(it),
                Object::CsiStorageCapacity(it) => all.capacities.push(it),
                Object::CsiDriver(it) if it.spec.storage_capacity == Some(true) => {
                    all.tracking.insert(&it.metadata.name);
                }
                _ => {}
            }
        }
        all
    }
}

/// Storage objects on their way into the model.
struct Reading<'r> {
    model: &'r mut Model,
    objects: &'r Objects<'r>,
    classes: BTreeMap<String, StorageClassId>,
    volumes: BTreeMap<String, VolumeId>,
    claims: BTreeMap<String, ClaimId>,
}

impl Reading<'_> {
    fn class(&mut self, class: &kube::StorageClass) -> StorageClass {
        let names = &mut self.model.names;
        let topologies = class.allowed_topologies.iter().map(|term| {
            let expressions = term.match_label_expressions.iter().map(|it| Expression {
                key: it.key.clone(),
                operator: Operator::In,
                values: it.values.clone(),
            });
            expressions.filter_map(|expression| requirement(names, &expression)).collect()
        });
        StorageClass {
            topologies: topologies.collect(),
            provisions: !matches!(class.provisioner.as_str(), "" | NO_PROVISIONER),
            tracks_capacity: self.objects.tracking.contains(class.provisioner.as_str()),
        }
    }

    fn capacity(&mut self, capacity: &CsiStorageCapacity) -> Result<Option<Capacity>, String> {
        let most = capacity.maximum_volume_size.as_ref().or(capacity.capacity.as_ref());
        let class = self.classes.get(&capacity.storage_class_name).copied();
        let (Some(class), Some(topology), Some(most)) = (class, &capacity.node_topology, most)
        else {
            return Ok(None);
        };
        let nodes = requirements(&mut self.model.names, topology)?;
        Ok(Some(Capacity { class, nodes, most: most.amount()?.value() }))
    }

    fn volume(&mut self, volume: &PersistentVolume) -> Result<Volume, String> {
        let PersistentVolume { metadata, spec, status } = volume;
        let owner = match &spec.claim_ref {
            _ if metadata.deletion_timestamp.is_some() => Owner::Stranger,
            None => Owner::Unclaimed,
            Some(claim) => self.owner(claim),
        };
        let names = &mut self.model.names;
        let required = spec.node_affinity.as_ref().and_then(|it| it.required.as_ref());
        let zone = |(key, present_key): &(&str, &str)| {
            let values = metadata.labels.get(*key)?.split("__").map(str::trim);
            let values: Vec<&str> = values.collect();
            let understood = values.iter().all(|value| !value.is_empty());
            understood.then(|| ZoneRule {
                key: names.intern(key),
                present_key: names.intern(present_key),
                values: values.iter().map(|value| names.intern(value)).collect(),
            })
        };
        let zones = ZONES.iter().filter_map(zone).collect();
        Ok(Volume {
            class: self.classes.get(class_name(metadata, Some(&spec.storage_class_name))).copied(),
            size: storage_of(&spec.capacity)?,
            access: access(&spec.access_modes, spec.volume_mode.as_deref()),
            labels: label_set(names, &metadata.labels),
            reachable_from: required.map(|required| node_selector(names, required)),
            zones,
            owner,
            available: status.phase.as_deref() == Some("Available"),
        })
    }

    /// Whose a volume is that refers to a claim.
    // component-helpers: storage/volume/pv_helpers.go IsVolumeBoundToClaim
    fn owner(&self, reference: &kube::ObjectReference) -> Owner {
        let name = format!("{}/{}", reference.namespace, reference.name);
        match self.claims.get(&name) {
            Some(id) if self.has_uid(*id, &reference.uid) => Owner::Claim(*id),
            _ => Owner::Stranger,
        }
    }

    fn has_uid(&self, claim: ClaimId, uid: &str) -> bool {
        uid.is_empty() || self.objects.claims[claim.index()].metadata.uid == uid
    }

    fn claim(&mut self, claim: &PersistentVolumeClaim) -> Result<Claim, String> {
        let PersistentVolumeClaim { metadata, spec, .. } = claim;
        let class = class_name(metadata, spec.storage_class_name.as_ref());
        let selector = spec.selector.as_ref();
        let names = &mut self.model.names;
        let selector = selector.map(|it| requirements(names, it)).transpose()?;
        let volume = match spec.volume_name.as_str() {
            "" => Named::None,
            name => match self.volumes.get(name) {
                Some(volume) => Named::Volume(*volume),
                None => {
                    Named::Missing(names.intern(&format!("persistentvolume {name:?} not found")))
                }
            },
        };
        Ok(Claim {
            name: names.intern(&metadata.full_name()),
            owner: metadata.controller().map(|owner| names.intern(&owner.uid)),
            class: self.classes.get(class).copied(),
            size: storage_of(&spec.resources.requests)?,
            access: access(&spec.access_modes, spec.volume_mode.as_deref()),
            selector,
            volume,
            state: self.state(claim),
            attachable: self.attachable(claim, volume),
        })
    }

    /// How far a claim is.
    // kube-scheduler: volumebinding/volume_binding.go podHasPVCs, binder.go GetPodVolumeClaims
    fn state(&mut self, claim: &PersistentVolumeClaim) -> ClaimState {
        let PersistentVolumeClaim { metadata, spec, status } = claim;
        let ObjectMeta { name, annotations, .. } = metadata;
        let names = &mut self.model.names;
        if status.phase.as_deref() == Some("Lost") {
            let volume = &spec.volume_name;
            let sentence = format!(
                "persistentvolumeclaim {name:?} bound to non-existent persistentvolume {volume:?}"
            );
            return ClaimState::Unusable(names.intern(&sentence));
        }
        if metadata.deletion_timestamp.is_some() {
            let sentence = format!("persistentvolumeclaim {name:?} is being deleted");
            return ClaimState::Unusable(names.intern(&sentence));
        }
        if !spec.volume_name.is_empty() {
            let bound = annotations.contains_key(BIND_COMPLETED);
            return if bound { ClaimState::Bound } else { ClaimState::Late };
        }
        let class = self.class_object(claim);
        let waits = class.and_then(|class| class.volume_binding_mode.as_deref());
        if waits == Some("WaitForFirstConsumer") {
            let chosen = annotations.get(SELECTED_NODE).map(|name| self.model.names.intern(name));
            return ClaimState::Waiting { chosen };
        }
        ClaimState::Late
    }

    fn class_object(&self, claim: &PersistentVolumeClaim) -> Option<&kube::StorageClass> {
        let name = class_name(&claim.metadata, claim.spec.storage_class_name.as_ref());
        let id = self.classes.get(name)?;
        Some(self.objects.classes[id.index()])
    }

    /// What counts against a driver's limit: the volume, or one that would be made.
    // kube-scheduler: nodevolumelimits/csi.go getCSIDriverInfo, getCSIDriverInfoFromSC
    fn attachable(&mut self, claim: &PersistentVolumeClaim, volume: Named) -> Option<AttachableId> {
        if let Named::Volume(volume) = volume {
            let spec = &self.objects.volumes[volume.index()].spec;
            return match &spec.csi {
                Some(csi) => Some(attachable(self.model, &csi.driver, &csi.volume_handle)),
                None => in_tree::of_volume(self.model, spec),
            };
        }
        let driver = in_tree::driver(&self.class_object(claim)?.provisioner)?.to_owned();
        // Not a handle that a driver could give.
        let handle = format!("(claim {})", claim.metadata.full_name());
        Some(attachable(self.model, &driver, &handle))
    }
}

/// The class of a volume or claim; the annotation is older than the field and stronger.
// component-helpers: storage/volume/helpers.go GetPersistentVolumeClaimClass
fn class_name<'n>(metadata: &'n ObjectMeta, field: Option<&'n String>) -> &'n str {
    metadata.annotations.get(OLD_CLASS).or(field).map_or("", String::as_str)
}

fn access(modes: &[String], mode: Option<&str>) -> Access {
    let bit = |mode: &String| MODES.iter().position(|known| known == mode);
    let modes = modes.iter().filter_map(bit).fold(0, |modes, bit| modes | 1 << bit);
    Access { modes, block: mode == Some("Block") }
}

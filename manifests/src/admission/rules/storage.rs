//! Claims, volumes and classes.

use super::{NAME, NEEDED, Rule, WORD, rule};
use crate::admission::names::{KEY, SUBDOMAIN};
use crate::admission::seen::{Fault, path};
use crate::admission::{Check, Type};

const CLAIM: &[Type] = &[Type::PersistentVolumeClaimSpec];
const VOLUME: &[Type] = &[Type::PersistentVolumeSpec];
const BOTH: &[Type] = &[Type::PersistentVolumeClaimSpec, Type::PersistentVolumeSpec];
const CLASS: &[Type] = &[Type::StorageClass];
const OF_CLAIM: &str = "core/validation/validation.go ValidatePersistentVolumeClaimSpec";
const OF_VOLUME: &str = "core/validation/validation.go ValidatePersistentVolumeSpec";
const OF_BOTH: &str = "core/validation/validation.go ValidatePersistentVolumeClaimSpec, \
                       ValidatePersistentVolumeSpec";
const MODES: &[&str] = &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

pub(super) static RULES: &[Rule] = &[
    rule("storage-access", BOTH, "accessModes", Check::Needed, NEEDED, OF_BOTH),
    rule("storage-access-mode", BOTH, "accessModes", Check::EachOneOf(MODES), WORD, OF_BOTH),
    rule(
        "storage-volume-mode",
        BOTH,
        "volumeMode",
        Check::OneOf(&["Filesystem", "Block"]),
        WORD,
        OF_BOTH,
    ),
    rule("storage-class-name", BOTH, "storageClassName", Check::Form(CLASS_OR_NONE), NAME, OF_BOTH),
    rule(
        "claim-size",
        CLAIM,
        "resources",
        Check::Holds("its `requests` have `storage`, more than 0", |it, faults| {
            let size = it.at(["resources", "requests", "storage"]);
            let fix = "say how large the volume must be, for example `storage: 10Gi`";
            match size {
                None => {
                    let below = path(["requests", "storage"]);
                    faults.push(Fault::below(below, "is required", fix));
                }
                Some(size)
                    if crate::admission::seen::quantity(size).is_some_and(|it| it.value() == 0) =>
                {
                    let below = path(["requests", "storage"]);
                    faults.push(Fault::below(below, "must be more than 0", fix));
                }
                Some(_) => {}
            }
        }),
        NEEDED,
        OF_CLAIM,
    ),
    rule(
        "volume-size",
        VOLUME,
        "capacity",
        Check::Holds("has `storage`", |it, faults| {
            if it.at(["capacity", "storage"]).is_none() {
                faults.push(Fault::below(path(["storage"]), "is required", "say how large it is"));
            }
        }),
        NEEDED,
        OF_VOLUME,
    ),
    rule(
        "volume-reclaim",
        VOLUME,
        "persistentVolumeReclaimPolicy",
        Check::OneOf(&["", "Retain", "Recycle", "Delete"]),
        WORD,
        OF_VOLUME,
    ),
    rule(
        "class-provisioner",
        CLASS,
        "provisioner",
        Check::Needed,
        NEEDED,
        "storage/validation/validation.go validateProvisioner",
    ),
    rule(
        "class-provisioner-form",
        CLASS,
        "provisioner",
        // The letters are lowered first.
        Check::Form((
            KEY.0,
            |text| {
                if text.is_empty() { Ok(()) } else { (KEY.1)(&text.to_lowercase()) }
            },
        )),
        NAME,
        "storage/validation/validation.go validateProvisioner",
    ),
    rule(
        "class-binding",
        CLASS,
        "volumeBindingMode",
        Check::OneOf(&["Immediate", "WaitForFirstConsumer"]),
        WORD,
        "storage/validation/validation.go validateVolumeBindingMode",
    ),
    rule(
        "class-reclaim",
        CLASS,
        "reclaimPolicy",
        Check::OneOf(&["", "Delete", "Retain"]),
        WORD,
        "storage/validation/validation.go validateReclaimPolicy",
    ),
];

/// A class's name; an empty one is no class.
const CLASS_OR_NONE: crate::admission::Form =
    (SUBDOMAIN.0, |text| if text.is_empty() { Ok(()) } else { (SUBDOMAIN.1)(text) });

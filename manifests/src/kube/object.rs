//! An object of any modelled kind.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde_ignored::Path;

use super::{
    CronJob, CsiDriver, CsiNode, CsiStorageCapacity, DaemonSet, Deployment,
    HorizontalPodAutoscaler, Job, Namespace, Node, ObjectMeta, PersistentVolume,
    PersistentVolumeClaim, Pod, PodDisruptionBudget, PodSpec, PriorityClass, ReplicaSet, Service,
    StatefulSet, StorageClass, VerticalPodAutoscaler, VolumeAttachment,
};

/// The kinds: variant, name, version in which they are printed.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident $name:literal $version:literal,)*) => {
        /// An object of any modelled kind.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Object {
            $($(#[$about])* $kind(Box<$kind>),)*
        }

        /// A modelled kind.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum ObjectKind {
            $($(#[$about])* $kind,)*
        }

        impl ObjectKind {
            /// Every one of them.
            pub const ALL: &[ObjectKind] = &[$(ObjectKind::$kind,)*];

            /// As Kubernetes writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(ObjectKind::$kind => $name,)* }
            }

            /// The version in which it is printed.
            #[must_use]
            pub fn api_version(self) -> &'static str {
                match self { $(ObjectKind::$kind => $version,)* }
            }
        }

        impl ObjectKind {
            /// The object of this kind in a JSON text. `ignored` hears of every field that the
            /// kind does not have.
            ///
            /// # Errors
            /// What is wrong with the text.
            pub fn read(self, text: &str, ignored: Ignored<'_>) -> serde_json::Result<Object> {
                match self {
                    $(ObjectKind::$kind => read::<$kind>(text, ignored).map(Object::from),)*
                }
            }
        }

        impl Object {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> ObjectKind {
                match self { $(Object::$kind(_) => ObjectKind::$kind,)* }
            }

            /// Its names, labels and owners.
            #[must_use]
            pub fn metadata(&self) -> &ObjectMeta {
                match self { $(Object::$kind(object) => &object.metadata,)* }
            }
        }

        impl Serialize for Object {
            fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                let (api_version, kind) = (self.kind().api_version(), self.kind().name());
                match self {
                    $(Object::$kind(object) => {
                        Printed { api_version, kind, object }.serialize(output)
                    })*
                }
            }
        }

        $(impl From<$kind> for Object {
            fn from(object: $kind) -> Object {
                Object::$kind(Box::new(object))
            }
        })*
    };
}

kinds! {
    /// A pod.
    Pod "Pod" "v1",
    /// ReplicaSets that follow one another.
    Deployment "Deployment" "apps/v1",
    /// Pods that are all the same.
    ReplicaSet "ReplicaSet" "apps/v1",
    /// Pods with stable names and volumes.
    StatefulSet "StatefulSet" "apps/v1",
    /// One pod on every node.
    DaemonSet "DaemonSet" "apps/v1",
    /// Pods that run to their end.
    Job "Job" "batch/v1",
    /// Jobs that are started by the clock.
    CronJob "CronJob" "batch/v1",
    /// A node.
    Node "Node" "v1",
    /// A namespace.
    Namespace "Namespace" "v1",
    /// An address for pods.
    Service "Service" "v1",
    /// A priority by name.
    PriorityClass "PriorityClass" "scheduling.k8s.io/v1",
    /// How many pods may be missing.
    PodDisruptionBudget "PodDisruptionBudget" "policy/v1",
    /// A disk.
    PersistentVolume "PersistentVolume" "v1",
    /// A claim on a disk.
    PersistentVolumeClaim "PersistentVolumeClaim" "v1",
    /// A kind of disk.
    StorageClass "StorageClass" "storage.k8s.io/v1",
    /// The drivers of a node.
    CsiNode "CSINode" "storage.k8s.io/v1",
    /// A driver.
    CsiDriver "CSIDriver" "storage.k8s.io/v1",
    /// How much room there is for a class.
    CsiStorageCapacity "CSIStorageCapacity" "storage.k8s.io/v1",
    /// A volume that is attached to a node.
    VolumeAttachment "VolumeAttachment" "storage.k8s.io/v1",
    /// More pods when there is more to do.
    HorizontalPodAutoscaler "HorizontalPodAutoscaler" "autoscaling/v2",
    /// Larger or smaller pods.
    VerticalPodAutoscaler "VerticalPodAutoscaler" "autoscaling.k8s.io/v1",
}

/// Who hears of fields that a type does not have.
pub type Ignored<'i> = &'i mut dyn FnMut(Path<'_>);

impl PodSpec {
    /// What a pod asks for, in a JSON text; `ignored` as in [`ObjectKind::read`].
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str, ignored: Ignored<'_>) -> serde_json::Result<PodSpec> {
        read(text, ignored)
    }
}

/// The one way in: the types are many, and each is compiled for this input only.
fn read<'t, T: Deserialize<'t>>(text: &'t str, mut ignored: Ignored<'_>) -> serde_json::Result<T> {
    let mut input = serde_json::Deserializer::from_str(text);
    T::deserialize(serde_ignored::Deserializer::new(&mut input, &mut ignored))
}

/// An object with its kind, as it is printed.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'o, T> {
    api_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    object: &'o T,
}

impl ObjectKind {
    /// The kind of that name, in any version of its group; no version is every group.
    #[must_use]
    pub fn of(api_version: &str, kind: &str) -> Option<ObjectKind> {
        let same_group = |known: &str| api_version.is_empty() || group(api_version) == group(known);
        let mut all = ObjectKind::ALL.iter().copied();
        all.find(|known| known.name() == kind && same_group(known.api_version()))
    }
}

/// The group of an API version; the core group has no name.
fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Any object by its own `apiVersion` and `kind`, through a tree and a text; a large file is read
/// otherwise.
impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        let json = serde_json::Value::deserialize(deserializer)?;
        let text = |key: &str| json.get(key).and_then(serde_json::Value::as_str).unwrap_or("");
        let kind = ObjectKind::of(text("apiVersion"), text("kind"))
            .ok_or_else(|| D::Error::custom(format!("kind `{}` is not modelled", text("kind"))))?;
        kind.read(&json.to_string(), &mut |_| {}).map_err(D::Error::custom)
    }
}

//! An object of any modelled kind.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::{
    AksNodeClass, CronJob, CsiDriver, CsiNode, CsiStorageCapacity, DaemonSet, Deployment,
    Ec2NodeClass, Fault, HorizontalPodAutoscaler, Job, LimitRange, Namespace, Node, NodeClaim,
    NodePool, ObjectMeta, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    PriorityClass, ReplicaSet, ResourceQuota, Service, StatefulSet, StorageClass, UnknownFields,
    VerticalPodAutoscaler, VolumeAttachment, read,
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
            /// A value as an object of this kind, and the fields that the kind does not have.
            ///
            /// # Errors
            /// The first thing that does not fit.
            pub fn read(self, value: &Value) -> Result<(Object, UnknownFields), Fault> {
                match self {
                    $(ObjectKind::$kind => {
                        read::<$kind>(value).map(|(object, unknown)| (object.into(), unknown))
                    })*
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
    /// How much the objects of a namespace may use together.
    ResourceQuota "ResourceQuota" "v1",
    /// How much each pod and container of a namespace may request and use.
    LimitRange "LimitRange" "v1",
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
    /// Which nodes Karpenter may buy.
    NodePool "NodePool" "karpenter.sh/v1",
    /// A node that Karpenter has bought.
    NodeClaim "NodeClaim" "karpenter.sh/v1",
    /// How Karpenter's nodes are made on AWS.
    Ec2NodeClass "EC2NodeClass" "karpenter.k8s.aws/v1",
    /// How Karpenter's nodes are made on Azure.
    AksNodeClass "AKSNodeClass" "karpenter.azure.com/v1beta1",
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

/// The versions of autoscalers of pods that are served beside the one in which they are printed.
const SERVED_TOO: [(ObjectKind, &str); 2] = [
    (ObjectKind::HorizontalPodAutoscaler, "autoscaling/v1"),
    (ObjectKind::VerticalPodAutoscaler, "autoscaling.k8s.io/v1beta2"),
];

impl ObjectKind {
    /// Whether no API server serves this kind in this version, which is of its group. Known of autoscalers of
    /// pods alone, whose fields were others in versions that are gone.
    #[must_use]
    pub fn is_unserved(self, api_version: &str) -> bool {
        let is_known = SERVED_TOO.iter().any(|(kind, _)| *kind == self);
        let is_served = api_version.is_empty()
            || api_version == self.api_version()
            || SERVED_TOO.contains(&(self, api_version));
        is_known && !is_served
    }
}

/// The group of an API version; the core group has no name.
fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Any object by its own `apiVersion` and `kind`.
impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        let json = Value::deserialize(deserializer)?;
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or("");
        let kind = ObjectKind::of(text("apiVersion"), text("kind"))
            .ok_or_else(|| D::Error::custom(format!("kind `{}` is not modelled", text("kind"))))?;
        let read = kind.read(&json).map_err(|fault| D::Error::custom(fault.message));
        read.map(|(object, _)| object)
    }
}

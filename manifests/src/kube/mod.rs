//! Kubernetes objects in Kubernetes' own spelling: what is modelled, and what is kept for it.
//!
//! One file a family. Every type can be read, printed and read again to the same value; what is
//! absent, `null` or the default is printed as absent, as the API server does. Fields that are not
//! here are not lost: reading notes them, and they are counted ([`crate::unmodelled`]).

/// Types of the API: every field may be absent, and then has its default.
///
/// Kubernetes validates objects when it admits them ([`crate::admission`]); these types accept what
/// it would serve. The macro knows every field, and writes what reads them ([`Read`]). What only an
/// admission plugin looks at is marked by its name (`judged`), and has no bearing on scheduling.
macro_rules! object {
    ($($(#[doc = $about:literal])* pub struct $name:ident {
        $(
            $(#[doc = $field_about:literal])*
            $(#[judged = $by:literal])?
            $(#[serde(rename = $key:literal)])?
            pub $field:ident: $kind:ty,
        )*
    })*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, PartialEq, Debug, Default, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[doc = $field_about])*
                #[serde(skip_serializing_if = "crate::kube::is_absent")]
                $(#[serde(rename = $key)])?
                pub $field: $kind,
            )*
        }

        impl $crate::kube::Read for $name {
            fn read<'v>(
                value: &'v serde_json::Value,
                reader: &mut $crate::kube::Reader<'v>,
            ) -> Result<$name, $crate::kube::Fault> {
                let mut object = $name::default();
                for (key, value) in reader.map(value)? {
                    $(
                        if is_key!(key, $field $(, $key)?) {
                            read_field!(reader, key, value, &mut object.$field $(, $by)?);
                            continue;
                        }
                    )*
                    reader.unknown(key);
                }
                Ok(object)
            }
        }

        from_value! { $name }
    )*};
}

/// Reads a field, or one that is read only to be judged: it is counted as if it were unknown.
macro_rules! read_field {
    ($reader:ident, $key:ident, $value:ident, $into:expr) => {
        $reader.field($key, $value, $into)?
    };
    ($reader:ident, $key:ident, $value:ident, $into:expr, $by:literal) => {
        $reader.judged($key, $value, $into)?
    };
}

/// Whether a key is a field, by the key that is given for it or else by its name.
macro_rules! is_key {
    ($read:ident, $field:ident, $key:literal) => {
        $read == $key
    };
    ($read:ident, $field:ident) => {
        $crate::kube::read::is_key($read, stringify!($field))
    };
}

/// What lets a type stand within others that serde reads.
macro_rules! from_value {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<$name, D::Error> {
                let value = serde_json::Value::deserialize(input)?;
                let read = $crate::kube::read(&value);
                let words = |fault: $crate::kube::Fault| serde::de::Error::custom(fault.message);
                read.map(|(object, _)| object).map_err(words)
            }
        }
    };
}

mod affinity;
mod autoscaling;
mod container;
mod karpenter;
mod meta;
mod node;
mod object;
mod pod;
mod policy;
mod quantity;
mod read;
mod security;
mod services;
mod storage;
mod volume;
mod workload;
mod workloads;

pub use affinity::{
    Affinity, Expression, NodeAffinity, NodeSelector, NodeSelectorTerm, Operator, PodAffinity,
    PodAffinityTerm, PreferredSchedulingTerm, TopologySpreadConstraint, WeightedPodAffinityTerm,
};
pub use autoscaling::{
    ContainerResourcePolicy, CrossVersionObjectReference, EvictionRequirement,
    HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec,
    HorizontalPodAutoscalerStatus, HpaScalingPolicy, HpaScalingRules, MetricIdentifier,
    MetricSource, MetricSpec, MetricTarget, PodResourcePolicy, PodUpdatePolicy,
    RecommendedContainerResources, RecommendedPodResources, ResourceBoost, StartupBoost,
    VerticalPodAutoscaler, VerticalPodAutoscalerSpec, VerticalPodAutoscalerStatus,
};
pub use container::{
    Container, ContainerPort, ContainerRestartRule, ContainerState, ContainerStateTerminated,
    ContainerStatus, ExitCodes, Lifecycle, LifecycleHandler, Probe, ResourceClaim,
    ResourceRequirements, SleepAction, VolumeMount,
};
pub use karpenter::{
    AksNodeClass, Ec2NodeClass, Ec2NodeClassStatus, Ec2Subnet, NodeClaim, NodeClaimSpec,
    NodeClaimTemplate, NodeClassRef, NodePool, NodePoolBudget, NodePoolDisruption, NodePoolSpec,
    NodeRequirement,
};
pub use meta::{
    Condition, IntOrString, LabelSelector, Labels, ObjectMeta, ObjectReference, OwnerReference,
};
pub use node::{ContainerImage, Effect, Node, NodeSpec, NodeStatus, Taint};
pub use object::{Object, ObjectKind};
pub use pod::{
    Pod, PodResourceClaim, PodSchedulingGate, PodSpec, PodStatus, PodTemplateSpec, Toleration,
};
pub use policy::{
    LimitRange, LimitRangeItem, LimitRangeSpec, PodDisruptionBudget, PodDisruptionBudgetSpec,
    PodDisruptionBudgetStatus, PriorityClass, ResourceQuota, ResourceQuotaSpec, ScopeSelector,
    ScopedSelectorRequirement,
};
pub use quantity::{Quantity, ResourceList};
pub use read::{Fault, Read, Reader, UnknownFields, read};
pub use security::{
    AnySource, Capabilities, HostHandler, PodOs, PodSecurityContext, SeLinuxOptions,
    SecurityContext, SecurityProfile, Sysctl, WindowsOptions,
};
pub use services::{Namespace, Service, ServicePort, ServiceSpec};
pub use storage::{
    CsiDriver, CsiDriverSpec, CsiNode, CsiNodeDriver, CsiNodeSpec, CsiPersistentVolumeSource,
    CsiStorageCapacity, NO_PROVISIONER, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeClaimSpec, PersistentVolumeClaimStatus, PersistentVolumeSpec,
    PersistentVolumeStatus, StorageClass, TopologySelectorLabelRequirement, TopologySelectorTerm,
    VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec, VolumeAttachmentStatus,
    VolumeNodeAffinity, VolumeNodeResources, storage_of,
};
pub use volume::{
    AwsElasticBlockStore, AzureDisk, CsiVolumeSource, EmptyDir, EphemeralVolumeSource,
    GcePersistentDisk, HostPath, ImageVolumeSource, Iscsi, LocalVolumeSource, NfsVolumeSource,
    PersistentVolumeClaimTemplate, PersistentVolumeClaimVolumeSource, Rbd, Volume,
};
pub use workload::Workload;
pub use workloads::{
    CronJob, CronJobSpec, DISRUPTION_TARGET, DaemonSet, DaemonSetSpec, Deployment, DeploymentSpec,
    DeploymentStrategy, Job, JobSpec, JobStatus, JobTemplateSpec, PodFailurePolicy,
    PodFailurePolicyOnExitCodes, PodFailurePolicyOnPodCondition, PodFailurePolicyRule, ReplicaSet,
    ReplicaSetSpec, RollingUpdate, StatefulSet, StatefulSetSpec, UpdateStrategy, WorkloadStatus,
};

/// Whether a field need not be printed: reading its absence gives the same.
fn is_absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

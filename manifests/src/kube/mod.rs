//! Kubernetes objects in Kubernetes' own spelling: what is modelled, and what is kept for it.
//!
//! One file a family. Every type can be read, printed and read again to the same value; what is
//! absent, `null` or the default is printed as absent, as the API server does. Fields that are not
//! here are not lost: whoever reads an object counts them ([`crate::unmodelled`]).

use serde::{Deserialize, Deserializer};

/// Types of the API: every field may be absent, and then has its default.
///
/// Kubernetes validates objects when it admits them ([`crate::admission`]); these types accept what
/// it would serve. An object is a map: serde would also read one from a list, field by field in the
/// order of the type, which no client of Kubernetes means.
macro_rules! object {
    ($($(#[$about:meta])* pub struct $name:ident {
        $($(#[$field_about:meta])* pub $field:ident: $kind:ty,)*
    })*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Debug, Default, serde::Deserialize, serde::Serialize)]
        #[serde(rename_all = "camelCase", default, remote = "Self")]
        pub struct $name {
            $(
                $(#[$field_about])*
                #[serde(
                    deserialize_with = "crate::kube::null_is_absent",
                    skip_serializing_if = "crate::kube::is_absent"
                )]
                pub $field: $kind,
            )*
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<$name, D::Error> {
                $name::deserialize($crate::kube::only_maps::OnlyMaps(input))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, output)
            }
        }
    )*};
}

mod affinity;
mod autoscaling;
mod container;
mod meta;
mod node;
mod object;
mod only_maps;
mod pod;
mod policy;
mod quantity;
mod services;
mod storage;
mod volume;
mod workloads;

pub use affinity::{
    Affinity, Expression, NodeAffinity, NodeSelector, NodeSelectorTerm, Operator, PodAffinity,
    PodAffinityTerm, PreferredSchedulingTerm, TopologySpreadConstraint, WeightedPodAffinityTerm,
};
pub use autoscaling::{
    ContainerResourcePolicy, CrossVersionObjectReference, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus,
    HpaScalingPolicy, HpaScalingRules, MetricIdentifier, MetricSource, MetricSpec, MetricTarget,
    PodResourcePolicy, PodUpdatePolicy, RecommendedContainerResources, RecommendedPodResources,
    VerticalPodAutoscaler, VerticalPodAutoscalerSpec, VerticalPodAutoscalerStatus,
};
pub use container::{
    Container, ContainerPort, ContainerRestartRule, ContainerState, ContainerStateTerminated,
    ContainerStatus, ExitCodes, Lifecycle, LifecycleHandler, Probe, ResourceClaim,
    ResourceRequirements, SleepAction, VolumeMount,
};
pub use meta::{
    Condition, IntOrString, LabelSelector, Labels, ObjectMeta, ObjectReference, OwnerReference,
};
pub use node::{ContainerImage, Effect, Node, NodeSpec, NodeStatus, Taint};
pub use object::{Ignored, Object, ObjectKind};
pub use pod::{
    Pod, PodResourceClaim, PodSchedulingGate, PodSpec, PodStatus, PodTemplateSpec, Toleration,
};
pub use policy::{
    PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus, PriorityClass,
};
pub use quantity::{Quantity, ResourceList};
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
pub use workloads::{
    CronJob, CronJobSpec, DISRUPTION_TARGET, DaemonSet, DaemonSetSpec, Deployment, DeploymentSpec,
    DeploymentStrategy, Job, JobSpec, JobStatus, JobTemplateSpec, PodFailurePolicy,
    PodFailurePolicyOnExitCodes, PodFailurePolicyOnPodCondition, PodFailurePolicyRule, ReplicaSet,
    ReplicaSetSpec, RollingUpdate, SUSPENDED, StatefulSet, StatefulSetSpec, UpdateStrategy,
    WorkloadStatus,
};

/// Reads `null` as if nothing were written, as the API server does.
fn null_is_absent<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether a field need not be printed: reading its absence gives the same.
fn is_absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

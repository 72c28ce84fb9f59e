//! Where each type of the API occurs: the fields through which rules reach what they look at.

use std::sync::LazyLock;

use crate::kube::ObjectKind;

macro_rules! types {
    ($($name:ident)*) => {
        /// A type of Kubernetes' API, named as there.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Type {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
        }

        impl Type {
            /// Every one of them.
            pub const ALL: &[Type] = &[$(Type::$name,)*];
        }
    };
}

types! {
    Pod Deployment ReplicaSet StatefulSet DaemonSet Job CronJob Node Namespace Service PriorityClass
    PodDisruptionBudget ResourceQuota LimitRange PersistentVolume PersistentVolumeClaim StorageClass CSINode CSIDriver
    CSIStorageCapacity VolumeAttachment HorizontalPodAutoscaler VerticalPodAutoscaler
    NodePool NodeClaim EC2NodeClass AKSNodeClass
    ObjectMeta TemplateMeta PodTemplateSpec JobTemplateSpec
    DeploymentSpec ReplicaSetSpec StatefulSetSpec DaemonSetSpec JobSpec CronJobSpec NodeSpec
    ServiceSpec PodDisruptionBudgetSpec PersistentVolumeSpec PersistentVolumeClaimSpec
    HorizontalPodAutoscalerSpec VerticalPodAutoscalerSpec
    PodSpec Container ContainerPort ResourceRequirements VolumeMount Volume EphemeralVolume
    ClaimTemplate Toleration Taint Affinity NodeAffinity NodeSelector NodeSelectorTerm
    LabelRequirement FieldRequirement PreferredTerm PodAffinity PodAffinityTerm WeightedTerm
    LabelSelector LabelSelectorRequirement TopologySpreadConstraint
    DeploymentStrategy StatefulSetStrategy DaemonSetStrategy RollingUpdate
    PodFailurePolicy PodFailurePolicyRule OnExitCodes
    ServicePort ScaleTarget MetricSpec Behavior ScalingRules ScalingPolicy
    UpdatePolicy ResourcePolicy ContainerPolicy
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// One value of a type.
    One(Type),
    /// A list of them.
    List(Type),
    /// A map of texts or amounts by name.
    Map,
}

use Holds::{List, Map, One};

impl Type {
    /// The type of a kind of object.
    #[must_use]
    pub fn of(kind: ObjectKind) -> Type {
        match kind {
            ObjectKind::Pod => Type::Pod,
            ObjectKind::Deployment => Type::Deployment,
            ObjectKind::ReplicaSet => Type::ReplicaSet,
            ObjectKind::StatefulSet => Type::StatefulSet,
            ObjectKind::DaemonSet => Type::DaemonSet,
            ObjectKind::Job => Type::Job,
            ObjectKind::CronJob => Type::CronJob,
            ObjectKind::Node => Type::Node,
            ObjectKind::Namespace => Type::Namespace,
            ObjectKind::Service => Type::Service,
            ObjectKind::PriorityClass => Type::PriorityClass,
            ObjectKind::PodDisruptionBudget => Type::PodDisruptionBudget,
            ObjectKind::ResourceQuota => Type::ResourceQuota,
            ObjectKind::LimitRange => Type::LimitRange,
            ObjectKind::PersistentVolume => Type::PersistentVolume,
            ObjectKind::PersistentVolumeClaim => Type::PersistentVolumeClaim,
            ObjectKind::StorageClass => Type::StorageClass,
            ObjectKind::CsiNode => Type::CSINode,
            ObjectKind::CsiDriver => Type::CSIDriver,
            ObjectKind::CsiStorageCapacity => Type::CSIStorageCapacity,
            ObjectKind::VolumeAttachment => Type::VolumeAttachment,
            ObjectKind::HorizontalPodAutoscaler => Type::HorizontalPodAutoscaler,
            ObjectKind::VerticalPodAutoscaler => Type::VerticalPodAutoscaler,
            ObjectKind::NodePool => Type::NodePool,
            ObjectKind::NodeClaim => Type::NodeClaim,
            ObjectKind::Ec2NodeClass => Type::EC2NodeClass,
            ObjectKind::AksNodeClass => Type::AKSNodeClass,
        }
    }
}

/// The fields of a type that lead on.
pub(crate) fn fields(of: Type) -> &'static [(&'static str, Holds)] {
    static BY_TYPE: LazyLock<Vec<Vec<(&str, Holds)>>> = LazyLock::new(|| {
        let own = |of: Type| {
            FIELDS.iter().filter(move |it| it.0.contains(&of)).map(|it| (it.1, it.2)).collect()
        };
        Type::ALL.iter().copied().map(own).collect()
    });
    &BY_TYPE[of as usize]
}

/// Kinds that have nothing but metadata that a rule looks at, or a spec of a type of its own.
const OBJECTS: &[Type] = &[
    Type::Pod,
    Type::Deployment,
    Type::ReplicaSet,
    Type::StatefulSet,
    Type::DaemonSet,
    Type::Job,
    Type::CronJob,
    Type::Node,
    Type::Namespace,
    Type::Service,
    Type::PriorityClass,
    Type::PodDisruptionBudget,
    Type::ResourceQuota,
    Type::LimitRange,
    Type::PersistentVolume,
    Type::PersistentVolumeClaim,
    Type::StorageClass,
    Type::CSINode,
    Type::CSIDriver,
    Type::CSIStorageCapacity,
    Type::VolumeAttachment,
    Type::HorizontalPodAutoscaler,
    Type::VerticalPodAutoscaler,
    Type::NodePool,
    Type::NodeClaim,
    Type::EC2NodeClass,
    Type::AKSNodeClass,
];

/// Controllers whose pods are made of a template of their own.
pub(super) const CONTROLLERS: &[Type] =
    &[Type::DeploymentSpec, Type::ReplicaSetSpec, Type::StatefulSetSpec, Type::DaemonSetSpec];

const METADATA: &[Type] = &[Type::ObjectMeta, Type::TemplateMeta];

/// Every way: types, the field that they have, and what it holds.
static FIELDS: &[(&[Type], &str, Holds)] = &[
    (OBJECTS, "metadata", One(Type::ObjectMeta)),
    (&[Type::Pod], "spec", One(Type::PodSpec)),
    (&[Type::Deployment], "spec", One(Type::DeploymentSpec)),
    (&[Type::ReplicaSet], "spec", One(Type::ReplicaSetSpec)),
    (&[Type::StatefulSet], "spec", One(Type::StatefulSetSpec)),
    (&[Type::DaemonSet], "spec", One(Type::DaemonSetSpec)),
    (&[Type::Job, Type::JobTemplateSpec], "spec", One(Type::JobSpec)),
    (&[Type::CronJob], "spec", One(Type::CronJobSpec)),
    (&[Type::Node], "spec", One(Type::NodeSpec)),
    (&[Type::Service], "spec", One(Type::ServiceSpec)),
    (&[Type::PodDisruptionBudget], "spec", One(Type::PodDisruptionBudgetSpec)),
    (&[Type::PersistentVolume], "spec", One(Type::PersistentVolumeSpec)),
    (
        &[Type::PersistentVolumeClaim, Type::ClaimTemplate],
        "spec",
        One(Type::PersistentVolumeClaimSpec),
    ),
    (&[Type::HorizontalPodAutoscaler], "spec", One(Type::HorizontalPodAutoscalerSpec)),
    (&[Type::VerticalPodAutoscaler], "spec", One(Type::VerticalPodAutoscalerSpec)),
    (METADATA, "labels", Map),
    (METADATA, "annotations", Map),
    (CONTROLLERS, "selector", One(Type::LabelSelector)),
    (CONTROLLERS, "template", One(Type::PodTemplateSpec)),
    (&[Type::JobSpec], "selector", One(Type::LabelSelector)),
    (&[Type::JobSpec], "template", One(Type::PodTemplateSpec)),
    (&[Type::JobSpec], "podFailurePolicy", One(Type::PodFailurePolicy)),
    (&[Type::PodFailurePolicy], "rules", List(Type::PodFailurePolicyRule)),
    (&[Type::PodFailurePolicyRule], "onExitCodes", One(Type::OnExitCodes)),
    (&[Type::CronJobSpec], "jobTemplate", One(Type::JobTemplateSpec)),
    (&[Type::PodTemplateSpec, Type::JobTemplateSpec], "metadata", One(Type::TemplateMeta)),
    (&[Type::PodTemplateSpec], "spec", One(Type::PodSpec)),
    (&[Type::DeploymentSpec], "strategy", One(Type::DeploymentStrategy)),
    (&[Type::StatefulSetSpec], "updateStrategy", One(Type::StatefulSetStrategy)),
    (&[Type::DaemonSetSpec], "updateStrategy", One(Type::DaemonSetStrategy)),
    (
        &[Type::DeploymentStrategy, Type::StatefulSetStrategy, Type::DaemonSetStrategy],
        "rollingUpdate",
        One(Type::RollingUpdate),
    ),
    (&[Type::StatefulSetSpec], "volumeClaimTemplates", List(Type::PersistentVolumeClaim)),
    (&[Type::PodSpec], "containers", List(Type::Container)),
    (&[Type::PodSpec], "initContainers", List(Type::Container)),
    (&[Type::PodSpec], "resources", One(Type::ResourceRequirements)),
    (&[Type::PodSpec], "overhead", Map),
    (&[Type::PodSpec], "nodeSelector", Map),
    (&[Type::PodSpec], "affinity", One(Type::Affinity)),
    (&[Type::PodSpec], "tolerations", List(Type::Toleration)),
    (&[Type::PodSpec], "topologySpreadConstraints", List(Type::TopologySpreadConstraint)),
    (&[Type::PodSpec], "volumes", List(Type::Volume)),
    (&[Type::Container], "ports", List(Type::ContainerPort)),
    (&[Type::Container], "resources", One(Type::ResourceRequirements)),
    (&[Type::Container], "volumeMounts", List(Type::VolumeMount)),
    (&[Type::ResourceRequirements], "requests", Map),
    (&[Type::ResourceRequirements], "limits", Map),
    (&[Type::Volume], "ephemeral", One(Type::EphemeralVolume)),
    (&[Type::EphemeralVolume], "volumeClaimTemplate", One(Type::ClaimTemplate)),
    (&[Type::ClaimTemplate], "metadata", One(Type::TemplateMeta)),
    (&[Type::Affinity], "nodeAffinity", One(Type::NodeAffinity)),
    (&[Type::Affinity], "podAffinity", One(Type::PodAffinity)),
    (&[Type::Affinity], "podAntiAffinity", One(Type::PodAffinity)),
    (&[Type::NodeAffinity], REQUIRED, One(Type::NodeSelector)),
    (&[Type::NodeAffinity], PREFERRED, List(Type::PreferredTerm)),
    (&[Type::NodeSelector], "nodeSelectorTerms", List(Type::NodeSelectorTerm)),
    (&[Type::NodeSelectorTerm], "matchExpressions", List(Type::LabelRequirement)),
    (&[Type::NodeSelectorTerm], "matchFields", List(Type::FieldRequirement)),
    (&[Type::PreferredTerm], "preference", One(Type::NodeSelectorTerm)),
    (&[Type::PodAffinity], REQUIRED, List(Type::PodAffinityTerm)),
    (&[Type::PodAffinity], PREFERRED, List(Type::WeightedTerm)),
    (&[Type::WeightedTerm], "podAffinityTerm", One(Type::PodAffinityTerm)),
    (&[Type::PodAffinityTerm], "labelSelector", One(Type::LabelSelector)),
    (&[Type::PodAffinityTerm], "namespaceSelector", One(Type::LabelSelector)),
    (&[Type::TopologySpreadConstraint], "labelSelector", One(Type::LabelSelector)),
    (&[Type::LabelSelector], "matchLabels", Map),
    (&[Type::LabelSelector], "matchExpressions", List(Type::LabelSelectorRequirement)),
    (&[Type::NodeSpec], "taints", List(Type::Taint)),
    (&[Type::ServiceSpec], "selector", Map),
    (&[Type::ServiceSpec], "ports", List(Type::ServicePort)),
    (&[Type::PodDisruptionBudgetSpec], "selector", One(Type::LabelSelector)),
    (&[Type::PersistentVolumeSpec], "capacity", Map),
    (&[Type::PersistentVolumeClaimSpec], "resources", One(Type::ResourceRequirements)),
    (&[Type::PersistentVolumeClaimSpec], "selector", One(Type::LabelSelector)),
    (&[Type::StorageClass], "parameters", Map),
    (&[Type::HorizontalPodAutoscalerSpec], "scaleTargetRef", One(Type::ScaleTarget)),
    (&[Type::HorizontalPodAutoscalerSpec], "metrics", List(Type::MetricSpec)),
    (&[Type::HorizontalPodAutoscalerSpec], "behavior", One(Type::Behavior)),
    (&[Type::Behavior], "scaleUp", One(Type::ScalingRules)),
    (&[Type::Behavior], "scaleDown", One(Type::ScalingRules)),
    (&[Type::ScalingRules], "policies", List(Type::ScalingPolicy)),
    (&[Type::VerticalPodAutoscalerSpec], "updatePolicy", One(Type::UpdatePolicy)),
    (&[Type::VerticalPodAutoscalerSpec], "resourcePolicy", One(Type::ResourcePolicy)),
    (&[Type::ResourcePolicy], "containerPolicies", List(Type::ContainerPolicy)),
];

pub(super) const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
pub(super) const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

//! HorizontalPodAutoscalers: what one is to hold, and how fast it may act. Defaults are filled in.

use super::decimal::Decimal;
use super::workload::WorkloadId;
use crate::names::NameId;
use crate::table::id;
use crate::time::Span;

id! {
    /// A HorizontalPodAutoscaler.
    HpaId
}

/// A HorizontalPodAutoscaler of a workload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hpa {
    /// Its name.
    pub name: NameId,
    /// What it scales: a Deployment or a StatefulSet.
    pub workload: WorkloadId,
    /// What it is to hold.
    pub spec: HpaSpec,
    /// The controller's words for each reason to change the scale, in its order.
    pub reasons: Vec<NameId>,
    /// Whether another one scales the same workload, too: then neither does.
    pub ambiguous: bool,
}

/// `spec` of a HorizontalPodAutoscaler, after defaulting.
// API server: apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HpaSpec {
    /// The fewest replicas it sets.
    pub min_replicas: u32,
    /// The most replicas it sets.
    pub max_replicas: u32,
    /// What it looks at, at least one; the metric that asks for most decides.
    pub metrics: Vec<Metric>,
    /// How fast it acts; without, by the rules of before `behavior` existed, which differ from its
    /// defaults.
    pub behavior: Option<Behavior>,
}

/// A metric and what it is to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Metric {
    /// A resource of the pods, or of one of their containers.
    Resource {
        /// Which resource.
        resource: Measured,
        /// Only of the container with this name.
        container: Option<NameId>,
        /// What it is to be.
        target: ResourceTarget,
    },
    /// A figure of each pod.
    Pods {
        /// Its name.
        name: NameId,
        /// What it is to be in the mean, in thousandths.
        target: i64,
    },
    /// A figure of another object.
    Object {
        /// The kind of the object.
        kind: NameId,
        /// The name of the figure.
        name: NameId,
        /// What it is to be.
        target: Target,
    },
    /// A figure from outside of the cluster.
    External {
        /// The name of the figure.
        name: NameId,
        /// What it is to be.
        target: Target,
    },
}

/// A resource that metrics-server measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// CPU, in millicores.
    Cpu,
    /// Memory, in thousandths of a byte.
    Memory,
}

impl Measured {
    /// Its name in Kubernetes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Measured::Cpu => "cpu",
            Measured::Memory => "memory",
        }
    }
}

/// What a resource of pods is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResourceTarget {
    /// Percent of what is requested.
    Utilization(i64),
    /// Thousandths a pod.
    AverageValue(i64),
}

/// What a figure that is not measured at pods is to be, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// In all.
    Value(i64),
    /// For each replica.
    AverageValue(i64),
}

/// How fast an autoscaler acts in each direction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behavior {
    /// To more replicas.
    pub up: ScalingRules,
    /// To fewer replicas.
    pub down: ScalingRules,
}

/// How fast an autoscaler acts in one direction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScalingRules {
    /// For how long it remembers what it has recommended, and follows the most cautious of it; `None` is
    /// what the controller is configured with.
    pub window: Option<Span>,
    /// Which of the policies decides.
    pub select: SelectPolicy,
    /// Limits on the change in a period.
    pub policies: Vec<ScalingPolicy>,
    /// By which part a metric may miss its target before anything is done; `None` is what the
    /// controller is configured with.
    pub tolerance: Option<Decimal>,
}

/// Which of several policies decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectPolicy {
    /// The one that allows the largest change.
    Max,
    /// The one that allows the smallest change.
    Min,
    /// None: there is no change in this direction.
    Disabled,
}

/// A limit on the change in a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScalingPolicy {
    /// How much.
    pub change: Change,
    /// In which time.
    pub period: Span,
}

/// A number of replicas, absolute or relative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// As many pods.
    Pods(u32),
    /// As many percent of the replicas at the beginning of the period.
    Percent(u32),
}

//! Pods: what they ask for and how they were last seen.

use std::collections::BTreeMap;

use super::{
    Affinity, Condition, Container, ContainerStatus, Effect, ObjectMeta, PodOs, PodSecurityContext,
    ResourceList, ResourceRequirements, TopologySpreadConstraint, Volume,
};

object! {
    /// A pod.
    pub struct Pod {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it is.
        pub spec: PodSpec,
        /// How it was last seen.
        pub status: PodStatus,
    }

    /// What a controller makes pods of.
    pub struct PodTemplateSpec {
        /// Labels and annotations of the pods.
        pub metadata: ObjectMeta,
        /// What they are.
        pub spec: PodSpec,
    }

    /// What a pod asks for.
    pub struct PodSpec {
        /// Containers that run side by side.
        pub containers: Vec<Container>,
        /// Containers that run before them, or beside them as sidecars.
        pub init_containers: Vec<Container>,
        /// What the pod takes as a whole, in place of its containers' sum.
        pub resources: Option<ResourceRequirements>,
        /// What the pod's sandbox takes.
        pub overhead: ResourceList,
        /// The node it runs on, or must run on.
        pub node_name: Option<String>,
        /// Labels its node must have.
        pub node_selector: BTreeMap<String, String>,
        /// Where it must and would like to run.
        pub affinity: Option<Box<Affinity>>,
        /// Taints it puts up with.
        pub tolerations: Vec<Toleration>,
        /// How evenly it is to be spread with its like.
        pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
        /// Its volumes.
        pub volumes: Vec<Volume>,
        /// What must be taken away before it may be scheduled.
        pub scheduling_gates: Vec<PodSchedulingGate>,
        /// Its claims on devices.
        pub resource_claims: Vec<PodResourceClaim>,
        /// The class its priority comes from.
        pub priority_class_name: Option<String>,
        /// Its priority; admission takes it from the class.
        pub priority: Option<i32>,
        /// `PreemptLowerPriority` (default) or `Never`.
        pub preemption_policy: Option<String>,
        /// Which scheduler looks after it.
        pub scheduler_name: Option<String>,
        /// `Always` (default), `OnFailure` or `Never`.
        pub restart_policy: Option<String>,
        /// How long it may take to stop.
        pub termination_grace_period_seconds: Option<u32>,
        /// How long it may run.
        pub active_deadline_seconds: Option<u32>,
        /// Whether its ports are the host's.
        pub host_network: bool,
        /// Whether it shares the host's users; it does by default.
        pub host_users: Option<bool>,
        /// Whether it sees the processes of its host.
        #[judged = "PodSecurity"]
        #[serde(rename = "hostPID")]
        pub host_pid: bool,
        /// Whether it shares memory with its host.
        #[judged = "PodSecurity"]
        #[serde(rename = "hostIPC")]
        pub host_ipc: bool,
        /// What its containers may do to their node.
        #[judged = "PodSecurity"]
        pub security_context: Option<Box<PodSecurityContext>>,
        /// Its operating system.
        #[judged = "PodSecurity"]
        pub os: Option<PodOs>,
        /// Containers that were put into it to look around.
        #[judged = "PodSecurity"]
        pub ephemeral_containers: Vec<Container>,
    }

    /// A toleration.
    pub struct Toleration {
        /// The key; none is every key.
        pub key: Option<String>,
        /// `Equal` (default), `Exists`, `Gt` or `Lt`.
        pub operator: Option<String>,
        /// The value.
        pub value: String,
        /// The effect; none is every effect.
        pub effect: Option<Effect>,
        /// How long it lasts.
        pub toleration_seconds: Option<i64>,
    }

    /// Something that must be taken away before a pod may be scheduled.
    pub struct PodSchedulingGate {
        /// What it is called.
        pub name: String,
    }

    /// A claim on a device.
    pub struct PodResourceClaim {
        /// What the pod's containers call it.
        pub name: String,
        /// The claim that is used.
        pub resource_claim_name: Option<String>,
        /// The template of which a claim is made for the pod.
        pub resource_claim_template_name: Option<String>,
    }

    /// How a pod was last seen.
    pub struct PodStatus {
        /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
        pub phase: Option<String>,
        /// Why, in one word.
        pub reason: String,
        /// What is and is not so.
        pub conditions: Vec<Condition>,
        /// The node that preemption makes room on.
        pub nominated_node_name: Option<String>,
        /// When its node took it up (RFC 3339).
        pub start_time: Option<String>,
        /// Its containers.
        pub container_statuses: Vec<ContainerStatus>,
        /// Its init containers.
        pub init_container_statuses: Vec<ContainerStatus>,
        /// How important it is when memory runs short.
        pub qos_class: Option<String>,
    }
}

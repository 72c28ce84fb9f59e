//! Containers: what they take of a node, and how they were last seen.

use super::{HostHandler, ResourceList, SecurityContext};

object! {
    /// A container.
    pub struct Container {
        /// What it is called.
        pub name: String,
        /// Its image.
        pub image: String,
        /// `Always`, `IfNotPresent` or `Never`.
        pub image_pull_policy: Option<String>,
        /// What it takes of a node.
        pub resources: ResourceRequirements,
        /// Its ports.
        pub ports: Vec<ContainerPort>,
        /// Which of the pod's volumes it sees.
        pub volume_mounts: Vec<VolumeMount>,
        /// `Always` makes an init container a sidecar.
        pub restart_policy: Option<String>,
        /// What becomes of it after particular exits.
        pub restart_policy_rules: Vec<ContainerRestartRule>,
        /// What is done before it stops.
        pub lifecycle: Option<Lifecycle>,
        /// What tells that it can be used.
        pub readiness_probe: Option<Probe>,
        /// What tells that it has started.
        pub startup_probe: Option<Probe>,
        /// What tells that it is to be started anew.
        #[judged = "PodSecurity"]
        pub liveness_probe: Option<Probe>,
        /// What it may do to its node.
        #[judged = "PodSecurity"]
        pub security_context: Option<Box<SecurityContext>>,
    }

    /// What a container or a pod takes of a node.
    pub struct ResourceRequirements {
        /// What it is sure to get.
        pub requests: ResourceList,
        /// What it may use at most; a request that is not given is as large.
        pub limits: ResourceList,
        /// Which of the pod's claims on devices it uses.
        pub claims: Vec<ResourceClaim>,
    }

    /// A claim on a device, by its name in the pod.
    pub struct ResourceClaim {
        /// The name.
        pub name: String,
        /// Which request of the claim; none is all of them.
        pub request: String,
    }

    /// A port of a container.
    pub struct ContainerPort {
        /// What it is called.
        pub name: String,
        /// The container's port.
        pub container_port: u16,
        /// The host's port.
        pub host_port: u16,
        /// The host's address.
        #[serde(rename = "hostIP")]
        pub host_ip: String,
        /// TCP, UDP or SCTP.
        pub protocol: Option<String>,
    }

    /// A volume that a container sees.
    pub struct VolumeMount {
        /// Which of the pod's.
        pub name: String,
        /// Whether it only reads.
        pub read_only: bool,
    }

    /// What becomes of a container after particular exits.
    pub struct ContainerRestartRule {
        /// `Restart` or `RestartAllContainers`.
        pub action: String,
        /// After which exits.
        pub exit_codes: Option<ExitCodes>,
    }

    /// A set of exit codes.
    pub struct ExitCodes {
        /// `In` or `NotIn`.
        pub operator: String,
        /// The codes.
        pub values: Vec<i32>,
    }

    /// What is done at the ends of a container's life.
    pub struct Lifecycle {
        /// Before it is asked to stop.
        pub pre_stop: Option<LifecycleHandler>,
        /// After it was started.
        #[judged = "PodSecurity"]
        pub post_start: Option<LifecycleHandler>,
    }

    /// Something that is done; only the time of a sleep is known beforehand.
    pub struct LifecycleHandler {
        /// A pause.
        pub sleep: Option<SleepAction>,
        /// A request.
        #[judged = "PodSecurity"]
        pub http_get: Option<HostHandler>,
        /// A connection.
        #[judged = "PodSecurity"]
        pub tcp_socket: Option<HostHandler>,
    }

    /// A pause.
    pub struct SleepAction {
        /// How long.
        pub seconds: u32,
    }

    /// A question that is put to a container again and again.
    pub struct Probe {
        /// How long after the start it is first put.
        pub initial_delay_seconds: Option<u32>,
        /// How long between two times.
        pub period_seconds: Option<u32>,
        /// How many good answers are needed.
        pub success_threshold: Option<u32>,
        /// How many bad answers are too many.
        pub failure_threshold: Option<u32>,
        /// By a request.
        #[judged = "PodSecurity"]
        pub http_get: Option<HostHandler>,
        /// By a connection.
        #[judged = "PodSecurity"]
        pub tcp_socket: Option<HostHandler>,
    }

    /// How a container was last seen.
    pub struct ContainerStatus {
        /// Which container.
        pub name: String,
        /// Its image.
        pub image: String,
        /// Whether it can be used.
        pub ready: bool,
        /// How often it was restarted.
        pub restart_count: u32,
        /// What the node has set aside for it.
        pub allocated_resources: ResourceList,
        /// What is in force on the node.
        pub resources: Option<ResourceRequirements>,
        /// How it is now.
        pub state: Option<ContainerState>,
    }

    /// How a container is; only an end is kept.
    pub struct ContainerState {
        /// It has ended.
        pub terminated: Option<ContainerStateTerminated>,
    }

    /// How a container ended.
    pub struct ContainerStateTerminated {
        /// Its exit code.
        pub exit_code: i32,
        /// Why, in one word.
        pub reason: String,
        /// When it began (RFC 3339).
        pub started_at: Option<String>,
        /// When it ended (RFC 3339).
        pub finished_at: Option<String>,
    }
}

//! What pods may do to their nodes: the fields that Pod Security looks at.

use serde_json::Value;

use super::{Fault, Read, Reader};

object! {
    /// Settings of a container.
    pub struct SecurityContext {
        /// Whether it may do whatever its node may.
        pub privileged: Option<bool>,
        /// Whether it may gain more privileges than its parent has; it may by default.
        pub allow_privilege_escalation: Option<bool>,
        /// Capabilities beside those that the runtime gives it.
        pub capabilities: Option<Capabilities>,
        /// How `/proc` is mounted.
        pub proc_mount: Option<String>,
        /// Whether it must not run as root.
        pub run_as_non_root: Option<bool>,
        /// The user that it runs as.
        pub run_as_user: Option<i64>,
        /// Which system calls it may make.
        pub seccomp_profile: Option<SecurityProfile>,
        /// What AppArmor holds it to.
        pub app_armor_profile: Option<SecurityProfile>,
        /// What SELinux holds it to.
        pub se_linux_options: Option<SeLinuxOptions>,
        /// Settings of Windows.
        pub windows_options: Option<WindowsOptions>,
    }

    /// Settings of a pod; a container's own win.
    pub struct PodSecurityContext {
        /// Whether its containers must not run as root.
        pub run_as_non_root: Option<bool>,
        /// The user that they run as.
        pub run_as_user: Option<i64>,
        /// Which system calls they may make.
        pub seccomp_profile: Option<SecurityProfile>,
        /// What AppArmor holds them to.
        pub app_armor_profile: Option<SecurityProfile>,
        /// What SELinux holds them to.
        pub se_linux_options: Option<SeLinuxOptions>,
        /// Settings of Windows.
        pub windows_options: Option<WindowsOptions>,
        /// Kernel parameters.
        pub sysctls: Vec<Sysctl>,
    }

    /// Capabilities that are added to the usual ones, and taken from them.
    pub struct Capabilities {
        /// More.
        pub add: Vec<String>,
        /// Fewer.
        pub drop: Vec<String>,
    }

    /// A profile of seccomp or AppArmor.
    pub struct SecurityProfile {
        /// `RuntimeDefault`, `Localhost` or `Unconfined`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Which profile of the node.
        pub localhost_profile: Option<String>,
    }

    /// A label of SELinux.
    pub struct SeLinuxOptions {
        /// Its user.
        pub user: String,
        /// Its role.
        pub role: String,
        /// Its type.
        #[serde(rename = "type")]
        pub kind: String,
        /// Its level.
        pub level: String,
    }

    /// Settings of Windows.
    pub struct WindowsOptions {
        /// Whether it runs as a process of the host.
        pub host_process: Option<bool>,
    }

    /// A kernel parameter.
    pub struct Sysctl {
        /// Its name.
        pub name: String,
        /// Its value.
        pub value: String,
    }

    /// The operating system of a pod.
    pub struct PodOs {
        /// `linux` or `windows`.
        pub name: String,
    }

    /// A request of a probe or hook; only its host matters.
    pub struct HostHandler {
        /// The host; none is the pod itself.
        pub host: String,
    }
}

/// A source of a volume of which nothing matters but that it is one.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct AnySource {}

impl Read for AnySource {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<AnySource, Fault> {
        reader.map(value).map(|_| AnySource {})
    }
}

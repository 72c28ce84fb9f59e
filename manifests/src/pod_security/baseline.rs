//! The checks of the baseline: what is known to lead out of a container.

use std::collections::BTreeSet;

use super::Violation;
use super::pod::{APP_ARMOR, Pod, security};
use super::words::{Texts, containers, plural, pod_and, quoted, violation};
use crate::kube::{Container, HostHandler, SecurityProfile};

/// Whether a profile of seccomp or AppArmor holds its containers to anything.
pub(super) fn is_profile(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

// policy/check_appArmorProfile.go
pub(super) fn app_armor_profile(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let mut kinds = BTreeSet::new();
    let own = pod.context().and_then(|it| it.app_armor_profile.as_ref());
    let own = own.filter(|it| !is_profile(&it.kind));
    kinds.extend(own.map(|it| it.kind.clone()));
    let mut names = Vec::new();
    for container in pod.containers() {
        if let Some(kind) = pod.app_armor(container).filter(|it| !is_profile(it)) {
            names.push(container.name.as_str());
            kinds.insert(kind.to_owned());
        }
    }
    let mut who: Vec<String> = vec![pod_and(own.is_some(), &names)];
    who.retain(|it| !it.is_empty());
    let is_allowed =
        |value: &str| matches!(value, "" | "runtime/default") || value.starts_with("localhost/");
    let annotations = pod.annotations.iter();
    let forbidden = annotations
        .filter(|(key, value)| key.starts_with(APP_ARMOR) && !is_allowed(value.as_str()))
        .map(|(key, value)| format!("{key}={value:?}"));
    let forbidden: Vec<String> = forbidden.collect();
    if !forbidden.is_empty() {
        who.push(plural("annotation", "annotations", forbidden.len()).to_owned());
    }
    if who.is_empty() {
        return None;
    }
    let count = kinds.len() + forbidden.len();
    let reason = plural("forbidden AppArmor profile", "forbidden AppArmor profiles", count);
    let (who, kinds) = (who.join(" and "), quoted(kinds.iter().chain(&forbidden)));
    violation(reason, format!("{who} must not set AppArmor profile type to {kinds}"))
}

/// Capabilities that may be added.
const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Containers that add other capabilities than some, and what else they add; none if there are none.
pub(super) fn added(pod: &Pod<'_>, allowed: &[&str]) -> Option<String> {
    let mut names = Vec::new();
    let mut others = Texts::new();
    for container in pod.containers() {
        let own = security(container).and_then(|it| it.capabilities.as_ref());
        let add = own.into_iter().flat_map(|it| &it.add).map(String::as_str);
        let bad: Vec<&str> = add.filter(|it| !allowed.contains(it)).collect();
        if !bad.is_empty() {
            names.push(container.name.as_str());
            others.extend(bad);
        }
    }
    let who = containers(&names);
    let what = quoted(&others);
    (!names.is_empty())
        .then(|| format!("{who} must not include {what} in securityContext.capabilities.add"))
}

// policy/check_capabilities_baseline.go
pub(super) fn capabilities(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    violation("non-default capabilities", added(pod, &CAPABILITIES)?)
}

// policy/check_hostNamespaces.go
pub(super) fn host_namespaces(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let spec = pod.spec;
    let all = [
        ("hostNetwork=true", spec.host_network),
        ("hostPID=true", spec.host_pid),
        ("hostIPC=true", spec.host_ipc),
    ];
    let shared: Vec<&str> = all.into_iter().filter(|it| it.1).map(|it| it.0).collect();
    if shared.is_empty() { None } else { violation("host namespaces", shared.join(", ")) }
}

// policy/check_hostPathVolumes.go
pub(super) fn host_path_volumes(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let volumes = pod.spec.volumes.iter().filter(|it| it.host_path.is_some());
    let names: Vec<&str> = volumes.map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let volumes = plural("volume", "volumes", names.len());
    violation("hostPath volumes", format!("{volumes} {}", quoted(names)))
}

// policy/check_hostPorts.go
pub(super) fn host_ports(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let names = pod.named(|it| !pod.host_ports(it).is_empty());
    if names.is_empty() {
        return None;
    }
    // As texts, as upstream sorts them.
    let ports = pod.containers().flat_map(|it| pod.host_ports(it)).map(|it| it.to_string());
    let ports: BTreeSet<String> = ports.collect();
    let uses = plural("uses", "use", names.len());
    let noun = plural("hostPort", "hostPorts", ports.len());
    let ports = ports.into_iter().collect::<Vec<_>>().join(", ");
    violation("hostPort", format!("{} {uses} {noun} {ports}", containers(&names)))
}

// policy/check_hostProbesAndhostLifecycle.go
pub(super) fn probe_and_lifecycle_hosts(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let (mut names, mut hosts) = (Texts::new(), Texts::new());
    for container in pod.containers() {
        for host in handlers(container).map(|it| it.host.as_str()).filter(|it| !it.is_empty()) {
            names.insert(&container.name);
            hosts.insert(host);
        }
    }
    if names.is_empty() {
        return None;
    }
    let names: Vec<&str> = names.into_iter().collect();
    let uses = plural("uses", "use", names.len());
    let noun = plural("host", "hosts", hosts.len());
    let (who, hosts) = (containers(&names), quoted(hosts));
    violation("probe or lifecycle host", format!("{who} {uses} probe or lifecycle {noun} {hosts}"))
}

/// All that a container's probes and hooks send somewhere.
fn handlers(container: &Container) -> impl Iterator<Item = &HostHandler> {
    let probes = [&container.readiness_probe, &container.startup_probe, &container.liveness_probe];
    let probes = probes.into_iter().flatten().flat_map(|it| [&it.http_get, &it.tcp_socket]);
    let hooks = container.lifecycle.iter().flat_map(|it| [&it.pre_stop, &it.post_start]);
    let hooks = hooks.flatten().flat_map(|it| [&it.http_get, &it.tcp_socket]);
    probes.chain(hooks).flatten()
}

// policy/check_privileged.go
pub(super) fn privileged(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let names = pod.with(|it| it.privileged == Some(true));
    if names.is_empty() {
        return None;
    }
    let who = containers(&names);
    violation("privileged", format!("{who} must not set securityContext.privileged=true"))
}

// policy/check_procMount_baseline.go
pub(super) fn proc_mount(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if version >= 35 && pod.has_own_users() { None } else { mounted_proc(pod) }
}

/// Containers that mount `/proc` in another than the usual way.
pub(super) fn mounted_proc(pod: &Pod<'_>) -> Option<Violation> {
    let other = |it: &Container| {
        let mount = security(it).and_then(|it| it.proc_mount.clone());
        mount.filter(|it| it != "Default")
    };
    let names = pod.named(|it| other(it).is_some());
    if names.is_empty() {
        return None;
    }
    let mounts: BTreeSet<String> = pod.containers().filter_map(other).collect();
    let (who, mounts) = (containers(&names), quoted(&mounts));
    violation("procMount", format!("{who} must not set securityContext.procMount to {mounts}"))
}

// policy/check_seLinuxOptions.go
pub(super) fn se_linux_options(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    let is_allowed = |kind: &str| {
        matches!(kind, "" | "container_t" | "container_init_t" | "container_kvm_t")
            || kind == "container_engine_t" && version >= 31
    };
    let is_bad = |it: &crate::kube::SeLinuxOptions| {
        !is_allowed(&it.kind) || !it.user.is_empty() || !it.role.is_empty()
    };
    let bad: Vec<_> = pod.se_linux().filter(|(_, options)| is_bad(options)).collect();
    if bad.is_empty() {
        return None;
    }
    let names: Vec<&str> = bad.iter().filter_map(|(name, _)| *name).collect();
    let who = pod_and(names.len() < bad.len(), &names);
    let kinds = bad.iter().map(|(_, it)| it.kind.as_str()).filter(|it| !is_allowed(it));
    let kinds: Texts<'_> = kinds.collect();
    let mut what = Vec::new();
    if !kinds.is_empty() {
        what.push(format!("{} {}", plural("type", "types", kinds.len()), quoted(kinds)));
    }
    if bad.iter().any(|(_, it)| !it.user.is_empty()) {
        what.push("user may not be set".to_owned());
    }
    if bad.iter().any(|(_, it)| !it.role.is_empty()) {
        what.push("role may not be set".to_owned());
    }
    let what = what.join("; ");
    violation(
        "seLinuxOptions",
        format!("{who} set forbidden securityContext.seLinuxOptions: {what}"),
    )
}

/// Annotations that named profiles of seccomp before there were fields.
const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

// policy/check_seccompProfile_baseline.go
pub(super) fn seccomp_profile(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if version < 19 { annotated_seccomp(pod) } else { unconfined_seccomp(pod) }
}

fn annotated_seccomp(pod: &Pod<'_>) -> Option<Violation> {
    let is_allowed = |value: &str| {
        matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/")
    };
    let of_containers = pod.containers().map(|it| format!("{SECCOMP_OF_CONTAINER}{}", it.name));
    let forbidden: BTreeSet<String> = [SECCOMP_OF_POD.to_owned()]
        .into_iter()
        .chain(of_containers)
        .filter_map(|key| Some((pod.annotations.get(&key)?, key)))
        .filter(|(value, _)| !is_allowed(value))
        .map(|(value, key)| format!("{key}={value:?}"))
        .collect();
    if forbidden.is_empty() {
        return None;
    }
    let noun = plural("annotation", "annotations", forbidden.len());
    let all = forbidden.into_iter().collect::<Vec<_>>().join(", ");
    violation("seccompProfile", format!("forbidden {noun} {all}"))
}

/// Profiles of seccomp that hold containers to nothing, of the pod and of containers.
pub(super) fn unconfined_seccomp(pod: &Pod<'_>) -> Option<Violation> {
    fn bad(profile: Option<&SecurityProfile>) -> Option<&str> {
        profile.map(|it| it.kind.as_str()).filter(|it| !is_profile(it))
    }
    let of_pod = bad(pod.context().and_then(|it| it.seccomp_profile.as_ref()));
    let mut kinds: Texts<'_> = of_pod.into_iter().collect();
    let mut names = Vec::new();
    for container in pod.containers() {
        let own = security(container).and_then(|it| it.seccomp_profile.as_ref());
        if let Some(kind) = bad(own) {
            names.push(container.name.as_str());
            kinds.insert(kind);
        }
    }
    if kinds.is_empty() {
        return None;
    }
    let (who, kinds) = (pod_and(of_pod.is_some(), &names), quoted(kinds));
    let detail = format!("{who} must not set securityContext.seccompProfile.type to {kinds}");
    violation("seccompProfile", detail)
}

/// Kernel parameters that pods may set, and since which version.
const SYSCTLS: [(&str, u32); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

// policy/check_sysctls.go
pub(super) fn sysctls(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    let is_allowed =
        |name: &str| SYSCTLS.iter().any(|(it, since)| *it == name && *since <= version);
    let all = pod.context().into_iter().flat_map(|it| &it.sysctls).map(|it| it.name.as_str());
    let forbidden: Vec<&str> = all.filter(|name| !is_allowed(name)).collect();
    if forbidden.is_empty() { None } else { violation("forbidden sysctls", forbidden.join(", ")) }
}

// policy/check_windowsHostProcess.go
pub(super) fn windows_host_process(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let is_set = |it: &crate::kube::WindowsOptions| it.host_process == Some(true);
    let own = pod.context().and_then(|it| it.windows_options.as_ref()).is_some_and(is_set);
    let who = pod_and(own, &pod.with(|it| it.windows_options.as_ref().is_some_and(is_set)));
    if who.is_empty() {
        return None;
    }
    let detail = format!("{who} must not set securityContext.windowsOptions.hostProcess=true");
    violation("hostProcess", detail)
}

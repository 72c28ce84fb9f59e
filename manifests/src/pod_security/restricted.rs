//! The checks of the restricted level: what is not current best practice.

use super::Violation;
use super::baseline::{added, is_profile, mounted_proc, unconfined_seccomp};
use super::pod::{Pod, security};
use super::words::{Texts, containers, plural, pod_and, quoted, violation};
use crate::kube::{Container, Volume};

/// The version from which pods of Windows are not asked for what only Linux has.
const WINDOWS_IS_EXEMPT: u32 = 25;
/// The version from which pods with users of their own may be root among them.
const OWN_USERS_ARE_EXEMPT: u32 = 35;

fn is_exempt(pod: &Pod<'_>, version: u32) -> bool {
    version >= WINDOWS_IS_EXEMPT && pod.is_windows()
}

fn may_be_root(pod: &Pod<'_>, version: u32) -> bool {
    version >= OWN_USERS_ARE_EXEMPT && pod.has_own_users()
}

// policy/check_allowPrivilegeEscalation.go
pub(super) fn allow_privilege_escalation(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    let is_off = |it: &Container| {
        security(it).is_some_and(|it| it.allow_privilege_escalation == Some(false))
    };
    let names = pod.named(|it| !is_off(it));
    if names.is_empty() || is_exempt(pod, version) {
        return None;
    }
    let detail =
        format!("{} must set securityContext.allowPrivilegeEscalation=false", containers(&names));
    violation("allowPrivilegeEscalation != false", detail)
}

// policy/check_capabilities_restricted.go
pub(super) fn capabilities(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if is_exempt(pod, version) {
        return None;
    }
    let drops_all = |it: &Container| {
        let own = security(it).and_then(|it| it.capabilities.as_ref());
        own.is_some_and(|it| it.drop.iter().any(|it| it == "ALL"))
    };
    let names = pod.named(|it| !drops_all(it));
    let kept = (!names.is_empty()).then(|| {
        format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", containers(&names))
    });
    let all: Vec<String> = kept.into_iter().chain(added(pod, &["NET_BIND_SERVICE"])).collect();
    if all.is_empty() { None } else { violation("unrestricted capabilities", all.join("; ")) }
}

// policy/check_procMount_restricted.go
pub(super) fn proc_mount(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    mounted_proc(pod)
}

// policy/check_restrictedVolumes.go
pub(super) fn volumes(pod: &Pod<'_>, _: u32) -> Option<Violation> {
    let bad = pod.spec.volumes.iter().filter_map(|it| Some((it.name.as_str(), source(it)?)));
    let (names, kinds): (Vec<&str>, Texts<'_>) = bad.unzip();
    if names.is_empty() {
        return None;
    }
    let volumes = plural("volume", "volumes", names.len());
    let uses = plural("uses", "use", names.len());
    let types = plural("type", "types", kinds.len());
    let (names, kinds) = (quoted(names), quoted(kinds));
    let detail = format!("{volumes} {names} {uses} restricted volume {types} {kinds}");
    violation("restricted volume types", detail)
}

/// The source of a volume, if it is none that is allowed.
fn source(volume: &Volume) -> Option<&'static str> {
    let all = [
        ("hostPath", volume.host_path.is_some()),
        ("gcePersistentDisk", volume.gce_persistent_disk.is_some()),
        ("awsElasticBlockStore", volume.aws_elastic_block_store.is_some()),
        ("gitRepo", volume.git_repo.is_some()),
        ("nfs", volume.nfs.is_some()),
        ("iscsi", volume.iscsi.is_some()),
        ("glusterfs", volume.glusterfs.is_some()),
        ("rbd", volume.rbd.is_some()),
        ("flexVolume", volume.flex_volume.is_some()),
        ("cinder", volume.cinder.is_some()),
        ("cephfs", volume.cephfs.is_some()),
        ("flocker", volume.flocker.is_some()),
        ("fc", volume.fc.is_some()),
        ("azureFile", volume.azure_file.is_some()),
        ("vsphereVolume", volume.vsphere_volume.is_some()),
        ("quobyte", volume.quobyte.is_some()),
        ("azureDisk", volume.azure_disk.is_some()),
        ("portworxVolume", volume.portworx_volume.is_some()),
        ("scaleIO", volume.scale_io.is_some()),
        ("storageos", volume.storageos.is_some()),
        ("photonPersistentDisk", volume.photon_persistent_disk.is_some()),
    ];
    all.into_iter().find(|it| it.1).map(|it| it.0)
}

// policy/check_runAsNonRoot.go
pub(super) fn run_as_non_root(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if may_be_root(pod, version) {
        return None;
    }
    let of_pod = pod.context().and_then(|it| it.run_as_non_root);
    let explicit =
        pod_and(of_pod == Some(false), &pod.with(|it| it.run_as_non_root == Some(false)));
    let reason = "runAsNonRoot != true";
    if !explicit.is_empty() {
        let detail = format!("{explicit} must not set securityContext.runAsNonRoot=false");
        return violation(reason, detail);
    }
    let is_unset = |it: &Container| security(it).is_none_or(|it| it.run_as_non_root.is_none());
    let unset = pod.named(is_unset);
    if of_pod == Some(true) || unset.is_empty() {
        return None;
    }
    let who = containers(&unset);
    violation(reason, format!("pod or {who} must set securityContext.runAsNonRoot=true"))
}

// policy/check_runAsUser.go
pub(super) fn run_as_user(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if may_be_root(pod, version) {
        return None;
    }
    let of_pod = pod.context().and_then(|it| it.run_as_user) == Some(0);
    let who = pod_and(of_pod, &pod.with(|it| it.run_as_user == Some(0)));
    if who.is_empty() {
        return None;
    }
    violation("runAsUser=0", format!("{who} must not set runAsUser=0"))
}

// policy/check_seccompProfile_restricted.go
pub(super) fn seccomp_profile(pod: &Pod<'_>, version: u32) -> Option<Violation> {
    if is_exempt(pod, version) {
        return None;
    }
    let explicit = unconfined_seccomp(pod);
    if explicit.is_some() {
        return explicit;
    }
    let of_pod = pod.context().and_then(|it| it.seccomp_profile.as_ref());
    let is_unset = |it: &Container| security(it).is_none_or(|it| it.seccomp_profile.is_none());
    let unset = pod.named(is_unset);
    if of_pod.is_some_and(|it| is_profile(&it.kind)) || unset.is_empty() {
        return None;
    }
    let who = containers(&unset);
    let types = "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    violation("seccompProfile", format!("pod or {who} must set {types}"))
}

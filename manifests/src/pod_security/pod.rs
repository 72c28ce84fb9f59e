//! A pod as Pod Security sees it: with what the API server has made of it before.

use std::collections::BTreeMap;

use crate::kube::{
    Container, Labels, PodSecurityContext, PodSpec, SeLinuxOptions, SecurityContext,
    SecurityProfile,
};

/// The prefix of annotations that name AppArmor profiles of containers.
pub(super) const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// A pod that is created.
pub(super) struct Pod<'p> {
    pub(super) annotations: &'p Labels,
    pub(super) spec: &'p PodSpec,
    /// AppArmor profiles of containers that annotations have given them.
    annotated: BTreeMap<&'p str, &'p str>,
}

impl<'p> Pod<'p> {
    /// A pod with what its creation adds.
    pub(super) fn created(annotations: &'p Labels, spec: &'p PodSpec) -> Pod<'p> {
        let mut pod = Pod { annotations, spec, annotated: BTreeMap::new() };
        if !pod.is_windows() {
            pod.annotated = pod.annotated_profiles();
        }
        pod
    }

    /// AppArmor profiles that annotations give to containers which have none and differ from the pod's.
    // API server: pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew
    fn annotated_profiles(&self) -> BTreeMap<&'p str, &'p str> {
        let of_pod = self.context().and_then(|it| it.app_armor_profile.as_ref());
        let mut profiles = BTreeMap::new();
        for container in self.spec.init_containers.iter().chain(&self.spec.containers) {
            let own = security(container).and_then(|it| it.app_armor_profile.as_ref());
            let Some(said) = self.annotations.get(&format!("{APP_ARMOR}{}", container.name)) else {
                continue;
            };
            let (kind, profile) = match (said.as_str(), said.strip_prefix("localhost/")) {
                ("unconfined", _) => ("Unconfined", None),
                ("runtime/default", _) => ("RuntimeDefault", None),
                (_, Some(profile)) if !profile.is_empty() => ("Localhost", Some(profile)),
                _ => continue,
            };
            let is_of_pod = |it: &SecurityProfile| {
                it.kind == kind && it.localhost_profile.as_deref() == profile
            };
            if own.is_none() && !of_pod.is_some_and(is_of_pod) {
                profiles.insert(container.name.as_str(), kind);
            }
        }
        profiles
    }

    /// Every container: init, ordinary and ephemeral ones.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'p Container> {
        let PodSpec { init_containers, containers, ephemeral_containers, .. } = self.spec;
        init_containers.iter().chain(containers).chain(ephemeral_containers)
    }

    /// The names of containers of which something is so.
    pub(super) fn named(&self, is: impl Fn(&Container) -> bool) -> Vec<&'p str> {
        self.containers().filter(|it| is(it)).map(|it| it.name.as_str()).collect()
    }

    /// The names of containers whose settings are so.
    pub(super) fn with(&self, is: impl Fn(&SecurityContext) -> bool) -> Vec<&'p str> {
        self.named(|container| security(container).is_some_and(&is))
    }

    /// Its own settings.
    pub(super) fn context(&self) -> Option<&'p PodSecurityContext> {
        self.spec.security_context.as_deref()
    }

    /// The type of the AppArmor profile of a container, if it has one.
    pub(super) fn app_armor(&self, container: &'p Container) -> Option<&'p str> {
        let own = security(container).and_then(|it| it.app_armor_profile.as_ref());
        let annotated = || self.annotated.get(container.name.as_str()).copied();
        own.map(|it| it.kind.as_str()).or_else(annotated)
    }

    /// SELinux settings: those of the pod, and those of each container that has some.
    pub(super) fn se_linux(&self) -> impl Iterator<Item = (Option<&'p str>, &'p SeLinuxOptions)> {
        let own = self.context().and_then(|it| it.se_linux_options.as_ref());
        let of_containers = self.containers().filter_map(|container| {
            let options = security(container)?.se_linux_options.as_ref()?;
            Some((Some(container.name.as_str()), options))
        });
        own.map(|it| (None, it)).into_iter().chain(of_containers)
    }

    /// Whether it says that it is of Windows.
    pub(super) fn is_windows(&self) -> bool {
        self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// Whether it has users of its own.
    pub(super) fn has_own_users(&self) -> bool {
        self.spec.host_users == Some(false)
    }

    /// The ports of the host that a container takes. Where the network is the host's, all of its
    /// ports are, but for those of ephemeral containers.
    // API server: apis/core/v1/defaults.go SetDefaults_Pod, setDefaultHostNetworkPorts
    pub(super) fn host_ports(&self, container: &Container) -> Vec<u16> {
        let is_ephemeral =
            self.spec.ephemeral_containers.iter().any(|it| std::ptr::eq(it, container));
        let takes_all = self.spec.host_network && !is_ephemeral;
        let of = |port: &crate::kube::ContainerPort| match port.host_port {
            0 if takes_all => port.container_port,
            port => port,
        };
        container.ports.iter().map(of).filter(|port| *port != 0).collect()
    }
}

/// The settings of a container, if it has some.
pub(super) fn security(container: &Container) -> Option<&SecurityContext> {
    container.security_context.as_deref()
}

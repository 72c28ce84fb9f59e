//! What pods refer to without owning it: namespaces, Services, controllers, priority classes, storage.

use std::collections::{BTreeMap, BTreeSet};

use crate::accessibility::Accessibility;
use crate::kube::{
    LabelSelector, Labels, LimitRange, NO_PROVISIONER, Object, ObjectMeta,
    PersistentVolumeClaimSpec, PodSpec, ResourceQuota, StorageClass, storage_of,
};
use crate::pod_security::Policy;

/// The label that every namespace carries with its own name.
// API server: NamespaceDefaultLabelName
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";
/// The annotation of the class of claims that name none.
// API server: plugin/pkg/admission/storage/storageclass/setdefault
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";
/// Priority classes that every cluster has.
// API server: apis/scheduling SystemPriorityClasses
const SYSTEM_PRIORITIES: [(&str, i32); 2] =
    [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];

/// The objects that pods refer to.
#[derive(Clone, Debug)]
pub struct ClusterContext {
    namespaces: BTreeMap<String, Labels>,
    /// The selectors of the Services of each namespace.
    services: BTreeMap<String, Vec<Labels>>,
    /// The selectors of ReplicaSets and StatefulSets by kind, namespace and name.
    controllers: BTreeMap<(&'static str, String, String), LabelSelector>,
    priorities: BTreeMap<String, Priority>,
    /// Claims by their full names.
    claims: BTreeMap<String, PersistentVolumeClaimSpec>,
    /// Classes without a provisioner: as a rule, their volumes are parts of nodes.
    local_classes: BTreeSet<String>,
    /// The accessibility that the sources of volumes decide.
    volumes: BTreeMap<String, Option<Accessibility>>,
    /// Classes of disks, and which of them is the default.
    classes: BTreeMap<String, StorageClass>,
    default_class: Option<String>,
    /// How large volumes are, and of which class.
    sizes: BTreeMap<String, (u64, String)>,
    default_priority: Option<Priority>,
    quotas: Vec<ResourceQuota>,
    /// By namespace.
    limit_ranges: BTreeMap<String, Vec<LimitRange>>,
}

/// What a priority class gives a pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Priority {
    /// Its place in the queue.
    pub value: i32,
    /// Whether it may preempt others.
    pub preempts: bool,
}

impl Default for ClusterContext {
    /// An empty cluster.
    fn default() -> Self {
        let system = |(name, value): &(&str, i32)| {
            ((*name).to_owned(), Priority { value: *value, preempts: true })
        };
        ClusterContext {
            namespaces: BTreeMap::new(),
            services: BTreeMap::new(),
            controllers: BTreeMap::new(),
            priorities: SYSTEM_PRIORITIES.iter().map(system).collect(),
            default_priority: None,
            quotas: Vec::new(),
            limit_ranges: BTreeMap::new(),
            claims: BTreeMap::new(),
            local_classes: BTreeSet::new(),
            volumes: BTreeMap::new(),
            classes: BTreeMap::new(),
            default_class: None,
            sizes: BTreeMap::new(),
        }
    }
}

impl ClusterContext {
    /// The context that objects make.
    pub fn of<'o>(objects: impl IntoIterator<Item = &'o Object>) -> ClusterContext {
        let mut context = ClusterContext::default();
        objects.into_iter().for_each(|object| context.learn(object));
        context
    }

    /// Takes in an object; most contribute nothing.
    pub fn learn(&mut self, object: &Object) {
        let metadata = object.metadata();
        match object {
            Object::Namespace(it) => {
                self.mention(&it.metadata.name);
                let labels = self.namespaces.entry(it.metadata.name.clone()).or_default();
                labels.extend(it.metadata.labels.clone());
            }
            Object::Pod(it) => self.mention(it.metadata.namespace()),
            Object::Service(it) if !it.spec.selector.is_empty() => {
                let services = self.services.entry(metadata.namespace().to_owned()).or_default();
                services.push(it.spec.selector.clone());
            }
            Object::ReplicaSet(_) | Object::StatefulSet(_) => {
                let selector = object.workload().and_then(|it| it.selector);
                let name = metadata.name.clone();
                let key = (object.kind().name(), metadata.namespace().to_owned(), name);
                self.controllers.insert(key, selector.cloned().unwrap_or_default());
            }
            Object::PersistentVolumeClaim(it) => {
                self.claims.insert(it.metadata.full_name(), it.spec.clone());
            }
            Object::StorageClass(it) => {
                if it.provisioner == NO_PROVISIONER {
                    self.local_classes.insert(it.metadata.name.clone());
                }
                if it.metadata.annotations.get(DEFAULT_CLASS).is_some_and(|it| it == "true") {
                    self.default_class = Some(it.metadata.name.clone());
                }
                self.classes.insert(it.metadata.name.clone(), it.as_ref().clone());
            }
            Object::PersistentVolume(it) => {
                self.volumes.insert(it.metadata.name.clone(), Accessibility::of_volume(&it.spec));
                let size = storage_of(&it.spec.capacity).unwrap_or_default();
                let class = it.spec.storage_class_name.clone();
                self.sizes.insert(it.metadata.name.clone(), (size, class));
            }
            Object::ResourceQuota(it) => self.quotas.push(it.as_ref().clone()),
            Object::LimitRange(it) => {
                let own = self.limit_ranges.entry(it.metadata.namespace().to_owned()).or_default();
                own.push(it.as_ref().clone());
            }
            Object::PriorityClass(it) => {
                let preempts = it.preemption_policy.as_deref() != Some("Never");
                let priority = Priority { value: it.value, preempts };
                if it.global_default {
                    self.default_priority = Some(priority.clone());
                }
                self.priorities.insert(it.metadata.name.clone(), priority);
            }
            _ => {}
        }
    }

    /// A namespace exists, whether there is an object for it or not.
    pub fn mention(&mut self, namespace: &str) {
        if !self.namespaces.contains_key(namespace) {
            let own = (NAMESPACE_LABEL.to_owned(), namespace.to_owned());
            self.namespaces.insert(namespace.to_owned(), Labels::from([own]));
        }
    }

    /// Every namespace with its labels.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &Labels)> {
        self.namespaces.iter().map(|(name, labels)| (name.as_str(), labels))
    }

    /// What a namespace enforces of Pod Security.
    #[must_use]
    pub fn pod_security_of(&self, namespace: &str) -> Policy {
        self.namespaces.get(namespace).map_or(Policy::NONE, Policy::of)
    }

    /// Every ResourceQuota.
    #[must_use]
    pub fn quotas(&self) -> &[ResourceQuota] {
        &self.quotas
    }

    /// The LimitRanges of each namespace that has some.
    pub fn limit_ranges(&self) -> impl Iterator<Item = (&str, &[LimitRange])> {
        self.limit_ranges.iter().map(|(namespace, all)| (namespace.as_str(), all.as_slice()))
    }

    /// The LimitRanges of a namespace.
    #[must_use]
    pub fn limit_ranges_of(&self, namespace: &str) -> &[LimitRange] {
        self.limit_ranges.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// What the Services select that a pod belongs to, all together.
    // kube-scheduler: plugins/helper/spread.go GetPodServices
    #[must_use]
    pub fn selected_by_services(&self, namespace: &str, labels: &Labels) -> Labels {
        let services = self.services.get(namespace).into_iter().flatten();
        let own = services
            .filter(|selector| selector.iter().all(|(key, value)| labels.get(key) == Some(value)));
        own.flat_map(|selector| selector.clone()).collect()
    }

    /// What the ReplicaSet or StatefulSet selects that manages a pod.
    #[must_use]
    pub fn controller_of(&self, pod: &ObjectMeta) -> Option<&LabelSelector> {
        let owner = pod.controller().filter(|owner| owner.api_version == "apps/v1")?;
        let kind = ["ReplicaSet", "StatefulSet"].into_iter().find(|kind| *kind == owner.kind)?;
        self.controllers.get(&(kind, pod.namespace().to_owned(), owner.name.clone()))
    }

    /// What the claim of this full name asks for, if there is one.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&PersistentVolumeClaimSpec> {
        self.claims.get(name)
    }

    /// Every claim with its full name.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &PersistentVolumeClaimSpec)> {
        self.claims.iter().map(|(name, claim)| (name.as_str(), claim))
    }

    /// How large a claim's volume is: as large as it is, if it is known, or else as it was asked for.
    #[must_use]
    pub fn size(&self, claim: &PersistentVolumeClaimSpec) -> u64 {
        let known = self.sizes.get(&claim.volume_name).map(|(size, _)| *size);
        let asked = || storage_of(&claim.resources.requests).unwrap_or_default();
        known.filter(|size| *size > 0).unwrap_or_else(asked)
    }

    /// The name of a claim's class; that of its volume, or the default class, if it names none.
    #[must_use]
    pub fn class_of<'c>(&'c self, claim: &'c PersistentVolumeClaimSpec) -> Option<&'c str> {
        let of_volume = || self.sizes.get(&claim.volume_name).map(|(_, class)| class.as_str());
        let named = claim.storage_class_name.as_deref().or_else(of_volume);
        named.or(self.default_class.as_deref()).filter(|name| !name.is_empty())
    }

    /// The class of this name, if there is one.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&StorageClass> {
        self.classes.get(name)
    }

    /// From where a claim's volume can be reached. If the volume is not known, a class without a
    /// provisioner has parts of nodes, unless several nodes may use one at a time: NFS is declared
    /// in that way, too.
    #[must_use]
    pub fn accessibility(&self, claim: &PersistentVolumeClaimSpec) -> Accessibility {
        let by_modes = Accessibility::by_modes(claim);
        if let Some(volume) = self.volumes.get(&claim.volume_name) {
            return volume.unwrap_or(by_modes);
        }
        let class = claim.storage_class_name.as_ref();
        let local = class.is_some_and(|class| self.local_classes.contains(class));
        if local && by_modes == Accessibility::Zone { Accessibility::Node } else { by_modes }
    }

    /// A pod's priority, as admission sets it.
    ///
    /// # Errors
    /// If there is no priority class of the name.
    // API server: plugin/pkg/admission/priority
    pub fn priority_of(&self, pod: &PodSpec) -> Result<Priority, String> {
        let preempts = pod.preemption_policy.as_deref().map(|policy| policy != "Never");
        if let Some(value) = pod.priority {
            return Ok(Priority { value, preempts: preempts.unwrap_or(true) });
        }
        let of_class = match pod.priority_class_name.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => self.priorities.get(name).ok_or_else(|| {
                format!("there is no PriorityClass `{name}`; add it to the manifests")
            })?,
            None => match &self.default_priority {
                Some(priority) => priority,
                None => &Priority { value: 0, preempts: true },
            },
        };
        Ok(Priority { value: of_class.value, preempts: preempts.unwrap_or(of_class.preempts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(objects: &str) -> ClusterContext {
        ClusterContext::of(&serde_json::from_str::<Vec<Object>>(objects).unwrap())
    }

    #[test]
    fn a_priority_is_the_pods_own_or_its_class_or_the_default() {
        let context = context(
            r#"[{"kind": "PriorityClass", "metadata": {"name": "low"}, "value": 5,
                 "preemptionPolicy": "Never"},
                {"kind": "PriorityClass", "metadata": {"name": "usual"}, "value": 7,
                 "globalDefault": true}]"#,
        );
        let of = |spec: &str| {
            let spec: PodSpec = serde_json::from_str(spec).unwrap();
            context.priority_of(&spec).map(|priority| (priority.value, priority.preempts))
        };
        assert_eq!(of(r#"{"priority": 3, "priorityClassName": "low"}"#), Ok((3, true)));
        assert_eq!(of(r#"{"priorityClassName": "low"}"#), Ok((5, false)));
        let policy = r#"{"priorityClassName": "low", "preemptionPolicy": "PreemptLowerPriority"}"#;
        assert_eq!(of(policy), Ok((5, true)));
        assert_eq!(of("{}"), Ok((7, true)));
        assert_eq!(
            of(r#"{"priorityClassName": "system-node-critical"}"#).unwrap().0,
            2_000_001_000
        );
        assert!(of(r#"{"priorityClassName": "none"}"#).is_err());
    }

    #[test]
    fn every_namespace_has_its_name_as_a_label() {
        let context = context(
            r#"[{"kind": "Pod", "metadata": {"name": "p", "namespace": "a"}},
                {"kind": "Namespace", "metadata": {"name": "a", "labels": {"team": "x"}}}]"#,
        );
        let all: Vec<_> = context.namespaces().collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1[NAMESPACE_LABEL], "a");
        assert_eq!(all[0].1["team"], "x");
    }

    #[test]
    fn a_pod_belongs_to_services_of_its_namespace_that_select_it() {
        let context = context(
            r#"[{"kind": "Service", "metadata": {"namespace": "a"}, "spec": {"selector": {"app": "x"}}},
                {"kind": "Service", "metadata": {"namespace": "a"}, "spec": {"selector": {"tier": "y"}}},
                {"kind": "Service", "metadata": {"namespace": "a"}, "spec": {"selector": {"app": "z"}}},
                {"kind": "Service", "metadata": {"namespace": "a"}, "spec": {}}]"#,
        );
        let labels: Labels =
            serde_json::from_str(r#"{"app": "x", "tier": "y", "more": "1"}"#).unwrap();
        let selected = context.selected_by_services("a", &labels);
        assert_eq!(selected, serde_json::from_str(r#"{"app": "x", "tier": "y"}"#).unwrap());
        assert!(context.selected_by_services("b", &labels).is_empty());
    }
}

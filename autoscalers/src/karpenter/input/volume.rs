//! Volumes: what a pod's claims say about where it can run.

use std::collections::BTreeMap;

use sim::names::NameId;

use crate::karpenter::requirement::Expression;

/// All claims, volumes and classes.
#[derive(Clone, Debug, Default)]
pub struct Volumes {
    /// By namespace and name.
    pub claims: BTreeMap<(NameId, NameId), PersistentVolumeClaim>,
    /// By name.
    pub volumes: BTreeMap<NameId, PersistentVolume>,
    /// By name.
    pub classes: BTreeMap<NameId, StorageClass>,
}

/// A PersistentVolumeClaim.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersistentVolumeClaim {
    /// The volume that it is bound to.
    pub volume: Option<NameId>,
    /// `storageClassName`.
    pub class: Option<NameId>,
    /// It has the annotation `pv.kubernetes.io/bind-completed`.
    pub bind_completed: bool,
    /// Its phase is `Lost`.
    pub lost: bool,
    /// It has a deletion timestamp.
    pub deleting: bool,
}

/// A PersistentVolume.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersistentVolume {
    /// Alternatives of its node affinity.
    pub node_affinity: Vec<Vec<Expression>>,
    /// Its CSI driver.
    pub driver: Option<NameId>,
    /// It has a deletion timestamp.
    pub deleting: bool,
}

/// A StorageClass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StorageClass {
    /// Its provisioner, which is the CSI driver.
    pub provisioner: NameId,
    /// Alternatives of where its volumes can be.
    pub allowed_topologies: Vec<Vec<Expression>>,
    /// `volumeBindingMode` is `Immediate`.
    pub binds_immediately: bool,
}

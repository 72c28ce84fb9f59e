//! What pods ask for: their specs, which equal pods share; and how a pod may end.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::containers::{Containers, QosClass, RestartPolicy};
use super::images::PodImages;
pub use super::labels::NodeSelectorTerm;

use super::labels::{LabelSet, Operator};
use super::resources::{Lane, Resources};
use super::selectors::{SelectorId, TermId, TopologyKeyId};
use super::storage::PodVolumes;
use super::taints::Toleration;
use crate::names::NameId;
use crate::table::id;
use crate::time::Span;

id! {
    /// A pod: one attempt of one replica.
    PodId
    /// A distinct pod specification.
    SpecId
    /// A ResourceQuota, which counts pods.
    QuotaId
    /// What distinct specs have in common that differ only in size.
    TraitsId
}

/// What a pod asks for. Pods of one workload share one spec, and so do equal workloads.
///
/// It has two parts: its size, and all else, its [`PodTraits`]. Pods whose sizes are drawn or changed
/// have traits in common, so that a size more costs little. A spec reads like its traits.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodSpec {
    /// Everything but its size.
    pub traits: Arc<PodTraits>,
    /// What it takes of a node, itself included as one pod.
    pub requests: Resources,
    /// `requests`, with 100m CPU and 200Mi memory for each container that names none: what
    /// LeastAllocated counts of a pod that is on a node.
    pub nonzero_requests: Resources,
    /// What LeastAllocated counts of a pod that looks for one. Upstream leaves out pod-level
    /// requests here, and here only.
    pub scored_requests: Resources,
    /// The containers of which those are the sums. The scheduler does not read them.
    pub containers: Arc<Containers>,
}

/// What pods of any size may have in common. The default asks for nothing and minds nothing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PodTraits {
    /// The namespace, which selectors of other pods may name.
    pub namespace: Option<NameId>,
    /// Its labels.
    pub labels: LabelSet,
    /// Its QoS class, which no resize changes.
    pub qos: QosClass,
    /// Which of its containers start again when they have exited.
    pub restart_policy: RestartPolicy,
    /// The quotas that count it.
    pub quotas: Vec<QuotaId>,
    /// The level of Pod Security that forbids it, with what violates that; none if it is admitted.
    pub pod_security: Option<NameId>,
    /// The only node it may run on, by name (`spec.nodeName`).
    pub node_name: Option<NameId>,
    /// `spec.nodeSelector`: all must hold.
    pub node_selector: Vec<(NameId, NameId)>,
    /// Required node affinity: one term must hold. `None` is no affinity; an empty list matches
    /// no node.
    pub required_affinity: Option<Vec<NodeSelectorTerm>>,
    /// Preferred node affinity, with weights.
    pub preferred_affinity: Vec<(i64, NodeSelectorTerm)>,
    /// Taints it puts up with.
    pub tolerations: Vec<Toleration>,
    /// Host ports it occupies.
    pub host_ports: Vec<HostPort>,
    /// `topologySpreadConstraints`.
    pub spread: Vec<SpreadConstraint>,
    /// The pods that the scheduler's default constraints spread it from: those of its Services and
    /// of its controller. None when it has neither.
    pub default_spread: Option<SelectorId>,
    /// Affinity and anti-affinity to other pods.
    pub pod_affinity: PodAffinity,
    /// `schedulingGates`: it does not enter the queue while there is one.
    pub gates: Vec<NameId>,
    /// Its volumes, as far as they decide where it can run.
    pub volumes: PodVolumes,
    /// Its images, as far as a node has any of them from the start.
    pub images: PodImages,
    /// What its node must have declared that it can do.
    pub features: Vec<NameId>,
    /// Why it waits for a claim on a device, in the scheduler's words, if it does.
    pub awaits_device: Option<NameId>,
    /// Priority in the queue; higher goes first.
    pub priority: i32,
    /// Whether it may push pods of lower priority away: `preemptionPolicy` is not `Never`.
    pub preempts: bool,
    /// The scheduler that places it; none is the default one.
    pub scheduler: Option<NameId>,
    /// `controller.kubernetes.io/pod-deletion-cost`: of pods that are otherwise alike, a ReplicaSet deletes
    /// that of the least first.
    pub deletion_cost: i32,
    /// `terminationGracePeriodSeconds`: how long it may take to stop.
    pub grace: Span,
    /// How long it really takes to stop after SIGTERM.
    pub shutdown: Span,
    /// From being bound to being ready.
    pub startup: Span,
}

impl Deref for PodSpec {
    type Target = PodTraits;
    fn deref(&self) -> &PodTraits {
        &self.traits
    }
}

/// Traits that other specs share are copied first.
impl DerefMut for PodSpec {
    fn deref_mut(&mut self) -> &mut PodTraits {
        Arc::make_mut(&mut self.traits)
    }
}

impl PodSpec {
    /// What the scheduler reads of its size.
    #[must_use]
    pub fn size(&self) -> [Resources; 3] {
        [self.requests, self.nonzero_requests, self.scored_requests]
    }

    /// The same pod with other requests of its containers, and the sums that follow. Resources that
    /// containers do not list stay as they are.
    #[must_use]
    pub fn resized(&self, change: impl FnOnce(&mut Containers)) -> PodSpec {
        let mut spec = self.clone();
        let containers = Arc::make_mut(&mut spec.containers);
        change(containers);
        for lane in [Lane::CPU, Lane::MEMORY, Lane::EPHEMERAL_STORAGE] {
            let [real, nonzero, scored] = containers.sums(lane);
            spec.requests[lane] = real;
            spec.nonzero_requests[lane] = nonzero;
            spec.scored_requests[lane] = scored;
        }
        spec
    }
}

impl PodTraits {
    /// A pod with these traits whose containers request this together, each of them something.
    #[must_use]
    pub fn requesting(self, requests: Resources) -> PodSpec {
        PodSpec {
            traits: Arc::new(self),
            requests,
            nonzero_requests: requests,
            scored_requests: requests,
            containers: Arc::default(),
        }
    }

    /// Whether it has a node selector or a required node affinity.
    #[must_use]
    pub fn chooses_nodes(&self) -> bool {
        !self.node_selector.is_empty() || self.required_affinity.is_some()
    }

    /// Whether what nodes answer to it depends on more of the cluster than nodes and sums over
    /// them: then nothing of it may be remembered.
    #[must_use]
    pub fn reads_shared_state(&self) -> bool {
        self.volumes.undecided
    }

    /// Whether it restricts itself to nodes that it names.
    #[must_use]
    pub fn names_nodes(&self) -> bool {
        let names = |term: &NodeSelectorTerm| {
            term.name.iter().any(|wanted| matches!(wanted.operator, Operator::In(_)))
        };
        self.required_affinity.as_ref().is_some_and(|terms| terms.iter().all(names))
    }
}

impl Default for PodTraits {
    fn default() -> Self {
        PodTraits {
            namespace: None,
            labels: LabelSet::default(),
            qos: QosClass::default(),
            restart_policy: RestartPolicy::default(),
            quotas: Vec::new(),
            pod_security: None,
            node_name: None,
            node_selector: Vec::new(),
            required_affinity: None,
            preferred_affinity: Vec::new(),
            tolerations: Vec::new(),
            host_ports: Vec::new(),
            spread: Vec::new(),
            default_spread: None,
            pod_affinity: PodAffinity::default(),
            gates: Vec::new(),
            volumes: PodVolumes::default(),
            images: PodImages::default(),
            features: Vec::new(),
            awaits_device: None,
            priority: 0,
            preempts: true,
            scheduler: None,
            deletion_cost: 0,
            grace: Span::ZERO,
            shutdown: Span::ZERO,
            startup: Span::ZERO,
        }
    }
}

/// One of `topologySpreadConstraints`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SpreadConstraint {
    /// By which label nodes form domains.
    pub key: TopologyKeyId,
    /// By how many pods a domain may be ahead of the emptiest one.
    pub max_skew: u32,
    /// Whether a node that breaks the constraint is ruled out, or only a worse choice.
    pub required: bool,
    /// With fewer domains than this the emptiest one is taken to hold nothing.
    pub min_domains: u32,
    /// The pods that are counted: the selector with `matchLabelKeys`, in the pod's namespace. None
    /// for the empty selector, of which kube-scheduler counts no pods.
    pub counted: Option<SelectorId>,
    /// Whether the pod itself will be one of them.
    pub counts_itself: bool,
    /// Whether only nodes count that the pod's node selector and affinity allow.
    pub honors_affinity: bool,
    /// Whether only nodes count whose taints the pod tolerates.
    pub honors_taints: bool,
}

/// Affinity and anti-affinity to other pods.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodAffinity {
    /// Domains in which the pod must be together with others.
    pub required: Vec<TopologyKeyId>,
    /// The pods that satisfy `required`: each of them must match every term.
    pub required_pods: Option<SelectorId>,
    /// Whether the pod matches all its own `required` terms, so that the first of its kind can
    /// start.
    pub required_of_itself: bool,
    /// Pods with which it must not share a domain.
    pub required_anti: Vec<AffinityTerm>,
    /// Pods near which, or with a negative weight far from which, it would like to be.
    pub preferred: Vec<(i64, AffinityTerm)>,
    /// What its own terms say to pods that come after it; repeated if several say the same.
    pub borne: Vec<TermId>,
}

/// Pods, and the domains in which their presence matters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AffinityTerm {
    /// Which pods.
    pub selector: SelectorId,
    /// In which domains.
    pub key: TopologyKeyId,
}

/// A port of the host that a pod occupies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostPort {
    /// The host address; `None` is every address.
    pub ip: Option<NameId>,
    /// The protocol.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
}

/// A transport protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl HostPort {
    /// Whether both cannot be had on one node.
    #[must_use]
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip.is_none() || other.ip.is_none() || self.ip == other.ip)
    }
}

/// How an attempt ended. Every end of something that ran and did not choose it is `Clean`, `CutShort`
/// or `KilledWithoutWarning`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// By itself, its work done.
    Completed,
    /// Terminated, in the time it needed.
    Clean,
    /// Terminating, and killed before it had stopped.
    CutShort(Limit),
    /// Killed without having been asked to terminate.
    KilledWithoutWarning,
    /// Turned away by the kubelet of its node: nothing of it ever ran.
    Rejected,
    /// A container was killed because memory was out, and is not to start again.
    OomKilled,
}

impl End {
    /// Whether something that ran was ended against its will.
    #[must_use]
    pub fn is_disruption(self) -> bool {
        !matches!(self, End::Completed | End::Rejected | End::OomKilled)
    }
}

/// What cut a shutdown short.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Limit {
    /// The instance was gone before the grace period was over.
    Deadline,
    /// The kubelet shut the node down, and gave it less than its grace period.
    NodeShutdown,
    /// The kubelet evicted it, and gave it less than its grace period.
    NodePressure,
    /// The pod's own grace period is shorter than its shutdown.
    Grace,
}

//! VerticalPodAutoscalers: which containers one sizes, within which bounds, and how it acts.

use super::containers::Amounts;
use super::decimal::Decimal;
use super::workload::WorkloadId;
use crate::names::NameId;
use crate::table::id;
use crate::time::Span;

id! {
    /// A VerticalPodAutoscaler.
    VpaId
}

/// A VerticalPodAutoscaler of a workload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vpa {
    /// Its name.
    pub name: NameId,
    /// Whose pods it sizes.
    pub workload: WorkloadId,
    /// What it says.
    pub spec: VpaSpec,
    /// What the recommender knows of its pods when the run begins: those that there were before.
    pub history: Vec<PastPod>,
}

/// What the containers of a pod used that was there before the run, by name.
pub type PastPod = Vec<(NameId, Vec<PastSample>)>;

/// When it was measured, in milliseconds after `T+0`, which is not positive, and what was used.
pub type PastSample = (i64, Stated);

/// One value for CPU and one for memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct CpuMemory<T> {
    /// Of CPU; amounts are millicores.
    pub cpu: T,
    /// Of memory; amounts are bytes.
    pub memory: T,
}

impl<T> CpuMemory<T> {
    /// The same function of both.
    pub fn map<U>(self, mut of: impl FnMut(T) -> U) -> CpuMemory<U> {
        CpuMemory { cpu: of(self.cpu), memory: of(self.memory) }
    }

    /// Both, with those of another.
    pub fn zip<U>(self, other: CpuMemory<U>) -> CpuMemory<(T, U)> {
        CpuMemory { cpu: (self.cpu, other.cpu), memory: (self.memory, other.memory) }
    }

    /// CPU, then memory.
    pub fn each(self) -> [T; 2] {
        [self.cpu, self.memory]
    }
}

/// Amounts, as far as they are stated.
pub type Stated = CpuMemory<Option<u64>>;

impl From<&Amounts> for Stated {
    fn from(amounts: &Amounts) -> Stated {
        CpuMemory { cpu: amounts.cpu, memory: amounts.memory }
    }
}

/// `spec` of a VerticalPodAutoscaler.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VpaSpec {
    /// How it acts on pods.
    pub mode: UpdateMode,
    /// How many live pods there must be in a group before one of them is touched; `None` is what the
    /// updater is configured with.
    pub min_replicas: Option<u32>,
    /// What must hold of a change before a pod is touched for it; `None` if there is no policy of
    /// updates at all.
    pub requirements: Option<Vec<EvictionRequirement>>,
    /// How soon after its start a container must be killed for want of memory for its pod to be touched
    /// at once, if that differs from the updater's flag (`PerVPAConfig`).
    pub evict_after_oom: Option<Span>,
    /// Bounds by container, in order.
    pub policies: Vec<ContainerPolicy>,
    /// More CPU while a container starts (`CPUStartupBoost`).
    pub boost: Option<StartupBoost>,
}

impl VpaSpec {
    /// The policy of a container: one that names it, or else the one for all others.
    // VPA: pkg/utils/vpa/api.go GetContainerResourcePolicy
    #[must_use]
    pub fn policy(&self, container: NameId) -> Option<&ContainerPolicy> {
        let own = self.policies.iter().find(|policy| policy.container == Some(container));
        own.or_else(|| self.policies.iter().find(|policy| policy.container.is_none()))
    }

    /// Whether any container begins with more CPU than it keeps.
    // VPA: pkg/utils/vpa/api.go HasStartupBoost
    #[must_use]
    pub fn boosts(&self) -> bool {
        self.boost.is_some() || self.policies.iter().any(|policy| policy.boost.is_some())
    }

    /// Whether it differs from flags of the programs (`PerVPAConfig`).
    #[must_use]
    pub fn has_flags(&self) -> bool {
        let differs = |policy: &ContainerPolicy| policy.learning != Learning::default();
        self.evict_after_oom.is_some() || self.policies.iter().any(differs)
    }

    /// For how long after its pod is ready a container keeps more CPU.
    #[must_use]
    pub fn boost_lasts(&self, container: NameId) -> Span {
        let own = self.policy(container).and_then(|policy| policy.boost);
        let lasts = |boost: StartupBoost| boost.lasts;
        own.and_then(lasts).or(self.boost.and_then(lasts)).unwrap_or(Span::ZERO)
    }

    /// Whether a container is left as it is.
    #[must_use]
    pub fn leaves(&self, container: NameId) -> bool {
        self.policy(container).is_some_and(|policy| policy.off)
    }
}

/// `updatePolicy.updateMode`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum UpdateMode {
    /// It recommends and does nothing.
    Off,
    /// It sizes pods when they are created.
    Initial,
    /// It evicts pods too, so that they are created anew; `Auto` is the same.
    #[default]
    Recreate,
    /// It resizes pods in place, and evicts those that cannot be.
    InPlaceOrRecreate,
    /// It resizes pods in place and never evicts any.
    InPlace,
}

/// A requirement that a change must meet before a pod is touched for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EvictionRequirement {
    /// Of which resources one must change so.
    pub resources: CpuMemory<bool>,
    /// Whether to more (`TargetHigherThanRequests`) or to less.
    pub higher: bool,
}

/// `resourcePolicy.containerPolicies`: bounds of a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContainerPolicy {
    /// Its name; `None` is every container that has no policy of its own.
    pub container: Option<NameId>,
    /// Whether it is left as it is.
    pub off: bool,
    /// The least that is recommended.
    pub min_allowed: Stated,
    /// The most that is recommended. It wins over the least.
    pub max_allowed: Stated,
    /// Which resources it sizes.
    pub controlled: CpuMemory<bool>,
    /// Whether limits stay as they are, instead of in proportion to requests.
    pub requests_only: bool,
    /// Learning that differs from the recommender's (`PerVPAConfig`).
    pub learning: Learning,
    /// More CPU while it starts.
    pub boost: Option<StartupBoost>,
}

/// How the recommender learns of a container, as far as it differs from its flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Learning {
    /// By how much memory grows after an out-of-memory kill.
    pub oom_bump_up_ratio: Option<Decimal>,
    /// The least by which it grows, in bytes.
    pub oom_min_bump_up: Option<u64>,
    /// How long one peak of memory stands for.
    pub memory_interval: Option<Span>,
    /// How many peaks history has.
    pub memory_intervals: Option<u32>,
}

/// More CPU while a container starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StartupBoost {
    /// How much more.
    pub by: Boost,
    /// How long after the pod is ready, if it is stated.
    pub lasts: Option<Span>,
}

/// How much more CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Boost {
    /// As many times as much.
    Factor(u32),
    /// As many millicores more.
    Quantity(u64),
}

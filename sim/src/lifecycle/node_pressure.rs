//! Node pressure: which nodes' kubelets compare what is left with their thresholds, and what they say
//! of their nodes.
//!
//! A kubelet does so every ten seconds. Here it does only while it could come to anything: while what
//! pods use is near a threshold, or something is remembered of such a time.

use std::collections::BTreeMap;

use super::restarts::Restarts;
use super::{disk, memory};
use crate::kubelet::admission::admits;
use crate::kubelet::eviction::{EVERY, EvictionManager, Look, Pass, Why};
use crate::kubelet::pod::Pod;
use crate::kubelet::ranking::{Measured, PodStats};
use crate::kubelet::signals::{Observation, Observations, Signal};
use crate::kubelet::thresholds::EvictionConfig;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::pressure::Pressure;
use crate::model::taints::{Effect, Taint};
use crate::time::{SimTime, Span};
use crate::world::World;
use crate::world::pods::Phase;

/// From a kubelet's decision until its node has the taint, or no longer. An assumption: half of the ten
/// seconds between two updates of a node's status; the taint follows within a second.
// kubelet: nodeStatusUpdateFrequency
pub const HEARD_AFTER: Span = Span::from_secs(5);

/// What is remembered of nodes that are, or could soon be, under pressure.
#[derive(Clone, Debug, Default)]
pub struct NodePressure {
    nodes: BTreeMap<NodeId, Watched>,
}

#[derive(Clone, Debug, Default)]
struct Watched {
    manager: EvictionManager,
    pressures: Vec<Pressure>,
}

/// What a kubelet does after a look.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Conditions that hold from now on, or no longer.
    pub changed: Vec<(Pressure, bool)>,
    /// The pods that it evicts, each with how long it may take to stop and what is short.
    pub evicted: Vec<(PodId, Span, Pressure)>,
    /// When it looks again.
    pub again_at: Option<SimTime>,
}

impl NodePressure {
    /// What pods use on a node has changed: when its kubelet looks for the first time, if that could
    /// come to anything and is not arranged yet.
    pub fn changed(
        &mut self,
        world: &World,
        node: NodeId,
        used: u64,
        config: &EvictionConfig,
    ) -> Option<SimTime> {
        if self.nodes.contains_key(&node) || !is_near(world, node, used, config) {
            return None;
        }
        self.watch(world, node)
    }

    /// A node's kubelet is to look: when it does for the first time, if that is not arranged yet.
    pub fn watch(&mut self, world: &World, node: NodeId) -> Option<SimTime> {
        if self.nodes.contains_key(&node) {
            return None;
        }
        self.nodes.insert(node, Watched::default());
        Some(next_look(world.now()))
    }

    /// The kubelet of a node looks.
    pub fn look(
        &mut self,
        world: &World,
        restarts: &Restarts,
        node: NodeId,
        config: &EvictionConfig,
    ) -> Option<Decision> {
        let watched = self.nodes.get_mut(&node)?;
        let now = world.now();
        let on_node = world.placement().pods_on(node).iter().copied();
        let active = |pod: &PodId| {
            let phase = world.pods().phase(*pod);
            matches!(phase, Phase::Starting { .. } | Phase::Running { .. })
        };
        let ids: Vec<PodId> = on_node.filter(active).collect();
        let pods: Vec<Pod> =
            ids.iter().map(|pod| Pod::of(world.spec_of(*pod), world.model())).collect();
        let stats = |pod: &PodId| disk::stats(world, *pod, memory::used_by(world, restarts, *pod));
        let stats: Vec<PodStats> = ids.iter().map(stats).collect();
        let measured: Vec<Measured<'_>> =
            pods.iter().zip(&stats).map(|(pod, stats)| (pod, Some(stats))).collect();
        let used = memory::used_on(world, restarts, node);
        let signals = observations(world, node, used, config);
        let look = Look { now, signals: &signals, pods: &measured };
        let Pass { pressures, evicted, .. } =
            watched.manager.synchronize(config, look, |_| signals);
        let before = std::mem::replace(&mut watched.pressures, pressures);
        let changed = Pressure::ALL.into_iter().filter_map(|pressure| {
            let [was, is] =
                [&before, &watched.pressures].map(|pressures| pressures.contains(&pressure));
            (was != is).then_some((pressure, is))
        });
        let decision = Decision {
            changed: changed.collect(),
            evicted: evicted
                .iter()
                .map(|eviction| {
                    let condition = match eviction.why {
                        Why::Low(signal) => signal.pressure(),
                        Why::Exceeds(_) => Pressure::Disk,
                    };
                    (ids[eviction.pod], eviction.grace, condition)
                })
                .collect(),
            again_at: Some(next_look(now)),
        };
        let rests = watched.manager.is_idle(config, now) && !is_near(world, node, used, config);
        if rests {
            self.nodes.remove(&node);
            return Some(Decision { again_at: None, ..decision });
        }
        Some(decision)
    }

    /// Whether the kubelet of a node admits a pod.
    #[must_use]
    pub fn admits(&self, world: &World, pod: PodId, node: NodeId) -> bool {
        let pressures = self.pressures(node);
        pressures.is_empty() || admits(&Pod::of(world.spec_of(pod), world.model()), pressures)
    }

    /// The taints that a node is to have, if they are not those that it has.
    #[must_use]
    pub fn taints(&self, world: &World, node: NodeId) -> Option<Vec<Taint>> {
        let model = world.model();
        let has = &world.view(node).shape().taints;
        let others = has.iter().filter(|taint| !model.pressure_keys.contains(&taint.key)).cloned();
        let own = self.pressures(node).iter().map(|pressure| Taint {
            key: model.pressure_keys[*pressure as usize],
            value: model.empty,
            effect: Effect::NoSchedule,
        });
        let taints: Vec<Taint> = others.chain(own).collect();
        (taints != *has).then_some(taints)
    }

    /// A node is gone.
    pub fn gone(&mut self, node: NodeId) {
        self.nodes.remove(&node);
    }

    fn pressures(&self, node: NodeId) -> &[Pressure] {
        self.nodes.get(&node).map_or(&[], |watched| &watched.pressures)
    }
}

/// When kubelets look after an instant.
fn next_look(now: SimTime) -> SimTime {
    let every = EVERY.as_ms();
    SimTime::from_ms((now.as_ms() / every + 1) * every)
}

/// Whether less is left on a node than at any threshold and what is to be reclaimed beyond it.
fn is_near(world: &World, node: NodeId, used: u64, config: &EvictionConfig) -> bool {
    let signals = observations(world, node, used, config);
    config.thresholds.iter().any(|threshold| threshold.is_met(&signals, true))
}

/// What a kubelet sees of its node. Of memory as much is left of the node's as of what its pods may use, as
/// the system uses what is reserved for it.
fn observations(world: &World, node: NodeId, used: u64, config: &EvictionConfig) -> Observations {
    let limit = memory::limit_of_pods(world, node, config);
    let whole = memory::capacity(world, node).max(limit);
    let [limit, whole, used] =
        [limit, whole, used].map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    let seen = |capacity| Observation { available: limit - used, capacity, at: world.now() };
    let mut signals = Observations::default();
    signals.note(Signal::MemoryAvailable, seen(whole));
    signals.note(Signal::AllocatableMemoryAvailable, seen(limit));
    disk::observe(world, node, &mut signals);
    signals
}

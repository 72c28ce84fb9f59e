//! The eviction manager: one pass over a node's signals and pods, every ten seconds.

use std::collections::{BTreeMap, BTreeSet};

use super::local_storage::{self, Exceeded};
use super::pod::Pod;
use super::ranking::{self, Measured};
use super::signals::{Observations, Signal, Starved};
use super::thresholds::{EvictionConfig, Reclaim, Threshold};
use crate::model::pressure::Pressure;
use crate::time::{SimTime, Span};

/// How often a kubelet looks.
// kubelet: pkg/kubelet/kubelet.go evictionMonitoringPeriod
pub const EVERY: Span = Span::from_secs(10);

/// What a pod gets at a hard threshold, and above a limit of its own.
// kubelet: pkg/kubelet/eviction/eviction_manager.go immediateEvictionGracePeriodSeconds
pub const IMMEDIATE: Span = Span::from_secs(1);

/// What a kubelet remembers between two passes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EvictionManager {
    /// The thresholds for whose grace period it has been low.
    active: Vec<Threshold>,
    /// Since when each threshold is met without a gap.
    first_met: Vec<(Threshold, SimTime)>,
    /// When each pressure was last seen.
    last_seen: BTreeMap<Pressure, SimTime>,
    last: Observations,
}

/// What a kubelet sees of its node at a pass.
#[derive(Clone, Copy, Debug)]
pub struct Look<'p> {
    /// When it looks.
    pub now: SimTime,
    /// What it sees of each signal.
    pub signals: &'p Observations,
    /// The pods that run, with what was measured of them.
    pub pods: &'p [Measured<'p>],
}

/// What came of a pass.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pass {
    /// The pressure that the node is under from now on.
    pub pressures: Vec<Pressure>,
    /// What it tried to get more of.
    pub starved: Option<Starved>,
    /// What was deleted for that, in order.
    pub reclaimed: &'static [Reclaim],
    /// Which pods go, in order.
    pub evicted: Vec<Eviction>,
}

/// A pod that its kubelet evicts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Eviction {
    /// Which of the pods that were looked at.
    pub pod: usize,
    /// How long it may take to stop.
    pub grace: Span,
    /// Why.
    pub why: Why,
}

/// Why a pod is evicted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The node is low on something.
    Low(Signal),
    /// It uses more of the disk than it may.
    Exceeds(Exceeded),
}

impl EvictionManager {
    /// One pass. `look_again` is asked for the signals after something was deleted.
    // kubelet: pkg/kubelet/eviction/eviction_manager.go synchronize
    pub fn synchronize(
        &mut self,
        config: &EvictionConfig,
        look: Look<'_>,
        look_again: impl FnOnce(&[Reclaim]) -> Observations,
    ) -> Pass {
        let Look { now, signals, pods } = look;
        let met = self.met(config, signals);
        let pressures = self.pressures(config, &met, now);
        let drives = self.driving(&met, signals, now);
        let mut pass = Pass { pressures, ..Pass::default() };
        pass.evicted = above_own_limits(config, pods);
        if !pass.evicted.is_empty() {
            return pass;
        }
        let is_memory = |threshold: &&Threshold| threshold.signal.starved() == Starved::Memory;
        // Memory before all else. Upstream the order of the others is arbitrary.
        let Some(threshold) = drives.iter().find(is_memory).or(drives.first()) else {
            return pass;
        };
        pass.starved = Some(threshold.signal.starved());
        pass.reclaimed = config.filesystems.reclaimed(threshold.signal);
        if !pass.reclaimed.is_empty() {
            let after = look_again(pass.reclaimed);
            if !config.thresholds.iter().any(|threshold| threshold.is_met(&after, true)) {
                return pass;
            }
        }
        let order = ranking::order(pods, threshold.signal, config.filesystems);
        // At most one pod a pass.
        let first = order.into_iter().find(|pod| !pods[*pod].0.is_critical());
        pass.evicted.extend(first.map(|pod| Eviction {
            pod,
            grace: grace(pods[pod].0, threshold, config),
            why: Why::Low(threshold.signal),
        }));
        pass
    }

    /// Whether it remembers nothing that a pass with all signals high would change.
    #[must_use]
    pub fn is_idle(&self, config: &EvictionConfig, now: SimTime) -> bool {
        self.active.is_empty()
            && self.first_met.is_empty()
            && self.last_seen.values().all(|at| now.since(*at) >= config.transition)
    }

    /// The thresholds that are met, whatever their grace period, with those that were acted on and are
    /// not met by as much as is to be reclaimed.
    fn met(&self, config: &EvictionConfig, signals: &Observations) -> Vec<Threshold> {
        let is_met = |threshold: &&Threshold| threshold.is_met(signals, false);
        let mut met: Vec<Threshold> = config.thresholds.iter().filter(is_met).copied().collect();
        for threshold in self.active.iter().filter(|active| active.is_met(signals, true)) {
            if !met.iter().any(|other| other.is(threshold)) {
                met.push(*threshold);
            }
        }
        met
    }

    /// The pressure that the node is under: seen now, or not long ago.
    fn pressures(
        &mut self,
        config: &EvictionConfig,
        met: &[Threshold],
        now: SimTime,
    ) -> Vec<Pressure> {
        let seen: BTreeSet<Pressure> = met.iter().map(|met| met.signal.pressure()).collect();
        self.last_seen.extend(seen.into_iter().map(|pressure| (pressure, now)));
        let lasts = |at: SimTime| now.since(at) < config.transition;
        self.last_seen.iter().filter(|(_, at)| lasts(**at)).map(|(pressure, _)| *pressure).collect()
    }

    /// The thresholds by which pods are evicted: met for their grace period, by figures that are newer
    /// than those of the last pass.
    fn driving(
        &mut self,
        met: &[Threshold],
        signals: &Observations,
        now: SimTime,
    ) -> Vec<Threshold> {
        let since = |threshold: &Threshold| {
            let known = self.first_met.iter().find(|(other, _)| other == threshold);
            (*threshold, known.map_or(now, |(_, at)| *at))
        };
        self.first_met = met.iter().map(since).collect();
        let lasted = |(threshold, at): &&(Threshold, SimTime)| now.since(*at) >= threshold.grace;
        self.active =
            self.first_met.iter().filter(lasted).map(|(threshold, _)| *threshold).collect();
        let last = std::mem::replace(&mut self.last, *signals);
        let is_new = |threshold: &&Threshold| {
            let Some(seen) = signals.of(threshold.signal) else { return false };
            last.of(threshold.signal).is_none_or(|before| seen.at > before.at)
        };
        self.active.iter().filter(is_new).copied().collect()
    }
}

/// The pods that use more of the disk than they may; critical ones stay.
fn above_own_limits(config: &EvictionConfig, pods: &[Measured<'_>]) -> Vec<Eviction> {
    let exceeded = |(place, (pod, stats)): (usize, &Measured<'_>)| {
        let exceeded = local_storage::exceeded(pod, (*stats)?, config.filesystems)?;
        let why = Why::Exceeds(exceeded);
        (!pod.is_critical()).then_some(Eviction { pod: place, grace: IMMEDIATE, why })
    };
    pods.iter().enumerate().filter_map(exceeded).collect()
}

/// How long a pod may take to stop.
fn grace(pod: &Pod, threshold: &Threshold, config: &EvictionConfig) -> Span {
    if threshold.is_hard() {
        return IMMEDIATE;
    }
    pod.grace.map_or(config.max_pod_grace, |own| own.min(config.max_pod_grace))
}

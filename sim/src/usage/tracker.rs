//! The tracker: which containers run since when, what each of them uses at an instant, and when that
//! changes next.
//!
//! Where a workload's curves are the same for all its replicas, one sample is exact for all of them and
//! is taken once. It is not where a curve grows with a container's age (a leak, phases, start-up), has
//! noise or bursts of its own, replays several series, or follows requests that differ from pod to pod: those
//! are sampled pod by pod.

use std::collections::BTreeMap;

use super::demand::Split;
use super::{Path, When, Whose};
use crate::model::Model;
use crate::model::pod::PodId;
use crate::model::usage::{Amount, Curve, Held, Used, WorkloadUsage};
use crate::model::workload::WorkloadId;
use crate::rng::Root;
use crate::time::SimTime;
use crate::world::World;
use crate::world::pods::Phase;

/// What is tracked of usage in one run.
#[derive(Clone, Debug)]
pub struct Tracker {
    root: Root,
    workloads: BTreeMap<WorkloadId, Tracked>,
    pods: BTreeMap<PodId, Containers>,
}

#[derive(Clone, Debug)]
struct Tracked {
    /// Whether one sample is exact for all replicas.
    shared: bool,
    /// When it is looked at again.
    due: Option<SimTime>,
    /// How its load was last divided.
    split: Option<Split>,
}

#[derive(Clone, Debug)]
struct Containers {
    /// Since when each runs; none does not.
    started: Vec<Option<SimTime>>,
    /// When they are looked at again.
    due: Option<SimTime>,
}

impl Tracker {
    /// The tracker of a run; none where nothing models usage, and then nothing is sampled.
    #[must_use]
    pub fn new(model: &Model, root: Root) -> Option<Tracker> {
        let each = model.usage.iter().map(|(workload, usage)| {
            let shared = usage.of_requests.is_empty()
                && usage.held.is_empty()
                && usage.containers.iter().all(Path::is_shared);
            (*workload, Tracked { shared, due: None, split: None })
        });
        let workloads: BTreeMap<_, _> = each.collect();
        (!workloads.is_empty()).then(|| Tracker { root, workloads, pods: BTreeMap::new() })
    }

    /// Whether a workload models usage.
    #[must_use]
    pub fn tracks(&self, workload: WorkloadId) -> bool {
        self.workloads.contains_key(&workload)
    }

    /// The containers of a pod run from now on. Whether its workload models usage.
    pub fn pod_starts(&mut self, world: &World, pod: PodId) -> bool {
        let Some(usage) = usage_of(world, pod) else { return false };
        let containers = usage.containers.len().max(usage.held.len());
        let started = vec![Some(world.now()); containers];
        self.pods.insert(pod, Containers { started, due: None });
        true
    }

    /// One container of a pod starts again now, or has stopped. Whether that is tracked.
    pub fn container_runs(
        &mut self,
        world: &World,
        pod: PodId,
        container: usize,
        runs: bool,
    ) -> bool {
        let of_pod = self.pods.get_mut(&pod);
        let Some(started) = of_pod.and_then(|it| it.started.get_mut(container)) else {
            return false;
        };
        *started = runs.then(|| world.now());
        true
    }

    /// A pod is no more. Whether it was tracked.
    pub fn pod_ends(&mut self, pod: PodId) -> bool {
        self.pods.remove(&pod).is_some()
    }

    /// Whether a pod is tracked.
    #[must_use]
    pub fn has(&self, pod: PodId) -> bool {
        self.pods.contains_key(&pod)
    }

    /// Whether one sample of a workload is exact for all its pods.
    #[must_use]
    pub fn is_shared(&self, workload: WorkloadId) -> bool {
        self.workloads.get(&workload).is_some_and(|tracked| tracked.shared)
    }

    /// Whether a pod uses what all replicas of its workload do: those that serve load do not while they
    /// are not ready, and none does while a container of it is stopped.
    #[must_use]
    pub fn follows(&self, world: &World, pod: PodId) -> bool {
        let all_run = |it: &Containers| it.started.iter().all(Option::is_some);
        let serves =
            usage_of(world, pod).is_none_or(|usage| usage.demand.is_none()) || is_ready(world, pod);
        self.is_shared(world.pods().workload(pod))
            && serves
            && self.pods.get(&pod).is_some_and(all_run)
    }

    /// What each container of a pod uses now.
    #[must_use]
    pub fn sample(&self, world: &World, pod: PodId) -> Vec<Used> {
        let (Some(usage), Some(containers)) = (usage_of(world, pod), self.pods.get(&pod)) else {
            return Vec::new();
        };
        let curves = usage.containers.iter().zip(&containers.started).enumerate();
        let used = curves.map(|(index, (curve, started))| {
            let whose =
                self.whose(world, world.pods().workload(pod), world.pods().replica(pod), index);
            let at = |started| {
                let used = curve.at(&When { at: world.now(), started, whose });
                let of_requests = usage.of_requests.contains(&index);
                if of_requests { of_request(world, pod, index, used) } else { used }
            };
            started.map_or_else(Used::default, at).capped()
        });
        let mut used: Vec<Used> = used.collect();
        let serving = usage.demand.as_ref().map(|demand| demand.container);
        if let Some(container) = serving.filter(|_| is_ready(world, pod))
            && containers.started.get(container).is_some_and(Option::is_some)
        {
            used[container] += self.share(usage, world.pods().workload(pod));
        }
        used
    }

    /// What each container of a pod holds of its node now.
    #[must_use]
    pub fn sample_held(&self, world: &World, pod: PodId) -> Vec<Held> {
        let (Some(usage), Some(containers)) = (usage_of(world, pod), self.pods.get(&pod)) else {
            return Vec::new();
        };
        let each = usage.held.iter().enumerate().map(|(index, curve)| {
            let when = self.when(world, pod, index, containers);
            when.map_or_else(Held::default, |when| curve.at(&when)).capped()
        });
        each.collect()
    }

    /// The present instant, as a container of a pod sees it; none while it is stopped.
    fn when(
        &self,
        world: &World,
        pod: PodId,
        container: usize,
        containers: &Containers,
    ) -> Option<When> {
        let started = (*containers.started.get(container)?)?;
        let (workload, replica) = (world.pods().workload(pod), world.pods().replica(pod));
        let whose = self.whose(world, workload, replica, container);
        Some(When { at: world.now(), started, whose })
    }

    /// What each container of a replica uses now that follows its workload.
    #[must_use]
    pub fn sample_shared(&self, world: &World, workload: WorkloadId) -> Vec<Used> {
        let Some(usage) = world.model().usage.get(&workload) else { return Vec::new() };
        let at = world.now();
        let used = usage.containers.iter().enumerate().map(|(index, curve)| {
            let whose = self.whose(world, workload, 0, index);
            curve.at(&When { at, started: at, whose }).capped()
        });
        let mut used: Vec<Used> = used.collect();
        if let Some(demand) = &usage.demand {
            used[demand.container] += self.share(usage, workload);
        }
        used
    }

    /// What serving its share of the load costs a ready replica.
    fn share(&self, usage: &WorkloadUsage, workload: WorkloadId) -> Used {
        let split = self.workloads.get(&workload).and_then(|tracked| tracked.split);
        let both = usage.demand.as_ref().zip(split);
        both.map_or_else(Used::default, |(demand, split)| demand.used(split.each).capped())
    }

    /// Divides the load of a workload anew, among the pods that are ready now. How, if that is another
    /// way than before.
    pub fn divide(&mut self, world: &World, workload: WorkloadId) -> Option<Split> {
        let demand = world.model().usage.get(&workload)?.demand.as_ref()?;
        let whose = self.whose(world, workload, 0, demand.container);
        let offered = demand.rate.at(&When { at: world.now(), started: SimTime::ZERO, whose });
        let users = world.users(workload);
        let serve = |pod: &&PodId| {
            let started = self.pods.get(pod).and_then(|it| it.started.get(demand.container));
            is_ready(world, **pod) && started.is_some_and(Option::is_some)
        };
        let ready =
            u32::try_from(users.iter().filter(serve).count()).expect("fewer than 2^32 pods");
        let split = demand.split(offered, ready);
        let tracked = self.workloads.get_mut(&workload)?;
        (tracked.split.replace(split) != Some(split)).then_some(split)
    }

    /// When a pod is to be looked at again, if that is later than what was arranged; it changes by
    /// itself only where it does not follow its workload.
    pub fn await_pod(&mut self, world: &World, pod: PodId) -> Option<SimTime> {
        let workload = world.pods().workload(pod);
        if self.is_shared(workload) && self.follows(world, pod) {
            return None;
        }
        let usage = usage_of(world, pod)?;
        let containers = self.pods.get(&pod)?;
        let when = |index| self.when(world, pod, index, containers);
        let next = next_of(&usage.containers, when).into_iter();
        let next = next.chain(next_of(&usage.held, when)).min();
        let due = &mut self.pods.get_mut(&pod)?.due;
        arrange(due, next)
    }

    /// When a workload is to be looked at again: its load, and what its replicas use alike.
    pub fn await_workload(&mut self, world: &World, workload: WorkloadId) -> Option<SimTime> {
        let usage = world.model().usage.get(&workload)?;
        let at = world.now();
        let shared = self.is_shared(workload);
        let curves = usage.containers.iter().enumerate().filter(|_| shared);
        let next = curves.filter_map(|(index, curve)| {
            let whose = self.whose(world, workload, 0, index);
            curve.next_change(&When { at, started: at, whose })
        });
        let load = usage.demand.as_ref().and_then(|demand| {
            let whose = self.whose(world, workload, 0, demand.container);
            demand.rate.next_change(&When { at, started: SimTime::ZERO, whose })
        });
        let next = next.chain(load).min();
        let due = &mut self.workloads.get_mut(&workload)?.due;
        arrange(due, next)
    }

    /// Whether a pod is to be looked at now.
    #[must_use]
    pub fn pod_is_due(&self, pod: PodId, now: SimTime) -> bool {
        self.pods.get(&pod).is_some_and(|containers| containers.due == Some(now))
    }

    /// Whether a workload is to be looked at now.
    #[must_use]
    pub fn workload_is_due(&self, workload: WorkloadId, now: SimTime) -> bool {
        self.workloads.get(&workload).is_some_and(|tracked| tracked.due == Some(now))
    }

    fn whose(&self, world: &World, workload: WorkloadId, replica: u32, container: usize) -> Whose {
        Whose {
            root: self.root,
            workload: world.model().workloads[workload].key,
            replica,
            container: u32::try_from(container).expect("few containers"),
        }
    }
}

/// Arranges to look again at an instant, and returns it if it was not arranged before. What was
/// arranged for another instant no longer counts.
fn arrange(due: &mut Option<SimTime>, next: Option<SimTime>) -> Option<SimTime> {
    let before = std::mem::replace(due, next);
    next.filter(|_| before != next)
}

/// Thousandths of what a container requests, as amounts.
fn of_request(world: &World, pod: PodId, container: usize, share: Used) -> Used {
    let list = &world.spec_of(pod).containers.list;
    let Some(requests) = list.get(container).map(|it| it.resources.requests) else {
        return Used::default();
    };
    let part = |thousandths: u64, request: Option<u64>| {
        let product = u128::from(thousandths) * u128::from(request.unwrap_or(0));
        u64::try_from((product + 500) / 1_000).unwrap_or(u64::MAX)
    };
    Used { cpu: part(share.cpu, requests.cpu), memory: part(share.memory, requests.memory) }
}

/// The first change of the curves of containers that run.
fn next_of<V: Amount>(
    curves: &[Curve<V>],
    when: impl Fn(usize) -> Option<When>,
) -> Option<SimTime> {
    let each = curves.iter().enumerate();
    each.filter_map(|(index, curve)| curve.next_change(&when(index)?)).min()
}

fn usage_of(world: &World, pod: PodId) -> Option<&WorkloadUsage> {
    world.model().usage.get(&world.pods().workload(pod))
}

fn is_ready(world: &World, pod: PodId) -> bool {
    matches!(world.pods().phase(pod), Phase::Running { .. })
}

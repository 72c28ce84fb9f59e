//! The recommender: it learns what containers use, and says what they should request.
//!
//! Pods that are alike, with the same labels, share what is known of each of their containers. A pod
//! that is gone leaves what it has taught.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::aggregate::{Aggregate, ms};
use super::config::RecommenderConfig;
use super::estimator::{self, Recommendation};
use crate::model::vpa::{Learning, Stated, VpaSpec};
use crate::names::NameId;
use crate::table::id;

id! {
    /// Pods with the same labels.
    GroupId
}

/// Which pod: a number that is given once.
pub type PodNumber = u64;

/// All that the recommender knows. Times are in milliseconds of Unix time.
#[derive(Clone, Debug)]
pub struct Recommender {
    config: RecommenderConfig,
    pods: BTreeMap<PodNumber, Pod>,
    /// What is known, by group and container. One that was forgotten is none here, and what its
    /// containers use teaches nothing any more.
    aggregates: Vec<Option<Aggregate>>,
    by_key: IndexMap<(GroupId, NameId), usize>,
}

#[derive(Clone, Debug)]
struct Pod {
    group: GroupId,
    containers: BTreeMap<NameId, Instance>,
}

/// One container of one pod.
#[derive(Clone, Debug)]
struct Instance {
    aggregate: usize,
    last_cpu_ms: Option<i64>,
    last_memory_ms: Option<i64>,
    /// When the interval of its present peak ends.
    window_end_ms: Option<i64>,
    peak: u64,
    oom_peak: u64,
}

/// What an autoscaler keeps of its history over a restart of the recommender.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Checkpoint(BTreeMap<NameId, Aggregate>);

/// An autoscaler as the recommender sees it.
pub struct Subject<'s> {
    /// What it says.
    pub spec: &'s VpaSpec,
    /// Whether it selects the pods of a group.
    pub selects: &'s dyn Fn(GroupId) -> bool,
    /// What it remembers from before the recommender was restarted.
    pub checkpoint: &'s mut Checkpoint,
}

impl Recommender {
    /// One that knows nothing.
    #[must_use]
    pub fn new(config: RecommenderConfig) -> Recommender {
        Recommender {
            config,
            pods: BTreeMap::new(),
            aggregates: Vec::new(),
            by_key: IndexMap::new(),
        }
    }

    /// A pod is known, with those of its containers that are learned from.
    pub fn pod_added(
        &mut self,
        pod: PodNumber,
        group: GroupId,
        containers: impl IntoIterator<Item = (NameId, Learning)>,
        now_ms: i64,
    ) {
        let Recommender { config, aggregates, by_key, .. } = self;
        let instance = |(name, learning)| {
            let place = *by_key.entry((group, name)).or_insert_with(|| {
                aggregates.push(Some(Aggregate::new(config, now_ms)));
                aggregates.len() - 1
            });
            if let Some(aggregate) = &mut aggregates[place] {
                aggregate.learning = learning;
            }
            (name, Instance::new(place))
        };
        let containers = containers.into_iter().map(instance).collect();
        self.pods.insert(pod, Pod { group, containers });
    }

    /// A pod is gone.
    pub fn pod_removed(&mut self, pod: PodNumber) {
        self.pods.remove(&pod);
    }

    /// What a container uses, in millicores and bytes, as far as it was measured.
    // VPA: recommender/model/container.go AddSample
    pub fn sample(&mut self, pod: PodNumber, container: NameId, used: Stated, at_ms: i64) {
        let Some((instance, aggregate, interval_ms)) = self.container(pod, container) else {
            return;
        };
        if let Some(milli) = used.cpu
            && instance.last_cpu_ms.is_none_or(|last| at_ms > last)
        {
            instance.last_cpu_ms = Some(at_ms);
            aggregate.add_cpu(milli, at_ms);
        }
        if let Some(bytes) = used.memory
            && instance.last_memory_ms.is_none_or(|last| at_ms >= last)
        {
            instance.memory(aggregate, interval_ms, (bytes, Source::Metrics), at_ms);
        }
    }

    /// A container was killed because it was out of memory, of which it requested this much.
    // VPA: recommender/model/container.go RecordOOM
    pub fn out_of_memory(&mut self, pod: PodNumber, container: NameId, bytes: u64, at_ms: i64) {
        let (ratio, least) = (self.config.oom_bump_up_ratio, self.config.oom_min_bump_up);
        let Some((instance, aggregate, interval_ms)) = self.container(pod, container) else {
            return;
        };
        if instance.last_memory_ms.is_some_and(|last| at_ms < last - interval_ms) {
            return;
        }
        let used = bytes.max(instance.peak);
        let ratio = aggregate.learning.oom_bump_up_ratio.map_or(ratio, crate::autoscalers::float);
        let least = aggregate.learning.oom_min_bump_up.unwrap_or(least);
        let needed = used.saturating_add(least).max(estimator::scaled(used, ratio));
        instance.memory(aggregate, interval_ms, (needed, Source::OutOfMemory), at_ms);
    }

    fn container(
        &mut self,
        pod: PodNumber,
        container: NameId,
    ) -> Option<(&mut Instance, &mut Aggregate, i64)> {
        let instance = self.pods.get_mut(&pod)?.containers.get_mut(&container)?;
        let aggregate = self.aggregates[instance.aggregate].as_mut()?;
        let interval = aggregate.learning.memory_interval.unwrap_or(self.config.memory_interval);
        Some((instance, aggregate, ms(interval)))
    }

    /// Forgets what is of no use any more: of containers that never had a sample and have no pod, and
    /// whose last sample is too old.
    // VPA: recommender/model/cluster.go garbageCollectAggregateCollectionStates
    pub fn collect_garbage(&mut self, now_ms: i64) {
        let Recommender { config, pods, aggregates, by_key } = self;
        let mut used = vec![false; aggregates.len()];
        for instance in pods.values().flat_map(|pod| pod.containers.values()) {
            used[instance.aggregate] = true;
        }
        by_key.retain(|_, place| {
            let keeps = |it: &Aggregate| {
                let idle = it.sampled_ms.is_none() && !used[*place];
                !idle && !it.is_expired(config, now_ms)
            };
            let kept = aggregates[*place].as_ref().is_some_and(keeps);
            if !kept {
                aggregates[*place] = None;
            }
            kept
        });
    }

    /// What the containers of an autoscaler's pods should request, by container, in no order.
    pub fn recommend(&mut self, subject: &mut Subject<'_>) -> Vec<(NameId, Recommendation)> {
        let known = self.known(subject);
        let sized: Vec<_> = known.iter().filter(|(name, _)| !subject.spec.leaves(**name)).collect();
        let count = sized.len();
        let recommend = |(name, aggregate): (&NameId, &Aggregate)| {
            let policy = subject.spec.policy(*name);
            (*name, estimator::recommend(&self.config, policy, aggregate, count))
        };
        sized.into_iter().map(recommend).collect()
    }

    /// What is known of each container: of all pods that are selected, and from before a restart.
    fn known(&mut self, subject: &mut Subject<'_>) -> BTreeMap<NameId, Aggregate> {
        let mut known: BTreeMap<NameId, Aggregate> = BTreeMap::new();
        let fresh = || Aggregate::new(&self.config, 0);
        for ((group, name), place) in &self.by_key {
            if let Some(aggregate) = &mut self.aggregates[*place]
                && (subject.selects)(*group)
            {
                known.entry(*name).or_insert_with(fresh).merge(aggregate);
            }
        }
        for (name, aggregate) in &mut subject.checkpoint.0 {
            known.entry(*name).or_insert_with(fresh).merge(aggregate);
        }
        known
    }

    /// What an autoscaler keeps when the recommender is restarted: all that is known, but for the peaks of
    /// intervals that have not ended.
    // VPA: recommender/checkpoint/checkpoint_writer.go buildAggregateContainerStateMap
    pub fn checkpoint(&mut self, subject: &mut Subject<'_>, now_ms: i64) -> Checkpoint {
        let mut known = self.known(subject);
        for pod in self.pods.values().filter(|pod| (subject.selects)(pod.group)) {
            for (name, instance) in &pod.containers {
                let peak = instance.peak.max(instance.oom_peak);
                if let Some(end_ms) = instance.window_end_ms.filter(|end_ms| now_ms < *end_ms)
                    && let Some(aggregate) = known.get_mut(name)
                {
                    aggregate.subtract_peak(peak, end_ms);
                }
            }
        }
        Checkpoint(known.into_iter().map(|(name, it)| (name, it.restored())).collect())
    }
}

/// Where a figure of memory comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Metrics,
    OutOfMemory,
}

impl Instance {
    fn new(aggregate: usize) -> Instance {
        Instance {
            aggregate,
            last_cpu_ms: None,
            last_memory_ms: None,
            window_end_ms: None,
            peak: 0,
            oom_peak: 0,
        }
    }

    /// Keeps the peak of each interval; an interval begins with the first sample, and its peak stands at
    /// its end.
    // VPA: recommender/model/container.go addMemorySample
    fn memory(
        &mut self,
        aggregate: &mut Aggregate,
        interval_ms: i64,
        (bytes, source): (u64, Source),
        at_ms: i64,
    ) {
        self.last_memory_ms = Some(at_ms);
        let mut end_ms = self.window_end_ms.unwrap_or(at_ms);
        if at_ms < end_ms {
            let before = self.peak.max(self.oom_peak);
            if before == 0 || bytes <= before {
                return;
            }
            aggregate.subtract_peak(before, end_ms);
        } else {
            let passed = (at_ms - end_ms) / interval_ms * interval_ms;
            end_ms += passed + interval_ms;
            (self.peak, self.oom_peak) = (0, 0);
        }
        self.window_end_ms = Some(end_ms);
        aggregate.add_peak(bytes, end_ms);
        match source {
            Source::Metrics => self.peak = bytes,
            Source::OutOfMemory => self.oom_peak = bytes,
        }
    }
}

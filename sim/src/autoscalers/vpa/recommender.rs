//! The recommender: it learns what containers use, and says what they should request.
//!
//! Pods that are alike, with the same labels, share what is known of each of their containers. A pod
//! that is gone leaves what it has taught.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::aggregate::Aggregate;
use super::config::RecommenderConfig;
use super::decay::Decay;
use super::estimator::{self, Recommendation};
use super::instance::{Instance, Source};
use crate::model::vpa::{Learning, Stated, VpaSpec};
use crate::names::NameId;
use crate::table::{Id, id};

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
    pods: IndexMap<PodNumber, Pod, FxBuildHasher>,
    /// The place after that of the pod that was sampled last. Metrics come pod by pod.
    next: usize,
    /// What is known, in the order in which it began. One that was forgotten is none here, and what its
    /// containers use teaches nothing any more.
    aggregates: Vec<Option<Box<Aggregate>>>,
    /// Where what is known of the containers of each group is kept.
    groups: Vec<Vec<(NameId, usize)>>,
    decay: Decay,
    /// For where what is known of the containers of an autoscaler is kept.
    places: Vec<(NameId, usize)>,
    /// For what is known of a container in several groups.
    merged: Aggregate,
}

#[derive(Clone, Debug)]
struct Pod {
    group: GroupId,
    containers: Vec<(NameId, Instance)>,
}

/// What an autoscaler keeps of its history over a restart of the recommender.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Checkpoint(BTreeMap<NameId, Aggregate>);

/// An autoscaler as the recommender sees it.
pub struct Subject<'s> {
    /// What it says.
    pub spec: &'s VpaSpec,
    /// The groups of pods that it selects.
    pub groups: &'s [GroupId],
    /// What it remembers from before the recommender was restarted.
    pub checkpoint: &'s mut Checkpoint,
}

impl Recommender {
    /// One that knows nothing.
    #[must_use]
    pub fn new(config: RecommenderConfig) -> Recommender {
        Recommender {
            merged: Aggregate::new(&config, 0),
            config,
            pods: IndexMap::default(),
            next: 0,
            aggregates: Vec::new(),
            groups: Vec::new(),
            decay: Decay::default(),
            places: Vec::new(),
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
        let Recommender { config, aggregates, groups, .. } = self;
        if groups.len() <= group.index() {
            groups.resize_with(group.index() + 1, Vec::new);
        }
        let known = &mut groups[group.index()];
        let instance = |(name, learning)| {
            let place = known.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
            let place = place.unwrap_or_else(|| {
                aggregates.push(Some(Box::new(Aggregate::new(config, now_ms))));
                known.push((name, aggregates.len() - 1));
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
        self.pods.swap_remove(&pod);
    }

    /// The pods that are known, in order.
    #[must_use]
    pub fn pods(&self) -> Vec<PodNumber> {
        let mut pods: Vec<PodNumber> = self.pods.keys().copied().collect();
        pods.sort_unstable();
        pods
    }

    /// What a container uses, in millicores and bytes, as far as it was measured.
    // VPA: recommender/model/container.go AddSample
    pub fn sample(&mut self, pod: PodNumber, container: NameId, used: Stated, at_ms: i64) {
        let Some(Known { instance, aggregate, config, decay }) = self.container(pod, container)
        else {
            return;
        };
        if let Some(milli) = used.cpu {
            instance.cpu(aggregate, milli, at_ms, decay);
        }
        if let Some(bytes) = used.memory {
            instance.memory(aggregate, config, (bytes, Source::Metrics), at_ms, decay);
        }
    }

    /// A container was killed because it was out of memory, of which it requested this much.
    // VPA: recommender/model/container.go RecordOOM
    pub fn out_of_memory(&mut self, pod: PodNumber, container: NameId, bytes: u64, at_ms: i64) {
        let Some(Known { instance, aggregate, config, decay }) = self.container(pod, container)
        else {
            return;
        };
        let interval_ms = aggregate.memory_interval_ms(config);
        if instance.last_memory_ms.get().is_some_and(|last| at_ms < last - interval_ms) {
            return;
        }
        let used = bytes.max(instance.peak);
        let learning = &aggregate.learning;
        let ratio = learning.oom_bump_up_ratio.map(crate::autoscalers::float);
        let ratio = ratio.unwrap_or(config.oom_bump_up_ratio);
        let least = learning.oom_min_bump_up.unwrap_or(config.oom_min_bump_up);
        let needed = used.saturating_add(least).max(estimator::scaled(used, ratio));
        instance.memory(aggregate, config, (needed, Source::OutOfMemory), at_ms, decay);
    }

    /// A container of a pod that is known, and what is known of it.
    fn container(&mut self, pod: PodNumber, container: NameId) -> Option<Known<'_>> {
        let Recommender { pods, next, .. } = self;
        let place = match pods.get_index(*next) {
            Some((number, _)) if *number == pod => *next,
            _ => pods.get_index_of(&pod)?,
        };
        *next = place + 1;
        let (_, Pod { containers, .. }) = pods.get_index_mut(place)?;
        let (_, instance) = containers.iter_mut().find(|(name, _)| *name == container)?;
        let aggregate = self.aggregates[instance.aggregate].as_deref_mut()?;
        Some(Known { instance, aggregate, config: &self.config, decay: &mut self.decay })
    }

    /// Forgets what is of no use any more: of containers that never had a sample and have no pod, and
    /// whose last sample is too old.
    // VPA: recommender/model/cluster.go garbageCollectAggregateCollectionStates
    pub fn collect_garbage(&mut self, now_ms: i64) {
        let Recommender { config, pods, aggregates, groups, .. } = self;
        // Metrics come in the order of pods; those that went have left others in their places.
        pods.sort_unstable_keys();
        let mut used = vec![false; aggregates.len()];
        for (_, instance) in pods.values().flat_map(|pod| &pod.containers) {
            used[instance.aggregate] = true;
        }
        for group in groups {
            group.retain(|(_, place)| {
                let keeps = |it: &Aggregate| {
                    let idle = it.sampled_ms.is_none() && !used[*place];
                    !idle && !it.is_expired(config, now_ms)
                };
                let kept = aggregates[*place].as_deref().is_some_and(keeps);
                if !kept {
                    aggregates[*place] = None;
                }
                kept
            });
        }
    }

    /// What the containers of an autoscaler's pods should request, by container, in the
    /// order of [`NameId`] but for those that are known from a checkpoint alone, which are last.
    pub fn recommend(&mut self, subject: &mut Subject<'_>) -> Vec<(NameId, Recommendation)> {
        let spec = subject.spec;
        let mut places = std::mem::take(&mut self.places);
        self.find_places(subject, &mut places);
        places.retain(|(name, _)| !spec.leaves(*name));
        let restored = subject.checkpoint.0.keys().filter(|name| !spec.leaves(**name));
        let restored: Vec<NameId> = restored
            .filter(|name| places.iter().all(|(known, _)| known != *name))
            .copied()
            .collect();
        let count = places.chunk_by(|one, two| one.0 == two.0).count() + restored.len();
        let mut found = Vec::with_capacity(count);
        for of_one in places.chunk_by(|one, two| one.0 == two.0) {
            let (name, first) = of_one[0];
            let checkpoint = subject.checkpoint.0.get_mut(&name);
            let known = match (&self.aggregates[first], &checkpoint) {
                // What is merged with nothing is what it was.
                (Some(only), None) if of_one.len() == 1 => only,
                _ => {
                    self.merged.clear();
                    merge(&mut self.merged, &mut self.aggregates, of_one, checkpoint);
                    &self.merged
                }
            };
            let policy = spec.policy(name);
            found.push((name, estimator::recommend(&self.config, policy, known, count)));
        }
        for name in restored {
            let known = &subject.checkpoint.0[&name];
            let policy = spec.policy(name);
            found.push((name, estimator::recommend(&self.config, policy, known, count)));
        }
        self.places = places;
        found
    }

    /// Where what is known of each container of an autoscaler's pods is kept: by container, and what
    /// began first first.
    fn find_places(&self, subject: &Subject<'_>, places: &mut Vec<(NameId, usize)>) {
        let groups = subject.groups.iter().filter_map(|group| self.groups.get(group.index()));
        places.clear();
        places.extend(groups.flatten());
        places.sort_unstable();
    }

    /// What an autoscaler keeps when the recommender is restarted: all that is known, but for the peaks of
    /// intervals that have not ended.
    // VPA: recommender/checkpoint/checkpoint_writer.go buildAggregateContainerStateMap
    pub fn checkpoint(&mut self, subject: &mut Subject<'_>, now_ms: i64) -> Checkpoint {
        let mut places = Vec::new();
        self.find_places(subject, &mut places);
        let names =
            places.iter().map(|(name, _)| *name).chain(subject.checkpoint.0.keys().copied());
        let names: BTreeSet<NameId> = names.collect();
        let mut known: BTreeMap<NameId, Aggregate> = BTreeMap::new();
        for name in names {
            let of_one = places.iter().copied().filter(|(known, _)| *known == name);
            let of_one: Vec<(NameId, usize)> = of_one.collect();
            let checkpoint = subject.checkpoint.0.get_mut(&name);
            let merged = known.entry(name).or_insert_with(|| Aggregate::new(&self.config, 0));
            merge(merged, &mut self.aggregates, &of_one, checkpoint);
        }
        let mut pods: Vec<(&PodNumber, &Pod)> = self.pods.iter().collect();
        pods.retain(|(_, pod)| subject.groups.contains(&pod.group));
        pods.sort_unstable_by_key(|(number, _)| **number);
        for (name, instance) in pods.into_iter().flat_map(|(_, pod)| &pod.containers) {
            if let Some(end_ms) = instance.window_end_ms.get().filter(|end_ms| now_ms < *end_ms)
                && let Some(aggregate) = known.get_mut(name)
            {
                aggregate.subtract_peak(instance.highest(), end_ms, &mut self.decay);
            }
        }
        Checkpoint(known.into_iter().map(|(name, it)| (name, it.restored())).collect())
    }
}

/// A container, and what is known of containers like it.
struct Known<'k> {
    instance: &'k mut Instance,
    aggregate: &'k mut Aggregate,
    config: &'k RecommenderConfig,
    decay: &'k mut Decay,
}

/// Adds what is known of a container: of all its groups, and from before a restart.
fn merge(
    merged: &mut Aggregate,
    aggregates: &mut [Option<Box<Aggregate>>],
    places: &[(NameId, usize)],
    checkpoint: Option<&mut Aggregate>,
) {
    for (_, place) in places {
        if let Some(aggregate) = &mut aggregates[*place] {
            merged.merge(aggregate);
        }
    }
    if let Some(checkpoint) = checkpoint {
        merged.merge(checkpoint);
    }
}

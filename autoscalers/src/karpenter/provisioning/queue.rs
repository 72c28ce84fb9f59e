//! The order of pods, and when to give up.

use std::collections::{BTreeMap, VecDeque};

use crate::karpenter::input::Pod;
use crate::karpenter::resources::{Resource, Resources};

/// Pods that have no place yet.
// Karpenter: queue.go
#[derive(Clone, Debug)]
pub(super) struct Queue {
    pods: VecDeque<usize>,
    /// How many there were in the queue when one was last put back.
    length_then: BTreeMap<usize, usize>,
}

impl Queue {
    /// Large pods come first, then old ones.
    pub(super) fn new<'a>(
        mut numbers: Vec<usize>,
        pods: &[Pod],
        requests: impl Fn(usize) -> &'a Resources,
    ) -> Queue {
        let key = |number: &usize| {
            let requests = requests(*number);
            let descending = |resource| std::cmp::Reverse(requests.get(resource));
            let pod = &pods[*number];
            let created = pod.created.div_euclid(1_000);
            (descending(Resource::Cpu), descending(Resource::Memory), created, pod.uid)
        };
        numbers.sort_by_cached_key(key);
        Queue { length_then: BTreeMap::new(), pods: numbers.into() }
    }

    /// The next pod, unless all that are left have been tried since the last success.
    pub(super) fn pop(&mut self) -> Option<usize> {
        let next = *self.pods.front()?;
        if self.length_then.get(&next) == Some(&self.pods.len()) {
            return None;
        }
        self.pods.pop_front()
    }

    /// Puts a pod back, behind all others.
    pub(super) fn push(&mut self, pod: usize) {
        self.pods.push_back(pod);
        self.length_then.insert(pod, self.pods.len());
    }
}

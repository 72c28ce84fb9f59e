//! StatefulSet: one sync, which creates what is missing, deletes what is surplus, and replaces pods of the
//! old revision.
// StatefulSet controller: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet

use crate::model::budget::Amount;

/// A template of the set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Revision {
    /// That from which the set is rolling away.
    Current,
    /// That to which it is rolling.
    Update,
}

/// What a set wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Desired {
    /// `spec.replicas`.
    pub replicas: u32,
    /// `spec.ordinals.start`.
    pub start: u32,
    /// `podManagementPolicy: OrderedReady`, else `Parallel`.
    pub ordered: bool,
    /// `updateStrategy`.
    pub update: Update,
    /// `status.currentReplicas`, which decides what is created where the strategy says nothing.
    pub current_replicas: u32,
}

/// `updateStrategy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// `RollingUpdate`, else `OnDelete`.
    pub rolling: bool,
    /// `rollingUpdate.partition`: pods below this index stay; none if there is no `rollingUpdate`.
    pub partition: Option<u32>,
    /// `rollingUpdate.maxUnavailable`, where the feature gate MaxUnavailableStatefulSet is on, which it is
    /// not by default.
    pub max_unavailable: Option<Amount>,
}

impl Default for Update {
    fn default() -> Update {
        Update { rolling: true, partition: Some(0), max_unavailable: None }
    }
}

/// How far a pod has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// It has failed or succeeded.
    Over,
    /// It is there, and not running and ready.
    Unready,
    /// It is running and ready.
    Ready,
}

/// A pod of the set, as the controller sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pod {
    /// Its ordinal.
    pub ordinal: u32,
    /// Its template; none if it is neither.
    pub revision: Option<Revision>,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it has been ready for `minReadySeconds`, whatever its phase.
    pub available: bool,
    /// Whether it is terminating.
    pub terminating: bool,
}

/// What a sync does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sync {
    /// Ordinals and revisions of the pods that it creates.
    pub created: Vec<(u32, Revision)>,
    /// Ordinals of the pods that it deletes, in order.
    pub deleted: Vec<u32>,
    /// How many of those it deletes for an update. They count no longer as pods of the old revision.
    pub replaced: u32,
}

/// A pod in its place, and whether this sync has created it.
#[derive(Clone, Copy, Debug)]
struct Placed {
    pod: Pod,
    exists: bool,
}

/// Whether a loop over pods goes on.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

impl Pod {
    // stateful_set_utils.go isUnavailable
    fn unavailable(&self) -> bool {
        !self.available || self.terminating
    }
}

impl Desired {
    // stateful_set_utils.go newVersionedStatefulSetPod
    fn revision_of(&self, ordinal: u32) -> Revision {
        let keeps = match (self.update.partition, self.update.rolling) {
            (Some(partition), _) => partition,
            (None, true) => self.current_replicas,
            (None, false) => 0,
        };
        if ordinal - self.start < keeps { Revision::Current } else { Revision::Update }
    }
}

/// One sync of a set with these pods, of which no two have one ordinal.
#[must_use]
pub fn sync(desired: &Desired, pods: &[Pod]) -> Sync {
    let mut sync = Sync::default();
    let end = desired.start.saturating_add(desired.replicas);
    let new = |ordinal| Placed { pod: created(desired, ordinal), exists: false };
    let mut replicas: Vec<Placed> = (desired.start..end).map(new).collect();
    let mut surplus: Vec<Pod> = Vec::new();
    for pod in pods {
        match pod.ordinal.checked_sub(desired.start).and_then(|at| replicas.get_mut(at as usize)) {
            Some(place) => *place = Placed { pod: *pod, exists: true },
            None => surplus.push(*pod),
        }
    }
    surplus.sort_by_key(|pod| std::cmp::Reverse(pod.ordinal));
    let mut all = replicas.iter().map(|it| it.pod).chain(surplus.iter().rev().copied());
    let first_unavailable = all.find(Pod::unavailable).map(|pod| pod.ordinal);

    for place in &replicas {
        if sync.replica(desired, *place) == Then::Stop && desired.ordered {
            return sync;
        }
    }
    for pod in &surplus {
        if sync.condemned(pod, desired.ordered, first_unavailable) == Then::Stop && desired.ordered
        {
            return sync;
        }
    }
    if desired.update.rolling {
        match desired.update.max_unavailable {
            None => sync.replace_next(desired, &replicas),
            Some(most) => {
                let unavailable = replicas.iter().map(|it| it.pod).chain(surplus);
                let unavailable = unavailable.filter(Pod::unavailable).count();
                let most = most.rounded_down(i64::from(desired.replicas)).max(1);
                let room = usize::try_from(most).map_or(0, |most| most.saturating_sub(unavailable));
                sync.replace_several(desired, &replicas, room);
            }
        }
    }
    sync
}

/// A pod that this sync creates.
fn created(desired: &Desired, ordinal: u32) -> Pod {
    Pod {
        ordinal,
        revision: Some(desired.revision_of(ordinal)),
        stage: Stage::Unready,
        available: false,
        terminating: false,
    }
}

impl Sync {
    // stateful_set_control.go processReplica
    fn replica(&mut self, desired: &Desired, place: Placed) -> Then {
        let Placed { pod, exists } = place;
        if !exists {
            self.created.push((pod.ordinal, desired.revision_of(pod.ordinal)));
        } else if pod.stage == Stage::Over {
            if !pod.terminating {
                self.deleted.push(pod.ordinal);
            }
            return Then::Stop;
        }
        let waits = pod.stage != Stage::Ready || pod.unavailable();
        if waits { Then::Stop } else { Then::GoOn }
    }

    // stateful_set_control.go processCondemned
    fn condemned(&mut self, pod: &Pod, ordered: bool, first_unavailable: Option<u32>) -> Then {
        if pod.terminating {
            return Then::Stop;
        }
        let unavailable = pod.stage != Stage::Ready || !pod.available;
        if !(ordered && unavailable && first_unavailable != Some(pod.ordinal)) {
            self.deleted.push(pod.ordinal);
        }
        Then::Stop
    }

    /// The highest pod of another revision is replaced, once all above it are available.
    fn replace_next(&mut self, desired: &Desired, replicas: &[Placed]) {
        for Placed { pod, .. } in updated(desired, replicas) {
            if pod.revision != Some(Revision::Update) && !pod.terminating {
                self.replace(pod);
                return;
            }
            if pod.unavailable() {
                return;
            }
        }
    }

    /// Up to `room` pods of another revision are replaced, available or not.
    // stateful_set_control.go updateStatefulSetAfterInvariantEstablished
    fn replace_several(&mut self, desired: &Desired, replicas: &[Placed], room: usize) {
        let old = |it: &&Placed| it.pod.revision != Some(Revision::Update) && !it.pod.terminating;
        for Placed { pod, .. } in updated(desired, replicas).filter(old).take(room) {
            self.replace(pod);
        }
    }

    fn replace(&mut self, pod: &Pod) {
        self.deleted.push(pod.ordinal);
        self.replaced += 1;
    }
}

/// The replicas that an update reaches, the highest first.
fn updated<'r>(desired: &Desired, replicas: &'r [Placed]) -> impl Iterator<Item = &'r Placed> {
    let keeps = desired.update.partition.unwrap_or(0) as usize;
    replicas.iter().skip(keeps).rev()
}

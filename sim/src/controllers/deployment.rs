//! Deployment: how a rolling update moves replicas from old ReplicaSets to the new one, and how they share
//! a change of scale in the middle of it.
// Deployment controller: pkg/controller/deployment/rolling.go, sync.go, util/deployment_util.go

use std::cmp::Reverse;

use crate::model::budget::Amount;

/// What a Deployment wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Desired {
    /// `spec.replicas`.
    pub replicas: i64,
    /// `maxSurge`.
    pub max_surge: Amount,
    /// `maxUnavailable`.
    pub max_unavailable: Amount,
}

/// A ReplicaSet of it. `Age` orders ReplicaSets, the oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaSet<Age> {
    /// When it was created, and its name if several were.
    pub age: Age,
    /// `spec.replicas`.
    pub replicas: i64,
    /// `status.availableReplicas`.
    pub available: i64,
    /// The annotation `deployment.kubernetes.io/desired-replicas`.
    pub desired: Option<i64>,
    /// The annotation `deployment.kubernetes.io/max-replicas`.
    pub max: Option<i64>,
}

/// All ReplicaSets of a Deployment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaSets<Age> {
    /// That of the present template, if it exists.
    pub new: Option<ReplicaSet<Age>>,
    /// Those of earlier templates.
    pub old: Vec<ReplicaSet<Age>>,
}

/// What a sync changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// The size of the new ReplicaSet; the next sync looks at the old ones.
    New,
    /// Sizes of old ones.
    Old,
    /// Nothing.
    Nothing,
}

impl Desired {
    /// How many pods there may be beyond what is desired, and how many of those may be unavailable.
    // deployment_util.go ResolveFenceposts
    #[must_use]
    pub fn fenceposts(&self) -> (i64, i64) {
        let surge = self.max_surge.rounded_up(self.replicas);
        let unavailable = self.max_unavailable.rounded_down(self.replicas);
        (surge, if surge == 0 && unavailable == 0 { 1 } else { unavailable })
    }

    /// How many pods may be unavailable; never more than there are.
    // deployment_util.go MaxUnavailable
    #[must_use]
    pub fn max_unavailable(&self) -> i64 {
        self.fenceposts().1.min(self.replicas)
    }

    /// The most pods that there may be.
    fn most(&self) -> i64 {
        self.replicas + self.fenceposts().0
    }

    fn least_available(&self) -> i64 {
        self.replicas - self.max_unavailable()
    }

    /// How many replicas the new ReplicaSet is to have, which has `has` of `total` now; none if it is yet
    /// to be created.
    // deployment_util.go NewRSNewReplicas
    #[must_use]
    pub fn size_of_new(&self, has: i64, total: i64) -> i64 {
        let room = self.most() - total;
        if room <= 0 { has } else { has + room.min(self.replicas - has) }
    }

    fn resize<Age>(&self, set: &mut ReplicaSet<Age>, replicas: i64) {
        set.replicas = replicas;
        set.desired = Some(self.replicas);
        set.max = Some(self.most());
    }
}

impl<Age: Ord> ReplicaSets<Age> {
    /// How many replicas all have together.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.new.iter().chain(&self.old).map(|set| set.replicas).sum()
    }

    /// One sync of a rolling update whose new ReplicaSet exists and whose scale does not change.
    // rolling.go rolloutRolling
    pub fn roll(&mut self, desired: &Desired) -> Changed {
        if self.resize_new(desired) {
            return Changed::New;
        }
        if self.shrink_old(desired) { Changed::Old } else { Changed::Nothing }
    }

    // rolling.go reconcileNewReplicaSet
    fn resize_new(&mut self, desired: &Desired) -> bool {
        let total = self.total();
        let Some(new) = &mut self.new else { return false };
        let size = match new.replicas {
            has if has > desired.replicas => desired.replicas,
            has => desired.size_of_new(has, total),
        };
        let changes = size != new.replicas;
        if changes {
            desired.resize(new, size);
        }
        changes
    }

    // rolling.go reconcileOldReplicaSets
    fn shrink_old(&mut self, desired: &Desired) -> bool {
        if self.old.iter().all(|set| set.replicas == 0) {
            return false;
        }
        let unready = self.new.as_ref().map_or(0, |new| new.replicas - new.available);
        let room = self.total() - desired.least_available() - unready;
        if room <= 0 {
            return false;
        }
        let available: i64 = self.new.iter().chain(&self.old).map(|set| set.available).sum();
        self.old.sort_by(|a, b| a.age.cmp(&b.age));
        let spare = available - desired.least_available();
        self.remove_unhealthy(desired, room).is_some_and(|removed| {
            let removed = removed + self.remove_oldest(desired, spare);
            removed > 0
        })
    }

    /// Old pods that are not available go first, and need no spare ones. `None` if a ReplicaSet has more
    /// pods available than it is to have, which is no time to count.
    // rolling.go cleanupUnhealthyReplicas
    fn remove_unhealthy(&mut self, desired: &Desired, most: i64) -> Option<i64> {
        let mut removed = 0;
        for set in self.old.iter_mut().filter(|set| set.replicas != 0) {
            let unhealthy = set.replicas - set.available;
            if removed >= most {
                break;
            }
            if unhealthy < 0 {
                return None;
            }
            let goes = unhealthy.min(most - removed);
            if goes > 0 {
                desired.resize(set, set.replicas - goes);
            }
            removed += goes;
        }
        Some(removed)
    }

    // rolling.go scaleDownOldReplicaSetsForRollingUpdate
    fn remove_oldest(&mut self, desired: &Desired, spare: i64) -> i64 {
        let mut removed = 0;
        for set in self.old.iter_mut().filter(|set| set.replicas != 0) {
            if removed >= spare {
                break;
            }
            let goes = set.replicas.min(spare - removed);
            desired.resize(set, set.replicas - goes);
            removed += goes;
        }
        removed
    }

    /// One sync of a Deployment whose scale has changed, or that is paused: what there is grows and shrinks
    /// in proportion. `there` is how many pods it has.
    // sync.go scale
    pub fn scale(&mut self, desired: &Desired, there: i64) {
        if let Some(one) = self.active_or_latest() {
            if one.replicas != desired.replicas {
                desired.resize(one, desired.replicas);
            }
            return;
        }
        if self.new.as_ref().is_some_and(|new| is_saturated(new, desired)) {
            for set in self.old.iter_mut().filter(|set| set.replicas > 0) {
                desired.resize(set, 0);
            }
            return;
        }
        self.scale_in_proportion(desired, there);
    }

    /// The only ReplicaSet with replicas; where none has any, the new one or else the newest.
    // deployment_util.go FindActiveOrLatest
    fn active_or_latest(&mut self) -> Option<&mut ReplicaSet<Age>> {
        let active = self.new.iter().chain(&self.old).filter(|set| set.replicas > 0).count();
        match active {
            0 if self.new.is_some() => self.new.as_mut(),
            0 => self.old.iter_mut().max_by(|a, b| a.age.cmp(&b.age)),
            1 => self.new.iter_mut().chain(&mut self.old).find(|set| set.replicas > 0),
            _ => None,
        }
    }

    fn scale_in_proportion(&mut self, desired: &Desired, there: i64) {
        let allowed = if desired.replicas > 0 { desired.most() } else { 0 };
        let add = allowed - self.total();
        let mut active: Vec<&mut ReplicaSet<Age>> =
            self.old.iter_mut().chain(&mut self.new).filter(|set| set.replicas > 0).collect();
        match add {
            1.. => active.sort_by(|a, b| {
                Reverse(a.replicas).cmp(&Reverse(b.replicas)).then_with(|| b.age.cmp(&a.age))
            }),
            ..0 => active.sort_by(|a, b| {
                Reverse(a.replicas).cmp(&Reverse(b.replicas)).then_with(|| a.age.cmp(&b.age))
            }),
            0 => {}
        }
        let mut added = 0;
        let mut sizes: Vec<i64> = Vec::with_capacity(active.len());
        for set in &active {
            let part = proportion(set, desired, there, add - added);
            sizes.push(set.replicas + part);
            added += part;
        }
        if let Some(first) = sizes.first_mut().filter(|_| add != 0) {
            *first = (*first + add - added).max(0);
        }
        for (set, size) in active.into_iter().zip(sizes) {
            desired.resize(set, size);
        }
    }
}

// deployment_util.go IsSaturated
fn is_saturated<Age>(new: &ReplicaSet<Age>, desired: &Desired) -> bool {
    [Some(new.replicas), new.desired, Some(new.available)]
        .iter()
        .all(|number| *number == Some(desired.replicas))
}

/// How many of `left` more replicas a ReplicaSet gets; of `left` fewer, if that is negative.
// deployment_util.go GetReplicaSetProportion, getReplicaSetFraction
fn proportion<Age>(set: &ReplicaSet<Age>, desired: &Desired, there: i64, left: i64) -> i64 {
    let size = set.replicas;
    let base = set.max.filter(|max| *max != 0).unwrap_or(there);
    let part = match (desired.replicas, base) {
        (0, _) => -size,
        (_, 0) => 0,
        _ => (2 * size * desired.most() + base).div_euclid(2 * base) - size,
    };
    match left {
        0 => 0,
        1.. => part.min(left),
        ..0 => part.max(left),
    }
}

//! Back-off: for how long a node group whose scale-up has failed is not scaled up again.
// Cluster Autoscaler: utils/backoff/exponential_backoff.go

use std::collections::BTreeMap;

use sim::time::{SimTime, Span};

use super::node_group::GroupId;

/// The node groups that have failed, and how they are paused.
#[derive(Clone, Debug)]
pub struct Backoff {
    /// After the first failure.
    initial: Span,
    /// After many.
    max: Span,
    /// How long after its last failure a group starts anew.
    reset: Span,
    groups: BTreeMap<GroupId, Pause>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    lasts: Span,
    until: SimTime,
    failed_at: SimTime,
}

impl Backoff {
    /// No group has failed: `--initial-node-group-backoff-duration`,
    /// `--max-node-group-backoff-duration`, `--node-group-backoff-reset-timeout`.
    #[must_use]
    pub fn new(initial: Span, max: Span, reset: Span) -> Backoff {
        Backoff { initial, max, reset, groups: BTreeMap::new() }
    }

    /// A group has failed: until when it is paused. Failures during a pause do not lengthen it the next
    /// time; one after it doubles it.
    pub fn fail(&mut self, group: GroupId, now: SimTime) -> SimTime {
        let lasts = match self.groups.get(&group) {
            None => self.initial,
            Some(pause) if pause.until < now => {
                Span::from_ms(pause.lasts.as_ms().saturating_mul(2)).min(self.max)
            }
            Some(pause) => pause.lasts,
        };
        let until = now + lasts;
        self.groups.insert(group, Pause { lasts, until, failed_at: now });
        until
    }

    /// A scale-up of a group has come to its end: nothing is held against it.
    pub fn succeed(&mut self, group: GroupId) {
        self.groups.remove(&group);
    }

    /// Whether a group is paused, to the very end of its pause.
    #[must_use]
    pub fn is_backed_off(&self, group: GroupId, now: SimTime) -> bool {
        self.groups.get(&group).is_some_and(|pause| pause.until >= now)
    }

    /// Forgets failures of long ago.
    pub fn forget_stale(&mut self, now: SimTime) {
        let reset = self.reset;
        self.groups.retain(|_, pause| pause.failed_at + reset >= now);
    }
}

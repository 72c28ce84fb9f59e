//! When the loop runs: every so often, at once when a pod waits, and again when it has done something.
// Cluster Autoscaler: loop/trigger.go Wait

use std::collections::BTreeSet;

use sim::time::{SimTime, Span};

use crate::cluster_autoscaler::config::Flags;

/// How long a round takes, before the next may begin. Upstream it is as long as it takes.
const ROUND_TAKES: Span = Span::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Clock {
    scan_interval: Span,
    frequent: bool,
    /// When the last round began.
    ran_at: Option<SimTime>,
    /// When the next is due.
    due: SimTime,
    /// When it will be woken.
    wakes: BTreeSet<SimTime>,
}

impl Clock {
    pub(super) fn new(flags: &Flags) -> Clock {
        Clock {
            scan_interval: flags.scan_interval,
            frequent: flags.frequent_loops_enabled,
            ran_at: None,
            due: SimTime::ZERO + flags.scan_interval,
            wakes: BTreeSet::new(),
        }
    }

    /// A pod has found no node: the next round is due as soon as the last is over.
    pub(super) fn pod_waits(&mut self, now: SimTime) {
        self.hurry(now);
    }

    /// The round that runs has done something: there may be more to do.
    pub(super) fn was_productive(&mut self, now: SimTime) {
        self.hurry(now);
    }

    fn hurry(&mut self, now: SimTime) {
        if self.frequent {
            let over = self.ran_at.map_or(now, |at| at + ROUND_TAKES);
            self.due = self.due.min(over.max(now));
        }
    }

    pub(super) fn is_due(&self, now: SimTime) -> bool {
        self.due <= now
    }

    /// A round begins.
    pub(super) fn runs(&mut self, now: SimTime) {
        self.ran_at = Some(now);
        self.due = now + self.scan_interval;
    }

    pub(super) fn next(&self) -> Option<SimTime> {
        Some(self.due)
    }

    /// In how long it is to be woken for something, unless it will be woken then already.
    pub(super) fn wake_at(&mut self, at: SimTime, now: SimTime) -> Option<Span> {
        self.wakes = self.wakes.split_off(&now);
        self.wakes.remove(&now);
        let at = at.max(now);
        self.wakes.insert(at).then(|| at.since(now))
    }
}

//! When a container starts again: CrashLoopBackOff.

use crate::time::{SimTime, Span};

/// A container that has run for longer than this starts afresh.
// kubelet: pkg/kubelet/kubelet.go NewBackOffWithJitter, defaultCrashLoopBackOff expiry
const FORGOTTEN_AFTER: Span = Span::from_secs(600);

/// How long a kubelet makes containers wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackOffLimits {
    /// The first wait, unless the longest is shorter.
    pub initial: Span,
    /// The longest wait: `crashLoopBackOff.maxContainerRestartPeriod`.
    pub max: Span,
}

impl Default for BackOffLimits {
    /// The defaults of 1.36.
    // kubelet: pkg/kubelet/kubelet.go initialCrashLoopBackOff, MaxCrashLoopBackOff
    fn default() -> Self {
        BackOffLimits { initial: Span::from_secs(10), max: Span::from_secs(300) }
    }
}

/// What a kubelet remembers of the restarts of a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BackOff(Option<Remembered>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Remembered {
    wait: Span,
    restarted_at: SimTime,
}

/// When a container starts again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Restart {
    /// When.
    pub at: SimTime,
    /// How long after its exit that is at the least, if it had to wait for it.
    pub back_off: Option<Span>,
}

impl BackOff {
    /// A container has exited, and its kubelet sees that at or after it: when it starts again.
    // kubelet: pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff; client-go:
    // util/flowcontrol/backoff.go IsInBackOffSince, Next
    pub fn exited(&mut self, exit: SimTime, seen: SimTime, limits: BackOffLimits) -> Restart {
        let initial = limits.initial.min(limits.max);
        let remembered = self.0.filter(|last| exit.since(last.restarted_at) <= FORGOTTEN_AFTER);
        let restart = match remembered {
            Some(last) if seen.since(exit) < last.wait => {
                Restart { at: exit + last.wait, back_off: Some(last.wait) }
            }
            _ => Restart { at: seen, back_off: None },
        };
        let wait = remembered.map_or(initial, |last| (last.wait + last.wait).min(limits.max));
        self.0 = Some(Remembered { wait, restarted_at: restart.at });
        restart
    }
}

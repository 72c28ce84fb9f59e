//! Jobs: how much there is to do, what of it is saved on the way, and what becomes of time.

use super::failure::Retries;
use crate::time::Span;

/// A Job: pods that run to their end until enough have completed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Job {
    /// How many pods must complete.
    pub completions: u32,
    /// How many run at a time.
    pub parallelism: u32,
    /// What one pod does.
    pub work: Work,
    /// How long after its creation it is to be complete, if that is stated; it goes on when it is late.
    pub deadline: Option<Span>,
    /// How it takes the failures of its pods; without, it replaces them at once and for ever.
    pub retries: Option<Retries>,
}

/// What became of a Job.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// Enough pods have completed.
    Complete,
    /// More pods failed than `backoffLimit` lets.
    BackoffLimitExceeded,
    /// It took longer than `activeDeadlineSeconds`.
    DeadlineExceeded,
    /// A pod failed in a way for which its `podFailurePolicy` says `FailJob`.
    PodFailurePolicy,
    /// Its CronJob deleted it to make the next one.
    Replaced,
}

impl Outcome {
    /// Every outcome, in order.
    pub const ALL: [Outcome; 5] = [
        Outcome::Complete,
        Outcome::BackoffLimitExceeded,
        Outcome::DeadlineExceeded,
        Outcome::PodFailurePolicy,
        Outcome::Replaced,
    ];

    /// Its name; of a failure, the reason of the condition `Failed`.
    // API: batch/v1 JobReasonBackoffLimitExceeded and its neighbours
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Complete => "Complete",
            Outcome::BackoffLimitExceeded => "BackoffLimitExceeded",
            Outcome::DeadlineExceeded => "DeadlineExceeded",
            Outcome::PodFailurePolicy => "PodFailurePolicy",
            Outcome::Replaced => "Replaced",
        }
    }

    /// Whether the Job failed.
    #[must_use]
    pub fn failed(self) -> bool {
        !matches!(self, Outcome::Complete | Outcome::Replaced)
    }
}

impl Job {
    /// A Job whose pods each work for so long, and begin again, however often they are disturbed.
    #[must_use]
    pub fn new(completions: u32, parallelism: u32, duration: Span) -> Job {
        let work = Work::lasting(duration);
        Job { completions, parallelism, work, deadline: None, retries: None }
    }

    /// How many of its pods run at a time while there is enough to do.
    #[must_use]
    pub fn at_once(self) -> u32 {
        self.completions.min(self.parallelism)
    }
}

/// What one pod does that ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work {
    /// How long it takes, undisturbed and without what follows.
    pub duration: Span,
    /// How it saves its progress, if it does.
    pub checkpoints: Option<Checkpoints>,
    /// How long it takes to take up work that was begun, before there is any progress.
    pub restart: Span,
    /// Whether pods get on only while all of the workload's are ready, and go back together.
    pub gang: bool,
}

/// How progress is saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checkpoints {
    /// After how much progress each time; never nothing.
    pub every: Span,
    /// How long saving takes, during which there is no progress.
    pub takes: Span,
}

/// What became of the time that a pod was ready: the four sum to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Worked {
    /// Progress that was saved, completed, or is held at the horizon.
    pub useful: Span,
    /// Progress that was not saved when it ended, and taking up work again.
    pub lost: Span,
    /// Saving.
    pub saving: Span,
    /// Waiting for the rest of the gang, and shutting down.
    pub waiting: Span,
}

impl Worked {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Span {
        self.useful + self.lost + self.saving + self.waiting
    }
}

/// What became of a stretch of time without disturbance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stretch {
    /// Taking up work that was begun.
    pub restarting: Span,
    /// Progress up to the last checkpoint.
    pub saved: Span,
    /// Progress since then.
    pub unsaved: Span,
    /// Saving, also what was not saved to its end.
    pub saving: Span,
}

impl Work {
    /// Work that takes so long, and is all done or not at all.
    #[must_use]
    pub fn lasting(duration: Span) -> Work {
        Work { duration, checkpoints: None, restart: Span::ZERO, gang: false }
    }

    /// How long it takes to do what is `left` of it without disturbance.
    #[must_use]
    pub fn takes(&self, left: Span, resumes: bool) -> Span {
        let saving = self.checkpoints.map_or(Span::ZERO, |it| it.takes * it.within(left));
        self.restart_if(resumes) + left + saving
    }

    /// What becomes of the first so much time of doing what is `left`, at most what that takes.
    #[must_use]
    pub fn stretch(&self, left: Span, resumes: bool, elapsed: Span) -> Stretch {
        let restarting = elapsed.min(self.restart_if(resumes));
        let busy = elapsed - restarting;
        let Some(it) = self.checkpoints else {
            return Stretch { restarting, unsaved: busy, ..Stretch::default() };
        };
        let all = it.within(left);
        let cycle = it.every + it.takes;
        let complete = (busy.as_ms() / cycle.as_ms()).min(all);
        let rest = busy - cycle * complete;
        let unsaved = if complete == all { rest } else { rest.min(it.every) };
        Stretch {
            restarting,
            saved: it.every * complete,
            unsaved,
            saving: it.takes * complete + (rest - unsaved),
        }
    }

    fn restart_if(&self, resumes: bool) -> Span {
        if resumes { self.restart } else { Span::ZERO }
    }
}

impl Checkpoints {
    /// How many there are within so much work: none at its end.
    fn within(&self, left: Span) -> u64 {
        left.as_ms().saturating_sub(1) / self.every.as_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Span {
        Span::from_secs(seconds)
    }

    fn work() -> Work {
        let checkpoints = Some(Checkpoints { every: s(60), takes: s(10) });
        Work { checkpoints, restart: s(20), ..Work::lasting(s(180)) }
    }

    /// One millisecond after the other.
    fn slowly(work: &Work, left: Span, resumes: bool, elapsed: Span) -> Stretch {
        let mut stretch = Stretch::default();
        let tick = Span::from_ms(1);
        let mut to_save = Span::ZERO;
        for _ in 0..elapsed.as_ms() {
            let progress = stretch.saved + stretch.unsaved;
            if resumes && stretch.restarting < work.restart {
                stretch.restarting += tick;
            } else if to_save > Span::ZERO {
                stretch.saving += tick;
                to_save = to_save - tick;
                if to_save == Span::ZERO {
                    (stretch.saved, stretch.unsaved) = (progress, Span::ZERO);
                }
            } else {
                stretch.unsaved += tick;
                if let Some(it) = work.checkpoints
                    && stretch.unsaved == it.every
                    && progress + tick < left
                {
                    to_save = it.takes;
                    if it.takes == Span::ZERO {
                        (stretch.saved, stretch.unsaved) = (progress + tick, Span::ZERO);
                    }
                }
            }
        }
        stretch
    }

    #[test]
    fn two_checkpoints_within_three_intervals() {
        assert_eq!(work().takes(s(180), false), s(200));
        assert_eq!(work().takes(s(180), true), s(220));
        assert_eq!(work().takes(s(60), true), s(80));
        assert_eq!(work().takes(s(61), true), s(91));
    }

    #[test]
    fn a_stretch_is_what_it_is_when_lived_through() {
        for (every, takes, restart) in [(7, 3, 5), (7, 0, 0), (1, 2, 1), (100, 3, 2)] {
            let ms = Span::from_ms;
            let checkpoints = Some(Checkpoints { every: ms(every), takes: ms(takes) });
            for checkpoints in [None, checkpoints] {
                let work = Work { checkpoints, restart: ms(restart), ..Work::lasting(ms(30)) };
                for (left, resumes) in [(30, false), (28, true), (1, true), (14, false)] {
                    let whole = work.takes(ms(left), resumes);
                    for elapsed in 0..=whole.as_ms() {
                        let got = work.stretch(ms(left), resumes, ms(elapsed));
                        assert_eq!(got, slowly(&work, ms(left), resumes, ms(elapsed)));
                    }
                    let end = work.stretch(ms(left), resumes, whole);
                    assert_eq!(end.saved + end.unsaved, ms(left));
                }
            }
        }
    }
}

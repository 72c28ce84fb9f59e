//! A job with a deadline: how much is done, how much is left, and how it stands against uniform progress.
//!
//! The order of operations on floats is part of the rules: runs often lie exactly on the line of uniform
//! progress, and which side of it they are on decides what is bought.

use super::market::Recording;

/// Seconds that every launch costs before there is progress.
pub const OVERHEAD: f64 = 720.0;
/// Less work than this is none, and less overhead.
pub const NOTHING: f64 = 0.001;

/// What runs, without where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A spot instance.
    Spot,
    /// An on-demand instance.
    OnDemand,
}

/// A job as it stands at the start of a tick.
#[derive(Clone, Debug)]
pub struct Job {
    /// The length of a tick in seconds.
    pub tick: f64,
    /// Seconds from the start to the deadline.
    pub deadline: f64,
    /// Seconds of work in all.
    pub size: f64,
    /// Seconds of work that are done.
    pub done: f64,
    /// Seconds of the last launch that are still to pass without progress.
    pub overhead: f64,
    /// Which tick it is.
    pub now: usize,
}

impl Job {
    /// A job on a recording whose deadline is `ratio` times its work.
    #[must_use]
    pub fn of(recording: Recording, ratio: f64) -> Job {
        let tick = recording.tick();
        let hours = recording.ticks() as f64 * tick / 3_600.0;
        Job {
            tick,
            deadline: hours * 3_600.0,
            size: hours / ratio * 3_600.0,
            done: 0.0,
            overhead: 0.0,
            now: 0,
        }
    }

    /// Whether it can be done in time at all, with one launch.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.size + OVERHEAD <= self.deadline
    }

    /// Seconds since the start.
    #[must_use]
    pub fn elapsed(&self) -> f64 {
        self.now as f64 * self.tick
    }

    /// Seconds of work that are left.
    #[must_use]
    pub fn work(&self) -> f64 {
        self.size - self.done
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.work() <= NOTHING
    }

    /// Whether the deadline is reached.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.elapsed() >= self.deadline
    }

    /// Seconds to the deadline in whole ticks.
    #[must_use]
    pub fn left(&self) -> f64 {
        ((self.deadline - self.elapsed()) / self.tick).floor() * self.tick
    }

    /// Seconds in whole ticks that the rest of the work takes with this many launches.
    #[must_use]
    pub fn need(&self, launches: f64) -> f64 {
        ((self.work() + launches * OVERHEAD) / self.tick).ceil() * self.tick
    }

    /// Seconds of work ahead of uniform progress; negative behind it.
    #[must_use]
    pub fn ahead(&self) -> f64 {
        (self.size - (self.size - self.done)) - (self.elapsed() * self.size) / self.deadline
    }

    /// How far the line of uniform progress will be ahead of what is done now, two launches later.
    #[must_use]
    pub fn lead_after_two(&self) -> f64 {
        ((self.elapsed() + 2.0 * OVERHEAD) * self.size) / self.deadline
            - (self.size - (self.size - self.done))
    }

    /// An instance ran for a tick; how many seconds of work it did.
    pub fn ran(&mut self) -> f64 {
        let useful = (self.tick - self.overhead).max(0.0);
        self.overhead -= self.tick - useful;
        if self.overhead < NOTHING {
            self.overhead = 0.0;
        }
        let worked = useful.min(self.work());
        self.done += worked;
        worked
    }

    /// What uniform progress wishes: something to run or nothing, and whether it leaves on-demand for spot
    /// that it has not tried yet.
    #[must_use]
    pub fn wish(&self, kind: Option<Kind>, offered: bool) -> (Option<Kind>, bool) {
        let on_demand = Some(Kind::OnDemand);
        let mut wish = offered.then_some(Kind::Spot);
        if self.ahead() < 0.0 && !offered {
            wish = on_demand;
        }
        if kind == on_demand && (!offered || self.lead_after_two() >= 0.0) {
            wish = on_demand;
        }
        if self.need(2.0) > self.left() && kind != Some(Kind::Spot) {
            wish = on_demand;
        }
        if self.need(1.0) >= self.left() {
            let stays = kind == Some(Kind::Spot) && self.overhead < NOTHING;
            wish = if stays { kind } else { on_demand };
        }
        let leaves =
            kind == on_demand && offered && wish == on_demand && self.lead_after_two() < 0.0;
        if leaves { (Some(Kind::Spot), true) } else { (wish, false) }
    }
}

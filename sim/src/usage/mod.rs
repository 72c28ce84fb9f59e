//! Usage: what containers use and what load there is, as paths that no policy changes.
//!
//! Like the market's, a path is exogenous: a value at an instant depends on the workload, the replica,
//! the container and, for what grows with age, on when the container was started. It is worked out
//! anew at each instant and keeps no state, so that it does not matter who asks, and how often.
//!
//! A value is constant until [`Path::next_change`]: curves that are smooth in nature go in steps, at
//! the middle of which they are right, so that their means are.

mod bursts;
mod constant;
mod curve;
pub mod demand;
mod diurnal;
mod noise;
mod phases;
mod ramp;
mod replay;
mod start_up;
pub mod tracker;

use crate::model::usage::{Amount, Shape};
use crate::rng::{Draws, Root, Stream};
use crate::time::{SimTime, Span};

/// A value over time.
pub trait Path<V> {
    /// The value at an instant.
    fn at(&self, when: &When) -> V;

    /// The first instant after this one at which the value may be another; none if it stays for good.
    fn next_change(&self, when: &When) -> Option<SimTime>;

    /// Whether every replica has the same value at an instant, whenever its containers were started:
    /// then one sample is exact for all of them.
    fn is_shared(&self) -> bool;
}

/// An instant, as a container of a replica sees it.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The instant.
    pub at: SimTime,
    /// When the container was started.
    pub started: SimTime,
    /// Whose it is.
    pub whose: Whose,
}

/// Who uses something: identity in random streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whose {
    /// The run.
    pub root: Root,
    /// The key of the workload.
    pub workload: u64,
    /// The replica, from 0.
    pub replica: u32,
    /// The container, from 0.
    pub container: u32,
}

impl When {
    /// How old the container is.
    fn age(&self) -> Span {
        self.at.since(self.started)
    }

    /// The draws of a cell of time: those of the replica, or of all of them.
    fn draws(&self, stream: Stream, shared: bool, cell: u64) -> Draws {
        let Whose { root, workload, replica, container } = self.whose;
        let replica = if shared { u64::MAX } else { replica.into() };
        root.stream(stream, &[workload, replica, container.into(), cell])
    }
}

/// Every shape there is, each in a file of its own.
impl<V: Amount> Shape<V> {
    fn path(&self) -> &dyn Path<V> {
        match self {
            Shape::Constant(constant) => constant,
            Shape::Diurnal(diurnal) => diurnal,
            Shape::Bursts(bursts) => bursts,
            Shape::Ramp(ramp) => ramp,
            Shape::Phases(phases) => phases,
            Shape::StartUp(start_up) => start_up,
            Shape::Replay(replay) => replay,
        }
    }
}

/// Each lane of an amount, changed and rounded.
fn each<V: Amount>(value: V, change: impl Fn(usize, f64) -> f64) -> V {
    let lanes = value.lanes();
    // Never negative, and far below 2^53; what is not a number is zero.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let changed = |lane: usize| libm::round(change(lane, lanes[lane] as f64)).max(0.0) as u64;
    V::of_lanes([changed(0), changed(1)])
}

/// The sum of two amounts.
fn sum<V: Amount>(one: V, other: V) -> V {
    let (one, other) = (one.lanes(), other.lanes());
    V::of_lanes([one[0].saturating_add(other[0]), one[1].saturating_add(other[1])])
}

/// The cell of a grid that a span from its beginning is in, and when that cell ends.
fn cell(span: Span, every: Span) -> (u64, Span) {
    let every = every.as_ms().max(1);
    let index = span.as_ms() / every;
    (index, Span::from_ms((index + 1) * every))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instant of the first replica of some workload.
    pub(super) fn when(at_ms: u64, started_ms: u64) -> When {
        When {
            at: SimTime::from_ms(at_ms),
            started: SimTime::from_ms(started_ms),
            whose: Whose {
                root: Root { seed: 7, replication: 0 },
                workload: 11,
                replica: 0,
                container: 0,
            },
        }
    }

    /// The integral of the first lane from `T+0` on, change by change, over the milliseconds.
    pub(super) fn mean<V: Amount>(path: &dyn Path<V>, ms: u64) -> f64 {
        let (mut at, mut sum) = (0, 0.0);
        while at < ms {
            let now = when(at, 0);
            let next = path.next_change(&now).map_or(ms, SimTime::as_ms).min(ms);
            assert!(next > at, "time goes on");
            sum += path.at(&now).lanes()[0] as f64 * (next - at) as f64;
            at = next;
        }
        sum / ms as f64
    }
}

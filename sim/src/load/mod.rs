//! Load: pods and Jobs that arrive by chance, or as they were recorded.
//!
//! Load is exogenous, as the market is. Arrival number `k` of a generator (of which class it is, how
//! large, how long it runs) is a function of the seed, the replication, the generator's name and `k`
//! alone: it stays the same when another generator is added, and whatever the policies do. When it
//! arrives is the generator's own stream. Only the next arrival of each generator is known at a time.

pub mod copula;
pub mod distributions;
pub mod processes;
pub mod trace;

use std::sync::Arc;

use crate::model::arrivals::GeneratorId;
use crate::model::pod::SpecId;
use crate::model::workload::WorkloadId;
use crate::rng::{Root, Stream};
use crate::table::Table;
use crate::time::{SimTime, Span};
use copula::{Size, Sizes};
use distributions::Shared;
use processes::{Process, Times};
use trace::Trace;

/// All generators of a scenario.
pub type Load = Table<GeneratorId, Generator>;

/// What lets pods or Jobs arrive.
#[derive(Clone, Debug)]
pub struct Generator {
    /// Identity in random streams: a hash of its name.
    pub key: u64,
    /// When it begins.
    pub from: SimTime,
    /// When it ends, if that is before the horizon.
    pub until: Option<SimTime>,
    /// How many arrive at most.
    pub most: u32,
    /// Where arrivals come from.
    pub source: Source,
}

/// Where arrivals come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// They are drawn.
    Drawn {
        /// When some arrive.
        process: Arc<dyn Process>,
        /// How many do at once; one without.
        batch: Option<Shared>,
        /// What they are.
        classes: Classes,
    },
    /// They were recorded.
    Recorded {
        /// When which arrives.
        trace: Trace,
        /// The workload that all are of.
        workload: WorkloadId,
    },
}

/// Classes of arrivals, each with its share.
#[derive(Clone, Debug)]
pub struct Classes {
    classes: Vec<Class>,
    /// Of each the share of all arrivals that are of it or of one before it.
    up_to: Vec<f64>,
}

/// Arrivals of one kind.
#[derive(Clone, Debug)]
pub struct Class {
    /// The workload that they are of.
    pub workload: WorkloadId,
    /// What each pod requests, if that is not what the workload's template says.
    pub sizes: Option<Sizes>,
    /// How long each runs, in seconds.
    pub duration: Shared,
}

/// One arrival.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// When.
    pub at: SimTime,
    /// Which one of its generator, from 0.
    pub number: u32,
    /// Of which workload.
    pub workload: WorkloadId,
    /// What each of its pods asks for.
    pub asks: Asks,
    /// How long each of its pods works.
    pub lasts: Span,
}

/// What an arriving pod asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// What its workload's template says.
    Template,
    /// That, but for how much.
    Size(Size),
    /// Something of its own.
    Spec(SpecId),
}

impl Source {
    /// The workloads of which something arrives.
    #[must_use]
    pub fn workloads(&self) -> Vec<WorkloadId> {
        match self {
            Source::Drawn { classes, .. } => classes.classes.iter().map(|it| it.workload).collect(),
            Source::Recorded { workload, .. } => vec![*workload],
        }
    }
}

impl Classes {
    /// Classes with their weights; nothing if no weight is above zero, or one is no weight.
    #[must_use]
    pub fn new(weighted: Vec<(f64, Class)>) -> Option<Classes> {
        let whole: f64 = weighted.iter().map(|(weight, _)| weight).sum();
        let sound = weighted.iter().all(|(weight, _)| weight.is_finite() && *weight >= 0.0);
        if !sound || whole <= 0.0 || !whole.is_finite() {
            return None;
        }
        let mut sum = 0.0;
        let (up_to, classes) = weighted
            .into_iter()
            .map(|(weight, class)| {
                sum += weight / whole;
                (sum, class)
            })
            .unzip();
        Some(Classes { classes, up_to })
    }

    /// Each class with its share.
    pub fn shares(&self) -> impl Iterator<Item = (f64, &Class)> {
        let before = std::iter::once(0.0).chain(self.up_to.iter().copied());
        self.up_to.iter().zip(before).map(|(up_to, before)| up_to - before).zip(&self.classes)
    }

    /// The class at a share of all arrivals.
    fn at(&self, share: f64) -> &Class {
        let index = self.up_to.partition_point(|up_to| *up_to <= share);
        // The last sum may fall short of one by rounding.
        let last = self.classes.len() - 1;
        &self.classes[index.min(last)]
    }
}

impl Generator {
    /// Arrival number `number`, but for when it is; nothing if a trace ends before.
    #[must_use]
    pub fn arrival(&self, root: Root, number: u32) -> Option<Arrival> {
        let (classes, key) = match &self.source {
            Source::Drawn { classes, .. } => (classes, [self.key, number.into()]),
            Source::Recorded { trace, workload } => {
                let row = trace.row(number)?;
                return Some(Arrival {
                    at: self.from + row.at.since(SimTime::ZERO),
                    number,
                    workload: *workload,
                    asks: Asks::Spec(row.spec),
                    lasts: row.lasts,
                });
            }
        };
        let class = match classes.classes.as_slice() {
            [only] => only,
            _ => classes.at(root.stream(Stream::ArrivalClass, &key).uniform()),
        };
        let asks = class.sizes.as_ref().map_or(Asks::Template, |sizes| {
            Asks::Size(sizes.draw(&mut root.stream(Stream::ArrivalSize, &key)))
        });
        let lasts = class.duration.draw(&mut root.stream(Stream::ArrivalDuration, &key));
        let lasts = Span::from_secs_f64(lasts).max(Span::from_ms(1));
        Some(Arrival { at: self.from, number, workload: class.workload, asks, lasts })
    }

    /// How many arrive before the horizon, on average.
    #[must_use]
    pub fn expected(&self, horizon: SimTime) -> f64 {
        self.expected_unbounded(horizon).min(f64::from(self.most))
    }

    /// The same without a bound on their number.
    #[must_use]
    pub fn expected_unbounded(&self, horizon: SimTime) -> f64 {
        let length = self.ends(horizon).since(self.from);
        match &self.source {
            Source::Recorded { trace, .. } => trace.within(length) as f64,
            Source::Drawn { process, batch, .. } => {
                let at_once = batch.as_ref().map_or(1.0, |batch| batch.mean());
                process.expected(length.as_secs_f64()) * at_once
            }
        }
    }

    /// What arrives of one workload before the horizon, on average: how many Jobs or pods, and for how
    /// many seconds each pod of them works.
    #[must_use]
    pub fn expected_of(&self, workload: WorkloadId, horizon: SimTime) -> (f64, f64) {
        let all = self.expected(horizon);
        match &self.source {
            Source::Recorded { trace, .. } => (all, trace.mean_seconds()),
            Source::Drawn { classes, .. } => {
                let own = classes.shares().find(|(_, class)| class.workload == workload);
                own.map_or((0.0, 0.0), |(share, class)| (all * share, class.duration.mean()))
            }
        }
    }

    /// The workload that it makes, the first of them if it has classes.
    #[must_use]
    pub fn workload(&self) -> WorkloadId {
        match &self.source {
            Source::Recorded { workload, .. } => *workload,
            Source::Drawn { classes, .. } => classes.classes[0].workload,
        }
    }

    /// How many draws it takes to find when something arrives before the horizon, about.
    #[must_use]
    pub fn draws(&self, horizon: SimTime) -> f64 {
        let length = self.ends(horizon).since(self.from).as_secs_f64();
        match &self.source {
            Source::Recorded { .. } => 0.0,
            Source::Drawn { process, .. } => process.draws(length),
        }
    }

    /// When the last may arrive.
    fn ends(&self, horizon: SimTime) -> SimTime {
        self.until.map_or(horizon, |until| until.min(horizon))
    }

    /// This generator in one of several clusters, 0 if it is the only one: there those of its name let
    /// other things arrive.
    #[must_use]
    pub fn of_cluster(&self, cluster: u64) -> Generator {
        Generator { key: self.key ^ cluster, ..self.clone() }
    }

    /// The arrivals of one run, before its horizon.
    #[must_use]
    pub fn open(&self, root: Root, horizon: SimTime) -> Arrivals {
        let until = self.ends(horizon);
        let instants: Times = match &self.source {
            Source::Drawn { process, .. } => {
                let draws = root.stream(Stream::Arrival, &[self.key]);
                process.open(draws, until.since(self.from).as_secs_f64())
            }
            Source::Recorded { .. } => Box::new(std::iter::empty()),
        };
        let generator = self.clone();
        let now = SimTime::ZERO;
        Arrivals { generator, root, until, instants, instant: 0, now, left: 0, number: 0 }
    }
}

/// The arrivals of one generator in one run, in their order.
pub struct Arrivals {
    generator: Generator,
    root: Root,
    /// None is at this time or later.
    until: SimTime,
    instants: Times,
    /// How many instants there have been.
    instant: u64,
    /// The last of them, and how many are still to arrive at it.
    now: SimTime,
    left: u64,
    /// The number of the next arrival.
    number: u32,
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if self.number >= self.generator.most {
            return None;
        }
        if let Source::Drawn { batch, .. } = &self.generator.source {
            while self.left == 0 {
                let seconds = self.instants.next()?;
                self.now = self.generator.from + Span::from_secs_f64(seconds);
                if self.now >= self.until {
                    return None;
                }
                self.left = batch.as_ref().map_or(1, |batch| {
                    let key = [self.generator.key, self.instant];
                    at_once(batch.draw(&mut self.root.stream(Stream::ArrivalBatch, &key)))
                });
                self.instant += 1;
            }
            self.left -= 1;
        }
        let arrival = self.generator.arrival(self.root, self.number)?;
        self.number += 1;
        match self.generator.source {
            Source::Drawn { .. } => Some(Arrival { at: self.now, ..arrival }),
            Source::Recorded { .. } => (arrival.at < self.until).then_some(arrival),
        }
    }
}

/// A drawn number of arrivals as a whole one.
fn at_once(drawn: f64) -> u64 {
    // In range by the clamp.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = libm::rint(drawn).clamp(0.0, f64::from(u32::MAX)) as u64;
    whole
}

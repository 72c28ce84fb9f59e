//! Utilisation over time: what nodes offer, what is requested and used of it, and requests that come in
//! and are served, step by step over any number of replications.

use sim::{SimTime, Span};

/// Amounts that hold for a while: CPU in milli-cores and memory in MiB, requests in 1 000 seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// What registered nodes offer.
    pub allocatable: [u64; 2],
    /// What pods on them request.
    pub requested: [u64; 2],
    /// What they use.
    pub used: [u64; 2],
    /// Requests that come in.
    pub offered: u64,
    /// Those of them that are served.
    pub served: u64,
    /// Pods that are created, other than at `T+0` and instead of others.
    pub created: u64,
}

/// A quantity of one step: its mean in each replication, added up, and the least and most of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// The sum of the means.
    pub sum: u128,
    /// The least of them.
    pub least: u64,
    /// The most of them.
    pub most: u64,
}

impl Band {
    const NONE: Band = Band { sum: 0, least: u64::MAX, most: 0 };

    fn of(value: u64) -> Band {
        Band { sum: value.into(), least: value, most: value }
    }

    fn add(&mut self, other: Band) {
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

/// How many quantities a step has.
const QUANTITIES: usize = 9;

/// The quantities of a step, in the order in which they are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// CPU (0) or memory (1) that nodes offer.
    Allocatable(usize),
    /// What is requested of it.
    Requested(usize),
    /// What is used of it.
    Used(usize),
    /// Requests that come in.
    Offered,
    /// Those that are served.
    Served,
    /// Pods that are created.
    Created,
}

impl Quantity {
    fn place(self) -> usize {
        match self {
            Quantity::Allocatable(lane) => lane,
            Quantity::Requested(lane) => 2 + lane,
            Quantity::Used(lane) => 4 + lane,
            Quantity::Offered => 6,
            Quantity::Served => 7,
            Quantity::Created => 8,
        }
    }
}

/// Utilisation of one plan, in steps of equal length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Utilisation {
    /// While one run goes on: integrals in unit-milliseconds, but for what is counted.
    integrals: Vec<[u128; QUANTITIES]>,
    /// After that: bands.
    bands: Vec<[Band; QUANTITIES]>,
    /// How many replications are in the bands.
    pub replications: u32,
}

impl Utilisation {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(steps: usize) -> Utilisation {
        Utilisation {
            integrals: vec![[0; QUANTITIES]; steps],
            bands: vec![[Band::NONE; QUANTITIES]; steps],
            replications: 0,
        }
    }

    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.bands.len()
    }

    /// The mean of a quantity in a step over replications, and the least and most of any.
    #[must_use]
    pub fn at(&self, quantity: Quantity, step: usize) -> [f64; 3] {
        let Band { sum, least, most } = self.bands[step][quantity.place()];
        let runs = f64::from(self.replications.max(1));
        [sum as f64 / runs, least.min(most) as f64, most as f64]
    }

    /// When a step begins, in milliseconds after the beginning of the window.
    fn edge(&self, window: u64, step: usize) -> u64 {
        let ms = u128::from(window) * step as u128 / self.steps().max(1) as u128;
        u64::try_from(ms).expect("at most the window")
    }

    /// The step that a moment of the window is in.
    fn index(&self, window: u64, offset: u64) -> usize {
        let about = u128::from(offset) * self.steps() as u128 / u128::from(window.max(1));
        let mut index = usize::try_from(about).expect("at most the number of steps");
        // Edges are rounded down, so that the division may fall just short.
        while index + 1 < self.steps() && self.edge(window, index + 1) <= offset {
            index += 1;
        }
        index.min(self.steps() - 1)
    }

    /// These amounts hold from one moment of the window to another.
    pub(super) fn over(
        &mut self,
        (from, to): (SimTime, SimTime),
        (begin, end): (SimTime, SimTime),
        amounts: &Step,
    ) {
        let window = to.since(from).as_ms();
        let (mut at, end) = (begin.since(from).as_ms(), end.since(from).as_ms());
        let mut index = self.index(window, at);
        let Step { allocatable, requested, used, offered, served, .. } = amounts;
        let lanes = [allocatable, requested, used].into_iter().flatten().chain([offered, served]);
        let values: Vec<u64> = lanes.copied().collect();
        while at < end {
            let next = self.edge(window, index + 1).min(end);
            for (sum, value) in self.integrals[index].iter_mut().zip(&values) {
                *sum += u128::from(*value) * u128::from(next.saturating_sub(at));
            }
            (at, index) = (next.max(at), index + 1);
        }
    }

    /// A pod is created.
    pub(super) fn created(&mut self, (from, to): (SimTime, SimTime), at: SimTime) {
        if at >= from && at < to {
            let index = self.index(to.since(from).as_ms(), at.since(from).as_ms());
            self.integrals[index][Quantity::Created.place()] += 1;
        }
    }

    /// One run is over: its means are bands of one.
    pub(super) fn finish(mut self, window: Span) -> Utilisation {
        for index in 0..self.steps() {
            let (from, to) =
                (self.edge(window.as_ms(), index), self.edge(window.as_ms(), index + 1));
            let ms = u128::from((to - from).max(1));
            for (place, sum) in self.integrals[index].iter().enumerate() {
                let counted = place == Quantity::Created.place();
                let mean = if counted { *sum } else { (sum + ms / 2) / ms };
                let mean = u64::try_from(mean).unwrap_or(u64::MAX);
                self.bands[index][place] = Band::of(mean);
            }
        }
        self.integrals = Vec::new();
        self.replications = 1;
        self
    }

    /// Adds other replications of the same plan.
    pub(super) fn add(&mut self, other: &Utilisation) {
        self.integrals = Vec::new();
        self.replications += other.replications;
        for (own, other) in self.bands.iter_mut().flatten().zip(other.bands.iter().flatten()) {
            own.add(*other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_steps_and_the_least_and_most_of_any_run() {
        let window = (SimTime::from_ms(1_000), SimTime::from_ms(5_000));
        let run = |used: u64| {
            let mut series = Utilisation::new(4);
            let step = Step { used: [used, 0], ..Step::default() };
            let half = SimTime::from_ms(2_500);
            series.over(window, (window.0, half), &step);
            series.over(window, (half, window.1), &Step::default());
            series.created(window, SimTime::from_ms(4_999));
            series.finish(Span::from_ms(4_000))
        };
        let mut both = Utilisation::new(4);
        both.add(&run(100));
        both.add(&run(300));
        let used = |step| both.at(Quantity::Used(0), step).map(|value| format!("{value}"));
        assert_eq!(used(0), ["200", "100", "300"]);
        assert_eq!(used(1), ["100", "50", "150"]);
        assert_eq!(used(2), ["0"; 3]);
        assert_eq!(both.at(Quantity::Created, 3).map(|it| it.to_string()), ["1"; 3]);
        assert_eq!(both.replications, 2);
    }
}

//! Series: money and nodes over time, and waiting times, summed over any number of replications.
//!
//! Everything here is a sum of integers, a least or a most: it does not matter in which order
//! replications are added, and a thousand of them take no more room than one.

use sim::fact::Fact;
use sim::{Cost, Legend, SimTime, Span};

use crate::cost::ledger::Books;
use crate::cost::{CAPACITY_TYPES, column, persistent};
use crate::folds::pending::Waits;
use crate::folds::roster::{Follow, Roster};
use crate::folds::utilisation::Utilisation;

/// Into how many steps the window is cut.
pub const STEPS: usize = 240;

/// Money, nodes and waiting times of one plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// The window begins here.
    pub from: SimTime,
    /// It ends here.
    pub to: SimTime,
    /// How many replications are in the sums.
    pub replications: u32,
    /// The window, step by step.
    pub steps: Vec<Step>,
    /// How long pods waited for a node.
    pub waits: Waits,
    /// What nodes offer, what is requested and used of it, and what is created meanwhile; none where
    /// nothing models usage and nothing arrives.
    pub utilisation: Option<Utilisation>,
}

/// A step of the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// What is paid for instances, by capacity type.
    pub cost: [Cost; 2],
    /// What is paid besides: unused commitments, control plane, boot volumes.
    pub beside: Cost,
    /// Instance-milliseconds, by capacity type.
    pub held_ms: [u128; 2],
    /// The fewest registered nodes, at any moment of any replication.
    pub least_ready: u32,
}

impl Series {
    /// Without any replication.
    #[must_use]
    pub fn new(legend: &Legend) -> Series {
        let nothing = Step {
            cost: [Cost::ZERO; 2],
            beside: Cost::ZERO,
            held_ms: [0; 2],
            least_ready: u32::MAX,
        };
        Series {
            from: legend.from,
            to: legend.to,
            replications: 0,
            steps: vec![nothing; STEPS],
            waits: Waits::default(),
            utilisation: None,
        }
    }

    /// When step `index` begins, and the one before it ends.
    #[must_use]
    pub fn edge(&self, index: usize) -> SimTime {
        let window = u128::from(self.to.since(self.from).as_ms());
        let ms = window * index as u128 / self.steps.len() as u128;
        self.from + Span::from_ms(u64::try_from(ms).expect("at most the window"))
    }

    /// Adds other replications of the same plan.
    ///
    /// # Panics
    /// If they are of another window.
    pub fn add(&mut self, other: &Series) {
        assert_eq!((self.from, self.to), (other.from, other.to), "series of one plan");
        self.replications += other.replications;
        for (own, other) in self.steps.iter_mut().zip(&other.steps) {
            for column in 0..CAPACITY_TYPES.len() {
                own.cost[column] += other.cost[column];
                own.held_ms[column] += other.held_ms[column];
            }
            own.beside += other.beside;
            own.least_ready = own.least_ready.min(other.least_ready);
        }
        self.waits.add(&other.waits);
        if let Some(other) = &other.utilisation {
            let own = self.utilisation.get_or_insert_with(|| Utilisation::new(other.steps()));
            own.add(other);
        }
    }

    /// Dollars an hour in a step, averaged over replications: for instances by capacity type, then
    /// for what is paid besides.
    #[must_use]
    pub fn usd_per_hour(&self, index: usize) -> [f64; 3] {
        let hours = self.edge(index + 1).since(self.edge(index)).as_hours_f64();
        let runs = f64::from(self.replications);
        let Step { cost: [on_demand, spot], beside, .. } = self.steps[index];
        [on_demand, spot, beside].map(|cost| cost.as_usd_f64() / hours / runs)
    }

    /// Instances in a step, by capacity type, averaged over time and replications.
    #[must_use]
    pub fn nodes(&self, index: usize) -> [f64; 2] {
        let ms = self.edge(index + 1).since(self.edge(index)).as_ms() as f64;
        let runs = f64::from(self.replications);
        self.steps[index].held_ms.map(|held| held as f64 / ms / runs)
    }

    /// What all steps cost, over all replications.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.steps.iter().flat_map(|step| step.cost.into_iter().chain([step.beside])).sum()
    }

    /// The fewest registered nodes, at any moment of any replication.
    #[must_use]
    pub fn least_ready(&self) -> u32 {
        self.steps.iter().map(|step| step.least_ready).min().unwrap_or(0)
    }

    /// Changes every step that overlaps an interval, with how much of the interval is in it.
    fn over(&mut self, from: SimTime, to: SimTime, change: impl Fn(&mut Step, Span)) {
        let (from, to) = (from.max(self.from), to.min(self.to));
        let mut index = self.index(from);
        let mut at = from;
        while at < to {
            let next = self.edge(index + 1).min(to);
            if at < next {
                change(&mut self.steps[index], next.since(at));
            }
            (at, index) = (next, index + 1);
        }
    }

    /// The step that an instant of the window is in.
    pub(crate) fn index(&self, at: SimTime) -> usize {
        let (offset, window) = (at.since(self.from).as_ms(), self.to.since(self.from).as_ms());
        let about = u128::from(offset) * self.steps.len() as u128 / u128::from(window.max(1));
        let mut index = usize::try_from(about).expect("at most the number of steps");
        // Edges are rounded down, so that the division may fall just short.
        while index + 1 < self.steps.len() && self.edge(index + 1) <= at {
            index += 1;
        }
        index
    }
}

/// Folds the facts and the bills of one run into its [`Series`], but for the waiting times.
#[derive(Clone)]
pub struct Counts {
    legend: Legend,
    since: SimTime,
    series: Series,
}

impl Counts {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Counts {
        Counts { legend: legend.clone(), since: SimTime::ZERO, series: Series::new(legend) }
    }

    /// Enters everything that was paid.
    pub fn enter(&mut self, books: &Books) {
        let contract = &self.legend.terms.contract;
        for bill in &books.bills {
            let column = column(bill.capacity_type);
            for line in &bill.lines {
                self.series.over(line.from, line.to, |step, span| {
                    if !bill.free {
                        step.cost[column] += line.effective() * span;
                    }
                    step.beside += contract.boot_volume * span;
                });
            }
        }
        for unused in &books.unused {
            self.series.over(unused.from, unused.to, |step, span| {
                step.beside += unused.rate * span;
            });
        }
        self.series.over(self.legend.from, self.legend.to, |step, span| {
            step.beside += contract.control_plane * span;
        });
        for (volumes, from) in persistent::paid(&self.legend) {
            self.series.over(from, self.legend.to, |step, span| {
                step.beside += volumes.rate * span;
            });
        }
    }

    /// The series at the end of the window.
    #[must_use]
    pub fn finish(mut self, roster: &Roster) -> Series {
        self.advance(roster, self.legend.to);
        self.series.replications = 1;
        self.series
    }

    fn advance(&mut self, roster: &Roster, at: SimTime) {
        let (held, ready) = (roster.held(), roster.ready());
        self.series.over(self.since, at, |step, span| {
            for (sum, held) in step.held_ms.iter_mut().zip(held) {
                *sum += u128::from(held) * u128::from(span.as_ms());
            }
            step.least_ready = step.least_ready.min(ready);
        });
        self.since = at;
    }
}

impl Follow for Counts {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        if let Fact::NodeLaunched { .. } | Fact::NodeReady { .. } | Fact::NodeGone { .. } = fact {
            self.advance(roster, at);
        }
    }
}

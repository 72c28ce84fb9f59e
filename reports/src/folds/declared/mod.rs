//! Declared figures: folds that say themselves what their figures are called, count and mean.
//!
//! Such a figure is one file here and one line in [`DECLARED`]. The summary, its JSON, the table of
//! plans and `spotsim explain` take everything from its declaration.

mod deadline_jobs;
mod forbidden;
mod hpas;
mod nodes;
mod vpas;

use sim::fact::Fact;
use sim::{Legend, SimTime};

use super::roster::Roster;

/// A figure, and all that a report says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// Its key in JSON.
    pub key: &'static str,
    /// What its row is called.
    pub label: &'static str,
    /// Other names of the same.
    pub also: &'static [&'static str],
    /// What it counts, and over what.
    pub measure: Measure,
    /// Among which rows it stands.
    pub place: Place,
    /// What it is, as `spotsim explain` says it.
    pub means: &'static str,
}

/// What a figure counts, and over what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// An amount in the window, as one of a day.
    PerDay,
    /// The same of what reclaims do to pods, which may be possible where it was never seen.
    PodsPerDay,
    /// A number, on average over replications.
    Number,
    /// A length of time in seconds, on average over replications.
    Seconds,
    /// A share in percent, on average over replications.
    Percent,
    /// An amount of money in dollars, on average over replications that have one.
    Usd,
}

/// Among which rows of the table of plans a figure stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Nodes that an autoscaler buys and removes; in a section of their own.
    Autoscaling,
    /// What is disrupted.
    Disruption,
    /// What waits.
    Waits,
    /// What gets done, and what is used for it.
    Work,
}

/// A fold with figures of its own.
pub trait Declared: Send {
    /// One fact, at its time. Times never fall.
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact);

    /// What each of its figures comes to in this run, in the order of their declarations; none where
    /// nothing of the kind has happened.
    fn finish(self: Box<Self>, roster: &Roster) -> Vec<Option<f64>>;
}

/// A kind of fold, and what it declares.
pub struct Maker {
    /// Its figures.
    pub figures: &'static [Declaration],
    /// Such a fold that has seen nothing.
    pub new: fn(&Legend) -> Box<dyn Declared>,
}

/// Every fold that declares its figures, in the order in which they are printed.
pub const DECLARED: &[Maker] =
    &[nodes::MAKER, forbidden::MAKER, deadline_jobs::MAKER, hpas::MAKER, vpas::MAKER];

/// Every declaration, in order.
pub fn declarations() -> impl Iterator<Item = &'static Declaration> {
    DECLARED.iter().flat_map(|maker| maker.figures)
}

/// All folds that declare their figures, as one.
pub struct All(Vec<Box<dyn Declared>>);

impl All {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> All {
        All(DECLARED.iter().map(|maker| (maker.new)(legend)).collect())
    }

    /// One fact, at its time.
    pub fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        self.0.iter_mut().for_each(|fold| fold.follow(roster, at, fact));
    }

    /// The value of each declaration, in order.
    ///
    /// # Panics
    /// If a fold has other figures than it declares.
    #[must_use]
    pub fn finish(self, roster: &Roster) -> Vec<Option<f64>> {
        let mut values = Vec::new();
        for (fold, maker) in self.0.into_iter().zip(DECLARED) {
            let own = fold.finish(roster);
            assert_eq!(own.len(), maker.figures.len(), "{}", maker.figures[0].key);
            values.extend(own);
        }
        values
    }
}

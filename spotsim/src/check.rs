//! A check: whether every pod of a scenario finds a node, and whether its placement rules hold.

use reports::folds::placed::Placements;
use reports::folds::roster::Alone;
use reports::rules::{RuleSummary, Watch};
use reports::summary::{NeverPlaced, never_placed};
use scenarios::Scenario;
use sim::{Legend, Run, Stop};

use crate::Error;
use crate::comparison::rule_summaries;
use crate::experiment::{Experiment, Progress, Variant};

/// What a check found.
pub struct Checked {
    /// Over how many replications.
    pub replications: usize,
    /// How many events they took.
    pub events: u64,
    /// Which pods never run; none if every pod finds a node.
    pub never: Option<NeverPlaced>,
    /// How each placement rule fared.
    pub rules: Vec<RuleSummary>,
}

impl Checked {
    /// Whether every pod finds a node and no rule is ever broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.never.is_none() && self.rules.iter().all(|rule| rule.first.is_none())
    }
}

/// Runs replications of the scenario as it is, or those that are finished when `stop` is wanted; `seen`
/// is called after each.
///
/// # Errors
/// If threads cannot be started, or if no replication was finished.
pub fn check(
    scenario: &Scenario,
    seed: u64,
    replications: u32,
    stop: Stop<'_>,
    seen: impl Fn(Progress) + Sync,
) -> Result<Checked, Error> {
    let legend = Legend::of(&scenario.setup);
    let experiment = Experiment {
        variants: vec![Variant::new("proposed", scenario.setup.clone())],
        seed,
        replications: 0..replications,
        threads: None,
    };
    let begin = |_, _| (Watch::new(&legend), Alone::new(&legend, Placements::new(&legend)));
    let end = |_, (watch, placements): (Watch, Alone<Placements>), run: Run| {
        (watch.finish(), (placements.fold.finish(&run), run.counters.events))
    };
    let runs = experiment.observe(stop, seen, begin, end)?.into_iter().flatten();
    let (outcomes, rest): (Vec<_>, Vec<_>) = runs.unzip();
    if outcomes.is_empty() {
        return Err(Error::Stopped);
    }
    let (placed, events): (Vec<_>, Vec<u64>) = rest.into_iter().unzip();
    Ok(Checked {
        replications: outcomes.len(),
        events: events.iter().sum(),
        never: never_placed(placed.iter().map(Vec::as_slice), &legend),
        rules: rule_summaries(&scenario.setup, seed, &outcomes, stop),
    })
}

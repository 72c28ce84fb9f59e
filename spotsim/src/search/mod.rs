//! Search for a counterexample: faults are drawn until a rule or an expectation is broken, and shrunk to
//! the smallest sequence that still breaks it.
//!
//! Each trial is one run, replication 0, in which nothing is taken but by the faults: what it finds is
//! replayed by the scenario with these faults, and by nothing else.

mod between;
mod faults;
mod shrink;

use anyhow::anyhow;
use reports::expect::Judged;
use reports::rules::RuleSummary;
use scenarios::Scenario;
use serde_json::json;
use sim::Stop;
use sim::terms::expect::Statistic;

use crate::Error;
use crate::check::{Checked, check};
use crate::stream::Stream;
pub use between::between;
use faults::{Fault, Targets, fragment};
use shrink::smallest;

/// The most faults of a trial.
const MOST: usize = 6;

/// What a search came to.
pub struct Searched {
    /// How many trials there were.
    pub trials: usize,
    /// What was found; none if every trial kept to everything.
    pub found: Option<Counterexample>,
}

/// Faults that break something.
pub struct Counterexample {
    /// What is broken: the name of a rule, or an expectation.
    pub broken: String,
    /// In which trial it was found, from 1.
    pub trial: usize,
    /// How many faults that trial had.
    pub drawn: usize,
    /// How many are left.
    pub faults: usize,
    /// How many runs it took to shrink them.
    pub shrinking: usize,
    /// A fragment of a scenario that replays it, with the scenario's seed and one replication.
    pub fragment: String,
    /// The faults as events of a scenario.
    pub events: Vec<serde_json::Value>,
    /// The rule, with the story of its break, if a rule is broken.
    pub rule: Option<RuleSummary>,
    /// The expectation, if one is broken.
    pub judged: Option<Judged>,
}

/// What can be broken.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Target {
    Rule(usize),
    Expectation(usize),
}

/// Looks for faults that break a rule or an expectation, in a number of trials; `seen` is called after
/// each run.
///
/// # Errors
/// If there is nothing to break or nothing that can be taken, or a stop was wanted.
pub fn search(
    scenario: &Scenario,
    seed: u64,
    trials: usize,
    stop: Stop<'_>,
    seen: impl Fn(),
) -> Result<Searched, Error> {
    let terms = &scenario.setup.terms;
    if terms.rules.is_empty() && terms.expect.is_empty() {
        let what =
            anyhow!("{} states no rule and no expectation: nothing can be broken", scenario.name);
        return Err(Error::Refused(what));
    }
    let targets = Targets::of(&scenario.setup).ok_or_else(|| {
        Error::Refused(anyhow!("{} buys nothing on spot: nothing can be taken", scenario.name))
    })?;
    let search = Search { scenario, seed, stop };
    let before = search.broken(&[])?;
    let mut stream = Stream::of(seed);
    for trial in 1..=trials {
        let faults = targets.draw(&mut stream, MOST);
        let broken = search.broken(&faults)?;
        seen();
        let Some(target) = broken.into_iter().find(|it| !before.contains(it)) else { continue };
        let still = |faults: &[Fault]| {
            seen();
            Ok(search.broken(faults)?.contains(&target))
        };
        let (left, shrinking) = smallest(faults.clone(), &targets, still)?;
        let found = search.story(&target, &left)?;
        let found = Counterexample { trial, drawn: faults.len(), shrinking, ..found };
        return Ok(Searched { trials: trial, found: Some(found) });
    }
    Ok(Searched { trials, found: None })
}

/// A scenario with these faults, and with nothing else that is taken.
fn with(scenario: &Scenario, faults: &[Fault]) -> Result<Scenario, Error> {
    let events: Vec<_> = faults.iter().map(Fault::event).collect();
    let reclaims = json!({ "model": "none", "events": events }).to_string();
    scenario.with(&[("market.reclaims", &reclaims)]).map_err(Error::Input)
}

/// A search of one scenario.
struct Search<'s> {
    scenario: &'s Scenario,
    seed: u64,
    stop: Stop<'s>,
}

impl Search<'_> {
    fn checked(&self, scenario: &Scenario) -> Result<Checked, Error> {
        check(scenario, self.seed, 1, self.stop, |_| {})
    }

    /// What one run with these faults breaks, rules first.
    fn broken(&self, faults: &[Fault]) -> Result<Vec<Target>, Error> {
        let scenario = with(self.scenario, faults)?;
        let checked = self.checked(&scenario)?;
        let rules = checked.rules.iter().enumerate().filter(|(_, it)| it.first.is_some());
        let rules = rules.map(|(index, _)| Target::Rule(index));
        let expect = scenario.setup.terms.expect.iter().zip(&checked.judged).enumerate();
        // A probability says nothing of one run.
        let of_a_run =
            expect.filter(|(_, (it, _))| !matches!(it.statistic, Statistic::Probability(..)));
        let failed = of_a_run.filter(|(_, (_, judged))| judged.fails());
        Ok(rules.chain(failed.map(|(index, _)| Target::Expectation(index))).collect())
    }

    /// What the smallest faults break, with its story.
    fn story(&self, target: &Target, faults: &[Fault]) -> Result<Counterexample, Error> {
        let scenario = with(self.scenario, faults)?;
        let checked = self.checked(&scenario)?;
        let (rule, judged) = match target {
            Target::Rule(index) => (checked.rules.get(*index).cloned(), None),
            Target::Expectation(index) => (None, checked.judged.get(*index).cloned()),
        };
        let name = rule.as_ref().map(|it| it.rule.clone());
        Ok(Counterexample {
            broken: name.or_else(|| Some(judged.as_ref()?.expect.clone())).unwrap_or_default(),
            trial: 0,
            drawn: 0,
            faults: faults.len(),
            shrinking: 0,
            fragment: fragment(faults),
            events: faults.iter().map(Fault::event).collect(),
            rule,
            judged,
        })
    }
}

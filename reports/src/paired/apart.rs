//! Two plans where they differ most: in which faults a search has found that, and by what they differ there.

use serde_json::{Map, Value, json};
use sim::terms::metrics::Unit;

use super::sections::{difference_table, worth_showing};
use super::{Difference, differences};
use crate::format::many;
use crate::metrics::Measured;
use crate::section::{self, Block, Cell, Section, Value as Shown};

/// The version of this format.
const SCHEMA: &str = "spotsim/between/v1";

/// What a search for faults that tell two plans apart has found.
#[derive(Clone, PartialEq, Debug)]
pub struct Apart {
    /// What the plans are called.
    pub plans: [String; 2],
    /// The seed of all trials.
    pub seed: u64,
    /// How many trials there were.
    pub trials: usize,
    /// Where each metric that was asked for differs most.
    pub found: Vec<Widest>,
}

/// The faults in which a metric differs most.
#[derive(Clone, PartialEq, Debug)]
pub struct Widest {
    /// The key of the metric.
    pub key: String,
    /// By how much more it comes to in the second plan where nothing is taken.
    pub calm: f64,
    /// The same in the trial in which it differs most.
    pub widest: f64,
    /// Which trial that is, from 1; 0 if they differ most where nothing is taken.
    pub trial: usize,
    /// How many faults that trial had.
    pub drawn: usize,
    /// How many runs it took to shrink them.
    pub shrinking: usize,
    /// Both plans with the faults that are left.
    pub measured: [Measured; 2],
    /// The faults that are left: the same for both plans, or for each those that it can meet.
    pub faults: Vec<Faults>,
}

/// Faults that replay what was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Faults {
    /// For which plan; for both if none is named.
    pub plan: Option<String>,
    /// How many.
    pub count: usize,
    /// As a fragment of a scenario.
    pub fragment: String,
    /// As events of a scenario.
    pub events: Vec<Value>,
}

impl Widest {
    /// How the metric differs with the faults that are left.
    fn difference(&self) -> Option<Difference> {
        let [own, other] = &self.measured;
        differences(own, other).into_iter().find(|row| row.key == self.key)
    }

    /// What was found, and by what else the plans differ there.
    fn section(&self, apart: &Apart) -> Section {
        let [own, other] = &apart.plans;
        let row = self.difference();
        let unit = row.as_ref().map_or(Unit::Number, |row| row.unit).into();
        let text = |value: Option<f64>| Cell::maybe(value, unit).text();
        let signed = |value: f64| unit.signed(value);
        let trials = many(apart.trials as u64, "trial");
        let mut claim = match self.trial {
            _ if self.widest == 0.0 => {
                format!("`{}` does not differ in {trials} of up to six faults.", self.key)
            }
            0 => format!(
                "`{}` differs most where nothing is taken: {} more in {other} than in {own}, and no \
                 more in {trials} of up to six faults.",
                self.key,
                signed(self.widest)
            ),
            trial => format!(
                "`{}` differs most in trial {trial} of {}: by {}, and by {} where nothing is \
                 taken. Its {} are shrunk to {} in {}.",
                self.key,
                apart.trials,
                signed(self.widest),
                signed(self.calm),
                many(self.drawn as u64, "fault"),
                self.faults.iter().map(|it| it.count).max().unwrap_or(0),
                many(self.shrinking as u64, "run"),
            ),
        };
        if let Some(row) = row.as_ref().filter(|_| self.trial > 0) {
            let [base, plan] = [row.base, row.plan].map(text);
            claim += &format!(" With these it is {base} in {own}, and {plan} in {other}.");
        }
        let rows: Vec<Difference> =
            worth_showing(differences(&self.measured[0], &self.measured[1]))
                .into_iter()
                .filter(|row| row.difference.is_some_and(|it| it.mean != 0.0))
                .collect();
        let mut table = difference_table(own, other, rows.iter(), false);
        table.columns[2] = "DIFFERENCE".into();
        for (row, difference) in table.rows.iter_mut().zip(&rows) {
            let mean = difference.difference.map_or(0.0, |it| it.mean);
            row.cells[2] = Cell::several([Shown::Apart(mean, difference.unit.into())]);
        }
        let blocks = if rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] };
        Section::new("", claim, blocks)
    }
}

/// What was found of one metric, as a section.
pub(crate) fn section(apart: &Apart, widest: &Widest) -> Section {
    widest.section(apart)
}

/// What was found, as a value.
#[must_use]
pub fn apart_document(apart: &Apart) -> Value {
    let found = apart.found.iter().map(|it| {
        let metrics = differences(&it.measured[0], &it.measured[1]).into_iter().filter_map(|row| {
            let difference = row.difference.map(|it| it.mean).filter(|mean| *mean != 0.0)?;
            let value = json!({ "plans": [row.base, row.plan], "difference": difference });
            Some((row.key, value))
        });
        let faults = it.faults.iter().map(|faults| {
            json!({ "plan": faults.plan, "events": faults.events, "fragment": faults.fragment })
        });
        json!({
            "metric": it.key,
            "unit": it.difference().map(|row| section::Unit::from(row.unit).name()),
            "differenceWithoutFaults": it.calm,
            "widestDifference": it.widest,
            "trial": it.trial,
            "drawn": it.drawn,
            "shrinkingRuns": it.shrinking,
            "faults": faults.collect::<Vec<_>>(),
            "differences": metrics.collect::<Map<String, Value>>(),
        })
    });
    json!({
        "schema": SCHEMA,
        "plans": apart.plans,
        "seed": apart.seed,
        "trials": apart.trials,
        "found": found.collect::<Vec<_>>(),
    })
}

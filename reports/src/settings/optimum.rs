//! The cheapest setting that keeps every expectation: which, what comes next, and how it was searched for.

use serde_json::{Value, json};

use super::document::setting;
use super::sections::{row, table};
use super::{Setting, named};

use crate::format::{many, rate, usd};
use crate::section::{Block, Note, Section};
use crate::sections::expectations;

/// The version of this format.
const SCHEMA: &str = "spotsim/optimize/v1";
/// The most runners-up that are shown.
const RUNNERS_UP: usize = 5;

/// What a search for the cheapest setting has found.
#[derive(Clone, PartialEq, Debug)]
pub struct Optimum {
    /// The scenario's name.
    pub scenario: String,
    /// The seed of all replications.
    pub seed: u64,
    /// The version of the program.
    pub version: String,
    /// The paths that are varied.
    pub paths: Vec<String>,
    /// How candidates were chosen, in words.
    pub chosen: String,
    /// Each round of the search: of how many settings, with how many replications.
    pub rounds: Vec<(usize, usize)>,
    /// How many replications decide at the end.
    pub replications: usize,
    /// How many simulations it took.
    pub runs: u64,
    /// How many it was allowed.
    pub budget: u64,
    /// Every candidate with as many replications as it was given, the cheapest first.
    pub candidates: Vec<Setting>,
    /// What was found.
    pub found: Found,
}

/// What a search has found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// A setting that keeps every expectation, and none that may be cheaper is left.
    Best(usize),
    /// One that keeps every expectation; the budget did not do to rule out cheaper ones.
    OutOfBudget(Option<usize>),
    /// No setting keeps every expectation.
    Nothing,
}

impl Found {
    /// Which candidate.
    #[must_use]
    pub fn index(self) -> Option<usize> {
        match self {
            Found::Best(index) => Some(index),
            Found::OutOfBudget(index) => index,
            Found::Nothing => None,
        }
    }
}

/// The sections of an optimum, in order.
#[must_use]
pub fn optimum_sections(optimum: &Optimum) -> Vec<Section> {
    let mut all = vec![Section::new("Answer", answer(optimum), Vec::new())];
    let best = optimum.found.index();
    let rows = best.map(|index| (index, "best")).into_iter().chain(
        (0..optimum.candidates.len())
            .filter(|index| Some(*index) != best && optimum.candidates[*index].keeps())
            .map(|index| (index, "runner-up"))
            .take(RUNNERS_UP),
    );
    let rows: Vec<_> = rows
        .map(|(index, what)| {
            let setting = &optimum.candidates[index];
            let name = format!("{what}: {}", named(&optimum.paths, &setting.values));
            let n = setting.measured.replications;
            row(name, setting, false).noted(n.to_string())
        })
        .collect();
    if !rows.is_empty() {
        let mut table = table(rows);
        table.columns.pop();
        table.rows.iter_mut().for_each(|row| drop(row.cells.pop()));
        table.notes = "N";
        all.push(Section::new("Settings", "", vec![Block::Table(table)]));
    }
    all.extend(best.and_then(|index| expectations::of(&optimum.candidates[index].judged)));
    all.push(Section::new("Search", "", vec![Note::new(how(optimum)).into()]));
    all
}

fn answer(optimum: &Optimum) -> String {
    let name = &optimum.scenario;
    let said = |index: usize| {
        let setting = &optimum.candidates[index];
        format!(
            "{}: {}/month, {} pods disrupted/day",
            named(&optimum.paths, &setting.values),
            usd(setting.cost()),
            rate(setting.disruption())
        )
    };
    match optimum.found {
        Found::Best(index) => {
            format!("{name}: cheapest that keeps every expectation is {}.", said(index))
        }
        Found::OutOfBudget(Some(index)) => format!(
            "{name}: cheapest found within the budget is {}; cheaper settings are not ruled out.",
            said(index)
        ),
        Found::OutOfBudget(None) => {
            format!(
                "{name}: the budget of {} did not do to find a setting.",
                many(optimum.budget, "run")
            )
        }
        Found::Nothing => format!(
            "{name}: none of {} keeps every expectation.",
            many(optimum.candidates.len() as u64, "setting")
        ),
    }
}

/// How it was searched for, as it was.
fn how(optimum: &Optimum) -> String {
    let rounds = optimum.rounds.iter().map(|(settings, n)| format!("{settings} × n = {n}"));
    let rounds = rounds.collect::<Vec<_>>().join(", ");
    format!(
        "searched {} by successive halving in the same replications ({rounds}): settings that certainly fail, \
         and the costlier half of the others, got no more of them; then from the cheapest on, each with n = \
         {}, until one kept every expectation. {} of at most {}, seed {}, spotsim {}. What was left out early \
         was judged by few replications, and settings that were not among those tried may be cheaper.",
        optimum.chosen,
        optimum.replications,
        many(optimum.runs, "simulation"),
        many(optimum.budget, "run"),
        optimum.seed,
        optimum.version
    )
}

/// An optimum as a value.
#[must_use]
pub fn optimum_document(optimum: &Optimum) -> Value {
    let rounds = optimum
        .rounds
        .iter()
        .map(|(settings, n)| json!({ "settings": settings, "replications": n }));
    let found = match optimum.found {
        Found::Best(_) => "best",
        Found::OutOfBudget(_) => "outOfBudget",
        Found::Nothing => "nothing",
    };
    let candidates = optimum.candidates.iter().map(|it| setting(&optimum.paths, it));
    json!({
        "schema": SCHEMA,
        "version": optimum.version,
        "scenario": optimum.scenario,
        "seed": optimum.seed,
        "paths": optimum.paths,
        "chosen": optimum.chosen,
        "rounds": rounds.collect::<Vec<_>>(),
        "replications": optimum.replications,
        "runs": optimum.runs,
        "budget": optimum.budget,
        "found": found,
        "best": optimum.found.index(),
        "candidates": candidates.collect::<Vec<_>>(),
    })
}

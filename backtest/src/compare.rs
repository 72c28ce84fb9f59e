//! The comparison: every container walked with every recommender, on all cores.

use rayon::prelude::*;
use sim::model::vpa::Stated;

use crate::history::{Container, History};
use crate::plan::Plan;
use crate::recommenders::{RECOMMENDERS, Rule};
use crate::score::Score;
use crate::walk::{Walked, walk};

/// What came of every recommender.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// Each recommender, in the order of [`RECOMMENDERS`], but for one that recommends nothing at all.
    pub judged: Vec<Judged>,
}

/// What came of a recommender.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// What it is called, as [`Rule::id`].
    pub id: &'static str,
    /// What it is called in tables.
    pub name: &'static str,
    /// What came of it in each container, in the order of the history.
    pub containers: Vec<Walked>,
    /// The sum of those.
    pub score: Score,
}

impl Judged {
    /// What a recommender did in each container.
    fn of(rule: &Rule, containers: Vec<Walked>) -> Judged {
        let sum = containers.iter().map(|it| it.score).fold(Score::default(), Score::plus);
        Judged { id: rule.id, name: rule.name, containers, score: sum }
    }

    fn recommends(&self) -> bool {
        self.containers.iter().any(|it| it.now != Stated::default())
    }
}

/// Walks every container with every recommender.
#[must_use]
pub fn compare(history: &History, plan: &Plan) -> Comparison {
    let all = |container: &Container| -> Vec<Walked> {
        let rules = RECOMMENDERS.iter();
        rules.map(|rule| walk(container, &mut *(rule.begin)(container), plan)).collect()
    };
    // Collected in order: the same on any number of threads.
    let walked: Vec<Vec<Walked>> = history.containers.par_iter().map(all).collect();
    let judged = RECOMMENDERS.iter().enumerate().map(|(index, rule)| {
        Judged::of(rule, walked.iter().map(|container| container[index]).collect())
    });
    Comparison { judged: judged.filter(Judged::recommends).collect() }
}

impl Comparison {
    /// What came of the recommender that is called so.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Judged> {
        self.judged.iter().find(|it| it.id == id)
    }
}

//! What every node answers for itself to pods that ask for the same of a node.
//!
//! Most classes of pods differ only in whom they want near. To a node by itself they are alike, so
//! its answer is worked out once for all of them, and again only when that node changes.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::framework::PodView;
use super::inquiry::{Inquiry, Rejection};
use crate::world::World;
use crate::world::journal::Cursor;
use crate::world::node::NodeId;

/// What all nodes answer for themselves to one kind of pods.
pub struct Answers {
    /// The number of each node's answer, in the order in which nodes are walked.
    of: Vec<u32>,
    answers: Vec<Answer>,
    scores: IndexMap<(u32, i64), u32, FxBuildHasher>,
    refusals: IndexMap<(u32, Rejection), u32, FxBuildHasher>,
    grades: IndexSet<Vec<i64>, FxBuildHasher>,
    cursor: Cursor,
    generation: u64,
    /// The grades of the node that is being looked at.
    found: Vec<i64>,
    /// How many answers have been worked out so far.
    recomputed: u64,
}

/// What a node answers for itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The sum of its own weighted scores, or the first refusal.
    pub own: Result<i64, Rejection>,
    /// The number of what the relative scores know of it by itself.
    pub grades: u32,
}

impl Answers {
    /// Asks every node.
    pub fn new(inquiry: &Inquiry, pod: PodView<'_>, world: &World) -> Answers {
        let mut answers = Answers {
            of: Vec::new(),
            answers: Vec::new(),
            scores: IndexMap::default(),
            refusals: IndexMap::default(),
            grades: IndexSet::default(),
            cursor: Cursor::default(),
            generation: u64::MAX,
            found: Vec::new(),
            recomputed: 0,
        };
        answers.catch_up(inquiry, pod, world);
        answers
    }

    /// Asks those nodes again that have changed since the last time.
    pub fn catch_up(&mut self, inquiry: &Inquiry, pod: PodView<'_>, world: &World) {
        let cursor = std::mem::replace(&mut self.cursor, world.journal().now());
        let generation = world.registered_generation();
        let same_nodes = std::mem::replace(&mut self.generation, generation) == generation;
        match world.journal().since(cursor).filter(|_| same_nodes) {
            Some(changes) if changes.len() <= self.of.len() => {
                for change in changes {
                    if let Some(place) = world.place_of(change.node) {
                        self.of[place] = self.ask(inquiry, pod, world, change.node);
                    }
                }
            }
            _ => {
                self.of.clear();
                for node in world.registered() {
                    let answer = self.ask(inquiry, pod, world, *node);
                    self.of.push(answer);
                }
            }
        }
    }

    /// The number of the answer of the node at a place.
    pub fn at(&self, place: usize) -> u32 {
        self.of[place]
    }

    /// The answer behind a number.
    pub fn answer(&self, number: u32) -> &Answer {
        &self.answers[number as usize]
    }

    /// What the relative scores know of a node by itself.
    pub fn grades(&self, number: u32) -> &[i64] {
        &self.grades[number as usize]
    }

    /// How many answers have been worked out so far.
    pub fn recomputed(&self) -> u64 {
        self.recomputed
    }

    fn ask(&mut self, inquiry: &Inquiry, pod: PodView<'_>, world: &World, node: NodeId) -> u32 {
        self.recomputed += 1;
        let view = world.view(node);
        self.found.clear();
        self.found.extend(inquiry.grades(pod, view));
        let grades = match self.grades.get_index_of(&self.found) {
            Some(known) => number(known),
            None => number(self.grades.insert_full(self.found.clone()).0),
        };
        let new = number(self.answers.len());
        match inquiry.own_rejection(pod, view) {
            None => {
                let score = inquiry.own_score(pod, view);
                let answer = *self.scores.entry((grades, score)).or_insert(new);
                if answer == new {
                    self.answers.push(Answer { own: Ok(score), grades });
                }
                answer
            }
            Some(rejection) => {
                let key = (grades, rejection);
                if let Some(known) = self.refusals.get(&key) {
                    return *known;
                }
                self.answers.push(Answer { own: Err(key.1.clone()), grades });
                self.refusals.insert(key, new);
                new
            }
        }
    }
}

/// A position as it is kept in rows.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 answers, groups and cells")
}

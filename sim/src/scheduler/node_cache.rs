//! What every node answers for itself to pods that ask for the same of a node.
//!
//! Most classes of pods differ only in whom they want near. To a node by itself they are alike, so
//! its answer is worked out once for all of them, and again only when that node changes.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::framework::PodView;
use super::journal_reader::{JournalReader, LastMoves, News};
use super::pair_interner::PairInterner;
use super::prepared_cycle::{PreparedCycle, Rejection};
use crate::model::node::NodeId;
use crate::world::World;

/// What all nodes answer for themselves to one kind of pods.
#[derive(Default)]
pub struct NodeCache {
    /// The number of each node's answer, in the order in which nodes are walked.
    of: Vec<u32>,
    answers: Vec<Answer>,
    /// The number of each pair of grades and score.
    pairs: PairInterner,
    /// The answer of each such pair.
    scored: Vec<u32>,
    refusals: IndexMap<(u32, Rejection), u32, FxBuildHasher>,
    grades: IndexSet<Vec<i64>, FxBuildHasher>,
    reader: JournalReader,
    /// The grades of the node that is being looked at, and the number of those before.
    found: Vec<i64>,
    last_grades: usize,
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

impl NodeCache {
    /// Asks those nodes again that have changed since the last time.
    pub(super) fn catch_up(
        &mut self,
        cycle: &PreparedCycle,
        pod: PodView<'_>,
        world: &World,
        last: &mut LastMoves,
    ) {
        let nodes = world.registered();
        let pulled = &pod.spec.images.known;
        let Some(News { moves, images, changes }) = self.reader.news(pulled, world, last) else {
            self.of.clear();
            for node in nodes {
                let answer = self.ask(cycle, pod, world, *node);
                self.of.push(answer);
            }
            return;
        };
        if let Some(moves) = moves {
            self.of = moves.carry(&self.of, 1, u32::MAX);
            for place in moves.joined() {
                self.of[place] = self.ask(cycle, pod, world, nodes[place]);
            }
        }
        for changes in changes.chunk_by(|a, b| a.0 == b.0) {
            let (place, change) = changes[0];
            self.of[place] = self.ask(cycle, pod, world, change.node);
        }
        if images {
            for (place, node) in nodes.iter().enumerate() {
                let view = world.view(*node);
                if pulled.iter().any(|image| view.has_image(*image)) {
                    self.of[place] = self.ask(cycle, pod, world, *node);
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

    fn ask(&mut self, cycle: &PreparedCycle, pod: PodView<'_>, world: &World, node: NodeId) -> u32 {
        self.recomputed += 1;
        let view = world.view(node);
        self.found.clear();
        self.found.extend(cycle.grades(pod, view));
        let grades = self.found_grades();
        let new = number(self.answers.len());
        match cycle.own_rejection(pod, view) {
            None => {
                let score = cycle.own_score(pod, view);
                let (pair, is_new) = self.pairs.number(grades, score.cast_unsigned());
                if is_new {
                    self.scored.push(new);
                    self.answers.push(Answer { own: Ok(score), grades });
                }
                self.scored[pair as usize]
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

    /// The number of the grades that were found, which are nearly always those of the node before.
    fn found_grades(&mut self) -> u32 {
        if self.grades.get_index(self.last_grades).is_none_or(|last| *last != self.found) {
            self.last_grades = match self.grades.get_index_of(&self.found) {
                Some(known) => known,
                None => self.grades.insert_full(self.found.clone()).0,
            };
        }
        number(self.last_grades)
    }
}

/// A position as it is kept in rows.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 answers, groups and cells")
}

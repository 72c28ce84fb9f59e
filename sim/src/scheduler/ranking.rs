//! What every node answers to one class of pods: remembered, and repaired from the journal.
//!
//! Nodes that no plugin can tell apart by anything but themselves form a *group*: same domains, same
//! counts on the host, same grades. Within a group nodes differ by what they answer for themselves:
//! a score, or a refusal. A group and an answer make a *cell*, and a ranking keeps one number a node,
//! its cell, and how many nodes each cell holds. Repairing a node is moving it from cell to cell.

use std::hash::BuildHasherDefault;

use indexmap::IndexSet;

use super::framework::PodView;
use super::inquiry::{Inquiry, Rejection};
use super::profile::Profile;
use super::sums::{Share, Standing};
use crate::digest::WordHasher;
use crate::world::World;
use crate::world::journal::Cursor;
use crate::world::node::NodeId;

/// A set that numbers what is in it, and whose hash never varies.
type Interned<K> = IndexSet<K, BuildHasherDefault<WordHasher>>;

/// What every node answers to one class of pods.
pub struct Ranking {
    pub(super) inquiry: Inquiry,
    /// How every sum stands.
    pub(super) standings: Vec<Standing>,
    /// The cell of each node, in the order in which nodes are walked.
    pub(super) rows: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    /// How many nodes each cell holds.
    pub(super) held: Vec<u32>,
    pub(super) groups: Vec<Group>,
    pub(super) refusals: Interned<Rejection>,
    known: Interned<Traits>,
    /// What each node contributes to each sum, row by row.
    shares: Vec<Share>,
    cursor: Cursor,
    generation: u64,
    /// What a node is found to be while its row is repaired.
    found: Traits,
    /// How many rows have been worked out so far.
    pub(super) recomputed: u64,
}

/// What makes a group.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Traits {
    grades: Vec<i64>,
    shares: Vec<Share>,
}

/// Nodes that differ only in what they answer for themselves.
pub struct Group {
    /// What the relative scores know of each.
    pub grades: Vec<i64>,
    /// Where each stands in the sums, as far as it matters.
    pub shares: Vec<Share>,
    /// Its cells that have a score, highest first.
    pub(super) scored: Vec<(i64, u32)>,
    /// Its cells that refuse.
    refused: Vec<(u32, u32)>,
}

/// A group and an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The number of the group.
    pub group: u32,
    /// What its nodes answer for themselves.
    pub answer: Answer,
}

/// What a node answers for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It would take the pod, and this is the sum of its own weighted scores.
    Score(i64),
    /// It would not, for the refusal of this number.
    Refusal(u32),
}

impl Ranking {
    /// Asks every node.
    ///
    /// # Errors
    /// A refusal that holds for every node.
    pub fn new(profile: &Profile, pod: PodView<'_>, world: &World) -> Result<Ranking, Rejection> {
        let inquiry = Inquiry::of(profile, pod, world)?;
        let mut ranking = Ranking {
            inquiry,
            standings: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            held: Vec::new(),
            groups: Vec::new(),
            refusals: Interned::default(),
            known: Interned::default(),
            shares: Vec::new(),
            cursor: world.journal().now(),
            generation: world.registered_generation(),
            found: Traits::default(),
            recomputed: 0,
        };
        ranking.rebuild(pod, world);
        Ok(ranking)
    }

    /// Repairs whatever has changed since the last time.
    pub fn catch_up(&mut self, pod: PodView<'_>, world: &World) {
        let cursor = std::mem::replace(&mut self.cursor, world.journal().now());
        let same_nodes = self.generation == world.registered_generation();
        match world.journal().since(cursor).filter(|_| same_nodes) {
            Some(changed) if changed.len() <= self.rows.len() => {
                for node in changed {
                    if let Some(place) = world.place_of(node) {
                        self.repair(place, node, pod, world);
                    }
                }
            }
            _ => self.rebuild(pod, world),
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn rebuild(&mut self, pod: PodView<'_>, world: &World) {
        self.generation = world.registered_generation();
        self.standings = self.inquiry.standings(world);
        self.groups.clear();
        self.known.clear();
        self.cells.clear();
        self.held.clear();
        self.refusals.clear();
        self.rows.clear();
        self.shares.clear();
        for node in world.registered() {
            self.look(*node, pod, world);
            self.shares.extend_from_slice(&self.found.shares);
            for (standing, share) in self.standings.iter_mut().zip(&self.found.shares) {
                standing.add(*share);
            }
            let group = self.group();
            let cell = self.cell(group, *node, pod, world);
            self.held[cell as usize] += 1;
            self.rows.push(cell);
        }
    }

    fn repair(&mut self, place: usize, node: NodeId, pod: PodView<'_>, world: &World) {
        self.look(node, pod, world);
        let sums = self.standings.len();
        let kept = &mut self.shares[place * sums..(place + 1) * sums];
        let old = self.rows[place];
        let old_group = self.cells[old as usize].group;
        let same = *kept == *self.found.shares
            && self.groups[old_group as usize].grades == self.found.grades;
        let group = if same {
            old_group
        } else {
            let changes = kept.iter_mut().zip(&self.found.shares).zip(&mut self.standings);
            for ((kept, found), standing) in changes.filter(|((kept, found), _)| *kept != *found) {
                standing.take(*kept);
                standing.add(*found);
                *kept = *found;
            }
            self.group()
        };
        let cell = self.cell(group, node, pod, world);
        self.held[old as usize] -= 1;
        self.held[cell as usize] += 1;
        self.rows[place] = cell;
    }

    /// Finds out what a node is, apart from what it answers.
    fn look(&mut self, node: NodeId, pod: PodView<'_>, world: &World) {
        self.recomputed += 1;
        let view = world.view(node);
        let Traits { grades, shares } = &mut self.found;
        grades.clear();
        grades.extend(self.inquiry.grades(pod, view));
        shares.clear();
        shares.extend(self.inquiry.shares(pod, view));
    }

    /// The group of what was found, new or known.
    fn group(&mut self) -> u32 {
        for (share, standing) in self.found.shares.iter_mut().zip(&self.standings) {
            *share = share.as_seen_in(standing);
        }
        if let Some(group) = self.known.get_index_of(&self.found) {
            return number(group);
        }
        let Traits { grades, shares } = self.found.clone();
        self.groups.push(Group { grades, shares, scored: Vec::new(), refused: Vec::new() });
        number(self.known.insert_full(self.found.clone()).0)
    }

    /// The cell of a node of a group, new or known.
    fn cell(&mut self, group: u32, node: NodeId, pod: PodView<'_>, world: &World) -> u32 {
        let view = world.view(node);
        let answer = match self.inquiry.own_rejection(pod, view) {
            None => Answer::Score(self.inquiry.own_score(pod, view)),
            Some(rejection) => Answer::Refusal(match self.refusals.get_index_of(&rejection) {
                Some(known) => number(known),
                None => number(self.refusals.insert_full(rejection).0),
            }),
        };
        let new = number(self.cells.len());
        let of_group = &mut self.groups[group as usize];
        let known = match answer {
            Answer::Score(score) => {
                let at = of_group.scored.partition_point(|(other, _)| *other > score);
                match of_group.scored.get(at) {
                    Some((other, cell)) if *other == score => Some(*cell),
                    _ => {
                        of_group.scored.insert(at, (score, new));
                        None
                    }
                }
            }
            Answer::Refusal(refusal) => {
                let known = of_group.refused.iter().find(|(other, _)| *other == refusal);
                let known = known.map(|(_, cell)| *cell);
                if known.is_none() {
                    of_group.refused.push((refusal, new));
                }
                known
            }
        };
        known.unwrap_or_else(|| {
            self.cells.push(Cell { group, answer });
            self.held.push(0);
            new
        })
    }
}

/// A position as it is kept in rows.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 groups, cells and refusals")
}

//! What every node answers to one class of pods: remembered, and repaired from the journal.
//!
//! Nodes that no plugin can tell apart but by what they answer for themselves form a *group*: same
//! domains, same counts on the host, same grades. A group and an [`Answer`] make a *cell*, and a
//! ranking keeps one number a node, its cell, and how many nodes each cell holds. Repairing a node
//! is moving it from cell to cell.
//!
//! [`Answer`]: super::node_cache::Answer

use super::framework::PodView;
use super::journal_reader::{JournalReader, LastMoves, Moves, News};
use super::node_cache::{NodeCache, number};
use super::pair_interner::PairInterner;
use super::prepared_cycle::PreparedCycle;
use super::sums::{Share, Standing};
use crate::model::node::NodeId;
use crate::model::pod::SpecId;
use crate::table::Id;
use crate::world::World;
use crate::world::journal::Change;

/// What every node answers to one class of pods.
pub struct Ranking {
    pub(super) cycle: PreparedCycle,
    /// How every sum stands.
    pub(super) standings: Vec<Standing>,
    /// The cell of each node, in the order in which nodes are walked.
    pub(super) rows: Vec<u32>,
    cells: Vec<Cell>,
    /// The number of each cell, by group and answer.
    cell_numbers: PairInterner,
    /// How many nodes each cell holds.
    pub(super) held: Vec<u32>,
    pub(super) groups: Vec<Group>,
    /// The number of each sequence of traits.
    traits: PairInterner,
    /// The group of a whole sequence of traits, by its number.
    group_of: Vec<u32>,
    /// The sums for which nodes share domains.
    shared: Vec<usize>,
    /// What each node contributes to each of those, row by row, or [`EXCLUDED`]. All else about a
    /// node's shares is the same for its whole group.
    kept: Vec<i64>,
    /// Whether pods of a spec change any sum: what is known of it so far.
    concerns: Vec<Option<bool>>,
    reader: JournalReader,
    /// What a node is found to contribute.
    found: Vec<Share>,
    /// How many rows have been worked out so far.
    pub(super) recomputed: u64,
}

/// Nodes that differ only in what they answer for themselves.
pub struct Group {
    /// What the relative scores know of each by itself.
    pub grades: u32,
    /// Where each stands in the sums, as far as it matters.
    pub shares: Vec<Share>,
    /// Its cells that have a score, highest first.
    pub(super) scored: Vec<(i64, u32)>,
}

/// A group and an answer, by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cell {
    /// The group.
    pub group: u32,
    /// What its nodes answer for themselves.
    pub answer: u32,
}

/// In place of what a node contributes that is not included.
const EXCLUDED: i64 = i64::MIN;

/// This many empty cells are not worth starting afresh for.
const FEW_CELLS: usize = 64;

/// In place of a cell where there is none.
pub(super) const NO_CELL: u32 = u32::MAX;

impl Ranking {
    /// A ranking that has not asked any node yet.
    pub fn new(cycle: PreparedCycle, world: &World) -> Ranking {
        Ranking {
            cycle,
            standings: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            cell_numbers: PairInterner::default(),
            held: Vec::new(),
            groups: Vec::new(),
            traits: PairInterner::default(),
            group_of: Vec::new(),
            shared: Vec::new(),
            kept: Vec::new(),
            concerns: vec![None; world.model().specs.traits().len()],
            reader: JournalReader::default(),
            found: Vec::new(),
            recomputed: 0,
        }
    }

    /// Repairs whatever has changed since the last time. `answers` must be up to date.
    pub(super) fn catch_up(
        &mut self,
        cache: &NodeCache,
        pod: PodView<'_>,
        world: &World,
        last: &mut LastMoves,
    ) {
        let news = self.reader.news(&pod.spec.images.known, world, last);
        let Some(News { moves, images, changes }) =
            news.filter(|news| news.moves.is_none() && !news.images || self.outlasts_moves(world))
        else {
            self.rebuild(cache, pod, world);
            return;
        };
        if let Some(moves) = moves {
            self.follow(&moves, cache, pod, world);
        }
        for changes in changes.chunk_by(|a, b| a.0 == b.0) {
            let (place, Change { node, .. }) = changes[0];
            let mut specs = changes.iter().map(|(_, change)| change.spec);
            let concerns = specs.any(|spec| spec.is_none_or(|spec| self.concerns(spec, world)));
            self.repair(place, node, concerns, cache, pod, world);
        }
        if images {
            for (place, node) in world.registered().iter().enumerate() {
                if self.cell_at(self.rows[place]).answer != cache.at(place) {
                    self.repair(place, *node, false, cache, pod, world);
                }
            }
        }
    }

    /// How many changes it has not seen yet.
    pub(super) fn behind(&self, world: &World) -> usize {
        self.reader.behind(world)
    }

    /// Whether rows can be kept when nodes join and leave, or many say something else: the sums still
    /// mean the same, and most cells are not empty.
    fn outlasts_moves(&self, world: &World) -> bool {
        let held = self.held.iter().filter(|held| **held > 0).count();
        let mut sums = self.cycle.sums().iter().zip(&self.standings);
        self.held.len() <= FEW_CELLS + 2 * held
            && sums.all(|(sum, standing)| sum.is_per_node(world) == standing.is_per_node())
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether every cell holds as many nodes as the rows say.
    #[must_use]
    pub fn tally_is_sound(&self) -> bool {
        let mut recount = vec![0; self.held.len()];
        self.rows.iter().for_each(|cell| recount[*cell as usize] += 1);
        recount == self.held
    }

    /// Whether a pod of this spec, coming to a node or leaving it, changes any sum.
    fn concerns(&mut self, spec: SpecId, world: &World) -> bool {
        let sums = self.cycle.sums();
        let traits = world.model().specs.traits_of(spec);
        *self.concerns[traits.index()]
            .get_or_insert_with(|| sums.iter().any(|sum| sum.counts(spec, world.model())))
    }

    fn rebuild(&mut self, cache: &NodeCache, pod: PodView<'_>, world: &World) {
        self.standings = self.cycle.standings(world);
        self.groups.clear();
        self.traits.clear();
        self.group_of.clear();
        self.cells.clear();
        self.cell_numbers.clear();
        self.held.clear();
        let per_node = |sum: &usize| self.standings[*sum].is_per_node();
        self.shared = (0..self.standings.len()).filter(|sum| !per_node(sum)).collect();
        let nodes = world.registered().len();
        self.rows.clear();
        self.rows.resize(nodes, NO_CELL);
        self.kept.clear();
        self.kept.resize(nodes * self.shared.len(), EXCLUDED);
        (0..nodes).for_each(|place| self.enter(place, cache, pod, world));
    }

    /// Takes out those that have left, moves the rows of the others, and lets those in that have
    /// joined.
    fn follow(&mut self, moves: &Moves, cache: &NodeCache, pod: PodView<'_>, world: &World) {
        for place in moves.left.iter().copied() {
            let cell = self.rows[place];
            self.held[cell as usize] -= 1;
            let group = self.cell_at(cell).group;
            for sum in 0..self.standings.len() {
                let share = self.share(place, group, sum);
                self.standings[sum].take(share);
            }
        }
        self.rows = moves.carry(&self.rows, 1, NO_CELL);
        self.kept = moves.carry(&self.kept, self.shared.len(), EXCLUDED);
        moves.joined().for_each(|place| self.enter(place, cache, pod, world));
    }

    /// A node comes to a place whose row is blank.
    fn enter(&mut self, place: usize, cache: &NodeCache, pod: PodView<'_>, world: &World) {
        self.find_shares(world.registered()[place], pod, world);
        for (standing, share) in self.standings.iter_mut().zip(&self.found) {
            standing.add(*share);
        }
        let kept = &mut self.kept[place * self.shared.len()..];
        for (kept, sum) in kept.iter_mut().zip(&self.shared) {
            *kept = contribution(self.found[*sum]);
        }
        let answer = cache.at(place);
        let group = self.group(cache.answer(answer).grades);
        let cell = self.cell(group, answer, cache);
        self.held[cell as usize] += 1;
        self.rows[place] = cell;
        self.recomputed += 1;
    }

    fn repair(
        &mut self,
        place: usize,
        node: NodeId,
        concerns: bool,
        cache: &NodeCache,
        pod: PodView<'_>,
        world: &World,
    ) {
        self.recomputed += 1;
        let old = self.rows[place];
        let answer = cache.at(place);
        let grades = cache.answer(answer).grades;
        let mut group = self.cell_at(old).group;
        let moved = concerns && self.repair_shares(place, group, node, pod, world);
        if moved || self.groups[group as usize].grades != grades {
            if !concerns {
                self.find_shares(node, pod, world);
            }
            group = self.group(grades);
        }
        let cell = self.cell(group, answer, cache);
        self.held[old as usize] -= 1;
        self.held[cell as usize] += 1;
        self.rows[place] = cell;
    }

    /// Brings what a node contributes up to date; whether anything changed.
    fn repair_shares(
        &mut self,
        place: usize,
        group: u32,
        node: NodeId,
        pod: PodView<'_>,
        world: &World,
    ) -> bool {
        self.find_shares(node, pod, world);
        let mut changed = false;
        for sum in 0..self.standings.len() {
            let (old, found) = (self.share(place, group, sum), self.found[sum]);
            let kept = self.kept_at(place, sum);
            let standing = &mut self.standings[sum];
            if old.trait_in(standing) != found.trait_in(standing)
                || contribution(old) != contribution(found)
            {
                standing.take(old);
                standing.add(found);
                kept.into_iter().for_each(|kept| self.kept[kept] = contribution(found));
                changed = true;
            }
        }
        changed
    }

    /// What the node of a row contributes to a sum, as it was when the row was last worked out.
    fn share(&self, place: usize, group: u32, sum: usize) -> Share {
        let of_group = self.groups[group as usize].shares[sum];
        match (self.kept_at(place, sum).map(|at| self.kept[at]), of_group) {
            (None, _) | (_, Share::Outside) => of_group,
            (Some(EXCLUDED), Share::Excluded(domain) | Share::Counted(domain, _)) => {
                Share::Excluded(domain)
            }
            (Some(kept), Share::Excluded(domain) | Share::Counted(domain, _)) => {
                Share::Counted(domain, kept)
            }
        }
    }

    /// Where what a row contributes to a sum is kept, if it is.
    fn kept_at(&self, place: usize, sum: usize) -> Option<usize> {
        let at = self.shared.iter().position(|shared| *shared == sum)?;
        Some(place * self.shared.len() + at)
    }

    fn find_shares(&mut self, node: NodeId, pod: PodView<'_>, world: &World) {
        self.found.clear();
        self.found.extend(self.cycle.shares(pod, world.view(node)));
    }

    /// The group of a node with the shares that were found, new or known.
    fn group(&mut self, grades: u32) -> u32 {
        let (mut at, _) = self.traits.number(0, u64::from(grades));
        for (share, standing) in self.found.iter().zip(&self.standings) {
            // Number 0 is where sequences begin.
            (at, _) = self.traits.number(at + 1, share.trait_in(standing));
        }
        let at = at as usize;
        if self.group_of.len() <= at {
            self.group_of.resize(at + 1, NO_CELL);
        }
        if self.group_of[at] == NO_CELL {
            self.group_of[at] = number(self.groups.len());
            let shares = self.found.clone();
            self.groups.push(Group { grades, shares, scored: Vec::new() });
        }
        self.group_of[at]
    }

    /// The cell behind a number.
    pub(super) fn cell_at(&self, cell: u32) -> Cell {
        self.cells[cell as usize]
    }

    /// The number of the cell of a group and an answer, new or known.
    fn cell(&mut self, group: u32, answer: u32, cache: &NodeCache) -> u32 {
        let (cell, new) = self.cell_numbers.number(group, u64::from(answer));
        if new {
            self.cells.push(Cell { group, answer });
            self.held.push(0);
            if let Ok(score) = cache.answer(answer).own {
                let scored = &mut self.groups[group as usize].scored;
                let at = scored.partition_point(|(other, _)| *other > score);
                scored.insert(at, (score, cell));
            }
        }
        cell
    }
}

/// What a share adds to its sum, or [`EXCLUDED`].
fn contribution(share: Share) -> i64 {
    match share {
        Share::Counted(_, value) => value,
        Share::Outside | Share::Excluded(_) => EXCLUDED,
    }
}

//! One decision from a ranking: which node, or why none.

use super::framework::{Code, PodView};
use super::node_cache::{NodeCache, number};
use super::nominated::with_nominated;
use super::plain::{self, Evaluation, Scored, Walk};
use super::preemption::{Attempt, Preemption};
use super::prepared_cycle::{Kind, Rejection, first_of};
use super::ranking::{Group, NO_CELL, Ranking};
use crate::fact::refusal::Refusal;
use crate::model::node::NodeId;
use crate::rng::Root;
use crate::world::World;

/// Rows are counted in blocks of this size before one is looked into: counting is what a processor does
/// fast, as long as there are few things to count.
const BLOCK: usize = 64;
const COUNTED_AT_ONCE: usize = 4;

/// What was decided, and how far the search went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The node.
    pub node: Option<NodeId>,
    /// How many nodes were asked.
    pub walked: usize,
}

/// What is reused from decision to decision.
#[derive(Default)]
pub struct Scratch {
    /// The refusal of each group as a whole.
    judged: Vec<Option<Rejection>>,
    /// Whether nodes of a cell take the pod.
    pub(super) passes: Vec<bool>,
    /// Those cells, where any are counted one by one.
    passing: Vec<u32>,
    /// How many nodes of each cell were met that takes the pod.
    pub(super) met: Vec<u32>,
    /// Groups with a feasible node.
    pub(super) feasible: Vec<u32>,
    /// What the relative scores add to each of those.
    pub(super) bonus: Vec<i64>,
    /// The cells from which the winner is taken.
    winners: Vec<u32>,
    /// What a node of each cell scores, whatever the size of the pod.
    pub(super) totals: Vec<f64>,
    /// The nodes that take the pod, where each is looked at.
    pub(super) found: Vec<Found>,
}

/// A node that takes a pod of a size that is rare.
pub(super) struct Found {
    pub(super) place: usize,
    pub(super) cell: u32,
    /// What it scores for the size of the pod, and then in all.
    pub(super) score: f64,
}

/// A ranking and the answers it is made of, both up to date.
pub struct Ranked<'r> {
    pub(super) ranking: &'r mut Ranking,
    pub(super) cache: &'r NodeCache,
}

/// A node that is judged one by one, because pods are nominated to it.
struct TakenOut {
    place: usize,
    cell: u32,
    rejection: Rejection,
}

impl Ranked<'_> {
    /// Chooses a node; `pick` says which of several equally good ones.
    // kube-scheduler: schedule_one.go schedulePod, selectHost
    pub fn decide(
        &mut self,
        pod: PodView<'_>,
        world: &World,
        walk: Walk,
        scratch: &mut Scratch,
        pick: impl FnOnce(usize) -> usize,
    ) -> Decision {
        if let Some(node) = self.as_nominated(pod, world) {
            return Decision { node: Some(node), walked: 1 };
        }
        let taken_out = self.take_out(pod, world);
        self.judge(pod, scratch);
        let walked = self.meet(walk, scratch);
        let node = self.choose(pod, walk, walked, scratch, pick);
        self.put_back(taken_out);
        Decision { node: node.map(|place| world.registered()[place]), walked }
    }

    /// The ranking by itself.
    #[must_use]
    pub fn ranking(&self) -> &Ranking {
        self.ranking
    }

    /// The node that the pod is nominated to, if it takes the pod.
    fn as_nominated(&self, pod: PodView<'_>, world: &World) -> Option<NodeId> {
        let node = world.pods().nominated(pod.id?).filter(|node| world.is_registered(*node))?;
        let Ranking { cycle, standings, .. } = &*self.ranking;
        plain::rejection(cycle, pod, world.view(node), standings).is_none().then_some(node)
    }

    /// Takes out the nodes that refuse because of the pods that are nominated to them.
    fn take_out(&mut self, pod: PodView<'_>, world: &World) -> Vec<TakenOut> {
        let mut taken_out = Vec::new();
        for (node, _) in world.placement().nominations() {
            let Some(place) = world.place_of(node) else { continue };
            let view = world.view(node);
            let Some(load) = with_nominated(pod, view, view.load()) else { continue };
            let ranking = &mut *self.ranking;
            let refused = ranking.cycle.rejection_with_load(pod, view, &load, &ranking.standings);
            if let Some(rejection) = refused {
                let cell = std::mem::replace(&mut ranking.rows[place], NO_CELL);
                ranking.held[cell as usize] -= 1;
                taken_out.push(TakenOut { place, cell, rejection });
            }
        }
        taken_out
    }

    fn put_back(&mut self, taken_out: Vec<TakenOut>) {
        for TakenOut { place, cell, .. } in taken_out {
            self.ranking.rows[place] = cell;
            self.ranking.held[cell as usize] += 1;
        }
    }

    /// What each group hears as a whole, and which cells take the pod.
    pub(super) fn judge(&self, pod: PodView<'_>, scratch: &mut Scratch) {
        let Ranking { cycle, standings, groups, held, .. } = &*self.ranking;
        scratch.judged.clear();
        scratch.passes.clear();
        scratch.passes.resize(held.len(), false);
        for Group { shares, scored, .. } in groups {
            let rejection = cycle.judge(pod, standings, shares);
            if rejection.is_none() {
                scored.iter().for_each(|(_, cell)| scratch.passes[*cell as usize] = true);
            }
            scratch.judged.push(rejection);
        }
    }

    /// Counts the nodes of each cell that the search meets, and how many nodes it asks.
    // kube-scheduler: schedule_one.go findNodesThatPassFilters
    fn meet(&self, walk: Walk, scratch: &mut Scratch) -> usize {
        let Ranking { rows, held, .. } = &*self.ranking;
        let Scratch { passes, passing, met, .. } = scratch;
        met.clear();
        let feasible = held.iter().zip(&*passes).filter(|(_, passes)| **passes);
        let feasible: usize = feasible.map(|(held, _)| *held as usize).sum();
        if feasible <= walk.enough {
            met.extend_from_slice(held);
            return rows.len();
        }
        met.resize(held.len(), 0);
        passing.clear();
        let occupied = |cell: &usize| passes[*cell] && held[*cell] > 0;
        passing.extend((0..held.len()).filter(occupied).map(number));
        let (before, after) = rows.split_at(walk.start);
        let (mut found, mut walked) = (0, 0);
        for block in after.chunks(BLOCK).chain(before.chunks(BLOCK)) {
            if passing.len() <= COUNTED_AT_ONCE {
                let here: u32 = passing.iter().map(|cell| count_of(block, *cell)).sum();
                if found + here as usize <= walk.enough {
                    passing.iter().for_each(|cell| met[*cell as usize] += count_of(block, *cell));
                    found += here as usize;
                    walked += block.len();
                    continue;
                }
            }
            for cell in block {
                if *cell != NO_CELL && passes[*cell as usize] {
                    if found == walk.enough {
                        return walked;
                    }
                    found += 1;
                    met[*cell as usize] += 1;
                }
                walked += 1;
            }
        }
        walked
    }

    /// The place of the winner among the nodes that were met.
    fn choose(
        &self,
        pod: PodView<'_>,
        walk: Walk,
        walked: usize,
        scratch: &mut Scratch,
        pick: impl FnOnce(usize) -> usize,
    ) -> Option<usize> {
        self.find_feasible(scratch);
        self.add_bonuses(pod, scratch);
        let ties = self.find_winners(scratch);
        if ties == 0 {
            return None;
        }
        let wanted = if ties == 1 { 0 } else { pick(ties) };
        let rows = &self.ranking.rows;
        let ahead = walked.min(rows.len() - walk.start);
        let (after, before) = (walk.start..walk.start + ahead, 0..walked - ahead);
        match nth_of(&rows[after], &scratch.winners, wanted) {
            Ok(step) => Some(walk.start + step),
            Err(passed) => nth_of(&rows[before], &scratch.winners, wanted - passed).ok(),
        }
    }

    pub(super) fn find_feasible(&self, scratch: &mut Scratch) {
        let Scratch { judged, met, feasible, .. } = scratch;
        feasible.clear();
        for (at, (group, judged)) in self.ranking.groups.iter().zip(judged).enumerate() {
            let holds = |(_, cell): &(i64, u32)| met[*cell as usize] > 0;
            if judged.is_none() && group.scored.iter().any(holds) {
                feasible.push(number(at));
            }
        }
    }

    /// What the relative scores add to each feasible group. Where there is only one, they cannot
    /// change the choice.
    pub(super) fn add_bonuses(&self, pod: PodView<'_>, scratch: &mut Scratch) {
        let Scratch { met, feasible, bonus, .. } = scratch;
        bonus.clear();
        bonus.resize(feasible.len(), 0);
        if feasible.len() > 1 {
            let kinds: Vec<Kind<'_>> = feasible
                .iter()
                .map(|group| &self.ranking.groups[*group as usize])
                .map(|group| {
                    let nodes = group.scored.iter().map(|(_, cell)| met[*cell as usize] as usize);
                    self.kind(group, nodes.sum())
                })
                .collect();
            let Ranking { cycle, standings, .. } = &*self.ranking;
            for (_, scores) in cycle.relative_scores(pod, standings, &kinds) {
                bonus.iter_mut().zip(scores).for_each(|(bonus, score)| *bonus += score);
            }
        }
    }

    fn kind<'g>(&'g self, group: &'g Group, nodes: usize) -> Kind<'g> {
        Kind { nodes, grades: self.cache.grades(group.grades), shares: &group.shares }
    }

    /// The cells with the highest total; how many nodes they hold.
    fn find_winners(&self, scratch: &mut Scratch) -> usize {
        let Scratch { met, feasible, bonus, winners, .. } = scratch;
        let mut best = i64::MIN;
        let mut ties = 0;
        winners.clear();
        for (group, bonus) in feasible.iter().zip(bonus) {
            let scored = &self.ranking.groups[*group as usize].scored;
            let top = scored.iter().find(|(_, cell)| met[*cell as usize] > 0);
            let (score, cell) = top.expect("a feasible group has a feasible node");
            let total = score + *bonus;
            if total > best {
                (best, ties) = (total, 0);
                winners.clear();
            }
            if total == best {
                winners.push(*cell);
                ties += met[*cell as usize] as usize;
            }
        }
        ties
    }

    /// What all nodes together say to a pod that none of them takes, every different refusal, and how
    /// many nodes refuse in a way that the removal of pods may change.
    pub fn refusal(&mut self, pod: PodView<'_>, world: &World) -> (Refusal, Vec<Rejection>, usize) {
        let taken_out = self.take_out(pod, world);
        let mut scratch = Scratch::default();
        self.judge(pod, &mut scratch);
        let mut refusal = Refusal { nodes: self.ranking.len(), ..Refusal::default() };
        let mut rejections = Vec::new();
        let mut open = 0;
        for (cell, held) in self.ranking.held.iter().enumerate().filter(|(_, held)| **held > 0) {
            if let Some(rejection) = self.verdict(number(cell), &scratch.judged) {
                refusal.add(rejection.reasons.as_slice(), *held as usize);
                open += if rejection.code == Code::Unschedulable { *held as usize } else { 0 };
                rejections.push(rejection);
            }
        }
        for out in &taken_out {
            refusal.add(out.rejection.reasons.as_slice(), 1);
            open += usize::from(out.rejection.code == Code::Unschedulable);
            rejections.push(out.rejection.clone());
        }
        self.put_back(taken_out);
        (refusal, rejections, open)
    }

    /// The attempt to make room for a pod that no node takes.
    pub fn preempt(&mut self, pod: PodView<'_>, world: &World, root: Root) -> Preemption {
        let taken_out = self.take_out(pod, world);
        let mut scratch = Scratch::default();
        self.judge(pod, &mut scratch);
        let codes: Vec<_> = (0..self.ranking.held.len())
            .map(|cell| self.verdict(number(cell), &scratch.judged).map(|r| r.code))
            .collect();
        let code = |(place, cell): (usize, &u32)| match *cell {
            NO_CELL => taken_out.iter().find(|o| o.place == place).map(|o| o.rejection.code),
            cell => codes[cell as usize],
        };
        let nodes = world.registered().iter().copied();
        let verdicts: Vec<_> = nodes
            .zip(self.ranking.rows.iter().enumerate().map(code))
            .filter_map(|(node, code)| Some((node, code?)))
            .collect();
        self.put_back(taken_out);
        let Ranking { cycle, standings, .. } = &*self.ranking;
        Attempt::of(cycle, pod, world, standings, verdicts.into_iter(), root)
    }

    /// What nodes of a cell say in the end.
    fn verdict(&self, cell: u32, judged: &[Option<Rejection>]) -> Option<Rejection> {
        let cell = self.ranking.cell_at(cell);
        let own = self.cache.answer(cell.answer).own.as_ref().err().cloned();
        first_of(own, judged[cell.group as usize].clone())
    }

    /// Everything there is to know about one cycle, as [`plain::evaluate`] tells it.
    pub fn evaluation(&mut self, pod: PodView<'_>, world: &World, walk: Walk) -> Evaluation {
        let mut scratch = Scratch::default();
        self.judge(pod, &mut scratch);
        let nodes = self.ranking.len();
        let mut evaluation = Evaluation { nodes, ..Evaluation::default() };
        if let Some(node) = self.as_nominated(pod, world) {
            evaluation.as_nominated = true;
            evaluation.verdicts = vec![(node, None)];
        } else {
            let taken_out = self.take_out(pod, world);
            let walked = self.meet(walk, &mut scratch);
            for place in (0..walked).map(|step| (walk.start + step) % nodes) {
                let verdict = match self.ranking.rows[place] {
                    NO_CELL => {
                        let out = taken_out.iter().find(|out| out.place == place);
                        out.map(|out| out.rejection.clone())
                    }
                    cell => self.verdict(cell, &scratch.judged),
                };
                evaluation.verdicts.push((world.registered()[place], verdict));
            }
            self.put_back(taken_out);
        }
        self.score(&mut evaluation, pod, world);
        evaluation
    }

    fn score(&self, evaluation: &mut Evaluation, pod: PodView<'_>, world: &World) {
        let feasible = evaluation.verdicts.iter().filter(|(_, verdict)| verdict.is_none());
        let places: Vec<usize> = feasible.filter_map(|(node, _)| world.place_of(*node)).collect();
        let Ranking { cycle, standings, rows, groups, .. } = &*self.ranking;
        let cells: Vec<_> = places.iter().map(|place| self.ranking.cell_at(rows[*place])).collect();
        let kinds: Vec<Kind<'_>> =
            cells.iter().map(|cell| self.kind(&groups[cell.group as usize], 1)).collect();
        let relative = cycle.relative_scores(pod, standings, &kinds);
        for (at, (place, cell)) in places.iter().zip(&cells).enumerate() {
            let node = world.registered()[*place];
            let mut by_plugin: Vec<_> = cycle.own_scores(pod, world.view(node)).collect();
            let sum = || by_plugin.iter().map(|(_, score)| score).sum();
            let own = self.cache.answer(cell.answer).own.as_ref().map_or_else(|_| sum(), |s| *s);
            by_plugin.extend(relative.iter().map(|(plugin, scores)| (*plugin, scores[at])));
            let total = own + relative.iter().map(|(_, scores)| scores[at]).sum::<i64>();
            evaluation.scores.push(Scored { node, total, by_plugin });
        }
    }
}

/// The place of the `wanted`-th row that is one of `winners`, or how many of them there are.
fn nth_of(rows: &[u32], winners: &[u32], wanted: usize) -> Result<usize, usize> {
    let mut passed = 0;
    for (block, rows) in rows.chunks(BLOCK).enumerate() {
        let here = winners.iter().map(|winner| count_of(rows, *winner)).sum::<u32>() as usize;
        if passed + here > wanted {
            let mut winning = rows.iter().enumerate().filter(|(_, row)| winners.contains(row));
            let (at, _) = winning.nth(wanted - passed).expect("the block holds it");
            return Ok(block * BLOCK + at);
        }
        passed += here;
    }
    Err(passed)
}

fn count_of(rows: &[u32], wanted: u32) -> u32 {
    // At most one block, so nothing overflows; a checked sum is not vectorised.
    rows.iter().fold(0, |sum, row| sum.wrapping_add(u32::from(*row == wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_winner_is_found_across_blocks() {
        let rows: Vec<u32> = (0..1_000).map(|row| row % 7).collect();
        let slowly = |wanted: usize| {
            let winning = rows.iter().enumerate().filter(|(_, row)| matches!(row, 2 | 5));
            winning.map(|(place, _)| place).nth(wanted)
        };
        for wanted in 0..300 {
            assert_eq!(nth_of(&rows, &[2, 5], wanted).ok(), slowly(wanted));
        }
        assert_eq!(nth_of(&rows, &[9], 0), Err(0));
    }
}

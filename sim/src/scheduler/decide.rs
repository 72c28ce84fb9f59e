//! One decision from a ranking: which node, or why none.

use super::framework::PodView;
use super::inquiry::{Kind, Rejection, first_of};
use super::plain::{self, Evaluation, Scored, Walk};
use super::ranking::{Answer, Ranking, number};
use crate::world::World;
use crate::world::node::NodeId;
use crate::world::refusal::Refusal;

/// What was decided, and how far the search went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The node.
    pub node: Option<NodeId>,
    /// How many nodes were asked.
    pub walked: usize,
}

/// What is reused from decision to decision, so that a decision allocates nothing of its own.
#[derive(Default)]
pub struct Scratch {
    /// The refusal of each group as a whole.
    judged: Vec<Option<Rejection>>,
    /// How many nodes of each cell were met.
    met: Vec<u32>,
    /// Groups with a feasible node.
    feasible: Vec<u32>,
    /// What the relative scores add to each of those.
    bonus: Vec<i64>,
    /// The cells from which the winner is taken.
    winners: Vec<u32>,
}

/// A node that is judged one by one, because pods are nominated to it.
struct TakenOut {
    place: usize,
    cell: u32,
    rejection: Rejection,
}

/// The cell of a node that has been taken out.
const NO_CELL: u32 = u32::MAX;

impl Ranking {
    /// Chooses a node; `pick` says which of so many equally good ones.
    // kube-scheduler: schedule_one.go schedulePod, selectHost
    pub fn decide(
        &mut self,
        pod: PodView<'_>,
        world: &World,
        walk: Walk,
        scratch: &mut Scratch,
        pick: impl FnOnce(usize) -> usize,
    ) -> Decision {
        self.catch_up(pod, world);
        if let Some(node) = self.as_nominated(pod, world) {
            return Decision { node: Some(node), walked: 1 };
        }
        let taken_out = self.take_out(pod, world);
        self.judge_groups(pod, scratch);
        let walked = self.meet(walk, scratch);
        let node = self.choose(pod, walk, walked, scratch, pick);
        self.put_back(taken_out);
        Decision { node: node.map(|place| world.registered()[place]), walked }
    }

    /// The node that the pod is nominated to, if it takes the pod.
    fn as_nominated(&self, pod: PodView<'_>, world: &World) -> Option<NodeId> {
        let node = world.pods().nominated(pod.id?)?;
        world.place_of(node)?;
        let refused = plain::rejection(&self.inquiry, pod, world.view(node), &self.standings);
        refused.is_none().then_some(node)
    }

    /// Takes out the nodes that refuse because of the pods that are nominated to them.
    fn take_out(&mut self, pod: PodView<'_>, world: &World) -> Vec<TakenOut> {
        let mut taken_out = Vec::new();
        for (node, _) in world.placement().nominations() {
            let Some(place) = world.place_of(node) else { continue };
            let view = world.view(node);
            let Some(load) = plain::with_nominated(pod, view, view.load()) else { continue };
            let refused = self.inquiry.rejection_with_load(pod, view, &load, &self.standings);
            if let Some(rejection) = refused {
                let cell = std::mem::replace(&mut self.rows[place], NO_CELL);
                self.held[cell as usize] -= 1;
                taken_out.push(TakenOut { place, cell, rejection });
            }
        }
        taken_out
    }

    fn put_back(&mut self, taken_out: Vec<TakenOut>) {
        for TakenOut { place, cell, .. } in taken_out {
            self.rows[place] = cell;
            self.held[cell as usize] += 1;
        }
    }

    /// What each group hears as a whole.
    fn judge_groups(&self, pod: PodView<'_>, scratch: &mut Scratch) {
        scratch.judged.clear();
        let judge =
            |group: &super::ranking::Group| self.inquiry.judge(pod, &self.standings, &group.shares);
        scratch.judged.extend(self.groups.iter().map(judge));
    }

    /// Whether nodes of a cell take the pod.
    fn passes(&self, cell: u32, judged: &[Option<Rejection>]) -> bool {
        let cell = self.cells[cell as usize];
        matches!(cell.answer, Answer::Score(_)) && judged[cell.group as usize].is_none()
    }

    /// Counts the nodes of each cell that the search meets, and how many nodes it asks.
    fn meet(&self, walk: Walk, scratch: &mut Scratch) -> usize {
        let Scratch { judged, met, .. } = scratch;
        met.clear();
        let passing = (0..self.cells.len()).filter(|cell| self.passes(number(*cell), judged));
        let feasible: usize = passing.map(|cell| self.held[cell] as usize).sum();
        if feasible <= walk.enough {
            met.extend_from_slice(&self.held);
            return self.rows.len();
        }
        met.resize(self.held.len(), 0);
        let (before, after) = self.rows.split_at(walk.start);
        let (mut found, mut walked) = (0, 0);
        for cell in after.iter().chain(before).copied() {
            if cell != NO_CELL {
                let passes = self.passes(cell, judged);
                if passes && found == walk.enough {
                    break;
                }
                found += usize::from(passes);
                met[cell as usize] += 1;
            }
            walked += 1;
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
        let places = (walk.start..self.rows.len()).chain(0..walk.start).take(walked);
        nth_of(&self.rows, places, &scratch.winners, wanted)
    }

    fn find_feasible(&self, scratch: &mut Scratch) {
        let Scratch { judged, met, feasible, .. } = scratch;
        feasible.clear();
        for (group, judged) in judged.iter().enumerate() {
            let scored = &self.groups[group].scored;
            if judged.is_none() && scored.iter().any(|(_, cell)| met[*cell as usize] > 0) {
                feasible.push(number(group));
            }
        }
    }

    /// What the relative scores add to each feasible group. Where there is only one, they cannot
    /// change the choice.
    fn add_bonuses(&self, pod: PodView<'_>, scratch: &mut Scratch) {
        let Scratch { met, feasible, bonus, .. } = scratch;
        bonus.clear();
        bonus.resize(feasible.len(), 0);
        if feasible.len() > 1 {
            let kinds = self.kinds(feasible, met);
            for (_, scores) in self.inquiry.relative_scores(pod, &self.standings, &kinds) {
                bonus.iter_mut().zip(scores).for_each(|(bonus, score)| *bonus += score);
            }
        }
    }

    fn kinds(&self, feasible: &[u32], met: &[u32]) -> Vec<Kind<'_>> {
        let kind = |group: &u32| {
            let group = &self.groups[*group as usize];
            let nodes = group.scored.iter().map(|(_, cell)| met[*cell as usize] as usize).sum();
            Kind { nodes, grades: &group.grades, shares: &group.shares }
        };
        feasible.iter().map(kind).collect()
    }

    /// The cells with the highest total; how many nodes they hold.
    fn find_winners(&self, scratch: &mut Scratch) -> usize {
        let Scratch { met, feasible, bonus, winners, .. } = scratch;
        let mut best = i64::MIN;
        let mut ties = 0;
        winners.clear();
        for (group, bonus) in feasible.iter().zip(bonus) {
            let scored = &self.groups[*group as usize].scored;
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

    /// What all nodes together say to a pod that none of them takes.
    pub fn refusal(&mut self, pod: PodView<'_>, world: &World) -> (Refusal, Vec<Rejection>) {
        let mut refusal = Refusal { nodes: self.rows.len(), ..Refusal::default() };
        let mut rejections = Vec::new();
        let taken_out = self.take_out(pod, world);
        let mut scratch = Scratch::default();
        self.judge_groups(pod, &mut scratch);
        for (cell, held) in self.held.iter().enumerate().filter(|(_, held)| **held > 0) {
            if let Some(rejection) = self.verdict(number(cell), &scratch.judged) {
                refusal.add(rejection.reasons.as_slice(), *held as usize);
                rejections.push(rejection);
            }
        }
        for out in &taken_out {
            refusal.add(out.rejection.reasons.as_slice(), 1);
            rejections.push(out.rejection.clone());
        }
        self.put_back(taken_out);
        (refusal, rejections)
    }

    /// What nodes of a cell say in the end.
    fn verdict(&self, cell: u32, judged: &[Option<Rejection>]) -> Option<Rejection> {
        let cell = self.cells[cell as usize];
        let own = match cell.answer {
            Answer::Score(_) => None,
            Answer::Refusal(refusal) => self.refusals.get_index(refusal as usize).cloned(),
        };
        first_of(own, judged[cell.group as usize].clone())
    }

    /// Everything there is to know about one cycle, as [`plain::evaluate`] tells it.
    pub fn evaluation(&mut self, pod: PodView<'_>, world: &World, walk: Walk) -> Evaluation {
        self.catch_up(pod, world);
        let mut scratch = Scratch::default();
        self.judge_groups(pod, &mut scratch);
        let mut evaluation = Evaluation { nodes: self.rows.len(), ..Evaluation::default() };
        if let Some(node) = self.as_nominated(pod, world) {
            evaluation.as_nominated = true;
            evaluation.verdicts = vec![(node, None)];
        } else {
            let taken_out = self.take_out(pod, world);
            let walked = self.meet(walk, &mut scratch);
            for step in 0..walked {
                let place = (walk.start + step) % self.rows.len();
                let verdict = match self.rows[place] {
                    NO_CELL => {
                        taken_out.iter().find(|o| o.place == place).map(|o| o.rejection.clone())
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
        let groups: Vec<u32> =
            places.iter().map(|place| self.cells[self.rows[*place] as usize].group).collect();
        let kinds: Vec<Kind<'_>> = groups
            .iter()
            .map(|group| &self.groups[*group as usize])
            .map(|group| Kind { nodes: 1, grades: &group.grades, shares: &group.shares })
            .collect();
        let relative = self.inquiry.relative_scores(pod, &self.standings, &kinds);
        for (at, place) in places.into_iter().enumerate() {
            let node = world.registered()[place];
            let mut by_plugin: Vec<_> = self.inquiry.own_scores(pod, world.view(node)).collect();
            let own = match self.cells[self.rows[place] as usize].answer {
                Answer::Score(score) => score,
                Answer::Refusal(_) => by_plugin.iter().map(|(_, score)| score).sum(),
            };
            by_plugin.extend(relative.iter().map(|(plugin, scores)| (*plugin, scores[at])));
            let total = own + relative.iter().map(|(_, scores)| scores[at]).sum::<i64>();
            evaluation.scores.push(Scored { node, total, by_plugin });
        }
    }
}

/// The `wanted`-th of `places` whose row is one of `winners`.
fn nth_of(
    rows: &[u32],
    places: impl Iterator<Item = usize>,
    winners: &[u32],
    wanted: usize,
) -> Option<usize> {
    places.filter(|place| winners.contains(&rows[*place])).nth(wanted)
}

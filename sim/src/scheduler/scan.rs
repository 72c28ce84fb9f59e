//! One decision about a pod of a size that is rare: all that does not depend on its size is remembered,
//! and what does is worked out on the walk, of many nodes at once.
//!
//! It only ever finds a node. Where none takes the pod, or pods are nominated to nodes, there is more to
//! say, and a ranking of the pod's own size says it.

use super::columns::{AT_ONCE, Columns};
use super::decide::{Found, Ranked, Scratch};
use super::framework::{Filter, PodView, Score, Scorer, Verdict};
use super::plain::Walk;
use super::profile::Profile;
use crate::model::node::NodeId;
use crate::world::World;

/// What is known of nodes whatever the size of a pod, and what size matters to; both up to date.
pub struct Scan<'r> {
    pub(super) ranked: Ranked<'r>,
    pub(super) columns: &'r Columns,
}

/// What depends on the size of a pod.
struct BySize<'p> {
    filters: Vec<&'p dyn Filter>,
    scores: Vec<(&'p dyn Score, f64)>,
}

impl Scan<'_> {
    /// A node, and how many were asked, if this is enough to find one; `pick` says which of several
    /// equally good ones.
    pub fn decide(
        self,
        profile: &Profile,
        pod: PodView<'_>,
        world: &World,
        walk: Walk,
        scratch: &mut Scratch,
        pick: impl FnOnce(usize) -> usize,
    ) -> Option<(NodeId, usize)> {
        if world.placement().nominations().next().is_some() {
            return None;
        }
        self.ranked.judge(pod, scratch);
        let walked = self.meet(&BySize::of(profile, pod), pod, world, walk, scratch);
        self.ranked.find_feasible(scratch);
        self.ranked.add_bonuses(pod, scratch);
        let place = self.choose(scratch, pick)?;
        Some((world.registered()[place], walked))
    }

    /// Finds nodes until there are enough; how many were asked.
    fn meet(
        &self,
        by_size: &BySize<'_>,
        pod: PodView<'_>,
        world: &World,
        walk: Walk,
        scratch: &mut Scratch,
    ) -> usize {
        let rows = &self.ranked.ranking.rows;
        let Scratch { passes, met, found, .. } = scratch;
        found.clear();
        met.clear();
        met.resize(passes.len(), 0);
        let pieces = |from: usize, to: usize| {
            (from..to).step_by(AT_ONCE).map(move |first| first..to.min(first + AT_ONCE))
        };
        let mut walked = 0;
        for places in pieces(walk.start, rows.len()).chain(pieces(0, walk.start)) {
            let first = places.start;
            let rows = &rows[places];
            let mut open = [false; AT_ONCE];
            let open = &mut open[..rows.len()];
            for (open, cell) in open.iter_mut().zip(rows) {
                *open = passes[*cell as usize];
            }
            by_size.filter(pod, self.columns, first, open, world);
            if open.contains(&true) {
                let mut scores = [0.0; AT_ONCE];
                let scores = &mut scores[..rows.len()];
                by_size.score(pod, self.columns, first, scores, world);
                for (at, ((open, cell), score)) in open.iter().zip(rows).zip(scores).enumerate() {
                    if *open {
                        // Upstream notices that it has enough when it finds one too many.
                        if found.len() == walk.enough {
                            return walked + at;
                        }
                        met[*cell as usize] += 1;
                        found.push(Found { place: first + at, cell: *cell, score: *score });
                    }
                }
            }
            walked += rows.len();
        }
        walked
    }

    /// The place of the winner among those that were found.
    fn choose(&self, scratch: &mut Scratch, pick: impl FnOnce(usize) -> usize) -> Option<usize> {
        let Scratch { feasible, bonus, totals, found, met, .. } = scratch;
        totals.clear();
        totals.resize(met.len(), 0.0);
        for (group, bonus) in feasible.iter().zip(bonus) {
            for (score, cell) in &self.ranked.ranking.groups[*group as usize].scored {
                // Both are small.
                totals[*cell as usize] = (score + *bonus) as f64;
            }
        }
        let mut best = f64::NEG_INFINITY;
        for found in found.iter_mut() {
            found.score += totals[found.cell as usize];
            best = best.max(found.score);
        }
        let winners = || found.iter().filter(|found| found.score >= best);
        let ties = winners().count();
        let wanted = if ties > 1 { pick(ties) } else { 0 };
        winners().nth(wanted).map(|found| found.place)
    }
}

impl<'p> BySize<'p> {
    fn of(profile: &'p Profile, pod: PodView<'_>) -> BySize<'p> {
        let filters = profile.filters.iter().map(|(_, filter)| &**filter);
        let scores = profile.scores.iter().filter_map(|(_, scorer, weight)| match scorer {
            Scorer::Own(score) => Some((&**score, *weight as f64)),
            Scorer::Relative(_) => None,
        });
        BySize {
            filters: filters.filter(|filter| filter.reads_size()).collect(),
            scores: scores.filter(|(it, _)| it.reads_size() && it.applies(pod.spec)).collect(),
        }
    }

    /// Rules out nodes from a place on.
    fn filter(
        &self,
        pod: PodView<'_>,
        columns: &Columns,
        first: usize,
        open: &mut [bool],
        world: &World,
    ) {
        for filter in &self.filters {
            if !filter.check_at_once(pod.spec, columns, first, open) {
                for (open, node) in open.iter_mut().zip(&world.registered()[first..]) {
                    *open = *open && filter.check(pod, world.view(*node)) == Verdict::Pass;
                }
            }
        }
    }

    /// Adds up what nodes score from a place on.
    fn score(
        &self,
        pod: PodView<'_>,
        columns: &Columns,
        first: usize,
        sums: &mut [f64],
        world: &World,
    ) {
        for (score, weight) in &self.scores {
            if !score.score_at_once(pod.spec, *weight, columns, first, sums) {
                for (sum, node) in sums.iter_mut().zip(&world.registered()[first..]) {
                    // From 0 to 100.
                    *sum += weight * score.score(pod.spec, world.view(*node)) as f64;
                }
            }
        }
    }
}

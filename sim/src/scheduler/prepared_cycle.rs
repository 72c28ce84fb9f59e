//! What one pod asks of every node: its filters and scores, made ready for one cycle.
//!
//! The answer of a node has two parts. One follows from the node alone; the other from how the sums
//! stand around it. Plain and incremental evaluation put the same two parts
//! together; they differ only in what they remember of the first.

use std::sync::Arc;

use super::framework::{
    Candidates, Code, Feasible, Filter, NodeView, PodView, Prepared, Reasons, RelativeScore, Score,
    Verdict,
};
use super::plugins::taint_toleration;
use super::profile::{Profile, Scorer};
use super::sums::{Around, Share, Standing, Sum};
use crate::fact::refusal::UnschedulableReason;
use crate::world::World;

/// Status for a node that was ruled out by a pod's own list of nodes.
pub const OUTSIDE: UnschedulableReason =
    UnschedulableReason::Text("node(s) didn't satisfy plugin(s) [NodeAffinity]");

/// The filters and scores that concern one pod.
pub struct PreparedCycle {
    filters: Vec<Asked<Arc<dyn Filter>>>,
    scores: Vec<Weighed<Arc<dyn Score>>>,
    relative: Vec<Weighed<Arc<dyn RelativeScore>>>,
    /// Those of the filters first.
    sums: Vec<Sum>,
    /// How many of them filters read.
    filter_sums: usize,
    only: Option<Only>,
}

/// The nodes to which a pod is restricted from the outset.
pub struct Only {
    /// Those nodes.
    pub candidates: Candidates,
    /// Who restricted it: its place in the profile.
    pub by: usize,
}

/// A filter with its place in the profile, its name and its share of the sums.
struct Asked<F> {
    place: usize,
    name: &'static str,
    filter: F,
    first_sum: usize,
    sums: usize,
}

/// A score with its name, its weight and its share of the sums.
struct Weighed<S> {
    name: &'static str,
    score: S,
    weight: i64,
    first_sum: usize,
    sums: usize,
}

/// The grade of nodes to a score that reads sums: it knows nothing of a node by itself.
const NO_GRADE: i64 = 0;

/// A refusal: of one node, or of the pod altogether.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rejection {
    /// The place in the profile of the plugin that refused. The first one counts.
    pub place: usize,
    /// Its name; none when the node was ruled out before filtering.
    pub plugin: Option<&'static str>,
    /// Whether removing pods could help.
    pub code: Code,
    /// Why.
    pub reasons: Reasons,
}

impl PreparedCycle {
    /// Asks every plugin about the pod alone.
    ///
    /// # Errors
    /// A refusal that holds for every node, whatever it is.
    // kube-scheduler: framework/runtime/framework.go RunPreFilterPlugins, RunPreScorePlugins
    pub fn of(
        profile: &Profile,
        pod: PodView<'_>,
        world: &World,
    ) -> Result<PreparedCycle, Rejection> {
        let mut cycle = PreparedCycle {
            filters: Vec::with_capacity(profile.filters.len()),
            scores: Vec::new(),
            relative: Vec::new(),
            sums: Vec::new(),
            filter_sums: 0,
            only: None,
        };
        let mut refused: Option<Rejection> = None;
        for (place, (name, filter)) in profile.filters.iter().enumerate() {
            match filter.prepare(pod, world) {
                Prepared::Skip => continue,
                Prepared::Run => {}
                Prepared::Only(nodes) => cycle.restrict(nodes, place),
                Prepared::Reject(code, reasons) => {
                    let plugin = Some(*name);
                    let rejection = Rejection { place, plugin, code, reasons };
                    // What no removal of pods can change ends the cycle at once; anything else
                    // lets the other plugins have their say.
                    if code == Code::UnschedulableAndUnresolvable {
                        return Err(rejection);
                    }
                    refused = refused.or(Some(rejection));
                }
            }
            let sums = filter.sums(pod);
            let (first_sum, count) = (cycle.sums.len(), sums.len());
            cycle.sums.extend(sums);
            let filter = Arc::clone(filter);
            cycle.filters.push(Asked { place, name, filter, first_sum, sums: count });
        }
        if let Some(rejection) = refused {
            return Err(rejection);
        }
        cycle.filter_sums = cycle.sums.len();
        for (name, scorer, weight) in &profile.scores {
            cycle.weigh(name, scorer, *weight, pod);
        }
        Ok(cycle)
    }

    /// The same without what depends on how much the pod asks for.
    #[must_use]
    pub fn whatever_the_size(mut self) -> PreparedCycle {
        self.filters.retain(|asked| !asked.filter.reads_size());
        self.scores.retain(|weighed| !weighed.score.reads_size());
        self
    }

    fn restrict(&mut self, candidates: Candidates, by: usize) {
        self.only = Some(match self.only.take() {
            None => Only { candidates, by },
            Some(mut only) => {
                only.candidates.nodes.retain(|node| candidates.nodes.contains(node));
                only.candidates.names.retain(|name| candidates.names.contains(name));
                only
            }
        });
    }

    fn weigh(&mut self, name: &'static str, scorer: &Scorer, weight: i64, pod: PodView<'_>) {
        let first_sum = self.sums.len();
        match scorer {
            Scorer::Own(score) if score.applies(pod.spec) => {
                let score = Arc::clone(score);
                self.scores.push(Weighed { name, score, weight, first_sum, sums: 0 });
            }
            Scorer::Relative(score) if score.applies(pod) => {
                let sums = score.sums(pod);
                let (score, count) = (Arc::clone(score), sums.len());
                self.sums.extend(sums);
                self.relative.push(Weighed { name, score, weight, first_sum, sums: count });
            }
            Scorer::Own(_) | Scorer::Relative(_) => {}
        }
    }

    /// The nodes to which the pod is restricted, if it is.
    pub fn only(&self) -> Option<&Only> {
        self.only.as_ref()
    }

    /// The sums that are read, in order.
    pub fn sums(&self) -> &[Sum] {
        &self.sums
    }

    /// Every sum, with nothing added up yet.
    pub fn standings(&self, world: &World) -> Vec<Standing> {
        self.sums.iter().map(|sum| Standing::new(sum.is_per_node(world))).collect()
    }

    /// What one node contributes to each sum.
    pub fn shares<'i>(
        &'i self,
        pod: PodView<'i>,
        node: NodeView<'i>,
    ) -> impl ExactSizeIterator<Item = Share> + 'i {
        self.sums.iter().map(move |sum| sum.share(pod.spec, node))
    }

    /// What each relative score knows of a node by itself.
    pub fn grades<'i>(
        &'i self,
        pod: PodView<'i>,
        node: NodeView<'i>,
    ) -> impl Iterator<Item = i64> + 'i {
        self.graded().map(move |weighed| weighed.score.grade(pod, node))
    }

    /// The relative scores that know something of a node by itself: those that read no sums.
    fn graded(&self) -> impl Iterator<Item = &Weighed<Arc<dyn RelativeScore>>> {
        self.relative.iter().filter(|weighed| weighed.sums == 0)
    }

    /// The first refusal of a node by itself.
    pub fn own_rejection(&self, pod: PodView<'_>, node: NodeView<'_>) -> Option<Rejection> {
        if node.is_lost() {
            return Some(self.unreachable());
        }
        self.filters.iter().find_map(|asked| asked.rejection(asked.filter.check(pod, node)))
    }

    /// What a node of which nothing but the object is left answers, from the first moment and even to
    /// pods that tolerate its taint: they would wait there until it is deleted.
    fn unreachable(&self) -> Rejection {
        let taints = self.filters.iter().find(|asked| asked.name == taint_toleration::NAME);
        Rejection {
            place: taints.map_or(0, |asked| asked.place),
            plugin: Some(taint_toleration::NAME),
            code: Code::UnschedulableAndUnresolvable,
            reasons: Reasons::One(UnschedulableReason::Text(taint_toleration::UNTOLERATED)),
        }
    }

    /// The sum of a node's own weighted scores.
    pub fn own_score(&self, pod: PodView<'_>, node: NodeView<'_>) -> i64 {
        self.scores.iter().map(|s| s.weight * s.score.score(pod.spec, node)).sum()
    }

    /// Each of a node's own weighted scores.
    pub fn own_scores(
        &self,
        pod: PodView<'_>,
        node: NodeView<'_>,
    ) -> impl Iterator<Item = (&'static str, i64)> {
        self.scores.iter().map(move |s| (s.name, s.weight * s.score.score(pod.spec, node)))
    }

    /// The first refusal of a node by its domains.
    pub fn judge(
        &self,
        pod: PodView<'_>,
        standings: &[Standing],
        shares: &[Share],
    ) -> Option<Rejection> {
        self.judge_by(pod, standings, shares, |_| true)
    }

    /// The first refusal of a node by its domains, by those filters that do not skip.
    fn judge_by(
        &self,
        pod: PodView<'_>,
        standings: &[Standing],
        shares: &[Share],
        takes_part: impl Fn(&Asked<Arc<dyn Filter>>) -> bool,
    ) -> Option<Rejection> {
        let mut judges = self.filters.iter().filter(|asked| asked.sums > 0 && takes_part(asked));
        judges.find_map(|asked| {
            let around = asked.around(standings, shares);
            asked.rejection(asked.filter.judge(pod, around))
        })
    }

    /// The first refusal of one node, if any: the one truth about whether a pod fits.
    pub fn first_rejection(
        &self,
        pod: PodView<'_>,
        node: NodeView<'_>,
        standings: &[Standing],
    ) -> Option<Rejection> {
        if let Some(only) = &self.only
            && !only.candidates.nodes.contains(&node.id())
        {
            return Some(Rejection::outside(only));
        }
        let own = self.own_rejection(pod, node);
        let shares: Vec<Share> = self.shares(pod, node).collect();
        first_of(own, self.judge(pod, standings, &shares))
    }

    /// The first refusal of a node as if it had this load, while all else is as it stands.
    pub fn rejection_with_load(
        &self,
        pod: PodView<'_>,
        node: NodeView<'_>,
        load: &crate::world::load::NodeLoad,
        standings: &[Standing],
    ) -> Option<Rejection> {
        let loaded = node.with_load(load);
        let own = self.own_rejection(pod, loaded);
        if self.filter_sums == 0 {
            return own;
        }
        let after: Vec<Share> = self.shares(pod, loaded).take(self.filter_sums).collect();
        let before: Vec<Share> = self.shares(pod, node).take(self.filter_sums).collect();
        let mut changed = standings[..self.filter_sums].to_vec();
        for ((standing, before), after) in changed.iter_mut().zip(&before).zip(&after) {
            standing.take(*before);
            standing.add(*after);
        }
        // Who skips is settled before anything is tried out.
        let takes_part = |asked: &Asked<Arc<dyn Filter>>| {
            !asked.filter.skips(pod, asked.around(standings, &before))
        };
        first_of(own, self.judge_by(pod, &changed, &after, takes_part))
    }

    /// The weighted relative scores of kinds of feasible nodes: of each plugin, of each kind.
    // kube-scheduler: framework/runtime/framework.go RunScorePlugins (NormalizeScore, weights)
    pub fn relative_scores(
        &self,
        pod: PodView<'_>,
        standings: &[Standing],
        kinds: &[Kind<'_>],
    ) -> Vec<(&'static str, Vec<i64>)> {
        let mut scores = Vec::with_capacity(self.relative.len());
        let mut graded = 0;
        for weighed in &self.relative {
            let at = (weighed.sums == 0).then_some(graded);
            graded += usize::from(weighed.sums == 0);
            let sums = weighed.first_sum..weighed.first_sum + weighed.sums;
            let standings = &standings[sums.clone()];
            let around: Vec<Around<'_>> =
                kinds.iter().map(|k| Around::new(standings, &k.shares[sums.clone()])).collect();
            let score = &weighed.score;
            if around.first().is_none_or(|around| score.skips(pod, *around)) {
                continue;
            }
            let compared: Vec<bool> =
                around.iter().map(|around| !score.ignores(pod, *around)).collect();
            let feasible = compare(kinds, &compared, sums.clone(), standings);
            let raw: Vec<i64> = kinds
                .iter()
                .zip(&around)
                .map(|(kind, around)| {
                    let grade = at.map_or(NO_GRADE, |at| kind.grades[at]);
                    score.raw(pod, grade, *around, &feasible)
                })
                .collect();
            let among = || raw.iter().zip(&compared).filter(|(_, is)| **is).map(|(raw, _)| *raw);
            let (min, max) = (among().min().unwrap_or(0), among().max().unwrap_or(0));
            let normalized = raw.iter().zip(&compared).map(|(raw, compared)| {
                if *compared { weighed.weight * score.normalize(*raw, min, max) } else { 0 }
            });
            scores.push((weighed.name, normalized.collect()));
        }
        scores
    }
}

/// Feasible nodes that no relative score can tell apart.
pub struct Kind<'k> {
    /// How many there are.
    pub nodes: usize,
    /// What the relative scores know of each.
    pub grades: &'k [i64],
    /// Where each stands in the sums.
    pub shares: &'k [Share],
}

/// How many nodes are compared, and in how many domains of each sum they are.
fn compare(
    kinds: &[Kind<'_>],
    compared: &[bool],
    sums: std::ops::Range<usize>,
    standings: &[Standing],
) -> Feasible {
    let among = || kinds.iter().zip(compared).filter(|(_, is)| **is).map(|(kind, _)| kind);
    let nodes = among().map(|kind| kind.nodes).sum();
    let domains = sums.zip(standings).map(|(sum, standing)| {
        if standing.is_per_node() {
            let (with, without): (Vec<_>, Vec<_>) =
                among().partition(|kind| kind.shares[sum].domain().is_some());
            let with: usize = with.iter().map(|kind| kind.nodes).sum();
            return with + usize::from(!without.is_empty());
        }
        let mut domains: Vec<_> = among().map(|kind| kind.shares[sum].domain()).collect();
        domains.sort_unstable();
        domains.dedup();
        domains.len()
    });
    Feasible { nodes, domains: domains.collect() }
}

impl<F> Asked<F>
where
    F: std::ops::Deref<Target = dyn Filter>,
{
    /// Its share of the sums.
    fn around<'a>(&self, standings: &'a [Standing], shares: &'a [Share]) -> Around<'a> {
        let sums = self.first_sum..self.first_sum + self.sums;
        Around::new(&standings[sums.clone()], &shares[sums])
    }

    fn rejection(&self, verdict: Verdict) -> Option<Rejection> {
        let Verdict::Reject(code, reasons) = verdict else { return None };
        let (place, plugin) = (self.place, Some(self.name));
        Some(Rejection { place, plugin, code, reasons })
    }
}

impl Rejection {
    /// What nodes outside a pod's own list hear.
    pub fn outside(only: &Only) -> Rejection {
        Rejection {
            place: only.by,
            plugin: None,
            code: Code::UnschedulableAndUnresolvable,
            reasons: Reasons::One(OUTSIDE),
        }
    }
}

/// Of two refusals the one by the earlier plugin.
pub fn first_of(one: Option<Rejection>, other: Option<Rejection>) -> Option<Rejection> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.place < one.place { other } else { one }),
        (one, other) => one.or(other),
    }
}

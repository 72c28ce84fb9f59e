//! An experiment: variants of a cluster, each simulated in the same replications.
//!
//! All variants of a replication share its random streams (common random numbers): they meet the same
//! market, so that their difference varies far less than either of them.

mod runs;
mod threads;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use reports::folds::series::Series;
use reports::rules::{Outcome, Watch};
use reports::summary::Change;
use reports::{Figures, Fold};
use scenarios::Scenario;
use sim::fact::refusal::Refusals;
use sim::packed::{self, Packer};
use sim::{Fact, Legend, Root, Run, Setup, SimTime, Sink, Stop, run_unless};

pub use runs::{Runs, VariantRuns};

use crate::Error;
use crate::store::Store;

/// How many replications make intervals narrow enough for most questions.
pub const REPLICATIONS: u32 = 400;

/// One way to run a cluster, under a name.
#[derive(Clone)]
pub struct Variant {
    /// What it is called in results.
    pub name: String,
    /// What it changes in the scenario that the experiment is about, as results say it.
    pub changes: Vec<Change>,
    /// What is simulated.
    pub setup: Setup,
    /// What is kept of its runs beside their figures.
    pub keep: Keep,
    /// Only this many replications of it are made, the first ones; all if none is given.
    pub limit: Option<u32>,
}

impl Variant {
    /// A variant that is made in every replication, and of which figures are kept.
    #[must_use]
    pub fn new(name: impl Into<String>, setup: Setup) -> Variant {
        let changes = Vec::new();
        Variant { name: name.into(), changes, setup, keep: Keep::default(), limit: None }
    }

    /// A scenario as a variant, with all that was changed in it since it was read.
    #[must_use]
    pub fn of(name: impl Into<String>, scenario: &Scenario) -> Variant {
        let changes = scenario.changes();
        let own = |(path, value): (&str, &str)| Change { path: path.into(), value: value.into() };
        Variant {
            changes: changes.map(own).collect(),
            ..Variant::new(name, scenario.setup.clone())
        }
    }
}

/// What is kept of the runs of a variant beside their figures. Each takes time or memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Keep {
    /// Money, nodes and waiting times over time, summed over replications.
    pub series: bool,
    /// How the placement rules fared.
    pub rules: bool,
    /// The facts of the first replication.
    pub facts: bool,
}

/// Variants, and the replications in which each of them is simulated.
#[derive(Clone)]
pub struct Experiment {
    /// What is compared. Variants of one replication run one after the other, so that an experiment
    /// that is stopped early has whole pairs.
    pub variants: Vec<Variant>,
    /// The seed of all replications.
    pub seed: u64,
    /// Which replications: a later part of an experiment continues an earlier one.
    pub replications: Range<u32>,
    /// How many threads; all cores if none is given. Results do not depend on it.
    pub threads: Option<usize>,
}

/// How far an experiment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// How many replications are finished, of all variants.
    pub finished: u32,
    /// How many there are.
    pub of: u32,
}

/// What one run is folded into.
struct Observed {
    fold: Fold,
    watch: Option<Watch>,
    facts: Option<Vec<(SimTime, Fact)>>,
}

impl Sink for Observed {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.fold.fact(at, fact);
        if let Some(watch) = &mut self.watch {
            watch.fact(at, fact);
        }
        if let Some(facts) = &mut self.facts {
            facts.fact(at, fact);
        }
    }
}

/// What is left of one run.
struct Kept {
    figures: (Figures, Run),
    outcomes: Option<Vec<Outcome>>,
}

impl Experiment {
    /// Runs all replications, or those that are finished when `stop` is wanted; `seen` is called
    /// after each.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub fn run(&self, stop: Stop<'_>, seen: impl Fn(Progress) + Sync) -> Result<Runs, Error> {
        self.run_kept(None, stop, &seen)
    }

    /// The same with a store: what it has of a run is not simulated again, and every other run goes
    /// there once it is finished. What comes out does not depend on it.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub fn run_kept(
        &self,
        store: Option<&dyn Store>,
        stop: Stop<'_>,
        seen: &(dyn Fn(Progress) + Sync),
    ) -> Result<Runs, Error> {
        let legends: Vec<Legend> = self.variants.iter().map(|it| Legend::of(&it.setup)).collect();
        let sums: Vec<_> = legends.iter().map(|it| Mutex::new(Series::new(it))).collect();
        // Runs with one digest say the same. Where nothing happens in most replications, these share what
        // they come to.
        let known: Vec<_> = legends.iter().map(|_| Mutex::new(BTreeMap::new())).collect();
        let recorded: Vec<_> = legends.iter().map(|_| Mutex::new(None)).collect();
        let begin = |variant: usize, root: Root| {
            let (keep, legend) = (self.variants[variant].keep, &legends[variant]);
            let first = root.replication == self.replications.start;
            Observed {
                fold: Fold::new(legend),
                watch: keep.rules.then(|| Watch::new(legend)),
                facts: (keep.facts && first).then(Vec::new),
            }
        };
        let end = |variant: usize, observed: Observed, run: Run| {
            let (figures, series) = observed.fold.finish(&run);
            let figures = {
                let mut known = known[variant].lock().unwrap_or_else(PoisonError::into_inner);
                known.entry(run.digest).or_insert(figures).clone()
            };
            if self.variants[variant].keep.series {
                // Runs end in any order, which sums of integers do not show.
                sums[variant].lock().unwrap_or_else(PoisonError::into_inner).add(&series);
            }
            let outcomes = observed.watch.map(Watch::finish);
            // Only recorded facts refer to refusals.
            let refusals =
                if observed.facts.is_some() { run.refusals } else { Refusals::default() };
            if let Some(facts) = observed.facts {
                *recorded[variant].lock().unwrap_or_else(PoisonError::into_inner) = Some(facts);
            }
            let run = Run { refusals, ..run };
            Kept { figures: (figures, run), outcomes }
        };
        let kept = self.observe_kept(store, stop, seen, begin, end)?;
        let variants = self.variants.iter().zip(legends).zip(sums).zip(recorded).zip(kept);
        let variants = variants.map(|((((variant, legend), sum), facts), kept)| {
            let series = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
            let facts = facts.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut runs = VariantRuns {
                name: variant.name.clone(),
                changes: variant.changes.clone(),
                legend,
                runs: Vec::with_capacity(kept.len()),
                series: variant.keep.series.then_some(series),
                outcomes: Vec::new(),
                // After a stop the first run may be one of those that have no result.
                facts: facts.filter(|_| !kept.is_empty()),
            };
            for kept in kept {
                runs.runs.push(kept.figures);
                runs.outcomes.extend(kept.outcomes);
            }
            runs
        });
        Ok(Runs { seed: self.seed, variants: variants.collect() })
    }

    /// Runs all replications with sinks of one's own: `begin` makes the sink of a run of a variant,
    /// `end` turns it into what is kept. The runs of each variant, in the order of the replications.
    ///
    /// Once `stop` is wanted no further replication begins, and those that run have no result. Only
    /// those before the first missing one are returned.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub fn observe<S: Sink, K: Send>(
        &self,
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
        begin: impl Fn(usize, Root) -> S + Sync,
        end: impl Fn(usize, S, Run) -> K + Sync,
    ) -> Result<Vec<Vec<K>>, Error> {
        self.observe_kept(None, stop, seen, begin, end)
    }

    /// The same with a store.
    fn observe_kept<S: Sink, K: Send>(
        &self,
        store: Option<&dyn Store>,
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
        begin: impl Fn(usize, Root) -> S + Sync,
        end: impl Fn(usize, S, Run) -> K + Sync,
    ) -> Result<Vec<Vec<K>>, Error> {
        let of = u32::try_from(self.replications.len()).unwrap_or(u32::MAX);
        let finished = AtomicU32::new(0);
        let one = |replication: u32| -> Option<Vec<K>> {
            let root = Root { seed: self.seed, replication };
            let mut kept = Vec::with_capacity(self.made_in(replication).count());
            for (index, variant) in self.made_in(replication) {
                let new = || begin(index, root);
                let (sink, run) = match store {
                    Some(store) => stored(store, (index, variant), (root, stop), new)?,
                    None => {
                        let mut sink = new();
                        let run = run_unless(stop, &variant.setup, root, &mut sink)?;
                        (sink, run)
                    }
                };
                kept.push(end(index, sink, run));
            }
            seen(Progress { finished: finished.fetch_add(1, Ordering::Relaxed) + 1, of });
            Some(kept)
        };
        let replications = self.replications.clone();
        let pool = threads::pool(self.threads, of)?;
        let made = pool.install(|| replicate(replications, stop, one));
        let limit = |it: &Variant| it.limit.map_or(usize::MAX, |limit| limit as usize);
        let sizes = self.variants.iter().map(|it| limit(it).min(made.len()));
        let mut kept: Vec<Vec<K>> = sizes.map(Vec::with_capacity).collect();
        for (replication, own) in self.replications.clone().zip(made) {
            for ((index, _), one) in self.made_in(replication).zip(own) {
                kept[index].push(one);
            }
        }
        Ok(kept)
    }

    /// The variants that are simulated in a replication, by their numbers.
    fn made_in(&self, replication: u32) -> impl Iterator<Item = (usize, &Variant)> {
        let made = replication - self.replications.start;
        let all = self.variants.iter().enumerate();
        all.filter(move |(_, it)| it.limit.is_none_or(|limit| made < limit))
    }
}

/// A run with what saw it: as it is in the store, or else simulated and put there.
fn stored<S: Sink>(
    store: &dyn Store,
    (index, variant): (usize, &Variant),
    (root, stop): (Root, Stop<'_>),
    new: impl Fn() -> S,
) -> Option<(S, Run)> {
    if let Some(bytes) = store.get(index, root.replication) {
        let mut sink = new();
        if let Some(run) = packed::unpack(&bytes, &mut sink) {
            return Some((sink, run));
        }
    }
    let mut packer = Packer::new(new());
    let run = run_unless(stop, &variant.setup, root, &mut packer)?;
    let (bytes, sink) = packer.finish(&run);
    store.put(index, root.replication, &bytes);
    Some((sink, run))
}

/// Calls `run` for each replication, in parallel, one thread each. The results come in the order of
/// the replications, so that it cannot be seen which thread was faster.
fn replicate<T: Send>(
    replications: Range<u32>,
    stop: Stop<'_>,
    run: impl Fn(u32) -> Option<T> + Sync,
) -> Vec<T> {
    let results: Vec<Option<T>> = replications
        .into_par_iter()
        .map(|replication| if stop.is_wanted() { None } else { run(replication) })
        .collect();
    results.into_iter().map_while(|result| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    fn experiment(replications: Range<u32>, threads: usize) -> Experiment {
        let setup = Scenario::library("web-on-spot").unwrap().setup;
        let mut spot = Variant::new("spot", setup.clone());
        spot.keep = Keep { series: true, rules: true, facts: true };
        let limited = Variant { limit: Some(1), ..Variant::new("on-demand", setup.on_demand()) };
        Experiment { variants: vec![spot, limited], seed: 7, replications, threads: Some(threads) }
    }

    fn digests(runs: &VariantRuns) -> Vec<u64> {
        runs.runs.iter().map(|(_, run)| run.digest).collect()
    }

    #[test]
    fn what_is_stopped_early_has_no_gaps() {
        let wish = AtomicBool::new(false);
        let results = replicate(0..1_000, Stop::once(&wish), |replication| {
            wish.fetch_or(replication == 300, Ordering::Relaxed);
            (replication != 200).then_some(replication)
        });
        assert!(results.len() <= 200);
        assert!(results.iter().copied().eq(0..u32::try_from(results.len()).unwrap()));
    }

    #[test]
    fn a_range_continues_an_experiment_on_any_number_of_threads() {
        let whole = experiment(0..4, 2).run(Stop::NEVER, |_| {}).unwrap();
        let parts = [0..1, 1..4].map(|it| experiment(it, 1).run(Stop::NEVER, |_| {}).unwrap());
        let [spot, on_demand] = &whole.variants[..] else { panic!("two variants") };
        let joined: Vec<u64> = parts.iter().flat_map(|it| digests(&it.variants[0])).collect();
        assert_eq!(digests(spot), joined);
        assert_eq!((spot.runs.len(), on_demand.runs.len()), (4, 1), "one of them is limited");
        assert!(spot.facts.is_some() && on_demand.facts.is_none());
        assert!(spot.series.as_ref().is_some_and(|series| series.replications == 4));
    }

    #[test]
    fn each_finished_replication_is_seen() {
        let seen = Mutex::new(Vec::new());
        let push = |progress: Progress| seen.lock().unwrap().push(progress.finished);
        experiment(2..5, 2).run(Stop::NEVER, push).unwrap();
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3]);
    }

    #[test]
    fn an_experiment_that_is_stopped_at_once_is_empty() {
        let runs = experiment(0..4, 2).run(Stop::once(&AtomicBool::new(true)), |_| {}).unwrap();
        assert!(runs.is_empty());
    }
}

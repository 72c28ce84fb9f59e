//! Optimising: the cheapest setting that keeps every expectation, by successive halving.
//!
//! All settings get a few replications, the same for all. Those that certainly fail an expectation are
//! out; of the others the cheaper half gets twice as many, and so on. In the end settings are confirmed from
//! the cheapest on, each with all replications, until one keeps every expectation.
// K. Jamieson and A. Talwalkar, Non-stochastic best arm identification, AISTATS 2016: halving by a budget

use std::cmp::Ordering;

use reports::settings::{Found, Optimum, Setting};
use sim::Stop;

use super::Sweep;
use crate::Error;

/// The fewest replications by which a setting is judged.
const FEWEST: u32 = 8;

impl Sweep<'_> {
    /// Searches for the cheapest setting that keeps every expectation, in at most `budget` simulations;
    /// `seen` is called after each replication.
    ///
    /// # Errors
    /// If threads cannot be started, or a stop was wanted before all settings were tried once.
    pub fn optimize(
        &self,
        budget: u64,
        stop: Stop<'_>,
        seen: impl Fn() + Sync,
    ) -> Result<Optimum, Error> {
        let mut search =
            Search { sweep: self, tried: vec![None; self.settings.len()], runs: 0, budget };
        let mut rounds = Vec::new();
        let mut left: Vec<usize> = (0..self.settings.len()).collect();
        let mut n = self.first_round();
        let mut in_budget = true;
        while in_budget {
            for index in &left {
                in_budget &= search.given(*index, n, stop, &seen)?;
            }
            if !in_budget {
                break;
            }
            rounds.push((left.len(), n as usize));
            if n >= self.replications {
                break;
            }
            left.retain(|index| !search.tried(*index).is_some_and(Setting::certainly_fails));
            left.sort_by(|a, b| search.cheaper(*a, *b));
            left.truncate(left.len().div_ceil(2));
            left.sort_unstable();
            n = n.saturating_mul(2).min(self.replications);
            if left.is_empty() {
                break;
            }
        }
        let found = search.confirmed(stop, &seen)?;
        Ok(search.ended(rounds, found))
    }

    /// How many replications the first round has: twice as many in each of as many rounds as it takes to
    /// halve all settings away come to all of them.
    fn first_round(&self) -> u32 {
        let halvings = self.settings.len().next_power_of_two().trailing_zeros();
        (self.replications >> halvings.min(31)).max(FEWEST).min(self.replications)
    }
}

/// How far a search is.
struct Search<'a, 's> {
    sweep: &'a Sweep<'s>,
    /// Each setting with as many replications as it was given.
    tried: Vec<Option<Setting>>,
    runs: u64,
    budget: u64,
}

impl Search<'_, '_> {
    fn tried(&self, index: usize) -> Option<&Setting> {
        self.tried[index].as_ref()
    }

    /// Gives a setting a number of replications, if it has not as many yet; no more than the budget
    /// allows, and then says so.
    fn given(
        &mut self,
        index: usize,
        n: u32,
        stop: Stop<'_>,
        seen: &(impl Fn() + Sync),
    ) -> Result<bool, Error> {
        if self.tried(index).is_some_and(|it| it.measured.replications >= n as usize) {
            return Ok(true);
        }
        let simulations = u64::from(n) * variants_of(self.sweep, index);
        if self.runs + simulations > self.budget {
            return Ok(false);
        }
        match self.sweep.measure(index, &(0..n), stop, seen)? {
            None => Err(Error::Stopped),
            Some(setting) => {
                self.runs += simulations;
                self.tried[index] = Some(setting);
                Ok(true)
            }
        }
    }

    /// Which of two settings is cheaper; of those that cost the same, which keeps its expectations, and
    /// then which disrupts less.
    fn cheaper(&self, one: usize, other: usize) -> Ordering {
        match (self.tried(one), self.tried(other)) {
            (Some(a), Some(b)) => a
                .cost()
                .total_cmp(&b.cost())
                .then(b.keeps().cmp(&a.keeps()))
                .then(a.disruption().total_cmp(&b.disruption()))
                .then(one.cmp(&other)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => one.cmp(&other),
        }
    }

    /// Confirms settings with all replications, from the cheapest on, until one keeps every expectation
    /// and none that may be cheaper is left.
    fn confirmed(&mut self, stop: Stop<'_>, seen: &(impl Fn() + Sync)) -> Result<Found, Error> {
        let all = self.sweep.replications;
        let mut order: Vec<usize> = (0..self.tried.len()).collect();
        let mut unknown = false;
        loop {
            order.sort_by(|a, b| self.cheaper(*a, *b));
            // What certainly fails by fewer replications is not asked again.
            let is_open = |index: &usize| !self.tried(*index).is_some_and(Setting::certainly_fails);
            let whole = |it: &Setting| it.measured.replications >= all as usize;
            let next = order
                .iter()
                .copied()
                .filter(is_open)
                .find(|index| self.tried(*index).is_none_or(|it| !whole(it) || it.keeps()));
            let Some(next) = next else {
                return Ok(if unknown { Found::OutOfBudget(None) } else { Found::Nothing });
            };
            if self.tried(next).is_some_and(|it| whole(it) && it.keeps()) {
                return Ok(if unknown {
                    Found::OutOfBudget(Some(next))
                } else {
                    Found::Best(next)
                });
            }
            if !self.given(next, all, stop, seen)? {
                // What the budget does not do for is passed over, and said.
                unknown = true;
                order.retain(|index| *index != next);
            }
        }
    }

    /// What was found, with its candidates from the cheapest on.
    fn ended(self, rounds: Vec<(usize, usize)>, found: Found) -> Optimum {
        let mut order: Vec<usize> =
            (0..self.tried.len()).filter(|it| self.tried(*it).is_some()).collect();
        order.sort_by(|a, b| self.cheaper(*a, *b));
        let place = |index: usize| order.iter().position(|it| *it == index).unwrap_or(0);
        let found = match found {
            Found::Best(index) => Found::Best(place(index)),
            Found::OutOfBudget(index) => Found::OutOfBudget(index.map(place)),
            Found::Nothing => Found::Nothing,
        };
        let sweep = self.sweep;
        Optimum {
            scenario: sweep.scenario.name.clone(),
            seed: sweep.seed,
            version: env!("CARGO_PKG_VERSION").into(),
            paths: sweep.space.paths.clone(),
            chosen: sweep.space.chosen.clone(),
            rounds,
            replications: sweep.replications as usize,
            runs: self.runs,
            budget: self.budget,
            candidates: order.iter().filter_map(|it| self.tried(*it).cloned()).collect(),
            found,
        }
    }
}

/// How many simulations a replication of a setting is: one, or two where it is compared with on-demand
/// nodes.
fn variants_of(sweep: &Sweep<'_>, index: usize) -> u64 {
    1 + u64::from(crate::check::needs_baseline(&sweep.settings[index]))
}

#[cfg(test)]
mod tests {
    use scenarios::Scenario;
    use scenarios::diagnostic::Source;

    use super::super::{Axis, Space};
    use super::*;

    /// Ten pods of half a core. Four fit on an `a` of $0.10, eight on a `b` of $0.19. All fit on three of
    /// `a` for $0.30, on two of `b` for $0.38, and on one of each for $0.29, which is the least.
    const HAND: &str = "apiVersion: spotsim/v1\nname: hand\nhorizon: 6h\nprovider: aws\nregion: us-east-1\n\
        pools:\n- name: p\n  count: 1\n  capacityType: on-demand\n  instanceTypes:\n  \
        - {name: a, cpu: 2, memory: 8Gi, onDemandPrice: 0.10}\n\
        - name: other\n  count: 0\n  capacityType: on-demand\n  instanceTypes:\n  \
        - {name: b, cpu: 4, memory: 16Gi, onDemandPrice: 0.19}\n\
        workloads:\n- name: web\n  replicas: 10\n  template:\n    containers:\n    \
        - {name: app, resources: {requests: {cpu: 500m, memory: 512Mi}}}\n\
        expect: [pending.censored == 0]\n";

    fn found(vary: &[&str], budget: u64) -> Optimum {
        let source = Source { file: "hand.yaml".into(), text: HAND.into() };
        let scenario =
            Scenario::parse(&source, None).unwrap_or_else(|it| panic!("{}", it.render(false)));
        let axes: Vec<Axis> = vary.iter().map(|it| it.parse().unwrap()).collect();
        let space = Space::of(&axes, None, 1).unwrap();
        let sweep = Sweep::new(&scenario, space, 42, 16).unwrap();
        sweep.optimize(budget, Stop::NEVER, || {}).unwrap()
    }

    #[test]
    fn the_optimum_that_can_be_computed_by_hand_is_found() {
        let optimum = found(&["pools.p.count=1..6:1", "pools.other.count=0..3:1"], 10_000);
        let Found::Best(best) = optimum.found else { panic!("{:?}", optimum.found) };
        let best = &optimum.candidates[best];
        assert_eq!(best.values, ["1", "1"]);
        assert!((best.cost() - 0.29 * 730.0).abs() < 1e-6, "{}", best.cost());
        assert!(
            optimum.candidates.iter().filter(|it| it.cost() < best.cost()).all(|it| !it.keeps())
        );
    }

    #[test]
    fn what_is_not_ruled_out_is_said() {
        let optimum = found(&["pools.p.count=1..6:1"], 7);
        assert_eq!((optimum.runs, optimum.found), (0, Found::OutOfBudget(None)));
        let optimum = found(&["pools.p.count=1,2"], 10_000);
        assert_eq!(optimum.found, Found::Nothing);
    }
}

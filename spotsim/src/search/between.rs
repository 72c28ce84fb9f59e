//! Search for what tells two plans apart: faults are drawn that both plans meet, and those in which a metric
//! differs most are shrunk to the smallest sequence that keeps most of the difference.
//!
//! As in the search for a counterexample, a trial is replication 0 of each plan, in which nothing is taken but
//! by the faults.

use anyhow::anyhow;
use reports::metrics::Measured;
use reports::paired::{Apart, Faults, Widest};
use scenarios::Scenario;
use sim::Stop;
use sim::terms::metrics::{Figure, Metric};

use super::faults::{Fault, Targets, fragment};
use super::shrink::smallest;
use super::{MOST, with};
use crate::Error;
use crate::experiment::{Experiment, Variant};
use crate::stream::Stream;

/// By what plans are to differ unless something else is asked for: what they cost, and what they disrupt.
const METRICS: [Figure; 2] = [Figure::CostMonthly, Figure::PodsDisrupted];
/// What share of the widest difference shrinking keeps.
const KEPT: f64 = 0.9;

/// Looks for the faults in which each metric differs most between two plans, in a number of trials; cost and
/// disruption if no metric is given. `seen` is called after each trial.
///
/// # Errors
/// If a metric does not exist or needs runs on on-demand nodes, nothing of either plan can be taken, or a
/// stop was wanted.
pub fn between(
    plans: [(&str, &Scenario); 2],
    metrics: &[String],
    seed: u64,
    trials: usize,
    stop: Stop<'_>,
    seen: impl Fn(),
) -> Result<Apart, Error> {
    let keys = keys(metrics)?;
    let own = plans.map(|(_, scenario)| Targets::of(&scenario.setup));
    let either = match &own {
        [Some(one), Some(other)] => Targets::of_either(one, other),
        [Some(targets), None] | [None, Some(targets)] => Targets::of_either(targets, targets),
        [None, None] => {
            let names = plans.map(|(name, _)| name).join(" nor ");
            let what = anyhow!("neither {names} buys anything on spot: nothing can be taken");
            return Err(Error::Refused(what));
        }
    };
    let search = Search { plans, targets: own, seed, stop };
    let calm = search.measured(&[])?;
    if let Some(key) = keys.iter().find(|key| difference(&calm, key).is_none()) {
        let what = anyhow!("`{key}` cannot be compared: not both plans have it in a run");
        return Err(Error::Refused(what));
    }
    let mut widest: Vec<Trial> = keys.iter().map(|key| Trial::of(&calm, key, 0, &[])).collect();
    let mut stream = Stream::of(seed);
    for trial in 1..=trials {
        let faults = either.draw(&mut stream, MOST);
        let measured = search.measured(&faults)?;
        seen();
        for (widest, key) in widest.iter_mut().zip(&keys) {
            let own = Trial::of(&measured, key, trial, &faults);
            if own.difference.abs() > widest.difference.abs() {
                *widest = own;
            }
        }
    }
    let found = keys.iter().zip(widest).map(|(key, trial)| {
        let still = |faults: &[Fault]| {
            let left = difference(&search.measured(faults)?, key).unwrap_or(0.0);
            Ok(left * trial.difference.signum() >= KEPT * trial.difference.abs())
        };
        let (left, runs) = smallest(trial.faults.clone(), &either, still)?;
        Ok(Widest {
            key: key.clone(),
            calm: difference(&calm, key).unwrap_or(0.0),
            widest: trial.difference,
            trial: trial.number,
            drawn: trial.faults.len(),
            shrinking: runs,
            measured: search.measured(&left)?,
            faults: search.faults(&left),
        })
    });
    let found = found.collect::<Result<Vec<Widest>, Error>>()?;
    Ok(Apart { plans: plans.map(|(name, _)| name.to_owned()), seed, trials, found })
}

/// The keys of metrics by their names.
fn keys(names: &[String]) -> Result<Vec<String>, Error> {
    if names.is_empty() {
        return Ok(METRICS.map(|figure| Metric::of(figure).key.to_owned()).to_vec());
    }
    let key = |name: &String| {
        let of_workload = name.split_once('(').and_then(|(name, _)| Metric::named(name));
        let found = match (Metric::named(name), of_workload.filter(|it| it.is_of_workload())) {
            (Some(metric), _) => Some((metric, metric.key.to_owned())),
            (None, other) => other.map(|metric| (metric, name.clone())),
        };
        let refused = |why: &str| Err(Error::Refused(anyhow!("`{name}` {why}")));
        match found {
            None => refused("is no metric; docs/metrics.md lists them"),
            Some((metric, _)) if metric.needs_baseline() => {
                refused("compares with on-demand nodes, which a search does not run")
            }
            Some((_, key)) => Ok(key),
        }
    };
    names.iter().map(key).collect()
}

/// By how much more a metric comes to in the second plan; none where not both have it.
fn difference([own, other]: &[Measured; 2], key: &str) -> Option<f64> {
    let value = |measured: &Measured| measured.named(key)?.each().next().flatten();
    Some(value(other)? - value(own)?)
}

/// What a trial comes to in one metric.
struct Trial {
    /// From 1; 0 where nothing is taken.
    number: usize,
    faults: Vec<Fault>,
    difference: f64,
}

impl Trial {
    fn of(measured: &[Measured; 2], key: &str, number: usize, faults: &[Fault]) -> Trial {
        let difference = difference(measured, key).unwrap_or(0.0);
        Trial { number, faults: faults.to_vec(), difference }
    }
}

/// A search of two plans.
struct Search<'s> {
    plans: [(&'s str, &'s Scenario); 2],
    /// What can be taken of each; none where one buys nothing on spot.
    targets: [Option<Targets>; 2],
    seed: u64,
    stop: Stop<'s>,
}

impl Search<'_> {
    /// Those of some faults that a plan can meet.
    fn met(&self, plan: usize, faults: &[Fault]) -> Vec<Fault> {
        let can_meet = |fault: &&Fault| {
            self.targets[plan].as_ref().is_some_and(|targets| targets.can_meet(fault))
        };
        faults.iter().filter(can_meet).cloned().collect()
    }

    /// The metrics of both plans in one run with these faults.
    fn measured(&self, faults: &[Fault]) -> Result<[Measured; 2], Error> {
        let [one, other] = [0, 1].map(|plan| {
            let (name, scenario) = self.plans[plan];
            let scenario = with(scenario, &self.met(plan, faults))?;
            Ok::<Variant, Error>(Variant::of(name, &scenario))
        });
        let experiment = Experiment {
            variants: vec![one?, other?],
            seed: self.seed,
            replications: 0..1,
            threads: Some(1),
        };
        let runs = experiment.run(self.stop, |_| {})?;
        match &runs.variants[..] {
            [one, other] if !runs.is_empty() => Ok([one.measured(None), other.measured(None)]),
            _ => Err(Error::Stopped),
        }
    }

    /// What replays faults: once where both plans meet all of them, else for each plan.
    fn faults(&self, faults: &[Fault]) -> Vec<Faults> {
        let said = |plan: Option<usize>, own: &[Fault]| Faults {
            plan: plan.map(|plan| self.plans[plan].0.to_owned()),
            count: own.len(),
            fragment: fragment(own),
            events: own.iter().map(Fault::event).collect(),
        };
        let own = [0, 1].map(|plan| self.met(plan, faults));
        match own.iter().all(|own| own.len() == faults.len()) {
            true => vec![said(None, faults)],
            false => (0..).zip(&own).map(|(plan, own)| said(Some(plan), own)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use scenarios::diagnostic::Source;

    use super::*;

    fn plan(zones: &str) -> Scenario {
        let text = format!(
            "apiVersion: spotsim/v1\nname: plan\nhorizon: 1d\nprovider: aws\nregion: us-east-1\n\
             pools:\n- {{name: p, count: 4, capacityType: spot, instanceTypes: [m6i.large], \
             zones: [{zones}]}}\nworkloads:\n- name: web\n  replicas: 8\n  template:\n    \
             containers:\n    - {{name: app, resources: {{requests: {{cpu: 500m, memory: 1Gi}}}}}}\n"
        );
        let source = Source { file: "plan.yaml".into(), text: text.into() };
        Scenario::parse(&source, None).unwrap_or_else(|it| panic!("{}", it.render(false)))
    }

    /// One zone against two: an outage of one zone leaves the second plan half of its nodes.
    #[test]
    fn what_takes_one_zone_tells_plans_apart_that_have_one_or_two() {
        let (one, two) = (plan("us-east-1a"), plan("us-east-1a, us-east-1b"));
        let by = vec!["nodes.peak".to_owned(), "pods_disrupted_per_day".to_owned()];
        let search = || {
            let plans = [("one", &one), ("two", &two)];
            between(plans, &by, 7, 40, Stop::NEVER, || {}).unwrap()
        };
        let apart = search();
        let disruption = &apart.found[1];
        assert_eq!(disruption.key, Metric::of(Figure::PodsDisrupted).key);
        assert!(disruption.calm == 0.0 && disruption.widest.abs() >= 4.0, "{disruption:?}");
        let left: f64 = difference(&disruption.measured, &disruption.key).unwrap();
        assert!(left.abs() >= KEPT * disruption.widest.abs(), "{disruption:?}");
        assert!(disruption.faults.iter().all(|it| it.count <= disruption.drawn));
        assert_eq!(search(), apart, "the same again");
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let plan = plan("us-east-1a");
        let refused = |by: &str| {
            let plans = [("a", &plan), ("b", &plan)];
            let found = between(plans, &[by.to_owned()], 7, 1, Stop::NEVER, || {});
            found.expect_err(by).to_string()
        };
        assert!(refused("cost.weekly").contains("is no metric"));
        assert!(refused("saving.percent").contains("on-demand nodes"));
        assert!(refused("availability(nowhere)").contains("not both plans have it"));
    }

    /// The same plan twice differs in nothing, whatever is taken.
    #[test]
    fn a_plan_does_not_differ_from_itself() {
        let plan = plan("us-east-1a");
        let apart = between([("a", &plan), ("b", &plan)], &[], 7, 5, Stop::NEVER, || {}).unwrap();
        assert!(apart.found.iter().all(|it| (it.trial, it.widest) == (0, 0.0)));
    }
}

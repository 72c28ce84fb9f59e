//! Paired comparison: what changes between two plans in the same replications, and how sure that is.
//!
//! Both plans meet the same market in a replication, so that the difference of a figure in it varies far
//! less than the figure itself. What is compared is that difference, and its mean has an interval.

mod apart;
mod charts;
mod document;
mod page;
mod sections;

use std::collections::BTreeMap;

use sim::terms::metrics::{Better, Figure, METRICS, Metric, OfWorkload, Unit};

pub(crate) use apart::section as apart_section;
pub use apart::{Apart, Faults, Widest, apart_document};
pub use document::document;
pub use page::{drawn, page};
pub use sections::{markdown, sections};

use crate::expect::Judged;
use crate::metrics::{Column, Measured};
use crate::stats::Estimate;

/// A plan that is compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What it is called.
    pub name: String,
    /// Its metrics.
    pub measured: Measured,
    /// What it changes in the first plan, as a person reads it: a line each, beginning with `+`, `-` or
    /// `~`.
    pub changes: Vec<String>,
    /// How its expectations fared.
    pub judged: Vec<Judged>,
}

/// Plans in the same replications.
#[derive(Clone, PartialEq, Debug)]
pub struct Compared {
    /// The seed of all of them.
    pub seed: u64,
    /// How many replications there are of each.
    pub replications: usize,
    /// The version of the program that made them.
    pub version: String,
    /// The plans; all others are compared with the first.
    pub plans: Vec<Plan>,
}

/// What becomes of a figure from the first plan to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// The key of the metric.
    pub key: String,
    /// What its row is called.
    pub label: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Its mean in the first plan.
    pub base: Option<f64>,
    /// In the other.
    pub plan: Option<f64>,
    /// The mean of the differences in each replication; none where fewer than all have both.
    pub difference: Option<Estimate>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// What a difference comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// The figure is better.
    Better,
    /// It is worse.
    Worse,
    /// It is higher, which is neither.
    Higher,
    /// It is lower, which is neither.
    Lower,
    /// The interval of the difference covers zero.
    NotDetectable,
    /// It is the same in every replication.
    Identical,
    /// Only one of the plans has such a figure.
    OnlyOne,
}

impl Verdict {
    /// As it is printed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::Higher => "higher",
            Verdict::Lower => "lower",
            Verdict::NotDetectable => "no detectable difference",
            Verdict::Identical => "identical",
            Verdict::OnlyOne => "only one has it",
        }
    }

    /// Whether the figure certainly changes.
    #[must_use]
    pub fn is_change(self) -> bool {
        matches!(self, Verdict::Better | Verdict::Worse | Verdict::Higher | Verdict::Lower)
    }
}

/// The figures that decide whether a plan is worse: what it costs, and what it risks. All others are
/// shown beside them and decide nothing.
pub const DECIDING: &[Figure] = &[
    Figure::CostMonthly,
    Figure::Reclaims,
    Figure::PodsDisrupted,
    Figure::EndsCutShort,
    Figure::EndsKilled,
    Figure::Pending(95),
    Figure::PendingCensored,
    Figure::DeadlineMisses,
    Figure::JobsFailed,
    Figure::Of(OfWorkload::Availability),
];

/// As many differences of one sign, and none of the other, are the fewest that a sign test at 5 % does not
/// put down to chance: 2 / 2^6 = 3 %.
const FEWEST: usize = 6;

/// What becomes of each figure from one plan to another, in the order of the list of metrics.
#[must_use]
pub fn differences(base: &Measured, plan: &Measured) -> Vec<Difference> {
    let others: BTreeMap<String, &Column> =
        plan.columns.iter().map(|column| (column.key(), column)).collect();
    let own: Vec<String> = base.columns.iter().map(Column::key).collect();
    let only_base = |key: &String| others.get(key).copied();
    let mut rows: Vec<(usize, Difference)> = Vec::new();
    let place =
        |column: &Column| METRICS.iter().position(|it| it == column.metric).unwrap_or(usize::MAX);
    for (key, column) in own.iter().zip(&base.columns) {
        rows.push((place(column), difference(Some(column), only_base(key))));
    }
    for column in plan.columns.iter().filter(|it| !own.contains(&it.key())) {
        rows.push((place(column), difference(None, Some(column))));
    }
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What becomes of one figure that at least one of the plans has.
fn difference(base: Option<&Column>, plan: Option<&Column>) -> Difference {
    let any = base.or(plan).expect("one of them has it");
    let mean = |it: Option<&Column>| it.and_then(Column::estimate).map(|it| it.mean);
    // A replication in which one of them has no such figure is no pair.
    let both = base.zip(plan);
    let pairs = both.map(|(base, plan)| {
        let pairs = base.each().zip(plan.each());
        pairs.filter_map(|(base, plan)| Some(plan? - base?)).collect::<Vec<f64>>()
    });
    let difference = pairs.filter(|it| !it.is_empty()).map(|it| mean_of(&it));
    Difference {
        key: any.key(),
        label: any.label(),
        unit: any.metric.unit,
        base: mean(base),
        plan: mean(plan),
        verdict: difference.map_or(Verdict::OnlyOne, |it| verdict(it, any.metric.better)),
        difference,
    }
}

/// The mean of differences. Where most replications see none, and fewer than [`FEWEST`] see one, the
/// next could as well be of the other sign: the interval reaches as far to that side.
fn mean_of(differences: &[f64]) -> Estimate {
    let estimate = Estimate::of(differences);
    let differing = differences.iter().filter(|it| **it != 0.0).count();
    if differing == 0 || differing == differences.len() || differing >= FEWEST {
        return estimate;
    }
    let end = |it: Option<f64>| it.unwrap_or(0.0).abs();
    let reach = end(estimate.low).max(end(estimate.high));
    Estimate { low: Some(-reach), high: Some(reach), rare: true, ..estimate }
}

/// What the mean of differences comes to. Where all are equal, their mean is exact.
#[must_use]
pub fn verdict(difference: Estimate, better: Better) -> Verdict {
    if difference.low.is_none() && difference.mean == 0.0 {
        return Verdict::Identical;
    }
    if difference.covers_zero() {
        return Verdict::NotDetectable;
    }
    match (better, difference.mean < 0.0) {
        (Better::Lower, true) | (Better::Higher, false) => Verdict::Better,
        (Better::Lower, false) | (Better::Higher, true) => Verdict::Worse,
        (Better::Neither, true) => Verdict::Lower,
        (Better::Neither, false) => Verdict::Higher,
    }
}

impl Compared {
    /// What becomes of each figure from the first plan to each other.
    #[must_use]
    pub fn differences(&self) -> Vec<(&Plan, Vec<Difference>)> {
        let Some((base, others)) = self.plans.split_first() else { return Vec::new() };
        others.iter().map(|plan| (plan, differences(&base.measured, &plan.measured))).collect()
    }

    /// Whether any plan is certainly worse than the first in a figure that decides.
    #[must_use]
    pub fn any_worse(&self) -> bool {
        let worse = |it: &Difference| it.verdict == Verdict::Worse && decides(&it.key);
        self.differences().iter().any(|(_, rows)| rows.iter().any(worse))
    }

    /// Whether an expectation of any plan but the first does not hold, and decides.
    #[must_use]
    pub fn any_fails(&self) -> bool {
        self.plans.iter().skip(1).any(|plan| plan.judged.iter().any(Judged::fails))
    }
}

/// Whether a figure decides which plan is worse, by its key.
fn decides(key: &str) -> bool {
    DECIDING.iter().any(|figure| Metric::of(*figure).is_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::read_table;

    fn measured(key: &str, values: &[f64]) -> Measured {
        let mut text = format!("replication,{key}\n");
        for (run, value) in values.iter().enumerate() {
            text += &format!("{run},{value}\n");
        }
        read_table(text.as_bytes()).unwrap()
    }

    fn verdict_of(key: &str, base: &[f64], plan: &[f64]) -> Verdict {
        differences(&measured(key, base), &measured(key, plan))[0].verdict
    }

    #[test]
    fn the_verdict_is_that_of_the_paired_differences() {
        let noisy: Vec<f64> = (0..40).map(|run| f64::from(run * 37 % 40)).collect();
        let add = |amount: &dyn Fn(usize) -> f64| -> Vec<f64> {
            noisy.iter().enumerate().map(|(run, value)| value + amount(run)).collect()
        };
        let cost = |plan: &[f64]| verdict_of("cost.monthly", &noisy, plan);
        assert_eq!(cost(&noisy), Verdict::Identical);
        // An exact difference, of which the spread of single replications says nothing.
        assert_eq!(cost(&add(&|_| -0.5)), Verdict::Better);
        assert_eq!(cost(&add(&|run| if run % 2 == 0 { 1.0 } else { 0.5 })), Verdict::Worse);
        assert_eq!(
            cost(&add(&|run| if run % 2 == 0 { 1.0 } else { -1.0 })),
            Verdict::NotDetectable
        );
        let available = |plan: &[f64]| verdict_of("availability(default/web)", &noisy, plan);
        assert_eq!(available(&add(&|_| -0.5)), Verdict::Worse);
        assert_eq!(verdict_of("nodes.mean", &noisy, &add(&|_| 1.0)), Verdict::Higher);
    }

    /// A pod that was disrupted in one week of forty says nothing about which plan disrupts more.
    #[test]
    fn what_few_replications_see_is_not_detectable() {
        let none = [0.0; 40];
        let seen = |times: usize| -> Vec<f64> {
            (0..40).map(|run| f64::from(u8::from(run < times))).collect()
        };
        let verdict = |times| verdict_of("pods_disrupted_per_day", &none, &seen(times));
        for times in 1..FEWEST {
            assert_eq!(verdict(times), Verdict::NotDetectable, "{times} of 40");
        }
        assert_eq!((verdict(0), verdict(FEWEST)), (Verdict::Identical, Verdict::Worse));
    }

    #[test]
    fn what_only_one_plan_has_is_no_difference() {
        let (base, plan) = (measured("cost.monthly", &[1.0]), measured("nodes.mean", &[2.0]));
        let rows = differences(&base, &plan);
        assert_eq!(
            rows.iter().map(|it| &it.key[..]).collect::<Vec<_>>(),
            ["cost.monthly", "nodes.mean"]
        );
        assert!(rows.iter().all(|it| it.verdict == Verdict::OnlyOne));
    }

    #[test]
    fn cost_and_risk_decide_and_nothing_else() {
        assert!(decides("cost.monthly") && decides("availability(default/web)"));
        assert!(decides("p95(pending_seconds)") && !decides("cpu.requested"));
    }
}

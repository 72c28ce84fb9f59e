//! Expectations judged: whether a figure keeps to its limit, by how much, and how sure that is.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::terms::expect::{Expectation, Statistic};
use sim::terms::metrics::{Figure, Metric, Unit};

use crate::metrics::{Column, Measured};
use crate::stats::Estimate;

/// The metric that says whether a waiting time is a lower bound.
const WAITING: &str = "pending.censored";

/// How an expectation fared.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// As it was written.
    pub expect: String,
    /// On which line of the scenario.
    pub line: usize,
    /// Whether it holds, by the point estimate; none where no run has anything of the kind, or there is no
    /// base plan of which the limit is a multiple.
    pub holds: Option<bool>,
    /// What the figure comes to.
    pub value: Option<f64>,
    /// What the limit comes to where it is a multiple of the figure in the base plan; not there where it is
    /// a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The lower end of its 95 % interval; beside such a limit that of the paired difference from it.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Whether the limit lies outside of the interval, so that more replications would hardly change the
    /// answer.
    pub certain: bool,
    /// How many replications would about do to be certain, where it is not.
    pub enough: Option<u64>,
    /// The replication that is worst in the figure, as seed/replication.
    pub worst_run: Option<String>,
    /// The figure there.
    pub worst: Option<f64>,
    /// How many replications there are.
    pub replications: usize,
    /// Whether it decides the exit code.
    pub decides: bool,
    /// Whether the figure is a lower bound: pods still wait at the end.
    pub at_least: bool,
    /// How the value is shown.
    #[serde(skip)]
    pub unit: Shown,
    /// Whether there is no base plan, and the limit is a multiple of the figure there.
    #[serde(skip)]
    pub lacks_base: bool,
}

/// What a value is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown(pub Unit);

impl Judged {
    /// Whether it is to end with an exit code of its own.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.decides && self.holds == Some(false)
    }
}

/// Judges the expectations of a scenario by the metrics of its runs, and by those of the plan that it is
/// compared with, if there is one.
#[must_use]
pub fn judge(
    expect: &[Expectation],
    measured: &Measured,
    base: Option<&Measured>,
    seed: u64,
    legend: &Legend,
) -> Vec<Judged> {
    expect.iter().map(|it| one(it, (measured, base), seed, legend)).collect()
}

/// Whether any of these expectations is judged by a metric.
#[must_use]
pub fn is_judged_by(expect: &[Expectation], metric: &Metric) -> bool {
    metric.key == WAITING || expect.iter().any(|it| it.term.metric == metric)
}

fn one(
    expect: &Expectation,
    (measured, base): (&Measured, Option<&Measured>),
    seed: u64,
    legend: &Legend,
) -> Judged {
    let column = measured.of_term(&expect.term, legend);
    let base = base.and_then(|base| base.of_term(&expect.term, legend));
    let limit = match expect.of_base {
        true => base.and_then(|base| value(expect.statistic, base)).map(|it| it.0 * expect.limit),
        false => Some(expect.limit),
    };
    let mut found = column.and_then(|column| value(expect.statistic, column));
    if let (true, Some((value, ends)), Some(limit)) = (expect.of_base, &mut found, limit) {
        *ends = column.zip(base).and_then(|(own, base)| beside(expect, own, base, *value, limit));
    }
    let worst = column.and_then(Column::worst);
    let ends = found.and_then(|(_, ends)| ends);
    let (low, high) = ends.unzip();
    let n = measured.replications;
    let covers = ends.zip(limit).is_some_and(|((low, high), limit)| low <= limit && limit <= high);
    // Half of the interval shrinks with the root of n.
    let enough = found.filter(|_| covers).and_then(|(value, _)| {
        let (low, high) = ends?;
        let ratio = (high - low) / 2.0 / (value - limit?).abs();
        let enough = (n as f64 * ratio * ratio).ceil();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range by the filter
        Some(enough).filter(|it| (1.0..1e6).contains(it)).map(|it| it as u64)
    });
    let pends = matches!(expect.term.metric.figure, Figure::Pending(_));
    let waits = measured.named(WAITING).and_then(Column::worst);
    let probability = matches!(expect.statistic, Statistic::Probability(..));
    Judged {
        expect: expect.text.clone(),
        line: expect.line,
        holds: found.zip(limit).map(|((value, _), limit)| expect.relation.holds(value, limit)),
        value: found.map(|(value, _)| value),
        limit: limit.filter(|_| expect.of_base),
        low,
        high,
        certain: !covers,
        enough,
        worst_run: worst.map(|(run, _)| format!("{seed}/{run}")),
        worst: worst.map(|(_, value)| value),
        replications: n,
        decides: expect.decides,
        at_least: pends && waits.is_some_and(|(_, waiting)| waiting > 0.0),
        lacks_base: expect.of_base && limit.is_none(),
        unit: Shown(if probability { Unit::Share } else { expect.term.metric.unit }),
    }
}

/// A value, and where it lies with 95 % if that is known.
type Within = (f64, Option<(f64, f64)>);

/// Where a mean lies beside a multiple of that of the base plan: by how much it differs from it in each
/// replication, which varies far less than either. None of other statistics.
fn beside(
    expect: &Expectation,
    own: &Column,
    base: &Column,
    value: f64,
    limit: f64,
) -> Option<(f64, f64)> {
    let pairs = own.each().zip(base.each());
    let differences = pairs.map(|(own, base)| Some(own? - base? * expect.limit));
    let differences = differences.collect::<Option<Vec<f64>>>()?;
    let is_mean = expect.statistic == Statistic::Mean && !differences.is_empty();
    let estimate = is_mean.then(|| Estimate::of(&differences))?;
    let (low, high) = estimate.low.zip(estimate.high)?;
    // Of a ratio the mean of differences is not quite the difference of the means.
    let middle = value - limit - estimate.mean;
    Some((limit + low + middle, limit + high + middle))
}

fn value(statistic: Statistic, column: &Column) -> Option<Within> {
    match statistic {
        Statistic::Mean => {
            let estimate = column.estimate()?;
            Some((estimate.mean, estimate.low.zip(estimate.high)))
        }
        Statistic::Worst => column.worst().map(|(_, value)| (value, None)),
        Statistic::Cvar95 => column.cvar95().map(|value| (value, None)),
        Statistic::Probability(relation, than) => {
            column.share(relation, than).map(|(share, ends)| (share, Some(ends)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sim::model::Model;
    use sim::terms::expect::{Relation, Term};
    use sim::terms::metrics::Metric;
    use sim::{SimTime, Span};

    use super::*;
    use crate::metrics::read_table;

    fn expectation(statistic: Statistic, relation: Relation, limit: f64) -> Expectation {
        let metric = Metric::named("cost.monthly").unwrap();
        Expectation {
            text: "x".into(),
            line: 1,
            statistic,
            term: Term { metric, workload: None },
            relation,
            limit,
            of_base: false,
            decides: true,
        }
    }

    fn legend() -> Legend {
        Legend {
            model: Arc::new(Model::default()),
            terms: Arc::default(),
            provider: sim::providers::named("aws").unwrap(),
            from: SimTime::ZERO,
            to: SimTime::ZERO + Span::from_secs(3_600),
        }
    }

    fn judged(statistic: Statistic, relation: Relation, limit: f64, values: &[f64]) -> Judged {
        let mut text = String::from("replication,cost.monthly\n");
        for (run, value) in values.iter().enumerate() {
            text += &format!("{run},{value}\n");
        }
        let measured = read_table(text.as_bytes()).unwrap();
        let expect = expectation(statistic, relation, limit);
        judge(&[expect], &measured, None, 42, &legend()).remove(0)
    }

    /// A plan that costs 4 % more than the base in each replication, whatever that is.
    #[test]
    fn a_multiple_of_the_base_is_judged_by_paired_differences() {
        let costs = |factor: f64| {
            let mut text = String::from("replication,cost.monthly\n");
            for run in 0..40 {
                let base = 100.0 + f64::from(run * 37 % 40);
                text += &format!("{run},{}\n", base * factor + f64::from(run % 3) / 10.0);
            }
            read_table(text.as_bytes()).unwrap()
        };
        let (base, plan) = (costs(1.0), costs(1.04));
        let at_most = |limit, base: Option<&Measured>| {
            let expect = Expectation {
                of_base: true,
                ..expectation(Statistic::Mean, Relation::AtMost, limit)
            };
            judge(&[expect], &plan, base, 42, &legend()).remove(0)
        };
        let held = at_most(1.05, Some(&base));
        assert!(held.holds == Some(true) && held.certain, "{held:?}");
        assert!(held.limit.is_some_and(|limit| (limit - 125.58).abs() < 0.1), "{held:?}");
        let broken = at_most(1.03, Some(&base));
        assert!(broken.fails() && broken.certain, "{broken:?}");
        let alone = at_most(1.05, None);
        assert!(alone.lacks_base && alone.holds.is_none() && !alone.fails());
    }

    #[test]
    fn the_point_estimate_decides_and_the_interval_says_how_surely() {
        let values: Vec<f64> = (0..40).map(|run| f64::from(run % 10)).collect();
        let mean = |relation, limit| judged(Statistic::Mean, relation, limit, &values);
        let far = mean(Relation::Less, 10.0);
        assert!(far.holds == Some(true) && far.certain && !far.fails());
        let near = mean(Relation::Less, 4.4);
        assert!(near.holds == Some(false) && !near.certain && near.fails());
        assert!(near.enough.is_some_and(|enough| enough > 1_000), "{:?}", near.enough);
        assert_eq!((near.worst, near.worst_run.as_deref()), (Some(9.0), Some("42/9")));
    }

    #[test]
    fn tails_and_probabilities_are_of_single_replications() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let of = |statistic| judged(statistic, Relation::AtMost, 0.5, &values);
        assert_eq!(of(Statistic::Worst).value, Some(39.0));
        assert_eq!(of(Statistic::Cvar95).value, Some(38.5));
        let chance = of(Statistic::Probability(Relation::AtLeast, 30.0));
        assert_eq!((chance.value, chance.holds), (Some(0.25), Some(true)));
        // The interval of Wilson, 10 of 40.
        let (low, high) = chance.low.zip(chance.high).unwrap();
        assert!((low - 0.1419).abs() < 1e-4 && (high - 0.4019).abs() < 1e-4, "{low} {high}");
        // The worst 5 % of few replications are none.
        let few = judged(Statistic::Cvar95, Relation::Less, 1.0, &values[..19]);
        assert_eq!((few.holds, few.fails()), (None, false));
    }
}

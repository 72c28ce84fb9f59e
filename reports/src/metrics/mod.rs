//! Metrics over replications: what each comes to in every run, with its mean, its interval and its tails.
//!
//! Which metrics there are is the list of [`sim::terms::metrics`]. All that compares plans, judges
//! expectations or searches for a setting goes by these columns, wherever the runs were made.

mod page;
mod read;
mod readings;
mod table;

use sim::terms::expect::{Relation, Term};
use sim::terms::metrics::{Better, Metric};
use sim::{Legend, Run};

pub use page::page;
pub use read::Reading;
pub use readings::Readings;
pub use table::{Rows, TableError, read_table, write_table};

use crate::figures::Figures;
use crate::interval;
use crate::names::workload_name;
use crate::stats::Estimate;

/// Fewer replications than these have no worst 5 %.
const FEWEST_TAILS: usize = 20;

/// The key of a metric, with a workload in brackets.
fn key_of(metric: &Metric, workload: Option<&str>) -> String {
    match workload {
        Some(workload) => format!("{}({workload})", metric.key),
        None => metric.key.to_owned(),
    }
}

/// A metric in every replication.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// Which metric.
    pub metric: &'static Metric,
    /// Of which workload, as `namespace/name`, if it is that of a workload.
    pub workload: Option<String>,
    /// What it comes to in each replication; none where a run has nothing of the kind.
    pub readings: Vec<Option<Reading>>,
}

/// Every metric of a plan that its runs have anything of, in the order of the list.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    /// The metrics.
    pub columns: Vec<Column>,
    /// How many replications there are.
    pub replications: usize,
}

impl Measured {
    /// The metrics of the runs of a plan, beside those of its baseline in the same replications.
    #[must_use]
    pub fn of(
        runs: &[(Figures, Run)],
        baseline: Option<&[(Figures, Run)]>,
        legend: &Legend,
    ) -> Measured {
        Readings::new(runs, baseline, legend).of(|_| true)
    }

    /// Keeps the first replications alone.
    pub fn first(&mut self, replications: usize) {
        self.replications = self.replications.min(replications);
        for column in &mut self.columns {
            column.readings.truncate(self.replications);
        }
    }

    /// The column of this key.
    #[must_use]
    pub fn named(&self, key: &str) -> Option<&Column> {
        self.columns.iter().find(|it| it.key() == key)
    }

    /// The column of a term of a scenario.
    #[must_use]
    pub fn of_term(&self, term: &Term, legend: &Legend) -> Option<&Column> {
        let workload = term.workload.map(|id| workload_name(legend, id));
        self.columns.iter().find(|it| it.metric == term.metric && it.workload == workload)
    }
}

impl Column {
    /// What it is called: the metric's key, with the workload in brackets.
    #[must_use]
    pub fn key(&self) -> String {
        key_of(self.metric, self.workload.as_deref())
    }

    /// What its row is called in a table.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.workload {
            Some(workload) => format!("{} {workload}", self.metric.label),
            None => self.metric.label.to_owned(),
        }
    }

    /// Its value in each replication.
    pub fn each(&self) -> impl Iterator<Item = Option<f64>> {
        self.readings.iter().map(|reading| reading.and_then(Reading::alone))
    }

    /// Its values where there are any, with the numbers of their replications.
    fn values(&self) -> Vec<(usize, f64)> {
        self.each().enumerate().filter_map(|(run, value)| Some((run, value?))).collect()
    }

    /// Its mean over replications, of a ratio the ratio of means; none where it never is.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        let readings: Vec<Reading> = self.readings.iter().filter_map(|it| *it).collect();
        let values: Vec<f64> = readings.iter().map(|it| it.value).collect();
        let of: Vec<f64> = readings.iter().filter_map(|it| it.of).collect();
        match (values.is_empty(), of.is_empty()) {
            (true, _) => None,
            (false, true) => Some(Estimate::of(&values)),
            (false, false) => Some(Estimate::of_ratio(&values, &of)?.times(100.0)),
        }
    }

    /// Whether a value is worse than another.
    fn is_worse(&self, value: f64, other: f64) -> bool {
        match self.metric.better {
            Better::Lower | Better::Neither => value > other,
            Better::Higher => value < other,
        }
    }

    /// The replication that is worst in it, and its value there: the first of several.
    #[must_use]
    pub fn worst(&self) -> Option<(usize, f64)> {
        let worse = |worst: (usize, f64), it: (usize, f64)| {
            if self.is_worse(it.1, worst.1) { it } else { worst }
        };
        self.values().into_iter().reduce(worse)
    }

    /// The mean of the worst 5 % of replications; none of fewer than 20.
    #[must_use]
    pub fn cvar95(&self) -> Option<f64> {
        let mut values: Vec<f64> = self.values().into_iter().map(|(_, value)| value).collect();
        if values.len() < FEWEST_TAILS {
            return None;
        }
        values.sort_by(f64::total_cmp);
        if self.metric.better != Better::Higher {
            values.reverse();
        }
        let worst = values.len().div_ceil(20);
        Some(values[..worst].iter().sum::<f64>() / worst as f64)
    }

    /// In which share of replications it compares so with a value, and where that share lies with
    /// 95 %; none where it never is.
    #[must_use]
    pub fn share(&self, relation: Relation, value: f64) -> Option<(f64, (f64, f64))> {
        let values = self.values();
        let hits = values.iter().filter(|(_, it)| relation.holds(*it, value)).count();
        let share = || (hits as f64 / values.len() as f64, interval::wilson(hits, values.len()));
        (!values.is_empty()).then(share)
    }
}

//! Readings: the metrics of a plan, each read from its runs when it is asked for. Numbers that
//! are not asked for take no memory.

use sim::model::workload::WorkloadId;
use sim::terms::metrics::{Figure, METRICS, Metric};
use sim::{Legend, Run};

use super::read::{One, Reading, of_workload};
use super::table::Rows;
use super::{Column, Measured, key_of};
use crate::figures::Figures;
use crate::names::workload_name;

/// The metrics of the runs of a plan, beside those of its baseline in the same replications.
#[derive(Clone, Copy)]
pub struct Readings<'r> {
    runs: &'r [(Figures, Run)],
    baseline: Option<&'r [(Figures, Run)]>,
    legend: &'r Legend,
}

/// One metric, of one workload if it is that of a workload.
type Which = (&'static Metric, Option<WorkloadId>);

impl<'r> Readings<'r> {
    /// Those of these runs.
    #[must_use]
    pub fn new(
        runs: &'r [(Figures, Run)],
        baseline: Option<&'r [(Figures, Run)]>,
        legend: &'r Legend,
    ) -> Readings<'r> {
        Readings { runs, baseline, legend }
    }

    /// The metrics that are wanted and that any run has, in the order of the list.
    #[must_use]
    pub fn of(self, wanted: impl Fn(&Metric) -> bool) -> Measured {
        let columns = self.which().filter(|(metric, _)| wanted(metric)).map(|which| Column {
            metric: which.0,
            workload: which.1.map(|id| workload_name(self.legend, id)),
            readings: (0..self.runs.len()).map(|run| self.reading(which, run)).collect(),
        });
        let columns = columns.filter(|it| it.readings.iter().any(Option::is_some));
        Measured { columns: columns.collect(), replications: self.runs.len() }
    }

    /// The same as a table, a line at a time.
    #[must_use]
    pub fn rows(self) -> impl Rows {
        let each = |which| (0..self.runs.len()).filter_map(move |run| self.reading(which, run));
        let there = self.which().filter_map(|which| {
            let is_there = each(which).next().is_some();
            is_there.then(|| (which, each(which).any(|it| it.of.is_some())))
        });
        Lines { readings: self, columns: there.collect() }
    }

    /// Every metric, and of those of workloads each that is one of a workload.
    fn which(self) -> impl Iterator<Item = Which> {
        let rows = self.runs.first().map_or(&[][..], |(figures, _)| &figures.availability);
        METRICS.iter().flat_map(move |metric| {
            let of_workloads = matches!(metric.figure, Figure::Of(_));
            let rows = if of_workloads { rows } else { &[] };
            let whole = (!of_workloads).then_some((metric, None));
            whole.into_iter().chain(rows.iter().map(move |(id, _)| (metric, Some(*id))))
        })
    }

    fn reading(self, (metric, workload): Which, run: usize) -> Option<Reading> {
        let (figures, _) = self.runs.get(run)?;
        match (metric.figure, workload) {
            (Figure::Of(figure), Some(id)) => {
                let own = figures.availability.iter().find(|(own, _)| *own == id);
                own.and_then(|(_, it)| of_workload(figure, it))
            }
            (figure, _) => {
                let baseline = self.baseline.and_then(|all| all.get(run)).map(|(it, _)| it);
                let hours = self.legend.to.since(self.legend.from).as_hours_f64();
                One { figures, baseline, hours }.read(figure)
            }
        }
    }
}

/// Readings as the lines of a table.
struct Lines<'r> {
    readings: Readings<'r>,
    /// Those that any run has, and whether they are ratios.
    columns: Vec<(Which, bool)>,
}

impl Rows for Lines<'_> {
    fn columns(&self) -> Vec<(String, bool)> {
        let key = |(metric, workload): Which| {
            let workload = workload.map(|id| workload_name(self.readings.legend, id));
            key_of(metric, workload.as_deref())
        };
        self.columns.iter().map(|(which, is_ratio)| (key(*which), *is_ratio)).collect()
    }

    fn replications(&self) -> usize {
        self.readings.runs.len()
    }

    fn reading(&self, column: usize, run: usize) -> Option<Reading> {
        self.readings.reading(self.columns[column].0, run)
    }
}

//! The rows of a table that has a column for each variant.

use crate::folds::declared::{Declaration, Measure};
use crate::section::{Cell, Intervals, Row, Table, Unit};
use crate::stats::Estimate;
use crate::summary::{Plan, Role, Summary, Variant};

/// A rate that not every plan has.
type MaybeFigure = fn(&Plan) -> Option<Estimate>;

/// The rows of the table as they are made. Its columns are the baseline, then other variants, and the
/// subject last.
pub(super) struct Rows<'s> {
    pub(super) summary: &'s Summary,
    pub(super) variants: Vec<&'s Variant>,
    rows: Vec<Row>,
}

impl<'s> Rows<'s> {
    pub(super) fn of(summary: &'s Summary) -> Rows<'s> {
        let subject = summary.subject();
        let others = summary.variants.iter().filter(|it| !std::ptr::eq(*it, subject));
        let mut variants: Vec<&Variant> =
            others.filter(|it| it.role != Role::Reference).chain([subject]).collect();
        variants.sort_by_key(|it| it.role != Role::Baseline);
        Rows { summary, variants, rows: Vec::new() }
    }

    /// The rows under the names of their variants.
    pub(super) fn table(self) -> Table {
        Table {
            title: "",
            columns: self.variants.iter().map(|it| it.name.to_uppercase()).collect(),
            notes: "",
            intervals: Intervals::Behind,
            rows: self.rows,
        }
    }

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(super) fn plans(&self) -> impl Iterator<Item = &'s Plan> + use<'s, '_> {
        self.variants.iter().map(|it| &it.plan)
    }

    /// The plan of the subject.
    pub(super) fn plan(&self) -> &'s Plan {
        &self.summary.subject().plan
    }

    /// A figure of every plan.
    pub(super) fn each(&self, of: impl Fn(&'s Plan) -> Cell) -> Vec<Cell> {
        self.plans().map(of).collect()
    }

    /// What every plan has; none unless all have it.
    pub(super) fn all<T>(&self, of: impl Fn(&'s Plan) -> Option<T>) -> Option<Vec<T>> {
        self.plans().map(of).collect()
    }

    /// Whether a figure is more than nothing on any plan.
    pub(super) fn any(&self, of: impl Fn(&Plan) -> f64) -> bool {
        self.plans().any(|plan| of(plan) > 0.0)
    }

    /// A row of the same figure of every plan.
    pub(super) fn row(&mut self, name: &str, of: impl Fn(&'s Plan) -> Cell) {
        self.push(Row::new(name, self.each(of)));
    }

    /// A row of rates, with the interval of the subject's.
    pub(super) fn rates(&self, name: &str, rates: impl IntoIterator<Item = Estimate>) -> Row {
        self.estimates(name, Unit::Rate, rates)
    }

    /// A row of means, with the interval of the subject's.
    pub(super) fn estimates(
        &self,
        name: &str,
        unit: Unit,
        all: impl IntoIterator<Item = Estimate>,
    ) -> Row {
        let all: Vec<Estimate> = all.into_iter().collect();
        let mut cells: Vec<Cell> = all.iter().map(|it| Cell::mean(*it, unit)).collect();
        if let Some((cell, own)) = cells.pop().zip(all.last()) {
            cells.push(cell.within(*own));
        }
        Row::new(name, cells)
    }

    /// A row of a rate that every plan has, or none.
    pub(super) fn rate_if_any(&self, name: &str, of: MaybeFigure) -> Option<Row> {
        Some(self.rates(name, self.all(of)?))
    }

    /// A figure that a fold declares, where any plan has it.
    pub(super) fn declared(&mut self, it: &Declaration) {
        let of = |plan: &Plan| plan.figures.get(it.key).copied();
        if !self.plans().any(|plan| of(plan).is_some()) {
            return;
        }
        let unit = match it.measure {
            Measure::PerDay | Measure::PodsPerDay => Unit::Rate,
            Measure::Number => Unit::Number(1),
            Measure::Seconds => Unit::Seconds,
            Measure::Percent => Unit::Percent(1),
            Measure::Usd => Unit::Usd,
        };
        // What does not happen takes no time and costs nothing, which is another thing than none.
        let none = match it.measure {
            Measure::Seconds | Measure::Usd => Cell::maybe(None, unit),
            _ => Cell::of(0.0, unit),
        };
        let mut cells: Vec<Cell> = self
            .plans()
            .map(|plan| of(plan).map_or(none.clone(), |it| Cell::mean(it, unit)))
            .collect();
        if let Some(own) = of(self.plan())
            && let Some(last) = cells.pop()
        {
            cells.push(last.within(own));
        }
        let row = Row::new(it.label, cells);
        self.push(row);
    }
}

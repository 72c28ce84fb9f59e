//! Both plans side by side: cost, nodes, disruption, waiting, work and availability.

mod jobs;

use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit, Value};
use crate::stats::Estimate;
use crate::summary::{Plan, Saving, StartUp, Summary, WorkloadAvailability};

/// How many workloads that lost data are named.
const NAMED_LOSSES: usize = 3;

/// One figure of a plan.
type Figure = fn(&Plan) -> Estimate;
/// One that not every plan has.
type MaybeFigure = fn(&Plan) -> Option<Estimate>;

/// Both plans as a table, and what changes between them.
pub(super) fn section(summary: &Summary) -> Option<Section> {
    let mut rows = Rows::of(summary);
    rows.cost();
    rows.nodes();
    rows.disruption();
    rows.volumes();
    rows.waits();
    rows.work();
    rows.availability();
    let table = Table {
        title: "",
        columns: vec!["ON-DEMAND", "PROPOSED"],
        notes: "CHANGE",
        intervals: Intervals::Behind,
        rows: rows.rows,
    };
    let charts = ["cost", "nodes", "pending"].map(Block::Chart);
    let blocks = [Block::Table(table)].into_iter().chain(charts).collect();
    Some(Section::new("Both plans", "", blocks))
}

/// The rows of the table as they are made.
pub(super) struct Rows<'s> {
    summary: &'s Summary,
    base: &'s Plan,
    plan: &'s Plan,
    rows: Vec<Row>,
}

impl<'s> Rows<'s> {
    fn of(summary: &'s Summary) -> Rows<'s> {
        Rows { summary, base: &summary.on_demand, plan: &summary.proposed, rows: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// A row of the same figure of both plans.
    fn both(&mut self, name: &str, of: impl Fn(&Plan) -> Cell) {
        self.push(Row::new(name, [of(self.base), of(self.plan)]));
    }

    /// A row of two rates, with the interval of the second.
    pub(super) fn rates(&mut self, name: &str, base: Estimate, plan: Estimate) -> Row {
        Row::new(name, [Cell::mean(base, Unit::Rate), Cell::mean(plan, Unit::Rate).within(plan)])
    }

    /// A row of a rate that both plans have, or none.
    fn rate_if_any(&mut self, name: &str, of: MaybeFigure) -> Option<Row> {
        let (base, plan) = of(self.base).zip(of(self.plan))?;
        Some(self.rates(name, base, plan))
    }

    fn cost(&mut self) {
        let change = |saving: &Saving| change(saving, self.summary.never_placed.is_some());
        let on_demand = change(&self.summary.saving.on_demand_plan);
        let today = self.summary.today.as_ref().zip(self.summary.saving.today.as_ref());
        let today = today.map(|(plan, saving)| (plan, change(saving)));
        let cost = |plan: &Plan| Cell::mean(plan.cost_monthly, Unit::Usd);
        let whole = [cost(self.base), cost(self.plan)];
        self.push(Row::new("Cost /month", whole).noted(on_demand));
        let parts: [(&str, Figure); 3] = [
            ("of it idle", |plan| plan.idle_cost_monthly),
            ("of it unused commitments", |plan| plan.commitment_unused_monthly),
            ("of it beside instances", |plan| plan.other_cost_monthly),
        ];
        for (index, (name, of)) in parts.into_iter().enumerate() {
            if index == 0 || of(self.base).mean > 0.0 || of(self.plan).mean > 0.0 {
                let cells = [self.base, self.plan].map(|plan| Cell::mean(of(plan), Unit::Usd));
                self.push(Row::new(name, cells).part());
            }
        }
        if let Some((plan, change)) = today {
            let cells = [cost(plan), cost(self.plan)];
            self.push(Row::new("Paid today /month", cells).noted(change));
        }
    }

    fn nodes(&mut self) {
        self.both("Nodes mean / peak", |plan| {
            let mean = Value::Is(plan.nodes_mean.mean, Unit::Number(1));
            Cell::several([mean, Value::Is(plan.nodes_peak as f64, Unit::Number(0))])
        });
        let short = [self.base, self.plan].map(|plan| plan.node_hours_short_per_day.mean);
        if short.iter().any(|short| *short > 0.0) {
            let cells = short.map(|short| Cell::of(short, Unit::Rate));
            let row = Row::new("short, node h /day", cells).part();
            self.push(row.noted("less than the pools' sizes"));
        }
    }

    fn disruption(&mut self) {
        let daily: [(usize, &str, Figure); 5] = [
            (0, "Reclaims /day", |plan| plan.reclaims_per_day),
            (0, "Pods disrupted /day", |plan| plan.pods_disrupted_per_day),
            (1, "clean", |plan| plan.ends_clean_per_day),
            (1, "cut short", |plan| plan.ends_cut_short_per_day),
            (1, "killed without warning", |plan| plan.ends_killed_without_warning_per_day),
        ];
        for (depth, name, of) in daily {
            let row = self.rates(name, of(self.base), of(self.plan));
            self.push(Row { depth, ..row });
        }
        let failed = |plan: &Plan| plan.failures_per_day.as_ref().map_or(0.0, |it| it.mean);
        if failed(self.base) > 0.0 || failed(self.plan) > 0.0 {
            self.both("Failed nodes /day", |plan| Cell::of(failed(plan), Unit::Rate));
        }
        let where_any: [(usize, &str, MaybeFigure); 4] = [
            (0, "Fallbacks /day", |p| p.fallbacks.as_ref().map(|it| it.fell_back_per_day)),
            (1, "and back to spot", |p| p.fallbacks.as_ref().map(|it| it.back_to_spot_per_day)),
            (0, "Past a budget, pods /day", |p| p.budgets.as_ref().map(|it| it.violations_per_day)),
            (1, "budgets short, min /day", |p| {
                p.budgets.as_ref().map(|it| it.short_minutes_per_day)
            }),
        ];
        for (depth, name, of) in where_any {
            if let Some(row) = self.rate_if_any(name, of) {
                self.push(Row { depth, ..row });
            }
        }
    }

    fn volumes(&mut self) {
        let stranded: MaybeFigure =
            |plan| plan.volumes.as_ref().map(|it| it.stranded_pod_minutes_per_day);
        if let Some(row) = self.rate_if_any("Stranded, pod min /day", stranded) {
            self.push(row);
        }
        let disks: MaybeFigure =
            |plan| plan.start_up.as_ref().map(|it| it.disk_wait_pod_minutes_per_day);
        if self.plan.volumes.is_some()
            && let Some(row) = self.rate_if_any("waiting for disks", disks)
        {
            self.push(row.part());
        }
        if let Some((base, plan)) = self.base.data_lost.as_ref().zip(self.plan.data_lost.as_ref()) {
            let row = self.rates("Data lost, pods /day", base.pods_per_day, plan.pods_per_day);
            self.push(row);
            for loss in plan.workloads.iter().take(NAMED_LOSSES) {
                let of_base = base.workloads.iter().find(|it| it.workload == loss.workload);
                let of_base = of_base.map_or(Estimate::of(&[0.0]), |it| it.pods_per_day);
                let row = self.rates(&loss.workload, of_base, loss.pods_per_day);
                self.push(row.part());
            }
        }
        if self.plan.bare_pods_lost > 0 {
            let replications = self.summary.replications as f64;
            let each =
                |plan: &Plan| Cell::of(plan.bare_pods_lost as f64 / replications, Unit::Rate);
            let row = Row::new("Bare pods lost", [each(self.base), each(self.plan)]);
            self.push(row.noted("they do not come back"));
        }
    }

    fn waits(&mut self) {
        let waits = |plan: &Plan| {
            let waits =
                [plan.pending_seconds_p50, plan.pending_seconds_p95, plan.pending_seconds_max];
            Cell::several(waits.map(Value::from))
        };
        self.both("Pending p50 / p95 / max", waits);
        if let Some((base, plan)) = self.base.start_up.as_ref().zip(self.plan.start_up.as_ref()) {
            let times = |it: &StartUp| {
                Cell::several([it.seconds_p50, it.seconds_p95, it.seconds_max].map(Value::from))
            };
            let row = Row::new("Started p50 / p95 / max", [times(base), times(plan)]);
            self.push(row.noted("from the binding"));
        }
        if self.plan.impact.replacement_seconds[0].is_some() {
            let times =
                |plan: &Plan| Cell::several(plan.impact.replacement_seconds.map(Value::from));
            let row = Row::new("Replaced p50 / p95 / max", [times(self.base), times(self.plan)]);
            self.push(row.noted("from the notice"));
        }
        if let Some(burst) = &self.plan.impact.worst_burst {
            let nodes = Cell::part_of(burst.nodes.into(), burst.of.into());
            let base = Cell::maybe(None, Unit::Rate);
            let row = Row::new("Most nodes taken in 5 min", [base, nodes]);
            self.push(row.noted(format!("run {} at {}", burst.run, burst.at)));
        }
    }

    fn work(&mut self) {
        self.both("CPU / memory requested", |plan| {
            let shares = [plan.cpu_requested_percent, plan.memory_requested_percent];
            Cell::several(shares.map(|share| {
                share.map_or(Value::Missing, |it| Value::Is(it.mean, Unit::Percent(0)))
            }))
        });
        if self.plan.completed.mean > 0.0 || self.base.completed.mean > 0.0 {
            let done = |plan: &Plan| Cell::mean(plan.completed, Unit::Number(1));
            let ratio = self.summary.delivered_ratio;
            let ratio = ratio.map(|it| format!("{:.1} % of the work", it.mean * 100.0));
            let row = Row::new("Pods completed", [done(self.base), done(self.plan)]);
            self.push(row.noted(ratio.unwrap_or_default()));
        }
        if let Some((base, plan)) = self.base.batch.as_ref().zip(self.plan.batch.as_ref()) {
            jobs::rows(self, base, plan);
        }
    }

    fn availability(&mut self) {
        let summary = self.summary;
        let least = |plan: &'s Plan| summary.least_available(plan);
        let cell = |row: Option<&WorkloadAvailability>| {
            let decimals = row.map_or(0, |row| row.decimals);
            Cell::maybe(row.and_then(|row| row.availability), Unit::Share(decimals))
        };
        let own = least(self.plan);
        let row = Row::new("Least availability", [cell(least(self.base)), cell(own)]);
        self.push(row.noted(own.map_or("", |row| &row.workload)));
        if let Some(own) = own.filter(|it| it.worst < Some(1.0))
            && summary.replications > 1
            && let Some((worst, run)) = own.worst.zip(own.worst_run.as_ref())
        {
            let worst = Cell::of(worst, Unit::Share(own.decimals));
            let row = Row::new("in its worst run", [Cell::EMPTY, worst]).part();
            self.push(row.noted(format!("run {run}")));
        }
    }
}

/// By how many per cent the cost changes, with its interval.
fn change(saving: &Saving, incomplete: bool) -> String {
    let Some(percent) = saving.percent else { return String::new() };
    let ends = percent.low.zip(percent.high);
    let within = ends.map(|(low, high)| format!(" ({})", crate::format::ends(-high, -low)));
    let of = if incomplete { " of what runs" } else { "" };
    format!("{:+.1} %{}{of}", -percent.mean, within.unwrap_or_default())
}

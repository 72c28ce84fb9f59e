//! The variants side by side: cost, nodes, disruption, waiting, work and availability.

mod jobs;
mod overuse;
mod rollouts;

use super::rows::Rows;
use crate::folds::declared::{Place, declarations};
use crate::section::{Block, Cell, Row, Section, Table, Unit, Value};
use crate::stats::Estimate;
use crate::summary::{DataLost, Plan, Saving, StartUp, Summary, Variant, WorkloadAvailability};

/// How many workloads that lost data are named.
const NAMED_LOSSES: usize = 3;

/// One figure of a plan.
type Figure = fn(&Plan) -> Estimate;
/// One that not every plan has.
type MaybeFigure = fn(&Plan) -> Option<Estimate>;

/// The variants as a table, and what changes between them.
pub(super) fn section(summary: &Summary) -> Option<Section> {
    let mut rows = Rows::of(summary);
    rows.cost();
    rows.nodes();
    rows.disruption();
    declared(&mut rows, Place::Disruption);
    rows.volumes();
    rows.waits();
    declared(&mut rows, Place::Waits);
    rows.work();
    declared(&mut rows, Place::Work);
    rows.availability();
    rows.rollouts();
    let title = match rows.variants.len() {
        1 => "The plan",
        2 => "Both plans",
        _ => "All plans",
    };
    let table = Table { notes: "CHANGE", ..rows.table() };
    let charts = &["cost", "nodes", "pending"][..if summary.has_pods { 3 } else { 2 }];
    let charts = charts.iter().map(|name| Block::Chart(name));
    let blocks = [Block::Table(table)].into_iter().chain(charts).collect();
    Some(Section::new(title, "", blocks))
}

/// The figures that folds declare for some place of the table.
fn declared(rows: &mut Rows<'_>, place: Place) {
    declarations().filter(|it| it.place == place).for_each(|it| rows.declared(it));
}

impl<'s> Rows<'s> {
    fn cost(&mut self) {
        let subject = self.summary.subject();
        let incomplete = subject.never_placed.is_some();
        let cost = |plan: &Plan| Cell::mean(plan.cost_monthly, Unit::Usd);
        let changed = self.summary.baseline().and(subject.saving.as_ref());
        let changed = changed.map_or_else(String::new, |saving| change(saving, incomplete));
        self.push(Row::new("Cost /month", self.each(cost)).noted(changed));
        if self.variants.len() > 2 {
            let percent = |it: &&Variant| {
                let percent = it.saving.as_ref().and_then(|saving| saving.percent);
                Cell::maybe(percent.map(|it| -it.mean), Unit::Percent(1))
            };
            let cells: Vec<Cell> = self.variants.iter().map(percent).collect();
            self.push(Row::new("against the baseline", cells).part());
        }
        let parts: [(&str, Figure); 3] = [
            ("of it idle", |plan| plan.idle_cost_monthly),
            ("of it unused commitments", |plan| plan.commitment_unused_monthly),
            ("of it beside instances", |plan| plan.other_cost_monthly),
        ];
        for (index, (name, of)) in parts.into_iter().enumerate() {
            if index == 0 || self.any(|plan| of(plan).mean) {
                let cells = self.each(|plan| Cell::mean(of(plan), Unit::Usd));
                self.push(Row::new(name, cells).part());
            }
        }
        if let Some(reference) = self.summary.reference()
            && let Some(saving) = &reference.subject_saves
        {
            let between = self.variants.len().saturating_sub(2);
            let mut cells = vec![cost(&reference.plan)];
            cells.extend((0..between).map(|_| Cell::EMPTY));
            cells.extend((self.variants.len() > 1).then(|| cost(&subject.plan)));
            let name = match &reference.name[..] {
                "today" => "Paid today /month".to_owned(),
                name => format!("{name} /month"),
            };
            self.push(Row::new(name, cells).noted(change(saving, incomplete)));
        }
    }

    fn nodes(&mut self) {
        self.row("Nodes mean / peak", |plan| {
            let mean = Value::Is(plan.nodes_mean.mean, Unit::Number(1));
            Cell::several([mean, Value::Is(plan.nodes_peak as f64, Unit::Number(0))])
        });
        let short = |plan: &Plan| plan.node_hours_short_per_day.mean;
        if self.any(short) {
            let cells = self.each(|plan| Cell::of(short(plan), Unit::Rate));
            let row = Row::new("short, node h /day", cells).part();
            self.push(row.noted("less than the pools' sizes"));
        }
    }

    fn disruption(&mut self) {
        let of_nodes: [(usize, &str, Figure); 1] =
            [(0, "Reclaims /day", |plan| plan.reclaims_per_day)];
        let of_pods: [(usize, &str, Figure); 4] = [
            (0, "Pods disrupted /day", |plan| plan.pods_disrupted_per_day),
            (1, "clean", |plan| plan.ends_clean_per_day),
            (1, "cut short", |plan| plan.ends_cut_short_per_day),
            (1, "killed without warning", |plan| plan.ends_killed_without_warning_per_day),
        ];
        let has_pods = self.summary.has_pods;
        let of_pods = of_pods.into_iter().filter(|_| has_pods);
        for (depth, name, of) in of_nodes.into_iter().chain(of_pods) {
            let row = self.rates(name, self.plans().map(of));
            self.push(Row { depth, ..row });
        }
        let failed = |plan: &Plan| plan.failures_per_day.as_ref().map_or(0.0, |it| it.mean);
        if self.any(failed) {
            self.row("Failed nodes /day", |plan| Cell::of(failed(plan), Unit::Rate));
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
        if self.plan().volumes.is_some()
            && let Some(row) = self.rate_if_any("waiting for disks", disks)
        {
            self.push(row.part());
        }
        if let Some(all) = self.all(|plan| plan.data_lost.as_ref()) {
            self.push(self.rates("Data lost, pods /day", all.iter().map(|it| it.pods_per_day)));
            let own = self.plan().data_lost.iter().flat_map(|it| &it.workloads);
            for loss in own.take(NAMED_LOSSES) {
                let of = |it: &&DataLost| {
                    let own = it.workloads.iter().find(|it| it.workload == loss.workload);
                    own.map_or(Estimate::of(&[0.0]), |it| it.pods_per_day)
                };
                self.push(self.rates(&loss.workload, all.iter().map(of)).part());
            }
        }
        if self.plan().bare_pods_lost > 0 {
            let replications = self.summary.replications as f64;
            let cells =
                self.each(|plan| Cell::of(plan.bare_pods_lost as f64 / replications, Unit::Rate));
            self.push(Row::new("Bare pods lost", cells).noted("they do not come back"));
        }
    }

    fn waits(&mut self) {
        let waits = |plan: &Plan| {
            let waits =
                [plan.pending_seconds_p50, plan.pending_seconds_p95, plan.pending_seconds_max];
            Cell::several(waits.map(Value::from))
        };
        if self.summary.has_pods {
            self.row("Pending p50 / p95 / max", waits);
        }
        if let Some(all) = self.all(|plan| plan.start_up.as_ref()) {
            let times = |it: &StartUp| {
                Cell::several([it.seconds_p50, it.seconds_p95, it.seconds_max].map(Value::from))
            };
            let cells: Vec<Cell> = all.into_iter().map(times).collect();
            self.push(Row::new("Started p50 / p95 / max", cells).noted("from the binding"));
        }
        if self.plan().impact.replacement_seconds[0].is_some() {
            let times =
                |plan: &Plan| Cell::several(plan.impact.replacement_seconds.map(Value::from));
            let row = Row::new("Replaced p50 / p95 / max", self.each(times));
            self.push(row.noted("from the notice"));
        }
        if let Some(burst) = &self.plan().impact.worst_burst {
            let nodes = Cell::part_of(burst.nodes.into(), burst.of.into());
            let others = (1..self.variants.len()).map(|_| Cell::maybe(None, Unit::Rate));
            let cells: Vec<Cell> = others.chain([nodes]).collect();
            let row = Row::new("Most nodes taken in 5 min", cells);
            self.push(row.noted(format!("run {} at {}", burst.run, burst.at)));
        }
    }

    fn work(&mut self) {
        let requested = |plan: &Plan| {
            let shares = [plan.cpu_requested_percent, plan.memory_requested_percent];
            Cell::several(shares.map(|share| {
                share.map_or(Value::Missing, |it| Value::Is(it.mean, Unit::Percent(0)))
            }))
        };
        if self.summary.has_pods {
            self.row("CPU / memory requested", requested);
        }
        self.usage();
        if self.any(|plan| plan.completed.mean) {
            let ratio = self.summary.subject().delivered_ratio;
            let ratio = ratio.map(|it| format!("{:.1} % of the work", it.mean * 100.0));
            let cells = self.each(|plan| Cell::mean(plan.completed, Unit::Number(1)));
            self.push(Row::new("Pods completed", cells).noted(ratio.unwrap_or_default()));
        }
        if let Some(all) = self.all(|plan| plan.batch.as_ref()) {
            jobs::rows(self, &all);
        }
        if let Some(all) = self.all(|plan| plan.overuse.as_ref()) {
            overuse::rows(self, &all);
        }
    }

    fn rollouts(&mut self) {
        if let Some(all) = self.all(|plan| plan.rollouts.as_ref()) {
            rollouts::rows(self, &all);
        }
    }

    /// What is used of what nodes offer, and requests that are not served.
    fn usage(&mut self) {
        let used = |plan: &Plan| [plan.cpu_used_percent, plan.memory_used_percent];
        if self.plans().any(|plan| used(plan).iter().any(Option::is_some)) {
            self.row("CPU / memory used", |plan| {
                Cell::several(used(plan).map(|share| {
                    share.map_or(Value::Missing, |it| Value::Is(it.mean, Unit::Percent(0)))
                }))
            });
        }
        for row in self.plan().load.iter().flatten().take(NAMED_LOSSES) {
            let cells = self.each(|plan| {
                let own = plan.load.iter().flatten().find(|it| it.workload == row.workload);
                let share = own.and_then(|row| row.unserved_percent);
                Cell::maybe(share.map(|share| share.mean), Unit::Percent(2))
            });
            let lost = row.unserved_per_day.mean;
            let many = format!("{} /day", crate::format::thousands(lost));
            let note = if lost > 0.0 { many } else { String::new() };
            let name = format!("Unserved requests, {}", row.workload);
            self.push(Row::new(&name, cells).noted(note));
        }
    }

    fn availability(&mut self) {
        let summary = self.summary;
        if !summary.has_pods {
            return;
        }
        let least = |plan: &'s Plan| summary.least_available(plan);
        let cell = |row: Option<&WorkloadAvailability>| {
            let decimals = row.map_or(0, |row| row.decimals);
            Cell::maybe(row.and_then(|row| row.availability), Unit::Share(decimals))
        };
        let own = least(self.plan());
        let row = Row::new("Least availability", self.each(|plan| cell(least(plan))));
        self.push(row.noted(own.map_or("", |row| &row.workload)));
        if let Some(own) = own.filter(|it| it.worst < Some(1.0))
            && summary.replications > 1
            && let Some((worst, run)) = own.worst.zip(own.worst_run.as_ref())
        {
            let worst = Cell::of(worst, Unit::Share(own.decimals));
            let others = (1..self.variants.len()).map(|_| Cell::EMPTY);
            let cells: Vec<Cell> = others.chain([worst]).collect();
            self.push(Row::new("in its worst run", cells).part().noted(format!("run {run}")));
        }
    }
}

/// By how many per cent the cost changes, with its interval.
fn change(saving: &Saving, incomplete: bool) -> String {
    let Some(percent) = saving.percent else { return String::new() };
    let ends = percent.low.zip(percent.high);
    let within = ends.map(|(low, high)| format!(" ({})", crate::format::ends(-high, -low)));
    let of = if incomplete { " of what runs" } else { "" };
    let percent = match percent.mean {
        0.0 => "0.0 %".to_owned(),
        mean => format!("{:+.1} %", -mean),
    };
    format!("{percent}{}{of}", within.unwrap_or_default())
}

//! A comparison as sections: the answer, the plans side by side, what changes between them and in the
//! scenarios.

use sim::terms::metrics::{Figure, Metric, OfWorkload};

use super::{Compared, Difference, Plan, Verdict, decides};
use crate::format::usd;
use crate::metrics::Column;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Value};
use crate::sections::expectations;
use crate::{render, section};

/// More plans than this are said to be many: some difference is then found by chance.
const FEW_PLANS: usize = 3;
/// The most changes of a scenario that are listed.
const LISTED: usize = 40;

/// The figures of the table of plans.
const SIDE_BY_SIDE: &[(&str, Figure)] = &[
    ("COST /MO", Figure::CostMonthly),
    ("RECLAIMS /D", Figure::Reclaims),
    ("DISRUPTED /D", Figure::PodsDisrupted),
    ("PENDING P95", Figure::Pending(95)),
];

/// The figures that tables show; JSON has all.
const SHOWN: &[Figure] = &[
    Figure::CostMonthly,
    Figure::CostIdle,
    Figure::CostUnused,
    Figure::NodesMean,
    Figure::NodesPeak,
    Figure::NodesShort,
    Figure::Declared("nodeLaunchesPerDay"),
    Figure::Declared("nodeRemovalsPerDay"),
    Figure::Declared("youngRemovalsPerDay"),
    Figure::Declared("wastedLaunchesPerDay"),
    Figure::CpuRequested,
    Figure::MemoryRequested,
    Figure::CpuUsed,
    Figure::MemoryUsed,
    Figure::Reclaims,
    Figure::NoticesMissed,
    Figure::Failures,
    Figure::PodsDisrupted,
    Figure::EndsClean,
    Figure::EndsCutShort,
    Figure::EndsKilled,
    Figure::DataLost,
    Figure::Pending(50),
    Figure::Pending(95),
    Figure::Pending(100),
    Figure::PendingCensored,
    Figure::Replacement(95),
    Figure::Completed,
    Figure::LostWorkHours,
    Figure::DeadlineMisses,
    Figure::Declared("deadlineJobsPaid"),
    Figure::Declared("deadlineJobsLeast"),
    Figure::JobsFailed,
    Figure::Of(OfWorkload::Availability),
    Figure::Of(OfWorkload::UnavailableMinutes),
];
/// The most workloads that are named of each figure, those that change most.
const WORKLOADS: usize = 5;

/// The sections of a comparison, in order.
#[must_use]
pub fn sections(compared: &Compared) -> Vec<Section> {
    let mut all = vec![Section::new("Answer", answer(compared), Vec::new())];
    let several = compared.plans.len() > 2;
    for plan in &compared.plans[1..] {
        all.extend(changes(plan, several));
    }
    all.extend(several.then(|| side_by_side(compared)));
    for (plan, rows) in compared.differences() {
        all.extend(of_plan(compared, plan, &worth_showing(rows)));
    }
    all.extend(judged(compared));
    all.push(provenance(compared));
    all
}

/// What certainly changes from the first plan to another, what may, and what does not.
pub(super) fn of_plan(compared: &Compared, plan: &Plan, rows: &[Difference]) -> Vec<Section> {
    let changed = changed(compared, plan, rows);
    [Some(changed), undetected(compared, plan, rows), identical(rows)]
        .into_iter()
        .flatten()
        .collect()
}

/// How the expectations of each plan fared.
pub(super) fn judged(compared: &Compared) -> Vec<Section> {
    let plans = compared.plans.iter().filter(|it| !it.judged.is_empty());
    let sections = plans.filter_map(|plan| {
        let section = expectations::of(&plan.judged)?;
        Some(Section { claim: format!("{}: {}", plan.name, section.claim), ..section })
    });
    sections.collect()
}

/// The comparison as a comment of a pull request: one bold line, the table, the rest folded.
#[must_use]
pub fn markdown(compared: &Compared) -> String {
    let all = sections(compared);
    let (answer, rest) = all.split_first().expect("there is an answer");
    let mut changes = String::new();
    for plan in compared.plans.iter().filter(|it| !it.changes.is_empty()) {
        // What GitHub and GitLab show in colours; nothing in it ends the block.
        let lines =
            plan.changes.iter().take(LISTED).map(|it| it.replace('`', "'").replace('\n', " "));
        let lines: Vec<String> = lines.collect();
        let name = render::markdown::escaped(&plan.name);
        changes += &format!("{name}:\n\n```diff\n{}\n```\n\n", lines.join("\n"));
    }
    let rest = rest.iter().filter(|it| it.title != SCENARIO).cloned();
    let (shown, folded): (Vec<Section>, Vec<Section>) =
        rest.partition(|it| matches!(it.title, CHANGED | PLANS | EXPECTATIONS));
    render::comment::render(&answer.claim, &shown, &changes, &folded)
}

const SCENARIO: &str = "Scenario";
const EXPECTATIONS: &str = "Expectations";
const CHANGED: &str = "What changes";
const PLANS: &str = "Plans";

/// The answer in a sentence: which plan is the cheapest, by how much, and what is worse about it.
pub(super) fn answer(compared: &Compared) -> String {
    let base = &compared.plans[0];
    let all = compared.differences();
    let Some((number, row)) = cheapest(&all) else { return "there is nothing to compare".into() };
    let ((plan, rows), cost) = (&all[number], Metric::of(Figure::CostMonthly).key);
    let mean = row.difference.map_or(0.0, |it| it.mean);
    let percent = row
        .base
        .filter(|base| *base != 0.0)
        .map_or_else(String::new, |base| format!(" ({:.1} %)", 100.0 * mean.abs() / base));
    let money = match row.verdict {
        Verdict::Better => format!("is {}/month cheaper{percent} than", usd(-mean)),
        Verdict::Worse => format!("costs {}/month more{percent} than", usd(mean)),
        Verdict::Identical => "costs the same as".into(),
        Verdict::NotDetectable => "has no detectable difference in cost from".into(),
        Verdict::Higher | Verdict::Lower | Verdict::OnlyOne => "cannot be compared with".into(),
    };
    let others = rows.iter().filter(|it| it.key != cost && decides(&it.key));
    let mut named = [Vec::new(), Vec::new()];
    for row in others {
        match row.verdict {
            Verdict::Better => named[0].push(row.label.clone()),
            Verdict::Worse => named[1].push(row.label.clone()),
            Verdict::Higher
            | Verdict::Lower
            | Verdict::NotDetectable
            | Verdict::Identical
            | Verdict::OnlyOne => {}
        }
    }
    let said = |what: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!("; {what}: {}", names.join(", ")),
    };
    format!(
        "{} {money} {}{}{}.",
        plan.name,
        base.name,
        said("worse", &named[1]),
        said("better", &named[0])
    )
}

/// Which of the plans but the first is the cheapest, the first of these being 0, and what becomes of its
/// cost.
pub(super) fn cheapest<'d>(all: &'d [(&Plan, Vec<Difference>)]) -> Option<(usize, &'d Difference)> {
    let cost = Metric::of(Figure::CostMonthly).key;
    let of = |rows: &'d [Difference]| rows.iter().find(|row| row.key == cost);
    let costs = all.iter().enumerate().filter_map(|(index, (_, rows))| Some((index, of(rows)?)));
    let mean = |it: &Difference| it.difference.map_or(0.0, |it| it.mean);
    costs.min_by(|a, b| mean(a.1).total_cmp(&mean(b.1)))
}

/// What a plan changes in the scenario of the first.
pub(super) fn changes(plan: &Plan, several: bool) -> Option<Section> {
    let mut notes: Vec<Block> =
        plan.changes.iter().take(LISTED).map(|it| Note::new(it.as_str()).into()).collect();
    if plan.changes.len() > LISTED {
        notes.push(Note::new(format!("and {} more", plan.changes.len() - LISTED)).into());
    }
    let claim = if several { format!("Scenario of {}:", plan.name) } else { String::new() };
    (!notes.is_empty()).then(|| Section::new(SCENARIO, claim, notes))
}

/// All plans and the figures that decide.
pub(super) fn side_by_side(compared: &Compared) -> Section {
    let column = |plan: &Plan, figure: Figure| {
        plan.measured.columns.iter().find(|it| it.metric.figure == figure).cloned()
    };
    let rows = compared.plans.iter().map(|plan| {
        let mut cells: Vec<Cell> = SIDE_BY_SIDE
            .iter()
            .map(|(_, figure)| {
                let column = column(plan, *figure);
                let mean = column.as_ref().and_then(Column::estimate).map(|it| it.mean);
                Cell::maybe(mean, Metric::of(*figure).unit.into())
            })
            .collect();
        let least = plan
            .measured
            .columns
            .iter()
            .filter(|it| it.metric.figure == Figure::Of(OfWorkload::Availability))
            .filter_map(|it| Some(it.estimate()?.mean))
            .reduce(f64::min);
        cells.push(Cell::maybe(least, section::Unit::Share(5)));
        Row::new(plan.name.clone(), cells)
    });
    let heads = SIDE_BY_SIDE.iter().map(|(head, _)| *head).chain(["LEAST AVAIL."]);
    let table = Table {
        title: "PLAN",
        columns: heads.map(str::to_owned).collect(),
        notes: "",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    let mut blocks = vec![Block::Table(table)];
    let comparisons = compared.plans.len() - 1;
    if compared.plans.len() > FEW_PLANS {
        let each = 5.0 / comparisons as f64;
        let sentence = format!(
            "{comparisons} comparisons with the first: each interval holds with 95 %, all together with \
             less. Bonferroni: for 95 % together each would have to hold with {:.1} %.",
            100.0 - each
        );
        blocks.push(Note::new(sentence).into());
    }
    Section::new(PLANS, "", blocks)
}

/// The rows that tables show: of figures that each workload has those that change most.
pub(super) fn worth_showing(rows: Vec<Difference>) -> Vec<Difference> {
    let figure = |row: &Difference| SHOWN.iter().find(|it| Metric::of(**it).is_key(&row.key));
    let rows = rows.into_iter().filter_map(|row| Some((*figure(&row)?, row)));
    let mut shown: Vec<(Figure, Difference)> = rows.collect();
    for figure in SHOWN.iter().filter(|it| Metric::of(**it).is_of_workload()) {
        let changes = |row: &Difference| row.difference.map_or(0.0, |it| it.mean.abs());
        let own = shown.iter().filter(|(it, _)| it == figure);
        let mut most: Vec<f64> = own.map(|(_, row)| changes(row)).collect();
        most.sort_by(|a, b| b.total_cmp(a));
        let Some(least) = most.get(WORKLOADS - 1).copied() else { continue };
        let mut left = WORKLOADS;
        shown.retain(|(it, row)| {
            let keeps = it != figure || (changes(row) >= least && left > 0);
            left -= usize::from(it == figure && keeps);
            keeps
        });
    }
    shown.into_iter().map(|(_, row)| row).collect()
}

/// The figures that certainly change, with the intervals of their paired differences.
fn changed(compared: &Compared, plan: &Plan, rows: &[Difference]) -> Section {
    let rows = rows.iter().filter(|row| row.verdict.is_change());
    let table = difference_table(&compared.plans[0].name, &plan.name, rows, true);
    if table.rows.is_empty() {
        let claim = format!("No figure of {} certainly differs.", plan.name);
        return Section::new(CHANGED, claim, Vec::new());
    }
    Section::new(CHANGED, "", vec![Block::Table(table)])
}

/// Those whose intervals cover zero.
fn undetected(compared: &Compared, plan: &Plan, rows: &[Difference]) -> Option<Section> {
    let rows = rows.iter().filter(|row| row.verdict == Verdict::NotDetectable);
    let table = difference_table(&compared.plans[0].name, &plan.name, rows, false);
    let claim = "no detectable difference: the interval covers zero";
    (!table.rows.is_empty())
        .then(|| Section::new("No detectable difference", claim, vec![Block::Table(table)]))
}

/// Those that are the same in every replication, by name.
fn identical(rows: &[Difference]) -> Option<Section> {
    let named = |verdict: Verdict| {
        let rows = rows.iter().filter(move |row| row.verdict == verdict);
        rows.map(|row| row.label.as_str()).collect::<Vec<_>>().join(", ")
    };
    let [same, only] = [Verdict::Identical, Verdict::OnlyOne].map(named);
    let mut notes: Vec<Block> = Vec::new();
    if !same.is_empty() {
        notes.push(Note::new(format!("identical in every replication: {same}")).into());
    }
    if !only.is_empty() {
        notes.push(Note::new(format!("only one of the two has it: {only}")).into());
    }
    (!notes.is_empty()).then(|| Section::new("Identical", "", notes))
}

pub(super) fn difference_table<'d>(
    base: &str,
    plan: &str,
    rows: impl Iterator<Item = &'d Difference>,
    verdict: bool,
) -> Table {
    let rows = rows.map(|row| {
        let unit = row.unit.into();
        let change = row
            .difference
            .map_or(Value::Missing, |it| Value::Change(it.mean, it.low.zip(it.high), unit));
        let cells = [row.base, row.plan].map(|it| Cell::maybe(it, unit));
        let mut cells: Vec<Cell> = cells.into_iter().chain([Cell::several([change])]).collect();
        if verdict {
            cells.push(Cell::several([Value::Word(row.verdict.name())]));
        }
        Row::new(row.label.clone(), cells)
    });
    let heads = [base.to_uppercase(), plan.to_uppercase()];
    let columns = heads.into_iter().chain(["PAIRED Δ [95 %]".into()]);
    let columns = columns.chain(verdict.then(|| "VERDICT".into()));
    Table {
        title: "",
        columns: columns.collect(),
        notes: "",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    }
}

pub(super) fn provenance(compared: &Compared) -> Section {
    let Compared { seed, replications, version, .. } = compared;
    let few = match *replications {
        1 => "; 1 replication, no intervals",
        n if n < 30 => "; fewer than 30 replications: intervals are wide and rough",
        _ => "",
    };
    let plural = if *replications == 1 { "" } else { "s" };
    let claim =
        format!("{replications} paired replication{plural}, seed {seed}, spotsim {version}{few}");
    Section::new("Provenance", claim, Vec::new())
}

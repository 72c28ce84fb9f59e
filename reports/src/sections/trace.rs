//! The cost of a run, traced: sums with their parts, which add up in print as well.

use std::collections::BTreeMap;

use sim::money::HOURS_PER_MONTH;

use crate::cost::breakdown::{COMMITMENT, OTHER};
use crate::cost::trace::{Amount, Besides, Focus, Instance, Stretch, Trace};
use crate::format::many;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit};

/// The number of instances that are listed, unless one pool is asked for.
const MOST: usize = 10;
/// Micro-dollars of the smallest amount that is printed.
const STEP: u64 = 100;
/// As many decimals has a dollar then.
const DECIMALS: usize = 4;
/// Micro-dollars an hour times milliseconds of it.
const EXACT: u128 = STEP as u128 * 3_600_000;

/// A part of a sum.
struct Part {
    name: String,
    cost: Amount,
    about: String,
}

/// The sections of a trace: the whole of it, one pool, or one instance line by line.
///
/// # Errors
/// If there is no such pool or instance: what there is.
pub(crate) fn sections(trace: &Trace, run: &str, focus: &Focus) -> Result<Vec<Section>, String> {
    let instances = &trace.instances;
    if let Some(name) = &focus.node {
        let found = instances.iter().find(|it| it.node == *name);
        let instance = found.ok_or_else(|| {
            let names: Vec<&str> = instances.iter().map(|it| it.node.as_str()).collect();
            format!("there is no node `{name}`; {}", listed(&names))
        })?;
        return Ok(of_instance(instance));
    }
    if let Some(pool) = &focus.pool {
        let own: Vec<&Instance> = instances.iter().filter(|it| it.pool == *pool).collect();
        if own.is_empty() {
            let mut names: Vec<&str> = instances.iter().map(|it| it.pool.as_str()).collect();
            names.dedup();
            return Err(format!("no node is of pool `{pool}`; {}", listed(&names)));
        }
        let total = sum(own.iter().map(|it| it.cost));
        let head = format!("POOL  {pool}: {}", many(own.len() as u64, "instance"));
        let all = added_up("INSTANCES, in the order of launches", &rows(&own), total);
        return Ok(vec![Section::new("Pool", head, Vec::new()), all]);
    }
    Ok(whole(trace, run))
}

fn whole(trace: &Trace, run: &str) -> Vec<Section> {
    let Trace { total, besides, instances, .. } = trace;
    let monthly = total.micro_usd as f64 / 1e6 * HOURS_PER_MONTH / trace.window_hours;
    let head = format!("COST  {} in {run}, {} to {}", single(*total), trace.from, trace.to);
    let monthly = format!("that is {} a month of 730 h", crate::format::usd(monthly));
    let cost = Section::new("Cost", head, vec![Note::new(monthly).into()]);
    let beside = |name: &str, unused: bool| {
        let of = besides.iter().filter(|it| it.what.ends_with("unused") == unused);
        let all: Vec<&Besides> = of.collect();
        (!all.is_empty()).then(|| Part {
            name: name.to_owned(),
            cost: sum(all.iter().map(|it| it.cost)),
            about: all.iter().map(|it| it.what.as_str()).collect::<Vec<_>>().join(", "),
        })
    };
    let unallocated = || [beside(COMMITMENT, true), beside(OTHER, false)].into_iter().flatten();
    let by = |heading, key: fn(&Instance) -> &str| {
        let mut groups: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
        instances.iter().for_each(|it| groups.entry(key(it)).or_default().push(it));
        let groups = groups.into_iter().map(|(name, of)| group(name, &of));
        added_up(heading, &groups.chain(unallocated()).collect::<Vec<_>>(), *total)
    };

    let mut dearest: Vec<&Instance> = instances.iter().collect();
    // Stable: of equals, the one that was launched first.
    dearest.sort_by_key(|it| std::cmp::Reverse(it.cost));
    let (shown, others) = dearest.split_at(MOST.min(dearest.len()));
    let mut list = rows(shown);
    if !others.is_empty() {
        let name = many(others.len() as u64, "other");
        let cost = sum(others.iter().map(|it| it.cost));
        list.push(Part { name, cost, about: "--pool POOL lists all of a pool".into() });
    }
    list.extend(unallocated());
    let mut by_instance = added_up("BY INSTANCE, the dearest first", &list, *total);
    by_instance.blocks.push(Note::new("--node NODE shows an instance line by line").into());
    let by_type = by("BY CAPACITY TYPE", |it| &it.capacity_type);
    let all = [cost, by_type, by("BY POOL", |it| &it.pool), by_instance];
    all.into_iter().chain(saving(trace)).collect()
}

/// The same instances at on-demand prices, less what they cost.
fn saving(trace: &Trace) -> Option<Section> {
    let [base, own] = printed(&[trace.same_nodes, trace.total], true)[..] else { return None };
    let [base, own] = [base, own].map(in_usd);
    let saved = base - own;
    let percent = match base {
        0.0 => String::new(),
        base => format!("{:.1} %", saved * 100.0 / base),
    };
    let row = |name: &str, amount: f64, about: String| {
        Row::new(name, [Cell::of(amount, Unit::Money(DECIMALS))]).noted(about)
    };
    let rows = vec![
        row("on-demand, under the same contract", base, String::new()),
        row("this run", own, String::new()),
        row("saving", saved, percent),
    ];
    Some(amounts("SAVING, against the same nodes at on-demand prices", rows))
}

/// A row for a group of instances.
fn group(name: &str, of: &[&Instance]) -> Part {
    let free = of.iter().filter(|it| it.rule.starts_with("free")).count();
    let free = if free == 0 { String::new() } else { format!(", {free} of them free") };
    Part {
        name: name.to_owned(),
        cost: sum(of.iter().map(|it| it.cost)),
        about: many(of.len() as u64, "instance") + &free,
    }
}

/// A row for each instance.
fn rows(instances: &[&Instance]) -> Vec<Part> {
    let end = |it: &Instance| match (&it.gone, it.end) {
        (Some(gone), Some(end)) => format!("{gone}: {end}"),
        _ => "the end".to_owned(),
    };
    let about = |it: &Instance| {
        let free = if it.rule.starts_with("free") { ", free" } else { "" };
        let Instance { instance_type, zone, launched, .. } = it;
        format!("{instance_type} {zone}, {launched} to {}{free}", end(it))
    };
    let row = |it: &&Instance| Part { name: it.node.clone(), cost: it.cost, about: about(it) };
    instances.iter().map(row).collect()
}

/// An instance line by line.
fn of_instance(it: &Instance) -> Vec<Section> {
    let Instance { node, pool, instance_type, zone, capacity_type, .. } = it;
    let about = format!("{instance_type}, {zone}, {capacity_type}, of pool {pool}");
    let head = format!("INSTANCE  {node}: {}", single(it.cost));
    let end = it.end.unwrap_or_default();
    let events = [
        (Some(&it.launched), "the launch is accepted; billing begins".to_owned()),
        (it.ready.as_ref(), "it takes pods".to_owned()),
        (it.notice.as_ref(), "the provider announces that it will take it".to_owned()),
        (it.gone.as_ref(), format!("it is gone: {end}; billing ends")),
    ];
    let event = |(at, what): (Option<&String>, String)| {
        Some(Note::new(format!("{:<18}{what}", at?)).into())
    };
    let line = |line: &Stretch| {
        let covered = line
            .uncovered_usd_per_hour
            .map_or_else(String::new, |price| format!(" (${price} without commitments)"));
        Part {
            name: format!("{} to {}", line.from, line.to),
            cost: line.cost,
            about: format!(
                "{} at ${}/h{covered}: {} to {}",
                line.held, line.usd_per_hour, line.begins_with, line.ends_with
            ),
        }
    };
    let share = |it: &Besides| Part { name: it.what.clone(), cost: it.cost, about: String::new() };
    let lines: Vec<Part> = it.lines.iter().map(line).collect();
    let shares: Vec<Part> = it.shares.iter().map(share).collect();
    vec![
        Section::new("Instance", head, vec![Note::new(about).into()]),
        Section::new("Events", "EVENTS", events.into_iter().filter_map(event).collect()),
        Section::new("Rule", "RULE", vec![Note::new(it.rule.as_str()).into()]),
        added_up("LINES", &lines, it.cost),
        added_up("WHO REQUESTED IT", &shares, it.cost),
    ]
}

/// Parts and their sum, which is the total: exactly, and as it is printed.
fn added_up(heading: &'static str, parts: &[Part], total: Amount) -> Section {
    let exact_sum: u128 = parts.iter().map(|part| part.cost.micro_usd_ms_per_hour).sum();
    assert_eq!(exact_sum, total.micro_usd_ms_per_hour, "{heading}: the parts are the whole");
    let costs: Vec<Amount> = parts.iter().map(|part| part.cost).collect();
    let costs: Vec<u64> = printed(&costs, false);
    let row = |name: &str, steps: u64, about: &str| {
        Row::new(name, [Cell::of(in_usd(steps), Unit::Money(DECIMALS))]).noted(about)
    };
    let rows = parts.iter().zip(&costs).map(|(part, cost)| row(&part.name, *cost, &part.about));
    let sum = row("sum", costs.iter().sum(), "adds up exactly");
    amounts(heading, rows.chain([sum]).collect())
}

/// A section that is a list of amounts.
fn amounts(heading: &'static str, rows: Vec<Row>) -> Section {
    let columns = vec!["amount".to_owned()];
    let (notes, intervals) = ("what it is", Intervals::Behind);
    let table = Table { title: heading, columns, notes, intervals, rows };
    Section::new(heading, heading, vec![Block::List(table)])
}

/// Amounts in steps of what is printed. They are rounded so that what is printed adds up: each
/// takes along what the ones before it have left; or each for itself.
fn printed(amounts: &[Amount], apart: bool) -> Vec<u64> {
    let rounded = |exact: u128| {
        u64::try_from((exact + EXACT / 2) / EXACT).expect("a bill below 2^64 micro-dollars")
    };
    let mut before = 0;
    let step = |amount: &Amount| {
        let after = before + amount.micro_usd_ms_per_hour;
        let step = rounded(after) - rounded(before);
        before = if apart { 0 } else { after };
        step
    };
    amounts.iter().map(step).collect()
}

/// A printed amount in dollars.
fn in_usd(steps: u64) -> f64 {
    steps as f64 / (1e6 / STEP as f64)
}

/// An amount that stands alone, in dollars.
fn single(amount: Amount) -> String {
    let steps = printed(&[amount], true).first().copied().unwrap_or(0);
    crate::format::usd_to(in_usd(steps), DECIMALS)
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    sim::Cost(amounts.map(|it| it.micro_usd_ms_per_hour).sum()).into()
}

fn listed(names: &[&str]) -> String {
    let some = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST);
    if more == 0 {
        format!("there are {some}")
    } else {
        format!("there are {some} and {more} more")
    }
}

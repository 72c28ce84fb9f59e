//! The trace for a person: sums with their parts, which add up in print as well.

use std::collections::BTreeMap;
use std::fmt::Write;

use sim::money::HOURS_PER_MONTH;

use super::{Amount, Focus, Instance, Trace};
use crate::cost::breakdown::{COMMITMENT, OTHER};
use crate::format::many;

/// The number of instances that are listed, unless one pool is asked for.
const MOST: usize = 10;
/// Micro-dollars of the smallest amount that is printed.
const STEP: u64 = 100;
/// Micro-dollars an hour times milliseconds of it.
const EXACT: u128 = STEP as u128 * 3_600_000;

/// A row of a table of sums.
struct Row {
    name: String,
    cost: Amount,
    about: String,
}

impl Trace {
    /// The trace as text.
    ///
    /// # Errors
    /// If there is no such pool or instance: what there is.
    pub fn text(&self, run: &str, focus: &Focus) -> Result<String, String> {
        if let Some(name) = &focus.node {
            let found = self.instances.iter().find(|it| it.node == *name);
            let instance = found.ok_or_else(|| {
                let names: Vec<&str> = self.instances.iter().map(|it| it.node.as_str()).collect();
                format!("there is no node `{name}`; {}", listed(&names))
            })?;
            return Ok(of_instance(instance));
        }
        if let Some(pool) = &focus.pool {
            let own: Vec<&Instance> = self.instances.iter().filter(|it| it.pool == *pool).collect();
            if own.is_empty() {
                let mut names: Vec<&str> =
                    self.instances.iter().map(|it| it.pool.as_str()).collect();
                names.dedup();
                return Err(format!("no node is of pool `{pool}`; {}", listed(&names)));
            }
            let total = sum(own.iter().map(|it| it.cost));
            let mut text = format!("POOL  {pool}: {}\n", many(own.len() as u64, "instance"));
            table(&mut text, "INSTANCES, in the order of launches", &rows(&own), total);
            return Ok(text);
        }
        Ok(self.whole(run))
    }

    fn whole(&self, run: &str) -> String {
        let monthly = self.total.micro_usd as f64 / 1e6 * HOURS_PER_MONTH / self.window_hours;
        let mut text = format!(
            "COST  {} in {run}, {} to {}\n  that is {} a month of 730 h\n",
            single(self.total),
            self.from,
            self.to,
            crate::format::usd(monthly)
        );
        let besides = |name: &str, unused: bool| {
            let of = self.besides.iter().filter(|it| it.what.ends_with("unused") == unused);
            let all: Vec<&super::Besides> = of.collect();
            (!all.is_empty()).then(|| Row {
                name: name.to_owned(),
                cost: sum(all.iter().map(|it| it.cost)),
                about: all.iter().map(|it| it.what.as_str()).collect::<Vec<_>>().join(", "),
            })
        };
        let unallocated =
            || [besides(COMMITMENT, true), besides(OTHER, false)].into_iter().flatten();
        let by = |key: fn(&Instance) -> &str| -> Vec<Row> {
            let mut groups: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
            self.instances.iter().for_each(|it| groups.entry(key(it)).or_default().push(it));
            groups.into_iter().map(|(name, of)| group(name, &of)).chain(unallocated()).collect()
        };
        table(&mut text, "BY CAPACITY TYPE", &by(|it| &it.capacity_type), self.total);
        table(&mut text, "BY POOL", &by(|it| &it.pool), self.total);

        let mut dearest: Vec<&Instance> = self.instances.iter().collect();
        // Stable: of equals, the one that was launched first.
        dearest.sort_by_key(|it| std::cmp::Reverse(it.cost));
        let (shown, others) = dearest.split_at(MOST.min(dearest.len()));
        let mut list = rows(shown);
        if !others.is_empty() {
            let name = many(others.len() as u64, "other");
            let cost = sum(others.iter().map(|it| it.cost));
            list.push(Row { name, cost, about: "--pool POOL lists all of a pool".into() });
        }
        list.extend(unallocated());
        table(&mut text, "BY INSTANCE, the dearest first", &list, self.total);
        let _ = writeln!(text, "  --node NODE shows an instance line by line");
        self.saving(&mut text);
        text
    }

    /// The same instances at on-demand prices, less what they cost.
    fn saving(&self, text: &mut String) {
        let [base, own] = printed(&[self.same_nodes, self.total], true)[..] else { return };
        let _ = writeln!(text, "\nSAVING, against the same nodes at on-demand prices");
        let saved = i128::from(base) - i128::from(own);
        let sign = if saved < 0 { "-" } else { "" };
        let saved = u64::try_from(saved.unsigned_abs()).unwrap_or(u64::MAX);
        let percent = if base == 0 {
            String::new()
        } else {
            format!("  {sign}{:.1} %", saved as f64 * 100.0 / base as f64)
        };
        let rows = [
            ("on-demand, under the same contract", usd(base), String::new()),
            ("this run", usd(own), String::new()),
            ("saving", format!("{sign}{}", usd(saved)), percent),
        ];
        let width = rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
        for (name, amount, more) in rows {
            let _ = writeln!(text, "  {name:<36}{amount:>width$}{more}");
        }
    }
}

/// A row for a group of instances.
fn group(name: &str, of: &[&Instance]) -> Row {
    let free = of.iter().filter(|it| it.rule.starts_with("free")).count();
    let free = if free == 0 { String::new() } else { format!(", {free} of them free") };
    Row {
        name: name.to_owned(),
        cost: sum(of.iter().map(|it| it.cost)),
        about: many(of.len() as u64, "instance") + &free,
    }
}

/// A row for each instance.
fn rows(instances: &[&Instance]) -> Vec<Row> {
    let end = |it: &Instance| match (&it.gone, it.end) {
        (Some(gone), Some(end)) => format!("{gone}: {end}"),
        _ => "the end".to_owned(),
    };
    let about = |it: &Instance| {
        let free = if it.rule.starts_with("free") { ", free" } else { "" };
        let Instance { instance_type, zone, launched, .. } = it;
        format!("{instance_type} {zone}, {launched} to {}{free}", end(it))
    };
    let row = |it: &&Instance| Row { name: it.node.clone(), cost: it.cost, about: about(it) };
    instances.iter().map(row).collect()
}

/// An instance line by line.
fn of_instance(it: &Instance) -> String {
    let Instance { node, pool, instance_type, zone, capacity_type, .. } = it;
    let mut text = format!(
        "INSTANCE  {node}: {}\n  {instance_type}, {zone}, {capacity_type}, of pool {pool}\n",
        single(it.cost)
    );
    text.push_str("\nEVENTS\n");
    let end = it.end.unwrap_or_default();
    let events = [
        (Some(&it.launched), "the launch is accepted; billing begins".to_owned()),
        (it.ready.as_ref(), "it takes pods".to_owned()),
        (it.notice.as_ref(), "the provider announces that it will take it".to_owned()),
        (it.gone.as_ref(), format!("it is gone: {end}; billing ends")),
    ];
    for (at, what) in events {
        if let Some(at) = at {
            let _ = writeln!(text, "  {at:<18}{what}");
        }
    }
    text.push_str("\nRULE\n");
    let _ = writeln!(text, "  {}", it.rule);
    let lines: Vec<Row> = it
        .lines
        .iter()
        .map(|line| {
            let covered = line
                .uncovered_usd_per_hour
                .map_or_else(String::new, |price| format!(" (${price} without commitments)"));
            Row {
                name: format!("{} to {}", line.from, line.to),
                cost: line.cost,
                about: format!(
                    "{} at ${}/h{covered}: {} to {}",
                    line.held, line.usd_per_hour, line.begins_with, line.ends_with
                ),
            }
        })
        .collect();
    table(&mut text, "LINES", &lines, it.cost);
    let shares: Vec<Row> = it
        .shares
        .iter()
        .map(|share| Row { name: share.what.clone(), cost: share.cost, about: String::new() })
        .collect();
    table(&mut text, "WHO REQUESTED IT", &shares, it.cost);
    text
}

/// Writes rows and their sum, which is the total: exactly, and as it is printed.
fn table(text: &mut String, heading: &str, rows: &[Row], total: Amount) {
    let exact_sum: u128 = rows.iter().map(|row| row.cost.micro_usd_ms_per_hour).sum();
    assert_eq!(exact_sum, total.micro_usd_ms_per_hour, "{heading}: the parts are the whole");
    let costs: Vec<Amount> = rows.iter().map(|row| row.cost).collect();
    let costs: Vec<u64> = printed(&costs, false);
    let amounts: Vec<String> = costs.iter().map(|cost| usd(*cost)).collect();
    let sum = usd(costs.iter().sum());
    let name = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(3);
    let width = amounts.iter().map(String::len).max().unwrap_or(0).max(sum.len());
    let _ = writeln!(text, "\n{heading}");
    for (row, amount) in rows.iter().zip(&amounts) {
        let line = format!("  {:<name$}  {amount:>width$}  {}", row.name, row.about);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "  {:<name$}  {sum:>width$}  adds up exactly", "sum");
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
fn usd(steps: u64) -> String {
    crate::format::usd_to(steps as f64 / (1e6 / STEP as f64), 4)
}

/// An amount that stands alone, in dollars.
fn single(amount: Amount) -> String {
    printed(&[amount], true).first().map_or_else(String::new, |steps| usd(*steps))
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

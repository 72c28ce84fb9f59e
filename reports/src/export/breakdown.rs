//! `breakdown.csv`: the cost by pool, capacity type, instance type, zone, namespace and workload, of
//! every variant; the rows of each dimension sum to the cost of all replications.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend};

use super::{cell, column};
use crate::cost::breakdown::{Breakdown, DIMENSIONS};

/// Writes the sums over the replications of a variant and of others, side by side; a row that only
/// others have comes last.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(
    subject: &Breakdown,
    others: &[(&str, Breakdown)],
    replications: usize,
    legend: &Legend,
    out: impl Write,
) -> csv::Result<()> {
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    let with_others = |what: &str| -> Vec<String> {
        let others = others.iter().map(|(name, _)| format!("{}_plan_{what}", column(name)));
        [what.to_owned()].into_iter().chain(others).collect()
    };
    let mut head = ["dimension", "name"].map(String::from).to_vec();
    head.extend(with_others("usd_per_month"));
    head.extend(with_others("cost_micro_usd_ms_per_hour"));
    table.write_record(head)?;
    let hours = legend.to.since(legend.from).as_hours_f64() * replications as f64;
    let monthly = |cost: &Cost| cost.as_usd_f64() * HOURS_PER_MONTH / hours;
    for dimension in DIMENSIONS {
        let own = subject.rows(dimension, legend);
        let others: Vec<Vec<(String, Cost)>> =
            others.iter().map(|(_, it)| it.rows(dimension, legend)).collect();
        let mut names: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let mut known: BTreeSet<&str> = names.iter().copied().collect();
        let of_others = others.iter().flatten().map(|(name, _)| name.as_str());
        names.extend(of_others.filter(|name| known.insert(name)));
        let all = [&own].into_iter().chain(&others);
        let all: Vec<BTreeMap<&str, Cost>> =
            all.map(|rows| rows.iter().map(|(name, cost)| (&name[..], *cost)).collect()).collect();
        for name in names {
            let costs = all.iter().map(|it| it.get(name).copied().unwrap_or_default());
            let costs: Vec<Cost> = costs.collect();
            let usd: Vec<f64> = costs.iter().map(monthly).collect();
            let exact: Vec<u128> = costs.iter().map(|cost| cost.0).collect();
            table.serialize((dimension.name(), cell::cell(name), usd, exact))?;
        }
    }
    table.flush()?;
    Ok(())
}

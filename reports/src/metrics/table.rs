//! `replications.csv`: every metric of every replication, written out and read back without loss.

use std::fmt;
use std::io::{Read, Write};

use sim::terms::metrics::Metric;

use super::{Column, Measured, Reading};

/// The first column: the number of the replication.
const NUMBER: &str = "replication";
/// What follows the name of a ratio in the name of the column of what it is divided by.
const OF: &str = ":of";

/// Why a table of replications cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableError(String);

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TableError {}

/// What a table of replications is written from.
pub trait Rows {
    /// What each of its columns is called, and whether it is a ratio.
    fn columns(&self) -> Vec<(String, bool)>;

    /// How many replications there are.
    fn replications(&self) -> usize;

    /// What a column comes to in a replication.
    fn reading(&self, column: usize, run: usize) -> Option<Reading>;
}

impl Rows for Measured {
    fn columns(&self) -> Vec<(String, bool)> {
        let is_ratio = |it: &Column| it.readings.iter().flatten().any(|it| it.of.is_some());
        self.columns.iter().map(|it| (it.key(), is_ratio(it))).collect()
    }

    fn replications(&self) -> usize {
        self.replications
    }

    fn reading(&self, column: usize, run: usize) -> Option<Reading> {
        self.columns[column].readings[run]
    }
}

/// Writes a line for each replication. A number is as short as it can be read back exactly.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write_table(rows: &impl Rows, out: impl Write) -> csv::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(out);
    let columns = rows.columns();
    let mut head = vec![NUMBER.to_owned()];
    for (key, is_ratio) in &columns {
        head.push(key.clone());
        head.extend(is_ratio.then(|| format!("{key}{OF}")));
    }
    table.write_record(&head)?;
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for run in 0..rows.replications() {
        let mut record = vec![run.to_string()];
        for (column, (_, is_ratio)) in columns.iter().enumerate() {
            let reading = rows.reading(column, run);
            record.push(text(reading.map(|it| it.value)));
            record.extend(is_ratio.then(|| text(reading.and_then(|it| it.of))));
        }
        table.write_record(&record)?;
    }
    table.flush()?;
    Ok(())
}

/// Reads such a table.
///
/// # Errors
/// If it is not one, or has a metric that is not known.
pub fn read_table(text: impl Read) -> Result<Measured, TableError> {
    let wrong = |error: csv::Error| TableError(error.to_string());
    let mut table = csv::ReaderBuilder::new().from_reader(text);
    let head = table.headers().map_err(wrong)?.clone();
    if head.get(0) != Some(NUMBER) {
        return Err(TableError(format!("its first column is not `{NUMBER}`")));
    }
    // Of each column of the file: which metric it belongs to, and whether it is what that is divided by.
    let mut columns: Vec<Column> = Vec::new();
    let mut places = Vec::new();
    for name in head.iter().skip(1) {
        let is_of = name.ends_with(OF);
        match (is_of, columns.last()) {
            (true, Some(last)) if name.strip_suffix(OF) == Some(&last.key()) => {}
            _ => columns.push(column(name)?),
        }
        places.push((columns.len() - 1, is_of));
    }
    let mut replications = 0;
    for record in table.records() {
        let record = record.map_err(wrong)?;
        if record.get(0).and_then(|it| it.parse().ok()) != Some(replications) {
            return Err(TableError(format!(
                "its line {} is not of replication {replications}",
                replications + 2
            )));
        }
        for column in &mut columns {
            column.readings.push(None);
        }
        for (cell, (place, is_of)) in record.iter().skip(1).zip(&places) {
            if cell.is_empty() {
                continue;
            }
            let value = cell.parse().ok().filter(|value: &f64| value.is_finite());
            let value = value.ok_or_else(|| TableError(format!("`{cell}` in it is no number")))?;
            let reading = &mut columns[*place].readings[replications];
            match reading {
                Some(reading) if *is_of => reading.of = Some(value),
                _ => *reading = Some(Reading { value, of: None }),
            }
        }
        replications += 1;
    }
    Ok(Measured { columns, replications })
}

/// The metric of a column by its name.
fn column(name: &str) -> Result<Column, TableError> {
    let whole = Metric::named(name).filter(|it| !it.is_of_workload());
    let of_workload = || {
        let (key, rest) = name.split_once('(')?;
        let metric = Metric::named(key).filter(|it| it.is_of_workload())?;
        Some((metric, Some(rest.strip_suffix(')')?.to_owned())))
    };
    let (metric, workload) = whole
        .map(|metric| (metric, None))
        .or_else(of_workload)
        .ok_or_else(|| TableError(format!("it has a column `{name}`, which is no metric")))?;
    Ok(Column { metric, workload, readings: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Measured, String> {
        read_table(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_back_without_loss() {
        let third = 1.0 / 3.0;
        let text = format!(
            "replication,cost.monthly,cpu.requested,cpu.requested:of,availability(default/web)\n\
             0,{third},1,3,1\n1,1e-300,2,7,\n"
        );
        let measured = read(&text).unwrap();
        assert_eq!(measured.columns[0].each().collect::<Vec<_>>(), [Some(third), Some(1e-300)]);
        assert_eq!(measured.columns[2].key(), "availability(default/web)");
        assert_eq!(measured.columns[2].each().last(), Some(None));
        // The ratio of means, not the mean of ratios.
        let ratio = measured.named("cpu.requested").unwrap().estimate().unwrap();
        assert!((ratio.mean - 30.0).abs() < 1e-9);
        let mut again = Vec::new();
        write_table(&measured, &mut again).unwrap();
        assert_eq!(read(&String::from_utf8(again).unwrap()).unwrap(), measured);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (text, why) in [
            ("a,b\n", "its first column is not `replication`"),
            ("replication,cost.weekly\n", "it has a column `cost.weekly`, which is no metric"),
            ("replication,availability\n", "it has a column `availability`, which is no metric"),
            ("replication,cost.monthly\n1,2\n", "its line 2 is not of replication 0"),
            ("replication,cost.monthly\n0,NaN\n", "`NaN` in it is no number"),
        ] {
            assert_eq!(read(text).unwrap_err(), why);
        }
        assert!(read("replication,cost.monthly\n0\n").is_err());
    }
}

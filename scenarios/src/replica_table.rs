//! Tables of replicas over time: CSV with a time and a number of replicas in each row.
//!
//! A time is a number of seconds after `T+0`, a duration, or a moment of the calendar. Columns may have
//! other names than `time` and `replicas`, and others may stand beside them.

use std::ops::Range;
use std::path::Path;

use csv::ReaderBuilder;
use jiff::Timestamp;
use sim::Span;

use crate::cluster::counted;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::planned::ReplicaSchedule;
use crate::inputs::Input;
use crate::limits::REPLICA_ROWS;
use crate::prices::moment::Moment;
use crate::reading::{self, Named};
use crate::traces::span_of;
use crate::tree::{Node, Step};

/// Names of the column of times.
const TIMES: [&str; 8] = ["time", "t", "t_s", "at", "timestamp", "seconds", "time_s", "datetime"];
/// Names of the column of replicas.
const REPLICAS: [&str; 6] = ["replicas", "count", "pods", "value", "desired", "desired_replicas"];
/// From this number of seconds on, a time counts from 1970: the year 2001.
const EPOCH: u64 = 1_000_000_000;

/// A table that was read.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file.
    pub source: Source,
    /// Its rows, in order.
    pub rows: Vec<Row>,
}

/// How many replicas there are from a time on.
#[derive(Clone, Debug)]
pub struct Row {
    /// Since when.
    pub at: When,
    /// How many.
    pub replicas: u32,
    /// Where it is written.
    pub span: Range<usize>,
}

/// A time in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// After `T+0`.
    After(Span),
    /// A moment of the calendar.
    Moment(Timestamp),
}

/// Reads the table of each schedule that names one.
pub(crate) fn read(
    schedules: &[ReplicaSchedule],
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Vec<Option<Table>> {
    let mut one = |(index, schedule): (usize, &ReplicaSchedule)| {
        let name = schedule.file.as_ref()?;
        let path = folder.map_or_else(|| name.into(), |folder| folder.join(name));
        let file = match reading::source(&path, name, Named::ByAFile) {
            Ok(file) => file,
            Err(diagnostics) => {
                let path: [Step; 3] =
                    ["replicaSchedules".into(), Step::Index(index), "file".into()];
                let place = &tree.at(&path).span;
                for diagnostic in diagnostics.iter() {
                    found.push(diagnostic.clone().at(source, place.clone()));
                }
                return None;
            }
        };
        if inputs.iter().all(|input| input.file != *name) {
            inputs.push(Input::of(name, file.text.as_bytes()));
        }
        match rows(&file) {
            Ok(rows) => Some(Table { source: file, rows }),
            Err(wrong) => {
                found.push(*wrong);
                None
            }
        }
    };
    schedules.iter().enumerate().map(&mut one).collect()
}

/// The rows of a table.
fn rows(file: &Source) -> Result<Vec<Row>, Box<Diagnostic>> {
    let wrong = |span: Range<usize>, message: String| {
        let help = "a table has the columns `time`, in ascending order, and `replicas`";
        Box::new(Diagnostic::new("E1002", message).at(file, span).help(help))
    };
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(0..0, error.to_string()))?.clone();
    let column = |names: &[&str]| {
        let is_one = |column: &str| {
            let column = column.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
            names.contains(&column.as_str())
        };
        header.iter().position(is_one)
    };
    let (Some(time), Some(count)) = (column(&TIMES), column(&REPLICAS)) else {
        let message = format!("{} has no columns `time` and `replicas`", file.file);
        return Err(Box::new(wrong(0..0, message).at(&file.unquoted(), 0..0)));
    };
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(0..0, error.to_string()))?;
        let span = span_of(&record, &file.text);
        let wrong = |message: String| wrong(span.clone(), message);
        if REPLICA_ROWS.exceeded(rows.len() + 1) {
            return Err(Box::new(REPLICA_ROWS.error(&file.file).at(file, span)));
        }
        if record.len() != header.len() {
            let fields = counted(record.len(), "field");
            return Err(wrong(format!("a row of {fields} in a table of {}", header.len())));
        }
        let field = |index: usize| record.get(index).map_or("", str::trim);
        let at = when(field(time)).map_err(wrong)?;
        let text = field(count);
        let replicas = text.parse().map_err(|_| {
            wrong(format!("`{text}` is no number of replicas, which is a whole number, 0 or more"))
        })?;
        if let Some(last) = rows.last() {
            let ascends = match (last.at, at) {
                (When::After(last), When::After(at)) => last < at,
                (When::Moment(last), When::Moment(at)) => last < at,
                _ => return Err(wrong("moments and times after T+0 in one table".into())),
            };
            if !ascends {
                let before = &file.text[last.span.clone()];
                return Err(wrong(format!("time does not ascend after the row `{before}`")));
            }
        }
        rows.push(Row { at, replicas, span });
    }
    if rows.is_empty() {
        return Err(wrong(0..0, format!("{} has no rows", file.file)));
    }
    Ok(rows)
}

/// What a time means.
fn when(text: &str) -> Result<When, String> {
    let wrong = || {
        format!(
            "`{text}` is no time; write seconds, a duration like 2h30m, or a moment like \
             2026-06-01T06:30:00Z"
        )
    };
    if let Ok(seconds) = text.parse::<u64>() {
        if seconds < EPOCH {
            return Ok(When::After(Span::from_secs(seconds)));
        }
        let moment = i64::try_from(seconds).ok().and_then(|it| Timestamp::from_second(it).ok());
        return moment.map(When::Moment).ok_or_else(wrong);
    }
    let Moment { clock, ms } = Moment::parse(text).ok_or_else(wrong)?;
    Ok(match clock.date(ms) {
        Some(moment) => When::Moment(moment),
        None => When::After(Span::from_ms(ms.unsigned_abs())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Vec<(When, u32)>, String> {
        let source = Source { file: "replicas.csv".into(), text: text.into() };
        let rows = rows(&source).map_err(|wrong| wrong.message)?;
        Ok(rows.into_iter().map(|row| (row.at, row.replicas)).collect())
    }

    #[test]
    fn times_and_columns_in_every_spelling() {
        let hour = When::After(Span::from_hours(1));
        assert_eq!(table("time,replicas\n3600,4\n"), Ok(vec![(hour, 4)]));
        assert_eq!(table("Replicas,note,T_s\n4,x,1h\n"), Ok(vec![(hour, 4)]));
        let moment = When::Moment("2026-06-01T01:00:00Z".parse().unwrap());
        assert_eq!(table("timestamp,value\n1780275600,4\n"), Ok(vec![(moment, 4)]));
        assert_eq!(table("at,count\n2026-06-01T01:00:00Z,4\n"), Ok(vec![(moment, 4)]));
    }

    #[test]
    fn what_is_no_table() {
        for (text, what) in [
            ("when,how many\n1,2\n", "no columns"),
            ("time,replicas\n", "no rows"),
            ("time,replicas\n0,-3\n", "`-3` is no number of replicas"),
            ("time,replicas\n0,1.5\n", "`1.5` is no number"),
            ("time,replicas\n60,1\n0,2\n", "does not ascend after the row `60,1`"),
            ("time,replicas\n60,1\n60,2\n", "does not ascend"),
            ("time,replicas\n0,1\n2026-06-01,2\n", "moments and times"),
            ("time,replicas\nnoon,1\n", "`noon` is no time"),
            ("time,replicas\n0,1,2\n", "a row of 3 fields"),
        ] {
            let error = table(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}

//! Traces of capacity: how many instances could be held from which moment on, as it was observed.
//!
//! A trace is a table with the columns `t_s`, seconds since it begins, and `count`; with a column
//! `pool_id` a file holds several. The first row is at 0 s. What is simulated and what models are held
//! against is read alike.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use sim::{SimTime, Span};

use crate::cluster::counted;
use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::market;
use crate::inputs::Input;
use crate::limits::TRACE_ROWS;
use crate::reading::{self, Named};
use crate::tree::{Node, Step};

/// How many instances there were from which moment on, in order.
pub type Counts = Vec<(SimTime, u32)>;

/// How many instances of one type could be held in one zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The instance type.
    pub instance_type: String,
    /// The zone.
    pub zone: String,
    /// How many from which moment on, in order.
    pub counts: Counts,
}

/// Reads the traces that a scenario in `folder` names.
pub fn read(
    reclaims: &market::Reclaims,
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Vec<Trace> {
    let mut traces = Vec::new();
    for (index, written) in reclaims.traces.iter().enumerate() {
        let keys = ["market", "reclaims", "traces"].map(|key| Step::Key(key.into()));
        let place = |field: &str| {
            let path = [&keys[..], &[Step::Index(index), Step::Key(field.into())]].concat();
            tree.at(&path).span.clone()
        };
        let path = folder.map_or_else(|| (&written.file).into(), |it| it.join(&written.file));
        let file = match reading::source(&path, &written.file, Named::ByAFile) {
            Ok(file) => file,
            Err(diagnostics) => {
                for diagnostic in diagnostics.iter() {
                    found.push(diagnostic.clone().at(source, place("file")));
                }
                continue;
            }
        };
        if inputs.iter().all(|input| input.file != written.file) {
            inputs.push(Input::of(&written.file, file.text.as_bytes()));
        }
        match one(&file, written.pool.as_deref()) {
            Ok(counts) => traces.push(Trace {
                instance_type: written.instance_type.clone(),
                zone: written.zone.clone(),
                counts,
            }),
            Err(Wrong::Table(diagnostic)) => found.push(*diagnostic),
            Err(Wrong::Pool { message, help }) => {
                let mut diagnostic = Diagnostic::new("E0704", message).at(source, place("pool"));
                diagnostic.help = help;
                found.push(diagnostic);
            }
        }
    }
    traces
}

/// Why a file gives no trace.
enum Wrong {
    /// It is no table of counts.
    Table(Box<Diagnostic>),
    /// It holds other pools than the one that is asked for.
    Pool { message: String, help: Option<String> },
}

/// The counts of the pool that is asked for, or of all if the file names none.
fn one(file: &Source, pool: Option<&str>) -> Result<Counts, Wrong> {
    let mut others = BTreeSet::new();
    let is_wanted = |own: &str| {
        let wanted = pool.is_none_or(|pool| pool == own);
        if !wanted && !others.contains(own) {
            others.insert(own.to_owned());
        }
        wanted
    };
    let mut pools = counts(file, is_wanted).map_err(Wrong::Table)?;
    if pool.is_none() && pools.keys().any(|name| !name.is_empty()) {
        let message = format!("{} holds several pools; `pool` says which", file.file);
        return Err(Wrong::Pool { message, help: None });
    }
    let wanted = pool.unwrap_or_default();
    pools.remove(wanted).ok_or_else(|| {
        let near = did_you_mean(wanted, others.iter().map(String::as_str));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        Wrong::Pool { message: format!("{} has no pool `{wanted}`", file.file), help }
    })
}

/// The counts of each pool in a table whose name is wanted, by name; where the table names no pools it
/// is of one, whose name is empty.
///
/// # Errors
/// What is wrong with the table, and where.
pub fn counts(
    file: &Source,
    mut is_wanted: impl FnMut(&str) -> bool,
) -> Result<BTreeMap<String, Counts>, Box<Diagnostic>> {
    let wrong = |span: Range<usize>, message: String| {
        let help = "a trace has the columns `t_s` and `count`, and its first row is at 0 s";
        Box::new(Diagnostic::new("E0704", message).at(file, span).help(help))
    };
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(0..0, error.to_string()))?.clone();
    let column = |name: &str| header.iter().position(|column| column.trim() == name);
    let (Some(time), Some(count)) = (column("t_s"), column("count")) else {
        let message = format!("{} has no columns `t_s` and `count`", file.file);
        return Err(Box::new(wrong(0..0, message).at(&file.unquoted(), 0..0)));
    };
    let names = column("pool_id");
    let mut pools: BTreeMap<String, Counts> = BTreeMap::new();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(|error| wrong(0..0, error.to_string()))?;
        let wrong = |message: String| wrong(span_of(&record, &file.text), message);
        rows += 1;
        if TRACE_ROWS.exceeded(rows) {
            let span = span_of(&record, &file.text);
            return Err(Box::new(TRACE_ROWS.error(&file.file).at(file, span)));
        }
        if record.len() != header.len() {
            let fields = counted(record.len(), "field");
            return Err(wrong(format!("a row of {fields} in a table of {}", header.len())));
        }
        let field = |index: usize| record.get(index).map_or("", str::trim);
        let name = names.map_or("", field);
        if !is_wanted(name) {
            continue;
        }
        let number = |index: usize, what: &str| {
            let text = field(index);
            let number = text.parse::<u32>();
            number.map_err(|_| wrong(format!("`{text}` is no {what}, which is a whole number")))
        };
        let at = SimTime::ZERO + Span::from_secs(u64::from(number(time, "time in seconds")?));
        let count = number(count, "count of instances")?;
        let of = if name.is_empty() { String::new() } else { format!(" of pool `{name}`") };
        let counts = pools.entry(name.to_owned()).or_default();
        match counts.last() {
            None if at != SimTime::ZERO => {
                return Err(wrong(format!("the first row{of} is not at 0 s")));
            }
            // A trace closes with its last row again.
            Some(last) if *last == (at, count) => continue,
            Some((last, _)) if *last >= at => {
                return Err(wrong(format!("time{of} goes backwards, from {last} to {at}")));
            }
            _ => counts.push((at, count)),
        }
    }
    if rows == 0 {
        return Err(wrong(0..0, format!("{} has no rows", file.file)));
    }
    Ok(pools)
}

/// Where a record is written.
pub(crate) fn span_of(record: &StringRecord, text: &str) -> Range<usize> {
    let begin = record.position().map_or(0, |it| usize::try_from(it.byte()).unwrap_or(0));
    let begin = begin.min(text.len());
    let rest = text.get(begin..).unwrap_or("");
    begin..begin + rest.find(['\r', '\n']).unwrap_or(rest.len())
}

//! Traces of capacity: how many instances could be held from which moment on, as somebody saw it.
//!
//! A trace is a table with the columns `t_s`, seconds since it begins, and `count`; with a column
//! `pool_id` a file holds several. The first row is at 0 s.

use std::ops::Range;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use sim::{SimTime, Span};

use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::market;
use crate::inputs::Input;
use crate::tree::{Node, Step};

/// How many instances of one type could be held in one zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The instance type.
    pub instance_type: String,
    /// The zone.
    pub zone: String,
    /// How many from which moment on, in order.
    pub counts: Vec<(SimTime, u32)>,
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
        let file = match crate::open(&path, &written.file) {
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
        match counts(&file, written.pool.as_deref()) {
            Ok(counts) => traces.push(Trace {
                instance_type: written.instance_type.clone(),
                zone: written.zone.clone(),
                counts,
            }),
            Err(Wrong::Row { span, message }) => {
                let help = "a trace has the columns `t_s` and `count`, and its first row is at 0 s";
                found.push(Diagnostic::new("E0704", message).at(&file, span).help(help));
            }
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
    /// A row of it is wrong.
    Row { span: Range<usize>, message: String },
    /// It holds another pool than the one that is asked for.
    Pool { message: String, help: Option<String> },
}

fn counts(file: &Source, pool: Option<&str>) -> Result<Vec<(SimTime, u32)>, Wrong> {
    let row = |span: Range<usize>, message: String| Wrong::Row { span, message };
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|error| row(0..0, error.to_string()))?.clone();
    let column = |name: &str| header.iter().position(|column| column.trim() == name);
    let (Some(time), Some(count)) = (column("t_s"), column("count")) else {
        return Err(row(0..0, format!("{} has no columns `t_s` and `count`", file.file)));
    };
    let pools = column("pool_id");
    let mut counts: Vec<(SimTime, u32)> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| row(0..0, error.to_string()))?;
        let span = span_of(&record, &file.text);
        let field = |index: usize| record.get(index).map_or("", str::trim);
        let own = pools.map_or("", field);
        if pool.is_some_and(|pool| pool != own) {
            if others.last().is_none_or(|last| last != own) {
                others.push(own.to_owned());
            }
            continue;
        }
        if pool.is_none() && pools.is_some() {
            let message = format!("{} holds several pools; `pool` says which", file.file);
            return Err(Wrong::Pool { message, help: None });
        }
        let number = |index: usize, name: &str| {
            field(index).parse::<u32>().map_err(|_| {
                let text = field(index);
                row(span.clone(), format!("`{text}` is no {name}, which is a whole number"))
            })
        };
        let at = SimTime::ZERO + Span::from_secs(u64::from(number(time, "time in seconds")?));
        let count = number(count, "count of instances")?;
        match counts.last() {
            None if at != SimTime::ZERO => {
                return Err(row(span, "the first row is not at 0 s".into()));
            }
            // A trace closes with its last row again.
            Some(last) if *last == (at, count) => continue,
            Some((last, _)) if *last >= at => {
                return Err(row(span, format!("time goes backwards, from {last} to {at}")));
            }
            _ => counts.push((at, count)),
        }
    }
    match pool {
        Some(pool) if counts.is_empty() => {
            let near = did_you_mean(pool, others.iter().map(String::as_str));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            Err(Wrong::Pool { message: format!("{} has no pool `{pool}`", file.file), help })
        }
        _ if counts.is_empty() => Err(row(0..0, format!("{} has no rows", file.file))),
        _ => Ok(counts),
    }
}

/// Where a record is written.
fn span_of(record: &StringRecord, text: &str) -> Range<usize> {
    let begin = record.position().map_or(0, |it| usize::try_from(it.byte()).unwrap_or(0));
    let begin = begin.min(text.len());
    let rest = text.get(begin..).unwrap_or("");
    begin..begin + rest.find(['\r', '\n']).unwrap_or(rest.len())
}
